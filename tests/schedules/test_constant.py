"""The constant rate against torch's ConstantLR and the frameworks' own."""
import mpmath
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, near, rates
from torch.optim.lr_scheduler import ConstantLR

from lrlearn import Schedule, constant, curve
from tests.peers import from_optax, from_torch, from_transformers


@given(rates, st.integers(0, 10**6))
def test_it_is_base_lr_at_every_step(lr, t):
    assert constant(t, lr) == lr


@given(rates, st.floats(0.01, 1.0), st.integers(1, 40))
def test_torchs_constantlr(lr, factor, total_iters):
    steps = total_iters + 3
    ours = [constant(t, lr, factor, total_iters) for t in range(steps)]
    assert near(ours, from_torch.rates(f"ConstantLR(optimizer, {factor!r}, {total_iters})", steps, lr), CLOSE * lr)


@given(rates, st.floats(0.01, 1.0), st.integers(1, 10**6), st.data())
def test_torchs_closed_form(lr, factor, total_iters, data):
    t = data.draw(st.just(0) | st.integers(total_iters - 1, total_iters + 2) | st.integers(0, 2 * 10**6))
    scheduler = ConstantLR.__new__(ConstantLR)
    scheduler.base_lrs, scheduler.last_epoch, scheduler.factor, scheduler.total_iters = [lr], t, factor, total_iters
    assert near([constant(t, lr, factor, total_iters)], scheduler._get_closed_form_lr(), 3e-16 * lr)


@settings(derandomize=True)
@given(rates, st.floats(0.0, 2.0), st.integers(0, 10**6), st.integers(0, 10**6))
def test_fifty_digits(lr, factor, total_iters, t):
    with mpmath.workdps(50):
        exact = mpmath.mpf(lr) * (mpmath.mpf(factor) if t < total_iters else 1)
        assert abs(constant(t, lr, factor, total_iters) - exact) <= EXACT * lr


@given(rates)
def test_transformers_and_optax(lr):
    assert from_transformers.rates("get_constant_schedule(optimizer)", 5, lr) == curve(Schedule(constant), 5, lr)
    assert near(from_optax.rates(f"optax.constant_schedule({lr!r})", 5), curve(Schedule(constant), 5, lr), FLOAT32 * lr)


def test_the_factor_holds_for_exactly_total_iters_steps():
    assert curve(Schedule(constant, factor=0.25, total_iters=2), 4) == [0.25, 0.25, 1.0, 1.0]
    assert curve(Schedule(constant, factor=0.0, total_iters=1), 3) == [0.0, 1.0, 1.0]
