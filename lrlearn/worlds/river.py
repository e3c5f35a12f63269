"""A noisy valley: fast along it with a high rate, near its floor with a low one."""
from math import sqrt

from ..core import Param, card
from ..svg import Chart, Panels
from .noise import moments
from .panel import BALL, CONSTANT, GOOD, RATE, choice, held, planned, rates

UPDATES, LEAST, MOST = 300, 2e-5, 10.0


def settle(lrs, noise=0.3, flat=0.03):
    """The mean loss as (way, shaking), before each update and after the last one: what is still to go, what noise adds.

    lrs    the learning rate of each update
    noise  the standard deviation of the gradient's noise across, >= 0; along, it goes with the root of the curvature
    flat   the curvature along the valley, > 0; across it is 1

    The weights begin at 1 across and at 2 along. Both parts are exact: no run is drawn.

    >>> [(round(way, 3), round(shaking, 3)) for way, shaking in settle([0.5, 0.5])]
    [(0.56, 0.0), (0.183, 0.011), (0.088, 0.014)]

    Source: Wen et al., Understanding Warmup-Stable-Decay Learning Rates, 2024, for the picture of a river in a valley.
    """
    across, along = moments(lrs, 1.0, noise, 1.0), moments(lrs, flat, sqrt(flat) * noise, 2.0)
    return [((a * a + flat * b * b) / 2, (v + flat * w) / 2) for (a, v), (b, w) in zip(across, along)]


def noisy_valley(base_lr=0.6, noise=0.3, schedule=CONSTANT):
    """Gradient descent with noise in a valley, 300 updates: the loss is the way still to go and what the noise adds.

    base_lr   the learning rate at the peak, >= 0
    noise     the standard deviation of the gradient's noise across the valley, >= 0
    schedule  the Schedule of the rate, meant for 300 updates

    >>> noisy_valley(base_lr=0.6)
    <Chart: Loss at the stop 0.0197 = way 0.0000 + noise 0.0197.>

    Source: Wen et al., Understanding Warmup-Stable-Decay Learning Rates, 2024.
    """
    lrs = planned(schedule, UPDATES, base_lr)
    path = settle(lrs, noise)
    left = rates(lrs, 2.4, ((0, 2.0, GOOD, ""), (2.0, 2.4, BALL, "thrown out")))
    return Panels([left, parts(path)], 0.45, told(path) + ".").title(told(path))


def parts(path):
    """The picture of what settle returns: the way still to go, solid, and what the noise adds, dashed."""
    chart = Chart((0, len(path) - 1), (LEAST, MOST), "update t", "mean loss", "y")
    some = list(range(0, len(path), 2))
    way, noise = [[held(path[t][k], LEAST / 10, 10 * MOST) for t in some] for k in (0, 1)]
    return chart.line(some, way, "way", RATE).line(some, noise, "noise", GOOD, 2.2, "6 4")


def told(path):
    """What settle returns, in words: the loss at the stop and its two parts."""
    way, shaking = path[-1]
    if way + shaking > MOST:
        return "The weights are thrown out"
    return f"Loss at the stop {way + shaking:.4f} = way {way:.4f} + noise {shaking:.4f}"


card(
    noisy_valley,
    title="A noisy valley",
    latex=r"\mathrm{E}\,L_t = \tfrac12 \sum_i \lambda_i \left( (\mathrm{E}\,\theta_{i,t})^2 + \mathrm{Var}\,\theta_{i,t} \right)",
    paper="wen2025river",
    params=(
        Param("base_lr", 0.05, 2.2, 0.6, 0.05, "the learning rate at the peak", ">= 0"),
        Param("noise", 0.0, 1.0, 0.3, 0.05, "the noise of the gradient", ">= 0"),
        choice(UPDATES),
    ),
    world=True,
)
