"""Rarer schedules that come back: shrinking restarts, waves, a repeated polynomial, and the fractal order of Chebyshev."""
from math import cos, pi, sin

from ...core import ETA_MIN, Param, card
from ..cyclic import FIRST, LONGER, place
from ..polynomial import POWER

TOTAL = Param("total_steps", 1, 200, 100, 1, "steps until the end", ">= 1")


def cosine_cycles(t, base_lr, T_0, T_mult=1, decay=1.0, eta_min=0.0):
    """Cosine with warm restarts whose height above eta_min shrinks by decay at every restart.

    t        index of the update about to be made, >= 0
    base_lr  the learning rate at t = 0, the peak
    T_0      steps of the first cycle, an integer >= 1
    T_mult   how many times longer each cycle is than the one before, an integer >= 1
    decay    the factor of the height at a restart, >= 0 and <= 1
    eta_min  the learning rate at the bottom, the floor, >= 0

    >>> [cosine_cycles(t, base_lr=0.1, T_0=10, decay=0.5) for t in (0, 10, 20)]
    [0.1, 0.05, 0.025]

    Also called: SGDR with decay.
    Not to be confused with cosine_restarts, which comes back to the full peak. In timm the peak itself shrinks, and not
    its height above the floor: the two differ where there is a floor.
    Source: keras.optimizers.schedules.CosineDecayRestarts(m_mul); restarts are Loshchilov and Hutter's, arXiv 1608.03983.
    """
    cycle, t, T = place(t, T_0, T_mult)
    return eta_min + (base_lr - eta_min) * decay**cycle * (1 + cos(pi * t / T)) / 2


card(
    cosine_cycles,
    title="Cosine cycles of shrinking height",
    latex=r"\eta_t = \eta_{\min} + \tfrac12\,(\eta_{\max} - \eta_{\min})\,\gamma^{\,i}"
    r"\left(1 + \cos\frac{\pi\,(t - t_i)}{T_i}\right),\quad T_i = T_0\,m^{\,i},\quad t_i = T_0 + \dots + T_{i-1}",
    paper="loshchilov2017sgdr",
    params=(
        FIRST, LONGER,
        Param("decay", 0.0, 1.0, 1.0, 0.05, "the factor of the height at a restart", ">= 0 and <= 1"),
        ETA_MIN,
    ),
    names={"keras": "CosineDecayRestarts(m_mul)", "timm": "CosineLRScheduler(cycle_decay, cycle_limit)",
           "ignite": "CosineAnnealingScheduler(start_value_mult)"},
    seams=(
        ("keras", "t_mul is 2 by default, alpha is a fraction of the peak, and a logarithm in float32 misses some restarts."),
        ("timm", "cycle_decay shrinks the peak itself, and after cycle_limit cycles the rate is the floor."),
        ("ignite", "start_value_mult shrinks the peak itself."),
    ),
)


def cosine_waves(t, base_lr, total_steps, num_cycles=0.5, eta_min=0.0):
    """num_cycles whole cosine waves between base_lr and eta_min in total_steps steps, then level.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at t = 0, the peak
    total_steps  steps of all the waves, an integer >= 1
    num_cycles   how many waves, >= 0 and <= 1000; 0.5 is the plain cosine
    eta_min      the learning rate at the bottom, the floor, >= 0

    >>> [round(cosine_waves(t, base_lr=0.1, total_steps=90, num_cycles=1.5), 6) for t in (0, 15, 30, 60, 90, 200)]
    [0.1, 0.05, 0.0, 0.1, 0.0, 0.0]

    Each whole wave costs a little accuracy: 1e-15 of base_lr after five, 3e-13 after a thousand.
    Also called: cosine with num_cycles.
    Not to be confused with cosine_restarts, which jumps back up: these waves climb back as they fell.
    Source: transformers get_cosine_schedule_with_warmup(num_cycles).
    """
    wave = num_cycles * min(t, total_steps) % total_steps / total_steps       # waves done, without the whole ones
    return eta_min + (base_lr - eta_min) * (1 + cos(2 * pi * wave)) / 2


card(
    cosine_waves,
    title="Cosine waves",
    latex=r"\eta_t = \eta_{\min} + \tfrac12\,(\eta_{\max} - \eta_{\min})\left(1 + \cos\frac{2 \pi n \min(t, N)}{N}\right)",
    paper="transformers",
    params=(
        TOTAL,
        Param("num_cycles", 0.0, 5.0, 0.5, 0.25, "how many waves", ">= 0 and <= 1000"),
        ETA_MIN,
    ),
    names={"transformers": "cosine(num_cycles)"},
    seams=(("transformers", "the wave goes on after the last step."),),
)


