"""The names of torch.optim.lr_scheduler that write absolutely: warm restarts, cycles, one cycle.

Same arguments, same rates, same momenta, numbers from the formulas. Of two on one optimizer the last to step wins.
"""
from math import floor, inf

from ..core import Param, card_of, check_value, plain
from ..schedules.cyclic import cosine_restarts, exp_range, triangular, triangular2
from ..schedules.one_cycle import one_cycle, one_cycle_momentum
from .bridge import EPOCH, LAST_EPOCH, FormulaLR, above, check_last_epoch
from .groups import (attributes, check_optimizer, checked, give_back, momentum_of, numbers, own_tensors, right, set_lr,
                     set_momentum)


class CosineAnnealingWarmRestarts(FormulaLR):
    """Half a cosine wave from each group's learning rate towards eta_min, again and again.

    optimizer   a torch.optim.Optimizer
    T_0         steps of the first cycle, an integer >= 1
    T_mult      how many times longer each cycle is than the one before, an integer >= 1
    eta_min     the learning rate at the bottom, >= 0
    last_epoch  index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> scheduler = CosineAnnealingWarmRestarts(optimizer, T_0=2, T_mult=2)
    >>> rates = []
    >>> for t in range(6):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 3) for rate in rates]
    [0.8, 0.4, 0.8, 0.683, 0.4, 0.117]

    step(epoch) goes to any epoch, also to one such as 3 + i / n within the fourth. torch's gives eta_min instead of the
    peak at some restarts then, and takes last_epoch for a place in the first cycle or the second.
    Not to be confused with CosineAnnealingLR, which comes back up along a wave.
    Source: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.
    """

    part = 0.0                              # of an epoch, beyond last_epoch

    def __init__(self, optimizer, T_0, T_mult=1, eta_min=0.0, last_epoch=-1):
        self.T_0, self.T_mult, self.eta_min = checked(optimizer, cosine_restarts, T_0=T_0, T_mult=T_mult, eta_min=eta_min)
        super().__init__(optimizer, last_epoch)

    def curve(self, t):
        return above(self.eta_min, self.base_lrs, cosine_restarts(t + self.part, 1.0, self.T_0, self.T_mult))

    def step(self, epoch=None):             # no warnings, as in torch's
        if epoch is not None:
            epoch = plain(epoch)
            check_value(EPOCH, epoch)
            epoch, self.part = floor(epoch), epoch % 1
        self._step_count += 1
        self._update_lr(epoch)

    def load_state_dict(self, state_dict):
        state = dict(state_dict)
        if "T_cur" in state:                # torch's: the place in a cycle of T_i steps
            state.pop("T_i")
            state["part"] = state.pop("T_cur") % 1
        super().load_state_dict(state)


class CycleLR(FormulaLR):
    """What CyclicLR and OneCycleLR share: while the learning rate goes up, momentum goes down."""

    def cycle(self, optimizer, cycle_momentum, base_momentum, max_momentum):
        """The low and the high momentum of each param group, checked; none where momentum stays."""
        check_value(CYCLE_MOMENTUM, cycle_momentum)
        self.cycle_momentum = bool(cycle_momentum)
        if not cycle_momentum:
            return [], []
        if momentum_of(optimizer.param_groups[0]) is None:
            raise ValueError(f"cycle_momentum: {CYCLE_MOMENTUM.note}, must be False for {type(optimizer).__name__}, "
                             "which has neither momentum nor betas, got True")
        return numbers(LOW, base_momentum, optimizer), numbers(HIGH, max_momentum, optimizer)

    def momenta(self, t):
        """The momenta at time t, one for each param group."""
        raise NotImplementedError

    def get_lr(self):
        lrs = super().get_lr()
        if self.cycle_momentum:
            for group, momentum in zip(self.optimizer.param_groups, self.momenta(self.last_epoch)):
                set_momentum(group, momentum)
        return lrs

    _get_closed_form_lr = get_lr


