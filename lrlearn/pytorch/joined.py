"""Schedulers made of schedulers: all at once, or one after the other. They nest at any depth."""
import copy
import warnings
from bisect import bisect_right

from torch.optim import lr_scheduler as theirs

from ..core import Param, check_value, plain
from .bridge import LAST_EPOCH
from .groups import all_like, check_optimizer, plain_state, rates_of, set_lr, text
from .lambdas import MultiplicativeLR

MILESTONES = Param("milestones", None, None, None, None, "the steps at which the next scheduler takes over",
                   "a list of ascending integers >= 0, one fewer than schedulers")


class Joined:
    """What a chain and a sequence share: being restarted by whoever holds them, and their state."""

    def _initial_step(self):                # torch's sequence calls this at its start
        restart(self)

    def _update_lr(self, epoch=None):       # and this at a milestone
        restart(self)

    def state_dict(self):
        """What to save: numbers and lists, and the states of the schedulers, none of them shared."""
        own = {name: plain_state(value) for name, value in self.__dict__.items() if name not in ("optimizer", "_schedulers")}
        return {**own, "_schedulers": [copy.deepcopy(scheduler.state_dict()) for scheduler in self._schedulers]}

    def load_state_dict(self, state_dict):
        """Go on where the saved scheduler stopped; the state of torch's class of the same name is taken, too."""
        states = state_dict["_schedulers"]
        if len(states) != len(self._schedulers):
            raise ValueError(f"_schedulers: the saved states, must be one for each scheduler, {len(self._schedulers)}, "
                             f"got {len(states)}")
        for scheduler, state in zip(self._schedulers, states):
            scheduler.load_state_dict(copy.deepcopy(state))         # torch's CyclicLR eats what it is given
        self.__dict__.update({name: plain_state(value) for name, value in state_dict.items() if name != "_schedulers"})
        self._last_lr = all_like(self.optimizer, self._last_lr)


