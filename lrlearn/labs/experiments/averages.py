"""Averages in place of a decay: schedule-free SGD, and the snapshots of a rate that restarts."""
from functools import partial

import torch

from ...core import Schedule
from ...schedules.constant import constant
from ...schedules.cosine import cosine
from ...schedules.cyclic import cosine_restarts
from ...schedules.warmup import warmup
from ..beyond_torch import ScheduleFreeSGD
from ..race import listed, race
from ..results import Race
from ..tasks import digits
from ..train import one_thread
from .fit import fit, runs_of, stack


def schedule_free(seeds=8, steps=600, base_lrs=(0.5, 1.0, 2.0)):
    """Does an average of weights, at a constant rate, do what a decay does? A Race: ScheduleFreeSGD and SGD with a cosine.

    seeds     how many seeds, or a list of them
    steps     updates in one run, an integer >= 1
    base_lrs  the rates of ScheduleFreeSGD to try, a list of numbers >= 0; higher than with a decay

    A twentieth of the updates is warm-up. Its momentum is 0.9, as is that of SGD, whose cosine has the peak 0.1, its best.

    Expected, and it is a negative result: in 600 updates it does not beat the cosine but loses by a little, 0.33 against
    0.32 nats and 0.92 against 0.95 right. Its gain is that nobody has to know the 600 beforehand.

    >>> schedule_free(seeds=2, steps=20, base_lrs=[1.0]).names
    ['cosine', 'schedule-free']

    Source: A. Defazio et al., The Road Less Scheduled, NeurIPS 2024.
    """
    task, seeds = digits(label_noise=0.2), listed(seeds)
    runs = race(task, {"cosine": Schedule(cosine, T_max=steps)}, [0.1], seeds, steps).runs
    schedule = Schedule(warmup, schedule=Schedule(constant), warmup_steps=steps // 20)
    for base_lr in base_lrs:
        lrs = [schedule(t, base_lr) for t in range(steps)]
        runs += free(task, "schedule-free", base_lr, seeds, lrs)
    return Race(task, runs)


@one_thread()
def free(task, name, base_lr, seeds, lrs):
    """The Runs of ScheduleFreeSGD, all seeds at once, evaluated at its average."""
    weights = stack([task.model(seed) for seed in seeds])
    optimizer = ScheduleFreeSGD(weights, lr=base_lr)
    losses = fit(task, optimizer, weights, [[lr] for lr in lrs], zip(*[task.batches(seed, len(lrs)) for seed in seeds]))
    optimizer.eval()
    return runs_of(task, name, base_lr, seeds, losses, lrs, task.evaluate(weights))


def restarts(seeds=8, cycles=4, steps=200):
    """Is an ensemble of the snapshots before each restart better than the last of them, and than one long cosine? A Race.

    seeds   how many seeds, or a list of them
    cycles  how many cycles, an integer >= 1
    steps   updates in one cycle, an integer >= 1

    The peak of the restarts is 0.2; the ensemble is the mean of the snapshots' probabilities. One cosine over all
    updates, with its best peak 0.1, is what the same updates buy without restarts.

    Expected: the ensemble beats the last snapshot, 0.35 nats and 0.954 right against 0.36 and 0.933. One long cosine has
    a lower loss than both, 0.31, but names fewer digits rightly than the ensemble, 0.943.

    >>> restarts(seeds=2, cycles=2, steps=10).names
    ['last snapshot', 'ensemble', 'one cosine']

    Source: I. Loshchilov and F. Hutter, SGDR, ICLR 2017; G. Huang et al., Snapshot Ensembles, ICLR 2017.
    """
    task, seeds, T = digits(label_noise=0.2), listed(seeds), cycles * steps
    cosines = race(task, {"one cosine": Schedule(cosine, T_max=T)}, [0.1], seeds, T)
    return Race(task, snapshots(task, seeds, cycles, steps, 0.2) + cosines.runs)


@one_thread()
def snapshots(task, seeds, cycles, steps, base_lr):
    """The Runs of the last snapshot, and those of the ensemble of all."""
    schedule, T = Schedule(cosine_restarts, T_0=steps), cycles * steps
    lrs, weights = [schedule(t, base_lr) for t in range(T)], stack([task.model(seed) for seed in seeds])
    optimizer, batches = torch.optim.SGD(weights, momentum=0.9), zip(*[task.batches(seed, T) for seed in seeds])
    losses, odds = [[] for _ in seeds], []
    for first in range(0, T, steps):
        for so_far, more in zip(losses, fit(task, optimizer, weights, [[lr] for lr in lrs[first:first + steps]], batches)):
            so_far += more
        with torch.no_grad():
            odds.append(task.outputs(weights, task.x_val).softmax(-1))
    of = partial(runs_of, task, base_lr=base_lr, seeds=seeds, losses=losses, lrs=lrs)
    return of(name="last snapshot", ends=task.evaluate(weights)) + of(name="ensemble", ends=judged(task, sum(odds) / cycles))


def judged(task, odds):
    """(loss, accuracy) of probabilities on the validation data, one number each per run."""
    right = odds[:, torch.arange(len(task.y_val)), task.y_val]
    return -right.log().mean(-1), (odds.argmax(-1) == task.y_val).double().mean(-1)
