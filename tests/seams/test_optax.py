"""Where optax departs from our formulas."""
import pytest

from lrlearn import Schedule, cosine, exponential_decay, one_cycle, warmup
from lrlearn.schedules.plateau import plateau
from lrlearn.schedules.rarer.phases import linear_one_cycle
from lrlearn.schedules.rarer.points import piecewise_cosine, piecewise_linear
from tests.peers.from_optax import fed, rates
from tests.seams import about, folded, ours


def test_alpha_is_a_fraction_of_the_peak():
    """The alpha of cosine_decay_schedule is the floor as a fraction of the peak, and not a learning rate."""
    assert rates("optax.cosine_decay_schedule(0.5, 4, alpha=0.1)", 6) == about(0.5, 0.4341, 0.275, 0.1159, 0.05, 0.05)
    assert ours(6, cosine, lr=0.5, T_max=4, eta_min=0.1)[-1] == 0.1


def test_alpha_is_a_fraction_with_an_exponent_too():
    """With an exponent, too, alpha is a fraction of the peak: the power of the wave is taken before the floor is added."""
    found = rates("optax.cosine_decay_schedule(0.5, 4, alpha=0.1, exponent=2.0)", 6)
    assert found == about(0.5, 0.37785, 0.1625, 0.05965, 0.05, 0.05)


def test_decay_rate_is_the_factor_of_transition_steps():
    """The decay_rate of exponential_decay is the factor of transition_steps steps, and not of one."""
    assert rates("optax.exponential_decay(1.0, 2, 0.25)", 5) == about(1, 0.5, 0.25, 0.125, 0.0625)
    assert ours(5, exponential_decay, gamma=0.5) == about(1, 0.5, 0.25, 0.125, 0.0625)


def test_decay_steps_counts_the_warm_up_in():
    """The decay_steps of warmup_cosine_decay_schedule is the whole run, warm-up and all, where Keras leaves the warm-up out."""
    call = "optax.warmup_cosine_decay_schedule(0.0, 1.0, 3, {})"
    assert rates(call.format(10), 12) == about(*ours(12, warmup, schedule=Schedule(cosine, T_max=7), warmup_steps=3))
    assert rates(call.format(7), 9) == about(0, 0.33333, 0.66667, 1, 0.85355, 0.5, 0.14645, 0, 0)


def test_one_cycle_peaks_and_ends_one_step_later():
    """cosine_onecycle_schedule counts its phases from 0 to the number of steps, so that peak and end come one update later."""
    found = rates("optax.cosine_onecycle_schedule(10, 1.0)", 13)
    assert found == about(0.04, 0.28, 0.76, 1, 0.95048, 0.81175, 0.61126, 0.38874, 0.18826, 0.04952, 0, 0, 0)
    assert found[10:] == pytest.approx([4e-6] * 3, abs=2e-6)
    assert ours(10, one_cycle, total_steps=10)[:3] == about(0.04, 0.52, 1)


def test_the_straight_one_cycle_has_a_third_phase():
    """linear_onecycle_schedule comes back to its first rate at 85 % of the run, and falls to the last in what is left."""
    found = rates("optax.linear_onecycle_schedule(10, 1.0)", 12)
    assert found == about(0.04, 0.36, 0.68, 1, 0.808, 0.616, 0.424, 0.232, 0.04, 0.02, 0, 0)
    assert found == about(*ours(12, linear_one_cycle, total_steps=10))


def test_the_straight_one_cycle_mixes_its_rates_up_where_a_phase_is_empty():
    """Where a phase of linear_onecycle_schedule has no step, the factors of the others go astray: it may never climb."""
    call = "optax.linear_onecycle_schedule(3, 1.0, pct_start=0.5, pct_final=0.6)"
    assert rates(call, 4) == about(0.04, 0.0016, 0.0008, 0)
    assert ours(4, linear_one_cycle, total_steps=3, pct_start=0.5, pct_final=0.6) == about(0.04, 1, 0.02, 0)
    assert rates("optax.linear_onecycle_schedule(1, 1.0)", 3) == pytest.approx([0.0016, 1.6e-7, 1.6e-7], rel=1e-5)
    assert ours(3, linear_one_cycle, total_steps=1) == pytest.approx([1, 4e-6, 4e-6])


def test_interpolated_points_begin_at_0_and_have_factors():
    """piecewise_interpolate_schedule begins at step 0, and takes for each boundary the factor by which the rate changes."""
    points = dict(milestones=[0, 2, 4], values=[1.0, 0.5, 0.25])
    for way, formula in (("linear", piecewise_linear), ("cosine", piecewise_cosine)):
        found = rates(f"optax.piecewise_interpolate_schedule('{way}', 1.0, {{2: 0.5, 4: 0.5}})", 6)
        assert found == about(1, 0.75, 0.5, 0.375, 0.25, 0.25) and found == about(*ours(6, formula, **points))


def test_piecewise_constants_take_factors():
    """piecewise_constant_schedule takes a factor for each boundary, where Keras takes the rates, and cuts at the boundary."""
    assert rates("optax.piecewise_constant_schedule(1.0, {3: 0.1, 6: 0.5})", 8) == about(1, 1, 1, 0.1, 0.1, 0.1, 0.05, 0.05)


def test_a_restart_schedule_is_a_list_of_warm_ups():
    """sgdr_schedule joins warm-ups and cosines of any length, a dictionary each, and counts a warm-up into its decay_steps."""
    wave = "dict(init_value=0.0, peak_value=1.0, warmup_steps=1, decay_steps=3)"
    assert rates(f"optax.sgdr_schedule([{wave}, {wave}])", 8) == about(0, 1, 0.5, 0, 1, 0.5, 0, 0)


def test_float32_ends_early():
    """optax and Keras compute in float32: of a million steps, the last rates of a cosine are exactly 0."""
    assert rates("lambda t: optax.cosine_decay_schedule(0.1, 10**6)(10**6 - 1)", 1) == [0.0]
    assert cosine(10**6 - 1, 0.1, T_max=10**6) > 0


def test_plateau_cuts_one_metric_earlier_and_however_little():
    """reduce_on_plateau cuts at the bad metric number patience, one earlier than torch, and makes the smallest cut, too."""
    assert fed("optax.contrib.reduce_on_plateau(factor=0.5, patience=2)", [1.0] * 7) == about(1, 1, 0.5, 0.5, 0.25, 0.25, 0.125)
    assert folded([1.0] * 7, plateau, factor=0.5, patience=2) == about(1, 1, 1, 0.5, 0.5, 0.5, 0.25)
    cooled = fed("optax.contrib.reduce_on_plateau(factor=0.5, patience=1, cooldown=1)", [1.0] * 6)
    assert cooled == folded([1.0] * 6, plateau, factor=0.5, patience=0, cooldown=1) == [1, 0.5, 0.5, 0.25, 0.25, 0.125]
    tiny = fed("optax.contrib.reduce_on_plateau(factor=0.5, patience=1)", [1.0] * 2, lr=1e-8)
    assert tiny == pytest.approx([1e-8, 5e-9], rel=1e-6)
    assert folded([1.0] * 2, plateau, lr=1e-8, factor=0.5, patience=0) == [1e-8] * 2


def test_plateau_finds_a_negative_metric_always_better():
    """reduce_on_plateau takes a negative metric that stands still for an improvement, as torch's relative threshold does."""
    assert fed("optax.contrib.reduce_on_plateau(factor=0.5, patience=1)", [-1.0] * 5) == [1.0] * 5
