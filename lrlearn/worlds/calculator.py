"""How many updates a training makes: samples, batches, devices, accumulation and epochs, by the rule of transformers."""
from math import ceil

from ..core import Param, card
from ..svg import Chart
from .menu import NAMES, every
from .panel import RATE


def updates_per_epoch(samples, batch_size, devices=1, accumulate=1, drop_last=False):
    """The updates of one epoch: batches of all devices together, of which `accumulate` make an update.

    samples     how many examples an epoch has, an integer >= 1
    batch_size  examples of one device in one pass, an integer >= 1
    devices     how many work at the same time, an integer >= 1
    accumulate  passes whose gradients are added before an update, an integer >= 1
    drop_last   whether what does not fill a batch is left out

    A remainder makes an update of its own. Raises a ValueError when drop_last leaves no batch.

    >>> updates_per_epoch(samples=100, batch_size=8, accumulate=3)
    5
    >>> updates_per_epoch(samples=100, batch_size=64, devices=2, drop_last=True)
    Traceback (most recent call last):
    ValueError: samples: examples of an epoch, must fill one batch of 128 when drop_last is set, got 100

    Source: Trainer.set_initial_training_values in transformers 5.
    """
    whole = batch_size * devices
    passes = samples // whole if drop_last else -(-samples // whole)
    if not passes:
        raise ValueError(f"samples: examples of an epoch, must fill one batch of {whole} when drop_last is set, got {samples}")
    return -(-passes // accumulate)


def total_steps(samples, batch_size, devices=1, accumulate=1, epochs=3.0, drop_last=False):
    """The updates of a whole training, the number that a schedule needs as total_steps or T_max.

    samples, batch_size, devices, accumulate, drop_last   as in updates_per_epoch
    epochs      how often the data is seen, > 0, a fraction, too

    >>> total_steps(samples=100, batch_size=8, accumulate=3, epochs=2)
    10
    >>> total_steps(samples=100, batch_size=8, epochs=1.5)
    20

    Also called: max_steps, num_training_steps.
    Not to be confused with samples / (batch_size * devices * accumulate) * epochs, which is 8.3 for the first one: rounding
    up happens in every epoch.
    Source: Trainer.set_initial_training_values in transformers 5.
    """
    return ceil(float(epochs) * updates_per_epoch(samples, batch_size, devices, accumulate, drop_last))


def warmup_updates(total, warmup):
    """The updates of the warm-up: from 1 on a count, below 1 a share of all updates, rounded up.

    total   updates of the training, an integer >= 1
    warmup  a count >= 1, or a share >= 0 and < 1

    >>> warmup_updates(101, 0.1), warmup_updates(101, 10)
    (11, 10)

    Also called: warmup_steps in transformers 5, where warmup_ratio is gone.
    Source: TrainingArguments.get_warmup_steps in transformers 5.
    """
    return int(warmup) if warmup >= 1 else ceil(total * warmup)


def steps(samples=1000, batch_size=16, devices=1, accumulate=2, epochs=3.0, warmup=0.1, drop_last=False, schedule="linear"):
    """From the size of a training to its updates, and the learning rate of each.

    samples     how many examples an epoch has, an integer >= 1
    batch_size  examples of one device in one pass, an integer >= 1
    devices     how many work at the same time, an integer >= 1
    accumulate  passes whose gradients are added before an update, an integer >= 1
    epochs      how often the data is seen, > 0
    warmup      a count of updates >= 1, or a share of them below 1
    drop_last   whether what does not fill a batch is left out
    schedule    the name of the schedule that follows the warm-up, one of those of every()

    >>> steps(samples=100, batch_size=8, accumulate=3, epochs=2.0)
    <Chart: 5 updates an epoch, 10 in all, 1 warm-up.>

    Source: Trainer in transformers 5.
    """
    samples, whole = int(samples), batch_size * devices
    if drop_last and samples < whole:
        words = f"No update: {samples} samples fill no batch of {whole}"
        return Chart((0, 1), (0, 1.05), "update t", "rate / peak", alt=words + ".").title(words)
    each = updates_per_epoch(samples, batch_size, devices, accumulate, drop_last)
    total = total_steps(samples, batch_size, devices, accumulate, epochs, drop_last)
    warm, after = warmup_updates(total, warmup), every(total)[schedule]
    if after(0) < 0.5:                                      # it warms up by itself
        warm, begins = 0, "with a warm-up of its own"
    else:
        after, begins = every(max(total - warm, 1))[schedule], f"{warm} warm-up"
    words = f"{each} update" + "s" * (each > 1) + f" an epoch, {total} in all, " + begins
    chart = Chart((0, max(total, 2)), (0, 1.12), "update t (above: the epoch)", "rate / peak", alt=words + ".").title(words)
    if warm:
        chart.band([0, min(warm, total)], [0, 0], [1.12, 1.12], RATE)
    for epoch in range(min(ceil(epochs), 12)):
        if (epoch + 0.5) * each < total:
            chart.line([epoch * each] * 2, [0, 1.12], "", "currentColor", 0.5, "3 4").text((epoch + 0.5) * each, 1.045, epoch + 1)
    times = sorted({(i * (total - 1)) // 149 for i in range(150)} | {min(warm, total - 1)})
    lrs = [t / warm if t < warm else after(t - warm) for t in times]
    chart.line(times, lrs, "", RATE)
    for t, lr in zip(times, lrs):
        if total <= 40:
            chart.dot(t, lr, RATE, 3)
    return chart


WARMUPS = {
    "none": 0, "3 % of the updates": 0.03, "10 % of the updates": 0.1, "30 % of the updates": 0.3,
    "10 updates": 10, "100 updates": 100, "500 updates": 500,
}

card(
    steps,
    title="The step calculator",
    latex=r"T = \left\lceil E \left\lceil \tfrac{1}{a} \left\lceil \tfrac{n}{b d} \right\rceil \right\rceil \right\rceil",
    paper="transformers",
    params=(
        Param("samples", 100, 20000, 1000, "log", "examples of an epoch", ">= 1"),
        Param("batch_size", 1, 128, 16, 1, "examples of one device in one pass", ">= 1"),
        Param("devices", 1, 16, 1, 1, "devices that work at the same time", ">= 1"),
        Param("accumulate", 1, 32, 2, 1, "passes before an update", ">= 1"),
        Param("epochs", 0.5, 10.0, 3.0, 0.5, "how often the data is seen", "> 0"),
        Param("warmup", None, None, 0.1, WARMUPS, "a share or a count of updates", ">= 0"),
        Param("drop_last", None, None, False, (False, True), "leave out what does not fill a batch", ""),
        Param("schedule", None, None, "linear", NAMES, "the rate after the warm-up", ""),
    ),
    world=True,
)
