"""Every schedule of the book, fitted to a run: the choices of a world."""
from math import ceil, sqrt

from ..core import Param, Schedule, check_value
from ..schedules.constant import constant
from ..schedules.cosine import cosine
from ..schedules.cyclic import cosine_restarts, exp_range, triangular, triangular2
from ..schedules.exponential_decay import exponential_decay, inverse_time_decay
from ..schedules.inverse_sqrt import inverse_sqrt, noam
from ..schedules.joining import chained, sequential
from ..schedules.one_cycle import one_cycle
from ..schedules.polynomial import linear, polynomial
from ..schedules.rarer.cycles import chebyshev, cosine_cycles, cosine_waves, polynomial_cycle
from ..schedules.rarer.decays import cosine_power, k_decay, k_decay_polynomial, rex, tanh_decay
from ..schedules.rarer.laws import exp_hyperbolic, exponential_between, hyperbolic, power_decay, power_law
from ..schedules.rarer.phases import flat_cosine, infinite, knee, linear_one_cycle, slanted_triangular, swa
from ..schedules.rarer.points import piecewise_constant, piecewise_cosine, piecewise_linear
from ..schedules.rarer.wrappers import clipped, exponential_warmup, repeat, staircase, untuned_warmup
from ..schedules.step_decay import multistep_decay, step_decay
from ..schedules.warmup import warmup
from ..schedules.wsd import wsd

S = Schedule


