"""REX, k-decay, tanh and powers of the cosine against timm, optax, fastai and 50 digits."""
import mpmath
import pytest
from drawing import hypers
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, horizons, near, rates, shares

from lrlearn import CARDS, Schedule, cosine, cosine_power, curve, k_decay, k_decay_polynomial, linear, polynomial, rex, tanh_decay
from tests.peers import from_fastai, from_optax, from_timm

powers = st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0])
INNER = st.sampled_from([Schedule(linear, total_iters=1), Schedule(cosine, T_max=7), Schedule(cosine, T_max=10**6, eta_min=0.1)])
RARER = [card.formula for card in CARDS.values() if "rarer" in card.formula.__module__]


def ours(formula, steps, lr, **hyper):
    return curve(Schedule(formula, **hyper), steps, lr)


@given(rates, shares, horizons, powers)
def test_k_decay_is_timms(lr, share, n, k):
    call = f"CosineLRScheduler(optimizer, {n}, lr_min={share * lr!r}, k_decay={k!r})"
    wanted = ours(k_decay, n + 3, lr, total_steps=n, k=k, eta_min=share * lr)
    assert near(wanted, from_timm.rates(call, n + 3, lr), CLOSE * lr)


@given(rates, shares, horizons, powers, powers)
def test_k_decay_of_a_polynomial_is_timms(lr, share, n, k, power):
    call = f"PolyLRScheduler(optimizer, {n}, {power!r}, lr_min={share * lr!r}, k_decay={k!r})"
    wanted = ours(k_decay_polynomial, n + 3, lr, total_steps=n, k=k, power=power, eta_min=share * lr)
    assert near(wanted, from_timm.rates(call, n + 3, lr), CLOSE * lr)


@given(rates, shares, horizons, powers)
def test_k_decay_of_a_line_is_fastais_polynomial(lr, share, n, k):
    theirs = from_fastai.rates(f"learner.fit({n}, cbs=ParamScheduler(dict(lr=SchedPoly({lr!r}, {share * lr!r}, {k!r}))))", n, lr)
    assert near(ours(k_decay_polynomial, n, lr, total_steps=n, k=k, eta_min=share * lr), theirs, CLOSE * lr)


@given(rates, shares, horizons, st.floats(-10.0, 0.0), st.floats(0.5, 10.0))
def test_tanh_decay_is_timms(lr, share, n, lb, ub):
    call = f"TanhLRScheduler(optimizer, {n}, {lb!r}, {ub!r}, {share * lr!r})"
    wanted = ours(tanh_decay, n + 3, lr, total_steps=n, lb=lb, ub=ub, eta_min=share * lr)
    theirs = from_timm.rates(call, n + 3, lr)
    assert near(wanted[1:], theirs[1:], CLOSE * lr)
    assert theirs[0] == lr                                  # seam: before its first step timm leaves the rate as it is


@given(rates, shares, horizons, powers)
def test_cosine_power_is_optax(lr, share, n, exponent):
    theirs = from_optax.rates(f"optax.cosine_decay_schedule({lr!r}, {n}, {share!r}, {exponent!r})", n + 3)
    close = FLOAT32 if exponent >= 1 else 1e-3              # float32's root of a rounded 0 is not small
    assert near(ours(cosine_power, n + 3, lr, T_max=n, exponent=exponent, eta_min=share * lr), theirs, close * lr)


@settings(derandomize=True)              # the bounds are close to what is possible: the same tries each time
@given(rates, shares, st.integers(1, 10**6), st.data())
def test_fifty_digits(lr, share, n, data):
    t, low = data.draw(st.integers(0, n)), share * lr
    d, power = data.draw(st.floats(0.0, 0.95)), data.draw(st.sampled_from([0.5, 1.0, 2.0]))
    with mpmath.workdps(50):
        x, height = mpmath.mpf(t) / n, mpmath.mpf(lr) - low
        half_wave = (1 + mpmath.cos(mpmath.pi * x)) / 2
        assert abs(rex(t, lr, n, d) - lr * (1 - x) / (1 - d + d * (1 - x))) <= EXACT * lr
        assert abs(k_decay(t, lr, n, power, low) - (low + height * (1 + mpmath.cos(mpmath.pi * x**power)) / 2)) <= EXACT * lr
        assert abs(k_decay_polynomial(t, lr, n, power, 2.0, low) - (low + height * (1 - x**power) ** 2)) <= EXACT * lr
        assert abs(cosine_power(t, lr, n, power, low) - (low + height * half_wave**power)) <= EXACT * lr
        if t < n:
            exact = low + height * (1 - mpmath.tanh(-7 * (1 - x) + 3 * x)) / 2
            assert abs(tanh_decay(t, lr, n, eta_min=low) - exact) <= EXACT * lr


@given(rates, shares, st.integers(1, 10**6), powers, st.floats(0.0, 0.95), st.integers(0, 10**9))
def test_they_begin_at_the_peak_end_on_the_floor_and_stay(lr, share, n, power, d, later):
    low = share * lr
    assert rex(0, lr, n, d) == lr and rex(n + later, lr, n, d) == 0.0
    for formula in (k_decay, k_decay_polynomial, cosine_power):
        assert abs(formula(0, lr, n, power, eta_min=low) - lr) <= EXACT * lr
        assert formula(n + later, lr, n, power, eta_min=low) == low
        assert formula(0, lr, n, power) == lr
    assert tanh_decay(n + later, lr, n, eta_min=low) == low


@given(rates, shares, st.integers(1, 10**4), st.integers(0, 10**4 + 9))
def test_without_their_extra_they_are_what_they_vary(lr, share, n, t):
    low = share * lr
    assert k_decay(t, lr, n, eta_min=low) == pytest.approx(cosine(t, lr, n, low), abs=EXACT * lr)
    assert cosine_power(t, lr, n, eta_min=low) == pytest.approx(cosine(t, lr, n, low), abs=2 * EXACT * lr)
    assert k_decay_polynomial(t, lr, n, power=2.0, eta_min=low) == polynomial(t, lr, n, 2.0, low)
    assert rex(t, lr, n, d=0.0) == pytest.approx(linear(t, lr, n), abs=EXACT * lr)


@given(st.integers(2, 300), powers, st.floats(0.0, 0.95))
def test_they_only_fall(n, power, d):
    for formula, hyper in ((rex, dict(d=d)), (k_decay, dict(k=power)), (k_decay_polynomial, dict(k=power)), (tanh_decay, {})):
        values = ours(formula, n + 3, 1.0, total_steps=n, **hyper)
        assert all(a >= b - EXACT for a, b in zip(values, values[1:])) and values[0] > values[-1]


def test_tanh_begins_a_little_below_the_peak_and_drops_the_last_bit_at_once():
    assert 1 - tanh_decay(0, 1.0, 10**6) == pytest.approx(8.3e-7, rel=0.01)
    assert tanh_decay(10**6 - 1, 1.0, 10**6) == pytest.approx(0.00247, rel=0.01)


@pytest.mark.parametrize("formula", RARER, ids=lambda formula: formula.__name__)
@settings(max_examples=30)
@given(data=st.data())
def test_whatever_the_card_allows_gives_a_rate(formula, data):
    """Every rare formula: never negative, never nan or infinite, also for runs of one step and far past the end."""
    schedule = Schedule(formula, **data.draw(hypers(formula, inner=INNER)))
    lr, t = data.draw(st.just(0.0) | rates), data.draw(st.integers(0, 40) | st.integers(0, 10**9))
    assert 0.0 <= schedule(t, lr) < float("inf")


def test_the_rare_formulas_are_all_here():
    assert len(RARER) == 28
