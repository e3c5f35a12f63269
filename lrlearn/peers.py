"""What other frameworks answer to the same intent, and how close our formulas are to theirs: kept as data, so that nobody
has to install them."""
import json
from collections import namedtuple
from pathlib import Path

# One formula, or class of lrlearn.pytorch, beside one peer.
Agreement = namedtuple("Agreement", "label framework name ours theirs within")


class Rates(list):
    """Learning rates of updates 0, 1, 2, ... None stands for an update that the framework refuses.

    call     the call that gave them, as text
    version  the framework and its version
    """

    def __init__(self, rates, call, version):
        super().__init__(rates)
        self.call, self.version = call, version


def peers(name):
    """The answers of the frameworks to one intent: row -> Rates, for 15 updates.

    name  "step"           a tenth at update 5, and again at update 10
          "exponential"    halved every 5 updates, without a jump
          "inverse_time"   1 / (1 + t / 5): a half at update 5, a third at 10
          "linear"         straight to 0 in 10 updates
          "polynomial"     the square of what is left of 10 updates
          "cosine"         to 0 in 10 updates, no warm-up
          "warmup"         3 updates of warm-up, then the peak for good
          "warmup_linear"  3 updates of warm-up, straight to 0 at update 10
          "warmup_cosine"  3 updates of warm-up, cosine to 0 at update 10
          "inverse_sqrt"   3 updates of warm-up, then one over the root
          "wsd"            2 updates of warm-up, 5 stable, 3 straight to 0
          "restarts"       cosines to 0, of 5 updates each
          "triangular"     from 0.1 to the peak in 4 updates, back in 4
          "one_cycle"      up to the peak, and to almost 0 after 10 updates

    The peak is 1.0. A row is named for the framework and its function; what a comma follows differs from another row.

    >>> torch = peers("cosine")["PyTorch CosineAnnealingLR"]
    >>> torch[8:13]
    [0.095492, 0.024472, 0.0, 0.024472, 0.095492]
    >>> torch.call
    'CosineAnnealingLR(optimizer, T_max=10)'
    >>> peers("cosine")["optax cosine_decay_schedule"][9:13]
    [0.024472, 0.0, 0.0, 0.0]

    Raises ValueError for an unknown name. The numbers are rounded to six digits.
    Source: the frameworks themselves, run by tests/peers.
    """
    found = json.loads(Path(__file__).with_suffix(".json").read_text())
    if name not in found:
        raise ValueError(f"name: the intent that the frameworks were asked for, must be one of {', '.join(found)}, got {name!r}")
    return {row: Rates(**entry) for row, entry in found[name]["rows"].items()}


def agreement():
    """How close our formulas, and the classes of lrlearn.pytorch, are to their peers: a list of Agreement.

    label      what is ours in short: "cosine", "warmup(cosine)", "pytorch.StepLR"
    framework  "torch", "transformers", "timm", "optax", "keras", "fastai", "ignite" or "lrsched"
    name       what it is called there
    ours       our schedule as text; its letters stand for the values of a setting
    theirs     the call of the framework over the same letters
    within     a power of ten above the largest difference over a few dozen settings, relative to base_lr; 1e-16 also for none

    >>> rows = agreement()
    >>> [row.within for row in rows if row.label == "cosine" and row.framework == "keras"]
    [1e-07]
    >>> max(row.within for row in rows if row.framework == "torch") <= 1e-11
    True

    optax and Keras compute in float32, and fastai takes the parts of a run in it; so they differ in the seventh digit.
    Source: the frameworks themselves, run by tests/peers.
    """
    return [Agreement(**row) for row in json.loads(Path(__file__).with_name("agreement.json").read_text())]
