"""Hyperbolas, exponentials and power laws against fastai, timm, optax and 50 digits."""
import math

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, horizons, near, rates, shares

from lrlearn import (Schedule, curve, exp_hyperbolic, exponential_between, exponential_decay, hyperbolic, inverse_sqrt,
                     inverse_time_decay, linear, power_decay, power_law, warmup)
from tests.peers import from_fastai, from_optax, from_timm

powers, ends = st.floats(0.0, 2.0), st.floats(1e-5, 1.0)


@given(rates, st.floats(1e-5, 100.0), horizons)
def test_exponential_between_is_fastais(lr, factor, n):
    theirs = from_fastai.rates(f"learner.fit({n}, cbs=ParamScheduler(dict(lr=SchedExp({lr!r}, {lr * factor!r}))))", n, lr)
    ours = curve(Schedule(exponential_between, total_steps=n, end_factor=factor), n, lr)
    assert near(ours, theirs, CLOSE * lr * max(1.0, factor))


@given(rates, ends, horizons)
def test_exponential_between_is_optax_exponential_decay_with_an_end(lr, factor, n):
    theirs = from_optax.rates(f"optax.exponential_decay({lr!r}, {n}, {factor!r}, end_value={lr * factor!r})", n + 3)
    assert near(curve(Schedule(exponential_between, total_steps=n, end_factor=factor), n + 3, lr), theirs, 3 * FLOAT32 * lr)


@given(rates, st.integers(1, 100), st.floats(0.1, 2.0), horizons, st.integers(0, 5))
def test_power_law_is_the_stable_phase_of_timms_wsd(lr, timescale, power, n, W):
    call = f"""WSDLRScheduler(optimizer, {n + 1}, 1, stable_fn="power", stable_timescale={timescale}, stable_power={power!r},
                              warmup_t={W})"""
    ours = curve(Schedule(warmup, schedule=Schedule(power_law, timescale=timescale, power=power), warmup_steps=W), W + n + 1, lr)
    assert near(ours, from_timm.rates(call, W + n + 1, lr), CLOSE * lr)


@settings(derandomize=True)              # the bounds are close to what is possible: the same tries each time
@given(rates, shares, st.integers(1, 10**6), st.integers(0, 10**6), ends, powers, st.data())
def test_fifty_digits(lr, share, n, longer, end, power, data):
    t, low, upper = data.draw(st.integers(0, n)), share * lr, n + longer
    timescale = data.draw(st.integers(1, 10**6))
    with mpmath.workdps(50):
        def height(x):
            return mpmath.sqrt((n - x) / mpmath.mpf(upper) * (2 - (n + x) / mpmath.mpf(upper)))

        come_down = height(0) - height(t)
        assert abs(hyperbolic(t, lr, n, upper, low) - (lr - (mpmath.mpf(lr) - low) * come_down)) <= EXACT * lr
        # An exponent with a rounding error e makes a rate wrong by |log(end)| * e, whatever is done about it.
        exact = lr * mpmath.mpf(end) ** come_down
        assert abs(exp_hyperbolic(t, lr, n, upper, end) - exact) <= EXACT * lr * (1 - math.log(end))
        x = mpmath.mpf(t) / n
        assert abs(exponential_between(t, lr, n, end) - lr * mpmath.mpf(end) ** x) <= EXACT * lr
        exact = lr * end * mpmath.mpf(1 / end) ** x
        assert abs(exponential_between(t, lr * end, n, 1 / end) - exact) <= EXACT * lr * (1 - math.log(end))
        assert abs(power_law(t, lr, timescale, power) - lr * (timescale / mpmath.mpf(t + timescale)) ** power) <= EXACT * lr


@settings(derandomize=True)
@given(rates, st.integers(0, 10**6), st.integers(1, 10**4), st.integers(1, 10**4), st.floats(0.1, 100.0), st.floats(-2.0, 0.0),
       st.integers(0, 10**4))
