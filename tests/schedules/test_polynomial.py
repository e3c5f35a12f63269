"""Linear and polynomial decay against torch, transformers, optax, Keras, timm and 50 digits."""
import mpmath
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, horizons, near, rates, shares

from lrlearn import Schedule, curve, linear, polynomial
from tests.peers import from_keras, from_optax, from_timm, from_torch, from_transformers

powers = st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0])


def line(steps, lr, n, **factors):
    return curve(Schedule(linear, total_iters=n, **factors), steps, lr)


def power_of(steps, lr, n, power, low=0.0):
    return curve(Schedule(polynomial, total_iters=n, power=power, eta_min=low), steps, lr)


@given(rates, horizons, st.floats(0.01, 1.0), st.floats(0.0, 1.0))
def test_linear_is_torchs(lr, n, start, end):
    theirs = from_torch.rates(f"LinearLR(optimizer, {start!r}, {end!r}, {n})", n + 3, lr)
    assert near(line(n + 3, lr, n, start_factor=start, end_factor=end), theirs, CLOSE * lr)


@given(rates, horizons)
def test_linear_is_transformers_and_optax(lr, n):
    assert near(line(n + 3, lr, n), from_transformers.rates(f"get_linear_schedule_with_warmup(optimizer, 0, {n})", n + 3, lr), CLOSE * lr)
    assert near(line(n + 3, lr, n), from_optax.rates(f"optax.linear_schedule({lr!r}, 0.0, {n})", n + 3), FLOAT32 * lr)


@given(rates, horizons, st.sampled_from([1.0, 2.0, 3.0]))
def test_polynomial_is_torchs(lr, n, power):
    assert near(power_of(n + 3, lr, n, power), from_torch.rates(f"PolynomialLR(optimizer, {n}, {power!r})", n + 3, lr), CLOSE * lr)


@given(rates, horizons, powers, shares)
def test_polynomial_is_transformers_timms_optax_and_keras(lr, n, power, share):
    low = share * lr
    wanted = power_of(n + 3, lr, n, power, low)
    if share < 1:
        call = f"get_polynomial_decay_schedule_with_warmup(optimizer, 0, {n}, lr_end={low!r}, power={power!r})"
        assert near(wanted, from_transformers.rates(call, n + 3, lr), CLOSE * lr)
    assert near(wanted, from_timm.rates(f"PolyLRScheduler(optimizer, {n}, power={power!r}, lr_min={low!r})", n + 3, lr), CLOSE * lr)
    # float32's root of a rounded 0 is not small: 1e-3 for power 0.5
    close = FLOAT32 if power >= 1 else 1e-3
    assert near(wanted, from_optax.rates(f"optax.polynomial_schedule({lr!r}, {low!r}, {power!r}, {n})", n + 3), close * lr)
    call = f"keras.optimizers.schedules.PolynomialDecay({lr!r}, {n}, {low!r}, {power!r})"
    assert near(wanted, from_keras.rates(call, n + 3), close * lr)


@settings(derandomize=True)
@given(rates, st.integers(1, 10**6), st.data())
def test_fifty_digits(lr, n, data):
    t, power = data.draw(st.integers(0, n)), data.draw(st.sampled_from([0.5, 1.0, 2.0]))
    with mpmath.workdps(50):
        left = 1 - mpmath.mpf(t) / n
        assert abs(linear(t, lr, n) - lr * left) <= EXACT * lr
        assert abs(polynomial(t, lr, n, power) - lr * left**power) <= EXACT * lr


@given(rates, st.integers(1, 10**6), powers, shares, st.integers(0, 10**9))
def test_they_begin_at_the_peak_and_stay_at_the_end(lr, n, power, share, later):
    low = share * lr
    assert linear(0, lr, n) == lr and linear(n + later, lr, n) == 0.0
    assert abs(polynomial(0, lr, n, power, low) - lr) <= EXACT * lr and polynomial(n + later, lr, n, power, low) == low


@given(rates, st.integers(1, 10**4), st.integers(0, 10**4))
def test_power_one_is_the_line(lr, n, t):
    assert abs(linear(t, lr, n) - polynomial(t, lr, n)) <= EXACT * lr
