"""From a formula to a torch scheduler: two base classes, and ScheduleLR.

A formula is a function of time. A scheduler remembers the time t (torch calls it last_epoch), asks the formula, and
writes the answer into the optimizer. Two rules are possible, and torch has classes of both kinds:

FormulaLR    the learning rate is what the formula says, whatever it was before
FollowerLR   the learning rate moves as the formula moves, so that schedulers, and edits by hand, multiply
"""
import warnings
from math import inf

from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler

from ..core import Param, check_value, plain
from .groups import (all_like, check_optimizer, momentum_of, own_tensors, per_group, plain_state, rates_of, right, set_lr,
                     set_momentum, text)

LAST_EPOCH = Param("last_epoch", None, None, -1, 1, "index of the last finished update, -1 at the start", ">= -1")
EPOCH = Param("epoch", None, None, 0, None, "the time to go to", ">= 0")


class FormulaLR(LRScheduler):
    """The learning rate is formula(t, base_lr), whatever it was before.

    optimizer   a torch.optim.Optimizer
    last_epoch  index of the last finished update, an integer >= 0, when an optimizer with state is taken up again;
                -1 at the start

    A subclass says what the formula is.

    >>> import torch
    >>> class InverseTime(FormulaLR):
    ...     def formula(self, t, base_lr):
    ...         return base_lr / (1 + t)
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    >>> scheduler = InverseTime(optimizer)
    >>> optimizer.step(); scheduler.step(); scheduler.get_last_lr()
    [0.25]

    Raises TypeError or ValueError, in one sentence, for wrong arguments.
    Source: torch.optim.lr_scheduler.LRScheduler, whose step() this class keeps.
    """

    def __init__(self, optimizer, last_epoch=-1):
        check_optimizer(optimizer)
        check_last_epoch(optimizer, last_epoch)
        own_tensors(optimizer)
        super().__init__(optimizer, last_epoch)

    def _initial_step(self):                # the end of torch's __init__
        self.base_lrs = plain_state(self.base_lrs)                    # numbers, also where the optimizer holds tensors
        super()._initial_step()

    def formula(self, t, base_lr):
        """The learning rate at time t of a param group that starts from base_lr."""
        raise NotImplementedError

    def curve(self, t):
        """The formula's learning rates at time t, one for each param group."""
        return [self.formula(t, base_lr) for base_lr in self.base_lrs]

    def get_lr(self):
        known, groups = len(self.base_lrs), len(self.optimizer.param_groups)
        if known != groups:
            raise RuntimeError(f"param_groups: what {type(self).__name__} was built for, must be {known}, got {groups}")
        return self.curve(self.last_epoch)

    _get_closed_form_lr = get_lr            # torch asks for this name in step(epoch)

    def _update_lr(self, epoch=None):       # the end of torch's step: the same in fewer moves, one pass over the groups
        if epoch is None:
            self.last_epoch += 1
        else:
            epoch = plain(epoch)
            check_value(EPOCH, epoch)
            self.last_epoch = epoch
        self._get_lr_called_within_step = True
        try:
            lrs = self.get_lr() if epoch is None else self._get_closed_form_lr()
            if inf in lrs:
                raise OverflowError
        except OverflowError as error:      # a gamma above 1, long enough; torch's rates become inf, and the weights nan
            raise OverflowError(f"lr: the learning rate, must be finite at t = {self.last_epoch}, "
                                f"got more than a float holds from {type(self).__name__}") from error
        finally:
            self._get_lr_called_within_step = False
        tensors = False
        for group, lr in zip(self.optimizer.param_groups, lrs, strict=True):
            if isinstance(group["lr"], Tensor):
                set_lr(group, lr)
                tensors = True
            else:
                group["lr"] = lr
        self._last_lr = rates_of(self.optimizer) if tensors else [*lrs]

    def state_dict(self):
        """What to save: numbers, strings and lists, none of them shared with the scheduler."""
        return {name: plain_state(value) for name, value in super().state_dict().items()}

    def load_state_dict(self, state_dict):
        """Go on where the saved scheduler stopped; the state of torch's class of the same name is taken, too."""
        super().load_state_dict({name: plain_state(value) for name, value in state_dict.items()})
        self._last_lr = all_like(self.optimizer, self._last_lr)


