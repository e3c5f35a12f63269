"""The fold plateau against torch, optax, Keras, timm and its own meaning."""
from functools import cache, reduce
from math import inf, isnan, nan
from types import SimpleNamespace

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near import near, rates

from lrlearn.schedules.plateau import plateau
from tests.peers import from_keras, from_timm

EIGHTHS = st.integers(1, 40).map(lambda n: n / 8)           # exact in float32, and often equal
anything = st.floats(-10, 10) | EIGHTHS | st.sampled_from([nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 1e300, 5e-324])
hypers = st.fixed_dictionaries({
    "mode": st.sampled_from(["min", "max"]), "factor": st.floats(0.0, 1.0, exclude_max=True), "patience": st.integers(0, 4),
    "threshold": st.sampled_from([0.0, 1e-4, 0.125, 1.0]) | st.floats(0.0, 2.0),
    "threshold_mode": st.sampled_from(["rel", "abs"]), "cooldown": st.integers(0, 3),
    "min_lr": st.just(0.0) | st.floats(0.0, 2.0), "eps": st.sampled_from([0.0, 1e-8, 1e-3])})


def folded(metrics, lr, **hyper):
    """The rates after each metric."""
    state, used = (lr, None, 0, 0), []
    for metric in metrics:
        state = plateau(state, metric, **hyper)
        used.append(state[0])
    return used


def torchs(metrics, lr, **hyper):
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler, used = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **hyper), []
    for metric in metrics:
        scheduler.step(metric)
        used.append(optimizer.param_groups[0]["lr"])
    return used


def kerases(metrics, lr, **hyper):
    """The callback with a stand-in for the model: an optimizer that has a rate."""
    model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=lr))
    callback, used = from_keras.keras().callbacks.ReduceLROnPlateau("loss", **hyper), []
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, metric in enumerate(metrics):
        callback.on_epoch_end(epoch, {"loss": metric})
        used.append(model.optimizer.learning_rate)
    return used


@cache
def optaxes(**hyper):
    """A function of metrics and rate; the transformation is compiled once for each hyper."""
    import jax
    import optax

    transformation = optax.contrib.reduce_on_plateau(**hyper)
    update = jax.jit(lambda state, value: transformation.update({}, state, value=value)[1])

    def rates_of(metrics, lr):
        state, used = transformation.init({"weight": 0.0}), []
        for metric in metrics:
            state = update(state, metric)
            used.append(lr * float(state.scale))
        return used

    return rates_of


# ------------------------------------------------------------------------------------------ against the frameworks

@given(st.lists(anything, max_size=60), rates, hypers)
def test_it_is_torchs_bit_for_bit(metrics, lr, hyper):
    assert folded(metrics, lr, **hyper) == torchs(metrics, lr, **hyper)


def test_the_defaults_are_torchs():
    for better in (5e-5, 9.9e-5, 1.01e-4, 2e-4):
        metrics = [1.0] + [1.0 - better] * 30 + [0.5] * 40
        assert folded(metrics, 0.1) == torchs(metrics, 0.1)
    assert folded([1.0] * 30, 5e-8) == torchs([1.0] * 30, 5e-8)


def test_a_cut_by_eps_is_not_made():
    hyper = dict(factor=0.5, patience=0, eps=1.0)
    assert folded([1.0] * 9, 2.0, **hyper) == torchs([1.0] * 9, 2.0, **hyper) == [2] * 9


def test_a_metric_that_is_no_number_is_bad_and_not_the_best():
    hyper, metrics = dict(factor=0.5, patience=0), [nan, 1.0, 0.5, 0.25]
    assert folded(metrics, 1.0, **hyper) == torchs(metrics, 1.0, **hyper) == [0.5] * 4


@pytest.mark.parametrize("patience, cooldown, threshold", [(0, 0, 0.125), (2, 0, 0.25), (1, 2, 0.125)])
@settings(max_examples=25)
@given(metrics=st.lists(EIGHTHS | st.just(inf), max_size=40), lr=rates)
def test_it_is_optax_with_one_less_patience(patience, cooldown, threshold, metrics, lr):
    wanted = optaxes(factor=0.5, patience=patience + 1, rtol=threshold, cooldown=cooldown, min_scale=0.0625)(metrics, lr)
    ours = folded(metrics, lr, factor=0.5, patience=patience, threshold=threshold, cooldown=cooldown, min_lr=0.0625 * lr, eps=0.0)
    assert near(ours, wanted, 1e-15 * lr)


