"""The exercises on plateau: their solutions and their words, and the chapter's, are held against torch, Keras and others."""
import math
from functools import partial
from importlib.util import find_spec
from math import inf
from types import SimpleNamespace

import numpy
import pytest
import torch
from torch.optim import lr_scheduler as theirs

from lrlearn import plateau
from lrlearn.exercises import plateau as ex


def after(metrics, lr=1.0, **arguments):
    """The learning rate of torch's rule after each metric."""
    optimizer, used = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr), []
    scheduler = theirs.ReduceLROnPlateau(optimizer, **arguments)
    for metric in metrics:
        optimizer.step()
        scheduler.step(metric)
        used.append(optimizer.param_groups[0]["lr"])
    return used


def cut_numbers(rates, lr=1.0):
    """The numbers, from 1, of the metrics that cut."""
    return [n for n, (a, b) in enumerate(zip([lr, *rates], rates), 1) if b < a]


# -- the solutions are the field's ------------------------------------------------------------------

def test_the_trace_is_torchs():
    metrics = [float(m) for m in ex.trace.text.split("```")[1].split()]
    assert after(metrics, 0.8, factor=0.5, patience=1) == ex.rates_after() and len(metrics) == 10


def test_the_trace_of_keras_and_optax_is_the_one_that_the_mistake_names():
    from tests.peers import from_keras, from_optax

    metrics = [float(m) for m in ex.trace.text.split("```")[1].split()]
    for rates in (from_keras.fed("keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=1)", metrics, lr=0.8),
                  from_optax.fed("optax.contrib.reduce_on_plateau(factor=0.5, patience=1)", metrics, lr=0.8)):
        assert rates == pytest.approx(ex.one_metric_too_early(), rel=1e-6)


@pytest.mark.parametrize("fed", [case for cases in ex.machine.cases.values() for case, in cases], ids=repr)
def test_the_machine_is_torchs_without_a_threshold(fed):
    assert ex.play_fold(ex.my_plateau, fed) == after(fed.metrics, fed.lr, factor=fed.factor, patience=fed.patience, threshold=0.0)


@pytest.mark.parametrize("patience, cooldown", [(0, 0), (2, 0), (10, 0), (2, 1), (1, 5), (0, 3)])
def test_the_earliest_cuts_are_torchs(patience, cooldown):
    found = cut_numbers(after([1.0] * 40, factor=0.5, patience=patience, cooldown=cooldown))
    assert found == [n for n in (ex.earliest(k, patience, cooldown) for k in range(1, 41)) if n <= 40][:len(found)]
    assert len(found) >= 3 and ex.earliest(len(found) + 1, patience, cooldown) > 40 or patience == cooldown == 0


def test_what_the_solution_says_of_thirty_epochs():
    assert [ex.earliest(k, 10) for k in (2, 3)] == [23, 34]


@pytest.mark.parametrize("patience, min_delta, cooldown", [case for cases in ex.from_keras.cases.values() for case in cases])
def test_the_translation_cuts_where_keras_does(patience, min_delta, cooldown):
    from tests.peers import from_keras

    call = f"keras.callbacks.ReduceLROnPlateau(factor=0.5, patience={patience}, min_delta={min_delta}, cooldown={cooldown})"
    n, threshold, wait = ex.torch_arguments(patience, min_delta, cooldown)
    told = dict(factor=0.5, patience=n, threshold=threshold, threshold_mode="abs", cooldown=wait)
    for metrics in ([1.0] * 50, [2.0 - 0.004 * t for t in range(50)], [abs(t % 7 - 3.0) + 3 / (t + 1) for t in range(50)]):
        assert from_keras.fed(call, metrics) == pytest.approx(after(metrics, **told, eps=0.0), rel=1e-6)


@pytest.mark.parametrize("case", ex.find_the_bug.cases["every list"], ids=str)
def test_the_mended_rates_are_torchs_with_mode_max(case):
    accuracies, lr, factor, patience = case
    assert ex.rates(*case) == after(accuracies, lr, factor=factor, patience=patience, mode="max")
    assert ex.as_found(*case) == after([-a for a in accuracies], lr, factor=factor, patience=patience)


def test_a_negative_metric_that_stands_still_is_never_bad_and_one_that_falls_back_is():
    assert after([-1.0] * 20, patience=0) == [1.0] * 20
    assert after([-1.0] * 3, patience=0, threshold_mode="abs")[-1] < 1 and after([-1.0] * 3, patience=0, threshold=0.0)[-1] < 1
    assert after([-1.0, -0.99], patience=0) == [1.0, 0.1]


