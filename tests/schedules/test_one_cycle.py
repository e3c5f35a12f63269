"""One cycle, rate and momentum, against torch, optax and 50 digits."""
import mpmath
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, near, rates

from lrlearn import Schedule, curve, one_cycle, one_cycle_momentum
from tests.peers import from_optax, from_torch

totals, parts = st.integers(1, 60), st.floats(0.0, 1.0)
strategies, three = st.sampled_from(["cos", "linear"]), st.booleans()
divs, finals, momenta = st.floats(1.0, 100.0), st.floats(1.0, 1e4), st.floats(0.0, 0.99)


def ours(steps, lr, **hyper):
    return curve(Schedule(one_cycle, **hyper), steps, lr)


def torch_divides_by_zero(N, pct):
    """Where one of torch's phases that it looks into takes no time."""
    return pct * N == 1.0 or pct * N == N


def driven(steps, optimizer, **arguments):
    """The momenta, or beta1, that torch's OneCycleLR writes."""
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, **arguments)
    group, used = optimizer.param_groups[0], []
    for _ in range(steps):
        used.append(group["betas"][0] if "betas" in group else group["momentum"])
        optimizer.step()
        scheduler.step()
    return used


@given(rates, totals, parts, strategies, divs, finals, three)
def test_torch_to_its_last_update(lr, N, pct, strategy, div, final, phases):
    assume(not torch_divides_by_zero(N, pct))
    call = f"OneCycleLR(optimizer, {lr!r}, {N}, pct_start={pct!r}, anneal_strategy={strategy!r}, div_factor={div!r}, " \
           f"final_div_factor={final!r}, three_phase={phases})"
    wanted = ours(N, lr, total_steps=N, pct_start=pct, anneal_strategy=strategy, div_factor=div, final_div_factor=final,
                  three_phase=phases)
    assert near(wanted, from_torch.rates(call, N), CLOSE * lr)


@given(totals)
def test_torchs_defaults(N):
    assume(not torch_divides_by_zero(N, 0.3))
    assert near(ours(N, 0.1, total_steps=N), from_torch.rates(f"OneCycleLR(optimizer, 0.1, {N})", N), CLOSE)


@given(totals, parts, strategies, three, momenta, momenta, st.sampled_from([torch.optim.SGD, torch.optim.Adam]))
def test_momentum_is_torchs(N, pct, strategy, phases, most, least, kind):
    assume(not torch_divides_by_zero(N, pct))
    optimizer = kind([torch.zeros(1, requires_grad=True)], lr=1.0, **({"momentum": 0.5} if kind is torch.optim.SGD else {}))
    theirs = driven(N, optimizer, total_steps=N, pct_start=pct, anneal_strategy=strategy, three_phase=phases, max_momentum=most,
                    base_momentum=least)
    wanted = Schedule(one_cycle_momentum, base_momentum=least, total_steps=N, pct_start=pct, anneal_strategy=strategy,
                      three_phase=phases)
    assert near(curve(wanted, N, most), theirs, CLOSE)


@settings(max_examples=50)
@given(rates, st.integers(2, 60), st.floats(0.0, 1.0), divs, finals)
def test_optax_is_one_cycle_over_one_update_more(lr, N, pct, div, final):
    """optax' corners are the whole numbers int(pct * N) and N: ours for N + 1 updates and a part that says so."""
    top = int(pct * N)
    assume(1 <= top < N)
    wanted = ours(N + 3, lr, total_steps=N + 1, pct_start=(top + 1) / (N + 1), div_factor=div, final_div_factor=final)
    call = f"optax.cosine_onecycle_schedule({N}, {lr!r}, {pct!r}, {div!r}, {final!r})"
    assert near(wanted, from_optax.rates(call, N + 3), FLOAT32 * lr)


@settings(max_examples=50)
@given(rates, st.integers(1, 20), st.integers(1, 20), divs, finals)
def test_optax_linear_cycle_is_three_phases(lr, top, rest, div, final):
    N = 2 * top + rest
    wanted = ours(N + 3, lr, total_steps=N + 1, pct_start=(top + 1) / (N + 1), anneal_strategy="linear", div_factor=div,
                  final_div_factor=final, three_phase=True)
    call = f"optax.linear_onecycle_schedule({N}, {lr!r}, {(top + 0.5) / N!r}, {(2 * top + 0.5) / N!r}, {div!r}, {final!r})"
    assert near(wanted, from_optax.rates(call, N + 3), FLOAT32 * lr)


def exactly(t, corners, strategy):
    """The same curve in 50 digits, read off the share of the way that is left."""
    for (t0, start), (t1, end) in zip(corners, corners[1:]):
        if t <= t1:
            left = (t1 - t) / (t1 - t0) if t1 > t0 else mpmath.mpf(0)
            return start * left + end * (1 - left) if strategy == "linear" else \
                end - (end - start) * mpmath.sin(mpmath.pi * left / 2) ** 2


