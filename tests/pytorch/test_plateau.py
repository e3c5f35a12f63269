"""ReduceLROnPlateau does what torch's class of that name does, with numbers from the fold plateau."""
import copy
import inspect
import pickle
from math import inf, nan

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from states import WAYS
from torch.optim import lr_scheduler as theirs

from lrlearn.pytorch import ReduceLROnPlateau
from lrlearn.pytorch import plateau as module

rates = st.floats(1e-4, 10.0)
anything = (st.floats(-10, 10) | st.integers(-8, 8).map(lambda n: n / 4)
            | st.sampled_from([nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 3, True, "1.5"])
            | st.sampled_from([np.float32(0.1), torch.tensor(0.1), torch.tensor([2])]))
hypers = st.fixed_dictionaries({
    "mode": st.sampled_from(["min", "max"]), "factor": st.floats(0.0, 1.0, exclude_max=True), "patience": st.integers(0, 3),
    "threshold": st.sampled_from([0.0, 1e-4, 0.125]) | st.floats(0.0, 2.0), "threshold_mode": st.sampled_from(["rel", "abs"]),
    "min_lr": st.just(0.0) | st.floats(0.0, 2.0) | st.tuples(st.floats(0.0, 2.0), st.floats(0.0, 2.0)),
    "cooldown": st.integers(0, 3), "eps": st.sampled_from([0.0, 1e-8, 1e-3])})
edits = st.dictionaries(st.integers(0, 40), st.floats(0.1, 3.0), max_size=3)


def optimizer_of(lrs, kind=torch.optim.SGD, dtype=None):
    """An optimizer with one param group for each rate; dtype makes the rates tensors."""
    lrs = [torch.tensor(lr, dtype=dtype) if dtype else lr for lr in lrs]
    return kind([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs])


def ask(optimizer):
    return [float(group["lr"]) for group in optimizer.param_groups]


def view(scheduler):
    """Everything that the outside can see."""
    seen = {name: value for name, value in vars(scheduler).items() if name != "optimizer"}
    return {**seen, "min_lrs": list(scheduler.min_lrs), "lr": ask(scheduler.optimizer), "last": scheduler.get_last_lr(),
            "in_cooldown": scheduler.in_cooldown}


def report(scheduler, metrics, edits=None):
    """What is to be seen after each of the metrics; edits: when -> what the rates are multiplied by, by hand."""
    trace = [view(scheduler)]
    for t, metric in enumerate(metrics):
        for group in scheduler.optimizer.param_groups if t in (edits or {}) else ():
            group["lr"] = group["lr"] * edits[t]
        scheduler.step(metric)
        trace.append(view(scheduler))
    return trace


# ------------------------------------------------------------------------------------------ the same as torch

def test_the_constructor_is_torchs():
    def arguments(function):
        return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]

    assert arguments(ReduceLROnPlateau) == arguments(theirs.ReduceLROnPlateau)
    assert arguments(ReduceLROnPlateau.step) == arguments(theirs.ReduceLROnPlateau.step)
    assert issubclass(ReduceLROnPlateau, theirs.ReduceLROnPlateau)


@given(st.lists(anything, max_size=40), rates, rates, hypers, edits)
def test_rates_and_counters_are_torchs_bit_for_bit(metrics, lr, other, hyper, edits):
    ours, wanted = (report(cls(optimizer_of([lr, other]), **hyper), metrics, edits)
                    for cls in (ReduceLROnPlateau, theirs.ReduceLROnPlateau))
    assert ours == wanted


@given(st.lists(st.floats(0, 10), max_size=40))
def test_the_defaults_are_torchs(metrics):
    metrics = sorted(metrics) + [1.0 - 5e-5] * 40 + [-1.0] * 20
    for kind in (torch.optim.SGD, torch.optim.AdamW):
        ours, wanted = (report(cls(optimizer_of([0.1], kind)), metrics) for cls in (ReduceLROnPlateau, theirs.ReduceLROnPlateau))
        assert ours == wanted


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@given(metrics=st.lists(anything, max_size=40), lr=rates, hyper=hypers, edits=edits)
def test_tensor_rates(dtype, metrics, lr, hyper, edits):
    def run(cls):
        optimizer = optimizer_of([lr, lr / 3], dtype=dtype)
        tensors = [group["lr"] for group in optimizer.param_groups]
        scheduler = cls(optimizer, **hyper)
        trace = report(scheduler, metrics)
        assert all(group["lr"] is tensor for group, tensor in zip(optimizer.param_groups, tensors))
        assert all(a is not b and a.dtype is b.dtype for a, b in zip(scheduler.get_last_lr(), tensors))
        return trace + report(scheduler, metrics, edits)

    assert run(ReduceLROnPlateau) == run(theirs.ReduceLROnPlateau)


