"""The handlers of PyTorch-Ignite, called before each update, as the event ITERATION_STARTED does."""
import warnings
from functools import cache

from . import frameworks
from .from_torch import made


def version():
    return frameworks.version("ignite")


@cache
def handlers():
    """The names of its module; torch warns of what the import compiles."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        from ignite.handlers import param_scheduler
    return vars(param_scheduler)


def rates(call, steps, lr=1.0):
    """The peak stands in the call, save where a scheduler of torch is wrapped."""
    import torch

    (optimizer, handler), used = made(call, lr, {**handlers(), "torch": torch}), []
    for _ in range(steps):
        handler(None)
        used.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
    return used
