"""What the familiar names save and load: plain, exact, torch's checkpoints too; and what else torch's tools count on."""
import copy
import math
import pickle
import warnings

import numpy as np
import pytest
import states
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from states import WAYS
from torch.optim import lr_scheduler as theirs

import lrlearn.pytorch as ours
from lrlearn import Schedule, cosine, cosine_restarts
from tests.pytorch import driving
from tests.pytorch.driving import ARGUMENTS, NAMES, call_of, drawn, every_name, length_of, one, optimizer_of, rates, used


def trained(optimizer, scheduler, steps):
    return states.trained(optimizer, scheduler, steps, lambda: (
        driving.ask(optimizer), [p.item() for g in optimizer.param_groups for p in g["params"]], scheduler.last_epoch))


@every_name
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dtype", [None, torch.float32], ids=["number", "tensor"])
@pytest.mark.parametrize("first", ["optimizer", "scheduler"])
def test_save_and_resume_is_bit_exact(name, way, dtype, first):
    for arguments in ARGUMENTS[name]:
        optimizer = optimizer_of([0.1, 0.02], dtype)
        scheduler = one(name, arguments, optimizer)
        trained(optimizer, scheduler, 13)
        weights = [p.detach().clone() for g in optimizer.param_groups for p in g["params"]]
        state = WAYS[way]({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()})
        kept = copy.deepcopy(state["scheduler"])
        wanted = trained(optimizer, scheduler, 40)

        again = optimizer_of([0.1, 0.02], dtype)
        functions = "lambda" in arguments or name in ("LambdaLR", "MultiplicativeLR")
        resumed = one(name, arguments if functions else ARGUMENTS[name][0], again)     # the state brings hyperparameters
        for group, weight in zip(again.param_groups, weights):
            group["params"][0].data.copy_(weight)
        for thing in (first, "scheduler" if first == "optimizer" else "optimizer"):
            {"optimizer": again, "scheduler": resumed}[thing].load_state_dict(state[thing])
        if first == "optimizer":
            assert resumed.get_last_lr() == [group["lr"] for group in again.param_groups]
        assert trained(again, resumed, 40) == wanted
        assert state["scheduler"] == kept               # neither loading nor going on changes it
        resumed.load_state_dict(state["scheduler"])     # a second time
        assert resumed.last_epoch == 13


def flat(value):
    if isinstance(value, (list, dict)):
        return [kind for item in (value.values() if isinstance(value, dict) else value) for kind in flat(item)]
    return [type(value)]


@every_name
@pytest.mark.parametrize("dtype", [None, torch.float64])
def test_the_state_is_plain_and_not_shared(name, dtype):
    for arguments in ARGUMENTS[name]:
        optimizer = optimizer_of([0.1, 0.02], dtype)
        scheduler = one(name, arguments, optimizer)
        optimizer.step()
        scheduler.step()
        state = scheduler.state_dict()
        assert set(flat(state)) <= {int, float, bool, str, type(None)}
        assert {"last_epoch", "base_lrs", "_last_lr", "_step_count"} <= set(state)
        kept = copy.deepcopy(state)
        for _ in range(8):
            optimizer.step()
            scheduler.step()
        assert state == kept != scheduler.state_dict()


@every_name
@settings(max_examples=20)
@given(data=st.data(), before=st.integers(0, 50), dtype=st.sampled_from([None, torch.float64]), first=st.booleans())
def test_a_checkpoint_of_torchs_class_goes_on_in_ours(name, data, before, dtype, first):
    call = data.draw(drawn(name))
    length = length_of(call)
    optimizer, again = optimizer_of([0.1, 0.02], dtype), optimizer_of([0.1, 0.02], dtype)
    scheduler = driving.made([call], theirs, optimizer)[0]
    used(optimizer, scheduler, min(before, length - 1))
    state = copy.deepcopy([optimizer.state_dict(), scheduler.state_dict()])
    mine = driving.made([call if "lambda" in call else call_of(name, ARGUMENTS[name][0])], ours, again)[0]
    for thing, saved in zip(([again, mine] if first else [mine, again]), (state if first else state[::-1])):
        thing.load_state_dict(saved)
    states.through_torch(mine.state_dict())
    for _ in range(length - min(before, length - 1)):
        for o, s in ((optimizer, scheduler), (again, mine)):
            o.step()
            s.step()
        assert np.allclose(driving.ask(again), driving.ask(optimizer), rtol=1e-9, atol=1e-10)
        assert mine.last_epoch == scheduler.last_epoch


def test_a_checkpoint_of_torchs_class_between_two_epochs_goes_on_in_ours():
    optimizer, again = optimizer_of(), optimizer_of()
    scheduler, mine = theirs.CosineAnnealingWarmRestarts(optimizer, 4, 2), ours.CosineAnnealingWarmRestarts(again, 9)
    scheduler.step(13.25)
    mine.load_state_dict(states.through_torch(scheduler.state_dict()))
    again.load_state_dict(optimizer.state_dict())
    assert used(again, mine, 30) == pytest.approx(used(optimizer, scheduler, 30), rel=1e-12)


@every_name
def test_the_param_groups_hold_what_torchs_class_leaves_there(name):
    for arguments in [text.replace("0.1, 0.5", "0.3, 0.5") for text in ARGUMENTS[name]]:
        groups = {}
        for side in (ours, theirs):
            optimizer = optimizer_of([0.1, 0.2])
            used(optimizer, one(name, arguments, optimizer, side), 3)
            groups[side] = [{key: value for key, value in group.items() if key != "params"} for group in optimizer.param_groups]
        for mine, torchs in zip(groups[ours], groups[theirs]):
            assert mine.keys() == torchs.keys()
            assert all(mine[key] == pytest.approx(value, rel=1e-12) for key, value in torchs.items() if type(value) is float)


