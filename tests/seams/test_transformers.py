"""Where Hugging Face transformers departs from our formulas."""
import pytest
import torch

from lrlearn import Schedule, cosine, cosine_restarts, inverse_sqrt, linear, noam, polynomial, warmup, wsd
from lrlearn.schedules.greedy import greedy
from lrlearn.schedules.rarer.cycles import cosine_waves
from tests.peers.from_transformers import fed, rates
from tests.seams import about, folded, ours


# ------------------------------------------------------------------------------------------ cosine and restarts

def test_cosine_rises_again():
    """get_cosine_schedule_with_warmup goes up again after its last step: to 0.038 one step past the end of 8, and so on."""
    found = rates("get_cosine_schedule_with_warmup(optimizer, 4, 12)", 15)
    assert found[12:] == about(0, 0.03806, 0.14645)
    assert ours(15, warmup, schedule=Schedule(cosine, T_max=8), warmup_steps=4)[12:] == about(0, 0, 0)


def test_the_warm_up_begins_at_0():
    """In the plain warm-up the first update has the rate 0 and changes nothing; the peak is at num_warmup_steps."""
    found = rates("get_cosine_schedule_with_warmup(optimizer, 3, 10)", 10)
    assert found == about(0, 0.33333, 0.66667, 1, 0.95048, 0.81174, 0.61126, 0.38874, 0.18826, 0.04952)
    assert found == about(*ours(10, warmup, schedule=Schedule(cosine, T_max=7), warmup_steps=3))


def test_one_warm_up_begins_above_0_and_the_cosine_ends_early():
    """cosine_warmup_with_min_lr counts every step one further: it begins above 0, and its last update has the floor."""
    call = 'get_scheduler("cosine_warmup_with_min_lr", optimizer, 3, 10, scheduler_specific_kwargs={"min_lr": 0.0})'
    assert rates(call, 11) == about(1 / 3, 2 / 3, 1, 0.95048, 0.81174, 0.61126, 0.38874, 0.18826, 0.04952, 0, 0.04952)


def test_restarts_share_the_run_in_equal_parts_and_end_at_0():
    """cosine_with_restarts divides the run into num_cycles equal parts and holds 0 after them; 1, the default, is no restart."""
    call = "get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, 0, 12{})"
    assert rates(call.format(", 4"), 14) == about(*[1, 0.75, 0.25] * 4, 0, 0)
    assert rates(call.format(""), 14) == about(*ours(14, cosine, T_max=12))


def test_a_restart_is_missed_by_a_rounding():
    """cosine_with_restarts rounds, and at some restarts gives the bottom instead of the peak: the 15th of 22 cycles."""
    found = rates("get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, 0, 44, 22)", 44)
    assert found[28:33] == about(1, 0.5, 0, 0.5, 1) and found[:4] == about(1, 0.5, 1, 0.5)
    assert ours(33, cosine_restarts, T_0=2)[28:] == about(1, 0.5, 1, 0.5, 1)


def test_cycles_of_the_plain_cosine_are_whole_waves():
    """num_cycles=2 of the plain cosine means two waves down and up, and not two restarts."""
    found = rates("get_cosine_schedule_with_warmup(optimizer, 0, 12, num_cycles=2)", 12)
    assert found == about(1, 0.75, 0.25, 0, 0.25, 0.75, 1, 0.75, 0.25, 0, 0.25, 0.75)


def test_the_waves_go_on_after_the_last_step():
    """The waves of num_cycles do not stop at the last step; ours do."""
    found = rates("get_cosine_schedule_with_warmup(optimizer, 0, 4, num_cycles=1.5)", 8)
    assert found == about(1, 0.14645, 0.5, 0.85355, 0, 0.85355, 0.5, 0.14645)
    assert ours(8, cosine_waves, total_steps=4, num_cycles=1.5) == about(1, 0.14645, 0.5, 0.85355, 0, 0, 0, 0)
    whole = rates("get_cosine_schedule_with_warmup(optimizer, 0, 4, num_cycles=1.0)", 7)
    assert whole == about(1, 0.5, 0, 0.5, 1, 0.5, 0)
    assert ours(7, cosine_waves, total_steps=4, num_cycles=1.0) == about(1, 0.5, 0, 0.5, 1, 1, 1)


