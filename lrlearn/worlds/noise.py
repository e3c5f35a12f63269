"""A ball in a bowl that is shaken: the rate sets how far from the bottom it stays."""
from math import sqrt

from ..core import Param, card
from ..svg import Chart, Panels
from .dice import normals
from .panel import BALL, CONSTANT, RATE, choice, held, planned

UPDATES, START, BALLS, LEAST, MOST = 100, 4.0, 3, 1e-3, 1e4


def moments(lrs, curvature=1.0, noise=1.0, start=START):
    """(mean, variance) of the place before each update and after the last one, exactly.

    lrs        the learning rate of each update
    curvature  lambda, > 0
    noise      sigma, the standard deviation of the gradient's noise, >= 0
    start      where the ball begins

    >>> moments([0.5, 0.5], curvature=1.0, noise=2.0, start=4.0)
    [(4.0, 0.0), (2.0, 1.0), (1.0, 1.25)]
    """
    mean, variance = start, 0.0
    out = [(mean, variance)]
    for lr in lrs:
        keep = 1 - lr * curvature
        mean, variance = keep * mean, keep * keep * variance + (lr * noise) ** 2
        if abs(mean) + variance > 1e12:                     # lost; what follows fits into no picture
            mean, variance = min(max(mean, -1e12), 1e12), min(variance, 1e12)
        out.append((mean, variance))
    return out


def floor_of(lr, curvature=1.0, noise=1.0):
    """The mean square distance from the bottom that a constant rate ends at; None where it ends at none.

    lr         the learning rate, > 0; from 2 / curvature on there is no floor
    curvature  lambda, > 0
    noise      sigma, >= 0

    >>> floor_of(0.5, curvature=2.0, noise=1.0)
    0.25
    """
    return lr * noise**2 / (curvature * (2 - lr * curvature)) if lr * curvature < 2 else None


def shake(lrs, curvature=1.0, noise=1.0, start=START, seed=1):
    """The places of one ball whose gradient is shaken, before each update and after the last one.

    >>> [round(x, 3) for x in shake([0.5, 0.5], noise=0.1, start=4.0)]
    [4.0, 2.008, 1.018]
    """
    x, path = start, [start]
    for lr, z in zip(lrs, normals(len(lrs), seed)):
        x = min(max(x - lr * (curvature * x + noise * z), -MOST), MOST)
        path.append(x)
    return path


def noise_floor(base_lr=0.5, noise=1.0, curvature=1.0, schedule=CONSTANT):
    """A shaken ball in a bowl, 100 updates: a constant rate stays at a distance, a falling one comes nearer.

    base_lr    the learning rate at the peak, >= 0
    noise      sigma, the standard deviation of the gradient's noise, >= 0
    curvature  lambda, how steep the bowl is, > 0
    schedule   the Schedule of the rate, meant for 100 updates

    >>> noise_floor(base_lr=0.5)
    <Chart: The noise holds the mean loss at 0.17.>

    Source: Robbins and Monro, A Stochastic Approximation Method, 1951, for the rates that reach the bottom.
    """
    lrs = planned(schedule, UPDATES, base_lr)
    both, times = moments(lrs, curvature, noise), list(range(UPDATES + 1))
    left, some = Chart((0, UPDATES), (-5, 5), "update t", "weight"), times[::3]
    wide, means = [min(2 * sqrt(both[t][1]), 99.0) for t in some], [min(max(both[t][0], -99.0), 99.0) for t in some]
    left.band(some, [m - w for m, w in zip(means, wide)], [m + w for m, w in zip(means, wide)], BALL)
    for i in range(1, BALLS):
        left.line(some, shake(lrs, curvature, noise, seed=7 * i)[::3], "", "currentColor", 0.5)
    path = shake(lrs, curvature, noise)
    left.line(times, path, "", BALL, 1.6).dot(UPDATES, min(max(path[-1], -5), 5), BALL, 6)
    losses = [held(curvature * (both[t][0] ** 2 + both[t][1]) / 2, LEAST / 10, MOST) for t in times[::2]]
    floors = [floor_of(lr, curvature, noise) for lr in lrs[::2]]
    floors = [held(MOST if f is None else curvature * f / 2, LEAST / 10, MOST) for f in floors]
    right = Chart((0, UPDATES), (LEAST, 100), "update t", "mean loss", "y")
    right.line(times[:-1:2], floors, "floor", RATE, 1.5, "5 4").line(times[::2], losses, "mean", BALL)
    words = verdict(both[-1], losses, floors)
    return Panels([left, right], 0.5, words + ".").title(words)


def verdict(last, losses, floors):
    """What the noise does, in words."""
    end, there = f"{losses[-1]:.2g}", last[0] ** 2 <= last[1]
    if losses[-1] > 100:
        return "The ball is thrown out"
    if losses[-1] <= LEAST:
        return f"The ball comes to rest: mean loss below {LEAST:g}"
    if not there:
        return "The ball is still on its way: mean loss " + end
    if losses[-1] < 0.8 * max(floors):
        return "The rate falls, the ball settles: mean loss " + end
    return "The noise holds the mean loss at " + end


card(
    noise_floor,
    title="The noise floor",
    latex=r"\mathrm{E}\,\theta^2 \to \frac{\eta \sigma^2}{\lambda (2 - \eta \lambda)}",
    paper="robbins1951",
    params=(
        Param("base_lr", 0.02, 2.2, 0.5, 0.02, "the learning rate at the peak", ">= 0"),
        Param("noise", 0.0, 2.0, 1.0, 0.05, "the noise of the gradient", ">= 0"),
        Param("curvature", 0.25, 2.0, 1.0, 0.05, "how steep the bowl is", "> 0"),
        choice(UPDATES),
    ),
    world=True,
)
