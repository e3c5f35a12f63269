"""Warm-up: climb to the schedule that follows."""
from math import cos, pi, sqrt

from ..core import Param, Schedule, card
from .cosine import cosine

RISES = {                                   # shape -> the way from 0 at t = 0 to 1 at t = W
    "linear": lambda t, W: t / W,
    "cosine": lambda t, W: (1 - cos(pi * t / W)) / 2,
    "1-sqrt": lambda t, W: 1 - sqrt((W - t) / W),       # not 1 - t / W: its root would lose digits near the end
}


def warmup(t, base_lr, schedule, warmup_steps, start_factor=0.0, shape="linear"):
    """A rise from start_factor * base_lr at t = 0 to where the schedule begins, then the schedule.

    t             index of the update about to be made, >= 0
    base_lr       the learning rate at the peak
    schedule      the Schedule that follows; it sees the steps since the end of the warm-up
    warmup_steps  steps until the schedule takes over, an integer >= 0
    start_factor  the first learning rate as a fraction of base_lr, >= 0
    shape         of the rise: "linear"; "cosine", gentle at both ends; "1-sqrt", slow first and steep last

    >>> from lrlearn import Schedule, cosine
    >>> s = Schedule(cosine, T_max=90)
    >>> [round(warmup(t, 0.1, s, warmup_steps=10), 6) for t in (0, 5, 10, 55, 100)]
    [0.0, 0.05, 0.1, 0.05, 0.0]

    Also called: linear warm-up, gradual warm-up.
    Not to be confused with torch's LinearLR, whose start_factor is 1/3 by default and may not be 0, nor with a
    ChainedScheduler, which multiplies the two instead of putting one after the other.
    Source: Goyal et al., Accurate, Large Minibatch SGD, 2017, arXiv 1706.02677.
    """
    if t >= warmup_steps:
        return schedule(t - warmup_steps, base_lr)
    start = start_factor * base_lr
    return start + (schedule(0, base_lr) - start) * RISES[shape](t, warmup_steps)


card(
    warmup,
    title="Warm-up",
    latex=r"\eta_t = \begin{cases} s\,\eta_{\max} + (f(0) - s\,\eta_{\max})\,\rho(t/W) & t < W \\ f(t - W) & t \ge W \end{cases}",
    paper="goyal2017",
    params=(
        Param("schedule", None, None, Schedule(cosine, T_max=90), None, "the schedule that follows", "a Schedule"),
        Param("warmup_steps", 0, 100, 10, 1, "steps until the schedule takes over", ">= 0"),
        Param("start_factor", 0.0, 1.0, 0.0, 0.05, "the first learning rate as a fraction of base_lr", ">= 0"),
        Param("shape", None, None, "linear", ("linear", "cosine", "1-sqrt"), "how it rises"),
    ),
    names={"torch": "LinearLR inside SequentialLR", "transformers": "num_warmup_steps", "optax": "warmup_cosine_decay_schedule", "keras": "CosineDecay(warmup_target, warmup_steps)", "timm": "warmup_t"},
    seams=(
        ("torch", "LinearLR begins at 1/3 of the rate by default and cannot begin at 0."),
        ("timm", "with warmup_prefix=False, the default, the schedule has already run warmup_t steps when the warm-up ends."),
    ),
)
