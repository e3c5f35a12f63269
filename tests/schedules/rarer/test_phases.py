"""Schedules of phases against fastai, optax, torch, transformers and 50 digits."""
import mpmath
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, horizons, near, rates, shares

from lrlearn import (Schedule, cosine, curve, flat_cosine, infinite, knee, linear, linear_one_cycle, slanted_triangular, swa,
                     triangular, warmup, wsd)
from tests.peers import from_fastai, from_optax, from_torch, from_transformers

fractions = st.floats(0.0, 0.95)
parts = st.integers(0, 7).map(lambda n: n / 8)              # exact as float32 and as float64


def ours(formula, steps, lr, **hyper):
    return curve(Schedule(formula, **hyper), steps, lr)


@given(rates, horizons, horizons, st.integers(0, 30))
def test_knee_is_transformers_trapezoid(lr, exploit, explore, W):
    n = W + explore + exploit
    call = f'get_wsd_schedule(optimizer, {W}, {exploit}, {n}, decay_type="linear")'
    wanted = ours(knee, n + 3, lr, total_steps=n, explore_steps=explore, warmup_steps=W)
    assert near(wanted, from_transformers.rates(call, n + 3, lr), CLOSE * lr)


@given(rates, horizons.filter(lambda n: n > 1), st.integers(1, 7).map(lambda n: n / 8), shares)
def test_flat_cosine_is_fastais(lr, n, flat, share):
    call = f"learner.fit_flat_cos({n}, {lr!r}, div_final={1 / max(share, 1e-5)!r}, pct_start={flat!r})"
    wanted = ours(flat_cosine, n, lr, total_steps=n, flat_fraction=flat, eta_min=lr / (1 / max(share, 1e-5)))
    assert near(wanted, from_fastai.rates(call, n, lr), 3 * FLOAT32 * lr)      # positions in float32


def test_fastais_defaults_end_at_the_peak_over_1e5():
    theirs = from_fastai.rates("learner.fit_flat_cos(400, 1.0)", 400)
    assert near(ours(flat_cosine, 400, 1.0, total_steps=400, eta_min=1e-5), theirs, FLOAT32)


@settings(max_examples=25)               # optax is slow here
@given(rates, st.integers(10, 60), st.floats(0.1, 0.45), st.floats(0.55, 0.95), st.floats(1.0, 100.0), st.floats(1.0, 1e4))
def test_linear_one_cycle_is_optax(lr, n, start, final, div, final_div):
    call = f"optax.linear_onecycle_schedule({n}, {lr!r}, {start!r}, {final!r}, {div!r}, {final_div!r})"
    hyper = dict(pct_start=start, pct_final=final, div_factor=div, final_div_factor=final_div)
    assert near(ours(linear_one_cycle, n + 3, lr, total_steps=n, **hyper), from_optax.rates(call, n + 3), 3 * FLOAT32 * lr)


@given(rates, st.integers(0, 60), shares, st.sampled_from(["cos", "linear"]))
def test_swa_is_torchs(lr, n, share, strategy):
    call = f"swa_utils.SWALR(optimizer, {share * lr!r}, {n}, {strategy!r})"
    theirs = from_torch.stepped(call, n + 3, lr, vars(torch.optim))
    assert near(ours(swa, n + 3, lr, anneal_steps=n, swa_factor=share, anneal_strategy=strategy), theirs, CLOSE * lr)


