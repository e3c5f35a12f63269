"""The names of torch.optim.lr_scheduler: same arguments, same rates, numbers from the formulas.

A program that changes only its import gets the same learning rates, save where a class says otherwise. Here are the
classes that follow their formula, so that two of them on one optimizer multiply. All of them, here and beside:

- raise TypeError or ValueError, in one sentence, for a wrong argument; what counts steps is an integer, so that 90.0 is
  refused where torch takes it
- take the checkpoints of torch's class of the same name
- answer get_lr() outside step() with the rates in use; torch's compute a step more, and warn
- have the arguments as attributes, but not what torch's compute from them (T_cur, T_i, total_size, use_beta1)
"""
from ..schedules.constant import constant
from ..schedules.cosine import cosine
from ..schedules.exponential_decay import exponential_decay
from ..schedules.polynomial import linear, polynomial
from ..schedules.step_decay import multistep_decay, step_decay
from .bridge import FollowerLR
from .groups import checked, plain_state


class StepLR(FollowerLR):
    """Each group's learning rate, cut to gamma times its value every step_size steps.

    optimizer   a torch.optim.Optimizer
    step_size   steps between two cuts, an integer >= 1
    gamma       the factor of one cut, > 0; above 1 it grows
    last_epoch  index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> scheduler = StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for t in range(4):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.2]

    Not to be confused with torch's when last_epoch takes a run up again just before a cut: torch's cuts twice there.
    Source: torch.optim.lr_scheduler.StepLR.
    """

    def __init__(self, optimizer, step_size, gamma=0.1, last_epoch=-1):
        self.step_size, self.gamma = checked(optimizer, step_decay, step_size=step_size, gamma=gamma)
        super().__init__(optimizer, last_epoch)

    def formula(self, t, base_lr):
        return step_decay(t, base_lr, self.step_size, self.gamma)


class MultiStepLR(FollowerLR):
    """Each group's learning rate, cut to gamma times its value at each of the milestones.

    optimizer   a torch.optim.Optimizer
    milestones  the steps of the cuts, integers >= 0 in any order; one that stands twice cuts twice
    gamma       the factor of one cut, > 0; above 1 it grows
    last_epoch  index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> scheduler = MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
    >>> for t in range(4):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.2]

    Not to be confused with StepLR, which cuts at equal distances. torch's keeps its milestones as a Counter.
    Source: torch.optim.lr_scheduler.MultiStepLR.
    """

    def __init__(self, optimizer, milestones, gamma=0.1, last_epoch=-1):
        milestones = in_order(milestones)
        self.milestones, self.gamma = checked(optimizer, multistep_decay, milestones=milestones, gamma=gamma)
        super().__init__(optimizer, last_epoch)

    def formula(self, t, base_lr):
        return multistep_decay(t, base_lr, self.milestones, self.gamma)

    def load_state_dict(self, state_dict):
        super().load_state_dict(state_dict)
        if isinstance(self.milestones, dict):                   # torch's: milestone -> how often
            self.milestones = [milestone for milestone in sorted(self.milestones) for _ in range(self.milestones[milestone])]


def in_order(milestones):
    """A sorted list, where that can be made; anything else as it is, for the error message."""
    try:
        return milestones if isinstance(milestones, str) else sorted(plain_state(list(milestones)))
    except TypeError:
        return milestones


class ConstantLR(FollowerLR):
    """factor times each group's learning rate for the first total_iters steps, then the rate itself.

    optimizer    a torch.optim.Optimizer
    factor       what multiplies the rate during the first steps, >= 0
    total_iters  steps for which the factor holds, an integer >= 0
    last_epoch   index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> scheduler = ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> rates = []
    >>> for t in range(3):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.4, 0.4, 0.8]

    Not to be confused with a learning rate that never changes: the default is a third of it for five steps. With factor=0
    torch's stops with a ZeroDivisionError, and with total_iters=0 it keeps the factor for ever.
    Source: torch.optim.lr_scheduler.ConstantLR.
    """

    def __init__(self, optimizer, factor=1.0 / 3, total_iters=5, last_epoch=-1):
        self.factor, self.total_iters = checked(optimizer, constant, factor=factor, total_iters=total_iters)
        super().__init__(optimizer, last_epoch)

    def formula(self, t, base_lr):
        return constant(t, base_lr, self.factor, self.total_iters)


