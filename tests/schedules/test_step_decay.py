"""Step decay and multi-step decay against torch, optax, Keras, timm and 50 digits."""
import mpmath
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, horizons, near, rates

from lrlearn import Schedule, curve, multistep_decay, step_decay
from tests.peers import from_keras, from_optax, from_timm, from_torch

gammas = st.floats(0.05, 1.0)
factors = st.floats(0.05, 2.0)              # a factor above 1 grows
milestones = st.lists(st.integers(0, 40), max_size=6).map(sorted)           # 0 and repeated ones included


def ours(steps, lr, step_size, gamma):
    return curve(Schedule(step_decay, step_size=step_size, gamma=gamma), steps, lr)


@given(rates, horizons, gammas)
def test_torch(lr, step_size, gamma):
    steps = 3 * step_size + 2
    theirs = from_torch.rates(f"StepLR(optimizer, {step_size}, {gamma!r})", steps, lr)
    assert near(ours(steps, lr, step_size, gamma), theirs, CLOSE * lr)


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


def at_milestones(steps, lr, milestones, gamma):
    return curve(Schedule(multistep_decay, milestones=milestones, gamma=gamma), steps, lr)


def most(values, lr):
    """What the distance is held to: the peak, or more where the rate grows."""
    return max(lr, *values)


@given(rates, milestones, factors)
def test_multistep_is_torchs(lr, milestones, gamma):
    wanted = at_milestones(45, lr, milestones, gamma)
    assert near(wanted, from_torch.rates(f"MultiStepLR(optimizer, {milestones}, {gamma!r})", 45, lr), CLOSE * most(wanted, lr))


@settings(max_examples=50)
@given(rates, milestones, factors)
def test_multistep_is_optax_piecewise_constant(lr, milestones, gamma):
    """A dictionary holds each milestone once: one that stands twice has the factor twice."""
    scales = {m: gamma ** milestones.count(m) for m in milestones}
    wanted = at_milestones(45, lr, milestones, gamma)
    assert near(wanted, from_optax.rates(f"optax.piecewise_constant_schedule({lr!r}, {scales})", 45), FLOAT32 * most(wanted, lr))


@given(rates, milestones.filter(len), factors)
def test_multistep_is_keras_with_boundaries_one_less(lr, milestones, gamma):
    values = [lr * gamma**k for k in range(len(milestones) + 1)]
    call = f"keras.optimizers.schedules.PiecewiseConstantDecay({[m - 1 for m in milestones]}, {values})"
    wanted = at_milestones(45, lr, milestones, gamma)
    assert near(wanted, from_keras.rates(call, 45), FLOAT32 * most(wanted, lr))


@given(rates, st.lists(st.integers(1, 40), max_size=6).map(sorted), factors)
def test_multistep_is_timms_with_milestones_one_more(lr, milestones, gamma):
    call = f"MultiStepLRScheduler(optimizer, {[m + 1 for m in milestones]}, {gamma!r})"
    wanted = at_milestones(45, lr, milestones, gamma)
    assert near(wanted, from_timm.rates(call, 45, lr), CLOSE * most(wanted, lr))


@settings(derandomize=True)
@given(rates, st.lists(st.integers(0, 10**6), max_size=8).map(sorted), factors, st.integers(0, 10**6))
def test_fifty_digits_of_multistep(lr, milestones, gamma, t):
    with mpmath.workdps(50):
        exact = mpmath.mpf(lr)
        for milestone in milestones:
            if milestone <= t:
                exact *= mpmath.mpf(gamma)
        assert abs(multistep_decay(t, lr, milestones, gamma) - exact) <= EXACT * max(lr, exact)


@given(rates, st.integers(0, 10**9), gammas, st.integers(1, 4))
def test_a_cut_of_multistep_belongs_to_its_step(lr, milestone, gamma, times):
    plan = [milestone] * times
    assert multistep_decay(milestone, lr, plan, gamma) == multistep_decay(milestone + 10**6, lr, plan, gamma) == lr * gamma**times
    if milestone:
        assert multistep_decay(milestone - 1, lr, plan, gamma) == multistep_decay(0, lr, plan, gamma) == lr
    assert multistep_decay(milestone, lr, [], gamma) == lr


@given(rates, horizons, gammas)
def test_equal_distances_are_step_decay(lr, step_size, gamma):
    plan = [step_size, 2 * step_size, 3 * step_size]
    assert at_milestones(4 * step_size, lr, plan, gamma) == ours(4 * step_size, lr, step_size, gamma)