def check_last_epoch(optimizer, last_epoch):
    """Raise a ValueError of one sentence when the optimizer cannot be taken up there."""
    check_value(LAST_EPOCH, last_epoch)
    if last_epoch >= 0 and any("initial_lr" not in group for group in optimizer.param_groups):
        raise ValueError(f"last_epoch: {LAST_EPOCH.note}, must be -1 for an optimizer that no scheduler has driven, "
                         f"got {last_epoch}")


class FollowerLR(FormulaLR):
    """The learning rate moves as the formula moves: two followers on one optimizer multiply.

    Alone, a follower is its formula, bit for bit.
    """

    floor = 0.0                             # what the formula falls to; proportions are taken above it

    def curve(self, t):
        if len(self.base_lrs) == 1:
            return [self.formula(t, self.base_lrs[0])]
        return above(self.floor, self.base_lrs, self.share(t))        # the same bits, with one call for all groups

    def get_lr(self):
        t, groups = self.last_epoch, self.optimizer.param_groups
        resumed = self._step_count == 1 and t > 0
        if resumed or not self._get_lr_called_within_step:      # the rates already are what they should be
            return [group["lr"] for group in groups]
        if len(groups) > len(self.base_lrs):                    # a group added since starts from where it is
            self.base_lrs += plain_state([group["lr"] for group in groups[len(self.base_lrs):]])
        if len(groups) == 1 and t > 0:                          # the common case, in the fewest moves
            lr, old, new = groups[0]["lr"], self.formula(t - 1, self.base_lrs[0]), self.formula(t, self.base_lrs[0])
            return [new if lr == old else follow(lr, old, new, self.floor, self.growth(t))]
        lrs, before, after = [group["lr"] for group in groups], self.curve(t - 1) if t > 0 else self.base_lrs, self.curve(t)
        if lrs == before:                                       # nobody else touched them
            return after
        growth = self.growth(t)
        return [follow(lr, old, new, self.floor, growth) for lr, old, new in zip(lrs, before, after)]

    def share(self, t):
        """Where the formula stands at time t: 1 at base_lr, 0 at the floor."""
        return self.formula(t, 1.0)         # right while the floor is 0

    def growth(self, t):
        """By which factor the height above the floor grows from t - 1 to t; None out of the trough."""
        was = self.share(t - 1) if t > 0 else 1.0
        return self.share(t) / was if was > 1e-300 else None    # closer to 0 the quotient may be too large for a float


def above(floor, base_lrs, share):
    """What stands that share of the way from the floor to each base_lr."""
    if not floor:
        return [base_lr * share for base_lr in base_lrs]
    return [floor + (base_lr - floor) * share for base_lr in base_lrs]


def follow(lr, old, new, floor, growth):
    """Move lr as a formula moved from old to new, its height above the floor growing by the factor growth.

    >>> follow(0.5, 0.5, 0.25, floor=0.0, growth=0.5)           # nobody else touched lr: it is the formula
    0.25
    >>> follow(2.0, 0.5, 0.25, floor=0.0, growth=0.5)           # somebody did: it keeps the proportion
    1.0
    >>> follow(0.0, 0.0, 0.25, floor=0.0, growth=None)          # out of the trough: it goes the same distance
    0.25
    """
    if lr == old:                           # so that no rounding piles up
        return new
    if growth is None:                      # in the trough a proportion means nothing
        return lr + new - old
    return floor + (lr - floor) * growth


