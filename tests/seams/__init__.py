"""The seams: where a framework departs from our formula, or frameworks from one another, each pinned with its numbers.

One file a framework, one test a seam; the docstring says the seam in a sentence. When an update of a framework closes a
seam, its test fails, and the card and the book have to follow.
"""
import pytest

from lrlearn import Schedule, curve


def about(*rates):
    """These learning rates, to five digits."""
    return pytest.approx(list(rates), abs=6e-6)


def ours(steps, formula, lr=1.0, **hyper):
    """Our learning rates for the same updates."""
    return curve(Schedule(formula, **hyper), steps, lr)


def familiar(call, steps, lr=1.0, hyper="lr"):
    """The learning rates of the classes of lrlearn.pytorch, which have the names of torch's."""
    from lrlearn import pytorch
    from tests.peers.from_torch import stepped

    return stepped(call, steps, lr, {name: getattr(pytorch, name) for name in pytorch.__all__}, hyper)


def folded(metrics, formula, lr=1.0, **hyper):
    """Our learning rate after each of the metrics."""
    state, used = (lr, None, 0, 0), []
    for metric in metrics:
        state = formula(state, metric, **hyper)
        used.append(state[0])
    return used
