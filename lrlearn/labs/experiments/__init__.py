"""The experiments of the book, each one call: its docstring says the question, what to expect, and where it comes from.

decay      families, horizon, floors, cooldowns, anytime
batches    large_batch, batch_growth
stability  edge_of_stability, warmup_rescue
averages   schedule_free, restarts
transfer   transfer, inverted
probes     range_tests, noise_floor

Most return a Race, judged by its verdict. Seeds are paired: a seed decides weights, labels and batches of every arm.
An idea that failed: a transformer of four to six layers with its norms last, on the rows of digits, does not show what
a warm-up is for; warmup_rescue does.

>>> from lrlearn.labs import experiments
>>> experiments.floors(seeds=2, steps=10).names
['0 %', '1 %', '10 %', '30 %']
"""
from .averages import restarts, schedule_free
from .batches import batch_growth, large_batch
from .decay import anytime, cooldowns, families, floors, horizon
from .probes import noise_floor, range_tests
from .stability import edge_of_stability, warmup_rescue
from .transfer import inverted, transfer

__all__ = ["anytime", "batch_growth", "cooldowns", "edge_of_stability", "families", "floors", "horizon", "inverted",
           "large_batch", "noise_floor", "range_tests", "restarts", "schedule_free", "transfer", "warmup_rescue"]
