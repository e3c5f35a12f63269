"""Rarer laws: curves given by a hyperbola, an exponential or a power of time."""
from math import sqrt

from ...core import Param, card
from ..inverse_sqrt import TIMESCALE

TOTAL = Param("total_steps", 1, 200, 100, 1, "steps until the end", ">= 1")
UPPER = Param("upper_bound", 200, 1000, 250, 50, "the longest run that is to be like this one, in steps", ">= total_steps")


def sunk(t, total_steps, upper_bound):
    """How far a hyperbola has come down from its height at t = 0: 0 there, at most 1 at total_steps."""
    def height(n):
        return sqrt((total_steps - n) * (2 * upper_bound - total_steps - n)) / upper_bound

    return height(0) - height(min(t, total_steps))


def hyperbolic(t, base_lr, total_steps, upper_bound, eta_min=0.0):
    """A hyperbola that begins alike for every length of the run up to upper_bound steps.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at t = 0, the peak
    total_steps  steps until the end, an integer >= 1
    upper_bound  the longest run that is to be like this one, an integer >= total_steps; that run is a straight line
    eta_min      the learning rate that a run of upper_bound steps ends at, >= 0; shorter ones end above it

    >>> [round(hyperbolic(t, base_lr=0.1, total_steps=100, upper_bound=200), 4) for t in (0, 50, 100, 200)]
    [0.1, 0.0693, 0.0134, 0.0134]

    Also called: HyperbolicLR, HyperbolicLRScheduler in pytorch-scheduler.
    Not to be confused with inverse_time_decay, which is also a hyperbola and needs no end.
    Source: pytorch-scheduler 0.2.2, which names arXiv 2407.15200; the paper itself has not been compared.
    """
    return base_lr - (base_lr - eta_min) * sunk(t, total_steps, upper_bound)


card(
    hyperbolic,
    title="Hyperbolic",
    latex=r"\eta_t = \eta_{\max} - (\eta_{\max} - \eta_{\min})\,(h(0) - h(\min(t, N))),"
    r"\quad h(n) = \frac{\sqrt{(N - n)(2U - N - n)}}{U}",
    paper="kim2024hyperboliclr",
    params=(TOTAL, UPPER, Param("eta_min", 0.0, 0.1, 0.0, 0.001, "the learning rate that the longest run ends at", ">= 0")),
)


def exp_hyperbolic(t, base_lr, total_steps, upper_bound, end_factor=1e-3):
    """The hyperbola of hyperbolic, on a logarithmic scale: alike for every length of the run up to upper_bound steps.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at t = 0, the peak
    total_steps  steps until the end, an integer >= 1
    upper_bound  the longest run that is to be like this one, an integer >= total_steps; that run is exponential_between
    end_factor   what a run of upper_bound steps ends at, as a fraction of base_lr, > 0; shorter ones end above it

    >>> [round(exp_hyperbolic(t, base_lr=0.1, total_steps=100, upper_bound=200), 4) for t in (0, 50, 100, 200)]
    [0.1, 0.012, 0.0003, 0.0003]

    Also called: ExpHyperbolicLR, ExpHyperbolicLRScheduler in pytorch-scheduler, whose min_lr is a learning rate.
    Not to be confused with hyperbolic, which takes the same way on the plain scale.
    Source: pytorch-scheduler 0.2.2, which names arXiv 2407.15200; the paper itself has not been compared.
    """
    return base_lr * end_factor ** sunk(t, total_steps, upper_bound)


card(
    exp_hyperbolic,
    title="Exponential hyperbolic",
    latex=r"\eta_t = \eta_{\max}\,e^{\,h(0) - h(\min(t, N))},\quad e = \frac{\eta_U}{\eta_{\max}},"
    r"\quad h(n) = \frac{\sqrt{(N - n)(2U - N - n)}}{U}",
    paper="kim2024hyperboliclr",
    params=(
        TOTAL, UPPER,
        Param("end_factor", 1e-5, 1.0, 1e-3, "log", "what the longest run ends at, as a fraction of base_lr", "> 0"),
    ),
)


def exponential_between(t, base_lr, total_steps, end_factor):
    """From base_lr to end_factor * base_lr by equal ratios, then level.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at t = 0; the peak, unless end_factor is above 1
    total_steps  steps until the end, an integer >= 1
    end_factor   the last rate as a fraction of base_lr, > 0; above 1 it grows

    >>> [round(exponential_between(t, base_lr=0.1, total_steps=100, end_factor=0.01), 6) for t in (0, 50, 100, 200)]
    [0.1, 0.01, 0.001, 0.001]
    >>> [exponential_between(t, base_lr=1e-4, total_steps=100, end_factor=1e4) for t in (0, 50, 100)]
    [0.0001, 0.01, 1.0]

    Also called: SchedExp; with end_factor above 1 it is the ramp of the learning-rate range test.
    Not to be confused with exponential_decay, which has no end: gamma ** total_steps is its end_factor.
    Source: fastai's SchedExp and LRFinder; the range test is from Smith, Cyclical Learning Rates, WACV 2017, arXiv 1506.01186.
    """
    return base_lr * end_factor ** (min(t, total_steps) / total_steps)


