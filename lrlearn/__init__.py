"""lrlearn: every learning-rate schedule as one flat function whose body is the equation.

>>> import lrlearn as ll
>>> ll.cosine(50, base_lr=0.1, T_max=100)
0.05
"""
from .core import CARDS, Card, Param, Schedule, card, card_of, curve
from .schedules.constant import constant
from .schedules.cosine import cosine
from .schedules.warmup import warmup

__version__ = "0.1.0"

# What needs more than math comes on first use: name -> the module that holds it.
LAZY = {"plot": "plots", "explore": "live"}
ROOMS = ("exercises", "labs", "live", "plots", "pytorch", "svg")


def __getattr__(name):
    from importlib import import_module

    if name in LAZY:
        return getattr(import_module("lrlearn." + LAZY[name]), name)
    if name in ROOMS:
        return import_module("lrlearn." + name)
    raise AttributeError(f"lrlearn has no {name!r}")


def __dir__():
    return sorted([*globals(), *LAZY, *ROOMS])
