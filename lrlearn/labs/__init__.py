"""Small real trainings with seeds and bands: digits() is a task, train() one run, race() many, range_test() a ramp.

`lrlearn.labs.optimizers` and `lrlearn.labs.beyond_torch` hold optimizers to be read.

>>> from lrlearn import Schedule, constant, cosine
>>> from lrlearn.labs import digits, race
>>> r = race(digits(), {"cosine": Schedule(cosine, T_max=50), "constant": Schedule(constant)}, base_lrs=[0.1], seeds=2, steps=50)
>>> len(r.runs), r.best("cosine")
(4, 0.1)
"""
from ..extras import need

need("torch", "labs")
need("sklearn", "labs")

from .race import Race, race                # noqa: E402  the lines above have the better error message
from .range_test import RangeTest, range_test     # noqa: E402
from .tasks import Task, digits             # noqa: E402
from .train import Run, train               # noqa: E402

__all__ = ["Race", "RangeTest", "Run", "Task", "digits", "race", "range_test", "train"]
