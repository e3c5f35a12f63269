"""Rarer schedules made of phases: climbs, holds and falls one after the other, and curves through given points."""
from math import cos, pi

from ...core import ETA_MIN, Param, card
from ..one_cycle import DIV, FINAL_DIV, through

TOTAL = Param("total_steps", 1, 200, 100, 1, "steps until the end", ">= 1")


def knee(t, base_lr, total_steps, explore_steps, warmup_steps=0):
    """A straight line from 0 up to base_lr, base_lr for explore_steps steps, and a straight line to 0 at total_steps.

    t              index of the update about to be made, >= 0
    base_lr        the learning rate while it explores, the peak
    total_steps    steps until 0, an integer >= 1
    explore_steps  steps at the peak, an integer >= 0
    warmup_steps   steps of the warm-up, an integer >= 0; warm-up and exploring together last at most total_steps

    >>> [knee(t, base_lr=0.1, total_steps=100, explore_steps=50, warmup_steps=10) for t in (0, 5, 10, 60, 80, 100)]
    [0.0, 0.05, 0.1, 0.1, 0.05, 0.0]

    Also called: explore-exploit, flat and anneal.
    Not to be confused with wsd, the same trapezoid told by the length of its cool-down, with other shapes and a floor.
    Source: Iyer et al., Wide-minima Density Hypothesis and the Explore-Exploit Learning Rate Schedule, JMLR 24, 2023,
    arXiv 2003.03977.
    """
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    left, exploit_steps = total_steps - min(t, total_steps), total_steps - warmup_steps - explore_steps
    return base_lr * (left / max(left, exploit_steps, 1))


card(
    knee,
    title="Knee",
    latex=r"\eta_t = \begin{cases} \eta_{\max}\,t/W & t < W \\ \eta_{\max} & t < W + E \\"
    r" \eta_{\max}\,\frac{N - \min(t, N)}{N - W - E} & \text{after} \end{cases}",
    paper="iyer2023knee",
    params=(
        TOTAL,
        Param("explore_steps", 0, 100, 50, 1, "steps at the peak", ">= 0 and <= total_steps"),
        Param("warmup_steps", 0, 100, 0, 1, "steps of the warm-up", ">= 0 and <= total_steps-explore_steps"),
    ),
)


def flat_cosine(t, base_lr, total_steps, flat_fraction=0.75, eta_min=0.0):
    """base_lr for flat_fraction of the run, then half a cosine wave to eta_min at total_steps.

    t              index of the update about to be made, >= 0
    base_lr        the learning rate while it is flat, the peak
    total_steps    steps until the bottom, an integer >= 1
    flat_fraction  the part of the run that is flat, >= 0 and < 1
    eta_min        the learning rate at the bottom, the floor, >= 0

    >>> [round(flat_cosine(t, base_lr=0.1, total_steps=100, flat_fraction=0.5), 6) for t in (0, 50, 75, 100, 200)]
    [0.1, 0.1, 0.05, 0.0, 0.0]

    Also called: flat and cosine, warm-up hold cosine when warmup stands before it; FlatCosineScheduler in
    pytorch-scheduler, which rounds the flat part down to whole steps and has 0.7 by default.
    Not to be confused with wsd, whose cool-down is short and given in steps.
    Source: fastai's fit_flat_cos, whose pct_start is the flat part.
    """
    left = (total_steps - min(t, total_steps)) / (total_steps * (1 - flat_fraction))      # over 1 while it is flat
    if left >= 1:
        return base_lr
    return eta_min + (base_lr - eta_min) * (1 - cos(pi * left)) / 2


card(
    flat_cosine,
    title="Flat, then cosine",
    latex=r"\eta_t = \eta_{\min} + \tfrac12\,(\eta_{\max} - \eta_{\min})\,(1 - \cos \pi z),"
    r"\quad z = \min\left(1,\ \frac{N - \min(t, N)}{N\,(1 - f)}\right)",
    paper="fastai",
    params=(
        TOTAL,
        Param("flat_fraction", 0.0, 0.95, 0.75, 0.05, "the part of the run that is flat", ">= 0 and < 1"),
        ETA_MIN,
    ),
    names={"fastai": "fit_flat_cos"},
    seams=(("fastai", "the last rate is the peak over div_final=1e5, not 0."),),
)


