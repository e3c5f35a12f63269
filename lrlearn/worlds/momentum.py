"""A ball in a valley: steep across, flat along; what momentum does about it."""
from math import sqrt

from ..core import Param, card
from ..svg import Chart, Panels
from .panel import BALL, CONSTANT, GOOD, choice, planned, rates

UPDATES, START, FAR = 60, (-5.0, 2.0), 1e3


def roll(lrs, momentum=0.0, condition=20.0, start=START):
    """The places (along, across) of a ball in the valley (along ** 2 / condition + across ** 2) / 2, from the start on.

    lrs        the learning rate of each update
    momentum   how much of the last step is kept, >= 0 and < 1
    condition  the curvature across, which is 1, over the curvature along, >= 1
    start      where it begins, at rest

    A constant rate settles below 2 * (1 + momentum). The list ends early where the ball is lost, farther than 1000.

    >>> roll([1.0, 1.0], condition=4.0, start=(-4.0, 2.0))
    [(-4.0, 2.0), (-3.0, 0.0), (-2.25, 0.0)]

    Also called: heavy ball; torch.optim.SGD with momentum.
    Not to be confused with Nesterov's momentum, which looks ahead.
    Source: Goh, Why Momentum Really Works, Distill 2017.
    """
    (x, y), u, v = start, 0.0, 0.0
    path = [start]
    for lr in lrs:
        u, v = momentum * u + x / condition, momentum * v + y
        x, y = x - lr * u, y - lr * v
        path.append((x, y))
        if abs(x) + abs(y) > FAR:
            break
    return path


def valley(base_lr=0.3, momentum=0.0, condition=20.0, schedule=CONSTANT):
    """A ball rolls down a long valley in 60 updates: the steep side limits the rate, the flat side asks for more.

    base_lr    the learning rate at the peak, >= 0
    momentum   how much of the last step is kept, >= 0 and < 1
    condition  the curvature across the valley over the curvature along it, >= 1
    schedule   the Schedule of the rate, meant for 60 updates

    >>> valley(base_lr=2.5)
    <Chart: The ball is thrown out at update 2.>

    Source: Goh, Why Momentum Really Works, Distill 2017.
    """
    lrs = planned(schedule, UPDATES, base_lr)
    path = roll(lrs, momentum, condition)
    acts = base_lr / (1 - momentum) * (1 + 1e-9)            # no tie, which two Pythons would round apart
    words = (f"{base_lr:g} acts like {acts:.3g}: " if momentum > 0 else "The ball is ") + verdict(path, condition)
    chart = Chart((-5.6, 2.0), (-3.0, 3.2), "along: flat", "across: steep")
    top = sqrt(START[0] ** 2 / condition + START[1] ** 2)
    for k in range(1, 7):                                   # lines of equal loss
        chart.ellipse(0, 0, top * k / 6 * sqrt(condition), top * k / 6, width=0.4)
    xs, ys = [x for x, _ in path], [y for _, y in path]
    chart.line(xs, ys, "", BALL, 1.2)
    for x, y in path:
        if -5.6 < x < 2 and -3 < y < 3:
            chart.dot(x, y, BALL, 2.5)
    chart.dot(0, 0, GOOD, 4).dot(max(min(xs[-1], 2), -5.6), max(min(ys[-1], 3), -3), BALL, 7)
    limit = 2 * (1 + momentum)
    right = rates(lrs, 1.5 * limit, ((limit, 1.5 * limit, BALL, "thrown out"),))
    right.hline(limit, "2 (1 + momentum)")
    return Panels([chart, right], 0.55, words + ".").title(words)


def verdict(path, condition):
    """What the ball does, in words."""
    x, y = path[-1]
    if abs(x) > 6 or abs(y) > 3:
        out = [t for t, (a, b) in enumerate(path) if abs(a) > 6 or abs(b) > 3]
        return f"thrown out at update {out[0]}"
    losses = [(a * a / condition + b * b) / 2 for a, b in path]
    left = losses[-1] / losses[0]
    away = [t for t, loss in enumerate(losses) if loss > 1e-3 * losses[0]][-1] + 1
    if away < len(path) - 2:
        return f"at the bottom after {away} update" + "s" * (away > 1)
    return f"still on its way, {100 * left:.2g} % of the loss left"


card(
    valley,
    title="A ball in a valley",
    latex=r"m_{t+1} = \beta m_t + \nabla L(\theta_t),\quad \theta_{t+1} = \theta_t - \eta_t m_{t+1}",
    paper="goh2017momentum",
    params=(
        Param("base_lr", 0.02, 4.0, 0.3, 0.02, "the learning rate at the peak", ">= 0"),
        Param("momentum", 0.0, 0.98, 0.0, 0.02, "how much of the last step is kept", ">= 0 and < 1"),
        Param("condition", 1.0, 100.0, 20.0, 1.0, "steepness across over steepness along", ">= 1"),
        choice(UPDATES),
    ),
    world=True,
)
