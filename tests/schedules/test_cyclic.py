"""Warm restarts and triangles against torch, transformers, optax, Keras, timm and 50 digits."""
import mpmath
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, near, rates, shares

from lrlearn import Schedule, cosine, cosine_restarts, curve, exp_range, sequential, triangular, triangular2
from tests.peers import from_keras, from_optax, from_timm, from_torch, from_transformers

lengths, factors, sides = st.integers(1, 12), st.integers(1, 4), st.integers(1, 20)
maybe_sides = st.none() | sides


def restarts(steps, lr, T_0, T_mult, low=0.0):
    return curve(Schedule(cosine_restarts, T_0=T_0, T_mult=T_mult, eta_min=low), steps, lr)


def starts(T_0, T_mult, cycles):
    """The first steps of the cycles after the first, added up one by one."""
    return [sum(T_0 * T_mult**i for i in range(k)) for k in range(1, cycles + 1)]


def near_or_late(ours, theirs, at, low, close):
    """Near, or at the bottom where a restart should be: who divides or takes a logarithm may miss a restart by one step."""
    return near([low if t in at and abs(b - low) <= close else a for t, (a, b) in enumerate(zip(ours, theirs))], theirs, close)


@given(rates, lengths, factors, shares)
def test_restarts_are_torchs(lr, T_0, T_mult, share):
    steps = starts(T_0, T_mult, 3)[-1] + 2
    call = f"CosineAnnealingWarmRestarts(optimizer, {T_0}, {T_mult}, {share * lr!r})"
    assert near(restarts(steps, lr, T_0, T_mult, share * lr), from_torch.rates(call, steps, lr), CLOSE * lr)


@given(rates, lengths, st.integers(1, 6), st.integers(0, 5))
def test_restarts_are_transformers_until_they_end_at_zero(lr, T_0, cycles, W):
    N = T_0 * cycles
    call = f'get_scheduler("cosine_with_restarts", optimizer, {W}, {W + N}, scheduler_specific_kwargs={{"num_cycles": {cycles}}})'
    theirs = from_transformers.rates(call, W + N + 3, lr)
    wanted = restarts(N, lr, T_0, 1) + [0.0] * 3
    assert near_or_late(wanted, theirs[W:], starts(T_0, 1, cycles), 0.0, CLOSE * lr)


@settings(max_examples=30)
@given(rates, lengths, st.integers(1, 3), st.integers(1, 3), shares)
def test_restarts_are_optax_sgdr(lr, T_0, T_mult, cycles, share):
    same = dict(init_value=lr, peak_value=lr, warmup_steps=0, end_value=share * lr)
    each = [dict(same, decay_steps=T_0 * T_mult**i) for i in range(cycles)]
    end = sum(kwargs["decay_steps"] for kwargs in each)
    theirs = from_optax.rates(f"optax.sgdr_schedule({each!r})", end + 3)
    assert near(restarts(end, lr, T_0, T_mult, share * lr) + [share * lr] * 3, theirs, FLOAT32 * lr)


@given(rates, lengths, factors, shares)
def test_restarts_are_keras(lr, T_0, T_mult, share):
    at = starts(T_0, T_mult, 3)
    call = f"keras.optimizers.schedules.CosineDecayRestarts({lr!r}, {T_0}, {T_mult}.0, alpha={share!r})"
    theirs = from_keras.rates(call, at[-1] + 2)
    assert near_or_late(restarts(at[-1] + 2, lr, T_0, T_mult, share * lr), theirs, at, share * lr, 5 * FLOAT32 * lr)


@given(rates, lengths, factors, shares)
def test_restarts_are_timms(lr, T_0, T_mult, share):
    at = starts(T_0, T_mult, 3)
    call = f"CosineLRScheduler(optimizer, {T_0}, lr_min={share * lr!r}, cycle_mul={T_mult}, cycle_limit=9)"
    theirs = from_timm.rates(call, at[-1] + 2, lr)
    assert near_or_late(restarts(at[-1] + 2, lr, T_0, T_mult, share * lr), theirs, at, share * lr, CLOSE * lr)


def test_every_restart_is_exact():
    """All first cycles up to 1000, all factors up to 10: every restart up to t = 1e9, for equal cycles the first 50."""
    for T_0 in range(1, 1001):
        for T_mult in range(1, 11):
            t, T = T_0, T_0                 # where the next cycle starts, and how long the one before it was
            for _ in range(50):
                assert cosine_restarts(t, 1.0, T_0, T_mult) == 1.0, (T_0, T_mult, t)
                assert T == 1 or cosine_restarts(t - 1, 1.0, T_0, T_mult) < 1.0, (T_0, T_mult, t)
                T *= T_mult
                t += T
                if T_mult > 1 and t > 10**9:
                    break


@given(rates, st.integers(1, 10**6), st.integers(1, 10), st.integers(0, 10**15), shares)
def test_far_out_a_restart_is_still_the_peak(lr, T_0, T_mult, far, share):
    t = T_0
    while T_mult > 1 and t < far:
        t = t * T_mult + T_0                # T_0 * (1 + m + m**2 + ...)
    t = t if T_mult > 1 else far * T_0
    assert cosine_restarts(t, lr, T_0, T_mult) == lr == cosine_restarts(0, lr, T_0, T_mult)
    assert abs(cosine_restarts(t, lr, T_0, T_mult, share * lr) - lr) <= EXACT * lr


