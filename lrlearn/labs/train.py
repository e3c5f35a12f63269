"""One training run: the loop, the scheduler, the log."""
from collections import namedtuple
from contextlib import contextmanager
from functools import partial
from math import inf, isfinite, log

import torch

from ..core import BASE_LR, Param, Schedule, breaks, check_value
from ..pytorch import ScheduleLR
from .tasks import Task

STEPS = Param("steps", 1, 2000, 600, 1, "updates in one run", ">= 1")
SEED = Param("seed", 0, 20, 0, 1, "the number that decides weights, label noise and batches", ">= 0")
MOMENTUM = Param("momentum", 0.0, 0.99, 0.9, 0.01, "the share of the last update that goes on", ">= 0 and < 1")
RATE = Param("lr", None, None, None, None, "the learning rate", ">= 0")
TOO_HIGH = 10               # times log(number of classes), the loss of guessing: a run that ends above it diverged


class Run(namedtuple("Run", "name base_lr seed losses lrs val_loss val_accuracy diverged")):
    """What one training run did.

    name, base_lr, seed  the schedule's name, its peak, and the seed
    losses, lrs          training loss and learning rate of each update; both end before the first loss that is not finite
    val_loss             loss on the validation data after the last update, in nats; inf when the run diverged
    val_accuracy         share of the validation data named rightly, 0 to 1; 0 when the run diverged
    diverged             whether a loss was not finite, or the loss on the validation data ended above ten times that of
                         guessing, which is log(number of classes)
    """

    __slots__ = ()

    def __repr__(self):
        end = f"val_loss={self.val_loss:.3f}, val_accuracy={self.val_accuracy:.3f}"
        if self.diverged:
            end = f"diverged after {len(self.losses)} updates"
        return f"Run({self.name}, base_lr={self.base_lr:g}, seed={self.seed}: {end})"


def finish(task, name, base_lr, seed, losses, lrs, val_loss, val_accuracy):
    """The Run of these numbers, cut before the first loss that is not finite."""
    good = next((t for t, loss in enumerate(losses) if not isfinite(loss)), len(losses))
    if good < len(losses) or not val_loss <= TOO_HIGH * log(task.sizes[-1]):    # nan is not <= either
        return Run(name, base_lr, seed, losses[:good], lrs[:good], inf, 0.0, True)
    return Run(name, base_lr, seed, losses, lrs, val_loss, val_accuracy, False)


@contextmanager
def one_thread():
    """Nets this small are quicker on one thread, and then the number of threads cannot change a digit. Yields how many there were."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield before
    finally:
        torch.set_num_threads(before)


def check_rates(name, schedule, base_lr, steps):
    """The learning rates of all updates; a ValueError of one sentence when one of them is none."""
    if not isinstance(schedule, Schedule):
        raise TypeError(f"{name}: what to train with, must be a Schedule such as Schedule(cosine, T_max=600), got {schedule!r}")
    check_value(BASE_LR, base_lr)
    lrs = []
    for t in range(steps):
        try:
            lr = schedule(t, base_lr)
        except Exception as error:
            got = " ".join(f"{type(error).__name__}: {error}".split())
            raise ValueError(f"{name}: the learning rate at update {t}, must be a number, got {got} from {schedule!r}") from error
        why = breaks(RATE, lr)
        if why:
            raise ValueError(f"{name}: the learning rate at update {t}, {why}, got {lr!r}")
        lrs.append(lr)
    return lrs


def check_task(task):
    """A TypeError of one sentence when the task is none."""
    if not isinstance(task, Task):
        raise TypeError(f"task: what to learn, must be a Task such as digits(), got {task!r}")


@one_thread()
def train(task, schedule, base_lr, steps=600, seed=0, momentum=0.9, optimizer=None):
    """Train once, with SGD and momentum where nothing else is said, and return the Run.

    task       a Task, such as digits()
    schedule   a Schedule; the learning rate of update t is schedule(t, base_lr)
    base_lr    the learning rate at the peak, >= 0
    steps      updates, an integer >= 1
    seed       decides first weights, label noise and batches, an integer >= 0
    momentum   the share of the last update that goes on, >= 0 and < 1; of SGD, where optimizer is None
    optimizer  what moves the weights: None for SGD with momentum, or a function of (weights, lr) that gives a
               torch.optim.Optimizer, such as the class torch.optim.Adam itself

    A run whose loss is no longer finite stops and is reported as diverged. So is a run that ends with a validation loss
    above ten times log(number of classes), the loss of guessing.

    >>> from lrlearn import Schedule, cosine
    >>> from lrlearn.labs import digits, train
    >>> train(digits(), Schedule(cosine, T_max=300), base_lr=0.1, steps=300).val_loss < 0.2
    True

    Raises TypeError or ValueError, one sentence, for a wrong argument.
    """
    check_task(task)
    for param, value in ((STEPS, steps), (SEED, seed), (MOMENTUM, momentum)):
        check_value(param, value)
    check_rates("schedule", schedule, base_lr, steps)

    weights = task.model(seed)
    optimizer = (optimizer or partial(torch.optim.SGD, momentum=momentum))(weights, lr=base_lr)
    scheduler = ScheduleLR(optimizer, schedule)
    losses, lrs = [], []
    for x, y in task.batches(seed, steps):
        loss = task.loss(weights, x, y)
        losses.append(loss.item())
        lrs.append(scheduler.get_last_lr()[0])
        if not loss.isfinite():
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    if hasattr(optimizer, "eval"):      # schedule-free: the weights to use are not those that gradients are taken at
        optimizer.eval()
    val_loss, val_accuracy = task.evaluate(weights)
    return finish(task, repr(schedule), base_lr, seed, losses, lrs, val_loss.item(), val_accuracy.item())