@settings(max_examples=50)
@given(st.lists(EIGHTHS, max_size=40), rates, st.sampled_from(["min", "max"]), st.integers(0, 4), st.integers(0, 3),
       st.sampled_from([0.0, 0.125, 0.25]), st.floats(0.05, 0.95), st.floats(0.0, 1.0))
def test_it_is_keras_with_one_less_patience_and_cooldown(metrics, lr, mode, patience, cooldown, threshold, factor, low):
    wanted = kerases(metrics, lr, mode=mode, factor=factor, patience=patience + 1, cooldown=cooldown + 1, min_delta=threshold,
                     min_lr=low)
    ours = folded(metrics, lr, mode=mode, factor=factor, patience=patience, cooldown=cooldown, threshold=threshold,
                  threshold_mode="abs", min_lr=low, eps=0.0)
    assert near(ours, wanted, 1e-7 * lr)        # Keras holds the rate against the floor in float32


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_it_is_timms_whose_mode_is_max_by_default():
    def timms(metrics):
        import torch

        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
        scheduler, used = from_timm.schedulers()["PlateauLRScheduler"](optimizer, 0.5, 2, cooldown_t=1), []
        for t, metric in enumerate(metrics):
            scheduler.step(t + 1, metric)
            used.append(optimizer.param_groups[0]["lr"])
        return used

    metrics = [(7 * i) % 11 + 0.5 * i for i in range(40)]
    wanted = folded(metrics, 0.1, mode="max", factor=0.5, patience=2, cooldown=1)
    assert timms(metrics) == wanted != folded(metrics, 0.1, factor=0.5, patience=2, cooldown=1)


# ------------------------------------------------------------------------------------------ what it means

@given(st.lists(anything, max_size=60), rates, hypers)
def test_the_rate_only_falls_and_not_below_the_floor(metrics, lr, hyper):
    used = [lr] + folded(metrics, lr, **hyper)
    assert all(a >= b >= min(lr, hyper["min_lr"]) for a, b in zip(used, used[1:]))
    assert all(a == b or a - b > hyper["eps"] for a, b in zip(used, used[1:]))


@given(rates, st.integers(0, 5), st.integers(0, 5), st.integers(1, 60))
def test_on_a_plateau_a_cut_comes_every_patience_and_cooldown_and_one(lr, patience, cooldown, n):
    used = folded([1.0] * n, lr, factor=0.5, patience=patience, cooldown=cooldown, eps=0.0)
    cuts = [i for i, (a, b) in enumerate(zip([lr] + used, used)) if a > b]
    assert cuts == list(range(1 + patience, n, patience + cooldown + 1))


@given(st.lists(anything), st.sampled_from(["min", "max"]))
def test_the_best_is_the_best_number_so_far(metrics, mode):
    worst = inf if mode == "min" else -inf
    numbers = [m for m in metrics if not isnan(m) and m != worst]
    _, best, _, _ = reduce(lambda state, m: plateau(state, m, mode, threshold=0.0), metrics, (1.0, None, 0, 0))
    assert best == ((min if mode == "min" else max)(numbers) if numbers else None)


@given(st.lists(anything, max_size=60), rates, hypers)
def test_small_metrics_are_large_ones_upside_down(metrics, lr, hyper):
    hyper = {**hyper, "threshold_mode": "abs"}
    other = {**hyper, "mode": "max" if hyper["mode"] == "min" else "min"}
    assert folded(metrics, lr, **hyper) == folded([-m for m in metrics], lr, **other)


@given(st.lists(EIGHTHS, max_size=60), rates, hypers, st.integers(-3, 3))
def test_a_relative_threshold_does_not_care_for_the_unit(metrics, lr, hyper, power):
    hyper = {**hyper, "threshold_mode": "rel"}
    assert folded(metrics, lr, **hyper) == folded([m * 2.0**power for m in metrics], lr, **hyper)


@settings(derandomize=True)
@given(rates, st.floats(0.1, 0.99), st.integers(0, 40))
def test_fifty_digits(lr, factor, cuts):
    [*_, got] = [lr] + folded([1.0] * (cuts + 1), lr, factor=factor, patience=0, eps=0.0)
    with mpmath.workdps(50):
        assert abs(got - lr * mpmath.mpf(factor) ** cuts) <= cuts * 1.2e-16 * lr