def test_beside_a_schedule_the_cuts_multiply():
    def run(cls):
        optimizer, used = optimizer_of([0.8]), []
        first, second = theirs.ExponentialLR(optimizer, 0.5), cls(optimizer, factor=0.5, patience=1)
        for _ in range(6):
            optimizer.step()
            first.step()
            second.step(1.0)
            used += ask(optimizer)
        return used

    assert run(ReduceLROnPlateau) == run(theirs.ReduceLROnPlateau)


@pytest.mark.parametrize("min_lr", [0.25, 0])
def test_a_group_added_later_gets_the_common_floor(min_lr):
    def run(cls):
        optimizer = optimizer_of([1.0])
        scheduler = cls(optimizer, factor=0.5, patience=0, min_lr=min_lr)
        scheduler.step(1.0)
        optimizer.add_param_group({"params": [torch.zeros(1, requires_grad=True)], "lr": 0.4})
        return [view(scheduler) for _ in range(4) if not scheduler.step(1.0)]

    assert run(ReduceLROnPlateau) == run(theirs.ReduceLROnPlateau)


@pytest.mark.parametrize("cls", [ReduceLROnPlateau, theirs.ReduceLROnPlateau])
def test_a_group_that_a_list_of_floors_does_not_know_is_a_runtime_error_at_the_cut(cls):
    optimizer = optimizer_of([1.0])
    scheduler = cls(optimizer, factor=0.5, patience=1, min_lr=[0.1])
    optimizer.add_param_group({"params": [torch.zeros(1, requires_grad=True)], "lr": 0.4})
    scheduler.step(1.0)
    scheduler.step(1.0)
    with pytest.raises(RuntimeError) as error:
        scheduler.step(1.0)
    assert ask(optimizer) == [1.0, 0.4]
    if cls is ReduceLROnPlateau:
        assert str(error.value) == ("min_lrs: the learning rate below which no cut goes, must be one for each param group, 2, "
                                    "got 1")
        assert (scheduler.last_epoch, scheduler.num_bad_epochs) == (2, 1)           # as if the metric had not come
    scheduler.min_lrs = [0.1, 0.3]
    scheduler.step(1.0)
    assert ask(optimizer) == [0.5, 0.3]


def test_step_to_an_epoch_warns_as_torchs():
    scheduler = ReduceLROnPlateau(optimizer_of([0.1]))
    with pytest.warns(UserWarning, match="The epoch parameter"):
        scheduler.step(1.0, 7)
    assert scheduler.last_epoch == 7


def test_a_reset_forgets_as_torchs():
    def run(cls):
        scheduler = cls(optimizer_of([1.0]), factor=0.5, patience=1, cooldown=2)
        report(scheduler, [1.0] * 4)
        scheduler._reset()
        return report(scheduler, [2.0] * 5)

    assert run(ReduceLROnPlateau) == run(theirs.ReduceLROnPlateau)


# ------------------------------------------------------------------------------------------ state

@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dtype", [None, torch.float32])
@pytest.mark.parametrize("saving", [ReduceLROnPlateau, theirs.ReduceLROnPlateau])
@pytest.mark.parametrize("going_on", [ReduceLROnPlateau, theirs.ReduceLROnPlateau])
@settings(max_examples=15)
@given(before=st.lists(anything, max_size=20), after=st.lists(anything, min_size=1, max_size=20), hyper=hypers)
def test_a_checkpoint_goes_on_exactly_in_ours_and_in_torchs(way, dtype, saving, going_on, before, after, hyper):
    optimizer = optimizer_of([1.0, 0.3], dtype=dtype)
    scheduler = saving(optimizer, **hyper)
    report(scheduler, before)
    state = WAYS[way]({"optimizer": optimizer.state_dict(), "scheduler": copy.deepcopy(scheduler.state_dict())})
    kept = copy.deepcopy(state["scheduler"])
    wanted = report(scheduler, after)

    other = optimizer_of([9.0, 9.0], dtype=dtype)
    resumed = going_on(other, "max", 0.9, 7, 0.5, "abs", 2, 0.7, 0.1)            # the state brings the hyperparameters
    other.load_state_dict(state["optimizer"])
    resumed.load_state_dict(state["scheduler"])
    assert going_on is not ReduceLROnPlateau or type(resumed.get_last_lr()[0]) is type(other.param_groups[0]["lr"])
    assert report(resumed, after) == wanted
    assert state["scheduler"] == kept               # neither loading nor going on changes it


def test_the_state_is_plain_and_not_shared():
    optimizer = optimizer_of([1.0], dtype=torch.float32)
    scheduler = ReduceLROnPlateau(optimizer, min_lr=torch.tensor([0.01]), patience=0)
    scheduler.step(torch.tensor(1.0))
    state = scheduler.state_dict()
    kept = copy.deepcopy(state)
    held = {type(v) for value in state.values() for v in (value if isinstance(value, list) else [value])}
    assert held <= {int, float, str, type(None)}
    scheduler.step(2.0)
    scheduler.min_lrs.append(5)
    assert state == kept != scheduler.state_dict()