# -- what the chapter says and does not show --------------------------------------------------------

def fastai():
    """fastai's rule and its optimizers; the rest of fastai needs packages that the tests do without."""
    from collections import defaultdict
    from importlib import import_module

    from fastcore import basics, foundation, meta
    from tests.peers import frameworks
    from tests.peers.from_fastai import Callback

    names = {name: value for part in (basics, foundation, meta) for name, value in vars(part).items() if name[0] != "_"}
    names |= {"np": numpy, "torch": torch, "Callback": Callback, "Tensor": torch.Tensor, "tensor": torch.tensor, "math": math,
              "defaultdict": defaultdict, "Callable": object, "MutableSequence": list, "Iterable": object, "partial": partial,
              "Real": float, "is_listy": lambda value: isinstance(value, (list, tuple))}
    stubs = dict(callback__progress={}, callback__fp16={"MixedPrecision": Callback})
    with frameworks.alone("fastai", basics=names, torch_basics=names, **stubs):
        optimizer = import_module("fastai.optimizer")
        return import_module("fastai.callback.tracker").ReduceLROnPlateau, optimizer.SGD, optimizer.OptimWrapper


def fastai_rates(rule, optimizer, metrics):
    """The rate that the optimizer steps with after each metric."""
    rule.opt, rule.epoch, used = optimizer, 0, []
    rule.recorder = SimpleNamespace(metric_names=["epoch", "valid_loss"], values=[])
    rule.before_fit()
    for metric in metrics:
        rule.recorder.values.append([metric])
        rule.after_epoch()
        used.append(optimizer.hypers[-1]["lr"])
    return used


def test_fastai_counts_as_keras_does_and_takes_an_amount():
    rule, sgd, _ = fastai()
    weight = torch.zeros(1, requires_grad=True)
    assert fastai_rates(rule(patience=2), sgd([weight], lr=1.0), [1.0] * 6) == [1.0, 1.0, 0.1, 0.1, 0.01, 0.01]
    falling = [1.0, 0.95, 0.90]
    assert fastai_rates(rule(patience=1, min_delta=0.1), sgd([weight], lr=1.0), falling) == pytest.approx(
        after(falling, patience=0, threshold=0.1, threshold_mode="abs"))


def test_fastais_rule_does_nothing_to_an_optimizer_of_torchs():
    rule, _, wrapper = fastai()
    wrapped = wrapper([torch.zeros(1, requires_grad=True)], torch.optim.SGD, lr=1.0)
    assert fastai_rates(rule(patience=2), wrapped, [1.0] * 6) == [1.0] * 6


def test_timm_says_that_its_plateau_is_deprecated():
    from tests.peers import from_timm

    find_spec("timm")                       # make test-core skips here
    with pytest.warns(FutureWarning, match="deprecated"):
        rates = from_timm.fed("PlateauLRScheduler(optimizer, patience_t=2, mode='min')", [1.0] * 8)
    assert rates == after([1.0] * 8, patience=2)


def test_a_plateau_takes_no_part_in_a_chain_or_a_sequence_and_needs_a_metric():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    climb, rule = theirs.LinearLR(optimizer), theirs.ReduceLROnPlateau(optimizer)
    for make in (lambda: theirs.SequentialLR(optimizer, [climb, rule], [3]), lambda: theirs.ChainedScheduler([climb, rule])):
        with pytest.raises(ValueError, match="does not support `ReduceLROnPlateau`"):
            make()
    with pytest.raises(TypeError, match="metrics"):
        rule.step()


def test_torchs_words_on_a_performance_that_remains_the_same_are_not_what_it_does():
    words = " ".join(theirs.ReduceLROnPlateau.__doc__.split())
    assert "If the performance improves or remains the same, the learning rate is not adjusted." in words
    assert after([1.0, 1.0], patience=0) == [1.0, 0.1]


def test_the_wrong_mode_is_a_step_decay():
    accuracies = [t / 40 for t in range(1, 40)]
    assert cut_numbers(after(accuracies, patience=2)) == [4, 7, 10, 13, 16, 19, 22, 25]     # then eps stops it


