"""Where lrsched departs from our formulas."""
import pytest

from lrlearn import Schedule, cosine, inverse_sqrt, linear, sequential, warmup
from tests.peers.from_lrsched import rates
from tests.seams import about, ours


def test_one_cycle_divides_the_peak_for_its_last_rate():
    """The final_div of one_cycle divides the peak and not the first rate, so that its last rate is 25 times that of torch."""
    call = "lrsched.one_cycle(max_lr=1.0, total_steps=10, pct_start=0.3, initial_div=25.0, final_div=1e4)"
    assert rates(call, 12) == about(0.04, 0.28, 0.76, 1, 0.95049, 0.81176, 0.6113, 0.3888, 0.18834, 0.04961, 1e-4, 1e-4)


def test_joined_schedules_stop_a_step_before_their_end():
    """sequential holds the last value that the last phase has used, and not the one that it was heading for."""
    line = "lrsched.linear(base_lr=0.0, end_lr=1.0, total_steps=3)"
    wave = "lrsched.cosine(base_lr=1.0, min_lr=0.0, total_steps=4)"
    plan = [Schedule(linear, total_iters=3, start_factor=0.0, end_factor=1.0), Schedule(cosine, T_max=4)]
    theirs = rates(f"lrsched.sequential([(3, {line}), (4, {wave})])", 10)
    wanted = ours(10, sequential, schedules=plan, milestones=[3])
    assert theirs[:7] == about(*wanted[:7])
    assert theirs[7:] == about(0.14645, 0.14645, 0.14645) and wanted[7:] == about(0, 0, 0)


def test_inverse_sqrt_holds_its_own_warm_up():
    """inverse_sqrt begins at 0 with a warm-up of its own, as that of transformers does."""
    found = rates("lrsched.inverse_sqrt(base_lr=1.0, warmup_steps=3)", 6)
    assert found == about(0, 0.33333, 0.66667, 1, 0.86603, 0.7746)
    assert found == about(*ours(6, warmup, schedule=Schedule(inverse_sqrt, timescale=3), warmup_steps=3))


def test_numpys_integers_are_refused():
    """A step that is an integer of numpy is refused."""
    with pytest.raises(ValueError, match="step"):
        rates("lambda t: lrsched.cosine(base_lr=1.0, min_lr=0.0, total_steps=10)(__import__('numpy').int64(t))", 1)
