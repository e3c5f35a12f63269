"""Exponential and inverse-time decay against torch, optax, Keras and 50 digits."""
import mpmath
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, horizons, near, rates

from lrlearn import Schedule, curve, exponential_decay, inverse_time_decay
from tests.peers import from_keras, from_optax, from_torch

gammas = st.floats(0.5, 1.0)


def ours(steps, lr, gamma):
    return curve(Schedule(exponential_decay, gamma=gamma), steps, lr)


@given(rates, gammas, horizons)
def test_torch(lr, gamma, steps):
    assert near(ours(steps, lr, gamma), from_torch.rates(f"ExponentialLR(optimizer, {gamma!r})", steps, lr), CLOSE * lr)


@given(rates, gammas, st.integers(1, 20))
def test_optax_and_keras_count_in_units_of_decay_steps(lr, rate, unit):
    gamma = rate ** (1 / unit)
    for peer, call in ((from_optax, "optax.exponential_decay"), (from_keras, "keras.optimizers.schedules.ExponentialDecay")):
        assert near(ours(40, lr, gamma), peer.rates(f"{call}({lr!r}, {unit}, {rate!r})", 40), 2 * FLOAT32 * lr)


@given(rates, st.floats(0, 5), st.integers(1, 20))
def test_inverse_time_is_keras(lr, rate, unit):
    theirs = from_keras.rates(f"keras.optimizers.schedules.InverseTimeDecay({lr!r}, {unit}, {rate!r})", 40)
    assert near(curve(Schedule(inverse_time_decay, decay_rate=rate, decay_steps=unit), 40, lr), theirs, FLOAT32 * lr)


@settings(derandomize=True)
@given(rates, st.floats(0.9, 1.0), st.integers(0, 10**6), st.floats(0, 5), st.integers(1, 1000))
def test_fifty_digits(lr, gamma, t, rate, unit):
    with mpmath.workdps(50):
        assert abs(exponential_decay(t, lr, gamma) - mpmath.mpf(lr) * mpmath.mpf(gamma) ** t) <= EXACT * lr
        assert abs(inverse_time_decay(t, lr, rate, unit) - lr / (1 + mpmath.mpf(rate) * t / unit)) <= EXACT * lr


@given(rates, st.floats(1, 1000))
def test_half_life(lr, half):
    assert near([exponential_decay(half, lr, 0.5 ** (1 / half))], [lr / 2], 1e-12 * lr)
