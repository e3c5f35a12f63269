"""The two names of torch.optim.lr_scheduler that ask a function of time for a factor."""
from math import inf

from ..core import Param
from .bridge import FormulaLR
from .groups import attributes, check_optimizer, give_back, per_group, right

LR_LAMBDA = Param("lr_lambda", None, None, None, None, "what gives the factor on the learning rate", ">= 0")


class FunctionLR(FormulaLR):
    """What LambdaLR and MultiplicativeLR share: a function of time for each group, and how its state is saved."""

    def __init__(self, optimizer, lr_lambda, last_epoch=-1):
        check_optimizer(optimizer)
        self.lr_lambdas = per_group(LR_LAMBDA, lr_lambda, len(optimizer.param_groups))
        for function in self.lr_lambdas:
            if not callable(function):
                raise TypeError(f"{LR_LAMBDA.name}: {LR_LAMBDA.note}, must be a function of t, got {function!r}")
        super().__init__(optimizer, last_epoch)

    def factors(self, t):
        """What the functions say at time t; a ValueError of one sentence when it is not a number >= 0."""
        factors = []
        for function in self.lr_lambdas:
            factor = function(t)
            if type(factor) is not float or not 0.0 <= factor < inf:
                factor = right(LR_LAMBDA, int(factor) if isinstance(factor, bool) else factor, t, function)
            factors.append(factor)
        return factors

    def state_dict(self):
        """What to save: of a callable object its attributes, as torch does; of a function, or a Schedule, nothing."""
        return {**super().state_dict(), "lr_lambdas": [attributes(function) for function in self.lr_lambdas]}

    def load_state_dict(self, state_dict):
        for function, saved in zip(self.lr_lambdas, state_dict["lr_lambdas"]):
            give_back(function, saved)
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "lr_lambdas"})


class LambdaLR(FunctionLR):
    """Each group's first learning rate times lr_lambda(t), whatever the rate was before.

    optimizer   a torch.optim.Optimizer
    lr_lambda   a function of t, or a Schedule, that gives a factor >= 0; or a list of them, one for each param group
    last_epoch  index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> scheduler = LambdaLR(optimizer, lambda t: 0.5 ** t)
    >>> for t in range(2):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.2]

    Raises ValueError, in one sentence, at a factor that is not a finite number >= 0, before anything is written; torch's
    goes on with a negative rate.
    Not to be confused with MultiplicativeLR, whose factors pile up, nor with ScheduleLR, whose schedule gets the rate.
    Source: torch.optim.lr_scheduler.LambdaLR.
    """

    def curve(self, t):
        return [base_lr * factor for base_lr, factor in zip(self.base_lrs, self.factors(t))]


class MultiplicativeLR(FunctionLR):
    """Each group's learning rate, multiplied by lr_lambda(t) at every step t >= 1.

    optimizer   a torch.optim.Optimizer
    lr_lambda   a function of t that gives a factor >= 0; or a list of them, one for each param group
    last_epoch  index of the last finished update, when an optimizer with state is taken up again; -1 at the start

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.8)
    >>> scheduler = MultiplicativeLR(optimizer, lambda t: 0.5)
    >>> for t in range(2):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.2]

    Raises ValueError, in one sentence, at a factor that is not a finite number >= 0, before anything is written; torch's
    goes on with a negative rate.
    Not to be confused with LambdaLR, whose factor always multiplies the first rate.
    Source: torch.optim.lr_scheduler.MultiplicativeLR.
    """

    def curve(self, t):
        lrs = [group["lr"] for group in self.optimizer.param_groups]
        initial = getattr(self, "_is_initial", t == 0)          # where torch does not say it
        if initial or not self._get_lr_called_within_step:      # the rates already are what they should be
            return lrs
        return [lr * factor for lr, factor in zip(lrs, self.factors(t))]
