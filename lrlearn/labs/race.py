"""Many schedules, peaks and seeds on one task, trained at once. results.py holds what comes out."""
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import torch

from ..core import BASE_LR, Param, check_value, kept
from .optimizers import SGD, Readable
from .progress import counter
from .results import Race
from .train import MOMENTUM, SEED, STEPS, check_rates, check_task, finish, one_thread

SEEDS = Param("seeds", 1, 20, 8, 1, "how many seeds, or a list of them", ">= 1")
TOGETHER = 16               # runs in one stack: more weights, gradients and momenta than these leave a core's cache


def race(task, schedules, base_lrs, seeds=8, steps=600, momentum=0.9, optimizer=None, progress=True):
    """Train every schedule at every peak with every seed, and return the Race.

    task       a Task, such as digits(label_noise=0.2)
    schedules  name -> Schedule, or a list of Schedules, which are then named by their repr
    base_lrs   the peaks to try, a list of numbers >= 0; each schedule is judged at its own best one
    seeds      how many seeds (0, 1, 2, ...), or a list of integers >= 0
    steps      updates in one run, an integer >= 1
    momentum   the share of the last update that goes on, >= 0 and < 1; of SGD, where optimizer is None
    optimizer  what moves the weights: None for SGD with momentum, or a function of (weights, lr) that gives one of
               lrlearn.labs.optimizers, such as the class Adam itself
    progress   whether a line tells how far the race is, in a terminal or a notebook that someone watches

    A seed decides first weights, label noise and batches, the same for every schedule and peak: runs are paired.
    Each run gives the numbers that train gives; up to sixteen run as one stacked model, and stacks share the threads that
    torch has (torch.set_num_threads), which changes no digit. As in train, a run diverged when a loss is not finite, or when
    its validation loss ends above ten times log(number of classes).

    >>> from lrlearn import Schedule, constant, cosine
    >>> from lrlearn.labs import digits, race
    >>> schedules = {"cosine": Schedule(cosine, T_max=300), "constant": Schedule(constant)}
    >>> r = race(digits(label_noise=0.2), schedules, base_lrs=[0.05, 0.1], seeds=8, steps=300)
    >>> r.table()
    schedule  best base_lr  validation loss  accuracy  diverged
    cosine             0.1    0.347 ± 0.024     0.949    0 of 8
    constant          0.05    0.400 ± 0.028     0.924    0 of 8
    >>> r.verdict()
    cosine at base_lr 0.1 has the lowest validation loss, 0.347 ± 0.024 over 8 seeds.
    Differences from it, seeds paired, with intervals that hold all at once with 95 %:
    constant at base_lr 0.05: +0.053 (+0.018 to +0.088), worse.

    Raises TypeError or ValueError, one sentence, for a wrong argument, before the first run.
    """
    check_task(task)
    check_value(STEPS, steps)
    check_value(MOMENTUM, momentum)
    arms, seeds = arms_of(schedules, base_lrs, steps), listed(seeds)
    make = optimizer or partial(InPlace, momentum=momentum)
    check_optimizer(make)
    runs, parts = {}, blocks(arms, seeds)
    with one_thread() as threads, ThreadPoolExecutor(threads) as pool, counter(len(arms) * len(seeds), "race", progress) as done:
        for part in pool.map(lambda part: together(task, *part, make), parts):
            runs.update(part)
            done(len(part))
    return Race(task, [runs[name, lr, seed] for name, lr, _ in arms for seed in seeds])


class InPlace(SGD):
    """SGD with momentum that writes over its tensors instead of making new ones: a sixth of a race's time."""

    def update(self, parameter, gradient, state, group):
        v = state["v"] = state["v"] if "v" in state else torch.zeros_like(parameter)
        v.mul_(group["momentum"]).add_(gradient)
        parameter.addcmul_(v, group["lr"], value=-1)


