"""Two minima, a sharp one and a wide one: which one a ball stays in, and what the rate has to do with it."""
from math import sqrt

from ..core import Param, card
from ..svg import Chart, Panels
from .dice import normals
from .panel import BALL, CONSTANT, GOOD, SWING, choice, planned, rates

UPDATES, BALLS, FAR = 80, 12, 50.0
SHARP, WIDE = 8.0, 1.0                  # the curvatures; the minima lie at -1 and at 1


def barrier(depth=0.0):
    """Where the two bowls 4 (x + 1)^2 + depth and (x - 1)^2 / 2 meet: the top of the barrier between the minima.

    depth  the loss at the sharp minimum; at the wide one it is 0

    >>> round(barrier(), 4)
    -0.4776
    """
    a, b, c = (SHARP - WIDE) / 2, SHARP + WIDE, (SHARP - WIDE) / 2 + depth
    return (-b + sqrt(b * b - 4 * a * c)) / (2 * a)


def loss_at(x, depth=0.0):
    """The loss at a place: the sharp bowl left of the barrier, the wide one right of it.

    >>> loss_at(-1.0, depth=0.2), loss_at(2.0)
    (0.2, 0.5)
    """
    return SHARP * (x + 1) ** 2 / 2 + depth if x < barrier(depth) else WIDE * (x - 1) ** 2 / 2


def wander(lrs, noise=1.0, depth=0.0, start=-0.9, seed=1):
    """The places of a ball between the two minima, before each update and after the last one.

    lrs    the learning rate of each update
    noise  the standard deviation of what is added to each gradient, >= 0
    depth  the loss at the sharp minimum
    start  where it begins
    seed   which noise, an integer from 0 to 30000

    >>> [round(x, 2) for x in wander([0.3] * 5, noise=0.0)]
    [-0.9, -1.14, -0.8, -1.27, -0.62, -1.54]
    """
    x, top, path, sharp, wide, far = start, barrier(depth), [start], SHARP, WIDE, FAR       # local names are faster
    for lr, z in zip(lrs, normals(len(lrs), seed)):
        x -= lr * ((sharp * (x + 1) if x < top else wide * (x - 1)) + noise * z)
        if not -far < x < far:
            x = far if x > 0 else -far
        path.append(x)
    return path


def double_well(base_lr=0.1, noise=2.0, depth=0.0, schedule=CONSTANT):
    """12 balls begin in the sharp one of two minima; after 80 updates, some have left it.

    base_lr   the learning rate at the peak, >= 0
    noise     the standard deviation of the gradient's noise, >= 0
    depth     the loss at the sharp minimum, from -0.5 to 0.5; at the wide one it is 0
    schedule  the Schedule of the rate, meant for 80 updates

    >>> double_well(base_lr=0.3, noise=0.0, depth=-0.5)
    <Chart: 12 of 12 balls end in the wide, worse minimum.>

    Above 2 / curvature no ball can stay in the sharp minimum, noise or not, be it the better one or the worse one.
    Not to be confused with networks, whose minima are connected: there a high rate keeps away from sharp regions.
    Source: Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability, ICLR 2021.
    """
    lrs, top = planned(schedule, UPDATES, base_lr), barrier(depth)
    paths = [wander(lrs, noise, depth, seed=11 * i + 1) for i in range(BALLS)]
    ends = [path[-1] for path in paths]
    away = sum([x >= top for x in ends])
    wide = "wide, worse" if depth < 0 else "wide, better" if depth > 0 else "wide"
    words = f"{away} of {BALLS} balls end in the {wide} minimum"
    chart = Chart((-2.2, 3.4), (-1.8, 3.0), "weight", "loss")
    grid = [i / 10 - 2.2 for i in range(57)] + [top]
    grid.sort()
    chart.line(grid, [loss_at(x, depth) for x in grid], "", "currentColor", 1.5)
    for x in ends:
        x = min(max(x, -2.2), 3.4)
        chart.dot(x, min(loss_at(x, depth), 2.9), BALL if x < top else GOOD, 6)
    chart.text(-1, depth - 0.85, "sharp", BALL).text(1, -0.85, "wide", GOOD)
    limit = 2 / SHARP
    right = rates(lrs, 4 * limit, ((0, limit, GOOD, "noise decides"), (limit, 4 * limit, SWING, "all must leave")))
    right.hline(limit, "2 / curvature of the sharp")
    return Panels([chart, right], 0.55, words + ".").title(words)


card(
    double_well,
    title="Two minima",
    latex=r"\theta_{t+1} = \theta_t - \eta_t (L'(\theta_t) + \sigma \varepsilon_t)",
    paper="cohen2021eos",
    params=(
        Param("base_lr", 0.01, 1.0, 0.1, 0.01, "the learning rate at the peak", ">= 0"),
        Param("noise", 0.0, 4.0, 2.0, 0.1, "the noise of the gradient", ">= 0"),
        Param("depth", -0.5, 0.5, 0.0, 0.05, "the loss at the sharp minimum", ">= -0.5 and <= 0.5"),
        choice(UPDATES),
    ),
    world=True,
)
