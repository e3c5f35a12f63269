"""Warm-up, stable, decay against transformers, timm and 50 digits."""
import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, near, rates, shares

from lrlearn import Schedule, area, cosine, curve, exponential_decay, linear, sequential, warmup, wsd
from tests.peers import from_timm, from_transformers

warmups, plateaus, decays = st.integers(0, 20), st.integers(0, 20), st.integers(1, 20)
decay_types = st.sampled_from(["linear", "1-sqrt", "cosine", "1-square", "mirror-cosine"])
both = st.sampled_from(["linear", "cosine", "1-sqrt"])      # what transformers has, up and down


def ours(steps, lr, **hyper):
    return curve(Schedule(wsd, **hyper), steps, lr)


@given(rates, warmups, plateaus, decays, both, both, shares)
def test_transformers_with_every_shape(lr, W, S, D, warmup_type, decay_type, share):
    """Its floor is a share of the peak, and its warm-up begins there too."""
    after = Schedule(wsd, total_steps=S + D, decay_steps=D, decay_type=decay_type, eta_min=share * lr)
    wanted = Schedule(warmup, schedule=after, warmup_steps=W, start_factor=share, shape=warmup_type)
    kwargs = dict(num_decay_steps=D, warmup_type=warmup_type, decay_type=decay_type, min_lr_ratio=share)
    call = f'get_scheduler("warmup_stable_decay", optimizer, {W}, {W + S + D}, scheduler_specific_kwargs={kwargs!r})'
    assert near(curve(wanted, W + S + D + 3, lr), from_transformers.rates(call, W + S + D + 3, lr), CLOSE * lr)


@given(rates, warmups, plateaus, decays, both)
def test_transformers_by_our_own_warm_up(lr, W, S, D, decay_type):
    N = W + S + D
    call = f"get_wsd_schedule(optimizer, {W}, {D}, {N}, decay_type={decay_type!r})"
    wanted = ours(N + 3, lr, total_steps=N, decay_steps=D, warmup_steps=W, decay_type=decay_type)
    assert near(wanted, from_transformers.rates(call, N + 3, lr), CLOSE * lr)


TIMMS = {"linear": "'linear'", "1-sqrt": "'1-sqrt'", "cosine": "'cosine'", "1-square": "'power', decay_power=2.0",
         "mirror-cosine": "lambda x: 2 - 2 * x - (1 + __import__('math').cos(3.141592653589793 * x)) / 2"}


@given(rates, warmups, plateaus, decays, st.sampled_from(sorted(TIMMS)), shares)
def test_timm_with_every_shape(lr, W, S, D, decay_type, share):
    call = f"WSDLRScheduler(optimizer, {S + D}, {D}, lr_min={share * lr!r}, warmup_t={W}, decay_fn={TIMMS[decay_type]})"
    N = W + S + D
    wanted = ours(N + 3, lr, total_steps=N, decay_steps=D, warmup_steps=W, decay_type=decay_type, eta_min=share * lr)
    assert near(wanted, from_timm.rates(call, N + 3, lr), CLOSE * lr)


@settings(derandomize=True)                 # the bound is close to what is possible: the same tries each time
@given(rates, st.integers(1, 10**6), shares, st.data())
def test_fifty_digits(lr, N, share, data):
    D = data.draw(st.integers(1, N))
    W = data.draw(st.integers(0, N - D))
    t, low = data.draw(st.integers(0, N) | st.integers(N - D, N)), share * lr
    with mpmath.workdps(50):
        left = min(mpmath.mpf(N - t) / D, mpmath.mpf(1))
        wave = mpmath.sin(mpmath.pi * left / 2) ** 2
        heights = {"linear": left, "1-sqrt": 1 - mpmath.sqrt(1 - left), "cosine": wave, "1-square": left * (2 - left),
                   "mirror-cosine": 2 * left - wave}
        for decay_type, height in heights.items():
            exact = mpmath.mpf(lr) * t / W if t < W else low + (mpmath.mpf(lr) - low) * height
            assert abs(wsd(t, lr, N, D, W, decay_type, low) - exact) <= EXACT * lr