def slanted_triangular(t, base_lr, total_steps, cut_frac=0.1, ratio=32.0):
    """A short straight climb from base_lr / ratio to base_lr and a long straight way back, once.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at the top, the peak
    total_steps  steps until it is back at the bottom, an integer >= 1
    cut_frac     the part of the run that climbs, rounded down to whole steps, >= 0 and < 1
    ratio        the peak over the bottom, >= 1

    >>> [slanted_triangular(t, base_lr=0.32, total_steps=100) for t in (0, 10, 100, 200)]
    [0.01, 0.32, 0.01, 0.01]

    Also called: STLR.
    Not to be confused with triangular, which goes up and down again and again. The paper divides the way back by
    cut * (1 / cut_frac - 1), which is total_steps - cut where cut_frac gives whole steps; elsewhere its rate goes on
    falling below the bottom, even below 0, and this one ends where it should.
    Source: Howard and Ruder, Universal Language Model Fine-tuning for Text Classification, ACL 2018, arXiv 1801.06146.
    """
    cut = int(cut_frac * total_steps)
    p = t / cut if t < cut else (total_steps - min(t, total_steps)) / (total_steps - cut)
    return base_lr * p + base_lr / ratio * (1 - p)


card(
    slanted_triangular,
    title="Slanted triangle",
    latex=r"\eta_t = \eta_{\max}\,\frac{1 + p\,(r - 1)}{r},\quad"
    r" p = \begin{cases} t/c & t < c \\ \frac{N - \min(t, N)}{N - c} & t \ge c \end{cases},\quad c = \lfloor f N \rfloor",
    paper="howard2018ulmfit",
    params=(
        TOTAL,
        Param("cut_frac", 0.0, 0.95, 0.1, 0.05, "the part of the run that climbs", ">= 0 and < 1"),
        Param("ratio", 1.0, 100.0, 32.0, 1.0, "the peak over the bottom", ">= 1"),
    ),
)


def infinite(t, base_lr, warmup_steps, cooldown_steps, constant_factor, anneal_start=None, anneal_steps=20, end_factor=0.01):
    """Warm-up, half a cosine wave down to a rate that is kept for as long as data comes, and an exponential end on demand.

    t                index of the update about to be made, >= 0
    base_lr          the learning rate after the warm-up, the peak
    warmup_steps     steps of the straight line from 0 to base_lr, an integer >= 0
    cooldown_steps   steps of the half wave that follows, an integer >= 0
    constant_factor  the rate that is kept, as a fraction of base_lr, > 0 and <= 1
    anneal_start     the step at which the end begins, an integer >= 0; None for a run that goes on. Before the half wave is
                     done, the end begins from where the wave stands
    anneal_steps     steps of the end, an integer >= 1
    end_factor       the last rate as a fraction of base_lr, > 0 and <= 1

    >>> plan = dict(warmup_steps=10, cooldown_steps=40, constant_factor=0.5)
    >>> [round(infinite(t, 0.1, **plan), 6) for t in (0, 10, 30, 50, 10**6)]
    [0.0, 0.1, 0.075, 0.05, 0.05]
    >>> [round(infinite(t, 0.1, **plan, anneal_start=100, anneal_steps=10, end_factor=0.005), 6) for t in (100, 105, 110, 200)]
    [0.05, 0.005, 0.0005, 0.0005]

    Also called: infinite cosine. Any step of the constant phase is a place to stop, or to go on from with new data.
    Not to be confused with wsd, which keeps the peak itself.
    Source: the phases are those of Singh et al., Beyond Cosine Decay, 2026, arXiv 2503.02844; its equation was not seen, so
    the pace of the end, by equal ratios over anneal_steps, is ours.
    """
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    x = min(1.0, (t - warmup_steps) / cooldown_steps) if cooldown_steps else 1.0
    level = constant_factor + (1 - constant_factor) * (1 + cos(pi * x)) / 2
    if anneal_start is not None and t > anneal_start:
        level *= (end_factor / level) ** (min(t - anneal_start, anneal_steps) / anneal_steps)
    return base_lr * level


card(
    infinite,
    title="Infinite",
    latex=r"\eta_t = \begin{cases} \eta_{\max}\,t/W & t < W \\"
    r" \eta_{\max}\left(c + \tfrac12 (1 - c)\left(1 + \cos\frac{\pi\,(t - W)}{C}\right)\right) & t < W + C \\"
    r" \eta_{\max}\,c & t < A \\ \eta_{\max}\,c\,(e / c)^{\min(t - A,\,a) / a} & \text{after} \end{cases}",
    paper="singh2026infinite",
    params=(
        Param("warmup_steps", 0, 50, 10, 1, "steps of the line from 0 to the peak", ">= 0"),
        Param("cooldown_steps", 0, 100, 40, 1, "steps of the half wave that follows", ">= 0"),
        Param("constant_factor", 0.05, 1.0, 0.5, 0.05, "the rate that is kept, as a fraction of base_lr", "> 0 and <= 1"),
        Param("anneal_start", 50, 200, None, 1, "the step at which the end begins", "None or >= 0"),
        Param("anneal_steps", 1, 50, 20, 1, "steps of the end", ">= 1"),
        Param("end_factor", 0.001, 0.1, 0.01, "log", "the last rate as a fraction of base_lr", "> 0 and <= 1"),
    ),
)