def test_a_best_that_is_a_tensor_becomes_a_number():
    scheduler = ReduceLROnPlateau(optimizer_of([1.0]))
    scheduler.load_state_dict({**scheduler.state_dict(), "best": torch.tensor(2.5)})
    assert type(scheduler.best) is float and type(scheduler.state_dict()["best"]) is float


def test_the_scheduler_itself_pickles_and_copies():
    scheduler = ReduceLROnPlateau(optimizer_of([1.0]), patience=0)
    scheduler.step(1.0)
    for other in (pickle.loads(pickle.dumps(scheduler)), copy.deepcopy(scheduler)):
        other.step(1.0)
        assert other.get_last_lr() == [0.1]
    assert ask(scheduler.optimizer) == [1.0]


# ------------------------------------------------------------------------------------------ wrong arguments

@pytest.mark.parametrize("arguments, sentence", [
    (dict(mode="lower"), "mode: whether small or large metrics are good, must be one of min, max, got 'lower'"),
    (dict(factor=1.0), "factor: the factor of one cut, must be >= 0 and < 1, got 1.0"),
    (dict(factor=-0.1), "factor: the factor of one cut, must be >= 0 and < 1, got -0.1"),           # seam: torch takes it
    (dict(factor="0.1"), "factor: the factor of one cut, must be a number, got '0.1'"),
    (dict(factor=nan), "factor: the factor of one cut, must be finite, got nan"),
    (dict(patience=-1), "patience: bad metrics in a row that are put up with, must be >= 0, got -1"),
    (dict(patience=2.5), "patience: bad metrics in a row that are put up with, must be an integer, got 2.5"),
    (dict(threshold=-1e-4), "threshold: how much better than the best a metric must be, must be >= 0, got -0.0001"),
    (dict(threshold_mode="relative"),
     "threshold_mode: what the threshold is, a part of the best or an amount, must be one of rel, abs, got 'relative'"),
    (dict(cooldown=True), "cooldown: metrics after a cut that do not count as bad, must be a number, got True"),
    (dict(min_lr=-1), "min_lr: the learning rate below which no cut goes, must be >= 0, got -1"),
    (dict(min_lr=[0.1]), "min_lr: the learning rate below which no cut goes, must be one for each param group, 2, got 1"),
    (dict(min_lr=[0.1, nan]), "min_lr: the learning rate below which no cut goes, must be finite, got nan"),
    (dict(min_lr=[]), "min_lr: the learning rate below which no cut goes, must be one for each param group, 2, got 0"),
    (dict(min_lr=None), "min_lr: the learning rate below which no cut goes, must be a number, got None"),
    (dict(eps=inf), "eps: a cut by no more than this is not made, must be finite, got inf"),
])
def test_a_wrong_argument_is_one_sentence_at_construction(arguments, sentence):
    with pytest.raises(ValueError) as error:
        ReduceLROnPlateau(optimizer_of([1.0, 1.0]), **arguments)
    assert str(error.value) == sentence


@pytest.mark.parametrize("wrong", [None, 0.1, "val_loss"])
def test_not_an_optimizer(wrong):
    with pytest.raises(TypeError) as error:
        ReduceLROnPlateau(wrong)
    assert str(error.value) == f"optimizer: what the scheduler drives, must be a torch.optim.Optimizer, got {wrong!r}"


@pytest.mark.parametrize("wrong", [None, "bad", [1.0], {"loss": 1.0}, torch.zeros(2)], ids=str)
def test_a_metric_that_is_no_number_is_one_sentence_and_changes_nothing(wrong):
    scheduler = ReduceLROnPlateau(optimizer_of([1.0]), patience=0)
    scheduler.step(1.0)
    before = scheduler.state_dict()
    with pytest.raises(TypeError) as error:
        scheduler.step(wrong)
    assert str(error.value) == f"metrics: what was measured, must be a number, got {wrong!r}"
    assert scheduler.state_dict() == before


def test_the_numbers_come_from_the_formula(monkeypatch):
    optimizer = optimizer_of([1.0, 0.5])
    scheduler = ReduceLROnPlateau(optimizer, min_lr=[0.1, 0.2])
    monkeypatch.setattr(module, "plateau", lambda state, metric, *hyper: (state[0] / 4 + hyper[6], metric, 5, 6))
    scheduler.step(3.0)
    assert ask(optimizer) == [0.35, 0.325]
    assert (scheduler.best, scheduler.num_bad_epochs, scheduler.cooldown_counter) == (3.0, 5, 6)
