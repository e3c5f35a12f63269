"""One cycle: up to the peak and down to almost nothing, with momentum the other way."""
from math import cos, pi

from ..core import Param, card


def through(t, corners, anneal_strategy):
    """The curve through the corners (time, value), along half cosine waves or straight lines; held after the last."""
    t0, start = corners[0]
    for t1, end in corners[1:]:
        if t <= t1:
            x = (t - t0) / (t1 - t0) if t1 > t0 else 1.0
            left = (1 + cos(pi * x)) / 2 if anneal_strategy == "cos" else 1 - x
            return end + (start - end) * left
        t0, start = t1, end
    return end


def one_cycle(t, base_lr, total_steps, pct_start=0.3, anneal_strategy="cos",
              div_factor=25.0, final_div_factor=1e4, three_phase=False):
    """From base_lr / div_factor up to base_lr, and down to base_lr / div_factor / final_div_factor at the last update.

    t                 index of the update about to be made, >= 0
    base_lr           the learning rate at the top, the peak
    total_steps       updates of the run, an integer >= 1; the last one is t = total_steps - 1
    pct_start         the part of the updates that climbs, from 0 to 1; the peak is at t = pct_start * total_steps - 1
    anneal_strategy   "cos" for half cosine waves, "linear" for straight lines
    div_factor        the peak over the first learning rate, >= 1
    final_div_factor  the first learning rate over the last, >= 1
    three_phase       whether it comes back to the first rate as fast as it climbed, and then falls to the last

    >>> [round(one_cycle(t, 1.0, total_steps=10), 3) for t in (0, 1, 2, 5, 9, 20)]
    [0.04, 0.52, 1.0, 0.611, 0.0, 0.0]

    As in torch, the phases are counted one short: where pct_start * total_steps is 1 or less the run begins at the peak, or
    past it, and with three_phase and pct_start above 0.5 it ends before the last phase.
    Also called: 1cycle, super-convergence.
    Not to be confused with warm-up and cosine: one cycle begins above 0, climbs along a cosine, counts its phases one
    update shorter, and moves momentum as well.
    Source: Smith and Topin, Super-Convergence, 2019, arXiv 1708.07120; torch.optim.lr_scheduler.OneCycleLR.
    """
    start, top, last = base_lr / div_factor, pct_start * total_steps - 1, total_steps - 1
    corners = [(0, start), (top, base_lr), (last, start / final_div_factor)]
    if three_phase:
        corners.insert(2, (2 * top, start))
    return through(min(t, last), corners, anneal_strategy)


TOTAL = Param("total_steps", 1, 200, 100, 1, "updates of the run", ">= 1")
PCT_START = Param("pct_start", 0.0, 1.0, 0.3, 0.05, "the part of the updates that climbs", ">= 0 and <= 1")
STRATEGY = Param("anneal_strategy", None, None, "cos", ("cos", "linear"), "the way between two corners")
DIV = Param("div_factor", 1.0, 100.0, 25.0, 1.0, "the peak over the first learning rate", ">= 1")
FINAL_DIV = Param("final_div_factor", 1.0, 1e4, 1e4, "log", "the first learning rate over the last", ">= 1")
THREE = Param("three_phase", None, None, False, (False, True), "whether it falls first as fast as it climbed")

card(
    one_cycle,
    title="One cycle",
    latex=r"\begin{aligned} \eta_t &= b + (a - b)\,w(x), \quad w(x) = \tfrac12 (1 + \cos \pi x) \text{ or } 1 - x \\"
    r" (a, b) &= \begin{cases} (\eta_{\max}/d,\ \eta_{\max}) & t \le pN - 1 \\ (\eta_{\max},\ \eta_{\max}/(d f)) & \text{after} \end{cases} \\"
    r" x &: \text{the part done of the way from } a \text{ to } b \end{aligned}",
    paper="smith2019super",
    params=(
        TOTAL, PCT_START, STRATEGY,
        DIV, FINAL_DIV,
        THREE,
    ),
    names={
        "torch": "OneCycleLR",
        "optax": "cosine_onecycle_schedule",
        "fastai": "fit_one_cycle",
    },
    seams=(
        ("torch", "one step after its end OneCycleLR goes on, with straight lines below zero, and after that it raises."),
        ("optax", "cosine_onecycle_schedule counts its phases from 0 to total_steps, not one less, and ends a step later."),
        ("fastai", "pct_start is 0.25, and the last rate is the peak over 1e5."),
    ),
)


def one_cycle_momentum(t, max_momentum, base_momentum, total_steps,
                       pct_start=0.3, anneal_strategy="cos", three_phase=False):
    """The momentum of one cycle: low where the learning rate is high.

    t                index of the update about to be made, >= 0
    max_momentum     the momentum at the start and at the end, >= 0
    base_momentum    the momentum where the learning rate peaks, >= 0
    total_steps      updates of the run, an integer >= 1; the last one is t = total_steps - 1
    pct_start        the part of the updates in which the learning rate climbs, from 0 to 1
    anneal_strategy  "cos" for half cosine waves, "linear" for straight lines
    three_phase      whether it comes back as fast as it fell, and then stays

    >>> [round(one_cycle_momentum(t, 0.95, 0.85, total_steps=10), 3) for t in (0, 1, 2, 9)]
    [0.95, 0.9, 0.85, 0.95]

    Also called: inverse momentum. For Adam it moves beta1.
    Not to be confused with one_cycle, the learning rate's half of the same plan.
    Source: Smith and Topin, Super-Convergence, 2019, arXiv 1708.07120; torch.optim.lr_scheduler.OneCycleLR.
    """
    top, last = pct_start * total_steps - 1, total_steps - 1
    corners = [(0, max_momentum), (top, base_momentum), (last, max_momentum)]
    if three_phase:
        corners.insert(2, (2 * top, max_momentum))
    return through(min(t, last), corners, anneal_strategy)


card(
    one_cycle_momentum,
    title="The momentum of one cycle",
    latex=r"\begin{aligned} \mu_t &= b + (a - b)\,w(x), \quad w(x) = \tfrac12 (1 + \cos \pi x) \text{ or } 1 - x \\"
    r" (a, b) &= \begin{cases} (\mu_{\max},\ \mu_{\min}) & t \le pN - 1 \\ (\mu_{\min},\ \mu_{\max}) & \text{after} \end{cases} \\"
    r" x &: \text{the part done of the way from } a \text{ to } b \end{aligned}",
    paper="smith2019super",
    params=(
        Param("max_momentum", 0.5, 0.99, 0.95, 0.01, "the momentum at the start and at the end", ">= 0 and < 1"),
        Param("base_momentum", 0.5, 0.99, 0.85, 0.01, "the momentum where the learning rate peaks", ">= 0 and < 1"),
        TOTAL, PCT_START, STRATEGY, THREE,
    ),
    names={"torch": "OneCycleLR(cycle_momentum=True)", "fastai": "fit_one_cycle(moms)"},
)
