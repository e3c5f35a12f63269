"""Schedules at work in PyTorch: ScheduleLR drives any schedule, the familiar names do what torch's do.

>>> import torch
>>> from lrlearn import Schedule, cosine
>>> from lrlearn.pytorch import ScheduleLR
>>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
>>> scheduler = ScheduleLR(optimizer, Schedule(cosine, T_max=90))
>>> scheduler.get_last_lr()
[0.1]

`lrlearn.pytorch.scratch`, the base class written anew, needs no torch; so every other name comes on first use.
"""
from importlib import import_module

from ..extras import need

# name -> the module that holds it
LAZY = {
    "ChainedScheduler": "joined", "ConstantLR": "familiar", "CosineAnnealingLR": "familiar",
    "CosineAnnealingWarmRestarts": "cyclic", "CyclicLR": "cyclic", "ExponentialLR": "familiar", "FollowerLR": "bridge",
    "FormulaLR": "bridge", "LRScheduler": "bridge", "LambdaLR": "lambdas", "LinearLR": "familiar", "MultiStepLR": "familiar",
    "MultiplicativeLR": "lambdas", "OneCycleLR": "cyclic", "PolynomialLR": "familiar", "ReduceLROnPlateau": "plateau",
    "ScheduleLR": "bridge", "SequentialLR": "joined", "StepLR": "familiar",
}
__all__ = sorted(LAZY)


def __getattr__(name):
    if name not in LAZY:
        raise AttributeError(f"lrlearn.pytorch has no {name!r}")
    need("torch", "torch")                  # one sentence that says what to install
    return getattr(import_module("." + LAZY[name], __name__), name)


def __dir__():
    return sorted(set(globals()) | set(LAZY))
