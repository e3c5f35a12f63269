"""Cosine annealing: half a cosine wave from the peak to the floor."""
from math import cos, pi

from ..core import ETA_MIN, Param, card


def cosine(t, base_lr, T_max, eta_min=0.0):
    """Half a cosine wave from base_lr at t = 0 to eta_min at t = T_max, then eta_min.

    t        index of the update about to be made, >= 0
    base_lr  the learning rate at t = 0, the peak
    T_max    steps until the bottom, an integer >= 1
    eta_min  the learning rate at the bottom, the floor, >= 0

    >>> cosine(50, base_lr=0.1, T_max=100)
    0.05
    >>> cosine(0, 0.1, T_max=100), cosine(100, 0.1, T_max=100, eta_min=0.001)
    (0.1, 0.001)

    Also called: cosine annealing, cosine decay, SGDR without restarts.
    Not to be confused with cosine_restarts, which jumps back up, nor with torch's CosineAnnealingLR after T_max,
    which rises again: this formula holds.
    Source: Loshchilov and Hutter, SGDR, ICLR 2017, arXiv 1608.03983.
    """
    half_wave = (1 + cos(pi * min(t, T_max) / T_max)) / 2     # from 1 to 0
    return eta_min + (base_lr - eta_min) * half_wave


T_MAX = Param("T_max", 1, 200, 100, 1, "steps until the bottom", ">= 1")

card(
    cosine,
    title="Cosine annealing",
    latex=r"\eta_t = \eta_{\min} + \tfrac12\,(\eta_{\max} - \eta_{\min})\left(1 + \cos\frac{\pi \min(t, T_{\max})}{T_{\max}}\right)",
    paper="loshchilov2017sgdr",
    params=(
        T_MAX,
        ETA_MIN,
    ),
    names={
        "torch": "CosineAnnealingLR",
        "transformers": "cosine",
        "optax": "cosine_decay_schedule",
        "keras": "CosineDecay",
        "timm": "CosineLRScheduler",
    },
    seams=(
        ("torch", "CosineAnnealingLR rises again after T_max, with period 2 * T_max."),
        ("transformers", "get_cosine_schedule_with_warmup rises again after its last step."),
        ("optax", "alpha is the floor as a fraction of the peak, not a learning rate."),
        ("keras", "alpha is the floor as a fraction of the peak, and decay_steps leaves the warm-up out."),
    ),
)
