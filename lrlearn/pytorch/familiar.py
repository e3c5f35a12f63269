"""The names of torch.optim.lr_scheduler: same arguments, same rates, numbers from the formulas.

A program that changes only its import gets the same learning rates, save where a class says otherwise.
"""
from ..core import card_of, check_value, plain
from ..schedules.cosine import cosine
from .bridge import FollowerLR, check_optimizer


class CosineAnnealingLR(FollowerLR):
    """Half a cosine wave from each group's learning rate down to eta_min in T_max steps, and up again, and so on.

    optimizer   a torch.optim.Optimizer
    T_max       steps until the bottom, an integer >= 1
    eta_min     the learning rate at the bottom, >= 0
    last_epoch  index of the last finished update, an integer >= 0, when an optimizer with state is taken up again;
                -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    >>> scheduler = CosineAnnealingLR(optimizer, T_max=2)
    >>> rates = []
    >>> for t in range(6):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 3) for rate in rates]
    [0.1, 0.05, 0.0, 0.05, 0.1, 0.05]
    >>> CosineAnnealingLR(optimizer, T_max=0)
    Traceback (most recent call last):
    ValueError: T_max: steps until the bottom, must be >= 1, got 0

    Raises ValueError or TypeError, in one sentence, for a wrong argument; torch takes T_max=0 and stops later with a
    ZeroDivisionError. T_max counts steps, so 90.0 is refused where torch takes it.
    Not to be confused with ScheduleLR(optimizer, Schedule(cosine, T_max=...)), which stays at the bottom.
    Source: torch.optim.lr_scheduler.CosineAnnealingLR.
    """

    def __init__(self, optimizer, T_max, eta_min=0.0, last_epoch=-1):
        check_optimizer(optimizer)          # first: with the arguments swapped, T_max prints as the whole optimizer
        self.T_max, self.eta_min = plain(T_max), plain(eta_min)
        check_value(card_of(cosine).param("T_max"), self.T_max)
        check_value(card_of(cosine).param("eta_min"), self.eta_min)
        super().__init__(optimizer, last_epoch)

    @property
    def floor(self):
        return self.eta_min

    def fold(self, t):
        """The way back up is the way down: t, T_max steps later, counts back to 0."""
        return self.T_max - abs(self.T_max - t % (2 * self.T_max))

    def formula(self, t, base_lr):
        return cosine(self.fold(t), base_lr, self.T_max, self.eta_min)

    def share(self, t):
        return cosine(self.fold(t), 1.0, self.T_max)
