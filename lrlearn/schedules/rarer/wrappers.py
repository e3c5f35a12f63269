"""Rarer schedules around a schedule: the untuned warm-ups, stairs, bounds and repetition."""
from math import exp

from ...core import Param, Schedule, card
from ..cosine import cosine
from ..exponential_decay import exponential_decay

DAMPED = Param("schedule", None, None, Schedule(cosine, T_max=5000), None, "the schedule that is damped", "a Schedule")
BETA2 = Param("beta2", 0.9, 0.999, 0.999, 0.001, "the second-moment decay of Adam", ">= 0 and < 1")


def untuned_warmup(t, base_lr, schedule, beta2=0.999):
    """The schedule, damped along a straight line for the first 2 / (1 - beta2) updates.

    t         index of the update about to be made, >= 0
    base_lr   the learning rate at the peak
    schedule  the Schedule that is damped; it runs from t = 0 on
    beta2     the second-moment decay of Adam, >= 0 and < 1

    >>> from lrlearn import Schedule, constant
    >>> [round(untuned_warmup(t, 0.1, Schedule(constant)), 6) for t in (0, 999, 1999, 5000)]
    [5e-05, 0.05, 0.1, 0.1]

    Also called: untuned linear warm-up; UntunedLinearWarmup in pytorch_warmup, which rounds the 2000 updates of beta2=0.999
    down to 1999.
    Not to be confused with warmup, behind which the schedule begins; here both run at once.
    Source: Ma and Yarats, On the Adequacy of Untuned Warmup for Adaptive Optimization, AAAI 2021, arXiv 1910.04209.
    """
    return schedule(t, base_lr) * min(1.0, (t + 1) * (1 - beta2) / 2)


card(
    untuned_warmup,
    title="Untuned linear warm-up",
    latex=r"\eta_t = f(t)\,\min\left(1,\ \tfrac12 (1 - \beta_2)\,(t + 1)\right)",
    paper="ma2021untuned",
    params=(DAMPED, BETA2),
)


def exponential_warmup(t, base_lr, schedule, beta2=0.999):
    """The schedule, damped by 1 - exp(-(1 - beta2) * (t + 1)), which comes ever closer to 1.

    t         index of the update about to be made, >= 0
    base_lr   the learning rate at the peak
    schedule  the Schedule that is damped; it runs from t = 0 on
    beta2     the second-moment decay of Adam, >= 0 and < 1

    >>> from lrlearn import Schedule, constant
    >>> [round(exponential_warmup(t, 0.1, Schedule(constant)), 6) for t in (0, 999, 4999)]
    [0.0001, 0.063212, 0.099326]

    Also called: untuned exponential warm-up, UntunedExponentialWarmup in pytorch_warmup. It is close to Adam's own bias
    correction 1 - beta2 ** (t + 1).
    Not to be confused with exponential_between, which grows by equal ratios.
    Source: Ma and Yarats, On the Adequacy of Untuned Warmup for Adaptive Optimization, AAAI 2021, arXiv 1910.04209.
    """
    return schedule(t, base_lr) * (1 - exp(-(1 - beta2) * (t + 1)))


card(
    exponential_warmup,
    title="Untuned exponential warm-up",
    latex=r"\eta_t = f(t)\left(1 - e^{-(1 - \beta_2)(t + 1)}\right)",
    paper="ma2021untuned",
    params=(DAMPED, BETA2),
)


def staircase(t, base_lr, schedule, step_size):
    """The schedule, looked at only every step_size steps and held in between.

    t          index of the update about to be made, >= 0
    base_lr    the learning rate at the peak
    schedule   the Schedule that is followed
    step_size  steps of one stair, an integer >= 1: those of an epoch for a rate that changes once an epoch

    >>> from lrlearn import Schedule, linear
    >>> [staircase(t, 0.1, Schedule(linear, total_iters=100), step_size=50) for t in (0, 49, 50, 99, 100)]
    [0.1, 0.1, 0.05, 0.05, 0.0]

    Also called: staircase=True; a scheduler stepped once an epoch whose plan is told in updates.
    Not to be confused with step_decay, a staircase of its own.
    Source: keras.optimizers.schedules.InverseTimeDecay(staircase=True).
    """
    return schedule(t - t % step_size, base_lr)


