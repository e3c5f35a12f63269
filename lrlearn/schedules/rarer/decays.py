"""Rarer decays: other shapes of the way from the peak to the floor."""
from math import cos, pi, sin, tanh

from ...core import ETA_MIN, Param, card
from ..cosine import T_MAX
from ..polynomial import POWER

TOTAL = Param("total_steps", 1, 200, 100, 1, "steps until the bottom", ">= 1")
K = Param("k", 0.25, 4.0, 1.0, 0.25, "the exponent of the time", "> 0")


def rex(t, base_lr, total_steps, d=0.5):
    """From base_lr to 0 in total_steps steps: slow at first, ever steeper towards the end.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at t = 0, the peak
    total_steps  steps until 0, an integer >= 1
    d            how long it stays high, >= 0 and < 1; 0 is a straight line

    >>> [round(rex(t, base_lr=0.3, total_steps=100), 6) for t in (0, 50, 100, 200)]
    [0.3, 0.2, 0.0, 0.0]

    Also called: reflected exponential; REXScheduler in pytorch_optimizer, RexScheduler in pytorch-scheduler.
    Not to be confused with exponential_decay, which falls fast first.
    Source: Chen, Wolfe and Kyrillidis, REX: Revisiting Budgeted Training with an Improved Schedule, MLSys 2022, arXiv 2107.04197.
    """
    left = (total_steps - min(t, total_steps)) / total_steps      # from 1 to 0
    return base_lr * left / (1 - d + d * left)


card(
    rex,
    title="REX",
    latex=r"\eta_t = \eta_{\max}\,\frac{z}{(1 - d) + d z},\quad z = 1 - \frac{\min(t, N)}{N}",
    paper="chen2022rex",
    params=(TOTAL, Param("d", 0.0, 0.95, 0.5, 0.05, "how long it stays high", ">= 0 and < 1")),
)


def k_decay(t, base_lr, total_steps, k=1.0, eta_min=0.0):
    """Half a cosine wave from base_lr to eta_min whose time runs as a power of t.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at t = 0, the peak
    total_steps  steps until the bottom, an integer >= 1
    k            1 is the plain cosine, more stays high for longer, less falls early, > 0
    eta_min      the learning rate at the bottom, the floor, >= 0

    >>> [round(k_decay(t, base_lr=0.1, total_steps=100, k=2.0), 3) for t in (0, 50, 100, 200)]
    [0.1, 0.085, 0.0, 0.0]

    Also called: k-decay cosine, KDecayScheduler in pytorch-scheduler.
    Not to be confused with cosine_power, which takes the power of the cosine.
    Source: timm's CosineLRScheduler(k_decay), which names arXiv 2004.05909.
    """
    done = (min(t, total_steps) / total_steps) ** k
    return eta_min + (base_lr - eta_min) * (1 + cos(pi * done)) / 2


card(
    k_decay,
    title="k-decay",
    latex=r"\eta_t = \eta_{\min} + \tfrac12\,(\eta_{\max} - \eta_{\min})\left(1 + \cos\frac{\pi \min(t, N)^k}{N^k}\right)",
    paper="timm",
    params=(TOTAL, K, ETA_MIN),
    names={"timm": "CosineLRScheduler(k_decay)"},
)


def k_decay_polynomial(t, base_lr, total_steps, k=1.0, power=1.0, eta_min=0.0):
    """From base_lr to eta_min as a power of the way that is left, whose time runs as a power of t.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at t = 0, the peak
    total_steps  steps until the bottom, an integer >= 1
    k            1 is the plain polynomial, more stays high for longer, less falls early, > 0
    power        the exponent of the way that is left, > 0
    eta_min      the learning rate at the bottom, the floor, >= 0

    >>> [k_decay_polynomial(t, base_lr=1.0, total_steps=100, k=2.0) for t in (0, 50, 100, 200)]
    [1.0, 0.75, 0.0, 0.0]

    Also called: k-decay; with power 1 it is fastai's SchedPoly.
    Not to be confused with polynomial, which takes the power of the way that is left, and not of the way done.
    Source: timm's PolyLRScheduler(k_decay), which names arXiv 2004.05909; fastai's SchedPoly.
    """
    done = (min(t, total_steps) / total_steps) ** k
    return eta_min + (base_lr - eta_min) * (1 - done) ** power


