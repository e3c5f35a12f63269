"""A ball that is to land: the noisy valley from above, and how near to the bottom 60 updates bring it."""
from math import sqrt

from ..core import Param, card
from ..svg import Chart, Panels
from .noise import shake
from .panel import BALL, CONSTANT, GOOD, choice, planned, rates
from .river import settle

UPDATES, NOISE, FLAT = 60, 0.4, 0.1
GOAL, LOST = 0.01, 10.0                 # no constant rate leaves less than 0.02; the best cosine leaves 0.0062


def landing(base_lr=0.3, schedule=CONSTANT):
    """A ball comes down a noisy valley, seen from above, and is to land in the green ring in 60 updates.

    base_lr   the learning rate at the peak, >= 0
    schedule  the Schedule of the rate, meant for 60 updates

    The path is one run. The loss in the title is the mean over all runs, exactly.

    >>> landing(base_lr=0.3)
    <Chart: Loss left: 0.02. Get it below 0.01.>

    Source: Wen et al., Understanding Warmup-Stable-Decay Learning Rates, 2024, for the picture of a river in a valley.
    """
    lrs = planned(schedule, UPDATES, base_lr)
    words, landed = verdict(sum(settle(lrs, NOISE, FLAT)[-1]))
    along, across = shake(lrs, FLAT, sqrt(FLAT) * NOISE, -2.0, seed=2), shake(lrs, 1.0, NOISE, 1.0, seed=5)
    chart = Chart((-2.3, 0.8), (-1.5, 1.5), "along the valley", "across")
    for k in range(1, 8):                                   # lines of equal loss; the ring is the goal
        chart.ellipse(0, 0, 0.22 * k / sqrt(FLAT), 0.22 * k, width=0.4)
    inside = [(x, y) for x, y in zip(along, across) if abs(x) < 9 and abs(y) < 9]
    chart.line([x for x, _ in inside], [y for _, y in inside], "", BALL, 1)
    for x, y in inside:
        if -2.3 < x < 0.8 and -1.5 < y < 1.5:
            chart.dot(x, y, BALL, 2)
    chart.ellipse(0, 0, sqrt(2 * GOAL / FLAT), sqrt(2 * GOAL), GOOD, 3)
    chart.dot(-2.0, 1.0, BALL, 4).text(-1.93, 1.08, "start", BALL, "start")
    chart.dot(max(min(along[-1], 0.8), -2.3), max(min(across[-1], 1.5), -1.5), BALL, 7)
    right = rates(lrs, 2.4, ((2.0, 2.4, BALL, "thrown out"),))
    return Panels([chart, right], 0.62, words).title(words, GOOD if landed else "currentColor")


def verdict(loss):
    """(what the loss at the end says, in words; whether it is below the goal)."""
    if loss > LOST:
        return "The ball is thrown out. Take a lower rate.", False
    if loss < GOAL:
        return f"Landed: the loss left is {loss:.4f}.", True
    return f"Loss left: {loss:.2g}. Get it below {GOAL:g}.", False


card(
    landing,
    title="Landing in a noisy valley",
    latex=r"\theta_{t+1} = \theta_t - \eta_t (\Lambda \theta_t + \varepsilon_t)",
    paper="wen2025river",
    params=(
        Param("base_lr", 0.05, 2.4, 0.3, 0.05, "the learning rate at the peak", ">= 0"),
        choice(UPDATES),
    ),
    world=True,
)
