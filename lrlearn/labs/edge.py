"""Gradient descent at the edge of stability: the loss and its sharpness, with 2 / learning rate, along a run."""
from collections import namedtuple

import numpy as np
import torch
from sklearn.datasets import load_digits

from ..core import Param, check_value
from ..show import Table
from .progress import counter
from .race import arms_of
from .sharpness import sharpness
from .train import SEED, STEPS, one_thread

GAIN = Param("gain", 0.5, 3.0, 1.0, 0.1, "what multiplies the first weights", "> 0 and <= 10")
EVERY = Param("every", 1, 100, 25, 1, "updates from one measurement of the sharpness to the next", ">= 1")
SIZES = (64, 64, 64, 10)
LOST = 1000.0               # a loss above it diverged: answers of nothing but zeros cost 0.5


class Descent(namedtuple("Descent", "name base_lr losses lrs at sharpness diverged")):
    """What one run of gradient descent did.

    name, base_lr  what it is called, and the learning rate at the peak
    losses, lrs    loss and learning rate of each update; both end before the first loss above 1000
    at, sharpness  the updates before which the sharpness was measured, and what it was
    diverged       whether a loss was above 1000, or not finite
    """

    __slots__ = ()

    def __repr__(self):
        end = f"diverged after {len(self.losses)} updates" if self.diverged else f"loss={self.losses[-1]:.3f}"
        return f"Descent({self.name}, base_lr={self.base_lr:g}: {end})"


@one_thread()
def descend(schedules, base_lrs, steps=600, gain=1.0, seed=0, every=25, progress=True):
    """Gradient descent on all of 500 digits at once, with every schedule at every peak; returns the Edge.

    schedules  name -> Schedule, or a list of Schedules, which are then named by their repr
    base_lrs   the peaks to try, a list of numbers >= 0
    steps      updates in one run, an integer >= 1
    gain       what multiplies the first weights, > 0 and <= 10; a higher one starts where the loss is sharper
    seed       decides the first weights, an integer >= 0
    every      updates from one measurement of the sharpness to the next, an integer >= 1
    progress   whether a line tells how far it is, in a terminal or a notebook that someone watches

    The network has layers 64-64-64-10 with tanh. It answers with ten numbers, which shall be 1 for the right digit and
    0 for the others; the loss is half the squared distance, the mean over all 500 digits. There is no noise, no
    momentum, and nothing to validate. An update takes about two thousandths of a second. The sharpness is measured with
    five iterations from the last direction, and so it is often a few per cent too low, up to 12 % while the direction turns.

    >>> from lrlearn import Schedule, constant
    >>> descend([Schedule(constant)], base_lrs=[0.5, 1.5], steps=60).runs
    [Descent(constant(), base_lr=0.5: loss=0.160), Descent(constant(), base_lr=1.5: diverged after 3 updates)]

    Raises TypeError or ValueError, one sentence, for a wrong argument, before the first run.
    Source: J. Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability, ICLR 2021.
    """
    for param, value in ((STEPS, steps), (GAIN, gain), (SEED, seed), (EVERY, every)):
        check_value(param, value)
    arms = arms_of(schedules, base_lrs, steps)
    loss, weights, runs = loss_of_digits(), first_weights(seed, gain), []
    first = sharpness(loss, weights, iterations=50)
    with counter(len(arms), "descend", progress) as done:
        for name, base_lr, lrs in arms:
            runs.append(Descent(name, base_lr, *run(loss, weights, first, lrs, every)))
            done()
    return Edge(runs)


def run(loss, weights, first, lrs, every):
    """(losses, lrs, at, sharpness, diverged) of one run from these weights, whose Sharpness is first."""
    losses, at, found = [], [], []
    for t, lr in enumerate(lrs):
        weights = [w.detach().requires_grad_() for w in weights]
        now = loss(weights)
        if not now.item() <= LOST:          # nan is not <= either
            break
        if t % every == 0:
            first = first if t == 0 else sharpness(loss, weights, first, iterations=5)     # the direction turns slowly
            found.append(first.value)
            at.append(t)
        losses.append(now.item())
        weights = [w - lr * g for w, g in zip(weights, torch.autograd.grad(now, weights))]
    return losses, lrs[:len(losses)], at, found, not loss(weights).item() <= LOST


