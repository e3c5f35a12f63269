"""The warm-up against torch, transformers, optax, Keras, timm and 50 digits."""
import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, near, rates, shares

from lrlearn import Schedule, constant, cosine, curve, warmup
from tests.peers import from_keras, from_optax, from_timm, from_torch, from_transformers

lengths, horizons = st.integers(1, 20), st.integers(1, 40)
shapes = st.sampled_from(["linear", "cosine", "1-sqrt"])


def ours(steps, lr, warmup_steps, T_max, eta_min=0.0, start_factor=0.0):
    """Warm-up, then the cosine down to eta_min and up again when the framework bounces."""
    after = Schedule(cosine, T_max=T_max, eta_min=eta_min)
    return curve(Schedule(warmup, schedule=after, warmup_steps=warmup_steps, start_factor=start_factor), steps, lr)


def bounced(steps, *arguments):
    """Past the bottom, back up the way it came: what torch and transformers do."""
    bottom = arguments[1] + arguments[2]
    down = ours(bottom + 1, *arguments)
    return [down[t if t <= bottom else 2 * bottom - t] for t in range(steps)]


@given(rates, lengths, st.integers(3, 40), shares, st.floats(0.01, 1.0))
def test_torchs_sequence_of_linear_and_cosine(lr, W, T_max, share, start):
    call = f"""SequentialLR(optimizer, [LinearLR(optimizer, {start!r}, total_iters={W}),
                                        CosineAnnealingLR(optimizer, {T_max}, {share * lr!r})], [{W}])"""
    steps = W + T_max + 3
    assert near(bounced(steps, lr, W, T_max, share * lr, start), from_torch.rates(call, steps, lr), CLOSE * lr)


@given(rates, st.integers(0, 20), st.integers(3, 40), st.floats(1e-3, 1.0))
def test_transformers(lr, W, T_max, share):
    steps = W + T_max + 3
    plain = f"get_cosine_schedule_with_warmup(optimizer, {W}, {W + T_max})"
    assert near(bounced(steps, lr, W, T_max), from_transformers.rates(plain, steps, lr), CLOSE * lr)
    floor = f"get_cosine_with_min_lr_schedule_with_warmup(optimizer, {W}, {W + T_max}, min_lr_rate={share!r})"
    assert near(bounced(steps, lr, W, T_max, share * lr), from_transformers.rates(floor, steps, lr), CLOSE * lr)
    flat = Schedule(warmup, schedule=Schedule(constant), warmup_steps=W)
    call = f"get_constant_schedule_with_warmup(optimizer, {W})"
    assert near(curve(flat, W + 3, lr), from_transformers.rates(call, W + 3, lr), CLOSE * lr)


@given(rates, lengths, horizons, shares, shares)
def test_optax(lr, W, T_max, share, start):
    call = f"optax.warmup_cosine_decay_schedule({start * lr!r}, {lr!r}, {W}, {W + T_max}, {share * lr!r})"
    steps = W + T_max + 3
    assert near(ours(steps, lr, W, T_max, share * lr, start), from_optax.rates(call, steps), FLOAT32 * lr)


@given(rates, lengths, horizons, shares, shares)
def test_keras(lr, W, T_max, share, start):
    call = f"keras.optimizers.schedules.CosineDecay({start * lr!r}, {T_max}, {share!r}, warmup_target={lr!r}, warmup_steps={W})"
    steps = W + T_max + 3
    assert near(ours(steps, lr, W, T_max, share * lr, start), from_keras.rates(call, steps), FLOAT32 * lr)


@given(rates, lengths, horizons, shares, shares)
def test_timm(lr, W, T_max, share, start):
    call = f"""CosineLRScheduler(optimizer, {T_max}, lr_min={share * lr!r}, warmup_t={W}, warmup_lr_init={start * lr!r},
                                 warmup_prefix=True)"""
    steps = W + T_max + 3
    assert near(ours(steps, lr, W, T_max, share * lr, start), from_timm.rates(call, steps, lr), CLOSE * lr)