class Decay:
    """A callable object with a state of its own."""

    def __init__(self, gamma):
        self.gamma, self.seen = gamma, [0.0]

    def __call__(self, t):
        self.seen.append(float(t))
        return self.gamma ** t


@pytest.mark.parametrize("call", ["LambdaLR(o, f)", "MultiplicativeLR(o, f)", "CyclicLR(o, 0.1, 0.5, 3, scale_fn=f)"])
def test_callable_objects_are_saved_by_their_attributes(call):
    def build(gamma):
        optimizer, function = optimizer_of(), Decay(gamma)
        return optimizer, eval(call, {**{name: getattr(ours, name) for name in NAMES}, "o": optimizer, "f": function}), function

    optimizer, scheduler, function = build(0.9)
    used(optimizer, scheduler, 5)
    saved = scheduler.state_dict()
    state = states.through_torch(saved)
    seen = list(function.seen)
    other, resumed, function = build(0.5)
    other.load_state_dict(optimizer.state_dict())
    resumed.load_state_dict(state)
    assert function.gamma == 0.9 and function.seen == seen
    kept = copy.deepcopy(state)
    assert used(other, resumed, 9) == used(optimizer, scheduler, 9)
    assert saved == state == kept                       # what goes on is neither what was saved nor what was loaded


def test_functions_and_schedules_are_saved_as_none():
    for function in (lambda t: 1.0, Schedule(cosine, T_max=9), math.sqrt):
        for name in ("LambdaLR", "MultiplicativeLR"):
            assert getattr(ours, name)(optimizer_of(), function).state_dict()["lr_lambdas"] == [None]
    assert one("CyclicLR", "0.1, 0.5, scale_fn=lambda x: 1.0").state_dict()["scale_fn"] is None


@every_name
@pytest.mark.filterwarnings("ignore:Seems like `optimizer.step")        # torch counts steps in a wrapper that no copy has
def test_the_scheduler_itself_copies_and_pickles(name):
    for arguments in ARGUMENTS[name]:
        optimizer = optimizer_of()
        scheduler = one(name, arguments, optimizer)
        used(optimizer, scheduler, 3)
        ways = [copy.deepcopy] if "lambda" in arguments else [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))]
        others = [way(scheduler) for way in ways]
        wanted = used(optimizer, scheduler, 9)
        for other in others:
            assert used(other.optimizer, other, 9) == wanted


@every_name
def test_get_lr_outside_step_moves_nothing(name):
    optimizer = optimizer_of()
    scheduler = one(name, ARGUMENTS[name][0], optimizer)
    used(optimizer, scheduler, 4)
    before = driving.ask(optimizer)
    assert scheduler.get_lr() == scheduler.get_last_lr() == rates(optimizer)
    assert driving.ask(optimizer) == before


def test_the_call_order_warning_points_at_the_callers_line():
    with pytest.warns(UserWarning, match="before `optimizer.step") as warned:
        one("StepLR", "3").step()
    assert warned[0].filename == __file__


@pytest.mark.parametrize("epoch", [3, 2.5])
def test_warm_restarts_do_not_warn(epoch):
    scheduler = one("CosineAnnealingWarmRestarts", "4")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scheduler.step(epoch)
        scheduler.step()
    assert scheduler.last_epoch == math.floor(epoch) + 1
    assert scheduler.get_last_lr() == [cosine_restarts(epoch + 1, 0.1, 4)]


def test_a_tensor_rate_stays_the_same_tensor():
    for name in NAMES:
        optimizer = optimizer_of([0.1, 0.2], torch.float64)
        tensors = [group["lr"] for group in optimizer.param_groups]
        scheduler = one(name, ARGUMENTS[name][0], optimizer)
        used(optimizer, scheduler, 5)
        assert all(group["lr"] is tensor for group, tensor in zip(optimizer.param_groups, tensors))
        last = scheduler.get_last_lr()
        assert torch.is_tensor(last[0]) and last[0] is not tensors[0] and last == tensors


def test_a_tensor_rate_of_one_element_works():
    for name in NAMES:
        found = {}
        for side in (ours, theirs):
            lr = torch.tensor([0.1], dtype=torch.float64)
            optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=0.9)
            scheduler = one(name, ARGUMENTS[name][0], optimizer, side)
            found[side] = used(optimizer, scheduler, 9)
            if side is ours:
                optimizer.param_groups[0]["lr"].mul_(0.5)
                scheduler.load_state_dict(states.through_torch(scheduler.state_dict()))
                used(optimizer, scheduler, 3)
        assert np.allclose(found[ours], found[theirs], rtol=1e-12, atol=0)


def test_hyperparameters_may_be_edited_on_the_way():
    for attribute, value, call in (
        ("gamma", 0.5, "StepLR(o, 3)"), ("gamma", 0.5, "ExponentialLR(o, 0.9)"), ("T_max", 30, "CosineAnnealingLR(o, 20)"),
        ("total_iters", 30, "LinearLR(o, total_iters=20)"), ("base_lrs", [0.7], "PolynomialLR(o, 20)"),
    ):
        found = {}
        for side in (ours, theirs):
            optimizer = optimizer_of()
            scheduler = driving.made([call], side, optimizer)[0]
            found[side] = used(optimizer, scheduler, 4)
            setattr(scheduler, attribute, value)
            found[side] += used(optimizer, scheduler, 10)
        assert np.allclose(found[ours], found[theirs], rtol=1e-12, atol=0), call
