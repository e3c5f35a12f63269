"""PyTorch's scheduler base class, written anew to be read: no torch is needed, and a torch optimizer may be driven.

The names are torch's, those with an underscore, too, so that both kinds of scheduler get along on one optimizer. Three
things of torch's are left out: rates that are tensors filled in place, step(epoch), which is deprecated, and the warning
about an optimizer whose step was replaced.
"""
import types
import warnings

TOO_EARLY = "scheduler.step() before optimizer.step(): the first rate is never used"
FRESH = "last_epoch: index of the last finished update, must be -1 for an optimizer that no scheduler has driven, "
OUTSIDE = "get_lr() is for step(): get_last_lr() gives the rates in use"


class Optimizer:
    """Gradient descent on plain numbers: as much of an optimizer as a scheduler touches.

    weights  a list of numbers; each is pulled towards 0, as by the loss weight ** 2 / 2
    lr       the learning rate, >= 0; or a list of them, one for each of several param groups

    >>> optimizer = Optimizer([1.0], lr=0.5)
    >>> optimizer.step(); optimizer.param_groups
    [{'weights': [0.5], 'lr': 0.5}]
    """

    def __init__(self, weights, lr):
        lrs = lr if isinstance(lr, list) else [lr]
        self.param_groups = []
        for lr in lrs:
            self.param_groups.append({"weights": list(weights), "lr": lr})

    def step(self):
        for group in self.param_groups:
            gradients = group["weights"]    # of weight ** 2 / 2
            pairs, lr = zip(group["weights"], gradients), group["lr"]
            group["weights"] = [weight - lr * g for weight, g in pairs]


class LRScheduler:
    """Remembers the time, asks get_lr() for the learning rates, writes them into the optimizer.

    optimizer   anything with param_groups, a list of dicts with an "lr" each, and step(); torch's optimizers, too
    last_epoch  index of the last finished update, an integer >= 0, when an optimizer with state is taken up again;
                -1 at the start

    A subclass says in get_lr() which rates belong to self.last_epoch: a list, one for each param group.

    >>> class InverseTime(LRScheduler):
    ...     def get_lr(self):
    ...         return [base_lr / (1 + self.last_epoch) for base_lr in self.base_lrs]
    >>> optimizer = Optimizer([1.0], lr=0.5)
    >>> scheduler = InverseTime(optimizer)
    >>> optimizer.step(); scheduler.step(); scheduler.get_last_lr()
    [0.25]

    Raises KeyError for last_epoch >= 0 where no scheduler has noted an initial_lr. Warns when step() runs before the
    optimizer has.
    Also called _LRScheduler, its name in torch before 2.0.
    Source: the behaviour is that of torch.optim.lr_scheduler.LRScheduler; the code is ours.
    """

    def __init__(self, optimizer, last_epoch=-1):
        self.optimizer, self.last_epoch = optimizer, last_epoch
        groups = optimizer.param_groups
        for group in groups:
            if last_epoch == -1:            # unless an earlier scheduler did
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(FRESH + f"got {last_epoch}")
        self.base_lrs = [group["initial_lr"] for group in groups]
        watch(optimizer)
        self._initial_step()

    def _initial_step(self):
        self._step_count = 0
        self._is_initial = True
        self.step()                         # last_epoch goes from -1 to 0
        self._is_initial = False

    def step(self):
        """Go on to the next update: call it after optimizer.step()."""
        updated = getattr(self.optimizer, "_opt_called", True)
        if self._step_count == 1 and not updated:
            warnings.warn(TOO_EARLY, stacklevel=2)
        self._step_count += 1
        self.last_epoch += 1
        self._get_lr_called_within_step = True
        try:
            lrs = self.get_lr()
        finally:
            self._get_lr_called_within_step = False
        groups = self.optimizer.param_groups
        for group, lr in zip(groups, lrs, strict=True):
            group["lr"] = lr
        self._last_lr = [group["lr"] for group in groups]

    def get_lr(self):
        """The rates at self.last_epoch, one for each param group; for step() alone."""
        raise NotImplementedError

    def get_last_lr(self):
        """The rates that this scheduler wrote last."""
        return self._last_lr

    def state_dict(self):
        """What to save: everything but the optimizer."""
        held = self.__dict__.items()
        return {key: value for key, value in held if key != "optimizer"}

    def load_state_dict(self, state_dict):
        """Go on where the saved scheduler stopped. The rates themselves are the optimizer's to load."""
        self.__dict__.update(state_dict)


