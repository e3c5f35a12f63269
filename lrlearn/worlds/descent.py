"""A ball in a bowl: gradient descent that creeps, swings over, or is thrown out."""
from ..core import Param, card
from ..svg import Chart, Panels
from .dice import normals
from .panel import BALL, CONSTANT, GOOD, SWING, choice, planned, rates

UPDATES, START, FAR, NEAR = 40, -1.9, 1e3, 0.05


def descend(lrs, curvature=1.0, start=START, noise=0.0, seed=1):
    """The places of a ball in the bowl curvature * x * x / 2, before each update and after the last one.

    lrs        the learning rate of each update
    curvature  lambda, > 0: below 2 / lambda a constant rate settles, at 1 / lambda in one update
    start      where it begins
    noise      the standard deviation of what is added to each gradient
    seed       which noise, an integer from 0 to 30000

    The list ends early where the ball is lost, farther than 1000 from the bottom.

    >>> descend([0.5, 0.5, 1.0], curvature=1.0, start=-2.0)
    [-2.0, -1.0, -0.5, 0.0]
    """
    x, path = start, [start]
    shakes = normals(len(lrs), seed) if noise else [0.0] * len(lrs)
    for lr, shake in zip(lrs, shakes):
        x -= lr * (curvature * x + noise * shake)
        path.append(x)
        if abs(x) > FAR:
            break
    return path


def bowl(base_lr=1.8, curvature=1.0, noise=0.0, schedule=CONSTANT):
    """A ball goes down a bowl in 40 updates: it creeps, or swings over the bottom, or is thrown out.

    base_lr    the learning rate at the peak, >= 0
    curvature  how steep the bowl is, > 0: the limits are 1 / curvature and 2 / curvature
    noise      the standard deviation of the gradient's noise, >= 0
    schedule   the Schedule of the rate, meant for 40 updates

    >>> bowl(base_lr=0.5)
    <Chart: The ball is at the bottom after 6 updates.>

    Source: Goh, Why Momentum Really Works, Distill 2017.
    """
    lrs = planned(schedule, UPDATES, base_lr)
    path = descend(lrs, curvature, noise=noise)
    losses, words = [curvature * x * x / 2 for x in path], verdict(path)
    chart = Chart((-2.3, 2.3), (-0.1, 4.4), "weight", "loss")
    grid = [i / 10 - 2.3 for i in range(47)]
    chart.line(grid, [curvature * g * g / 2 for g in grid], "", "currentColor", 1.5).line(path, losses, "", BALL, 1)
    for x, loss in zip(path, losses):
        if abs(x) < 2.3:
            chart.dot(x, loss, BALL, 3)
    chart.dot(max(min(path[-1], 2.3), -2.3), min(losses[-1], 4.4), BALL, 8)
    one, two = 1 / curvature, 2 / curvature
    right = rates(lrs, 3 * one, ((0, one, GOOD, "creeps"), (one, two, SWING, "swings over"), (two, 3 * one, BALL, "thrown out")))
    right.hline(one, "1 / curvature").hline(two, "2 / curvature")
    return Panels([chart, right], 0.55, words + ".").title(words)


def verdict(path):
    """What the ball does, in words."""
    if abs(path[-1]) > 1.5 * abs(START):
        out = [t for t, x in enumerate(path) if abs(x) > 1.2 * abs(START)]
        return f"The ball is thrown out at update {out[0]}"
    away = [t for t, x in enumerate(path) if abs(x) > NEAR][-1] + 1
    swings = sum([a * b < 0 for a, b in zip(path, path[1:])])
    if away > len(path) - 2:
        return "The ball is still swinging" if swings > 8 else "The ball is still on its way"
    how = "The ball swings over, and rests" if swings > 2 else "The ball is at the bottom"
    return how + f" after {away} update" + "s" * (away > 1)


card(
    bowl,
    title="A ball in a bowl",
    latex=r"\theta_{t+1} = \theta_t - \eta_t (\lambda \theta_t + \sigma \varepsilon_t)",
    paper="goh2017momentum",
    params=(
        Param("base_lr", 0.02, 3.0, 1.8, 0.02, "the learning rate at the peak", ">= 0"),
        Param("curvature", 0.25, 2.0, 1.0, 0.05, "how steep the bowl is", "> 0"),
        Param("noise", 0.0, 1.0, 0.0, 0.05, "the noise of the gradient", ">= 0"),
        choice(UPDATES),
    ),
    world=True,
)
