"""A race on one machine or on many: the same trials, and in the end the same Race."""
from random import Random

import numpy as np

from ..core import Param, breaks, check_value
from .over import over
from .race import Race, arms_of, listed, named, peaks, race
from .train import MOMENTUM, STEPS, Run, check_task

TRIALS = Param("trials", 1, 20, 8, 1, "how many peaks to draw", ">= 1")
DRAW_SEED = Param("draw_seed", 0, 20, 0, 1, "the number that decides which peaks are drawn", ">= 0")
LO = Param("lo", None, None, None, None, "", "> 0 and < hi")
HI = Param("hi", None, None, None, None, "", "> 0")


def sweep(task, schedules, base_lrs, seeds=8, steps=600, momentum=0.9, optimizer=None, trials=None, draw_seed=0, storage=None,
          study="sweep", ray=None, progress=True):
    """Race in trials that one process, several machines or a Ray cluster share, and return the Race.

    task       a Task, such as digits(label_noise=0.2)
    schedules  name -> Schedule, or a list of Schedules, which are then named by their repr
    base_lrs   the peaks to try, a list of numbers >= 0; with trials, the two ends (lo, hi) between which they are drawn, > 0
    seeds      how many seeds (0, 1, 2, ...), or a list of integers >= 0
    steps      updates in one run, an integer >= 1
    momentum   the share of the last update that goes on, >= 0 and < 1; of SGD, where optimizer is None
    optimizer  what moves the weights, as in race
    trials     None for a grid; or how many peaks to draw, an integer >= 1, evenly in log(lr), the same for every schedule
    draw_seed  decides which are drawn, an integer >= 0: before the first run, and so the same whatever runs where
    storage    where the trials stand: None, a path, a database URL or an optuna storage, as in over
    study      the name of the trials in the storage; one study holds the trials of one set of arguments
    ray        where the trials run: None, True for a Ray cluster on this machine, or an address, as in over
    progress   whether a line tells how far the sweep is, in a terminal or a notebook that someone watches

    A trial is one schedule at one peak, with all its seeds. The same call on the same storage, in as many processes and on
    as many machines as you like, shares the trials; each call returns the whole Race, in the order of the trials. over says
    how workers share, wait, and take over from one that died. A trial gives the same digits wherever it runs; race, which
    trains several schedules and peaks in one stack, rounds otherwise: a run agrees with its to about 1e-10.

    A study knows its task and schedules by how they print: give another study to a task or formula that prints the same.

    >>> from lrlearn import Schedule, constant, cosine
    >>> from lrlearn.labs import digits, sweep
    >>> schedules = {"cosine": Schedule(cosine, T_max=100), "constant": Schedule(constant)}
    >>> r = sweep(digits(label_noise=0.2), schedules, base_lrs=(0.01, 1.0), trials=3, seeds=2, steps=100)
    >>> r.base_lrs, len(r.runs), r.best("cosine")
    ([0.488477, 0.328026, 0.0693654], 12, 0.0693654)

    Raises TypeError or ValueError, one sentence, for a wrong argument, before the first run.
    Source: Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, JMLR 2012, for the draw.
    """
    check_task(task)
    check_value(STEPS, steps)
    check_value(MOMENTUM, momentum)
    schedules, base_lrs, seeds = named(schedules), drawn(base_lrs, trials, draw_seed), listed(seeds)
    arms_of(schedules, base_lrs, steps)     # each is checked here, before the first trial
    common = {"task": task, "seeds": seeds, "steps": steps, "momentum": momentum, "optimizer": optimizer}
    arms = [{"name": name, "schedule": schedule, "base_lr": base_lr, **common}
            for name, schedule in schedules.items() for base_lr in base_lrs]
    found = over(trial, arms, storage, study, ray, progress, mean_loss)
    return Race(task, [Run(*numbers) for runs in found for numbers in runs])


def trial(task, name, schedule, base_lr, seeds, steps, momentum, optimizer):
    """The numbers of the runs of one schedule at one peak, a list for each seed."""
    return [list(run) for run in race(task, {name: schedule}, [base_lr], seeds, steps, momentum, optimizer, progress=False).runs]


def mean_loss(runs):
    """The mean validation loss, which Optuna shows as the trial's value; inf when a run diverged."""
    return float(np.mean([Run(*numbers).val_loss for numbers in runs]))


def drawn(base_lrs, trials, draw_seed):
    """The peaks: those given, or so many between two ends.

    Six digits, as tables show them: processors differ in the last digit of a power, and every worker has to draw the same.

    >>> drawn((0.01, 1.0), 3, 0)
    [0.488477, 0.328026, 0.0693654]
    """
    if trials is None:
        return peaks(base_lrs)
    check_value(TRIALS, trials)
    check_value(DRAW_SEED, draw_seed)
    ends = tuple(base_lrs) if isinstance(base_lrs, (list, tuple, np.ndarray)) else ()
    if len(ends) != 2 or breaks(HI, ends[1]) or breaks(LO, ends[0], {"hi": ends[1]}):
        meaning = "the ends between which trials draws peaks, must be (lo, hi) with 0 < lo < hi"
        raise ValueError(f"base_lrs: {meaning}, got {base_lrs!r}")
    lo, hi = map(float, ends)
    numbers = Random(draw_seed)
    return list(dict.fromkeys(float(f"{lo * (hi / lo) ** numbers.random():.6g}") for _ in range(trials)))