def loss_of_digits():
    """The loss as a function of weights [W1, b1, W2, b2, W3, b3]; a digit is a column, which is the quicker way round."""
    x, y = load_digits(return_X_y=True)
    x, y = torch.tensor(x[:500].T / 16 - 0.3).contiguous(), torch.eye(10, dtype=torch.float64)[:, y[:500]]

    def loss(weights):
        h = x
        for W, b in zip(weights[:-2:2], weights[1:-2:2]):
            h = torch.tanh(W @ h + b)
        return ((weights[-2] @ h + weights[-1] - y) ** 2).sum(0).mean() / 2

    return loss


def first_weights(seed, gain):
    """Uniform between +-1 / sqrt(inputs), as torch draws them; the matrices times gain."""
    numbers, weights = torch.Generator().manual_seed(int(seed)), []
    for n, m in zip(SIZES, SIZES[1:]):
        W, b = (2 * torch.rand(m, k, generator=numbers, dtype=torch.float64) - 1 for k in (n, 1))
        weights += [gain * W / n**0.5, b / n**0.5]
    return weights


class Edge:
    """Runs of gradient descent, and what may be seen of them.

    runs  a list of Descent; those of several calls may be put together, Edge(a.runs + b.runs)
    """

    def __init__(self, runs):
        self.runs = runs

    def __repr__(self):
        return f"Edge({', '.join(map(repr, self.runs))})"

    def of(self, name, base_lr):
        """The run of that name and peak; a ValueError of one sentence when there is none."""
        for each in self.runs:
            if (each.name, each.base_lr) == (name, base_lr):
                return each
        names = "; ".join(label(each) for each in self.runs)
        raise ValueError(f"name, base_lr: a run of this descent, must be one of {names}, got {name!r} at {base_lr!r}")

    def table(self):
        """A Table: for each run the loss at its end and at its highest, the sharpness at both ends, and 2 / learning rate.

        The sharpness at the end is the mean of the last ten measurements, since it swings.
        """
        rows = []
        for each in self.runs:
            end, last = f"{each.losses[-1]:.3f}" if each.losses else "", f"{np.mean(each.sharpness[-10:]):.2f}"
            if each.diverged:
                end, last = f"diverged after {len(each.losses)}", ""
            highest, first = (f"{value:.2f}" for value in (max(each.losses), each.sharpness[0]))
            rows.append((label(each), end, highest, first, last, f"{2 / each.base_lr:.2f}" if each.base_lr else ""))
        return Table(("run", "loss at the end", "highest loss", "first sharpness", "last sharpness", "2 / peak"), rows)

    def plot(self):
        """Draw the loss of every run, and below it the sharpness, with 2 / learning rate dotted; returns both matplotlib Axes.

        A cross is where a run diverged.
        """
        from .. import plots

        with plots.house():
            _, both = plots.plt.subplots(2, 1, sharex=True, figsize=(6.4, 5.6))
            above, below = plots.axes(both[0], "", "loss"), plots.axes(both[1], "update t", "sharpness")
            thin, named_limits = 0.6 * plots.plt.rcParams["lines.linewidth"], set()
            for row, each in enumerate(self.runs):
                colour = plots.colour(row)
                above.plot(each.losses, color=colour, linewidth=thin, label=label(each) + (": diverged" if each.diverged else ""))
                below.plot(each.at, each.sharpness, color=colour, label="_sharpness", marker="o" if len(each.at) == 1 else None)
                limit = f"2 / {each.base_lr:g}" if not each.diverged and each.base_lr not in named_limits else "_again"
                below.plot([2 / lr if lr else np.nan for lr in each.lrs], ":", color=colour, linewidth=thin, label=limit)
                if each.diverged:
                    edge = {"transform": above.get_xaxis_transform(), "clip_on": False}
                    above.plot(len(each.losses), 1, "x", color=colour, label="_diverged", **edge)
                else:
                    named_limits.add(each.base_lr)
            above.set_yscale("log")
            above.set_ylim(top=2 * max(max(each.losses[:1] if each.diverged else each.losses, default=1.0) for each in self.runs))
            below.set_ylim(0, 1.1 * max(max(each.sharpness, default=1.0) for each in self.runs))
            for ax in both:
                ax.margins(x=0)
                plots.label_lines(ax)
        return above, below


def label(each):
    """What the run is called in tables and pictures."""
    return f"{each.name}, {each.base_lr:g}"
