"""lrlearn: every learning-rate schedule as one flat function whose body is the equation.

>>> import lrlearn as ll
>>> ll.cosine(50, base_lr=0.1, T_max=100)
0.05
"""
from .core import Card, Param, Schedule, area, card, card_of, curve

__version__ = "0.1.0"

# Every formula comes with its family's file on first use, so that a figure in the page has to wait for its own alone. CARDS and
# FOLDS bring all of them.
FAMILIES = {
    "constant": "constant",
    "cosine": "cosine",
    "cyclic": "cosine_restarts exp_range triangular triangular2",
    "exponential_decay": "exponential_decay inverse_time_decay",
    "greedy": "greedy",
    "inverse_sqrt": "inverse_sqrt noam",
    "joining": "chained sequential",
    "one_cycle": "one_cycle one_cycle_momentum",
    "plateau": "plateau",
    "polynomial": "linear polynomial",
    "rarer.decays": "cosine_power k_decay k_decay_polynomial rex tanh_decay",
    "rarer.cycles": "chebyshev cosine_cycles cosine_waves polynomial_cycle",
    "rarer.laws": "exp_hyperbolic exponential_between hyperbolic power_decay power_law",
    "rarer.phases": "flat_cosine infinite knee linear_one_cycle slanted_triangular swa",
    "rarer.points": "piecewise_constant piecewise_cosine piecewise_linear",
    "rarer.wrappers": "clipped exponential_warmup repeat staircase untuned_warmup",
    "step_decay": "multistep_decay step_decay",
    "warmup": "warmup",
    "wsd": "wsd",
}
FORMULAS = {name: family for family, names in FAMILIES.items() for name in names.split()}
__all__ = sorted(["CARDS", "Card", "FOLDS", "Param", "Schedule", "area", "card", "card_of", "curve"] + list(FORMULAS))
# So does what needs more than math: name -> the module that holds it.
LAZY = {
    "explore": "live", "facts": "show", "plot": "plots", "source": "show",
    "native": "natives", "to_keras": "bridges", "to_lambda": "bridges", "to_optax": "bridges",
}
LAZY.update([(name, "schedules." + family) for name, family in FORMULAS.items()])
ROOMS = ("bridges", "exercises", "figure", "labs", "live", "natives", "peers", "plots", "pytorch", "recipes", "schedules", "show", "svg", "worlds")


def __getattr__(name):
    if name in ROOMS:
        return _load(name)
    if name in LAZY:
        found = getattr(_load(LAZY[name]), name)
    elif name in ("CARDS", "FOLDS"):
        for family in FAMILIES:
            _load("schedules." + family)
        found = getattr(_load("core"), name)
    else:
        raise AttributeError(f"lrlearn has no {name!r}")
    globals()[name] = found
    return found


def _load(room):
    """Import a room of the package; __import__, since MicroPython has no importlib."""
    return __import__("lrlearn." + room, None, None, ("__name__",))


def __dir__():
    return sorted(set(list(globals()) + __all__ + list(LAZY) + list(ROOMS)))