def warmed(n, formula, **hyper):
    """A tenth of the run is warm-up."""
    return S(warmup, schedule=S(formula, **hyper), warmup_steps=n // 10)


def part(n, of):
    """That part of the run, at least one update."""
    return max(1, n // of)


# Name -> the schedule of a run of n updates, the commonest first. Pairs, since MicroPython's dicts have no order.
# One in four cycles, one in ten warms up, decays without an end fall to about a hundredth.
MENU = (
    ("constant", lambda n: S(constant)),
    ("cosine", lambda n: S(cosine, T_max=n)),
    ("linear", lambda n: S(linear, total_iters=n)),
    ("step_decay", lambda n: S(step_decay, step_size=part(n, 4), gamma=0.3)),
    ("multistep_decay", lambda n: S(multistep_decay, milestones=[n // 2, 3 * n // 4], gamma=0.1)),
    ("exponential_decay", lambda n: S(exponential_decay, gamma=0.01 ** (1 / n))),
    ("warmup, then constant", lambda n: warmed(n, constant)),
    ("warmup, then cosine", lambda n: warmed(n, cosine, T_max=n - n // 10)),
    ("warmup, then linear", lambda n: warmed(n, linear, total_iters=n - n // 10)),
    ("one_cycle", lambda n: S(one_cycle, total_steps=n)),
    ("wsd", lambda n: S(wsd, total_steps=n, decay_steps=part(n, 5), warmup_steps=n // 10)),
    ("cosine_restarts", lambda n: S(cosine_restarts, T_0=part(n, 4))),
    ("polynomial", lambda n: S(polynomial, total_iters=n, power=2.0)),
    ("inverse_sqrt", lambda n: S(inverse_sqrt, timescale=part(n, 10))),
    ("inverse_time_decay", lambda n: S(inverse_time_decay, decay_rate=1.0, decay_steps=part(n, 10))),
    ("noam", lambda n: S(chained, schedules=[S(piecewise_constant, milestones=[0], values=[sqrt(64 * part(n, 10))]),
                                             S(noam, d_model=64, warmup_steps=part(n, 10))])),
    ("triangular", lambda n: S(triangular, step_size_up=part(n, 8))),
    ("triangular2", lambda n: S(triangular2, step_size_up=part(n, 8))),
    ("exp_range", lambda n: S(exp_range, step_size_up=part(n, 8), gamma=0.05 ** (1 / n))),
    ("sequential", lambda n: S(sequential, schedules=[S(constant), S(cosine, T_max=n - n // 2)], milestones=[n // 2])),
    ("chained", lambda n: S(chained, schedules=[S(exponential_decay, gamma=0.1 ** (1 / n)),
                                                S(step_decay, step_size=part(n, 4), gamma=0.5)])),
    ("rex", lambda n: S(rex, total_steps=n)),
    ("knee", lambda n: S(knee, total_steps=n, explore_steps=n // 2, warmup_steps=n // 10)),
    ("flat_cosine", lambda n: S(flat_cosine, total_steps=n)),
    ("slanted_triangular", lambda n: S(slanted_triangular, total_steps=n)),
    ("linear_one_cycle", lambda n: S(linear_one_cycle, total_steps=n)),
    ("swa", lambda n: S(swa, anneal_steps=n // 2, swa_factor=0.1)),
    ("infinite", lambda n: S(infinite, warmup_steps=n // 10, cooldown_steps=n // 4, constant_factor=0.3, anneal_start=3 * n // 4,
                             anneal_steps=part(n, 4))),
    ("k_decay", lambda n: S(k_decay, total_steps=n, k=2.0)),
    ("k_decay_polynomial", lambda n: S(k_decay_polynomial, total_steps=n, k=2.0)),
    ("tanh_decay", lambda n: S(tanh_decay, total_steps=n)),
    ("cosine_power", lambda n: S(cosine_power, T_max=n, exponent=2.0)),
    ("cosine_cycles", lambda n: S(cosine_cycles, T_0=part(n, 4), decay=0.5)),
    ("cosine_waves", lambda n: S(cosine_waves, total_steps=n, num_cycles=2.5)),
    ("polynomial_cycle", lambda n: S(polynomial_cycle, total_iters=part(n, 4))),
    ("chebyshev", lambda n: S(chebyshev, total_steps=n)),
    ("hyperbolic", lambda n: S(hyperbolic, total_steps=n, upper_bound=ceil(1.25 * n))),
    ("exp_hyperbolic", lambda n: S(exp_hyperbolic, total_steps=n, upper_bound=ceil(1.25 * n))),
    ("exponential_between", lambda n: S(exponential_between, total_steps=n, end_factor=0.01)),
    ("power_law", lambda n: S(power_law, timescale=part(n, 10), power=1.0)),
    ("power_decay", lambda n: S(power_decay, batch_size=1, seq_len=1, a=sqrt(n) / 10, b=-0.5, warmup_steps=n // 10)),
    ("piecewise_constant", lambda n: S(piecewise_constant, milestones=[0, n // 2, 3 * n // 4], values=[0.5, 1.0, 0.1])),
    ("piecewise_linear", lambda n: S(piecewise_linear, milestones=[0, n // 4, n // 2, n], values=[0.1, 1.0, 0.5, 0.0])),
    ("piecewise_cosine", lambda n: S(piecewise_cosine, milestones=[0, n // 4, n // 2, n], values=[0.1, 1.0, 0.5, 0.0])),
    ("untuned_warmup", lambda n: S(untuned_warmup, schedule=S(cosine, T_max=n), beta2=max(0.0, 1 - 10 / n))),
    ("exponential_warmup", lambda n: S(exponential_warmup, schedule=S(cosine, T_max=n), beta2=max(0.0, 1 - 10 / n))),
    ("staircase", lambda n: S(staircase, schedule=S(cosine, T_max=n), step_size=part(n, 5))),
    ("repeat", lambda n: S(repeat, schedule=S(linear, total_iters=part(n, 4)), T_0=part(n, 4), decay=0.5)),
    ("clipped", lambda n: S(clipped, schedule=S(exponential_decay, gamma=0.001 ** (1 / n)), min_lr=0.02)),
)
NAMES = tuple([name for name, _ in MENU])
STEPS = Param("steps", None, None, 100, 1, "updates of the run", ">= 1")


class Menu:
    """What every() returns: name -> Schedule, in order, each made when it is asked for. menu[3] asks by place, as a page does."""

    def __init__(self, steps):
        self.steps, self.kept, self.made = steps, {}, (every, (steps,))

    def __getitem__(self, key):
        i = key if isinstance(key, int) else NAMES.index(key) if key in NAMES else None
        if i is None:
            raise KeyError(key)
        if i not in self.kept:
            self.kept[i] = MENU[i][1](self.steps)
        return self.kept[i]

    def __len__(self):
        return len(NAMES)

    def __iter__(self):
        return iter(NAMES)

    def __contains__(self, name):
        return name in NAMES

    def keys(self):
        return list(NAMES)

    def values(self):
        return [self[i] for i in range(len(NAMES))]

    def items(self):
        return list(zip(NAMES, self.values()))

    def __repr__(self):
        return f"every({self.steps})"


def every(steps):
    """Every schedule of the book, fitted to a run: name -> Schedule, the commonest first.

    steps  updates of the run, an integer >= 1

    >>> menu = every(40)
    >>> menu["cosine"], len(menu)
    (cosine(T_max=40), 49)
    >>> list(menu)[:4]
    ['constant', 'cosine', 'linear', 'step_decay']
    >>> every(0)
    Traceback (most recent call last):
    ValueError: steps: updates of the run, must be >= 1, got 0

    It reads like a dict. noam is scaled to its peak, so that base_lr is the highest rate, as everywhere. Left out is
    one_cycle_momentum, which is no learning rate.
    """
    check_value(STEPS, steps)
    return Menu(steps)