def watch(optimizer):
    """From now on the optimizer notes that it has stepped. What its step does is not changed."""
    optimizer._opt_called = getattr(optimizer, "_opt_called", False)
    if not hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        own_step = optimizer.step

        def step(*args, **kwargs):
            optimizer._opt_called = True
            return own_step(*args, **kwargs)

        step._wrapped_by_lr_sched = True
        optimizer.step = step


def warn_outside_step(scheduler):
    """A get_lr() that someone else called may be a step ahead."""
    if not scheduler._get_lr_called_within_step:
        warnings.warn(OUTSIDE, stacklevel=3)


class ExponentialLR(LRScheduler):
    """The base rate times gamma to the power of t: a closed form, which looks at time alone.

    gamma  the factor of each step, > 0

    >>> optimizer = Optimizer([1.0], lr=0.8)
    >>> scheduler = ExponentialLR(optimizer, gamma=0.5)
    >>> optimizer.step(); scheduler.step(); scheduler.get_last_lr()
    [0.4]

    Source: torch.optim.lr_scheduler.ExponentialLR, which follows instead: it multiplies whatever rate it finds.
    """

    def __init__(self, optimizer, gamma, last_epoch=-1):
        self.gamma = gamma                  # first: get_lr is about to need it
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        warn_outside_step(self)
        share = self.gamma ** self.last_epoch
        return [base_lr * share for base_lr in self.base_lrs]


class StepLR(LRScheduler):
    """Every step_size steps the rate is multiplied by gamma, whatever it is: a follower, which looks at the rate.

    step_size  steps between two cuts, an integer >= 1
    gamma      the factor of a cut, > 0

    >>> optimizer = Optimizer([1.0], lr=0.8)
    >>> scheduler = StepLR(optimizer, step_size=2, gamma=0.5)
    >>> rates = []
    >>> for t in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.8, 0.8, 0.4, 0.4, 0.2]

    Source: torch.optim.lr_scheduler.StepLR, which, taken up again with last_epoch just before a cut, cuts a second time.
    """

    def __init__(self, optimizer, step_size, gamma=0.1, last_epoch=-1):
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        warn_outside_step(self)
        lrs = [group["lr"] for group in self.optimizer.param_groups]
        cut = self.last_epoch % self.step_size == 0
        if self._is_initial or not cut:     # the rates are right already
            return lrs
        return [lr * self.gamma for lr in lrs]


class LambdaLR(LRScheduler):
    """The base rate times what your function says of the time.

    lr_lambda  a function t -> factor, or a list of them, one for each param group

    >>> optimizer = Optimizer([1.0], lr=0.8)
    >>> scheduler = LambdaLR(optimizer, lambda t: 1 / (1 + t))
    >>> optimizer.step(); scheduler.step(); scheduler.get_last_lr(), scheduler.state_dict()["lr_lambdas"]
    ([0.4], [None])

    Source: torch.optim.lr_scheduler.LambdaLR.
    """

    def __init__(self, optimizer, lr_lambda, last_epoch=-1):
        groups = len(optimizer.param_groups)
        self.lr_lambdas = list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * groups
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        warn_outside_step(self)
        factors = [f(self.last_epoch) for f in self.lr_lambdas]
        pairs = zip(self.base_lrs, factors, strict=True)
        return [base_lr * factor for base_lr, factor in pairs]

    def state_dict(self):
        """The state without the functions: a file of numbers cannot hold code. Objects that can be called give theirs."""
        held = [None if isinstance(f, types.FunctionType) else dict(f.__dict__) for f in self.lr_lambdas]
        return {**super().state_dict(), "lr_lambdas": held}

    def load_state_dict(self, state_dict):
        """Go on where the saved scheduler stopped, with the functions that are here."""
        super().load_state_dict({name: value for name, value in state_dict.items() if name != "lr_lambdas"})
        for f, held in zip(self.lr_lambdas, state_dict["lr_lambdas"]):
            if held is not None:
                f.__dict__.update(held)
