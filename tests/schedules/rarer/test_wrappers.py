"""Untuned warm-ups, stairs, bounds and repetition against Keras, optax, timm, ignite and 50 digits."""
import mpmath
import pytest
from drawing import schedules as any_schedule
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, horizons, near, rates, shares

from lrlearn import (Schedule, clipped, constant, cosine, cosine_cycles, cosine_restarts, curve, exponential_decay,
                     exponential_warmup, inverse_time_decay, linear, polynomial, repeat, staircase, step_decay, untuned_warmup,
                     warmup)
from tests.peers import from_ignite, from_keras, from_optax, from_timm

CALM = any_schedule().filter(lambda s: "gamma" not in repr(s))          # a gamma above 1 grows out of every float
FLAT = Schedule(constant)
betas = st.floats(0.0, 0.9999)


@settings(derandomize=True)              # the bounds are close to what is possible: the same tries each time
@given(rates, st.integers(0, 10**6), betas, st.integers(1, 10**4), st.floats(0.0, 1.0), shares)
def test_fifty_digits(lr, t, beta2, n, decay, share):
    with mpmath.workdps(50):
        step, rate = (t + 1) * (1 - mpmath.mpf(beta2)), mpmath.mpf(lr)
        assert abs(untuned_warmup(t, lr, FLAT, beta2) - rate * min(mpmath.mpf(1), step / 2)) <= EXACT * lr
        assert abs(exponential_warmup(t, lr, FLAT, beta2) - rate * (1 - mpmath.exp(-step))) <= EXACT * lr
        line, one = Schedule(linear, total_iters=10**6), mpmath.mpf(1)
        assert abs(staircase(t, lr, line, n) - rate * (1 - one * (t // n * n) / 10**6)) <= EXACT * lr
        assert abs(clipped(t, lr, line, share * lr) - max(rate * (1 - one * t / 10**6), mpmath.mpf(share * lr))) <= EXACT * lr
        exact = rate * mpmath.mpf(decay) ** (t // n) * (1 - one * (t % n) / n)
        assert abs(repeat(t, lr, Schedule(linear, total_iters=n), n, decay) - exact) <= EXACT * lr


@given(CALM, rates, st.integers(0, 10**5), st.floats(0.0, 0.999))
def test_the_untuned_warm_ups_damp_the_running_schedule_and_let_go(schedule, lr, t, beta2):
    value = schedule(t, lr)
    assert 0.0 <= exponential_warmup(t, lr, schedule, beta2) <= value and 0.0 <= untuned_warmup(t, lr, schedule, beta2) <= value
    late = t + int(60 / (1 - beta2))
    assert untuned_warmup(late, lr, schedule, beta2) == exponential_warmup(late, lr, schedule, beta2) == schedule(late, lr)


def test_they_take_the_time_that_the_paper_says():
    """2000 updates for beta2 = 0.999 to the top, and 1000 to 63 %; the linear one counts from 1, so the last is t = 1999."""
    assert untuned_warmup(1999, 1.0, FLAT) == pytest.approx(1.0) and untuned_warmup(999, 1.0, FLAT) == pytest.approx(0.5)
    assert untuned_warmup(1998, 1.0, FLAT) < 0.9996
    assert exponential_warmup(999, 1.0, FLAT) == pytest.approx(0.63212, abs=1e-5)
    lost = [sum(1 - rate for rate in curve(Schedule(f, schedule=FLAT), 20000)) for f in (untuned_warmup, exponential_warmup)]
    assert lost == pytest.approx([1000, 1000], rel=0.001)


@given(rates, horizons, st.floats(0.0, 2.0), st.integers(1, 20))
def test_staircase_is_keras_inverse_time_decay(lr, n, decay_rate, step_size):
    call = f"keras.optimizers.schedules.InverseTimeDecay({lr!r}, {step_size}, {decay_rate!r}, staircase=True)"
    child = Schedule(inverse_time_decay, decay_rate=decay_rate, decay_steps=step_size)
    assert near(curve(Schedule(staircase, schedule=child, step_size=step_size), n, lr), from_keras.rates(call, n), FLOAT32 * lr)


@given(rates, horizons, st.floats(0.1, 1.0), st.integers(1, 20))
def test_staircase_of_an_exponential_is_optax_and_step_decay(lr, n, rate, step_size):
    child = Schedule(exponential_decay, gamma=rate ** (1 / step_size))
    stairs = curve(Schedule(staircase, schedule=child, step_size=step_size), n, lr)
    theirs = from_optax.rates(f"optax.exponential_decay({lr!r}, {step_size}, {rate!r}, staircase=True)", n)
    assert near(stairs, theirs, 3 * FLOAT32 * lr)
    assert near(stairs, curve(Schedule(step_decay, step_size=step_size, gamma=rate), n, lr), CLOSE * lr)


@given(rates, horizons, st.floats(0.5, 1.5), st.integers(1, 20), st.floats(0.01, 3.0))
def test_clipped_is_optax_end_value(lr, n, rate, transition, end):
    theirs = from_optax.rates(f"optax.exponential_decay({lr!r}, {transition}, {rate!r}, end_value={end * lr!r})", n)
    bounds = dict(min_lr=end * lr) if rate < 1 else dict(max_lr=end * lr)
    child = Schedule(exponential_decay, gamma=rate ** (1 / transition))
    ours = curve(Schedule(clipped, schedule=child, **bounds), n, lr)
    assert near(ours, theirs, 1e-5 * max(ours + [lr]))


@given(rates, shares, st.integers(1, 20), st.floats(0.1, 1.0), st.sampled_from([0.5, 1.0, 2.0]))
def test_repeat_is_timms_cycles_of_a_polynomial(lr, share, T_0, decay, power):
    call = f"PolyLRScheduler(optimizer, {T_0}, {power!r}, {share * lr!r}, cycle_decay={decay!r}, cycle_limit=3)"
    child = Schedule(polynomial, total_iters=T_0, power=power, eta_min=share * lr)
    ours = curve(Schedule(repeat, schedule=child, T_0=T_0, decay=decay), 3 * T_0, lr)
    assert near(ours, from_timm.rates(call, 3 * T_0, lr), CLOSE * lr)


@given(rates, shares, st.integers(2, 20))
def test_repeat_is_ignites_saw_tooth(lr, share, T_0):
    call = f'LinearCyclicalScheduler(optimizer, "lr", {lr!r}, {share * lr!r}, {T_0}, monotonic=True)'
    child = Schedule(linear, total_iters=T_0, end_factor=share)
    ours = curve(Schedule(repeat, schedule=child, T_0=T_0), 3 * T_0 + 2, lr)
    assert near(ours, from_ignite.rates(call, 3 * T_0 + 2, lr), CLOSE * lr)


@given(CALM, rates, st.integers(1, 50), st.floats(0.0, 1.0), st.integers(0, 10**4))
def test_what_they_do_to_any_schedule(schedule, lr, n, decay, t):
    assert staircase(t, lr, schedule, 1) == clipped(t, lr, schedule) == schedule(t, lr)
    assert staircase(n * t, lr, schedule, n) == staircase(n * t + n - 1, lr, schedule, n) == schedule(n * t, lr)
    assert lr / 3 <= clipped(t, lr, schedule, lr / 3, lr / 2) <= lr / 2
    assert repeat(t % n, lr, schedule, n, decay) == schedule(t % n, lr)
    assert repeat(n * t + n - 1, lr, schedule, n) == schedule(n - 1, lr)


@given(rates, shares, st.integers(1, 60), st.floats(0.0, 1.0), st.integers(0, 10**4))
def test_repeated_cosines_are_restarts_and_cycles(lr, share, T_0, decay, t):
    assert repeat(t, lr, Schedule(cosine, T_max=T_0, eta_min=share * lr), T_0) == cosine_restarts(t, lr, T_0, 1, share * lr)
    wanted = cosine_cycles(t, lr, T_0, 1, decay)
    assert repeat(t, lr, Schedule(cosine, T_max=T_0), T_0, decay) == pytest.approx(wanted, abs=EXACT * lr)


def test_around_warmup_repeat_warms_every_cycle():
    child = Schedule(warmup, schedule=Schedule(linear, total_iters=2), warmup_steps=2)
    assert curve(Schedule(repeat, schedule=child, T_0=4, decay=0.5), 9) == [0.0, 0.5, 1.0, 0.5, 0.0, 0.25, 0.5, 0.25, 0.0]


def test_bounds_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="max_lr: the highest learning rate, must be None or >= min_lr, got 0.1"):
        Schedule(clipped, schedule=FLAT, min_lr=0.2, max_lr=0.1)