class LinearLR(FollowerLR):
    """A straight line from start_factor to end_factor times each group's learning rate, in total_iters steps.

    optimizer     a torch.optim.Optimizer
    start_factor  the first rate as a fraction of the group's, >= 0
    end_factor    the last rate as a fraction of the group's, >= 0
    total_iters   steps until the end of the line, an integer >= 1
    last_epoch    index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> scheduler = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> rates = []
    >>> for t in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> [round(rate, 3) for rate in rates]
    [0.4, 0.6, 0.8, 0.8]

    Not to be confused with the formula linear, which by default falls from 1 to 0: this one climbs from a third, in five
    steps. torch's takes no start_factor=0 and no factor above 1, but total_iters=0.
    Source: torch.optim.lr_scheduler.LinearLR.
    """

    def __init__(self, optimizer, start_factor=1.0 / 3, end_factor=1.0, total_iters=5, last_epoch=-1):
        self.start_factor, self.end_factor, self.total_iters = checked(
            optimizer, linear, start_factor=start_factor, end_factor=end_factor, total_iters=total_iters)
        super().__init__(optimizer, last_epoch)

    def formula(self, t, base_lr):
        return linear(t, base_lr, self.total_iters, self.start_factor, self.end_factor)


class ExponentialLR(FollowerLR):
    """Each group's learning rate times gamma at every step.

    optimizer   a torch.optim.Optimizer
    gamma       the factor of one step, > 0; above 1 it grows
    last_epoch  index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> scheduler = ExponentialLR(optimizer, gamma=0.5)
    >>> for t in range(2):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.2]

    Not to be confused with optax' and Keras' exponential decay, whose rate is the factor of many steps.
    Source: torch.optim.lr_scheduler.ExponentialLR.
    """

    def __init__(self, optimizer, gamma, last_epoch=-1):
        [self.gamma] = checked(optimizer, exponential_decay, gamma=gamma)
        super().__init__(optimizer, last_epoch)

    def formula(self, t, base_lr):
        return exponential_decay(t, base_lr, self.gamma)

    def growth(self, t):                    # also where gamma ** t is too small for a float
        return self.gamma if t > 0 else 1.0


class PolynomialLR(FollowerLR):
    """From each group's learning rate to 0 in total_iters steps, as a power of the way that is left.

    optimizer    a torch.optim.Optimizer
    total_iters  steps until 0, an integer >= 1
    power        1 is a straight line, more falls early, less falls late, > 0
    last_epoch   index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> scheduler = PolynomialLR(optimizer, total_iters=2, power=2.0)
    >>> rates = []
    >>> for t in range(4):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.8, 0.2, 0.0, 0.0]

    Not to be confused with the formula polynomial, which has a floor; the default is 5 steps, most often too few.
    Source: torch.optim.lr_scheduler.PolynomialLR.
    """

    def __init__(self, optimizer, total_iters=5, power=1.0, last_epoch=-1):
        self.total_iters, self.power = checked(optimizer, polynomial, total_iters=total_iters, power=power)
        super().__init__(optimizer, last_epoch)

    def formula(self, t, base_lr):
        return polynomial(t, base_lr, self.total_iters, self.power)


class CosineAnnealingLR(FollowerLR):
    """Half a cosine wave from each group's learning rate down to eta_min in T_max steps, and up again, and so on.

    optimizer   a torch.optim.Optimizer
    T_max       steps until the bottom, an integer >= 1
    eta_min     the learning rate at the bottom, >= 0
    last_epoch  index of the last finished update, when an optimizer with state is taken up again; -1 at the start

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

    torch's takes T_max=0 and stops later with a ZeroDivisionError.
    Not to be confused with ScheduleLR(optimizer, Schedule(cosine, T_max=...)), which stays at the bottom.
    Source: torch.optim.lr_scheduler.CosineAnnealingLR.
    """

    def __init__(self, optimizer, T_max, eta_min=0.0, last_epoch=-1):
        self.T_max, self.eta_min = checked(optimizer, cosine, T_max=T_max, eta_min=eta_min)
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
