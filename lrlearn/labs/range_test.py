"""The learning-rate range test: raise the rate from tiny to far too high in one short run, and look where the loss falls."""
import copy
import random
from bisect import bisect_left
from contextlib import contextmanager
from itertools import islice
from math import inf, isfinite

import numpy as np
import torch

from ..core import Param, Schedule, check_value
from ..pytorch import ScheduleLR
from ..pytorch.groups import check_optimizer, plain_state, set_lr, text
from ..schedules.rarer.laws import exponential_between
from ..show import Table
from .progress import counter
from .results import Verdict, count
from .tasks import Task
from .train import MOMENTUM, SEED, one_thread

START_LR = Param("start_lr", 1e-8, 1e-2, 1e-7, "log", "the learning rate of the first update", ">= 1e-12 and < end_lr")
END_LR = Param("end_lr", 1e-1, 100.0, 10.0, "log", "the learning rate of the last update", "> 0 and <= 1e9")
STEPS = Param("steps", 2, 2000, 100, 1, "updates of the whole test", ">= 2")
SMOOTH = Param("smooth", 0.0, 0.99, 0.98, 0.01, "the share of the running mean that each loss keeps", ">= 0 and < 1")
DIVERGE = Param("diverge", 1.5, 10.0, 4.0, 0.5, "how many times the best smoothed loss ends the test", "> 1")
LAST = 5                    # losses at the end that no rule looks at: there the loss leaves for infinity


def range_test(model, optimizer=None, loss=None, batches=None, start_lr=1e-7, end_lr=10.0, steps=100, smooth=0.98, diverge=4.0,
               seed=0, momentum=0.9, progress=True):
    """Train with a rate that grows from start_lr to end_lr by equal ratios, and return the RangeTest.

    model      a torch.nn.Module, or any function of x whose weights the optimizer holds; or a Task, such as digits(),
               which brings the next three along
    optimizer  a torch.optim.Optimizer; its param groups keep the proportions of their rates, the highest gets the ramp
    loss       a function loss(model(x), y) that gives one number, such as torch.nn.CrossEntropyLoss()
    batches    pairs (x, y), such as a DataLoader; it starts anew when it ends, an iterator cannot and has to last
    start_lr   the learning rate of the first update, >= 1e-12
    end_lr     the learning rate of the last update, > start_lr and <= 1e9
    steps      updates of the whole test, an integer >= 2
    smooth     the share of the running mean that each loss keeps, >= 0 and < 1; 0 smooths nothing
    diverge    the test ends when the smoothed loss is above this many times its lowest, > 1
    seed       of a Task: decides weights, label noise and batches, an integer >= 0
    momentum   of a Task: the share of the last update that goes on, >= 0 and < 1
    progress   whether a line tells how far the test is, in a terminal or a notebook that someone watches

    The model trains in train mode. Afterwards all is as before, also when the test is interrupted or the loss raises:
    parameters, buffers and gradients, the optimizer's state and groups, train and eval mode, and the random numbers of
    torch, numpy, Python and a DataLoader. A loss that is not finite ends the test and is not recorded. Where the lowest
    loss is not positive, only that does, since a multiple of it means nothing.

    >>> from lrlearn.labs import digits
    >>> from lrlearn.labs import range_test
    >>> r = range_test(digits(), start_lr=1e-5, steps=200)
    >>> r
    RangeTest(diverged after 161 updates: minimum / 10 0.047, valley 0.0097, steepest 0.067)
    >>> r.diverged, r.lrs[0], 0.01 < r.minimum < 0.1
    (True, 1e-05, True)

    With a model of your own:

    >>> import torch
    >>> model = torch.nn.Linear(3, 1)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> data = [(torch.ones(4, 3), torch.ones(4, 1))]
    >>> range_test(model, optimizer, torch.nn.MSELoss(), data, steps=60).lrs[0], optimizer.param_groups[0]["lr"]
    (1e-07, 0.1)

    Raises TypeError or ValueError, one sentence, for a wrong argument.
    Also called: LR finder, lr_find.
    Source: Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017; smoothing and rules as in fastai.
    """
    check_value(END_LR, end_lr)
    check_value(START_LR, start_lr, {"end_lr": end_lr})
    for param, value in ((STEPS, steps), (SMOOTH, smooth), (DIVERGE, diverge), (SEED, seed), (MOMENTUM, momentum)):
        check_value(param, value)
    ramp = Schedule(exponential_between, total_steps=steps - 1, end_factor=end_lr / start_lr)
    settings = (ramp, start_lr, steps, smooth, diverge, progress)
    if isinstance(model, Task):
        for name, value in (("optimizer", optimizer), ("loss", loss), ("batches", batches)):
            if value is not None:
                raise TypeError(f"{name}: what a Task brings along, must be None with one, got {text(value)}")
        weights = model.model(seed)
        optimizer = torch.optim.SGD(weights, lr=start_lr, momentum=momentum)
        with one_thread():
            return climb(lambda x, y: model.loss(weights, x, y), optimizer, model.batches(seed, steps), *settings)
    check_own(model, optimizer, loss, batches)
    with unchanged(model, optimizer, batches):
        if isinstance(model, torch.nn.Module):
            model.train()
        return climb(lambda x, y: loss(model(x), y), optimizer, batches, *settings)


