"""ReduceLROnPlateau: the fold `plateau` at work in an optimizer."""
import warnings

from torch.optim import lr_scheduler as theirs

from ..core import card_of, plain
from ..schedules.plateau import plateau
from .groups import all_like, checked, numbers, own_tensors, plain_state, rates_of, set_lr

MIN_LR = card_of(plateau).param("min_lr")


class ReduceLROnPlateau(theirs.ReduceLROnPlateau):
    """Cut the learning rates when a metric has been bad more than patience times in a row.

    optimizer       a torch.optim.Optimizer
    mode            "min" when small metrics are good, "max" when large ones are
    factor          the factor of one cut, >= 0 and < 1
    patience        bad metrics in a row that are put up with, an integer >= 0; the next one cuts
    threshold       how much better than the best a metric must be, >= 0
    threshold_mode  "rel" takes the threshold as a part of the best, "abs" as an amount
    cooldown        metrics after a cut that do not count as bad, an integer >= 0
    min_lr          the learning rate below which no cut goes, >= 0; or a list of them, one for each param group
    eps             a cut by no more than this is not made, >= 0

    Call step(metric) after each validation; the metric is a number or a tensor of one, and nan is bad.

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> scheduler = ReduceLROnPlateau(optimizer, patience=1)
    >>> rates = []
    >>> for loss in (3.0, 2.0, 2.0, 2.5, 1.0):
    ...     optimizer.step()
    ...     scheduler.step(loss)
    ...     rates += scheduler.get_last_lr()
    >>> [round(rate, 3) for rate in rates]
    [0.1, 0.1, 0.1, 0.01, 0.01]
    >>> ReduceLROnPlateau(optimizer, factor=1.5)
    Traceback (most recent call last):
    ValueError: factor: the factor of one cut, must be >= 0 and < 1, got 1.5

    Groups share the counters; each falls from its own learning rate to its own min_lr. With threshold_mode "rel", torch's
    default, a negative metric that stands still looks better each time, and nothing is ever cut: take "abs".
    Raises ValueError or TypeError, in one sentence, for a wrong argument, and TypeError for a metric that is no number.
    RuntimeError when a group was added that a list min_lr does not know, and the rates must be cut.
    Not to be confused with Keras' callback of the same name, which cuts at bad metric number patience, one earlier.
    Source: torch.optim.lr_scheduler.ReduceLROnPlateau.
    """

    def __init__(self, optimizer, mode="min", factor=0.1, patience=10, threshold=1e-4, threshold_mode="rel", cooldown=0,
                 min_lr=0, eps=1e-8):
        *given, eps = checked(optimizer, plateau, mode=mode, factor=factor, patience=patience, threshold=threshold,
                              threshold_mode=threshold_mode, cooldown=cooldown, eps=eps)
        min_lr = plain(min_lr)
        each = numbers(MIN_LR, min_lr, optimizer)
        own_tensors(optimizer)
        super().__init__(optimizer, *given, each if isinstance(min_lr, (list, tuple)) else each[0], eps)

    def step(self, metrics, epoch=None):
        """Take one more metric into account: call it after each validation."""
        metric = metrics if type(metrics) is float else number(metrics)
        if epoch is not None:
            warnings.warn(theirs.EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        share, best, bad, wait = self.fold(1.0, metric, 0.0, 0.0)
        if share < 1.0:                     # a cut, from each group's own rate to its own floor; most metrics make none
            for group, floor in zip(self.optimizer.param_groups, self.floors()):
                set_lr(group, self.fold(float(group["lr"]), metric, floor, self.eps)[0])
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        self.best, self.num_bad_epochs, self.cooldown_counter = best, bad, wait
        self._last_lr = rates_of(self.optimizer)

    def fold(self, lr, metric, min_lr, eps):
        """The formula's state after one more metric, for a param group with that rate and floor."""
        return plateau((lr, self.best, self.num_bad_epochs, self.cooldown_counter), metric, self.mode, self.factor, self.patience,
                       self.threshold, self.threshold_mode, self.cooldown, min_lr, eps)

    def floors(self):
        """One min_lr for each param group; a group added since gets the one that was given for all."""
        known, groups = len(self.min_lrs), len(self.optimizer.param_groups)
        if known != groups and self.default_min_lr is None:
            raise RuntimeError(f"min_lrs: {MIN_LR.note}, must be one for each param group, {groups}, got {known}")
        if known != groups:
            self.min_lrs = [self.default_min_lr] * groups
        return self.min_lrs

    def state_dict(self):
        """What to save: numbers, strings and lists, none of them shared with the scheduler."""
        return plain_state(super().state_dict())

    def load_state_dict(self, state_dict):
        """Go on where the saved scheduler stopped; the state of torch's class is taken, too."""
        super().load_state_dict(plain_state(state_dict))
        self._last_lr = all_like(self.optimizer, self._last_lr)


def number(metrics):
    """The metric as a float; a TypeError of one sentence for what is no number."""
    try:
        return float(metrics)
    except (TypeError, ValueError) as error:
        raise TypeError(f"metrics: what was measured, must be a number, got {metrics!r}") from error
