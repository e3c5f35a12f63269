"""Schedules that come back: cosine with warm restarts, and the triangles of cyclical learning rates."""
from ..core import ETA_MIN, Param, card
from .cosine import cosine


def place(t, T_0, T_mult):
    """Where t stands among cycles that grow: the number of its cycle, the steps since that began, the steps that it has."""
    cycle, T = 0, T_0
    if T_mult == 1:
        cycle, t = t // T, t % T
    while t >= T:                           # leave the finished cycles behind; log() would miss some restarts
        cycle, t, T = cycle + 1, t - T, T * T_mult
    return cycle, t, T


def cosine_restarts(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Half a cosine wave from base_lr towards eta_min, again and again, each T_mult times as long as the one before.

    t        index of the update about to be made, >= 0
    base_lr  the learning rate at each restart, the peak
    T_0      steps of the first cycle, an integer >= 1
    T_mult   how many times longer each cycle is than the one before, an integer >= 1
    eta_min  the learning rate at the bottom, the floor, >= 0

    >>> [round(cosine_restarts(t, 1.0, T_0=2, T_mult=2), 3) for t in range(7)]
    [1.0, 0.5, 1.0, 0.854, 0.5, 0.146, 1.0]

    Also called: SGDR, cosine annealing with warm restarts.
    Not to be confused with cosine, which stays at the bottom. The bottom itself belongs to the next cycle, whose first
    step is the peak: the rate never quite comes to eta_min.
    Source: Loshchilov and Hutter, SGDR, ICLR 2017, arXiv 1608.03983.
    """
    cycle, t, T = place(t, T_0, T_mult)
    return cosine(t, base_lr, T, eta_min)


FIRST = Param("T_0", 1, 100, 30, 1, "steps of the first cycle", ">= 1")
LONGER = Param("T_mult", 1, 4, 1, 1, "how many times longer each cycle is than the one before", ">= 1")

card(
    cosine_restarts,
    title="Cosine annealing with warm restarts",
    latex=r"\begin{aligned}"
    r" \eta_t &= \eta_{\min} + \tfrac12\,(\eta_{\max} - \eta_{\min})\left(1 + \cos\frac{\pi\,(t - t_i)}{T_i}\right) \\"
    r" T_i &= T_0\,m^{\,i}, \quad t_i = T_0 + \dots + T_{i-1} \end{aligned}",
    paper="loshchilov2017sgdr",
    params=(
        FIRST, LONGER,
        ETA_MIN,
    ),
    names={
        "torch": "CosineAnnealingWarmRestarts",
        "transformers": "cosine_with_restarts",
        "optax": "sgdr_schedule",
        "keras": "CosineDecayRestarts",
        "timm": "CosineLRScheduler(cycle_mul, cycle_limit)",
        "fastai": "fit_sgdr",
        "ignite": "CosineAnnealingScheduler(cycle_mult)",
    },
    seams=(
        ("torch", "step(epoch) gives eta_min instead of the peak at some restarts, since it takes a logarithm."),
        ("transformers", "cosine_with_restarts divides the run into num_cycles equal parts, ends at 0 and misses some restarts by a step."),
        ("keras", "t_mul is 2 by default, the peak can shrink with m_mul, and some restarts are missed by a step."),
        ("timm", "cycle_limit is 1 by default, which means no restart, and some restarts are missed by a step."),
    ),
)


def triangle(t, up, down):
    """A zigzag: 0 at t = 0, 1 after up steps, 0 again down steps later, and so on."""
    t = t % (up + down)
    return min(t / up, (up + down - t) / down)


UP = Param("step_size_up", 1, 100, 25, 1, "steps from the bottom to the peak", ">= 1")
DOWN = Param("step_size_down", 1, 49, None, 1, "steps from the peak to the bottom", "None or >= 1")


def triangular(t, base_lr, step_size_up, step_size_down=None, eta_min=0.0):
    """A zigzag between eta_min and base_lr, upwards first.

    t               index of the update about to be made, >= 0
    base_lr         the learning rate at the top, the peak
    step_size_up    steps from the bottom to the peak, an integer >= 1
    step_size_down  steps from the peak to the bottom, an integer >= 1; None for as many as up
    eta_min         the learning rate at the bottom, >= 0

    >>> [triangular(t, base_lr=1.0, step_size_up=2) for t in range(7)]
    [0.0, 0.5, 1.0, 0.5, 0.0, 0.5, 1.0]

    Also called: CLR, cyclical learning rate.
    Not to be confused with slanted_triangular, which goes up and down once. In torch's CyclicLR base_lr is the lower end
    and max_lr the peak.
    Source: Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017, arXiv 1506.01186.
    """
    return eta_min + (base_lr - eta_min) * triangle(t, step_size_up, step_size_down or step_size_up)


card(
    triangular,
    title="Triangular cycles",
    latex=r"\begin{aligned} \eta_t &= \eta_{\min} + (\eta_{\max} - \eta_{\min})\,\Lambda_t \\"
    r" \Lambda_t &= \min\left(\frac{\tau}{u},\ \frac{u + d - \tau}{d}\right), \quad \tau = t \bmod (u + d) \end{aligned}",
    paper="smith2017clr",
    params=(UP, DOWN, ETA_MIN),
    names={"torch": 'CyclicLR(mode="triangular")', "ignite": "LinearCyclicalScheduler"},
    seams=(("torch", "base_lr is the lower end and max_lr the peak, and momentum goes the other way by default."),),
)


def triangular2(t, base_lr, step_size_up, step_size_down=None, eta_min=0.0):
    """A zigzag between eta_min and a peak whose height above eta_min halves with every cycle.

    t               index of the update about to be made, >= 0
    base_lr         the learning rate at the first top, the peak
    step_size_up    steps from the bottom to the peak, an integer >= 1
    step_size_down  steps from the peak to the bottom, an integer >= 1; None for as many as up
    eta_min         the learning rate at the bottom, >= 0

    >>> [triangular2(t, base_lr=1.0, step_size_up=2) for t in (2, 4, 6, 8, 10)]
    [1.0, 0.0, 0.5, 0.0, 0.25]

    Also called: CLR with halved amplitude.
    Not to be confused with exp_range, which shrinks at every step and not at every cycle.
    Source: Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017, arXiv 1506.01186.
    """
    down = step_size_down or step_size_up
    height = 0.5 ** (t // (step_size_up + down))
    return eta_min + (base_lr - eta_min) * height * triangle(t, step_size_up, down)


card(
    triangular2,
    title="Triangular cycles of halving height",
    latex=r"\begin{aligned} \eta_t &= \eta_{\min} + (\eta_{\max} - \eta_{\min})\,2^{-\lfloor t / (u + d) \rfloor}\,\Lambda_t \\"
    r" \Lambda_t &= \min\left(\frac{\tau}{u},\ \frac{u + d - \tau}{d}\right), \quad \tau = t \bmod (u + d) \end{aligned}",
    paper="smith2017clr",
    params=(UP, DOWN, ETA_MIN),
    names={"torch": 'CyclicLR(mode="triangular2")'},
    seams=(("torch", "base_lr is the lower end and max_lr the peak, and momentum goes the other way by default."),),
)


def exp_range(t, base_lr, step_size_up, gamma, step_size_down=None, eta_min=0.0):
    """A zigzag between eta_min and a peak whose height above eta_min shrinks by gamma at every step.

    t               index of the update about to be made, >= 0
    base_lr         the learning rate that the first top would have without gamma, the peak
    step_size_up    steps from the bottom to the peak, an integer >= 1
    gamma           the factor of one step, > 0 and <= 1
    step_size_down  steps from the peak to the bottom, an integer >= 1; None for as many as up
    eta_min         the learning rate at the bottom, >= 0

    >>> [exp_range(t, base_lr=1.0, step_size_up=1, gamma=0.5) for t in (1, 2, 3)]
    [0.5, 0.0, 0.125]

    Also called: CLR with exponential decay.
    Not to be confused with triangular2, which halves at every cycle.
    Source: Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017, arXiv 1506.01186.
    """
    return eta_min + (base_lr - eta_min) * gamma**t * triangle(t, step_size_up, step_size_down or step_size_up)


card(
    exp_range,
    title="Triangular cycles of exponentially shrinking height",
    latex=r"\begin{aligned} \eta_t &= \eta_{\min} + (\eta_{\max} - \eta_{\min})\,\gamma^{\,t}\,\Lambda_t \\"
    r" \Lambda_t &= \min\left(\frac{\tau}{u},\ \frac{u + d - \tau}{d}\right), \quad \tau = t \bmod (u + d) \end{aligned}",
    paper="smith2017clr",
    params=(UP, Param("gamma", 0.97, 1.0, 0.99, 0.001, "the factor of one step", "> 0 and <= 1"), DOWN, ETA_MIN),
    names={"torch": 'CyclicLR(mode="exp_range")'},
    seams=(("torch", "gamma is 1 by default, which shrinks nothing."),),
)