@given(rates, lengths, factors, shares)
def test_restarts_are_cosines_one_after_the_other_and_each_falls(lr, T_0, T_mult, share):
    at = starts(T_0, T_mult, 3)
    parts = [Schedule(cosine, T_max=T_0 * T_mult**i, eta_min=share * lr) for i in range(4)]
    values = restarts(at[-1] + 5, lr, T_0, T_mult, share * lr)
    assert values[: at[-1] + 1] == curve(Schedule(sequential, schedules=parts, milestones=at), at[-1] + 1, lr)
    assert all(b <= a for t, (a, b) in enumerate(zip(values, values[1:])) if t + 1 not in at and t + 1 < at[-1])
    assert min(values) >= share * lr - EXACT * lr


@settings(derandomize=True)                 # the bound is close to what is possible: the same tries each time
@given(rates, st.integers(1, 10**5), st.integers(1, 10), shares, st.integers(0, 10**6))
def test_fifty_digits_of_restarts(lr, T_0, T_mult, share, t):
    low = share * lr
    with mpmath.workdps(50):
        if T_mult == 1:
            begun, T = t // T_0 * T_0, T_0
        else:                               # 50 digits leave no doubt about the logarithm: half a step is far above them
            i = int(mpmath.floor(mpmath.log((t + mpmath.mpf("0.5")) * (T_mult - 1) / T_0 + 1, T_mult)))
            begun, T = T_0 * (T_mult**i - 1) // (T_mult - 1), T_0 * T_mult**i
        exact = low + (mpmath.mpf(lr) - low) * mpmath.cos(mpmath.pi * (t - begun) / T / 2) ** 2
        assert 0 <= t - begun < T and abs(cosine_restarts(t, lr, T_0, T_mult, low) - exact) <= EXACT * lr


def driven(steps, lr, low, up, down, mode, gamma, momenta):
    """The learning rates and momenta that torch's CyclicLR writes, step by step."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0, momentum=0.5)
    base_momentum, max_momentum = momenta
    scheduler = torch.optim.lr_scheduler.CyclicLR(optimizer, low, lr, up, down, mode, gamma, base_momentum=base_momentum,
                                                  max_momentum=max_momentum)
    used = []
    for _ in range(steps):
        used.append((optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]))
        optimizer.step()
        scheduler.step()
    return [lr for lr, _ in used], [momentum for _, momentum in used]


@given(rates, shares, sides, maybe_sides, st.floats(0.8, 1.0), st.floats(0.0, 0.9), st.floats(0.0, 0.99))
def test_triangles_are_torchs_and_its_momentum_is_their_mirror_image(lr, share, up, down, gamma, base_momentum, max_momentum):
    steps = 3 * (up + (down or up)) + 2
    for formula, hyper in ((triangular, {}), (triangular2, {}), (exp_range, {"gamma": gamma})):
        hyper.update(step_size_up=up, step_size_down=down)
        theirs, momenta = driven(steps, lr, share * lr, up, down, formula.__name__, gamma, (base_momentum, max_momentum))
        assert near(curve(Schedule(formula, eta_min=share * lr, **hyper), steps, lr), theirs, CLOSE * lr)
        height = curve(Schedule(formula, **hyper), steps)
        assert near([max_momentum - (max_momentum - base_momentum) * h for h in height], momenta, CLOSE)


def test_the_adapter_sees_the_same():
    call = "CyclicLR(optimizer, 0.1, 1.0, 3)"
    assert near(curve(Schedule(triangular, step_size_up=3, eta_min=0.1), 13), from_torch.rates(call, 13), CLOSE)


@settings(derandomize=True)
@given(rates, shares, st.integers(1, 10**5), st.none() | st.integers(1, 10**5), st.floats(0.99, 1.0), st.integers(0, 10**6))
def test_fifty_digits_of_triangles(lr, share, up, down, gamma, t):
    low, fall = share * lr, down or up
    with mpmath.workdps(50):
        cycle, place = divmod(t, up + fall)
        away = place - up                   # from the top: up to it on one side, from it on the other
        height = (mpmath.mpf(lr) - low) * (1 + mpmath.mpf(away) / up if away < 0 else 1 - mpmath.mpf(away) / fall)
        assert abs(triangular(t, lr, up, down, low) - (low + height)) <= EXACT * lr
        assert abs(triangular2(t, lr, up, down, low) - (low + height / 2**cycle)) <= EXACT * lr
        assert abs(exp_range(t, lr, up, gamma, down, low) - (low + height * mpmath.exp(t * mpmath.log(gamma)))) <= EXACT * lr


@given(rates, st.integers(1, 1000), st.none() | st.integers(1, 1000), st.integers(0, 10**6), st.floats(0.9, 1.0))
def test_tops_and_bottoms_are_exact(lr, up, down, cycle, gamma):
    begun = cycle * (up + (down or up))
    assert triangular(begun, lr, up, down) == 0.0 == triangular2(begun, lr, up, down) == exp_range(begun, lr, up, gamma, down)
    assert triangular(begun, lr, up, down, 0.5 * lr) == triangular2(begun, lr, up, down, 0.5 * lr) == 0.5 * lr
    assert triangular(begun + up, lr, up, down) == lr
    assert triangular2(begun + up, lr, up, down) == lr * 0.5**cycle
    assert exp_range(begun + up, lr, up, gamma, down) == lr * gamma ** (begun + up)


@given(rates, shares, sides, maybe_sides)
def test_a_triangle_rises_then_falls(lr, share, up, down):
    values = curve(Schedule(triangular, step_size_up=up, step_size_down=down, eta_min=share * lr), up + (down or up) + 1, lr)
    assert values[: up + 1] == sorted(values[: up + 1]) and values[up:] == sorted(values[up:], reverse=True)


@given(rates, shares, sides, maybe_sides)
def test_gamma_one_is_the_triangle(lr, share, up, down):
    hyper = dict(step_size_up=up, step_size_down=down, eta_min=share * lr)
    assert curve(Schedule(exp_range, gamma=1.0, **hyper), 100, lr) == curve(Schedule(triangular, **hyper), 100, lr)