def test_a_lambda_overwrites_the_cuts_and_a_follower_does_not():
    def last(make):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        schedule, rule = make(optimizer), theirs.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
        for metric in (1.0, 1.0, 0.5):
            optimizer.step()
            schedule.step()
            rule.step(metric)
        return optimizer.param_groups[0]["lr"]

    assert last(lambda optimizer: theirs.StepLR(optimizer, 9)) == 0.5
    assert last(lambda optimizer: theirs.LambdaLR(optimizer, lambda t: 1.0)) == 1.0


def test_greedys_defaults():
    import inspect

    from transformers.optimization import GreedyLR

    told = inspect.signature(GreedyLR).parameters
    assert [told[name].default for name in ("factor", "patience", "min_lr", "threshold_mode")] == [0.95, 10, 0.001, "abs"]


# -- answers as readers write them ------------------------------------------------------------------

def as_text_book(state, metric, factor=0.1, patience=10):
    lr, best, bad = state
    if metric < best:
        best, bad = metric, 0
    else:
        bad += 1
    if bad > patience:
        lr, bad = lr * factor, 0
    return lr, best, bad


def counts_to_the_patience(state, metric, factor=0.1, patience=10):
    lr, best, bad = state
    if metric < best:
        best, bad = metric, 0
    else:
        bad += 1
    if bad >= patience and bad > 0:
        lr, bad = lr * factor, 0
    return lr, best, bad


def with_torchs_threshold(state, metric, factor=0.1, patience=10):
    lr, best, bad = state
    return plateau((lr, None if best == inf else best, bad, 0), metric, factor=factor, patience=patience)[:3]


def by_the_package(state, metric, factor=0.1, patience=10):
    lr, best, bad = state
    before = lr, None if best == inf else best, bad, 0
    return plateau(before, metric, factor=factor, patience=patience, threshold=0.0)[:3]


@pytest.mark.parametrize("exercise, answer, state, mistake", [
    (ex.trace, [0.8] * 5 + [0.4] * 2 + [0.2] * 3, "right", None), (ex.trace, tuple(ex.rates_after()), "right", None),
    (ex.trace, ex.one_metric_too_early(), "not yet", "one metric too early"), (ex.trace, [0.8, 0.4], "not yet", None),
    (ex.machine, as_text_book, "right", None), (ex.machine, by_the_package, "right", None),
    (ex.machine, counts_to_the_patience, "not yet", "one too early"),
    (ex.machine, lambda state, metric, factor=0.1, patience=10: print(end=""), "not yet", None),
    (ex.machine, with_torchs_threshold, "not yet", "a gain too small"),
    (ex.how_early, lambda cuts, n, wait=0: 1 + (n + 1) + (cuts - 1) * (n + 1 + wait), "right", None),
    (ex.how_early, lambda cuts, n, wait=0: cuts * (n + 1 + wait) - wait, "not yet", "the first metric forgotten"),
    (ex.from_keras, lambda n, delta, wait: (max(0, n - 1), delta, max(0, wait - 1)), "right", None),
    (ex.from_keras, lambda n, delta, wait: (n - 1 if n else 0, delta, wait - 1 if wait else 0), "right", None),
    (ex.from_keras, lambda n, delta, wait: (n - 1, delta, wait - 1), "not yet", "below nothing"),
    (ex.from_keras, lambda n, delta, wait: (n - 1, delta, wait), "not yet", "cooldown as it is"),
    (ex.from_keras, lambda n, delta, wait: [n, delta, wait], "not yet", "all as they are"),
    (ex.find_the_bug, lambda a, lr, factor, n: ex.as_found([x - 1 for x in a], lr, factor, n), "right", None),
    (ex.find_the_bug, lambda a, lr, factor, n: after([1 - x for x in a], lr, factor=factor, patience=n), "right", None),
    (ex.find_the_bug, lambda a, lr, factor, n: after([-x for x in a], lr, factor=factor, patience=n, threshold=0), "right", None),
    (ex.find_the_bug, lambda a, lr, factor, n: after(a, lr, factor=factor, patience=n), "not yet", "the accuracy itself"),
    (ex.find_the_bug, ex.as_found, "not started yet", None),
])
def test_typical_answers(exercise, answer, state, mistake):
    outcome = exercise.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_a_branch_without_a_return_is_told():
    assert "is a `return` missing?" in ex.machine.check(lambda s, m, f=0.1, n=10: (s[0], m, 0) if m < s[1] else None).text


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["trace", "machine", "how_early", "from_keras", "find_the_bug"]
