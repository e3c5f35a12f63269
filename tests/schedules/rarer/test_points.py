"""Curves through points against Keras, optax, ignite, fastai, numpy and 50 digits."""
import mpmath
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, EXACT, FLOAT32, near, rates

from lrlearn import Schedule, curve, multistep_decay, piecewise_constant, piecewise_cosine, piecewise_linear
from tests.peers import from_fastai, from_ignite, from_keras, from_optax

values = st.floats(0.01, 1.0)


@st.composite
def points(draw, first=0, most=60):
    """Steps, none of them twice, and a value for each."""
    steps = sorted(draw(st.sets(st.integers(first, most), min_size=1, max_size=5)))
    return steps, draw(st.lists(values, min_size=len(steps), max_size=len(steps)))


def ours(formula, steps, lr, milestones, held):
    return curve(Schedule(formula, milestones=milestones, values=held), steps, lr)


def factors(start, held):
    """The factors by which the values follow each other, as optax wants them."""
    return [b / a for a, b in zip([start, *held], held)]


@settings(max_examples=25)               # Keras is slow here
@given(rates, points(1, 20), values)
def test_piecewise_constant_is_keras_one_step_earlier(lr, table, start):
    milestones, held = table
    boundaries, theirs = [m - 1 for m in milestones], [lr * v for v in [start, *held]]
    theirs = from_keras.rates(f"keras.optimizers.schedules.PiecewiseConstantDecay({boundaries!r}, {theirs!r})", 23)
    assert near(ours(piecewise_constant, 23, lr, [0, *milestones], [start, *held]), theirs, FLOAT32 * lr)


@settings(max_examples=10)               # optax is slow here
@given(rates, points(1, 12), values)
def test_all_three_are_optax(lr, table, start):
    milestones, held = table
    scales = dict(zip(milestones, factors(start, held)))
    for formula, name in ((piecewise_constant, "piecewise_constant_schedule("),
                          (piecewise_linear, 'piecewise_interpolate_schedule("linear", '),
                          (piecewise_cosine, 'piecewise_interpolate_schedule("cosine", ')):
        theirs = from_optax.rates(f"optax.{name}{lr * start!r}, {scales!r})", 15)
        assert near(ours(formula, 15, lr, [0, *milestones], [start, *held]), theirs, 3 * FLOAT32 * lr)


@given(rates, points())
def test_piecewise_linear_is_ignites_and_numpys(lr, table):
    milestones, held = table
    wanted = ours(piecewise_linear, 64, lr, milestones, held)
    if len(milestones) > 1:
        pairs = [(m, lr * v) for m, v in zip(milestones, held)]
        assert near(wanted, from_ignite.rates(f'PiecewiseLinear(optimizer, "lr", {pairs!r})', 64), CLOSE * lr)
    assert near(wanted, (lr * numpy.interp(range(64), milestones, held)).tolist(), CLOSE * lr)


@given(rates, values, values, values, st.integers(1, 7), st.integers(1, 6))
def test_piecewise_cosine_is_fastais_combined_cosine(lr, start, middle, end, eighths, length):
    n = 8 * length
    combined = f"combined_cos({eighths / 8}, {lr * start!r}, {lr * middle!r}, {lr * end!r})"
    theirs = from_fastai.rates(f"learner.fit({n}, cbs=ParamScheduler(dict(lr={combined})))", n, lr)
    assert near(ours(piecewise_cosine, n, lr, [0, eighths * length, n], [start, middle, end]), theirs, 3 * FLOAT32 * lr)


@settings(derandomize=True)              # the bounds are close to what is possible: the same tries each time
@given(rates, points(most=10**6), st.data())
def test_fifty_digits(lr, table, data):
    milestones, held = table
    t = data.draw(st.integers(0, milestones[-1] + 9) | st.sampled_from(milestones))
    with mpmath.workdps(50):
        stairs = linear = cosine = mpmath.mpf(held[0])
        for (a, v), (b, w) in zip(zip(milestones, held), zip(milestones[1:] + [10**9], held[1:] + [held[-1]])):
            if a <= t < b:
                x = mpmath.mpf(t - a) / (b - a)
                stairs, linear = mpmath.mpf(v), v + (mpmath.mpf(w) - v) * x
                cosine = v + (mpmath.mpf(w) - v) * (1 - mpmath.cos(mpmath.pi * x)) / 2
        for formula, exact in ((piecewise_constant, stairs), (piecewise_linear, linear), (piecewise_cosine, cosine)):
            assert abs(formula(t, lr, milestones, held) - lr * exact) <= EXACT * lr


@pytest.mark.parametrize("formula", [piecewise_constant, piecewise_linear, piecewise_cosine])
@given(lr=rates, table=points(), later=st.integers(0, 10**9))
def test_every_point_is_exact_and_the_ends_are_held(formula, lr, table, later):
    milestones, held = table
    assert [formula(m, lr, milestones, held) for m in milestones] == [lr * v for v in held]
    assert formula(0, lr, milestones, held) == lr * held[0]
    assert formula(milestones[-1] + later, lr, milestones, held) == lr * held[-1]


@pytest.mark.parametrize("formula", [piecewise_constant, piecewise_linear, piecewise_cosine])
def test_one_point_or_none_is_a_constant(formula):
    assert curve(Schedule(formula, milestones=[5], values=[0.5]), 9, 0.2) == [0.1] * 9
    assert curve(Schedule(formula, milestones=[], values=[]), 9, 0.2) == [0.2] * 9


def test_a_step_named_twice_jumps():
    assert ours(piecewise_linear, 6, 1.0, [0, 2, 2, 4], [0.0, 1.0, 0.5, 0.0]) == [0.0, 0.5, 1.0, 0.25, 0.0, 0.0]
    assert ours(piecewise_constant, 4, 1.0, [0, 2, 2], [1.0, 0.75, 0.5]) == [1.0, 1.0, 0.5, 0.5]


@given(rates, points(1), st.floats(0.1, 1.0))
def test_with_equal_factors_the_staircase_is_multistep_decay(lr, table, gamma):
    milestones = table[0]
    stairs = ours(piecewise_constant, 64, lr, [0, *milestones], [gamma**i for i in range(len(milestones) + 1)])
    assert near(stairs, curve(Schedule(multistep_decay, milestones=milestones, gamma=gamma), 64, lr), EXACT * lr)


def test_lists_of_unequal_length_are_refused():
    with pytest.raises(ValueError) as error:
        Schedule(piecewise_linear, milestones=[0, 10], values=[1.0])
    assert str(error.value) == ("values: the rates at the points as fractions of base_lr, must be a list of numbers >= 0, "
                                "as many as milestones, got [1.0]")
