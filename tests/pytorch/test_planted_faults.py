"""Eighteen faults that weaker tests have let through, planted one at a time: the comparison with torch catches each.

The comparison is `driving.difference` for the classes that are functions of time, and `plateaus_differ` below for the one
that is not.
"""
import inspect
import random

import pytest
import torch
from torch.optim import lr_scheduler as theirs

import lrlearn.pytorch as ours
from lrlearn import cosine, exponential_decay, multistep_decay, step_decay
from tests.pytorch import driving


def with_defaults(cls, **changed):
    """The class with other default arguments."""
    names = list(inspect.signature(cls).parameters)

    class Changed(cls):
        def __init__(self, *args, **given):
            super().__init__(**{**changed, **dict(zip(names, args)), **given})

    return Changed


class IgnoresEtaMin(ours.CosineAnnealingLR):
    def formula(self, t, base_lr):
        return cosine(self.fold(t), base_lr, self.T_max)


class HoldsAfterTMax(ours.CosineAnnealingLR):
    def fold(self, t):
        return min(t, self.T_max)


class CountsMilestonesOnce(ours.MultiStepLR):
    def formula(self, t, base_lr):
        return multistep_decay(t, base_lr, sorted(set(self.milestones)), self.gamma)


class OneStepEarly(ours.StepLR):
    def formula(self, t, base_lr):
        return step_decay(t + 1, base_lr, self.step_size, self.gamma)


class RestartsLate(ours.CosineAnnealingWarmRestarts):
    def curve(self, t):
        return super().curve(max(0, t - 1))


class MomentumUpright(ours.OneCycleLR):
    def momenta(self, t):
        groups = self.optimizer.param_groups
        return [g["base_momentum"] + g["max_momentum"] - m for g, m in zip(groups, super().momenta(t))]


class FollowingLambda(ours.LambdaLR):
    def get_lr(self):
        before, after = self.curve(max(0, self.last_epoch - 1)), super().get_lr()
        return [g["lr"] * new / old if old else new for g, old, new in zip(self.optimizer.param_groups, before, after)]


class ResumesTwice(ours.ExponentialLR):
    def get_lr(self):
        lrs, resumed = super().get_lr(), self._step_count == 1 and self.last_epoch > 0
        return [lr * self.gamma for lr in lrs] if resumed else lrs


class Drifts(ours.ExponentialLR):
    def formula(self, t, base_lr):
        return exponential_decay(t, base_lr, self.gamma) * (1 + 1e-5) ** t


class Dead(ours.ReduceLROnPlateau):
    def step(self, metrics, epoch=None):
        pass


FAULTS = {
    "eta_min ignored": dict(CosineAnnealingLR=IgnoresEtaMin),
    "held after T_max": dict(CosineAnnealingLR=HoldsAfterTMax),
    "ConstantLR's defaults": dict(ConstantLR=with_defaults(ours.ConstantLR, factor=0.5)),
    "PolynomialLR's defaults": dict(PolynomialLR=with_defaults(ours.PolynomialLR, total_iters=6)),
    "StepLR's gamma": dict(StepLR=with_defaults(ours.StepLR, gamma=0.5)),
    "MultiStepLR's gamma": dict(MultiStepLR=with_defaults(ours.MultiStepLR, gamma=0.5)),
    "OneCycleLR's final_div_factor": dict(OneCycleLR=with_defaults(ours.OneCycleLR, final_div_factor=1e3)),
    "plateau's patience": dict(ReduceLROnPlateau=with_defaults(ours.ReduceLROnPlateau, patience=9)),
    "plateau's threshold": dict(ReduceLROnPlateau=with_defaults(ours.ReduceLROnPlateau, threshold=1e-3)),
    "plateau's eps disabled": dict(ReduceLROnPlateau=with_defaults(ours.ReduceLROnPlateau, eps=0.0)),
    "repeated milestones counted once": dict(MultiStepLR=CountsMilestonesOnce),
    "a step off by one": dict(StepLR=OneStepEarly),
    "LinearLR's defaults": dict(LinearLR=with_defaults(ours.LinearLR, start_factor=0.3)),
    "a late restart": dict(CosineAnnealingWarmRestarts=RestartsLate),
    "momentum not inverted": dict(OneCycleLR=MomentumUpright),
    "a LambdaLR that multiplies": dict(LambdaLR=FollowingLambda),
    "a resume applied twice": dict(ExponentialLR=ResumesTwice),
    "a drift of 1e-5 per step": dict(ExponentialLR=Drifts),
    "a dead plateau": dict(ReduceLROnPlateau=Dead),
}


def falls(scheduler_class, metrics, lr, **arguments):
    """The rates after each metric."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler, rates = scheduler_class(optimizer, **arguments), []
    for metric in metrics:
        optimizer.step()
        scheduler.step(metric)
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def plateaus_differ(scheduler_class):
    """Whether the class and torch's part anywhere, over metrics that stand still, creep, jump and fall."""
    rng = random.Random(0)
    creeping = [3.0 * (1 - 5e-4) ** n for n in range(60)]                   # better by more than 1e-4, less than 1e-3
    runs = [creeping, [1.0] * 80, [rng.uniform(0.5, 1.5) for _ in range(80)]]
    settings = [dict(), dict(patience=1), dict(mode="max", patience=2), dict(patience=0, cooldown=2, min_lr=0.01), dict(threshold_mode="abs")]
    return any(falls(scheduler_class, metrics, lr, **setting) != falls(theirs.ReduceLROnPlateau, metrics, lr, **setting)
               for metrics in runs for setting in settings for lr in (0.1, 5e-8))


def caught(fault):
    if "ReduceLROnPlateau" in fault:
        return plateaus_differ(fault["ReduceLROnPlateau"])
    return driving.difference(**fault)[0] > 1


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_caught(fault):
    assert caught(FAULTS[fault])


def test_without_a_fault_nothing_is_caught():
    for name in {name for fault in FAULTS.values() for name in fault}:
        assert not caught({name: getattr(ours, name)}), name