card(
    staircase,
    title="Staircase",
    latex=r"\eta_t = f\left(s \lfloor t / s \rfloor\right)",
    paper="keras",
    params=(
        Param("schedule", None, None, Schedule(cosine, T_max=100), None, "the schedule that is followed", "a Schedule"),
        Param("step_size", 1, 50, 10, 1, "steps of one stair", ">= 1"),
    ),
    names={"optax": "exponential_decay(staircase=True)", "keras": "InverseTimeDecay(staircase=True)"},
)


def clipped(t, base_lr, schedule, min_lr=0.0, max_lr=None):
    """The schedule, kept between two learning rates.

    t         index of the update about to be made, >= 0
    base_lr   the learning rate at the peak
    schedule  the Schedule that is kept within bounds
    min_lr    the lowest learning rate, >= 0
    max_lr    the highest learning rate, >= min_lr; None for no bound

    >>> from lrlearn import Schedule, exponential_decay
    >>> [clipped(t, 0.1, Schedule(exponential_decay, gamma=0.5), min_lr=0.03) for t in range(4)]
    [0.1, 0.05, 0.03, 0.03]

    Also called: end_value, minimum learning rate.
    Not to be confused with eta_min, which a schedule approaches on its whole way.
    Source: optax.exponential_decay(end_value).
    """
    rate = max(schedule(t, base_lr), min_lr)
    return rate if max_lr is None else min(rate, max_lr)


card(
    clipped,
    title="Between two bounds",
    latex=r"\eta_t = \min(\max(f(t),\ \eta_{\min}),\ \eta_{\mathrm{hi}})",
    paper="optax",
    params=(
        Param("schedule", None, None, Schedule(exponential_decay, gamma=0.97), None, "the schedule that is kept within bounds",
              "a Schedule"),
        Param("min_lr", 0.0, 0.1, 0.0, 0.001, "the lowest learning rate", ">= 0"),
        Param("max_lr", 0.1, 1.0, None, 0.1, "the highest learning rate", "None or >= min_lr"),
    ),
    names={"optax": "exponential_decay(end_value)"},
)


def repeat(t, base_lr, schedule, T_0, decay=1.0):
    """The schedule, begun anew every T_0 steps, each time with a peak decay times as high.

    t         index of the update about to be made, >= 0
    base_lr   the learning rate at the first peak
    schedule  the Schedule of one cycle; it sees the steps since the last restart
    T_0       steps of one cycle, an integer >= 1
    decay     the factor of the peak at a restart, >= 0 and <= 1

    >>> from lrlearn import Schedule, linear
    >>> [repeat(t, 0.1, Schedule(linear, total_iters=10), T_0=10, decay=0.5) for t in (0, 5, 10, 15, 20)]
    [0.1, 0.05, 0.05, 0.025, 0.025]

    Also called: restarts, saw-tooth. Around warmup it is the cosine restarts with a warm-up in each cycle.
    Not to be confused with cosine_restarts, whose cycles may grow.
    Source: timm's cycle_limit and cycle_decay; ignite's LinearCyclicalScheduler(monotonic=True).
    """
    return schedule(t % T_0, base_lr * decay ** (t // T_0))


card(
    repeat,
    title="Again and again",
    latex=r"\eta_t = f\left(t \bmod T_0,\ \eta_{\max}\,\gamma^{\lfloor t / T_0 \rfloor}\right)",
    paper="timm",
    params=(
        Param("schedule", None, None, Schedule(cosine, T_max=30), None, "the schedule of one cycle", "a Schedule"),
        Param("T_0", 1, 100, 30, 1, "steps of one cycle", ">= 1"),
        Param("decay", 0.0, 1.0, 1.0, 0.05, "the factor of the peak at a restart", ">= 0 and <= 1"),
    ),
    names={"timm": "PolyLRScheduler(cycle_limit, cycle_decay)", "ignite": "LinearCyclicalScheduler(monotonic=True)"},
    seams=(("timm", "after cycle_limit cycles the rate is the floor."),),
)