def polynomial_cycle(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """A polynomial that, each time it has come to eta_min, goes on as one whose end lies total_iters steps further on.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at t = 0, the peak
    total_iters  steps until the first bottom, and between two bottoms, an integer >= 1
    power        1 is a straight line, more falls early, less falls late, > 0
    eta_min      the learning rate at the bottom, the floor, >= 0

    >>> [polynomial_cycle(t, base_lr=0.8, total_iters=4) for t in (0, 2, 4, 5, 8, 9)]
    [0.8, 0.4, 0.0, 0.30000000000000004, 0.0, 0.2]

    Also called: polynomial with cycle=True.
    Not to be confused with repeat, which comes back to the full peak: after n cycles this one jumps to 1 / (n + 1) of it
    at most.
    Source: keras.optimizers.schedules.PolynomialDecay(cycle=True).
    """
    end = total_iters * max(1, -(-t // total_iters))              # the next bottom, t itself where it is one
    return eta_min + (base_lr - eta_min) * ((end - t) / end) ** power


card(
    polynomial_cycle,
    title="Cycling polynomial",
    latex=r"\eta_t = \eta_{\min} + (\eta_{\max} - \eta_{\min})\left(1 - \frac{t}{E}\right)^{p},"
    r"\quad E = N \max\left(1, \left\lceil \frac tN \right\rceil\right)",
    paper="keras",
    params=(
        Param("total_iters", 1, 50, 30, 1, "steps between two bottoms", ">= 1"),
        POWER,
        ETA_MIN,
    ),
    names={"keras": "PolynomialDecay(cycle=True)"},
    seams=(("keras", "end_learning_rate is 1e-4 by default."),),
)


def fractal(i, n):
    """Which of n nodes comes at place i, n a power of 2: long and short steps in turns, at every scale."""
    if n == 1:
        return 0
    half = fractal(i // 2, n // 2)
    return n - 1 - half if i % 2 else half


def chebyshev(t, base_lr, total_steps, ratio=20.0):
    """Chebyshev's step sizes between base_lr / ratio and base_lr in fractal order: each long step is followed by a short one.

    t            index of the update about to be made, >= 0
    base_lr      what the longest step comes close to, the peak: one over the smallest curvature
    total_steps  steps of the plan, an integer >= 1; a power of 2 is a whole plan, other numbers begin the next larger one
    ratio        the largest curvature over the smallest, >= 1; base_lr / ratio is safe as a constant rate

    >>> [round(chebyshev(t, base_lr=1.0, total_steps=4, ratio=5.0), 3) for t in range(6)]
    [0.868, 0.206, 0.448, 0.266, 0.266, 0.266]

    Also called: fractal learning rates; get_chebyshev_schedule in pytorch_optimizer, where the optimizer's rate is the
    lower end, the ratio is 20, and the plan begins after two steps more.
    Not to be confused with pytorch-scheduler's ChebyshevScheduler, which is half a cosine wave taken half a step later.
    Source: Agarwal, Goel and Zhang, Acceleration via Fractal Learning Rate Schedules, ICML 2021, arXiv 2103.01338;
    the order as pytorch_optimizer 4.1.0 has it.
    """
    n = 1
    while n < total_steps:
        n *= 2
    node = fractal(min(t, total_steps - 1), n)
    return base_lr / (1 + (ratio - 1) * sin(pi * (2 * node + 1) / (4 * n)) ** 2)


card(
    chebyshev,
    title="Chebyshev steps in fractal order",
    latex=r"\eta_t = \frac{\eta_{\max}}{1 + (r - 1)\,\sin^2\frac{\pi\,(2 \sigma_n(t) + 1)}{4 n}},"
    r"\quad n = 2^{\lceil \log_2 N \rceil},\quad \sigma_{2n}(2i) = \sigma_n(i),\quad \sigma_{2n}(2i + 1) = 2n - 1 - \sigma_n(i)",
    paper="agarwal2021fractal",
    params=(
        Param("total_steps", 1, 128, 64, 1, "steps of the plan", ">= 1"),
        Param("ratio", 1.0, 100.0, 20.0, 1.0, "the largest curvature over the smallest", ">= 1"),
    ),
)
