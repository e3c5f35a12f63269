"""Warm-up, stable, decay: a long plateau with a short cool-down."""
from math import cos, pi, sqrt

from ..core import ETA_MIN, Param, card

COOLDOWNS = {                               # decay_type -> what is left of the height, from 1 at x = 0 to 0 at x = 1
    "linear": lambda x: 1 - x,
    "1-sqrt": lambda x: 1 - sqrt(x),
    "cosine": lambda x: (1 + cos(pi * x)) / 2,
    "1-square": lambda x: 1 - x * x,
    "mirror-cosine": lambda x: 2 * (1 - x) - (1 + cos(pi * x)) / 2,
}


def wsd(t, base_lr, total_steps, decay_steps, warmup_steps=0, decay_type="linear", eta_min=0.0):
    """A straight line from 0 up to base_lr, base_lr for most of the run, and a cool-down to eta_min at t = total_steps.

    t             index of the update about to be made, >= 0
    base_lr       the learning rate of the plateau, the peak
    total_steps   steps until the bottom, an integer >= 1
    decay_steps   steps of the cool-down, an integer >= 1 and at most total_steps
    warmup_steps  steps of the warm-up, an integer >= 0; warm-up and cool-down together last at most total_steps
    decay_type    shape of the cool-down: "linear", "1-sqrt", "cosine", "1-square" or "mirror-cosine"
    eta_min       the learning rate at the bottom, the floor, >= 0

    >>> [wsd(t, base_lr=0.1, total_steps=100, decay_steps=20, warmup_steps=10) for t in (0, 5, 10, 80, 90, 100)]
    [0.0, 0.05, 0.1, 0.1, 0.05, 0.0]

    Also called: trapezoid, warm-up stable decay. The plateau knows no end: a run can be cooled down from any step of it.
    Not to be confused with linear decay to zero, which falls from the first update on.
    Source: Hägele et al., Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations, 2024, arXiv 2405.18392.
    """
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    begun = min(t, total_steps) - (total_steps - decay_steps)
    if begun <= 0:                          # the plateau: eta_min would only round it
        return base_lr
    return eta_min + (base_lr - eta_min) * COOLDOWNS[decay_type](begun / decay_steps)


card(
    wsd,
    title="Warm-up, stable, decay",
    latex=r"\eta_t = \begin{cases} \eta_{\max}\,t/W & t < W \\ \eta_{\max} & t < N - D \\"
    r" \eta_{\min} + (\eta_{\max} - \eta_{\min})\,\delta\left(\frac{\min(t, N) - (N - D)}{D}\right) & \text{after} \end{cases}",
    paper="hagele2024scaling",
    params=(
        Param("total_steps", 1, 200, 100, 1, "steps until the bottom", ">= 1"),
        Param("decay_steps", 1, 100, 20, 1, "steps of the cool-down", ">= 1 and <= total_steps"),
        Param("warmup_steps", 0, 100, 0, 1, "steps of the warm-up", ">= 0 and <= total_steps-decay_steps"),
        Param("decay_type", None, None, "linear", ("linear", "1-sqrt", "cosine", "1-square", "mirror-cosine"), "shape of the cool-down"),
        ETA_MIN,
    ),
    names={"transformers": "warmup_stable_decay", "timm": "WSDLRScheduler"},
    seams=(
        ("transformers", "decay_type is cosine by default, and the floor is a fraction of the peak."),
        ("timm", "decay_type is 1-sqrt by default, and t_initial leaves the warm-up out."),
    ),
)
