"""The conclusions about stability: sharpness goes to 2 / rate, catapults, and what a warm-up rescues and what not."""
import numpy as np
import pytest

from lrlearn import Schedule, constant
from lrlearn.labs import descend
from lrlearn.labs.experiments import edge_of_stability, warmup_rescue


def end(run):
    """The mean of the last ten sharpnesses."""
    return np.mean(run.sharpness[-10:])


def test_the_sharpness_goes_to_two_over_the_rate():
    edge = edge_of_stability()
    slow, middle, catapult, lost = edge.runs
    for run in (slow, middle, catapult):
        assert not run.diverged and 0.85 * 2 / run.base_lr < end(run) < 1.25 * 2 / run.base_lr
        assert run.losses[-1] < 0.3 * run.losses[0]
    assert slow.sharpness[0] < 10 < max(slow.sharpness)                    # from below: progressive sharpening
    assert middle.sharpness[0] > 4 and catapult.sharpness[0] > 2 / 0.7     # from above
    falls = np.diff(slow.losses[:300])
    assert (falls < 0).all() and (np.diff(middle.losses) > 0).mean() > 0.2  # below the edge every update helps, at it not
    assert max(catapult.losses) > 1.15 * catapult.losses[0] and np.argmax(catapult.losses) < 30
    assert lost.diverged and len(lost.losses) == 5 and "diverged after 5" in repr(edge.table())


def test_between_a_catapult_and_divergence_the_first_weights_decide():
    lost = [seed for seed in range(10) if descend([Schedule(constant)], [0.8], steps=30, seed=seed, every=30).runs[0].diverged]
    assert lost == [0, 3]


def test_a_warmup_rescues_but_not_everything():
    edge = warmup_rescue()
    assert edge.of("cold", 1.0).diverged and len(edge.of("cold", 1.0).losses) == 5
    assert edge.of("gain 2, cold", 0.5).diverged and edge.of("gain 2, cold", 1.0).diverged
    for name, lr in (("warm", 1.0), ("gain 2, warm", 0.5)):
        run = edge.of(name, lr)
        assert not run.diverged and run.losses[-1] < 0.1 and end(run) == pytest.approx(2 / lr, rel=0.35)
        assert run.lrs[0] == 0 and max(run.lrs) == run.lrs[400] == lr
    assert edge.of("gain 2, warm", 0.5).sharpness[0] > 20
    lost = edge.of("gain 2, warm", 1.0)         # the negative result
    assert lost.diverged and 50 < len(lost.losses) < 600
