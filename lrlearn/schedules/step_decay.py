"""Step decay: a cut every so many steps, or at chosen ones."""
from ..core import Param, card


def step_decay(t, base_lr, step_size, gamma=0.1):
    """base_lr, cut to gamma times its value every step_size steps.

    t          index of the update about to be made, >= 0
    base_lr    the learning rate before the first cut, the peak
    step_size  steps between two cuts, an integer >= 1
    gamma      the factor of one cut, > 0; above 1 it grows

    >>> [step_decay(t, base_lr=0.8, step_size=30, gamma=0.5) for t in (0, 29, 30, 60, 90)]
    [0.8, 0.8, 0.4, 0.2, 0.1]

    Also called: staircase, piecewise constant.
    Not to be confused with multistep_decay, which cuts at chosen steps.
    Source: common knowledge; torch.optim.lr_scheduler.StepLR.
    """
    return base_lr * gamma ** (t // step_size)


card(
    step_decay,
    title="Step decay",
    latex=r"\eta_t = \eta_{\max}\,\gamma^{\lfloor t / s \rfloor}",
    paper="pytorch",
    params=(
        Param("step_size", 1, 100, 30, 1, "steps between two cuts", ">= 1"),
        Param("gamma", 0.05, 1.0, 0.1, 0.05, "the factor of one cut", "> 0"),
    ),
    names={"torch": "StepLR", "optax": "exponential_decay(staircase=True)", "keras": "ExponentialDecay(staircase=True)", "timm": "StepLRScheduler"},
)


def multistep_decay(t, base_lr, milestones, gamma=0.1):
    """base_lr, cut to gamma times its value at each of the milestones.

    t           index of the update about to be made, >= 0
    base_lr     the learning rate before the first cut, the peak
    milestones  the steps of the cuts, ascending integers >= 0; one that stands twice cuts twice
    gamma       the factor of one cut, > 0; above 1 it grows

    >>> [multistep_decay(t, base_lr=0.8, milestones=[30, 80], gamma=0.5) for t in (0, 29, 30, 80, 90)]
    [0.8, 0.8, 0.4, 0.2, 0.2]

    Also called: piecewise constant decay.
    Not to be confused with optax' and Keras' piecewise constants, which take other factors or the rates themselves.
    Source: common knowledge; torch.optim.lr_scheduler.MultiStepLR.
    """
    return base_lr * gamma ** sum([m <= t for m in milestones])


card(
    multistep_decay,
    title="Multi-step decay",
    latex=r"\eta_t = \eta_{\max}\,\gamma^{\,\#\{i : m_i \le t\}}",
    paper="pytorch",
    params=(
        Param("milestones", None, None, [30, 60, 80], None, "the steps of the cuts", "a list of ascending integers >= 0"),
        Param("gamma", 0.05, 1.0, 0.1, 0.05, "the factor of one cut", "> 0"),
    ),
    names={
        "torch": "MultiStepLR",
        "optax": "piecewise_constant_schedule",
        "keras": "PiecewiseConstantDecay",
        "timm": "MultiStepLRScheduler",
    },
    seams=(
        ("keras", "PiecewiseConstantDecay takes the rates themselves and cuts one step after each boundary."),
        ("timm", "MultiStepLRScheduler cuts one step before each of decay_t."),
    ),
)