def swa(t, base_lr, anneal_steps, swa_factor, anneal_strategy="cos"):
    """From base_lr to the constant rate swa_factor * base_lr at which weights are averaged.

    t                index of the update about to be made, >= 0, counted from where averaging begins
    base_lr          the learning rate that it comes from
    anneal_steps     steps of the way, an integer >= 0; 0 is there at once
    swa_factor       the constant rate as a fraction of base_lr, >= 0
    anneal_strategy  "cos" for half a cosine wave, "linear" for a straight line

    >>> [round(swa(t, base_lr=0.1, anneal_steps=10, swa_factor=0.5), 6) for t in (0, 5, 10, 100)]
    [0.1, 0.075, 0.05, 0.05]

    Also called: SWA's learning rate, SWALR. Put it behind another schedule with sequential.
    Not to be confused with the averaging itself, which is torch.optim.swa_utils.AveragedModel. The curve is that of
    cosine, or of linear, with the constant rate as its floor.
    Source: Izmailov et al., Averaging Weights Leads to Wider Optima and Better Generalization, UAI 2018, arXiv 1803.05407;
    torch.optim.swa_utils.SWALR.
    """
    x = min(t, anneal_steps) / anneal_steps if anneal_steps else 1.0
    share = (1 - cos(pi * x)) / 2 if anneal_strategy == "cos" else x
    return base_lr * (1 - share) + base_lr * swa_factor * share


card(
    swa,
    title="To the constant rate of weight averaging",
    latex=r"\eta_t = \eta_{\max}\,(1 - \alpha + \alpha c),"
    r"\quad \alpha = \tfrac12\left(1 - \cos\frac{\pi \min(t, a)}{a}\right)\text{ or }\frac{\min(t, a)}{a}",
    paper="izmailov2018swa",
    params=(
        Param("anneal_steps", 0, 100, 10, 1, "steps of the way", ">= 0"),
        Param("swa_factor", 0.0, 1.0, 0.5, 0.05, "the constant rate as a fraction of base_lr", ">= 0"),
        Param("anneal_strategy", None, None, "cos", ("cos", "linear"), "the way there"),
    ),
    names={"torch": "swa_utils.SWALR"},
    seams=(("torch", "swa_lr is the constant rate itself, and is the same for all param groups unless a list is given."),),
)


def linear_one_cycle(t, base_lr, total_steps, pct_start=0.3, pct_final=0.85, div_factor=25.0, final_div_factor=1e4):
    """Three straight lines: up from base_lr / div_factor to base_lr, back again, and down to almost nothing.

    t                 index of the update about to be made, >= 0
    base_lr           the learning rate at the top, the peak
    total_steps       steps until the end, an integer >= 1
    pct_start         the part of the run at whose end the peak is, rounded down to whole steps, from 0 to pct_final
    pct_final         the part of the run at whose end it is back, rounded down to whole steps, from 0 to 1
    div_factor        the peak over the first learning rate, >= 1
    final_div_factor  the first learning rate over the last, >= 1

    >>> [round(linear_one_cycle(t, base_lr=1.0, total_steps=20), 6) for t in (0, 6, 17, 20, 30)]
    [0.04, 1.0, 0.04, 4e-06, 4e-06]

    Also called: 1cycle with straight lines.
    Not to be confused with one_cycle(anneal_strategy="linear"), which has two phases and counts them one update shorter.
    Source: optax.linear_onecycle_schedule; the policy is Smith and Topin's, Super-Convergence, 2019, arXiv 1708.07120.
    """
    start = base_lr / div_factor
    top, back = int(pct_start * total_steps), int(pct_final * total_steps)
    corners = [(0, start), (top, base_lr), (back, start), (total_steps, start / final_div_factor)]
    return through(min(t, total_steps), corners, "linear")


card(
    linear_one_cycle,
    title="One cycle of straight lines",
    latex=r"\eta_t\text{ on straight lines through }"
    r"\left(0, \tfrac{\eta_{\max}}{d}\right),\ \left(\lfloor p N \rfloor, \eta_{\max}\right),"
    r"\ \left(\lfloor q N \rfloor, \tfrac{\eta_{\max}}{d}\right),\ \left(N, \tfrac{\eta_{\max}}{d f}\right)",
    paper="smith2019super",
    params=(
        TOTAL,
        Param("pct_start", 0.0, 0.5, 0.3, 0.05, "the part of the run at whose end the peak is", ">= 0 and <= pct_final"),
        Param("pct_final", 0.5, 1.0, 0.85, 0.05, "the part of the run at whose end it is back", ">= 0 and <= 1"),
        DIV, FINAL_DIV,
    ),
    names={"optax": "linear_onecycle_schedule"},
    seams=(("optax", "phases of no step at all are merged, which mixes up the rates of the others."),),
)