card(
    exponential_between,
    title="Exponential, from here to there",
    latex=r"\eta_t = \eta_{\max}\,e^{\,\min(t, N) / N},\quad e = \frac{\eta_N}{\eta_{\max}}",
    paper="smith2017clr",
    params=(TOTAL, Param("end_factor", 1e-4, 1.0, 0.01, "log", "the last rate as a fraction of base_lr", "> 0")),
    names={"fastai": "SchedExp"},
    seams=(("fastai", "SchedExp takes the last rate itself, and not a fraction."),),
)


def power_law(t, base_lr, timescale, power=0.5):
    """base_lr at t = 0, then down with a power of the time passed, without an end.

    t          index of the update about to be made, >= 0
    base_lr    the learning rate at t = 0, the peak
    timescale  steps that set the pace, an integer >= 1
    power      how steep it falls, >= 0: 0.5 is inverse_sqrt, 1 is inverse_time_decay

    >>> [power_law(t, base_lr=0.1, timescale=100, power=1.0) for t in (0, 100, 300)]
    [0.1, 0.05, 0.025]

    Also called: PowerDecayScheduler in pytorch-scheduler, which is warmup with this behind it and timescale=warmup_steps.
    Not to be confused with power_decay, the Power scheduler, nor with polynomial, which has an end.
    Source: timm's WSDLRScheduler(stable_fn="power", stable_timescale, stable_power).
    """
    return base_lr * (timescale / (t + timescale)) ** power


card(
    power_law,
    title="Power law",
    latex=r"\eta_t = \eta_{\max}\left(\frac{\tau}{t + \tau}\right)^{p}",
    paper="timm",
    params=(
        TIMESCALE,
        Param("power", 0.0, 2.0, 0.5, 0.05, "how steep it falls", ">= 0"),
    ),
    names={"timm": 'WSDLRScheduler(stable_fn="power")'},
)


def power_decay(t, base_lr, batch_size, seq_len=4096, a=4.0, b=-0.51, warmup_steps=0):
    """base_lr until a power of the tokens seen falls below it, then that power; it knows no end.

    t             index of the update about to be made, >= 0
    base_lr       the learning rate that is never passed, the peak; 0.02 in the paper
    batch_size    sequences in one update, an integer >= 1
    seq_len       tokens in one sequence, an integer >= 1
    a             the factor of the power, > 0
    b             the exponent of the tokens, <= 0
    warmup_steps  steps of a straight line from 0 up to the curve, an integer >= 0

    >>> [round(power_decay(t, base_lr=0.02, batch_size=128), 4) for t in (0, 500, 1000, 4000)]
    [0.02, 0.02, 0.0183, 0.009]

    Also called: the Power scheduler. It is meant for muP; its last phase, a cool-down, is wsd chained behind it.
    Not to be confused with power_law, whose pace is given in steps, nor with polynomial. The paper's 4.6 in place of 4
    belongs to its law for the best constant rate.
    Source: Shen et al., Power Scheduler, 2024, arXiv 2408.13359, Eq. 7 (verified in its text).
    """
    tokens = max(t, warmup_steps, 1) * batch_size * seq_len
    rate = min(base_lr, batch_size * a * tokens**b)
    return rate * t / warmup_steps if t < warmup_steps else rate


card(
    power_decay,
    title="Power scheduler",
    latex=r"\eta_t = \min(\eta_{\max},\ \beta\,a\,n^{b})\cdot\min\left(1, \frac tW\right)\text{ (the last factor where }W > 0),\quad n = \max(t, W, 1)\,\beta\,L",
    paper="shen2024power",
    params=(
        Param("base_lr", 0.001, 0.1, 0.02, "log", "the learning rate that is never passed", ">= 0"),
        Param("batch_size", 1, 1024, 8, "log", "sequences in one update", ">= 1"),
        Param("seq_len", 256, 8192, 4096, "log", "tokens in one sequence", ">= 1"),
        Param("a", 1.0, 10.0, 4.0, 0.5, "the factor of the power", "> 0"),
        Param("b", -1.0, 0.0, -0.51, 0.01, "the exponent of the tokens", "<= 0"),
        Param("warmup_steps", 0, 100, 0, 1, "steps from 0 up to the curve", ">= 0"),
    ),
)
