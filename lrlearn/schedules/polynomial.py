"""Linear and polynomial decay: a power of the way that is left."""
from ..core import ETA_MIN, Param, card


def linear(t, base_lr, total_iters, start_factor=1.0, end_factor=0.0):
    """A straight line from start_factor * base_lr at t = 0 to end_factor * base_lr at t = total_iters, then level.

    t             index of the update about to be made, >= 0
    base_lr       the learning rate that the factors scale, the peak when neither is above 1
    total_iters   steps until the end of the line, an integer >= 1
    start_factor  the first rate as a fraction of base_lr, >= 0
    end_factor    the last rate as a fraction of base_lr, >= 0

    >>> [linear(t, base_lr=0.1, total_iters=100) for t in (0, 50, 100, 200)]
    [0.1, 0.05, 0.0, 0.0]

    Also called: linear decay, decay to zero.
    Not to be confused with torch's LinearLR, which by default climbs from a third of the rate in five steps.
    Source: Defazio et al., Optimal Linear Decay Learning Rate Schedules and Further Refinements, 2023, arXiv 2310.07831.
    """
    done = min(t, total_iters) / total_iters                      # from 0 to 1
    return base_lr * (start_factor * (1 - done) + end_factor * done)


card(
    linear,
    title="Linear",
    latex=r"\eta_t = \eta_{\max}\,(s\,(1 - x) + e\,x),\quad x = \frac{\min(t, N)}{N}",
    paper="defazio2023linear",
    params=(
        Param("total_iters", 1, 200, 100, 1, "steps until the end of the line", ">= 1"),
        Param("start_factor", 0.0, 1.0, 1.0, 0.05, "the first rate as a fraction of base_lr", ">= 0"),
        Param("end_factor", 0.0, 1.0, 0.0, 0.05, "the last rate as a fraction of base_lr", ">= 0"),
    ),
    names={"torch": "LinearLR", "transformers": "linear", "optax": "linear_schedule"},
    seams=(("torch", "LinearLR defaults to start_factor=1/3, end_factor=1 and total_iters=5, and start_factor may not be 0."),),
)


def polynomial(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """From base_lr to eta_min in total_iters steps, as a power of the way that is left; then eta_min.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at t = 0, the peak
    total_iters  steps until the bottom, an integer >= 1
    power        1 is a straight line, more falls early, less falls late, > 0
    eta_min      the learning rate at the bottom, the floor, >= 0

    >>> [polynomial(t, base_lr=0.1, total_iters=100, power=2.0) for t in (0, 50, 100, 200)]
    [0.1, 0.025, 0.0, 0.0]

    Also called: poly.
    Not to be confused with transformers' and Keras' polynomial, which end at 1e-7 and 1e-4 by default and not at 0.
    Source: common knowledge; torch.optim.lr_scheduler.PolynomialLR.
    """
    return eta_min + (base_lr - eta_min) * (1 - min(t, total_iters) / total_iters) ** power


POWER = Param("power", 0.25, 4.0, 1.0, 0.25, "the exponent of the way that is left", "> 0")

card(
    polynomial,
    title="Polynomial decay",
    latex=r"\eta_t = \eta_{\min} + (\eta_{\max} - \eta_{\min})\left(1 - \frac{\min(t, N)}{N}\right)^{p}",
    paper="pytorch",
    params=(
        Param("total_iters", 1, 200, 100, 1, "steps until the bottom", ">= 1"),
        POWER,
        ETA_MIN,
    ),
    names={"torch": "PolynomialLR", "transformers": "polynomial", "optax": "polynomial_schedule", "keras": "PolynomialDecay", "timm": "PolyLRScheduler"},
    seams=(
        ("torch", "PolynomialLR has no floor and defaults to 5 steps."),
        ("transformers", "lr_end is 1e-7 by default."),
        ("keras", "end_learning_rate is 1e-4 by default."),
    ),
)