# ------------------------------------------------------------------------------------------ polynomial, inverse square root, WSD

def test_polynomial_ends_at_1e_7_of_the_first_group():
    """The polynomial ends at lr_end=1e-7 by default, taken as a part of the rate that the optimizer was made with."""
    assert rates("get_polynomial_decay_schedule_with_warmup(optimizer, 0, 10)", 12)[10:] == pytest.approx([1e-7, 1e-7])
    assert ours(12, polynomial, total_iters=10)[10:] == [0.0, 0.0]
    from transformers import get_polynomial_decay_schedule_with_warmup

    weights = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    optimizer = torch.optim.SGD([{"params": weights[:1]}, {"params": weights[1:], "lr": 0.001}], lr=0.1)
    scheduler = get_polynomial_decay_schedule_with_warmup(optimizer, 0, 2, lr_end=0.01)
    for _ in range(2):
        optimizer.step()
        scheduler.step()
    assert scheduler.get_last_lr() == pytest.approx([0.01, 0.0001])


def test_polynomial_divides_by_zero_where_all_is_warm_up():
    """The polynomial divides by zero where the warm-up is the whole run."""
    with pytest.raises(ZeroDivisionError):
        rates("get_polynomial_decay_schedule_with_warmup(optimizer, 3, 3)", 5)
    assert ours(5, warmup, schedule=Schedule(linear, total_iters=1), warmup_steps=3) == about(0, 1 / 3, 2 / 3, 1, 0)


def test_inverse_sqrt_takes_its_pace_from_the_warm_up():
    """inverse_sqrt falls at the pace of num_warmup_steps by default, or of 10000 without warm-up."""
    wanted = ours(13, warmup, schedule=Schedule(inverse_sqrt, timescale=3), warmup_steps=3)
    assert rates("get_inverse_sqrt_schedule(optimizer, 3)", 13) == about(*wanted)
    assert wanted[:7] == about(0, 0.33333, 0.66667, 1, 0.86603, 0.7746, 0.70711) and wanted[12] == 0.5
    found = rates("get_inverse_sqrt_schedule(optimizer, 0)", 6)
    assert found == pytest.approx(ours(6, inverse_sqrt, timescale=10000), rel=1e-11) and found[5:] == about(0.99975)


def test_inverse_sqrt_is_the_papers_schedule_one_step_late():
    """The paper counts its steps from 1, inverse_sqrt from 0: the same curve, one update later."""
    peak = noam(2, 1.0, warmup_steps=3)
    paper = [noam(t, 1.0, warmup_steps=3) / peak for t in range(12)]
    assert rates("get_inverse_sqrt_schedule(optimizer, 3)", 13)[1:] == about(*paper)


def test_wsd_cools_down_along_a_cosine_to_a_part_of_the_peak():
    """warmup_stable_decay cools down along a cosine by default, its floor is a part of the peak, and the warm-up begins there."""
    found = rates("get_wsd_schedule(optimizer, 2, 3, 10)", 12)
    assert found == about(0, 0.5, *[1] * 6, 0.75, 0.25, 0, 0)
    assert found == about(*ours(12, wsd, total_steps=10, decay_steps=3, warmup_steps=2, decay_type="cosine"))
    assert rates("get_wsd_schedule(optimizer, 2, 3, 10, min_lr_ratio=0.1)", 12, lr=0.5) == about(
        0.05, 0.275, *[0.5] * 6, 0.3875, 0.1625, 0.05, 0.05)
    assert ours(12, wsd, total_steps=10, decay_steps=3, warmup_steps=2) == about(0, 0.5, *[1] * 6, 0.66667, 0.33333, 0, 0)