def keep(optimizer, **values):
    """Write values into the param groups, one for each, under names that torch uses: they are saved with the optimizer."""
    for name, each in values.items():
        for group, value in zip(optimizer.param_groups, each):
            group[name] = value


class CyclicLR(CycleLR):
    """A zigzag between base_lr and max_lr, upwards first; momentum goes the other way.

    optimizer       a torch.optim.Optimizer, whose own learning rates are not used
    base_lr         the learning rate at the bottom, >= 0; or a list, one for each param group
    max_lr          the learning rate at the peak, >= 0; or a list
    step_size_up    steps from the bottom to the peak, an integer >= 1
    step_size_down  steps from the peak to the bottom, an integer >= 1; None for as many as up
    mode            "triangular"; "triangular2", whose height halves with every cycle; "exp_range", whose height shrinks
                    by gamma at every step
    gamma           the factor of one step in mode "exp_range", > 0 and <= 1
    scale_fn        a function that gives the factor on the height, in place of mode
    scale_mode      what scale_fn gets: "cycle" for the number of the cycle, from 1 on, "iterations" for t
    cycle_momentum  whether momentum, or beta1 for Adam, goes down as the rate goes up
    base_momentum   the momentum at the peak, >= 0 and < 1; or a list
    max_momentum    the momentum at the bottom, >= 0 and < 1; or a list
    last_epoch      index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> scheduler = CyclicLR(optimizer, base_lr=0.0, max_lr=1.0, step_size_up=2, mode="triangular2")
    >>> rates = []
    >>> for t in range(8):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.0, 0.5, 1.0, 0.5, 0.0, 0.25, 0.5, 0.25]

    Raises ValueError, in one sentence, when scale_fn leads to a rate or a momentum that is not right, before anything is
    written. On an optimizer that had a scheduler before, torch's begins at the old learning rate instead of base_lr.
    Not to be confused with the formulas triangular, triangular2 and exp_range: what is base_lr here is eta_min there.
    Source: torch.optim.lr_scheduler.CyclicLR.
    """

    def __init__(self, optimizer, base_lr, max_lr, step_size_up=2000, step_size_down=None, mode="triangular", gamma=1.0,
                 scale_fn=None, scale_mode="cycle", cycle_momentum=True, base_momentum=0.8, max_momentum=0.9, last_epoch=-1):
        self.step_size_up, self.step_size_down, self.gamma = checked(
            optimizer, exp_range, step_size_up=step_size_up, step_size_down=step_size_down, gamma=gamma)
        lows, self.max_lrs = numbers(LOWER, base_lr, optimizer), numbers(UPPER, max_lr, optimizer)
        if scale_fn is None:
            check_value(MODE, mode)
        elif not callable(scale_fn):
            raise TypeError(f"scale_fn: {SCALED_LR.note}, must be a function or None, got {scale_fn!r}")
        check_value(SCALE_MODE, scale_mode)
        self.mode, self.scale_fn, self.scale_mode = mode, scale_fn, scale_mode
        self.base_momentums, self.max_momentums = self.cycle(optimizer, cycle_momentum, base_momentum, max_momentum)
        check_last_epoch(optimizer, last_epoch)         # before anything is written
        if last_epoch == -1:
            own_tensors(optimizer)
            keep(optimizer, base_momentum=self.base_momentums, max_momentum=self.max_momentums)
            for group, lr in zip(optimizer.param_groups, lows):
                set_lr(group, lr)
        super().__init__(optimizer, last_epoch)
        self.base_lrs, self.last_epoch = lows, last_epoch       # those of a scheduler before it, if there was one, end here
        self._initial_step()

    def share(self, t):
        """How far up it is at time t: 0 at base_lr, 1 at max_lr."""
        up, down = self.step_size_up, self.step_size_down or self.step_size_up
        if self.scale_fn is not None:
            return triangular(t, 1.0, up, down) * self.scale_fn(int(1 + t // (up + down)) if self.scale_mode == "cycle" else t)
        if self.mode == "exp_range":
            return exp_range(t, 1.0, up, self.gamma, down)
        return (triangular2 if self.mode == "triangular2" else triangular)(t, 1.0, up, down)

    def curve(self, t):
        return self.between(SCALED_LR, self.base_lrs, self.max_lrs, t)

    def momenta(self, t):
        return self.between(SCALED_MOMENTUM, self.max_momentums, self.base_momentums, t)

    def between(self, param, starts, tops, t):
        """What stands at time t between each start and its top; only a scale_fn can make it wrong."""
        share = self.share(t)
        each = [start + (top - start) * share for start, top in zip(starts, tops)]
        return each if self.scale_fn is None else [right(param, value, t, self.scale_fn) for value in each]

    def state_dict(self):
        """What to save: of a callable scale_fn its attributes, as torch does; of a function nothing."""
        return {**super().state_dict(), "scale_fn": attributes(self.scale_fn)}

    def load_state_dict(self, state_dict):
        state = dict(state_dict)
        if "total_size" in state:           # torch's
            total = state.pop("total_size")
            up = round(total * state.pop("step_ratio"), 6)
            state["step_size_up"], state["step_size_down"] = [int(n) if n == int(n) else n for n in (up, total - up)]
            state["scale_fn"] = state.pop("_scale_fn_custom")
        give_back(self.scale_fn, state.pop("scale_fn", None))
        super().load_state_dict(state)


class OneCycleLR(CycleLR):
    """From max_lr / div_factor up to max_lr, and down to almost nothing at the last update; momentum the other way.

    optimizer         a torch.optim.Optimizer, whose own learning rates are not used
    max_lr            the learning rate at the peak, >= 0; or a list, one for each param group
    total_steps       updates of the run, an integer >= 1; or, instead,
    epochs            passes over the data, an integer >= 1, and
    steps_per_epoch   updates of one pass, an integer >= 1
    pct_start         the part of the updates that climbs, from 0 to 1
    anneal_strategy   "cos" for half cosine waves, "linear" for straight lines
    cycle_momentum    whether momentum, or beta1 for Adam, goes down as the rate goes up
    base_momentum     the momentum at the peak, >= 0 and < 1; or a list
    max_momentum      the momentum at both ends, >= 0 and < 1; or a list
    div_factor        the peak over the first learning rate, >= 1; torch's goes below, and above max_lr then
    final_div_factor  the first learning rate over the last, >= 1
    three_phase       whether it comes back to the first rate as fast as it climbed, and then falls to the last
    last_epoch        index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> scheduler = OneCycleLR(optimizer, max_lr=1.0, total_steps=5, pct_start=0.6)
    >>> rates, momenta = [], []
    >>> for t in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     momenta.append(optimizer.param_groups[0]["momentum"])
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 3) for rate in rates]
    [0.04, 0.52, 1.0, 0.5, 0.0]
    >>> [round(momentum, 3) for momentum in momenta]
    [0.95, 0.9, 0.85, 0.9, 0.95]

    After the last update it holds; torch's goes on for one step, with straight lines below zero, and then raises. Where
    pct_start is 1, or pct_start * total_steps, torch's stops with a ZeroDivisionError.
    Not to be confused with a scheduler that starts from the optimizer's learning rate: this one replaces it.
    Source: torch.optim.lr_scheduler.OneCycleLR.
    """

    def __init__(self, optimizer, max_lr, total_steps=None, epochs=None, steps_per_epoch=None, pct_start=0.3,
                 anneal_strategy="cos", cycle_momentum=True, base_momentum=0.85, max_momentum=0.95, div_factor=25.0,
                 final_div_factor=1e4, three_phase=False, last_epoch=-1):
        check_optimizer(optimizer)
        if total_steps is None:
            total_steps = steps_of(epochs, steps_per_epoch)
        self.total_steps, self.pct_start, self.anneal_strategy, self.three_phase, self.div_factor, self.final_div_factor = (
            checked(optimizer, one_cycle, total_steps=total_steps, pct_start=pct_start, anneal_strategy=anneal_strategy,
                    three_phase=three_phase, div_factor=div_factor, final_div_factor=final_div_factor))
        tops = numbers(UPPER, max_lr, optimizer)
        lows, highs = self.cycle(optimizer, cycle_momentum, base_momentum, max_momentum)
        check_last_epoch(optimizer, last_epoch)         # before anything is written
        if last_epoch == -1:
            starts = [top / self.div_factor for top in tops]
            ends = [start / self.final_div_factor for start in starts]
            keep(optimizer, initial_lr=starts, max_lr=tops, min_lr=ends, base_momentum=lows, max_momentum=highs)
        else:
            left = ["max_lr", "min_lr"] + ["base_momentum", "max_momentum"] * self.cycle_momentum
            missing = [name for name in left if any(name not in group for group in optimizer.param_groups)]
            if missing:
                raise ValueError(f"last_epoch: {LAST_EPOCH.note}, must be -1 for an optimizer that a OneCycleLR has left no "
                                 f"{missing[0]} in, got {last_epoch}")
        super().__init__(optimizer, last_epoch)

    def share(self, t, div_factor, final_div_factor):
        """The learning rate at time t as a fraction of max_lr."""
        return one_cycle(t, 1.0, self.total_steps, self.pct_start, self.anneal_strategy, div_factor, final_div_factor,
                         self.three_phase)

    def curve(self, t):
        div, final, lrs = self.div_factor, self.final_div_factor, []
        share = self.share(t, div, final)   # once for all groups, unless other rates stand there: torch's class reads them, too
        for group in self.optimizer.param_groups:
            top, start, end = group["max_lr"], group["initial_lr"], group["min_lr"]
            ours = start == top / div and end == start / final
            lrs.append(top * (share if ours else self.share(t, top / start if start else inf, start / end if end else inf)))
        return lrs

    def momenta(self, t):
        share = one_cycle_momentum(t, 0.0, 1.0, self.total_steps, self.pct_start, self.anneal_strategy, self.three_phase)
        return [group["max_momentum"] + (group["base_momentum"] - group["max_momentum"]) * share
                for group in self.optimizer.param_groups]

    def load_state_dict(self, state_dict):
        state = dict(state_dict)
        phases = state.pop("_schedule_phases", None)
        if phases:                          # torch's; what div_factor and final_div_factor made is in the param groups
            state["pct_start"] = (phases[0]["end_step"] + 1) / state["total_steps"]
            state["three_phase"] = len(phases) == 3
            state["anneal_strategy"] = state.pop("_anneal_func_type")
        super().load_state_dict(state)


def steps_of(epochs, steps_per_epoch):
    """The updates of the run, from its passes over the data."""
    if epochs is None or steps_per_epoch is None:
        raise ValueError("total_steps: updates of the run, must be given, or epochs and steps_per_epoch, got None")
    epochs, steps_per_epoch = plain(epochs), plain(steps_per_epoch)
    check_value(EPOCHS, epochs)
    check_value(STEPS_PER_EPOCH, steps_per_epoch)
    return epochs * steps_per_epoch


EPOCHS = Param("epochs", None, None, None, 1, "passes over the data", ">= 1")
STEPS_PER_EPOCH = Param("steps_per_epoch", None, None, None, 1, "updates of one pass", ">= 1")
LOWER = Param("base_lr", None, None, None, None, "the learning rate at the bottom", ">= 0")
UPPER = Param("max_lr", None, None, None, None, "the learning rate at the peak", ">= 0")
MODE = Param("mode", None, None, None, ("triangular", "triangular2", "exp_range"), "how the height changes")
SCALE_MODE = Param("scale_mode", None, None, None, ("cycle", "iterations"), "what scale_fn gets")
CYCLE_MOMENTUM = Param("cycle_momentum", None, None, None, (False, True), "whether momentum goes down as the rate goes up")
LOW, HIGH = [card_of(one_cycle_momentum).param(name) for name in ("base_momentum", "max_momentum")]
SCALED_LR = Param("scale_fn", None, None, None, None, "what scales the learning rate", ">= 0")
SCALED_MOMENTUM = Param("scale_fn", None, None, None, None, "what scales momentum", ">= 0 and < 1")
