"""The constant learning rate, and torch's constant factor for the first steps."""
from ..core import Param, card


def constant(t, base_lr, factor=1.0, total_iters=0):
    """base_lr at every step; for the first total_iters steps, factor * base_lr.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate, >= 0
    factor       what multiplies it during the first steps, >= 0
    total_iters  how many first steps, >= 0

    >>> constant(50, base_lr=0.1)
    0.1

    Also called: fixed, flat. Not to be confused with torch's ConstantLR, whose default is a third of the rate for
    five steps.
    Source: common knowledge; torch.optim.lr_scheduler.ConstantLR for the factor.
    """
    return base_lr * factor if t < total_iters else base_lr


card(
    constant,
    title="Constant",
    latex=r"\eta_t = \begin{cases} c\,\eta_{\max} & t < N \\ \eta_{\max} & \text{after} \end{cases}",
    paper="pytorch",
    params=(
        Param("factor", 0.0, 1.0, 1.0, 0.05, "what multiplies the rate during the first steps", ">= 0"),
        Param("total_iters", 0, 100, 0, 1, "steps for which the factor holds", ">= 0"),
    ),
    names={"torch": "ConstantLR", "transformers": "constant", "optax": "constant_schedule"},
    seams=(("torch", "ConstantLR defaults to factor=1/3 and total_iters=5."),),
)
