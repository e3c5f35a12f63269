"""Inverse square root and Noam against transformers, timm, the papers' forms and 50 digits."""
import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, near, rates, shares

from lrlearn import Schedule, constant, curve, inverse_sqrt, noam, sequential, warmup
from tests.peers import from_timm, from_transformers

warmups, timescales = st.integers(1, 30), st.integers(1, 60)


def warm(steps, lr, W, timescale):
    after = Schedule(inverse_sqrt, timescale=timescale)
    return curve(Schedule(warmup, schedule=after, warmup_steps=W), steps, lr)


@given(rates, st.integers(0, 30), timescales)
def test_transformers_is_warmup_with_this_behind_it(lr, W, timescale):
    call = f'get_scheduler("inverse_sqrt", optimizer, {W}, scheduler_specific_kwargs={{"timescale": {timescale}}})'
    assert near(warm(W + 50, lr, W, timescale), from_transformers.rates(call, W + 50, lr), CLOSE * lr)


@given(rates, warmups)
def test_transformers_timescale_is_the_warm_up(lr, W):
    theirs = from_transformers.rates(f"get_inverse_sqrt_schedule(optimizer, {W})", 3 * W + 5, lr)
    assert near(warm(3 * W + 5, lr, W, W), theirs, CLOSE * lr)


@given(rates, st.integers(0, 30), timescales)
def test_timms_stable_phase(lr, W, timescale):
    call = f'WSDLRScheduler(optimizer, 100, 1, stable_fn="rsqrt", stable_timescale={timescale}, warmup_t={W})'
    assert near(warm(W + 99, lr, W, timescale), from_timm.rates(call, W + 99, lr), CLOSE * lr)


@settings(derandomize=True)
@given(rates, st.integers(1, 10**6), st.integers(0, 10**6))
def test_fifty_digits(lr, timescale, t):
    with mpmath.workdps(50):
        exact = lr / mpmath.sqrt(1 + mpmath.mpf(t) / timescale)
        assert abs(inverse_sqrt(t, lr, timescale) - exact) <= EXACT * lr


@given(rates, st.integers(1, 10**6), st.integers(0, 10**6))
def test_it_begins_at_the_peak_halves_at_three_timescales_and_only_falls(lr, timescale, t):
    assert inverse_sqrt(0, lr, timescale) == lr and inverse_sqrt(3 * timescale, lr, timescale) == lr / 2
    assert 0 < inverse_sqrt(t + 1, lr, timescale) <= inverse_sqrt(t, lr, timescale) <= lr


@given(st.integers(1, 10**4), st.integers(0, 10**5))
def test_the_plan_of_t5_is_constant_and_then_this(k, t):
    """The paper's form: 1 / sqrt(max(n, k)), with k = 10**4."""
    plan = Schedule(sequential, schedules=[Schedule(constant), Schedule(inverse_sqrt, timescale=k)], milestones=[k])
    assert plan(t, k**-0.5) == pytest.approx(1 / max(t, k) ** 0.5, rel=1e-15)
    assert plan(t, 0.01) == 0.01 if t < k else plan(t, 0.01) <= 0.01


@given(st.integers(1, 4096), st.integers(1, 10**4), st.integers(0, 10**5))
def test_noam_is_the_papers_form(d_model, W, t):
    step_num = t + 1                        # the paper counts from 1
    exact = d_model ** (-0.5) * min(step_num ** (-0.5), step_num * W ** (-1.5))
    assert noam(t, 1.0, d_model, W) == pytest.approx(exact, rel=1e-15)


@settings(derandomize=True)
@given(rates, st.integers(1, 4096), st.integers(1, 10**6), st.integers(0, 10**6))
def test_fifty_digits_of_noam(factor, d_model, W, t):
    """Held to the height of its peak, since base_lr is only a factor."""
    n = t + 1
    with mpmath.workdps(50):
        peak = factor / mpmath.sqrt(d_model * W)
        exact = peak * (mpmath.mpf(n) / W if n <= W else mpmath.sqrt(mpmath.mpf(W) / n))
        assert abs(noam(t, factor, d_model, W) - exact) <= EXACT * peak


@given(rates, st.integers(1, 4096), st.integers(1, 2000))
def test_noam_rises_to_its_peak_and_falls(factor, d_model, W):
    values = curve(Schedule(noam, d_model=d_model, warmup_steps=W), 2 * W, factor)
    peak = factor / (d_model * W) ** 0.5
    assert values[W - 1] == pytest.approx(peak, rel=1e-15) and max(values) <= peak * (1 + 1e-15)
    assert values[: W - 1] == sorted(values[: W - 1]) and values[W - 1:] == sorted(values[W - 1:], reverse=True)


@given(rates, st.integers(1, 4096), warmups, st.integers(0, 200))
def test_noam_is_transformers_one_step_further(factor, d_model, W, more):
    """The paper counts from 1 and the transformers from 0: the same curve, one step apart."""
    peak = factor / (d_model * W) ** 0.5
    theirs = from_transformers.rates(f"get_inverse_sqrt_schedule(optimizer, {W})", W + more + 1, peak)
    assert near(curve(Schedule(noam, d_model=d_model, warmup_steps=W), W + more, factor), theirs[1:], CLOSE * peak)


@given(rates, shares, st.integers(1, 1000), st.integers(0, 1000))
def test_it_scales(lr, share, timescale, t):
    assert inverse_sqrt(t, share * lr, timescale) == pytest.approx(share * inverse_sqrt(t, lr, timescale), rel=1e-15)