@settings(derandomize=True)              # the bounds are close to what is possible: the same tries each time
@given(rates, shares, st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), fractions, st.data())
def test_fifty_digits(lr, share, exploit, explore, W, part, data):
    low, n = share * lr, W + explore + exploit
    t = data.draw(st.integers(0, n) | st.integers(0, W) | st.integers(W + explore, n))
    with mpmath.workdps(50):
        height, T = mpmath.mpf(lr) - low, mpmath.mpf(t)
        exact = lr * T / W if t < W else lr * min(mpmath.mpf(1), (n - T) / exploit)
        assert abs(knee(t, lr, n, explore, W) - exact) <= EXACT * lr
        x = max(mpmath.mpf(0), (T - n * mpmath.mpf(part)) / (n - n * mpmath.mpf(part)))
        exact = low + height * (1 + mpmath.cos(mpmath.pi * x)) / 2
        assert abs(flat_cosine(t, lr, n, part, low) - exact) <= 2 * EXACT * lr     # the end of the flat part is rounded, too
        cut, ratio = int(part * n), 1 + 100 * share
        p = T / cut if t < cut else 1 - (T - cut) / (n - cut)
        exact = lr * (1 + p * (mpmath.mpf(ratio) - 1)) / ratio
        assert abs(slanted_triangular(t, lr, n, part, ratio) - exact) <= EXACT * lr
        x = min(T, explore) / explore if explore else mpmath.mpf(1)
        for strategy, a in (("cos", (1 - mpmath.cos(mpmath.pi * x)) / 2), ("linear", x)):
            assert abs(swa(t, lr, explore, share, strategy) - lr * (1 - a + a * mpmath.mpf(share))) <= EXACT * lr


@settings(derandomize=True)
@given(rates, st.floats(0.05, 1.0), st.floats(0.01, 1.0), st.integers(0, 10**5), st.integers(0, 10**5), st.integers(0, 10**5),
       st.integers(1, 10**5), st.data())
def test_infinite_has_fifty_digits(lr, kept, end, W, C, hold, A, data):
    start = W + data.draw(st.integers(0, C)) + hold             # perhaps while it still cools
    t = data.draw(st.integers(0, start + A + 9) | st.integers(0, W + C) | st.integers(start, start + A))
    with mpmath.workdps(50):
        c, T = mpmath.mpf(kept), mpmath.mpf(t)
        wave = (1 + mpmath.cos(mpmath.pi * (T - W) / C)) / 2 if W <= t < W + C else 0
        level = c + (1 - c) * wave
        exact = T / W if t < W else level * (end / level) ** (min(max(T - start, 0), A) / A)
        assert abs(infinite(t, lr, W, C, kept, start, A, end) - lr * exact) <= 2 * EXACT * lr
        assert abs(infinite(min(t, start), lr, W, C, kept) - infinite(min(t, start), lr, W, C, kept, start, A, end)) == 0


@settings(derandomize=True)
@given(rates, st.integers(4, 10**6), st.floats(1.0, 100.0), st.floats(1.0, 1e4), st.data())
def test_linear_one_cycle_has_fifty_digits(lr, n, div, final_div, data):
    t = data.draw(st.integers(0, n + 9))
    with mpmath.workdps(50):
        top, back = int(0.3 * n), int(0.85 * n)
        start = 1 / mpmath.mpf(div)
        points = [(0, start), (top, mpmath.mpf(1)), (back, start), (n, start / final_div)]
        exact = points[-1][1]
        for (t0, a), (t1, b) in zip(points, points[1:]):
            if t0 <= t < t1:
                exact = a + (b - a) * (t - t0) / (t1 - t0)
        assert abs(linear_one_cycle(t, lr, n, div_factor=div, final_div_factor=final_div) - lr * exact) <= EXACT * lr


