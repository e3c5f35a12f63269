"""The schedules of fastai, with a stand-in for its Learner: one batch an epoch, so that fit(n) means n updates."""
import functools
import math
from functools import cache
from importlib import import_module

from . import frameworks


def version():
    return frameworks.version("fastai")


class Callback:
    """What a ParamScheduler inherits."""


class Optimizer:
    """What a ParamScheduler writes into."""

    def __init__(self, lr):
        self.hypers = [{"lr": lr, "mom": 0.9}]

    def set_hyper(self, name, value):
        self.hypers[-1][name] = float(value[-1] if hasattr(value, "__len__") else value)


class Learner:
    """As much of a Learner as a schedule touches. Its fit() keeps the rates that the updates use."""

    def __init__(self, lr):
        self.lr, self.moms, self.opt, self.used = lr, (0.95, 0.85, 0.95), Optimizer(lr), []

    def fit(self, n_epoch, cbs=None, **_):
        for epoch in range(n_epoch):
            for callback in cbs if hasattr(cbs, "__iter__") else [cbs]:
                callback.opt, callback.pct_train = self.opt, epoch / n_epoch
                callback.before_batch()
            self.used.append(dict(self.opt.hypers[-1]))


@cache
def schedules():
    """fastai.callback.schedule alone: the rest of fastai needs a torchvision that the tests do without."""
    import numpy
    import torch
    from fastcore import basics, foundation, meta

    names = {name: value for part in (basics, foundation, meta) for name, value in vars(part).items() if name[0] != "_"}
    names |= {"functools": functools, "math": math, "np": numpy, "torch": torch, "Callback": Callback, "Learner": Learner,
              "Recorder": type("Recorder", (), {}), "tensor": lambda numbers: torch.tensor(list(numbers)).float()}
    with frameworks.alone("fastai", basics=names, callback__tracker={"SaveModelCallback": Callback}):
        return vars(import_module("fastai.callback.schedule"))


def rates(call, steps, lr=1.0, hyper="lr"):
    """The call fits `learner`. None stands for an update after the end of the run."""
    learner = Learner(lr)
    eval(call, {**schedules(), "learner": learner})
    used = [entry[hyper] for entry in learner.used]
    return (used + [None] * steps)[:steps]
