"""lrlearn: every learning-rate schedule as one flat function whose body is the equation.

>>> import lrlearn as ll
>>> ll.cosine(50, base_lr=0.1, T_max=100)
0.05
"""
from .core import CARDS, FOLDS, Card, Param, Schedule, area, card, card_of, curve
from .schedules.constant import constant
from .schedules.cosine import cosine
from .schedules.cyclic import cosine_restarts, exp_range, triangular, triangular2
from .schedules.exponential_decay import exponential_decay, inverse_time_decay
from .schedules.greedy import greedy
from .schedules.inverse_sqrt import inverse_sqrt, noam
from .schedules.joining import chained, sequential
from .schedules.one_cycle import one_cycle, one_cycle_momentum
from .schedules.plateau import plateau
from .schedules.polynomial import linear, polynomial
from .schedules.rarer.decays import cosine_power, k_decay, k_decay_polynomial, rex, tanh_decay
from .schedules.rarer.cycles import chebyshev, cosine_cycles, cosine_waves, polynomial_cycle
from .schedules.rarer.laws import exp_hyperbolic, exponential_between, hyperbolic, power_decay, power_law
from .schedules.rarer.phases import flat_cosine, infinite, knee, linear_one_cycle, slanted_triangular, swa
from .schedules.rarer.points import piecewise_constant, piecewise_cosine, piecewise_linear
from .schedules.rarer.wrappers import clipped, exponential_warmup, repeat, staircase, untuned_warmup
from .schedules.step_decay import multistep_decay, step_decay
from .schedules.warmup import warmup
from .schedules.wsd import wsd

__version__ = "0.1.0"

# What needs more than math comes on first use: name -> the module that holds it.
LAZY = {
    "explore": "live", "facts": "show", "plot": "plots", "source": "show",
    "native": "natives", "to_keras": "bridges", "to_lambda": "bridges", "to_optax": "bridges",
}
ROOMS = ("bridges", "exercises", "figure", "labs", "live", "natives", "peers", "plots", "pytorch", "recipes", "show", "svg", "worlds")


def __getattr__(name):
    if name in LAZY:
        return getattr(_load(LAZY[name]), name)
    if name in ROOMS:
        return _load(name)
    raise AttributeError(f"lrlearn has no {name!r}")


def _load(room):
    """Import a room of the package; __import__, since MicroPython has no importlib."""
    return __import__("lrlearn." + room, None, None, ("__name__",))


def __dir__():
    return sorted(list(globals()) + list(LAZY) + list(ROOMS))
