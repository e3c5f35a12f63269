"""The schedulers of timm, stepped as its training script does it: step(t + 1) after update t."""
from functools import cache
from importlib import import_module

from . import frameworks
from .from_torch import made


def version():
    return frameworks.version("timm")


@cache
def schedulers():
    """timm.scheduler alone: the rest of timm needs a torchvision that the tests do without."""
    with frameworks.alone("timm"):
        return vars(import_module("timm.scheduler"))


def rates(call, steps, lr=1.0):
    (optimizer, scheduler), used = made(call, lr, schedulers()), []
    for t in range(steps):
        used.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step(t + 1)
    return used


def fed(call, metrics, lr=1.0):
    """The learning rate after each of the metrics."""
    (optimizer, scheduler), used = made(call, lr, schedulers()), []
    for t, metric in enumerate(metrics):
        scheduler.step(t + 1, metric)
        used.append(float(optimizer.param_groups[0]["lr"]))
    return used
