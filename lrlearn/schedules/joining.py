"""Schedules made of schedules: one after the other, or all at once."""
from ..core import Param, Schedule, card
from .constant import constant
from .cosine import cosine
from .exponential_decay import exponential_decay
from .step_decay import step_decay


def sequential(t, base_lr, schedules, milestones):
    """One schedule after the other: number i takes over at milestones[i - 1] and sees the steps since then.

    t           index of the update about to be made, >= 0
    base_lr     the learning rate at the peak, given to each of them
    schedules   a list of Schedules
    milestones  the steps at which the next one takes over, ascending integers >= 0, one fewer than schedules

    >>> from lrlearn import Schedule, constant, cosine
    >>> plan = dict(schedules=[Schedule(constant), Schedule(cosine, T_max=4)], milestones=[10])
    >>> [round(sequential(t, 0.1, **plan), 6) for t in (9, 10, 12, 14, 20)]
    [0.1, 0.1, 0.05, 0.0, 0.0]

    Also called: joined or concatenated schedules. At a milestone nothing is smoothed: the next one begins where it begins.
    Not to be confused with chained, in which all of them act at once.
    Source: torch.optim.lr_scheduler.SequentialLR; optax.join_schedules.
    """
    i = sum([m <= t for m in milestones])
    return schedules[i](t - milestones[i - 1] if i else t, base_lr)


SCHEDULES = Param("schedules", None, None, [Schedule(constant), Schedule(cosine, T_max=60)], None, "the schedules to join", "a list of Schedules")

card(
    sequential,
    title="One after the other",
    latex=r"\eta_t = f_i(t - m_i),\quad m_i \le t < m_{i+1},\quad m_0 = 0",
    paper="pytorch",
    params=(
        SCHEDULES,
        Param("milestones", None, None, [40], None, "the steps at which the next one takes over",
              "a list of ascending integers >= 0, one fewer than schedules"),
    ),
    names={"torch": "SequentialLR", "optax": "join_schedules", "fastai": "combine_scheds", "ignite": "ConcatScheduler"},
    seams=(
        ("torch", "SequentialLR as the first part of another runs a step ahead, and as a later part it raises."),
        ("fastai", "combine_scheds takes parts of the run instead of steps."),
        ("ignite", "ConcatScheduler takes durations instead of milestones."),
    ),
)


def chained(t, base_lr, schedules):
    """All schedules at once: each takes what the one before it gives as its base_lr.

    t          index of the update about to be made, >= 0
    base_lr    the learning rate that the first one gets, the peak
    schedules  a list of Schedules

    >>> from lrlearn import Schedule, exponential_decay, step_decay
    >>> chained(10, 0.8, [Schedule(step_decay, step_size=10, gamma=0.5), Schedule(exponential_decay, gamma=1.0)])
    0.4

    Also called: the product of schedules, as long as none of them has an absolute floor.
    Not to be confused with sequential: warm-up and cosine chained multiply, and their product never reaches the peak.
    Source: torch.optim.lr_scheduler.ChainedScheduler.
    """
    for schedule in schedules:
        base_lr = schedule(t, base_lr)
    return base_lr


card(
    chained,
    title="All at once",
    latex=r"\eta_t = f_n(t, \ldots f_2(t, f_1(t, \eta_{\max})) \ldots)",
    paper="pytorch",
    params=(
        Param("schedules", None, None, [Schedule(exponential_decay, gamma=0.99), Schedule(step_decay, step_size=30, gamma=0.5)], None,
              "the schedules to join", "a list of Schedules"),
    ),
    names={"torch": "ChainedScheduler"},
    seams=(("torch", "ChainedScheduler moves each rate from where the others left it, so an absolute floor is approached otherwise."),),
)
