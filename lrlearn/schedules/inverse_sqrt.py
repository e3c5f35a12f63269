"""Inverse square root: falls with the root of time, and needs no end."""
from math import sqrt

from ..core import Param, card


def inverse_sqrt(t, base_lr, timescale):
    """base_lr at t = 0, half of it at t = 3 * timescale: it falls with the root of the time passed.

    t          index of the update about to be made, >= 0
    base_lr    the learning rate at t = 0, the peak
    timescale  steps that set the pace, an integer >= 1

    >>> [inverse_sqrt(t, base_lr=0.1, timescale=100) for t in (0, 300, 1500)]
    [0.1, 0.05, 0.025]

    Also called: rsqrt. The transformers' inverse_sqrt is warmup with this behind it; T5's plan is sequential with
    constant for the first timescale steps and this behind it.
    Not to be confused with noam, which holds the warm-up inside, nor with inverse_time_decay, which falls faster.
    Source: Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762; transformers get_inverse_sqrt_schedule.
    """
    return base_lr * sqrt(timescale / (t + timescale))


TIMESCALE = Param("timescale", 1, 200, 25, 1, "steps that set the pace", ">= 1")

card(
    inverse_sqrt,
    title="Inverse square root",
    latex=r"\eta_t = \eta_{\max}\,\sqrt{\frac{\tau}{t + \tau}}",
    paper="vaswani2017attention",
    params=(TIMESCALE,),
    names={"transformers": "inverse_sqrt", "timm": 'WSDLRScheduler(stable_fn="rsqrt")'},
    seams=(("transformers", "timescale is num_warmup_steps by default, or 10000 where that is 0."),),
)


def noam(t, base_lr, d_model=512, warmup_steps=4000):
    """Up in a straight line for warmup_steps updates, then down with the root of time, scaled by the model's width.

    t             index of the update about to be made, >= 0; the paper counts from 1
    base_lr       a factor, and not the peak: the paper has 1
    d_model       the width of the model, an integer >= 1
    warmup_steps  updates of the warm-up, an integer >= 1; the peak is at t = warmup_steps - 1

    >>> round(noam(3999, base_lr=1.0), 6)
    0.000699

    Also called: Noam decay, the Transformer's schedule. The peak is base_lr / sqrt(d_model * warmup_steps).
    Not to be confused with inverse_sqrt, whose base_lr is the peak.
    Source: Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762.
    """
    n = t + 1
    return base_lr * d_model**-0.5 * min(n**-0.5, n * warmup_steps**-1.5)


card(
    noam,
    title="Noam",
    latex=r"\eta_t = c\; d_{\mathrm{model}}^{-1/2}\,\min\left((t + 1)^{-1/2},\ (t + 1)\,W^{-3/2}\right)",
    paper="vaswani2017attention",
    params=(
        Param("base_lr", 0.1, 10.0, 1.0, "log", "a factor, 1 in the paper", ">= 0"),
        Param("d_model", 64, 4096, 512, "log", "the width of the model", ">= 1"),
        Param("warmup_steps", 100, 10000, 4000, 100, "updates of the warm-up", ">= 1"),
    ),
)