def climb(loss_of, optimizer, batches, ramp, start_lr, steps, smooth, diverge, progress):
    """The RangeTest of the losses on the way up; it leaves the weights where they ended."""
    own = [plain_state(group.pop("initial_lr", group["lr"])) for group in optimizer.param_groups]
    for group, lr in zip(optimizer.param_groups, own):
        set_lr(group, start_lr * (lr / max(own) if max(own) else 1.0))
    scheduler = ScheduleLR(optimizer, ramp)
    lrs, losses, smoothed, mean, best, over = [], [], [], 0.0, inf, False
    with counter(10, "range test", progress) as done:
        for t, (x, y) in enumerate(islice(anew(batches, steps), steps)):
            loss = checked_loss(loss_of(x, y))
            mean = smooth * mean + (1 - smooth) * loss.item()
            now = mean / (1 - smooth ** (t + 1))        # without the share that the 0 at the start still has
            over = not isfinite(now)
            if over:
                break
            lrs.append(max(map(plain_state, scheduler.get_last_lr())))
            losses.append(loss.item())
            smoothed.append(now)
            best = min(best, now)
            over = now > diverge * best > 0
            if over:
                break
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            if 10 * (t + 1) // steps > 10 * t // steps:
                done()
    return RangeTest(lrs, losses, smoothed, over, steps)


# -- what the losses suggest ---------------------------------------------------------------------------


def minimum(lrs, losses):
    """A tenth of the rate with the lowest loss: stable, since the whole fall before it decides where it lies.

    >>> minimum([0.01, 0.1, 1.0], [2.0, 1.0, 3.0])
    0.01
    """
    return lrs[int(np.argmin(losses))] / 10


def steepest(lrs, losses):
    """The rate from which the loss falls fastest, per unit of log(lr): unusable on a noisy curve.

    It looks at a single pair of neighbours. What a batch adds to one loss by chance is mostly larger than what the
    rate changes between two updates, so the largest drop is where chance made it. Smoothing makes all drops smaller,
    the true ones too; and at the start, where the running mean holds few losses, it smooths least.

    >>> steepest([0.001, 0.01, 0.1, 1.0], [3.0, 2.9, 1.0, 2.0])
    0.01
    """
    return lrs[int(np.argmin(np.diff(losses) / np.diff(np.log(lrs))))]


