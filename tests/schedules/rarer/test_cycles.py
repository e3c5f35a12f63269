"""Shrinking restarts, waves, the cycling polynomial and Chebyshev's steps against the frameworks and 50 digits."""
import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, horizons, near, rates, shares

from lrlearn import Schedule, chebyshev, cosine_cycles, cosine_restarts, cosine_waves, curve, polynomial, polynomial_cycle
from tests.peers import from_ignite, from_keras, from_timm, from_transformers

lengths, factors, decays = st.integers(2, 12), st.integers(1, 3), st.floats(0.1, 1.0)
halves = st.integers(1, 8).map(lambda n: n / 2)


def cycles(steps, lr, T_0, T_mult, decay, low=0.0):
    return curve(Schedule(cosine_cycles, T_0=T_0, T_mult=T_mult, decay=decay, eta_min=low), steps, lr)


def waves(steps, lr, n, num_cycles, low=0.0):
    return curve(Schedule(cosine_waves, total_steps=n, num_cycles=num_cycles, eta_min=low), steps, lr)


def starts(T_0, T_mult, count):
    """The first steps of the cycles after the first."""
    return [sum(T_0 * T_mult**i for i in range(k)) for k in range(1, count + 1)]


def elsewhere(values, at):
    """Without the restarts: who takes a logarithm or divides may miss one."""
    return [v for t, v in enumerate(values) if t not in at]


@settings(max_examples=30)
@given(rates, st.integers(2, 6), factors, decays, shares)
def test_cycles_are_keras(lr, T_0, T_mult, decay, share):
    at = starts(T_0, T_mult, 3)
    call = f"keras.optimizers.schedules.CosineDecayRestarts({lr!r}, {T_0}, {T_mult}.0, {decay!r}, {share!r})"
    theirs = from_keras.rates(call, at[-1] + 2)
    assert near(elsewhere(cycles(at[-1] + 2, lr, T_0, T_mult, decay, share * lr), at), elsewhere(theirs, at), 5 * FLOAT32 * lr)


@given(rates, lengths, factors, decays)
def test_cycles_are_timms_without_a_floor_until_its_limit(lr, T_0, T_mult, decay):
    at = starts(T_0, T_mult, 3)
    call = f"CosineLRScheduler(optimizer, {T_0}, cycle_mul={T_mult}.0, cycle_decay={decay!r}, cycle_limit=3)"
    theirs, wanted = from_timm.rates(call, at[-1] + 3, lr), cycles(at[-1], lr, T_0, T_mult, decay) + [0.0] * 3
    assert near(elsewhere(wanted, at), elsewhere(theirs, at), CLOSE * lr)
    if T_mult == 1:                         # no logarithm, no restart missed
        assert near(wanted, theirs, CLOSE * lr)


@given(rates, lengths, decays)
def test_cycles_are_ignites_without_a_floor(lr, T_0, decay):
    call = f'CosineAnnealingScheduler(optimizer, "lr", {lr!r}, 0.0, {T_0}, start_value_mult={decay!r})'
    assert near(cycles(3 * T_0 + 2, lr, T_0, 1, decay), from_ignite.rates(call, 3 * T_0 + 2, lr), CLOSE * lr)


@given(rates, horizons, halves | st.floats(0.0, 3.0), st.integers(0, 5))
def test_waves_are_transformers_up_to_the_end(lr, n, num_cycles, W):
    call = f"get_cosine_schedule_with_warmup(optimizer, {W}, {W + n}, num_cycles={num_cycles!r})"
    assert near(waves(n + 1, lr, n, num_cycles), from_transformers.rates(call, W + n + 1, lr)[W:], CLOSE * lr)


@given(rates, horizons, halves, shares)
def test_waves_with_a_floor_are_transformers_up_to_the_end(lr, n, num_cycles, share):
    call = f"get_cosine_with_min_lr_schedule_with_warmup(optimizer, 0, {n}, {num_cycles!r}, min_lr_rate={share!r})"
    assert near(waves(n + 1, lr, n, num_cycles, share * lr), from_transformers.rates(call, n + 1, lr), CLOSE * lr)


@given(rates, st.integers(1, 20), st.sampled_from([1.0, 2.0, 3.0]), shares)
def test_the_cycling_polynomial_is_keras(lr, n, power, share):
    steps, low = 3 * n + 3, share * lr
    theirs = from_keras.rates(f"keras.optimizers.schedules.PolynomialDecay({lr!r}, {n}, {low!r}, {power!r}, cycle=True)", steps)
    wanted = curve(Schedule(polynomial_cycle, total_iters=n, power=power, eta_min=low), steps, lr)
    assert near(wanted, theirs, FLOAT32 * lr)


