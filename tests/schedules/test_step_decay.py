"""Step decay against torch, optax, Keras, timm and 50 digits."""
import mpmath
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, horizons, near, rates

from lrlearn import Schedule, curve, step_decay
from tests.peers import from_keras, from_optax, from_timm, from_torch

gammas = st.floats(0.05, 1.0)


def ours(steps, lr, step_size, gamma):
    return curve(Schedule(step_decay, step_size=step_size, gamma=gamma), steps, lr)


@given(rates, horizons, gammas)
def test_torch(lr, step_size, gamma):
    steps = 3 * step_size + 2
    assert near(ours(steps, lr, step_size, gamma), from_torch.rates(f"StepLR(optimizer, {step_size}, {gamma!r})", steps, lr), CLOSE * lr)


def test_torchs_default():
    assert near(curve(Schedule(step_decay, step_size=3), 10), from_torch.rates("StepLR(optimizer, 3)", 10), CLOSE)


@given(rates, horizons, gammas)
def test_optax_and_keras(lr, step_size, gamma):
    steps = 3 * step_size + 2
    for peer, call in ((from_optax, "optax.exponential_decay"), (from_keras, "keras.optimizers.schedules.ExponentialDecay")):
        theirs = peer.rates(f"{call}({lr!r}, {step_size}, {gamma!r}, staircase=True)", steps)
        late = [t for t in range(steps) if t % step_size == 0]      # float32's t / step_size may miss the cut by one step
        pairs = [(a, b) for t, (a, b) in enumerate(zip(ours(steps, lr, step_size, gamma), theirs)) if t not in late]
        assert near([a for a, _ in pairs], [b for _, b in pairs], FLOAT32 * lr)


@given(rates, horizons, gammas)
def test_timm(lr, step_size, gamma):
    steps = 3 * step_size + 2
    theirs = from_timm.rates(f"StepLRScheduler(optimizer, {step_size}, {gamma!r})", steps, lr)
    assert near(ours(steps, lr, step_size, gamma), theirs, CLOSE * lr)


@settings(derandomize=True)
@given(rates, st.integers(1, 10**5), gammas, st.integers(0, 10**6))
def test_fifty_digits(lr, step_size, gamma, t):
    with mpmath.workdps(50):
        exact = mpmath.mpf(lr) * mpmath.mpf(gamma) ** (t // step_size)
        assert abs(step_decay(t, lr, step_size, gamma) - exact) <= EXACT * lr


@given(rates, st.integers(1, 100), gammas, st.integers(1, 5))
def test_the_cut_belongs_to_its_step(lr, step_size, gamma, cuts):
    assert step_decay(cuts * step_size - 1, lr, step_size, gamma) == lr * gamma ** (cuts - 1)
    assert step_decay(cuts * step_size, lr, step_size, gamma) == lr * gamma**cuts