def blocks(arms, seeds):
    """(arms, seeds) of every stack: at most TOGETHER runs, those of one seed side by side, since they share their batches.

    There are two at least, where there are runs enough, so that two cores have work. The number of threads decides
    nothing here: what runs in one stack, and so every digit, is the same on every machine.
    """
    most = min(TOGETHER, -(-len(arms) * len(seeds) // 2))
    return [(a, s) for s in pieces(seeds, max(1, most // len(arms))) for a in pieces(arms, most)]


def pieces(things, most):
    """The list in as few pieces as most things each allow, about equally long."""
    n = -(-len(things) // most)
    return [things[i * len(things) // n: (i + 1) * len(things) // n] for i in range(n)]


def together(task, arms, seeds, make):
    """(name, base_lr, seed) -> Run, all trained at once: weights and losses have the seeds first, then the arms."""
    each = [torch.stack(w).detach().unsqueeze(1) for w in zip(*[task.model(seed) for seed in seeds])]
    weights = [w.expand(-1, len(arms), -1, -1).contiguous().requires_grad_() for w in each]
    rates = torch.tensor([lrs for _, _, lrs in arms], dtype=torch.float64).T[..., None, None]    # update, arm, 1, 1
    optimizer, losses = make(weights, lr=0.0), []
    for lr, batch in zip(rates, zip(*[task.batches(seed, len(rates)) for seed in seeds])):
        x, y = (torch.stack(part).unsqueeze(1) for part in zip(*batch))
        loss = task.loss(weights, x, y.expand(-1, len(arms), -1))
        losses.append(loss.detach())
        if not loss.isfinite().any():
            break
        optimizer.param_groups[0]["lr"] = lr
        for w, gradient in zip(weights, torch.autograd.grad(loss.sum(), weights)):  # a sum: no run's gradient knows of another run
            w.grad = gradient
        optimizer.step()
    losses, (val_losses, accuracies) = torch.stack(losses, -1).tolist(), (end.tolist() for end in task.evaluate(weights))
    return {(name, base_lr, seed): finish(task, name, base_lr, seed, losses[i][k], lrs, val_losses[i][k], accuracies[i][k])
            for i, seed in enumerate(seeds) for k, (name, base_lr, lrs) in enumerate(arms)}


# -- the arguments of race ---------------------------------------------------------------------------


def named(schedules):
    """name -> Schedule."""
    if not isinstance(schedules, (dict, list, tuple)) or not schedules:
        kind = "a dict name -> Schedule or a list of Schedules, at least one"
        raise ValueError(f"schedules: what to race, must be {kind}, got {schedules!r}")
    if isinstance(schedules, dict):
        return {str(name): schedule for name, schedule in schedules.items()}
    if len({repr(schedule) for schedule in schedules}) < len(schedules):
        raise ValueError(f"schedules: what to race, must differ from each other, got {schedules!r}")
    return {repr(schedule): schedule for schedule in schedules}


def peaks(base_lrs):
    """The peaks as plain numbers, each once."""
    found = kept(base_lrs)
    if not isinstance(found, list) or not found:
        raise ValueError(f"base_lrs: the peaks to try, must be a list of at least one learning rate, got {base_lrs!r}")
    for lr in found:
        check_value(BASE_LR, lr)
    return list(dict.fromkeys(found))


def arms_of(schedules, base_lrs, steps):
    """(name, peak, the learning rates of all updates) of every schedule at every peak, all of them checked."""
    schedules, base_lrs = named(schedules), peaks(base_lrs)
    return [(name, lr, check_rates(name, schedule, lr, steps)) for name, schedule in schedules.items() for lr in base_lrs]


def check_optimizer(make):
    """A TypeError of one sentence when it does not make an optimizer that can move a stack of runs, each at its own rate."""
    try:
        made = make([torch.zeros(1, requires_grad=True)], lr=0.0)
    except Exception as error:
        made = f"{type(error).__name__}: {error}"
    if not (isinstance(made, Readable) and made.elementwise):
        meaning = "what moves the weights, must be a function of (weights, lr) that gives one of lrlearn.labs.optimizers"
        raise TypeError(f"optimizer: {meaning}, got {made if isinstance(made, str) else type(made).__name__}")


def listed(seeds):
    """The seeds as a list."""
    seeds = kept(seeds)
    if not isinstance(seeds, (list, range)):
        check_value(SEEDS, seeds)
        seeds = range(seeds)
    for seed in seeds:
        check_value(SEED, seed)
    if len(set(seeds)) < max(1, len(seeds)):
        raise ValueError(f"seeds: how many seeds, or a list of them, must be at least one and each once, got {seeds!r}")
    return list(seeds)
