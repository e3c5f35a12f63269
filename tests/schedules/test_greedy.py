"""Greedy, a fold over a metric, against transformers' GreedyLR and against its rules told again."""
import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrlearn import greedy

numbers = st.floats(-10.0, 10.0) | st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf])
metrics = st.lists(numbers, max_size=60) | st.lists(st.sampled_from([1.0, 2.0, 3.0]), max_size=60)
falling = st.lists(st.integers(0, 3), max_size=60).map(lambda steps: [100.0 - sum(steps[:i]) for i in range(len(steps))])
first = st.floats(1e-6, 2.0)
options = st.fixed_dictionaries({}, optional=dict(
    mode=st.sampled_from(["min", "max"]), factor=st.floats(0.1, 0.99), patience=st.integers(0, 3), threshold=st.floats(0.0, 0.5),
    threshold_mode=st.sampled_from(["rel", "abs"]), cooldown=st.integers(0, 3), warmup=st.integers(0, 3),
    min_lr=st.floats(0.0, 0.1), max_lr=st.floats(0.1, 3.0), eps=st.sampled_from([0.0, 1e-8, 1e-2])))


def ours(lr, given_metrics, **hyper):
    """The learning rate after each metric."""
    state, found = (lr, None, 0, 0), []
    for metric in given_metrics:
        state = greedy(state, metric, **hyper)
        found.append(state[0])
    return found


def greedylr(lr, hyper):
    """transformers' scheduler and the optimizer that it drives."""
    from transformers.optimization import get_scheduler

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    return get_scheduler("greedy", optimizer, scheduler_specific_kwargs=hyper), optimizer


def theirs(lr, given_metrics, **hyper):
    (scheduler, optimizer), found = greedylr(lr, hyper), []
    for metric in given_metrics:
        scheduler.step(metric)
        found.append(optimizer.param_groups[0]["lr"])
    return found


@settings(max_examples=200)
@given(first, metrics | falling, options)
def test_it_is_transformers_to_the_bit(lr, given_metrics, hyper):
    assert ours(lr, given_metrics, **hyper) == theirs(lr, given_metrics, **hyper)


@given(first, metrics, options)
def test_its_whole_state_is_theirs(lr, given_metrics, hyper):
    (scheduler, _), state = greedylr(lr, hyper), (lr, None, 0, 0)
    for metric in given_metrics:
        scheduler.step(metric)
        state = greedy(state, metric, **hyper)
        _, best, streak, wait = state
        none = math.inf if hyper.get("mode", "min") == "min" else -math.inf
        assert scheduler.best == (none if best is None else best)
        assert streak == scheduler.num_good_epochs - scheduler.num_bad_epochs
        assert wait == scheduler.cooldown_counter + scheduler.warmup_counter


@given(first, metrics, options)
def test_it_stays_within_its_bounds_once_there(lr, given_metrics, hyper):
    low, high = hyper.get("min_lr", 1e-3), hyper.get("max_lr", 1.0)
    assert all(min(low, lr) <= rate <= max(high, lr) for rate in ours(lr, given_metrics, **hyper))


def test_patience_is_put_up_with_and_the_next_one_acts():
    for patience in range(4):
        assert ours(0.1, [math.nan] * (patience + 1), factor=0.5, patience=patience) == [0.1] * patience + [0.05]
        assert ours(0.1, [3.0, 2.0, 1.0, 0.0][:patience + 1], factor=0.5, patience=patience) == [0.1] * patience + [0.2]


def test_a_rise_and_a_fall_are_followed_by_their_own_rest():
    assert ours(0.1, [3.0, 2.0, 1.0, 0.5], factor=0.5, patience=0, warmup=2) == [0.2, 0.2, 0.2, 0.4]
    assert ours(0.1, [math.nan] * 4, factor=0.5, patience=0, cooldown=2) == [0.05, 0.05, 0.05, 0.025]


def test_what_is_ignored_is_not_remembered_either():
    state = greedy(greedy((0.1, None, 0, 0), 3.0, patience=0, warmup=1), 1.0, patience=0, warmup=1)
    assert state[1:] == (3.0, 0, 0)


def test_below_its_floor_it_never_falls():
    assert ours(1e-4, [1.0] * 50) == [1e-4] * 50


def test_a_state_is_a_plain_tuple_and_the_old_one_is_left_alone():
    state = (0.1, 2.0, 3, 0)
    assert type(greedy(state, 1.0)) is tuple and state == (0.1, 2.0, 3, 0)