card(
    k_decay_polynomial,
    title="k-decay of a polynomial",
    latex=r"\eta_t = \eta_{\min} + (\eta_{\max} - \eta_{\min})\left(1 - \frac{\min(t, N)^k}{N^k}\right)^{p}",
    paper="timm",
    params=(TOTAL, K, POWER, ETA_MIN),
    names={"timm": "PolyLRScheduler(k_decay)", "fastai": "SchedPoly"},
    seams=(("timm", "PolyLRScheduler has power 0.5 by default."),),
)


def tanh_decay(t, base_lr, total_steps, lb=-7.0, ub=3.0, eta_min=0.0):
    """A smooth step from nearly base_lr to nearly eta_min along a hyperbolic tangent, then eta_min.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate that the curve comes from, the peak
    total_steps  steps until eta_min, an integer >= 1
    lb           where on the tangent it begins, >= -100; the further below 0, the longer it stays high
    ub           where on the tangent it ends, > lb and <= 100
    eta_min      the learning rate from total_steps on, the floor, >= 0

    >>> [round(tanh_decay(t, base_lr=0.1, total_steps=100), 6) for t in (0, 70, 99, 100, 200)]
    [0.1, 0.05, 0.000302, 0.0, 0.0]

    Also called: TanhDecayScheduler in pytorch-scheduler, with lb = -steepness and ub = steepness.
    Not to be confused with cosine, whose ends are exact: this one begins a little below base_lr and drops the last
    bit, 0.25 % of the height with the defaults, at once.
    Source: timm's TanhLRScheduler.
    """
    if t >= total_steps:
        return eta_min
    x = (lb * (total_steps - t) + ub * t) / total_steps           # from lb towards ub
    return eta_min + (base_lr - eta_min) * (1 - tanh(x)) / 2


card(
    tanh_decay,
    title="Hyperbolic tangent decay",
    latex=r"\eta_t = \eta_{\min} + \tfrac12\,(\eta_{\max} - \eta_{\min})"
    r"\left(1 - \tanh\left(l\,(1 - \tfrac tN) + u\,\tfrac tN\right)\right)"
    r"\text{ for } t < N,\quad \eta_{\min}\text{ after}",
    paper="timm",
    params=(
        TOTAL,
        Param("lb", -10.0, 0.0, -7.0, 0.5, "where on the tangent it begins", ">= -100 and <= 100"),
        Param("ub", 0.5, 10.0, 3.0, 0.5, "where on the tangent it ends", "> lb and <= 100"),
        ETA_MIN,
    ),
    names={"timm": "TanhLRScheduler"},
    seams=(("timm", "the first update has the optimizer's own rate, which is exactly the peak."),),
)


def cosine_power(t, base_lr, T_max, exponent=1.0, eta_min=0.0):
    """A power of half a cosine wave from base_lr at t = 0 to eta_min at t = T_max, then eta_min.

    t         index of the update about to be made, >= 0
    base_lr   the learning rate at t = 0, the peak
    T_max     steps until the bottom, an integer >= 1
    exponent  1 is the plain cosine, more falls early, less falls late, > 0
    eta_min   the learning rate at the bottom, the floor, >= 0

    >>> [round(cosine_power(t, base_lr=0.1, T_max=100, exponent=2.0), 6) for t in (0, 50, 100, 200)]
    [0.1, 0.025, 0.0, 0.0]

    Also called: cosine decay with an exponent.
    Not to be confused with k_decay, which takes the power of the time.
    Source: optax.cosine_decay_schedule(exponent).
    """
    left = (T_max - min(t, T_max)) / T_max                        # from 1 to 0
    return eta_min + (base_lr - eta_min) * sin(pi * left / 2) ** (2 * exponent)


card(
    cosine_power,
    title="A power of the cosine",
    latex=r"\eta_t = \eta_{\min} + (\eta_{\max} - \eta_{\min})"
    r"\left(\tfrac12\left(1 + \cos\frac{\pi \min(t, T_{\max})}{T_{\max}}\right)\right)^{q}",
    paper="optax",
    params=(
        T_MAX,
        Param("exponent", 0.25, 4.0, 1.0, 0.25, "the exponent of the half wave", "> 0"),
        ETA_MIN,
    ),
    names={"optax": "cosine_decay_schedule(exponent)"},
    seams=(("optax", "alpha is the floor as a fraction of the peak, not a learning rate."),),
)