def test_wsd_prefers_the_stable_steps_to_the_length_of_the_run():
    """warmup_stable_decay, given both num_stable_steps and num_training_steps, ignores the length of the run."""
    call = "get_wsd_schedule(optimizer, 2, 3, num_training_steps=10{})"
    assert rates(call.format(""), 10) == about(0, 0.5, 1, 1, 1, 1, 1, 1, 0.75, 0.25)
    with pytest.warns(UserWarning, match="num_stable_steps will be used"):
        assert rates(call.format(", num_stable_steps=2"), 10) == about(0, 0.5, 1, 1, 1, 0.75, 0.25, 0, 0, 0)


def test_wsd_may_wave_as_it_cools_down():
    """num_cycles=1 of warmup_stable_decay is a cool-down that comes up again before it drops to 0; ours has no waves."""
    assert rates("get_wsd_schedule(optimizer, 0, 4, 4, num_cycles=1.0)", 5) == about(1, 0.5, 0, 0.5, 0)
    assert ours(5, wsd, total_steps=4, decay_steps=4, decay_type="cosine") == about(1, 0.85355, 0.5, 0.14645, 0)


def test_the_names_are_its_own():
    """Its names are not those of torch: get_scheduler knows no "step", no "exponential" and no "one_cycle"."""
    for name in ("step", "exponential", "one_cycle"):
        with pytest.raises(ValueError):
            rates(f'get_scheduler("{name}", optimizer, 0, 10)', 1)


# ------------------------------------------------------------------------------------------ what reacts to a metric

def test_greedy_lifts_a_small_rate_to_its_floor():
    """The floor of greedy is 1e-3 by default: a rate of 1e-4 is never cut, and a good metric raises it."""
    assert fed("get_greedy_schedule(optimizer, patience=0)", [2.0] * 4, lr=1e-4) == pytest.approx([1e-4 / 0.95] * 4)
    assert fed("get_greedy_schedule(optimizer, patience=0, factor=0.5)", [2.0] * 4, lr=0.1) == about(0.2, 0.1, 0.05, 0.025)


def test_greedy_begins_anew_after_many_falls_at_its_floor():
    """After reset_start falls at its floor, 500 by default, GreedyLR goes back to its first rate; ours stays."""
    hyper = dict(patience=0, factor=0.5, min_lr=0.1)
    call = "GreedyLR(optimizer, patience=0, factor=0.5, min_lr=0.1, reset_start=2)"
    assert fed(call, [2.0] * 9, lr=0.2) == about(0.4, 0.2, 0.1, 0.2, 0.4, 0.2, 0.1, 0.2, 0.4)
    assert folded([2.0] * 9, greedy, lr=0.2, **hyper) == about(0.4, 0.2, *[0.1] * 7)


def test_greedy_can_smooth_its_metrics():
    """With smooth=True GreedyLR looks at the mean of the last window_size metrics; ours is given what it should look at."""
    metrics = [4.0, 2.0, 3.0, 3.0, 4.0]
    call = "GreedyLR(optimizer, patience=0, factor=0.5, min_lr=0.01{})"
    smooth = fed(call.format(", smooth=True, window_size=3"), metrics, lr=0.2)
    assert smooth == about(0.4, 0.8, 0.4, 0.8, 0.4)
    means = [sum(metrics[max(0, i - 2):i + 1]) / min(i + 1, 3) for i in range(5)]
    assert smooth == folded(means, greedy, lr=0.2, patience=0, factor=0.5, min_lr=0.01)
    assert fed(call.format(""), metrics, lr=0.2) == about(0.4, 0.8, 0.4, 0.2, 0.1)
    assert folded(metrics, greedy, lr=0.2, patience=0, factor=0.5, min_lr=0.01) == about(0.4, 0.8, 0.4, 0.2, 0.1)
