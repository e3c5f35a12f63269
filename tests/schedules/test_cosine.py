"""The cosine against torch, transformers, optax, Keras, timm and 50 digits."""
import mpmath
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, horizons, near, rates, shares
from torch.optim.lr_scheduler import CosineAnnealingLR

from lrlearn import Schedule, cosine, curve
from tests.peers import from_keras, from_optax, from_timm, from_torch, from_transformers

def ours(steps, lr, T_max, eta_min=0.0):
    return curve(Schedule(cosine, T_max=T_max, eta_min=eta_min), steps, lr)


def bounced(steps, lr, T_max, eta_min=0.0):
    """Past the bottom, back up the way it came: what torch and transformers do."""
    return [cosine(T_max - abs(T_max - t % (2 * T_max)), lr, T_max, eta_min) for t in range(steps)]


@given(rates, shares, horizons)
def test_torch(lr, share, T_max):
    low = share * lr
    theirs = from_torch.rates(f"CosineAnnealingLR(optimizer, {T_max}, {low!r})", T_max + 3, lr)
    assert near(ours(T_max + 1, lr, T_max, low), theirs[:T_max + 1], CLOSE * lr)
    assert near(bounced(T_max + 3, lr, T_max, low), theirs, CLOSE * lr)                 # seam: two steps past the end


@given(rates, shares, st.integers(1, 10**6), st.data())
def test_torchs_closed_form(lr, share, T_max, data):
    t = data.draw(st.sampled_from([0, T_max // 2, T_max - 1, T_max]) | st.integers(0, T_max))
    scheduler = CosineAnnealingLR.__new__(CosineAnnealingLR)
    scheduler.base_lrs, scheduler.last_epoch, scheduler.T_max, scheduler.eta_min = [lr], t, T_max, share * lr
    assert near([cosine(t, lr, T_max, share * lr)], scheduler._get_closed_form_lr(), 1e-15 * lr)


@given(rates, shares, horizons)
def test_transformers(lr, share, T_max):
    low = share * lr
    plain = f"get_cosine_schedule_with_warmup(optimizer, 0, {T_max})"
    assert near(bounced(T_max + 3, lr, T_max), from_transformers.rates(plain, T_max + 3, lr), CLOSE * lr)
    floor = f"get_cosine_with_min_lr_schedule_with_warmup(optimizer, 0, {T_max}, min_lr={low!r})"
    assert near(bounced(T_max + 3, lr, T_max, low), from_transformers.rates(floor, T_max + 3, lr), CLOSE * lr)


@given(rates, shares, horizons)
def test_optax_and_keras(lr, share, T_max):
    wanted = ours(T_max + 3, lr, T_max, share * lr)
    for peer, call in ((from_optax, "optax.cosine_decay_schedule"), (from_keras, "keras.optimizers.schedules.CosineDecay")):
        assert near(wanted, peer.rates(f"{call}({lr!r}, {T_max}, alpha={share!r})", T_max + 3), FLOAT32 * lr)


@given(rates, shares, horizons)
def test_timm(lr, share, T_max):
    low = share * lr
    theirs = from_timm.rates(f"CosineLRScheduler(optimizer, {T_max}, lr_min={low!r})", T_max + 3, lr)
    assert near(ours(T_max + 3, lr, T_max, low), theirs, CLOSE * lr)


@settings(derandomize=True)              # the bound is close to what is possible: the same tries each time
@given(rates, shares, st.integers(1, 10**6), st.data())
def test_fifty_digits(lr, share, T_max, data):
    t, low = data.draw(st.integers(0, T_max)), share * lr
    with mpmath.workdps(50):
        exact = low + (mpmath.mpf(lr) - low) * (1 + mpmath.cos(mpmath.pi * t / T_max)) / 2
        assert abs(cosine(t, lr, T_max, low) - exact) <= EXACT * lr


@given(rates, shares, st.integers(1, 10**6), st.integers(0, 10**9))
def test_it_begins_at_the_peak_ends_on_the_floor_and_stays(lr, share, T_max, later):
    low = share * lr
    assert abs(cosine(0, lr, T_max, low) - lr) <= EXACT * lr
    assert cosine(T_max, lr, T_max, low) == cosine(T_max + later, lr, T_max, low) == low
    assert cosine(0, lr, T_max) == lr


@given(rates, shares, st.integers(2, 300))
def test_it_only_falls(lr, share, T_max):
    values = ours(T_max + 3, lr, T_max, share * lr)
    assert all(a >= b for a, b in zip(values, values[1:]))
