"""Where PyTorch-Ignite departs from our formulas."""
from lrlearn import Schedule, cosine, sequential, triangular, warmup
from lrlearn.schedules.rarer.cycles import cosine_cycles
from lrlearn.schedules.rarer.points import piecewise_linear
from tests.peers.from_ignite import rates
from tests.seams import about, ours

COSINE = 'CosineAnnealingScheduler(optimizer, "lr", 1.0, 0.0, {})'


def test_schedules_are_joined_by_their_durations():
    """ConcatScheduler takes how long each schedule lasts, where torch takes the steps at which the next one begins."""
    line = 'LinearCyclicalScheduler(optimizer, "lr", 0.0, 1.0, 8)'
    found = rates(f"ConcatScheduler([{line}, {COSINE.format(8)}, {COSINE.format(4)}], [4, 2])", 9)
    plan = [Schedule(triangular, step_size_up=4), Schedule(cosine, T_max=8), Schedule(cosine, T_max=4)]
    assert found == about(0, 0.25, 0.5, 0.75, 1, 0.96194, 1, 0.85355, 0.5)
    assert found == about(*ours(9, sequential, schedules=plan, milestones=[4, 6]))


def test_the_warm_up_is_a_step_shorter():
    """create_lr_scheduler_with_warmup reaches the peak at the last step of the warm-up, one earlier than the others."""
    found = rates(f"create_lr_scheduler_with_warmup({COSINE.format(7)}, 0.0, 3)", 9)
    assert found == about(0, 0.5, 1, 0.95048, 0.81174, 0.61126, 0.38874, 0.18826, 0.04952)
    assert found == about(*ours(10, warmup, schedule=Schedule(cosine, T_max=7), warmup_steps=2)[:9])


def test_the_cosine_begins_anew():
    """CosineAnnealingScheduler jumps back to its start after each cycle, where torch's cosine turns round."""
    assert rates(COSINE.format(4), 9) == about(1, 0.85355, 0.5, 0.14645, 1, 0.85355, 0.5, 0.14645, 1)


def test_the_optimizers_rate_does_not_count():
    """The schedulers of Ignite take their rates from their own arguments, and not from the optimizer."""
    assert rates(COSINE.format(4), 3, lr=0.1) == about(1, 0.85355, 0.5)


def test_cycles_shrink_the_peak_itself():
    """The start_value_mult of Ignite shrinks the peak itself, not its height above the floor."""
    call = 'CosineAnnealingScheduler(optimizer, "lr", 1.0, 0.1, 4, start_value_mult=0.5)'
    assert rates(call, 9) == about(1, 0.8682, 0.55, 0.2318, 0.5, 0.44142, 0.3, 0.15858, 0.25)
    assert ours(9, cosine_cycles, T_0=4, decay=0.5, eta_min=0.1)[4::4] == about(0.55, 0.325)


def test_points_are_pairs_with_the_rates_themselves():
    """PiecewiseLinear takes pairs of a step and the rate itself, where ours takes fractions of the peak."""
    found = rates('PiecewiseLinear(optimizer, "lr", [(2, 0.2), (4, 0.1)])', 7)
    assert found == about(0.2, 0.2, 0.2, 0.15, 0.1, 0.1, 0.1)
    assert found == about(*ours(7, piecewise_linear, lr=0.2, milestones=[2, 4], values=[1.0, 0.5]))