def test_power_decay_has_fifty_digits(lr, t, batch_size, seq_len, a, b, W):
    with mpmath.workdps(50):
        exact = min(mpmath.mpf(lr), batch_size * mpmath.mpf(a) * mpmath.mpf(max(t, W, 1) * batch_size * seq_len) ** b)
        if t < W:
            exact = exact * t / W
        assert abs(power_decay(t, lr, batch_size, seq_len, a, b, W) - exact) <= 2 * EXACT * lr     # five roundings in a row


def test_power_decay_is_as_the_paper_has_it():
    """Eq. 7 with a = 4, b = -0.51 and a bound of 0.02; the bound is met where beta * a * n^b is 0.02."""
    seen = (0.02 / (4 * 512)) ** (1 / -0.51)
    step = int(seen / (512 * 4096))
    assert power_decay(step - 1, 0.02, 512) == 0.02 > power_decay(step + 1, 0.02, 512)
    assert power_decay(10**6, 0.02, 512) == pytest.approx(512 * 4 * (10**6 * 512 * 4096) ** -0.51)
    rates_ = curve(Schedule(power_decay, batch_size=8, warmup_steps=50), 300, 0.02)
    assert rates_[0] == 0.0 and rates_[25] == pytest.approx(rates_[50] / 2) and rates_[50] == max(rates_)


@given(rates, shares, st.integers(1, 10**6), st.integers(0, 10**6), ends, st.integers(0, 10**9))
def test_they_begin_at_the_peak_and_hold_their_ends(lr, share, n, longer, end, later):
    low, upper = share * lr, n + longer
    assert hyperbolic(0, lr, n, upper, low) == exp_hyperbolic(0, lr, n, upper, end) == lr
    assert exponential_between(0, lr, n, end) == power_law(0, lr, n) == lr
    assert hyperbolic(n + later, lr, n, upper, low) == hyperbolic(n, lr, n, upper, low) >= low * (1 - EXACT)
    assert exp_hyperbolic(n + later, lr, n, upper, end) == exp_hyperbolic(n, lr, n, upper, end) >= end * lr * (1 - 10 * EXACT)
    assert exponential_between(n + later, lr, n, end) == lr * end


@given(rates, shares, st.integers(1, 10**6), ends, st.data())
def test_the_longest_run_is_a_straight_line_on_its_scale(lr, share, n, end, data):
    t, low = data.draw(st.integers(0, n)), share * lr
    assert hyperbolic(t, lr, n, n, low) == pytest.approx(linear(t, lr, n, end_factor=share), abs=2 * EXACT * lr)
    assert hyperbolic(n, lr, n, n) == 0.0
    assert exp_hyperbolic(t, lr, n, n, end) == pytest.approx(exponential_between(t, lr, n, end), abs=10 * EXACT * lr)


def test_runs_of_different_length_begin_alike():
    """What the schedule is for: the first 20 updates of runs of 100 and 200, beside those of straight lines."""
    short, long = [curve(Schedule(hyperbolic, total_steps=n, upper_bound=1000), 20) for n in (100, 200)]
    lines = [curve(Schedule(linear, total_iters=n), 20) for n in (100, 200)]
    assert max(abs(a - b) for a, b in zip(short, long)) < 0.2 * max(abs(a - b) for a, b in zip(*lines))


@given(rates, st.integers(1, 10**4), st.integers(0, 10**6), st.integers(1, 300))
def test_what_they_are_with_certain_powers(lr, timescale, t, n):
    assert power_law(t, lr, timescale) == pytest.approx(inverse_sqrt(t, lr, timescale), abs=2 * EXACT * lr)
    assert power_law(t, lr, timescale, 1.0) == pytest.approx(inverse_time_decay(t, lr, 1.0, timescale), abs=2 * EXACT * lr)
    t = min(t, n)
    assert exponential_between(t, lr, n, 0.5) == pytest.approx(exponential_decay(t, lr, 0.5 ** (1 / n)), rel=1e-12)