def valley(lrs, losses):
    """The rate in the middle of the longest fall, fastai's default.

    A fall is a sequence of losses, each lower than the last; losses in between may be left out. It is taken to begin as
    many updates before its end as it has losses.

    >>> valley([1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0], [6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 9.0])
    0.001
    """
    lowest, end, length = [], 0, 0          # lowest[k]: minus the highest loss at which a fall of k + 1 losses ends
    for i, loss in enumerate(losses):
        k = bisect_left(lowest, -loss)
        lowest[k:k + 1] = [-loss]
        if k >= length:
            end, length = i, k + 1
    return lrs[max(0, end - length + length // 3 + length // 6)]


RULES = {"minimum / 10": minimum, "valley": valley, "steepest": steepest}


class RangeTest:
    """The log of a range test, and what may be read from it.

    lrs, losses  learning rate and loss of each update; the loss is measured before the update at that rate
    smoothed     the running mean of the losses, rid of its bias to 0
    diverged     whether the test ended early, at a loss too high or not finite
    steps        updates that were asked for
    minimum      a tenth of the rate with the lowest smoothed loss; the most stable of the three
    valley       the rate in the middle of the longest fall
    steepest     the rate at the largest drop between two updates; unusable on noisy curves, see verdict

    The rules read the smoothed losses without the first tenth of the steps, where the running mean still holds few,
    and without the last five, as fastai does. With fewer than two left each suggestion is None.
    """

    def __init__(self, lrs, losses, smoothed, diverged, steps):
        self.lrs, self.losses, self.smoothed, self.diverged, self.steps = lrs, losses, smoothed, diverged, steps
        self.read = slice(steps // 10, max(0, len(lrs) - LAST))
        rates, values = lrs[self.read], smoothed[self.read]
        self.minimum, self.valley, self.steepest = (rule(rates, values) if len(values) > 1 else None for rule in RULES.values())

    def __repr__(self):
        said = ", ".join(f"{name} {rounded(lr)}" for name, lr in self.suggestions().items())
        end = "diverged after" if self.diverged else "all of"
        return f"RangeTest({end} {count(len(self.losses), 'update')}: {said})"

    def suggestions(self):
        """Rule -> learning rate, or None."""
        return dict(zip(RULES, (self.minimum, self.valley, self.steepest)))

    def table(self):
        """A Table: what each rule suggests, and the smoothed loss there."""
        rows = []
        for name, lr in self.suggestions().items():
            rows.append((name, rounded(lr), "none" if lr is None else f"{self.at(lr):.3f}"))
        return Table(("rule", "learning rate", "smoothed loss"), rows)

    def at(self, lr):
        """The smoothed loss at a rate, the nearest recorded end outside."""
        return float(np.interp(np.log(lr), np.log(self.lrs), self.smoothed))

    def verdict(self):
        """A Verdict: what to take, and a sentence for each reason not to trust it."""
        if self.minimum is None:
            left = count(len(self.losses), "update")
            return Verdict(f"The test ended after {left}, too few to suggest a rate: take a lower start_lr or more steps.")
        values, ramp = self.smoothed[self.read], self.lrs[self.read]
        said = ", ".join(f"{name} {rounded(lr)}" for name, lr in self.suggestions().items())
        lines = [f"Suggested learning rates: {said}. Before trusting them:",
                 "One run tells nothing about seed noise: take the order of magnitude, and try its neighbours.",
                 "The test is short, so it sees which rates the start bears, not which is best at the end of a training.",
                 "steepest is one difference between two updates, and batch noise decides which is largest: do not use it."]
        if min(values) >= values[0]:
            lines.append(f"The loss never fell above the rate {rounded(ramp[0])}: start_lr is too high, "
                         "or the model does not learn.")
        elif self.smoothed[-1] < values[0]:
            lines.append(f"At {rounded(self.lrs[-1])} the loss is still below that of the start: "
                         "a higher end_lr may move the minimum.")
        return Verdict("\n".join(lines))

    def plot(self, ax=None):
        """Draw loss and smoothed loss over the learning rate with the suggestions marked, and return the matplotlib Axes.

        ax  the Axes to draw on; None makes a figure
        """
        from .. import plots

        with plots.house():
            ax = plots.axes(ax, "learning rate", "training loss")
            ax.set_xscale("log")
            ax.plot(self.lrs, self.losses, color=plots.colour(0), alpha=0.3, linewidth=1, label="each update")
            ax.plot(self.lrs, self.smoothed, color=plots.colour(0), label="smoothed")
            ax.margins(x=0)
            if self.losses:
                # The way up to the lowest loss fills the picture: what comes after may be larger by any power of ten.
                way = self.losses[:int(np.argmin(self.smoothed)) + 1]
                air = 0.15 * (max(way) - min(way)) or 0.15 * abs(way[0]) or 1.0
                ax.set_ylim(min(way) - air, max(way) + air)
            found = {name: lr for name, lr in self.suggestions().items() if lr is not None}
            for row, (name, lr) in enumerate(found.items()):
                colour = plots.colour(row + 1)
                ax.axvline(lr, color=colour, linestyle=":", label="_" + name)
                ax.plot([lr], [self.at(lr)], "o", color=colour, label="_" + name)
                above = 1.02 + 0.075 * (len(found) - 1 - row)       # a row each: two suggestions may be close
                ax.text(lr, above, f"{name}: {rounded(lr)}", color=colour, weight="bold", ha="center",
                        transform=ax.get_xaxis_transform())
            plots.label_lines(ax)
        return ax


def rounded(lr):
    """A rate as text: two digits, since a range test does not know more."""
    return "none" if lr is None else f"{lr:.2g}"


# -- the arguments of range_test ------------------------------------------------------------------------


def check_own(model, optimizer, loss, batches):
    """A TypeError or ValueError of one sentence when these cannot be trained together."""
    if not callable(model):
        raise TypeError(f"model: what to train, must be a torch.nn.Module, a function of x or a Task, got {text(model)}")
    check_optimizer(optimizer)
    if not callable(loss):
        raise TypeError(f"loss: what to lower, must be a function of model(x) and y, got {text(loss)}")
    if not hasattr(batches, "__iter__"):
        raise TypeError(f"batches: what to learn from, must be pairs (x, y) such as a DataLoader, got {text(batches)}")
    theirs = {id(p) for group in optimizer.param_groups for p in group["params"]}
    if isinstance(model, torch.nn.Module) and not any(id(p) in theirs for p in model.parameters()):
        name = type(optimizer).__name__
        raise ValueError(f"optimizer: what updates the model, must hold parameters of it, got {name} of others")


def anew(batches, steps):
    """Yield the batches, and from their start again when they end; a ValueError of one sentence when none comes."""
    taken = 0
    while True:
        before = taken
        for batch in batches:
            if not isinstance(batch, (list, tuple)) or len(batch) != 2:
                kind = f"{len(batch)} parts" if isinstance(batch, (list, tuple)) else type(batch).__name__
                raise ValueError(f"batches: what to learn from, must be pairs (x, y), got {kind}")
            taken += 1
            yield batch
        if taken == before:
            raise ValueError(f"batches: what to learn from, must last for {steps} updates or start anew, got {taken}")


def checked_loss(loss):
    """The loss; a TypeError of one sentence when it is not one number that knows its gradient."""
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1 or not loss.requires_grad:
        got = f"shape {tuple(loss.shape)}" if isinstance(loss, torch.Tensor) and loss.numel() != 1 else text(loss)
        raise TypeError(f"loss: what to lower, must give a tensor of one number with a gradient, got {got}")
    return loss


# -- as if nothing had been ------------------------------------------------------------------------------


@contextmanager
def unchanged(model, optimizer, batches):
    """Whatever a training inside does to these and to the random numbers is undone at the end."""
    modules = list(model.modules()) if isinstance(model, torch.nn.Module) else []
    params = [p for group in optimizer.param_groups for p in group["params"]] + [p for m in modules for p in m.parameters(False)]
    modes, grads, attributes = [m.training for m in modules], [p.grad for p in params], dict(vars(optimizer))
    seen = {}
    inner = [optimizer.param_groups, optimizer.state] + [part for m in modules for part in (m._parameters, m._buffers)]
    backs = [held(each, seen) for each in inner] + random_numbers(batches)
    try:
        for p in params:
            p.grad = None                   # the training makes its own: those of before stay as they are
        yield
    finally:
        for p, grad in zip(params, grads):
            p.grad = grad
        for module, mode in zip(modules, modes):
            module.training = mode
        for back in backs:
            back()
        vars(optimizer).clear()             # a scheduler wraps step(), and that has to go too
        vars(optimizer).update(attributes)


def held(thing, seen):
    """A function that gives the thing back as it is now; tensors, dicts and lists stay the same objects.

    seen  what is held already: a parameter is in the model and in the optimizer
    """
    if id(thing) in seen:
        return seen[id(thing)]
    if isinstance(thing, torch.Tensor):
        kept = thing.detach().clone()

        def back():
            with torch.no_grad():
                thing.copy_(kept)
            return thing
    elif isinstance(thing, dict):
        items = {key: held(value, seen) for key, value in thing.items()}

        def back():
            before = {key: give() for key, give in items.items()}
            thing.clear()
            thing.update(before)
            return thing
    elif isinstance(thing, (list, tuple)):
        items = [held(value, seen) for value in thing]

        def back():
            before = [give() for give in items]
            if isinstance(thing, list):
                thing[:] = before
            return thing
    else:
        kept = copy.deepcopy(thing)
        return lambda: kept                 # not in seen: nothing keeps it, so another may get its id
    seen[id(thing)] = back
    return back


def random_numbers(batches):
    """Functions that take the generators back to where they are now."""
    sources = [batches, getattr(batches, "sampler", None)]
    own = {id(g): g for g in (getattr(source, "generator", None) for source in sources) if isinstance(g, torch.Generator)}
    pairs = [(torch.set_rng_state, torch.get_rng_state()), (random.setstate, random.getstate())]
    pairs += [(np.random.set_state, np.random.get_state())]
    pairs += [(g.set_state, g.get_state()) for g in own.values()]
    if torch.cuda.is_initialized():
        pairs.append((torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()))
    return [lambda give=give, state=state: give(state) for give, state in pairs]
