"""Two measurements without a race: how stable a range test is, and the noise floor of a constant rate."""
import torch

from ...core import Schedule
from ...schedules.constant import constant
from ...schedules.exponential_decay import inverse_time_decay
from ...show import Table
from ..race import listed
from ..range_test import RULES, RangeTest, range_test, rounded
from ..tasks import digits
from ..train import one_thread


def range_tests(seeds=5, steps=200):
    """Do the suggestions of a range test depend on the seed? A Table: lowest and highest over the seeds, for each rule.

    seeds  how many seeds, or a list of them
    steps  updates of one test, from 1e-5 to 10, an integer >= 20

    Each rule reads the smoothed losses, and the losses as they are.

    Expected: a tenth of the rate with the lowest smoothed loss stays within a factor of two, near 0.04. The steepest place
    cannot be used: read from smoothed losses it lies anywhere, by a factor of ten and more; read from the losses as they are
    it is at about 1, where the loss jumps up and down on its way to infinity.

    >>> range_tests(seeds=2, steps=60).head
    ('rule', 'losses', 'lowest', 'highest', 'ratio')

    Source: L. Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017; the rules are fastai's.
    """
    task = digits(label_noise=0.2)
    smoothed = [range_test(task, start_lr=1e-5, steps=steps, seed=seed) for seed in listed(seeds)]
    as_they_are = [RangeTest(r.lrs, r.losses, r.losses, r.diverged, r.steps) for r in smoothed]
    rows = []
    for rule in RULES:
        for kind, tests in (("smoothed", smoothed), ("as they are", as_they_are)):
            found = [test.suggestions()[rule] for test in tests]
            low, high = min(found), max(found)
            rows.append((rule, kind, rounded(low), rounded(high), f"{high / low:.3g}"))
    return Table(("rule", "losses", "lowest", "highest", "ratio"), rows)


@one_thread()
def noise_floor(walks=20000, steps=400):
    """How far from the bottom of a bowl does noise keep gradient descent? A Table: mean square distance, and its formula.

    walks  how many independent walks the mean is over, an integer >= 1
    steps  updates of each walk, an integer >= 1

    The bowl is curvature / 2 * w^2 with curvature 2; each gradient has noise of standard deviation 1. A constant rate ends
    at rate * noise^2 / (curvature * (2 - rate * curvature)). The rate 1 / (curvature * (t + 1)) has no floor: there the
    distance is noise^2 / (curvature^2 * t).

    Expected: simulation and formula agree within the error of the mean, 1 % with 20 000 walks.

    >>> noise_floor(walks=10, steps=4).head
    ('rate', 'mean square distance', 'formula')

    Source: H. Robbins and S. Monro, A Stochastic Approximation Method, 1951; the formula is a geometric series.
    """
    curvature, noise, rows = 2.0, 1.0, []
    for lr in (0.05, 0.2, 0.5, 0.8):
        rows.append((f"{lr:g}", walk(Schedule(constant), lr, walks, steps), lr * noise**2 / (curvature * (2 - lr * curvature))))
    falling = Schedule(inverse_time_decay, decay_rate=1.0, decay_steps=1)
    rows.append(("1 / (2 (t + 1))", walk(falling, 1 / curvature, walks, steps), noise**2 / (curvature**2 * steps)))
    rows = [(name, f"{measured:.3g}", f"{wanted:.3g}") for name, measured, wanted in rows]
    return Table(("rate", "mean square distance", "formula"), rows)


def walk(schedule, base_lr, walks, steps, curvature=2.0, noise=1.0):
    """The mean square distance after the last update, all walks beginning at 0."""
    numbers, w = torch.Generator().manual_seed(0), torch.zeros(walks, dtype=torch.float64)
    for t in range(steps):
        gradient = curvature * w + noise * torch.randn(walks, generator=numbers, dtype=torch.float64)
        w = w - schedule(t, base_lr) * gradient
    return (w**2).mean().item()
