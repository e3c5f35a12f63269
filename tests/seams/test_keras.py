"""Where Keras departs from our formulas."""
from math import nan

import pytest

from lrlearn import Schedule, cosine, cosine_restarts, exponential_decay, multistep_decay, polynomial, warmup
from lrlearn.schedules.plateau import plateau
from lrlearn.schedules.rarer.cycles import cosine_cycles
from tests.peers.from_keras import fed, rates
from tests.seams import about, folded, ours

S = "keras.optimizers.schedules."


def test_alpha_is_a_fraction_of_the_peak():
    """The alpha of CosineDecay is the floor as a fraction of the peak, and its decay_steps leaves the warm-up out."""
    assert rates(S + "CosineDecay(0.5, 4, alpha=0.1)", 6) == about(0.5, 0.4341, 0.275, 0.1159, 0.05, 0.05)
    found = rates(S + "CosineDecay(0.0, 10, warmup_target=1.0, warmup_steps=3)", 15)
    assert found == about(*ours(15, warmup, schedule=Schedule(cosine, T_max=10), warmup_steps=3))


def test_decay_rate_is_the_factor_of_decay_steps():
    """The decay_rate of ExponentialDecay is the factor of decay_steps steps, and not of one."""
    assert rates(S + "ExponentialDecay(1.0, 2, 0.25)", 5) == about(*ours(5, exponential_decay, gamma=0.5))


def test_piecewise_constants_are_rates_and_change_one_step_late():
    """PiecewiseConstantDecay takes the rates themselves, and keeps the old one at the boundary: it cuts one step late."""
    found = rates(S + "PiecewiseConstantDecay([3, 6], [1.0, 0.1, 0.01])", 9)
    assert found == about(1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01)
    assert found == about(*ours(9, multistep_decay, milestones=[4, 7], gamma=0.1))
    with pytest.raises(ValueError, match="1 less"):
        rates(S + "PiecewiseConstantDecay([3, 6], [1.0, 0.1])", 1)


def test_polynomial_ends_at_1e_4():
    """PolynomialDecay ends at 1e-4 by default, so that a peak of 5e-5 rises."""
    assert rates(S + "PolynomialDecay(1.0, 10)", 12)[10:] == pytest.approx([1e-4, 1e-4])
    assert rates(S + "PolynomialDecay(5e-5, 10)", 11)[::5] == pytest.approx([5e-5, 7.5e-5, 1e-4])
    assert ours(12, polynomial, total_iters=10)[10:] == [0.0, 0.0]


def test_polynomial_can_be_stretched():
    """PolynomialDecay(cycle=True) stretches its length to the next multiple of decay_steps instead of holding."""
    found = rates(S + "PolynomialDecay(1.0, 4, 0.0, cycle=True)", 13)
    assert found == about(1, 0.75, 0.5, 0.25, 0, 0.375, 0.25, 0.125, 0, 0.25, 0.16667, 0.08333, 0)


def test_restarts_double_by_default_and_can_shrink():
    """CosineDecayRestarts doubles each cycle by default, t_mul=2, where torch keeps its length; m_mul lowers each peak."""
    found = rates(S + "CosineDecayRestarts(1.0, 3)", 10)
    assert found == about(1, 0.75, 0.25, 1, 0.93301, 0.75, 0.5, 0.25, 0.06699, 1)
    assert found == about(*ours(10, cosine_restarts, T_0=3, T_mult=2))
    assert rates(S + "CosineDecayRestarts(1.0, 3, m_mul=0.5)", 5) == about(1, 0.75, 0.25, 0.5, 0.46651)
    assert ours(4, cosine_restarts, T_0=3) == about(1, 0.75, 0.25, 1)


