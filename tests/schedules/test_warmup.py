"""The warm-up against torch, transformers, optax, Keras, timm and 50 digits."""
import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, near, rates, shares

from lrlearn import Schedule, constant, cosine, curve, warmup
from tests.peers import from_keras, from_optax, from_timm, from_torch, from_transformers

lengths, horizons = st.integers(1, 20), st.integers(1, 40)


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


@given(rates, lengths, horizons, shares, shares, st.integers(0, 100))
def test_its_ends_are_exact_and_then_it_is_the_schedule(lr, W, T_max, share, start, later):
    after = Schedule(cosine, T_max=T_max, eta_min=share * lr)
    assert warmup(0, lr, after, W, start) == start * lr
    assert warmup(W, lr, after, W, start) == after(0, lr)
    assert warmup(W + later, lr, after, W, start) == after(later, lr)
    assert warmup(later, lr, after, 0, start) == after(later, lr)           # no warm-up: nothing changes


@given(rates, st.integers(1, 300), shares)
def test_it_only_rises(lr, W, start):
    values = curve(Schedule(warmup, schedule=Schedule(constant), warmup_steps=W, start_factor=start), W + 2, lr)
    assert all(a <= b + EXACT * lr for a, b in zip(values, values[1:])) and values[W] == lr


def test_it_nests():
    inner = Schedule(warmup, schedule=Schedule(constant), warmup_steps=2, start_factor=0.5)
    assert curve(Schedule(warmup, schedule=inner, warmup_steps=2), 6) == [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]


def test_seam_torchs_linear_begins_at_a_third_and_not_at_zero():
    assert from_torch.rates("LinearLR(optimizer)", 6) == pytest.approx([1 / 3 + 2 / 15 * t for t in range(6)])
    with pytest.raises(ValueError, match="Starting multiplicative factor"):
        from_torch.rates("LinearLR(optimizer, start_factor=0.0)", 1)


def test_seam_torchs_chain_multiplies_and_never_reaches_the_peak():
    theirs = from_torch.rates("ChainedScheduler([LinearLR(optimizer, total_iters=3), CosineAnnealingLR(optimizer, 10)])", 11)
    assert theirs == pytest.approx([min(1.0, 1 / 3 + 2 / 9 * t) * cosine(t, 1.0, 10) for t in range(11)])
    assert max(theirs) == pytest.approx(0.793893, abs=1e-6)


def test_seam_timm_counts_the_warm_up_into_the_cosine_unless_told():
    theirs = from_timm.rates("CosineLRScheduler(optimizer, 10, warmup_t=3)", 6)
    assert theirs == pytest.approx([0.0, 1 / 3, 2 / 3] + [cosine(t, 1.0, 10) for t in (3, 4, 5)])


def test_seam_keras_leaves_the_warm_up_out_of_decay_steps_and_optax_counts_it_in():
    keras = from_keras.rates("keras.optimizers.schedules.CosineDecay(0.0, 10, warmup_target=1.0, warmup_steps=3)", 15)
    optax = from_optax.rates("optax.warmup_cosine_decay_schedule(0.0, 1.0, 3, 10)", 15)
    assert near(keras, ours(15, 1.0, 3, 10), FLOAT32) and near(optax, ours(15, 1.0, 3, 7), FLOAT32)


def test_seam_one_transformers_warm_up_begins_above_zero():
    call = 'get_scheduler("cosine_warmup_with_min_lr", optimizer, 3, 10, scheduler_specific_kwargs={"min_lr": 0.0})'
    assert from_transformers.rates(call, 11)[:4] == pytest.approx([1 / 3, 2 / 3, 1.0, 0.950484], abs=1e-6)
