"""Curves through given points: the reader's own table of steps and learning rates."""
from ...core import Param, card
from ..one_cycle import through

MILESTONES = Param("milestones", None, None, [10, 60, 90, 120], None, "the steps of the points",
                   "a list of ascending integers >= 0")
VALUES = Param("values", None, None, [0.1, 1.0, 0.5, 0.0], None, "the rates at the points as fractions of base_lr",
               "a list of numbers >= 0, as many as milestones")


def along(t, milestones, values, way):
    """The curve through the points: the first value before the first of them, the last after the last, 1 without any."""
    if not milestones:
        return 1.0
    points = list(zip(milestones, values))
    return through(min(t, milestones[-1]), points[:1] + points, way)        # the first one twice: level before it


def piecewise_constant(t, base_lr, milestones, values):
    """A staircase: from each milestone on the rate is its value times base_lr; before the first it is the first value.

    t           index of the update about to be made, >= 0
    base_lr     the learning rate that the values are fractions of
    milestones  the steps at which the rate changes, ascending integers >= 0
    values      the rates from there on as fractions of base_lr, each >= 0, as many as milestones

    >>> [piecewise_constant(t, 0.1, milestones=[0, 10, 20], values=[1.0, 0.5, 0.0]) for t in (0, 9, 10, 20, 99)]
    [0.1, 0.1, 0.05, 0.0, 0.0]

    Also called: staircase, table of rates. Without any point it is base_lr.
    Not to be confused with multistep_decay, where every cut has the same factor.
    Source: keras.optimizers.schedules.PiecewiseConstantDecay; optax.piecewise_constant_schedule.
    """
    passed = sum([m <= t for m in milestones])
    return base_lr * values[max(passed - 1, 0)] if values else base_lr


card(
    piecewise_constant,
    title="Piecewise constant",
    latex=r"\eta_t = \eta_{\max}\,v_i,\quad m_i \le t < m_{i+1}",
    paper="keras",
    params=(MILESTONES, VALUES),
    names={"optax": "piecewise_constant_schedule", "keras": "PiecewiseConstantDecay"},
    seams=(
        ("optax", "each boundary has the factor by which the rate changes, not the rate."),
        ("keras", "the rate changes one step after its boundary, and there is one value more than boundaries."),
    ),
)


def piecewise_linear(t, base_lr, milestones, values):
    """Straight lines through the points (milestone, value * base_lr), level before the first and after the last.

    t           index of the update about to be made, >= 0
    base_lr     the learning rate that the values are fractions of
    milestones  the steps of the points, ascending integers >= 0; a step named twice jumps right after it
    values      the rates at the points as fractions of base_lr, each >= 0, as many as milestones

    >>> [piecewise_linear(t, 0.1, milestones=[10, 20, 40], values=[0.0, 1.0, 0.5]) for t in (0, 10, 15, 20, 40, 99)]
    [0.0, 0.0, 0.05, 0.1, 0.05, 0.05]

    Also called: interpolated table, numpy.interp(t, milestones, values). Without any point it is base_lr.
    Not to be confused with piecewise_constant, which jumps.
    Source: ignite.handlers.PiecewiseLinear.
    """
    return base_lr * along(t, milestones, values, "linear")


card(
    piecewise_linear,
    title="Piecewise linear",
    latex=r"\eta_t = \eta_{\max}\left(v_i + (v_{i+1} - v_i)\,\frac{t - m_i}{m_{i+1} - m_i}\right),\quad m_i \le t \le m_{i+1}",
    paper="optax",
    params=(MILESTONES, VALUES),
    names={"optax": 'piecewise_interpolate_schedule("linear")', "ignite": "PiecewiseLinear"},
    seams=(
        ("optax", "the first point is at step 0, and each boundary has the factor by which the rate changes, not the rate."),
        ("ignite", "milestones_values holds pairs, with the rates themselves."),
    ),
)


def piecewise_cosine(t, base_lr, milestones, values):
    """Half cosine waves through the points (milestone, value * base_lr), level at each of them.

    t           index of the update about to be made, >= 0
    base_lr     the learning rate that the values are fractions of
    milestones  the steps of the points, ascending integers >= 0; a step named twice jumps right after it
    values      the rates at the points as fractions of base_lr, each >= 0, as many as milestones

    >>> [round(piecewise_cosine(t, 0.1, milestones=[0, 20, 40], values=[0.0, 1.0, 0.5]), 6) for t in (0, 10, 20, 30, 40, 99)]
    [0.0, 0.05, 0.1, 0.075, 0.05, 0.05]

    Also called: combined cosines. Without any point it is base_lr.
    Not to be confused with cosine_restarts, which jumps back up.
    Source: optax.piecewise_interpolate_schedule; fastai's combine_scheds of SchedCos.
    """
    return base_lr * along(t, milestones, values, "cos")


card(
    piecewise_cosine,
    title="Piecewise cosine",
    latex=r"\eta_t = \eta_{\max}\left(v_i + (v_{i+1} - v_i)\,\tfrac12"
    r"\left(1 - \cos\frac{\pi\,(t - m_i)}{m_{i+1} - m_i}\right)\right),\quad m_i \le t \le m_{i+1}",
    paper="optax",
    params=(MILESTONES, VALUES),
    names={"optax": 'piecewise_interpolate_schedule("cosine")', "fastai": "combined_cos"},
    seams=(
        ("optax", "the first point is at step 0, and each boundary has the factor by which the rate changes, not the rate."),
        ("fastai", "combined_cos has three points, given as parts of the run."),
    ),
)