def test_restarts_have_a_fraction_for_their_floor():
    """The alpha of CosineDecayRestarts, too, is the floor as a fraction of the peak, and m_mul shrinks what is above it."""
    found = rates(S + "CosineDecayRestarts(0.5, 4, t_mul=1.0, m_mul=0.5, alpha=0.1)", 8)
    assert found == about(0.5, 0.4341, 0.275, 0.1159, 0.275, 0.24205, 0.1625, 0.08295)
    assert found == about(*ours(8, cosine_cycles, lr=0.5, T_0=4, decay=0.5, eta_min=0.05))


def test_a_restart_is_missed_by_its_logarithm():
    """CosineDecayRestarts takes a logarithm and gives the floor instead of the peak at some restarts."""
    assert rates(S + "CosineDecayRestarts(1.0, 1, t_mul=7.0)", 59)[56:] == about(0.001027, 0, 0.999979)
    assert ours(59, cosine_restarts, T_0=1, T_mult=7)[56:] == about(0.001027, 1, 0.999979)


def test_float32_counts_to_16_million():
    """Keras counts its steps in float32: step 16777217 is step 16777216."""
    call = "lambda t: keras.optimizers.schedules.PolynomialDecay(1.0, 20_000_000, 0.0)({} + t)"
    assert len(set(rates(call.format(2**24), 2))) == 1
    assert polynomial(2**24, 1.0, 20_000_000) > polynomial(2**24 + 1, 1.0, 20_000_000)


def test_plateau_cuts_one_metric_earlier_and_measures_an_amount():
    """The ReduceLROnPlateau of Keras cuts at the bad metric number patience, before torch; its min_delta is an amount."""
    call = "keras.callbacks.ReduceLROnPlateau(patience=2, factor=0.5)"
    assert fed(call, [1.0] * 7) == about(1, 1, 0.5, 0.5, 0.25, 0.25, 0.125)
    assert folded([1.0] * 7, plateau, factor=0.5, patience=2) == about(1, 1, 1, 0.5, 0.5, 0.5, 0.25)
    assert fed(call, [-1.0] * 5) == about(1, 1, 0.5, 0.5, 0.25)
    assert folded([-1.0] * 5, plateau, factor=0.5, patience=1, threshold_mode="abs") == about(1, 1, 0.5, 0.5, 0.25)


def test_plateau_counts_the_last_metric_of_the_cooldown():
    """The cooldown of Keras ends one metric earlier than torch's: its last metric counts."""
    call = "keras.callbacks.ReduceLROnPlateau(patience=1, cooldown=1, factor=0.5)"
    assert fed(call, [1.0] * 6) == about(1, 0.5, 0.25, 0.125, 0.0625, 0.03125)
    assert folded([1.0] * 6, plateau, patience=0, cooldown=1, factor=0.5) == about(1, 0.5, 0.5, 0.25, 0.25, 0.125)


def test_plateau_makes_the_smallest_cut_too():
    """The ReduceLROnPlateau of Keras makes every cut, where torch makes none of 1e-8 or less."""
    assert fed("keras.callbacks.ReduceLROnPlateau(patience=1, factor=0.5)", [1.0] * 2, lr=1e-8) == pytest.approx([1e-8, 5e-9])
    assert folded([1.0] * 2, plateau, lr=1e-8, patience=0, factor=0.5) == [1e-8] * 2


def test_plateau_takes_no_number_for_its_best():
    """In Keras a first metric that is no number becomes the best, and everything after it is bad."""
    assert fed("keras.callbacks.ReduceLROnPlateau(patience=1, factor=0.5)", [nan, 1.0, 0.5, 0.25]) == about(1, 0.5, 0.25, 0.125)
    assert folded([nan, 1.0, 0.5, 0.25], plateau, patience=0, factor=0.5) == about(0.5, 0.5, 0.5, 0.5)


def test_schedules_are_no_callbacks():
    """In Keras the schedules live under optimizers.schedules: among the callbacks there is no ExponentialDecay."""
    from tests.peers.from_keras import keras

    for name in ("ExponentialDecay", "CosineDecay"):
        assert hasattr(keras().optimizers.schedules, name) and not hasattr(keras().callbacks, name)
