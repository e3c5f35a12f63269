"""Small real trainings with seeds and bands: digits() is a task, train() one run, race() many, range_test() a ramp.

descend() trains without noise and measures the sharpness() on the way. `lrlearn.labs.experiments` holds the experiments of
the book, each one call. `lrlearn.labs.optimizers` and `lrlearn.labs.beyond_torch` hold optimizers to be read.

>>> from lrlearn import Schedule, constant, cosine
>>> from lrlearn.labs import digits, race
>>> r = race(digits(), {"cosine": Schedule(cosine, T_max=50), "constant": Schedule(constant)}, base_lrs=[0.1], seeds=2, steps=50)
>>> len(r.runs), r.best("cosine")
(4, 0.1)
"""
from ..extras import need

need("torch", "labs")
need("sklearn", "labs")

from .arithmetic import arithmetic          # noqa: E402  the lines above have the better error message
from .edge import Edge, descend             # noqa: E402
from .over import over                      # noqa: E402
from .race import race                      # noqa: E402
from .range_test import RangeTest, range_test     # noqa: E402
from .results import Race                   # noqa: E402
from .sharpness import sharpness            # noqa: E402
from .sweep import sweep                    # noqa: E402
from .tasks import Task, digits, mnist1d    # noqa: E402
from .train import Run, train               # noqa: E402
from . import experiments                   # noqa: E402  last, since it is made of the others

__all__ = ["Edge", "Race", "RangeTest", "Run", "Task", "arithmetic", "descend", "digits", "experiments", "mnist1d", "over", "race",
           "range_test", "sharpness", "sweep", "train"]
