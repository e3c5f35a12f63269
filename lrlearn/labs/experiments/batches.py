"""Batch size and learning rate: a larger batch at the same number of epochs, and a batch that grows while the rate stays."""
from ...core import Schedule
from ...schedules.constant import constant
from ...schedules.polynomial import linear
from ...schedules.step_decay import multistep_decay
from ...schedules.warmup import warmup
from ..race import race
from ..results import Race
from ..tasks import digits


def large_batch(seeds=8, steps=600, times=8):
    """What is lost when the batch is larger and the epochs are the same, and does a rule for the rate, or a warm-up, help?

    seeds  how many seeds, or a list of them
    steps  updates with batches of 32, an integer >= times
    times  how many times larger the batch is, and fewer the updates, an integer >= 2

    The rate is 0.05 with batches of 32, and falls on a straight line. With the larger batch it is the same, or higher by
    the root of times, or by times; each of them cold, and with a warm-up over a tenth of the updates. A Race on right labels.

    Expected, and it is a negative result: eight times the batch is worse under every rule. The same rate loses most, 0.30
    against 0.09 nats; the root rule gives 0.15, the linear rule 0.13. A warm-up has no benefit: with the linear rule its mean
    is even higher, 0.21, which eight seeds can still call noise.

    >>> large_batch(seeds=2, steps=16).names[:3]
    ['batch 32', 'batch 256, same rate', 'batch 256, same rate, warm-up']

    Source: P. Goyal et al., Accurate, Large Minibatch SGD, 2017, where the linear rule with a warm-up keeps up to 8192.
    """
    T, small, large = steps // times, digits(), digits(batch_size=32 * times)
    runs = race(small, {"batch 32": Schedule(linear, total_iters=steps)}, [0.05], seeds, steps).runs
    for rule, peak in (("same rate", 0.05), ("root rule", 0.05 * times**0.5), ("linear rule", 0.05 * times)):
        name, rise = f"batch {32 * times}, {rule}", max(1, T // 10)
        arms = {name: Schedule(linear, total_iters=T),
                f"{name}, warm-up": Schedule(warmup, schedule=Schedule(linear, total_iters=max(1, T - rise)), warmup_steps=rise)}
        runs += race(large, arms, [peak], seeds, T).runs
    return Race(small, runs)


def batch_growth(seeds=8, epochs=24):
    """Can the batch grow instead of the rate falling? A Race at equal epochs: rate / 4, or batch * 4, after each third.

    seeds   how many seeds, or a list of them
    epochs  how often each example is seen on average, an integer >= 1

    Batches have 16 examples, and 16, 64 and 256 where they grow; the first rate is 0.05; a fifth of the labels is random.

    Expected: growth and decay are alike, 0.31 and 0.32 nats, and the constant rate is worse, 0.45; growth takes 708
    updates, decay 1617.

    >>> r = batch_growth(seeds=2, epochs=1)
    >>> {name: len(r.of(name)[0].losses) for name in r.names}
    {'constant': 67, 'rate decay': 67, 'batch growth': 29}

    Source: S. Smith et al., Don't Decay the Learning Rate, Increase the Batch Size, ICLR 2018.
    """
    task = digits(label_noise=0.2, batch_size=16)
    third = epochs * len(task.x) / 3
    small, T = round(third / 16), round(3 * third / 16)
    growing = [16] * small + [64] * round(third / 64) + [256] * round(third / 256)
    arms = {"constant": Schedule(constant), "rate decay": Schedule(multistep_decay, milestones=[small, 2 * small], gamma=0.25)}
    runs = race(task, arms, [0.05], seeds, T).runs
    grown = digits(label_noise=0.2, batch_size=growing)
    return Race(task, runs + race(grown, {"batch growth": Schedule(constant)}, [0.05], seeds, len(growing)).runs)
