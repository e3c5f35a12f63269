"""Sequential and chained against torch's SequentialLR and ChainedScheduler, optax' join_schedules, the product and 50 digits."""
import mpmath
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, near, rates

from lrlearn import (Schedule, chained, constant, cosine, cosine_restarts, curve, exponential_decay, linear, multistep_decay,
                     polynomial, sequential, step_decay, warmup)
from lrlearn.pytorch import FollowerLR
from tests.peers import from_optax, from_torch

lengths, gammas = st.integers(1, 12), st.floats(0.3, 1.0)
LONG = st.integers(60, 90)                  # longer than any test: torch's cosine rises again after its bottom

# Pairs: torch's text, and the Schedule that it should be.
FOLLOWERS = {
    "constant": st.tuples(gammas, lengths).map(lambda a: (
        f"ConstantLR(optimizer, {a[0]!r}, {a[1]})", Schedule(constant, factor=a[0], total_iters=a[1]))),
    "linear": st.tuples(st.floats(0.1, 1.0), st.floats(0.1, 1.0), lengths).map(lambda a: (
        f"LinearLR(optimizer, {a[0]!r}, {a[1]!r}, {a[2]})",
        Schedule(linear, start_factor=a[0], end_factor=a[1], total_iters=a[2]))),
    "exponential": gammas.map(lambda g: (f"ExponentialLR(optimizer, {g!r})", Schedule(exponential_decay, gamma=g))),
    "step": st.tuples(lengths, gammas).map(lambda a: (
        f"StepLR(optimizer, {a[0]}, {a[1]!r})", Schedule(step_decay, step_size=a[0], gamma=a[1]))),
    "multistep": st.tuples(st.lists(st.integers(1, 30), max_size=3).map(sorted), gammas).map(lambda a: (
        f"MultiStepLR(optimizer, {a[0]}, {a[1]!r})", Schedule(multistep_decay, milestones=a[0], gamma=a[1]))),
    "polynomial": st.tuples(LONG, st.sampled_from([1.0, 2.0])).map(lambda a: (
        f"PolynomialLR(optimizer, {a[0]}, {a[1]!r})", Schedule(polynomial, total_iters=a[0], power=a[1]))),
    "cosine": LONG.map(lambda n: (f"CosineAnnealingLR(optimizer, {n})", Schedule(cosine, T_max=n))),
}
followers = st.one_of(*FOLLOWERS.values())
restarts = st.tuples(lengths, st.integers(1, 3)).map(lambda a: (
    f"CosineAnnealingWarmRestarts(optimizer, {a[0]}, {a[1]})", Schedule(cosine_restarts, T_0=a[0], T_mult=a[1])))


@st.composite
def plans(draw, kinds, first=0):
    pairs = draw(st.lists(kinds, min_size=1, max_size=4))
    return pairs, sorted(draw(st.lists(st.integers(first, 40), min_size=len(pairs) - 1, max_size=len(pairs) - 1)))


@pytest.mark.since_torch_2_13
@given(rates, plans(followers | restarts))
def test_sequential_is_torchs(lr, plan):
    """Milestones at 0 and milestones that stand twice included: what has no time is left out."""
    pairs, milestones = plan
    ours = Schedule(sequential, schedules=[s for _, s in pairs], milestones=milestones)
    call = f"SequentialLR(optimizer, [{', '.join(text for text, _ in pairs)}], {milestones})"
    assert near(curve(ours, 50, lr), from_torch.rates(call, 50, lr), CLOSE * lr)


class Follow(FollowerLR):
    """A follower of any schedule without a floor."""

    def __init__(self, optimizer, schedule):
        self.schedule = schedule
        super().__init__(optimizer)

    def formula(self, t, base_lr):
        return self.schedule(t, base_lr)


def stepped(scheduler, optimizer, steps):
    used = []
    for _ in range(steps):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return used


@pytest.mark.since_torch_2_13
@given(rates, plans(followers))
def test_sequential_is_torchs_sequence_of_our_followers(lr, plan):
    pairs, milestones = plan
    schedules = [s for _, s in pairs]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    theirs = torch.optim.lr_scheduler.SequentialLR(optimizer, [Follow(optimizer, s) for s in schedules], milestones)
    wanted = curve(Schedule(sequential, schedules=schedules, milestones=milestones), 50, lr)
    assert near(wanted, stepped(theirs, optimizer, 50), CLOSE * lr)


OPTAXES = st.one_of(
    lengths.map(lambda n: (f"optax.linear_schedule(LR, 0.0, {n})", Schedule(linear, total_iters=n))),
    lengths.map(lambda n: (f"optax.cosine_decay_schedule(LR, {n})", Schedule(cosine, T_max=n))),
    gammas.map(lambda g: (f"optax.exponential_decay(LR, 1, {g!r})", Schedule(exponential_decay, gamma=g))),
    st.just(("optax.constant_schedule(LR)", Schedule(constant))),
)