@settings(derandomize=True)              # the bounds are close to what is possible: the same tries each time
@given(rates, shares, st.integers(1, 10**6), st.integers(0, 10**6), halves, decays)
def test_fifty_digits(lr, share, n, t, num_cycles, decay):
    low = share * lr
    with mpmath.workdps(50):
        height = mpmath.mpf(lr) - low
        cycle, x = t // n, mpmath.mpf(t % n) / n
        exact = low + height * mpmath.mpf(decay) ** cycle * (1 + mpmath.cos(mpmath.pi * x)) / 2
        assert abs(cosine_cycles(t, lr, n, 1, decay, low) - exact) <= EXACT * lr
        x = mpmath.mpf(min(t, n)) / n
        exact = low + height * (1 + mpmath.cos(2 * mpmath.pi * num_cycles * x)) / 2
        assert abs(cosine_waves(t, lr, n, num_cycles, low) - exact) <= 2 * EXACT * lr     # twice as steep as half a wave
        end = n * max(1, mpmath.ceil(mpmath.mpf(t) / n))
        assert abs(polynomial_cycle(t, lr, n, 2.0, low) - (low + height * (1 - t / end) ** 2)) <= EXACT * lr


def order(n):
    """The fractal order of n nodes, made as the paper tells it: double by putting each node's mirror image behind it."""
    nodes = [0]
    while len(nodes) < n:
        nodes = [node for old in nodes for node in (old, 2 * len(nodes) - 1 - old)]
    return nodes


@settings(derandomize=True)
@given(rates, st.integers(0, 10), st.floats(1.0, 1000.0), st.data())
def test_chebyshev_has_fifty_digits(lr, levels, ratio, data):
    n = data.draw(st.integers(2**levels // 2 + 1, 2**levels))
    t = data.draw(st.integers(0, n - 1))
    with mpmath.workdps(50):
        low, high = lr / mpmath.mpf(ratio), mpmath.mpf(lr)
        middle, radius = (1 / low + 1 / high) / 2, (1 / low - 1 / high) / 2
        node = order(2**levels)[t]
        exact = 1 / (middle - radius * mpmath.cos(mpmath.pi * (node + mpmath.mpf(1) / 2) / 2**levels))
        assert abs(chebyshev(t, lr, n, ratio) - exact) <= EXACT * lr


@given(rates, st.integers(0, 9), st.floats(1.0, 1000.0))
def test_a_plan_of_chebyshev_takes_every_step_once_and_stays_within_its_bounds(lr, levels, ratio):
    n = 2**levels
    plan = curve(Schedule(chebyshev, total_steps=n, ratio=ratio), n + 2, lr)
    assert plan[n - 1:] == [plan[n - 1]] * 3
    assert all(lr / ratio * (1 - 1e-12) <= rate <= lr for rate in plan)
    if ratio > 2:
        assert len(set(plan)) == n


def test_chebyshev_solves_a_quadratic_faster_than_any_constant_rate():
    """Gradient descent on curvatures from 1 to 20: what is left of the error, at worst, after 16 steps."""
    def left(plan):
        errors = [1.0] * 400
        for rate in plan:
            errors = [e * (1 - rate * (1 + 19 * i / 399)) for i, e in enumerate(errors)]
        return max(map(abs, errors))

    constants = [left([rate] * 16) for rate in [0.001 * i for i in range(1, 100)]]
    assert left(curve(Schedule(chebyshev, total_steps=16, ratio=20.0), 16)) < 0.01 < min(constants)


@given(rates, shares, st.integers(1, 60), factors, st.integers(0, 10**6))
def test_without_decay_cycles_are_restarts(lr, share, T_0, T_mult, t):
    assert cosine_cycles(t, lr, T_0, T_mult, eta_min=share * lr) == cosine_restarts(t, lr, T_0, T_mult, share * lr)


@given(rates, shares, st.integers(1, 60), st.integers(2, 4), decays, st.integers(0, 8))
def test_every_restart_is_exact_however_late(lr, share, T_0, T_mult, decay, cycle):
    low, start = share * lr, T_0 * (T_mult**cycle - 1) // (T_mult - 1)
    assert cosine_cycles(start, lr, T_0, T_mult, decay, low) == low + (lr - low) * decay**cycle


@given(rates, shares, horizons, halves, st.integers(0, 10**9))
def test_whole_and_half_waves_end_exactly_and_stay(lr, share, n, num_cycles, later):
    low = share * lr
    end = low if num_cycles % 1 else cosine_waves(0, lr, n, num_cycles, low)
    assert cosine_waves(n + later, lr, n, num_cycles, low) == end
    assert abs(cosine_waves(0, lr, n, num_cycles, low) - lr) <= EXACT * lr


@given(rates, shares, horizons, st.integers(1, 9), st.integers(0, 60))
def test_the_cycling_polynomial_meets_the_floor_and_begins_as_the_plain_one(lr, share, n, bottoms, t):
    low = share * lr
    assert polynomial_cycle(n * bottoms, lr, n, 2.0, low) == low
    if t <= n:
        assert polynomial_cycle(t, lr, n, 1.0, low) == pytest.approx(polynomial(t, lr, n, 1.0, low), abs=EXACT * lr)
    assert polynomial_cycle(n * bottoms + 1, lr, n) <= lr / (bottoms + 1)
