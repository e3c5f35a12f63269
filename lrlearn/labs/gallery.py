"""Sixteen sick curves: small real trainings, each with one fault made on purpose. GALLERY holds them by name.

Each docstring is four sentences: what one sees, the cause, what to check, the repair. told() gives them.

>>> told("too low")[0]
'The loss falls smoothly and slowly, and is still falling at the end.'
"""
import copy
import re
from collections import namedtuple
from functools import cache, partial

import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, CosineAnnealingWarmRestarts, LambdaLR, PolynomialLR, ReduceLROnPlateau

from .tasks import digits
from .train import one_thread

T, PEAK, EPOCH, RESUMED, BAD = 320, 0.08, 67, 220, 200      # updates, the healthy peak, updates in an epoch; accidents


class Curve(namedtuple("Curve", "losses lrs logged val", defaults=((),))):
    """What a training left behind: the training loss of each update, the rate that the optimizer used at each, the rate
    that the scheduler told at each, and (update, validation loss) now and then, where it was measured."""

    __slots__ = ()


@one_thread()
def trained(make=partial(CosineAnnealingLR, T_max=T), base_lr=PEAK, calls=lambda t: 1, task=None, scale=1.0, gain=1.0,
            accident=None, look=0):
    """Train on the digits, SGD with momentum 0.9, batches of 16, and return the Curve.

    make      optimizer -> scheduler
    base_lr   the rate that the optimizer is made with
    calls     update -> how often scheduler.step() is called after it
    task      a Task; None for the digits
    scale     what multiplies the inputs
    gain      what multiplies the first weights
    accident  a function of (t, x, optimizer, scheduler) that gives the last three back, before update t
    look      updates between two looks at the validation loss; 0 takes none
    """
    task = task or digits(batch_size=16)
    weights = [(gain * w).detach().requires_grad_() for w in task.model(0)]
    optimizer = torch.optim.SGD(weights, lr=base_lr, momentum=0.9)
    scheduler, losses, lrs, logged, val = make(optimizer), [], [], [], []
    for t, (x, y) in enumerate(task.batches(0, T)):
        if accident:
            x, optimizer, scheduler = accident(t, x, optimizer, scheduler)
        if look and t % look == 0:
            val.append((t, task.evaluate(weights)[0].item()))
        loss = task.loss(weights, scale * x, y)
        losses.append(loss.item())
        lrs.append(optimizer.param_groups[0]["lr"])
        logged.append(scheduler.get_last_lr()[0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for _ in range(calls(t)):
            scheduler.step(*[loss.item()] * isinstance(scheduler, ReduceLROnPlateau))
    return Curve(losses, lrs, logged, tuple(val))


@cache
def healthy():
    """The training without a fault: one cosine, from the peak to zero."""
    return trained()


def told(name):
    """The four sentences about a case of the GALLERY: symptom, cause, check, repair."""
    return re.split(r"(?<=[.?]) ", " ".join(GALLERY[name].__doc__.split()))


def fresh(optimizer):
    """The optimizer as a script makes it anew: the same weights, no memory, the rate of the script."""
    return torch.optim.SGD(optimizer.param_groups[0]["params"], lr=PEAK, momentum=0.9)


# -- the sixteen -----------------------------------------------------------------------------------------------------


@one_thread()
def diverges():
    """The loss falls at first, then grows by the same factor with every update. The rate is above 2 / sharpness.
    Is rate x sharpness above 2? Lower the peak, or warm up."""
    task, losses = digits(), []                             # a linear model, squared errors, all examples at once
    x, goal = task.x, torch.nn.functional.one_hot(task.y, 10).double()
    lr = 2.03 * len(x) / torch.linalg.matrix_norm(x, 2).item() ** 2      # 2.03 / sharpness
    w = torch.zeros(64, 10, dtype=torch.float64)
    for _ in range(T):
        losses.append(((x @ w - goal) ** 2).sum(1).mean().item() / 2)
        w -= lr * x.T @ (x @ w - goal) / len(x)
    return Curve(losses, [lr] * T, [lr] * T)


def edge():
    """The loss stays high and ragged as long as the rate is high. The peak is too high for this network.
    Does half the peak lie lower all the way? Take it."""
    return trained(base_lr=0.15)


def too_low():
    """The loss falls smoothly and slowly, and is still falling at the end. The peak is far too low.
    Does ten times the peak lie lower after fifty updates? Take it."""
    return trained(base_lr=PEAK / 20)


def too_early():
    """The loss stops falling long before the end, much too high. The plan is over too soon.
    Does the logged rate reach its floor before the last update? Set the horizon to the number of updates."""
    return trained(partial(PolynomialLR, total_iters=40, power=2))


def never_falls():
    """The loss comes down fast, then goes sideways. A constant rate has a noise floor.
    Does the loss drop when the rate is divided by ten? Let the rate fall to zero at the end."""
    return trained(partial(LambdaLR, lr_lambda=lambda t: 1.0))


def no_warmup():
    """The first updates throw the loss up or flat, and the run never recovers. The start is too sharp for the peak.
    Does a run that climbs for sixty updates learn? Warm up, or lower the peak."""
    return trained(gain=2.5)


def restarts():
    """The loss jumps up at regular distances, and comes down again each time. The schedule restarts there.
    Does the logged rate jump at the same updates? Take a schedule without restarts, or stop at a trough."""
    return trained(partial(CosineAnnealingWarmRestarts, T_0=T // 4))


def per_epoch():
    """The loss goes sideways as if the rate never fell. The plan counts updates, but step() is called once an epoch.
    Does the logged rate move in stairs? Call step() after each update."""
    return trained(calls=lambda t: t % EPOCH == EPOCH - 1)


def past_end():
    """The loss comes down, and rises again in the last part. The run is longer than T_max, where PyTorch's cosine rises.
    Does the logged rate rise after a bottom? Make T_max the number of updates."""
    return trained(partial(CosineAnnealingLR, T_max=170))


def lost_at_resume():
    """From where the run was taken up, the loss rises instead of falling. The schedule began anew.
    Is the logged rate the same before and after the resume? Save and load the states of optimizer and scheduler."""
    return trained(accident=lambda t, x, o, s: (x, o := fresh(o), CosineAnnealingLR(o, T_max=T)) if t == RESUMED else (x, o, s))


def doubled():
    """The loss makes no progress in the second half. The scheduler is stepped twice an update, so the plan ends half-way.
    Does the logged rate reach its floor at half time? Call step() once: look into the trainer and the callbacks."""
    return trained(partial(PolynomialLR, total_iters=T), calls=lambda t: 2)


def unscaled():
    """The first loss is far above log(number of classes), and soon the loss stands still at it. The inputs are not normalised.
    What are the mean and spread of a batch? Normalise the inputs, since a lower rate treats the symptom only."""
    return trained(scale=16.0)


def spike():
    """The loss jumps up for a moment and comes back by itself. One batch was bad.
    Was the rate level there, and what was in the batch? Clip the gradient or mend the data, and leave the rate alone."""
    return trained(accident=lambda t, x, o, s: (-x if t == BAD else x, o, s))


def overfits():
    """The training loss falls to nothing while the validation loss turns. There are few examples, some named wrongly.
    Do the two losses part? Stop early, get data, or regularise, since no rate brings examples."""
    task = copy.copy(digits(label_noise=0.2, batch_size=16))
    labels = task.labels(0)[:100]
    task.x, task.y, task.labels = task.x[:100], labels, lambda seed: labels
    return trained(task=task, base_lr=PEAK / 2, look=10)


def cut_by_noise():
    """The loss is level early, though there is way to go. A plateau rule watches the noisy loss of single batches.
    Does the logged rate fall in cuts soon after the start? Give the rule a validation loss and more patience."""
    return trained(partial(ReduceLROnPlateau, patience=10))


def replaced():
    """The loss goes sideways although the scheduler's rate falls. The scheduler writes into an optimizer that is no longer used.
    Is the rate in the optimizer that steps the one that the scheduler tells? Make a scheduler with each new optimizer."""
    return trained(accident=lambda t, x, o, s: (x, fresh(o) if t == 20 else o, s))


GALLERY = {case.__name__.replace("_", " "): case for case in (
    diverges, edge, too_low, too_early, never_falls, no_warmup, restarts, per_epoch,
    past_end, lost_at_resume, doubled, unscaled, spike, overfits, cut_by_noise, replaced)}