@settings(derandomize=True)              # the bound is close to what is possible: the same tries each time
@given(rates, st.integers(1, 10**6), shares, shares, st.data())
def test_fifty_digits(lr, W, share, start, data):
    t = data.draw(st.integers(0, W - 1))
    after = Schedule(constant, factor=share, total_iters=1)
    top = share * lr
    with mpmath.workdps(50):
        exact = mpmath.mpf(start) * lr + (mpmath.mpf(top) - mpmath.mpf(start) * lr) * t / W
        assert abs(warmup(t, lr, after, W, start) - exact) <= EXACT * lr


@given(rates, st.integers(0, 20), shapes, shares)
def test_transformers_shapes(lr, W, shape, start):
    """The plateau of warmup_stable_decay is a constant; min_lr_ratio is also where its warm-up begins."""
    wanted = Schedule(warmup, schedule=Schedule(constant), warmup_steps=W, start_factor=start, shape=shape)
    kwargs = dict(num_decay_steps=1, num_stable_steps=3, warmup_type=shape, min_lr_ratio=start)
    call = f'get_scheduler("warmup_stable_decay", optimizer, {W}, scheduler_specific_kwargs={kwargs!r})'
    assert near(curve(wanted, W + 3, lr), from_transformers.rates(call, W + 3, lr), CLOSE * lr)


@given(rates, st.integers(0, 20))
def test_transformers_constant_with_warmup(lr, W):
    flat = Schedule(warmup, schedule=Schedule(constant), warmup_steps=W)
    theirs = from_transformers.rates(f'get_scheduler("constant_with_warmup", optimizer, {W})', W + 3, lr)
    assert near(curve(flat, W + 3, lr), theirs, CLOSE * lr)


@settings(derandomize=True)
@given(rates, st.integers(1, 10**6), shares, shares, st.data())
def test_fifty_digits_of_the_shapes(lr, W, share, start, data):
    left = data.draw(st.integers(1, W) | st.integers(1, min(W, 10)))        # a root is steepest at its end
    after, top = Schedule(constant, factor=share, total_iters=1), share * lr
    with mpmath.workdps(50):
        begin, x = mpmath.mpf(start) * lr, mpmath.mpf(W - left) / W
        ways = {"cosine": mpmath.sin(mpmath.pi * x / 2) ** 2, "1-sqrt": x / (1 + mpmath.sqrt(mpmath.mpf(left) / W))}
        for shape, way in ways.items():
            exact = begin + (mpmath.mpf(top) - begin) * way
            assert abs(warmup(W - left, lr, after, W, start, shape) - exact) <= EXACT * lr


@given(rates, lengths, horizons, shares, shares, st.integers(0, 100), shapes)
def test_its_ends_are_exact_and_then_it_is_the_schedule(lr, W, T_max, share, start, later, shape):
    after = Schedule(cosine, T_max=T_max, eta_min=share * lr)
    assert warmup(0, lr, after, W, start, shape) == start * lr
    assert warmup(W, lr, after, W, start, shape) == after(0, lr)
    assert warmup(W + later, lr, after, W, start, shape) == after(later, lr)
    assert warmup(later, lr, after, 0, start, shape) == after(later, lr)    # no warm-up: nothing changes


def test_the_shapes_lie_as_their_words_say():
    """At a quarter, the half and three quarters: a line, a wave that is gentle at both ends, a root steep at its end."""
    def rise(shape):
        return [warmup(t, 1.0, Schedule(constant), 4, shape=shape) for t in (1, 2, 3)]

    assert rise("linear") == [0.25, 0.5, 0.75]
    assert rise("cosine") == pytest.approx([0.146447, 0.5, 0.853553], abs=1e-6)
    assert rise("1-sqrt") == pytest.approx([0.133975, 0.292893, 0.5], abs=1e-6)


@given(rates, st.integers(1, 300), shares, shapes)
def test_it_only_rises(lr, W, start, shape):
    values = curve(Schedule(warmup, schedule=Schedule(constant), warmup_steps=W, start_factor=start, shape=shape), W + 2, lr)
    assert all(a <= b + EXACT * lr for a, b in zip(values, values[1:])) and values[W] == lr


def test_it_nests():
    inner = Schedule(warmup, schedule=Schedule(constant), warmup_steps=2, start_factor=0.5)
    assert curve(Schedule(warmup, schedule=inner, warmup_steps=2), 6) == [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