class ScheduleLR(FormulaLR):
    """Drive an optimizer by any schedule, each param group from its own learning rate.

    optimizer   a torch.optim.Optimizer
    schedule    a Schedule, or any function s(t, base_lr) -> lr; or a list of them, one for each param group
    momentum    the same for the momentum of SGD or the beta1 of Adam, called as s(t, m0) with m0 the group's own; None
                leaves momentum alone. A schedule that scales keeps a momentum of 0 at 0.
    last_epoch  index of the last finished update, an integer >= 0, when an optimizer with state is taken up again;
                -1 at the start

    Call step() after each update, as with every scheduler of torch.

    >>> import torch
    >>> from lrlearn import Schedule, cosine
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> scheduler = ScheduleLR(optimizer, Schedule(cosine, T_max=4))
    >>> rates = []
    >>> for t in range(6):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 3) for rate in rates]
    [0.1, 0.085, 0.05, 0.015, 0.0, 0.0]
    >>> ScheduleLR(optimizer, 0.1)
    Traceback (most recent call last):
    TypeError: schedule: what sets the learning rate, must be a Schedule or a function of t and the base value, got 0.1

    Of two on one optimizer the last to step wins. The state names the schedules without holding them: the ones given here
    stay, and loading the state of others warns.
    Raises TypeError or ValueError, in one sentence, for what is not an optimizer or not a schedule, for a list of the
    wrong length, and for momentum where the optimizer has none. A value that is not a finite number >= 0 (for momentum
    also < 1) is told before anything is written: at t = 0 here, at a later t in step().
    Not to be confused with torch's LambdaLR, whose function gives a factor and so has no absolute floor.
    Source: ours; for a factor it is torch.optim.lr_scheduler.LambdaLR.
    """

    def __init__(self, optimizer, schedule, momentum=None, last_epoch=-1):
        check_optimizer(optimizer)
        groups = optimizer.param_groups
        self.schedules = schedules_of(SCHEDULE, schedule, [plain_state(group.get("initial_lr", group["lr"])) for group in groups])
        if momentum is not None and momentum_of(groups[0]) is None:
            name = type(optimizer).__name__
            raise ValueError(f"momentum: {MOMENTUM.note}, must be None for {name}, which has neither, got {text(momentum)}")
        starts = [group.get("initial_momentum", momentum_of(group)) for group in groups]
        self.momentum_schedules = [] if momentum is None else schedules_of(MOMENTUM, momentum, starts)
        super().__init__(optimizer, last_epoch)

    def curve(self, t):
        return [value_at(SCHEDULE, s, t, base_lr) for s, base_lr in zip(self.schedules, self.base_lrs)]

    def get_lr(self):
        lrs, momenta = super().get_lr(), []                 # all values first: a wrong one leaves the optimizer as it is
        for group, s in zip(self.optimizer.param_groups, self.momentum_schedules):
            m0 = group.setdefault("initial_momentum", momentum_of(group))       # saved with the optimizer, as initial_lr is
            momenta.append(value_at(MOMENTUM, s, self.last_epoch, m0))
        for group, momentum in zip(self.optimizer.param_groups, momenta):
            set_momentum(group, momentum)
        return lrs

    _get_closed_form_lr = get_lr

    def names(self):
        """The schedules as text, under the names they have in the state."""
        return {"schedules": [text(s) for s in self.schedules],
                "momentum_schedules": [text(s) for s in self.momentum_schedules]}

    def state_dict(self):
        return {**super().state_dict(), **self.names()}

    def load_state_dict(self, state_dict):
        for key, mine in self.names().items():
            saved = state_dict.get(key, [])
            if saved != mine:
                warnings.warn(f"{key}: the state was saved with {listing(saved)}, this scheduler keeps {listing(mine)}",
                              stacklevel=2)
        super().load_state_dict({key: value for key, value in state_dict.items() if key not in self.names()})


SCHEDULE = Param("schedule", None, None, None, None, "what sets the learning rate", ">= 0")
MOMENTUM = Param("momentum", None, None, None, None, "what sets momentum or beta1", ">= 0 and < 1")


def schedules_of(param, given, bases):
    """One schedule for each base value, each tried at t = 0."""
    each = per_group(param, given, len(bases))
    for s, base in zip(each, bases):
        try:
            value_at(param, s, 0, base)
        except TypeError as error:
            such = " such as Schedule(cosine, T_max=100)" if callable(s) else ""        # most often it is a bare formula
            raise TypeError(f"{param.name}: {param.note}, must be a Schedule{such} or a function of t and the base value, "
                            f"got {text(s)}") from error
    return each


def value_at(param, s, t, base):
    """What the schedule gives at time t, in plain numbers; a ValueError of one sentence when it is wrong for the param."""
    return right(param, s(t, base), t, s)


def listing(names):
    """Schedules in a sentence, named once where all groups share one."""
    return ", ".join(dict.fromkeys(names)) or "none"