@settings(derandomize=True)                 # the bound is close to what is possible: the same tries each time
@given(rates, st.integers(1, 10**6), st.integers(0, 1024), strategies, divs, finals, three, momenta, momenta, st.data())
def test_fifty_digits(lr, N, k, strategy, div, final, phases, most, least, data):
    """pct_start in 1024ths, so that pct_start * N is a double: else its rounding, and not the curve, would be measured."""
    t = data.draw(st.integers(0, N + 2))
    with mpmath.workdps(50):
        start, top, last = mpmath.mpf(lr) / div, mpmath.mpf(k * N - 1024) / 1024, mpmath.mpf(N - 1)
        middle = [(2 * top, start)] if phases else []
        exact = exactly(min(t, N - 1), [(mpmath.mpf(0), start), (top, mpmath.mpf(lr)), *middle, (last, start / final)], strategy)
        assert abs(one_cycle(t, lr, N, k / 1024, strategy, div, final, phases) - exact) <= EXACT * lr
        most_, least_ = mpmath.mpf(most), mpmath.mpf(least)
        middle = [(2 * top, most_)] if phases else []
        exact = exactly(min(t, N - 1), [(mpmath.mpf(0), most_), (top, least_), *middle, (last, most_)], strategy)
        assert abs(one_cycle_momentum(t, most, least, N, k / 1024, strategy, phases) - exact) <= EXACT * max(most, least)


@given(rates, st.integers(2, 10**4), st.data(), strategies, divs, finals, st.integers(0, 10**9))
def test_it_starts_peaks_and_ends_where_it_says_and_holds(lr, N, data, strategy, div, final, later):
    k = data.draw(st.integers(2, N))
    assume(k / N * N == k)
    hyper = dict(total_steps=N, pct_start=k / N, anneal_strategy=strategy, div_factor=div, final_div_factor=final)
    s = Schedule(one_cycle, **hyper)
    assert abs(s(0, lr) - lr / div) <= EXACT * lr and s(k - 1, lr) == lr
    if k < N:
        assert s(N - 1, lr) == s(N - 1 + later, lr) == lr / div / final
    m = Schedule(one_cycle_momentum, base_momentum=0.85, total_steps=N, pct_start=k / N, anneal_strategy=strategy)
    assert abs(m(0, 0.95) - 0.95) <= EXACT and m(k - 1, 0.95) == 0.85
    if k < N:
        assert m(N - 1, 0.95) == m(N - 1 + later, 0.95) == 0.95


@given(rates, totals, parts, strategies, divs, finals, three)
def test_it_rises_then_falls(lr, N, pct, strategy, div, final, phases):
    values = ours(N + 2, lr, total_steps=N, pct_start=pct, anneal_strategy=strategy, div_factor=div, final_div_factor=final,
                  three_phase=phases)
    peak = values.index(max(values))
    assert all(a <= b + EXACT * lr for a, b in zip(values[:peak], values[1:]))
    assert all(b <= a + EXACT * lr for a, b in zip(values[peak:], values[peak + 1:]))
    assert 0 <= min(values) and max(values) <= lr * (1 + EXACT)


@given(totals, parts, strategies, three)
def test_momentum_mirrors_the_rate(N, pct, strategy, phases):
    """With no last fall (final_div_factor=1) both go the same way between their two ends."""
    hyper = dict(total_steps=N, pct_start=pct, anneal_strategy=strategy, three_phase=phases)
    shares = [(lr - 0.5) / 0.5 for lr in ours(N + 2, 1.0, div_factor=2.0, final_div_factor=1.0, **hyper)]
    momentum = curve(Schedule(one_cycle_momentum, base_momentum=0.85, **hyper), N + 2, 0.95)
    assert near([0.95 - 0.1 * share for share in shares], momentum, 1e-15)


def test_a_cycle_that_climbs_for_one_update_begins_at_the_peak():
    for N in (1, 4, 10, 64):
        for strategy in ("cos", "linear"):
            for phases in (False, True):
                hyper = dict(total_steps=N, pct_start=1 / N, anneal_strategy=strategy, three_phase=phases)
                assert one_cycle(0, 0.1, **hyper) == 0.1
                assert one_cycle_momentum(0, 0.95, 0.85, **hyper) == 0.85
    assert ours(4, 1.0, total_steps=4, pct_start=0.25, anneal_strategy="linear", div_factor=1.0, final_div_factor=4.0) == \
        [1.0, 0.75, 0.5, 0.25]


def test_three_phases_that_find_no_time_for_the_last_stop_on_the_way_back():
    """pct_start above a half: the way back would end after the last update."""
    values = ours(12, 1.0, total_steps=10, pct_start=0.6, anneal_strategy="linear", div_factor=6.0, three_phase=True)
    assert values == pytest.approx([1 / 6, 1 / 3, 1 / 2, 2 / 3, 5 / 6, 1.0, 5 / 6, 2 / 3, 1 / 2, 1 / 3, 1 / 3, 1 / 3])
    assert ours(10, 1.0, total_steps=10, pct_start=1.0, three_phase=True) == ours(10, 1.0, total_steps=10, pct_start=1.0)


def test_one_update_is_the_last():
    for pct in (0.0, 0.3, 0.9):
        assert ours(3, 1.0, total_steps=1, pct_start=pct) == [1.0 / 25 / 1e4] * 3
        assert curve(Schedule(one_cycle_momentum, base_momentum=0.85, total_steps=1, pct_start=pct), 3, 0.95) == [0.95] * 3
    assert ours(3, 1.0, total_steps=1, pct_start=1.0) == [1.0] * 3