@settings(max_examples=30)
@given(rates, plans(OPTAXES))
def test_sequential_is_optax_join(lr, plan):
    pairs, milestones = plan
    ours = Schedule(sequential, schedules=[s for _, s in pairs], milestones=milestones)
    call = f"optax.join_schedules([{', '.join(text for text, _ in pairs)}], {milestones})".replace("LR", repr(lr))
    assert near(curve(ours, 45, lr), from_optax.rates(call, 45), FLOAT32 * lr)


@given(rates, st.lists(followers, min_size=1, max_size=4))
def test_chained_is_torchs_as_long_as_all_of_them_follow(lr, pairs):
    ours = Schedule(chained, schedules=[s for _, s in pairs])
    call = f"ChainedScheduler([{', '.join(text for text, _ in pairs)}])"
    assert near(curve(ours, 50, lr), from_torch.rates(call, 50, lr), CLOSE * lr)


@given(rates, st.lists(followers, min_size=1, max_size=4), st.integers(0, 100), st.randoms())
def test_chained_is_the_product_in_any_order(lr, pairs, t, random):
    schedules, product = [s for _, s in pairs], lr
    for s in schedules:
        product *= s(t)
    assert chained(t, lr, schedules) == pytest.approx(product, rel=1e-14, abs=0)
    random.shuffle(schedules)
    assert chained(t, lr, schedules) == pytest.approx(product, rel=1e-14, abs=0)


@settings(derandomize=True)                 # the bound is close to what is possible: the same tries each time
@given(rates, st.floats(0.99, 1.0), st.integers(1, 10**6), st.data())
def test_fifty_digits(lr, gamma, n, data):
    """A line down to the milestone and a power from it on; and the same two at once."""
    t = data.draw(st.integers(0, 2 * n))
    line, power = Schedule(linear, total_iters=n), Schedule(exponential_decay, gamma=gamma)
    with mpmath.workdps(50):
        left = mpmath.mpf(max(n - t, 0)) / n
        one_by_one = lr * left if t < n else lr * mpmath.exp((t - n) * mpmath.log(gamma))
        assert abs(sequential(t, lr, [line, power], [n]) - one_by_one) <= EXACT * lr
        assert abs(chained(t, lr, [line, power]) - lr * left * mpmath.exp(t * mpmath.log(gamma))) <= EXACT * lr


@given(rates, st.lists(followers, min_size=1, max_size=4), st.integers(0, 100))
def test_one_alone_is_itself(lr, pairs, t):
    s = pairs[0][1]
    assert sequential(t, lr, [s], []) == chained(t, lr, [s]) == s(t, lr)
    twice = Schedule(sequential, schedules=[s, s], milestones=[30])
    assert twice(t, lr) == s(t if t < 30 else t - 30, lr)


@given(rates, plans(followers), st.integers(0, 60))
def test_each_sees_the_steps_since_its_milestone_and_the_last_one_stays(lr, plan, t):
    pairs, milestones = plan
    schedules = [s for _, s in pairs]
    for s, begins, ends in zip(schedules, [0, *milestones], [*milestones, 10**9]):
        if begins <= t < ends:
            assert sequential(t, lr, schedules, milestones) == s(t - begins, lr)
            break
    else:
        pytest.fail("no schedule has this step")
    far = 10**6 + (milestones[-1] if milestones else 0)
    assert sequential(far, lr, schedules, milestones) == schedules[-1](10**6, lr)


def test_a_floor_is_kept_by_the_last_in_the_chain_only():
    falling, floored = Schedule(exponential_decay, gamma=0.5), Schedule(cosine, T_max=4, eta_min=0.1)
    assert chained(10, 1.0, [falling, floored]) == 0.1
    assert chained(10, 1.0, [floored, falling]) == 0.1 * 0.5**10


def test_they_nest():
    parts = [Schedule(constant, factor=0.5, total_iters=9), Schedule(exponential_decay, gamma=0.1)]
    inner = Schedule(sequential, schedules=parts, milestones=[2])
    outer = Schedule(sequential, schedules=[inner, Schedule(chained, schedules=[inner, Schedule(constant)])], milestones=[4])
    assert curve(outer, 8) == pytest.approx([0.5, 0.5, 1.0, 0.1, 0.5, 0.5, 1.0, 0.1])


def test_warmup_is_sequential_of_a_line_and_what_follows():
    after = Schedule(cosine, T_max=20)
    line = Schedule(linear, total_iters=5, start_factor=0.2, end_factor=1.0)
    joined = Schedule(sequential, schedules=[line, after], milestones=[5])
    warmed = Schedule(warmup, schedule=after, warmup_steps=5, start_factor=0.2)
    assert near(curve(joined, 30), curve(warmed, 30), EXACT)