class ChainedScheduler(Joined, theirs.ChainedScheduler):
    """All schedulers at once: each step of the chain steps them one after the other.

    schedulers  a list of schedulers of one optimizer, torch's or ours; not ReduceLROnPlateau, which asks for a metric
    optimizer   their optimizer; None takes it from them

    >>> import torch
    >>> from lrlearn.pytorch import ExponentialLR, StepLR
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> scheduler = ChainedScheduler([StepLR(optimizer, 2, gamma=0.5), ExponentialLR(optimizer, gamma=0.9)])
    >>> rates = []
    >>> for t in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 4) for rate in rates]
    [0.8, 0.72, 0.324, 0.2916, 0.1312]

    A chain is for schedulers that follow: those multiply. One that sets the rate itself (LambdaLR, CyclicLR, OneCycleLR,
    CosineAnnealingWarmRestarts; SequentialLR at its milestones) forgets what the others did, as in torch. So put chains into
    a sequence rather than a sequence into a chain, or drive ScheduleLR by the formulas `chained` and `sequential`.
    Raises TypeError or ValueError, in one sentence, for what cannot be chained.
    Not to be confused with SequentialLR, in which one scheduler takes over from the other.
    Source: torch.optim.lr_scheduler.ChainedScheduler.
    """

    def __init__(self, schedulers, optimizer=None):
        self._schedulers, self.optimizer = joinable(schedulers, optimizer)
        self._last_lr = rates_of(self.optimizer)

    def step(self):
        """Go on to the next update: call it after optimizer.step()."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = rates_of(self.optimizer)


class SequentialLR(Joined, theirs.SequentialLR):
    """One scheduler after the other: number i takes over at milestones[i - 1] and starts at its own t = 0.

    optimizer   a torch.optim.Optimizer
    schedulers  a list of schedulers of that optimizer, torch's or ours; not ReduceLROnPlateau, which asks for a metric
    milestones  the steps at which the next one takes over, ascending integers >= 0, one fewer than schedulers
    last_epoch  index of the last finished update, an integer >= 0, to take up an optimizer without a saved scheduler:
                the steps until then are gone through again; -1 at the start

    >>> import torch
    >>> from lrlearn.pytorch import CosineAnnealingLR, LinearLR
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> warmup = LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> scheduler = SequentialLR(optimizer, [warmup, CosineAnnealingLR(optimizer, T_max=4)], milestones=[3])
    >>> rates = []
    >>> for t in range(8):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 4) for rate in rates]
    [0.025, 0.05, 0.075, 0.1, 0.0854, 0.05, 0.0146, 0.0]

    Each scheduler starts from its own base_lrs, whatever stood in the optimizer; torch resets to initial_lr, which a
    OneCycleLR of torch overwrites. One without a closed form (MultiplicativeLR, SWALR, a get_lr of your own that looks at the
    rate it finds) goes on from where the one before it ended, as in torch.
    Raises TypeError or ValueError, in one sentence, for what cannot be put in sequence.
    Not to be confused with ChainedScheduler, in which all of them act at once.
    Source: torch.optim.lr_scheduler.SequentialLR.
    """

    def __init__(self, optimizer, schedulers, milestones, last_epoch=-1):
        check_optimizer(optimizer)
        self._schedulers, self.optimizer = joinable(schedulers, optimizer)
        self._milestones = plain_state(plain(milestones))
        check_value(MILESTONES, self._milestones, {"schedulers": self._schedulers})
        check_value(LAST_EPOCH, last_epoch)
        restart(self)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")                 # the optimizer has not stepped, and need not
            for _ in range(last_epoch + 1):
                self.step()

    def step(self):
        """Go on to the next update: call it after optimizer.step()."""
        self.last_epoch += 1
        scheduler = active(self)
        if self.last_epoch in self._milestones:
            restart(scheduler, taking_over=True)
        else:
            scheduler.step()
        self._last_lr = rates_of(self.optimizer)


def active(sequence):
    """The scheduler whose turn it is."""
    return sequence._schedulers[bisect_right(sequence._milestones, sequence.last_epoch)]


def restart(scheduler, reset=True, taking_over=False):
    """Put the scheduler, of whatever kind and depth, to its own t = 0 and the rates to what belongs there.

    reset        whether it starts from its own base_lrs; in a chain the second one starts from what the first one gives
    taking_over  whether another one ran before: then one that knows no closed form goes on from the rates it finds
    """
    if isinstance(scheduler, theirs.ChainedScheduler):
        for place, each in enumerate(scheduler._schedulers):
            restart(each, reset and place == 0, taking_over)
    elif isinstance(scheduler, theirs.SequentialLR):
        scheduler.last_epoch = 0
        restart(active(scheduler), reset, taking_over)
    elif taking_over and (isinstance(scheduler, MultiplicativeLR) or not hasattr(scheduler, "_get_closed_form_lr")):
        scheduler._update_lr(0)
        return
    else:
        if reset:
            for group, lr in zip(scheduler.optimizer.param_groups, plain_state(scheduler.base_lrs)):
                set_lr(group, lr)
        scheduler.last_epoch = -1
        scheduler._initial_step()
        return
    scheduler._last_lr = rates_of(scheduler.optimizer)


def joinable(schedulers, optimizer):
    """The schedulers as a list, and their optimizer; one sentence for what cannot be joined."""
    if not isinstance(schedulers, (list, tuple)):
        raise TypeError(f"schedulers: the schedulers to join, must be a list, got {text(schedulers)}")
    if not schedulers:
        raise ValueError("schedulers: the schedulers to join, must be at least one, got []")
    for each in schedulers:
        if not (hasattr(each, "optimizer") and hasattr(each, "_initial_step")):
            raise TypeError(f"schedulers: the schedulers to join, must be schedulers, got {text(each)}")
        if isinstance(each, theirs.ReduceLROnPlateau):
            raise ValueError("schedulers: the schedulers to join, must be functions of time, got ReduceLROnPlateau, "
                             "whose step() asks for a metric")
    optimizer = schedulers[0].optimizer if optimizer is None else optimizer
    check_optimizer(optimizer)
    for each in schedulers:
        if each.optimizer is not optimizer:
            raise ValueError("schedulers: the schedulers to join, must be of the one optimizer, "
                             f"got {type(each).__name__} of another")
    return list(schedulers), optimizer