@given(rates, warmups, plateaus, decays, decay_types, shares, st.integers(0, 10**9))
def test_it_rises_stays_at_the_peak_falls_and_holds(lr, W, S, D, decay_type, share, later):
    N, low = W + S + D, share * lr
    hyper = dict(total_steps=N, decay_steps=D, warmup_steps=W, decay_type=decay_type, eta_min=low)
    values = ours(N + 1, lr, **hyper)
    assert values[0] == (0.0 if W else lr)
    assert values[:W] == sorted(values[:W]) and values[W : W + S + 1] == [lr] * (S + 1)
    assert all(b <= a + EXACT * lr for a, b in zip(values[W + S :], values[W + S + 1 :]))
    assert values[N] == wsd(N + later, lr, **hyper) == low


def test_no_floor_rounds_the_plateau():
    """As 0.001 + (0.01 - 0.001) would: that is 0.010000000000000002."""
    for lr in range(1, 100):
        for low in range(100):
            s = Schedule(wsd, total_steps=100, decay_steps=20, eta_min=low / 1000)
            assert s(0, lr / 100) == s(80, lr / 100) == lr / 100


@given(rates, warmups, plateaus, decays, decay_types, shares)
def test_its_warm_up_is_warmup_in_front_of_it_without(lr, W, S, D, decay_type, share):
    steps, fall = W + S + D + 3, dict(decay_steps=D, decay_type=decay_type, eta_min=share * lr)
    inside = ours(steps, lr, total_steps=W + S + D, warmup_steps=W, **fall)
    after = Schedule(wsd, total_steps=S + D, **fall)
    outside = curve(Schedule(warmup, schedule=after, warmup_steps=W), steps, lr)
    assert inside[W:] == outside[W:] and near(inside, outside, 2 * EXACT * lr)


@given(rates, decays, shares)
def test_all_cool_down_is_the_decay_alone(lr, D, share):
    assert near(ours(D + 3, lr, total_steps=D, decay_steps=D), curve(Schedule(linear, total_iters=D), D + 3, lr), 2 * EXACT * lr)
    wave = curve(Schedule(cosine, T_max=D, eta_min=share * lr), D + 3, lr)
    assert near(ours(D + 3, lr, total_steps=D, decay_steps=D, decay_type="cosine", eta_min=share * lr), wave, 2 * EXACT * lr)


@given(rates, decays)
def test_the_mirror_of_the_cosine_is_its_reflection_in_the_line(lr, D):
    kinds = ("linear", "cosine", "mirror-cosine")
    line, wave, mirror = [ours(D + 1, lr, total_steps=D, decay_steps=D, decay_type=kind) for kind in kinds]
    assert near([2 * a - b for a, b in zip(line, wave)], mirror, 2 * EXACT * lr)


def test_a_linear_trapezoid_has_the_area_of_its_picture():
    s = Schedule(wsd, total_steps=100, decay_steps=20, warmup_steps=10)
    assert area(s, 100) == pytest.approx((4.5 + 70 + 10.5) / 100)


def test_minicpms_exponential_cool_down_is_joined():
    """Half every 5000 steps, behind the plateau: no floor, and so no decay_type."""
    decay = Schedule(exponential_decay, gamma=0.5 ** (1 / 5000))
    stable = Schedule(wsd, total_steps=10**9, decay_steps=1, warmup_steps=10)
    plan = Schedule(sequential, schedules=[stable, decay], milestones=[100])
    assert [plan(t, 0.01) for t in (5, 10, 99, 100)] == [0.005, 0.01, 0.01, 0.01]
    assert plan(5100, 0.01) == pytest.approx(0.005) and plan(10100, 0.01) == pytest.approx(0.0025)
