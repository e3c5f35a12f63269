"""Step decay: a cut every so many steps, or at chosen ones."""
from ..core import Param, card


def step_decay(t, base_lr, step_size, gamma=0.1):
    """base_lr, cut to gamma times its value every step_size steps.

    t          index of the update about to be made, >= 0
    base_lr    the learning rate before the first cut, the peak
    step_size  steps between two cuts, an integer >= 1
    gamma      the factor of one cut, > 0 and <= 1

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
    paper=None,
    params=(
        Param("step_size", 1, 100, 30, 1, "steps between two cuts", ">= 1"),
        Param("gamma", 0.05, 1.0, 0.1, 0.05, "the factor of one cut", "> 0 and <= 1"),
    ),
    names={"torch": "StepLR", "optax": "exponential_decay(staircase=True)", "keras": "ExponentialDecay(staircase=True)", "timm": "StepLRScheduler"},
)