@given(rates, shares, st.integers(2, 10**6), fractions, st.floats(1.0, 100.0), st.integers(0, 10**9))
def test_they_have_exact_ends_and_stay(lr, share, n, part, ratio, later):
    low, cut = share * lr, int(part * n)
    assert knee(0, lr, n, 0) == lr and knee(n // 2, lr, n, n // 2) == lr and knee(n + later, lr, n, n // 2) == 0.0
    assert knee(0, lr, n, 0, n) == 0.0
    assert flat_cosine(0, lr, n, max(part, 0.01), low) == flat_cosine(0, lr, n, 0.0, low) == lr
    assert flat_cosine(n + later, lr, n, part, low) == low
    assert slanted_triangular(cut, lr, n, part, ratio) == lr
    assert slanted_triangular(n + later, lr, n, part, ratio) == lr / ratio == slanted_triangular(0, lr, 2 * n, 0.5, ratio)
    assert swa(0, lr, n, share) == lr and swa(n + later, lr, n, share) == swa(0, lr, 0, share) == lr * share
    assert linear_one_cycle(n + later, lr, n, div_factor=ratio) == lr / ratio / 1e4
    assert infinite(n, lr, n, n, share) == lr and infinite(2 * n + later, lr, n, n, share) == lr * share


@given(rates, horizons, horizons, st.integers(0, 30), st.integers(0, 200))
def test_knee_is_wsd_told_otherwise(lr, exploit, explore, W, t):
    n = W + explore + exploit
    assert knee(t, lr, n, explore, W) == pytest.approx(wsd(t, lr, n, exploit, W), abs=EXACT * lr)


@given(rates, shares, st.integers(1, 300), st.integers(0, 400))
def test_what_else_they_are(lr, share, n, t):
    assert flat_cosine(t, lr, n, 0.0, share * lr) == pytest.approx(cosine(t, lr, n, share * lr), abs=2 * EXACT * lr)
    assert swa(t, lr, n, share) == pytest.approx(cosine(t, lr, n, share * lr), abs=2 * EXACT * lr)
    assert swa(t, lr, n, share, "linear") == pytest.approx(linear(t, lr, n, end_factor=share), abs=2 * EXACT * lr)
    if t <= 2 * n:
        wanted = triangular(t, lr, n, eta_min=lr / 10)
        assert slanted_triangular(t, lr, 2 * n, 0.5, 10.0) == pytest.approx(wanted, abs=2 * EXACT * lr)


@given(rates, st.integers(1, 300), st.integers(0, 50), fractions, st.integers(0, 400))
def test_warm_up_hold_cosine_is_warmup_and_flat_cosine(lr, n, W, flat, t):
    both = warmup(t, lr, Schedule(flat_cosine, total_steps=n, flat_fraction=flat), W)
    assert both == (lr * (t / W) if t < W else flat_cosine(t - W, lr, n, flat))


@given(rates, st.integers(1, 30), st.integers(2, 20), st.floats(1.0, 100.0))
def test_slanted_triangular_is_the_papers_where_the_cut_is_whole(lr, cut, times, ratio):
    n = cut * times
    for t in range(n + 1):
        p = t / cut if t < cut else 1 - (t - cut) / (cut * (times - 1))
        assert slanted_triangular(t, lr, n, 1 / times, ratio) == pytest.approx(lr * (1 + p * (ratio - 1)) / ratio, abs=1e-13 * lr)


def test_the_papers_slanted_triangle_goes_below_zero_where_the_cut_is_not_whole():
    cut = int(19 * 0.1)
    p = 1 - (18 - cut) / (cut * (1 / 0.1 - 1))
    assert (1 + p * 31) / 32 < 0 < slanted_triangular(18, 1.0, 19)


def test_the_end_of_infinite_can_begin_while_it_still_cools():
    early = ours(infinite, 40, 1.0, warmup_steps=4, cooldown_steps=30, constant_factor=0.5, anneal_start=10, anneal_steps=10)
    assert all(a >= b for a, b in zip(early[4:], early[5:])) and early[10] == pytest.approx(0.5 + 0.5 * cosine(6, 1.0, 30))
    assert early[-1] == pytest.approx(0.01)


def test_the_end_of_infinite_begins_at_its_step_and_lasts_as_long_as_it_says():
    plan = ours(infinite, 7, 1.0, warmup_steps=0, cooldown_steps=0, constant_factor=1.0, anneal_start=3, anneal_steps=2, end_factor=0.01)
    assert plan == pytest.approx([1.0, 1.0, 1.0, 1.0, 0.1, 0.01, 0.01])
