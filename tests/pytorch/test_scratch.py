"""The base class written anew does what torch's does, on torch's optimizers and on its own, and needs no torch."""
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from states import WAYS
from torch.optim import lr_scheduler as theirs

import lrlearn.pytorch
from lrlearn.pytorch import scratch

ROOT = Path(__file__).parents[2]
lrs = st.lists(st.floats(1e-3, 10.0), min_size=1, max_size=3)
TABLE = [0.5, 0.1, 0.7, 0.0, 0.2, 1.0, 0.3]


class Ours(scratch.LRScheduler):
    """Rates that follow no formula, so that a wrong time cannot give the right rate."""

    def get_lr(self):
        return [base_lr * TABLE[self.last_epoch % 7] for base_lr in self.base_lrs]


class Theirs(theirs.LRScheduler):
    get_lr = Ours.get_lr


class Power:
    """An object that can be called: a state dict holds what it holds."""

    def __init__(self, power):
        self.power = power

    def __call__(self, t):
        return (1 + t) ** self.power


# name -> our class and torch's, with the hyperparameters that a draw of two numbers gives.
PAIRS = {
    "base": (Ours, Theirs, lambda n, g: {}),
    "step": (scratch.StepLR, theirs.StepLR, lambda n, g: dict(step_size=n, gamma=g)),
    "exponential": (scratch.ExponentialLR, theirs.ExponentialLR, lambda n, g: dict(gamma=g)),
    "lambda": (scratch.LambdaLR, theirs.LambdaLR, lambda n, g: dict(lr_lambda=lambda t: g ** (t // n))),
    "callable": (scratch.LambdaLR, theirs.LambdaLR, lambda n, g: dict(lr_lambda=Power(-g))),
}
hypers = st.tuples(st.integers(1, 7), st.floats(0.2, 1.1))
kinds = st.sampled_from(sorted(PAIRS))


def optimizer_of(lrs, kind=torch.optim.SGD):
    return kind([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs])


def rates_of(optimizer):
    return [group["lr"] for group in optimizer.param_groups]


def both(kind, hyper, lrs, **more):
    """(optimizer, scheduler) of ours and of theirs."""
    ours, torchs, names = PAIRS[kind]
    one, two = optimizer_of(lrs), optimizer_of(lrs)
    return (one, ours(one, **names(*hyper), **more)), (two, torchs(two, **names(*hyper), **more))


def close(ours, torchs):
    return len(ours) == len(torchs) and all(a == b or abs(a - b) <= 1e-12 * abs(b) for a, b in zip(ours, torchs))


def sees(optimizer, scheduler):
    return rates_of(optimizer), scheduler.get_last_lr(), scheduler.base_lrs


def same(one, two):
    return one[1].last_epoch == two[1].last_epoch and all(close(a, b) for a, b in zip(sees(*one), sees(*two)))


def go_on(pair, steps=1):
    for _ in range(steps):
        pair[0].step()
        pair[1].step()


# ------------------------------------------------------------------------------------------ the rates

@given(kinds, hypers, lrs, st.integers(0, 30))
def test_every_rate_is_torchs(kind, hyper, lrs, steps):
    one, two = both(kind, hyper, lrs)
    assert rates_of(one[0]) == one[1].get_last_lr()
    for _ in range(steps):
        assert same(one, two)
        go_on(one)
        go_on(two)
    assert same(one, two) and one[1].last_epoch == steps


@given(st.sampled_from(["base", "step", "lambda"]), hypers, lrs, st.integers(0, 9), st.floats(0.1, 5.0))
def test_an_edit_by_hand_has_torchs_effect(kind, hyper, lrs, at, factor):
    one, two = both(kind, hyper, lrs)
    for t in range(20):
        if t == at:
            for optimizer, _ in (one, two):
                optimizer.param_groups[-1]["lr"] *= factor
            assert one[1].get_last_lr() == two[1].get_last_lr(), "an edit is not the scheduler's"
        assert rates_of(one[0]) == rates_of(two[0]), t
        go_on(one)
        go_on(two)


def test_after_an_edit_the_closed_form_returns_and_the_follower_does_not():
    for make, wanted in ((scratch.ExponentialLR, [0.25, 0.125]), (theirs.ExponentialLR, [2.5, 1.25])):
        optimizer = optimizer_of([1.0])
        pair = optimizer, make(optimizer, gamma=0.5)
        go_on(pair)
        optimizer.param_groups[0]["lr"] = 5.0
        go_on(pair)
        seen = rates_of(optimizer)
        go_on(pair)
        assert seen + rates_of(optimizer) == wanted


@given(st.lists(st.sampled_from(["step", "lambda", "base"]), min_size=2, max_size=3), hypers, lrs)
def test_several_on_one_optimizer(kinds, hyper, lrs):
    def run(side):
        optimizer, seen = optimizer_of(lrs), []
        made = [PAIRS[kind][side](optimizer, **PAIRS[kind][2](*hyper)) for kind in kinds]
        for _ in range(12):
            optimizer.step()
            for scheduler in made:
                scheduler.step()
            seen.append(rates_of(optimizer) + [scheduler.get_last_lr() for scheduler in made] + [made[-1].base_lrs])
        return seen

    assert run(0) == run(1)


def test_its_own_optimizer_is_gradient_descent():
    optimizer = scratch.Optimizer([1.0, -2.0], lr=[0.5, 0.25])
    scheduler = scratch.StepLR(optimizer, step_size=1, gamma=0.5)
    go_on((optimizer, scheduler), 2)
    assert [group["weights"] for group in optimizer.param_groups] == [[0.375, -0.75], [0.65625, -1.3125]]
    assert scheduler.get_last_lr() == rates_of(optimizer) == [0.125, 0.0625] and scheduler.base_lrs == [0.5, 0.25]


def test_a_list_of_the_wrong_length_is_an_error_as_in_torch():
    for base in (scratch.LRScheduler, theirs.LRScheduler):
        short = type("Short", (base,), {"get_lr": lambda self: [0.1]})
        with pytest.raises(ValueError, match="zip"):
            short(optimizer_of([0.1, 0.2]))
        number = type("Number", (base,), {"get_lr": lambda self: 0.1})
        with pytest.raises(TypeError, match="iterable"):
            number(optimizer_of([0.1]))


@given(lrs, hypers)
def test_a_function_for_each_group(lrs, hyper):
    optimizers = optimizer_of(lrs), optimizer_of(lrs)
    functions = [lambda t, k=k: hyper[1] ** (t // hyper[0]) + k for k in range(len(lrs))]
    one, two = [(o, make(o, functions)) for o, make in zip(optimizers, (scratch.LambdaLR, theirs.LambdaLR))]
    for _ in range(9):
        assert same(one, two)
        go_on(one)
        go_on(two)
    for wrong in (functions[1:], functions + functions[:1]):
        for make in (scratch.LambdaLR, theirs.LambdaLR):
            with pytest.raises(ValueError):
                make(optimizer_of(lrs), wrong)


@pytest.mark.parametrize("kind, grows", [("step", True), ("lambda", False), ("base", False)])
def test_a_param_group_that_comes_later(kind, grows):
    for optimizer, scheduler in both(kind, (1, 0.5), [0.8]):
        go_on((optimizer, scheduler))
        optimizer.add_param_group({"params": [torch.zeros(1, requires_grad=True)], "lr": 0.1})
        if grows:
            go_on((optimizer, scheduler))
            assert rates_of(optimizer) == [0.2, 0.05]
        else:
            with pytest.raises(ValueError, match="zip"):
                go_on((optimizer, scheduler))


# --------------------------------------------------------------------------------------- the warnings

@given(st.lists(st.booleans(), max_size=6))
def test_it_warns_of_the_wrong_order_when_torch_does(calls):
    def heard(make):
        optimizer = optimizer_of([0.1])
        scheduler, counts = make(optimizer), []
        for is_update in calls:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                optimizer.step() if is_update else scheduler.step()
            counts.append([(w.category, w.filename == __file__, "optimizer.step()" in str(w.message)) for w in caught])
        return counts

    assert heard(Ours) == heard(Theirs)


def test_the_order_matters_and_is_told_once():
    optimizer = scratch.Optimizer([1.0], lr=1.0)
    scheduler = Ours(optimizer)
    with pytest.warns(UserWarning, match="never used") as caught:
        scheduler.step()
        scheduler.step()
    assert len(caught) == 1


@pytest.mark.parametrize("make", [Ours, Theirs])
def test_the_optimizers_step_takes_and_gives_what_it_did(make):
    optimizer = optimizer_of([0.5])
    make(optimizer)
    assert optimizer.step(closure=lambda: 7.0) == 7.0


@pytest.mark.parametrize("make", [Ours, Theirs])
def test_a_scheduler_that_comes_later_knows_that_the_optimizer_has_stepped(make, recwarn):
    optimizer = optimizer_of([0.5])
    go_on((optimizer, make(optimizer)))
    make(optimizer).step()
    assert not recwarn.list


@pytest.mark.parametrize("first, second", [(Ours, Theirs), (Theirs, Ours), (Ours, Ours)])
def test_both_kinds_get_along_on_one_optimizer(first, second, recwarn):
    optimizer = optimizer_of([0.5])
    both_of_them = first(optimizer), second(optimizer)
    optimizer.step()
    for scheduler in both_of_them:
        scheduler.step()
    assert not recwarn.list and rates_of(optimizer) == [0.5 * TABLE[1]]


@pytest.mark.parametrize("kind", ["step", "exponential", "lambda"])
def test_get_lr_outside_step_warns_and_may_be_a_step_ahead(kind):
    for optimizer, scheduler in both(kind, (1, 0.5), [0.8]):
        go_on((optimizer, scheduler))
        with pytest.warns(UserWarning, match=r"get_last_lr\(\)") as caught:
            ahead = scheduler.get_lr()
        assert [w.filename for w in caught] == [scratch_caller(scheduler)] and scheduler.get_last_lr() == [0.4]
        closed = kind == "lambda" or isinstance(scheduler, scratch.ExponentialLR)
        assert ahead == ([0.4] if closed else [0.2])


def scratch_caller(scheduler):
    """Ours points at the line that called get_lr; torch's points into torch."""
    return __file__ if type(scheduler).__module__ == scratch.__name__ else theirs.__file__


def test_a_step_that_fails_leaves_the_flag_down():
    scheduler = Ours(optimizer_of([0.5]))
    scheduler.optimizer.step()
    scheduler.get_lr = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        scheduler.step()
    assert scheduler._get_lr_called_within_step is False


# ------------------------------------------------------------------------------------ state and resume

@given(kinds, hypers, lrs, st.integers(0, 9))
def test_the_state_holds_what_torchs_holds(kind, hyper, lrs, steps):
    one, two = both(kind, hyper, lrs)
    for pair in (one, two):
        go_on(pair, steps)
    mine, other = one[1].state_dict(), two[1].state_dict()
    assert set(mine) == set(other) and "optimizer" not in mine
    for name in mine:
        assert close(mine[name], other[name]) if name == "_last_lr" else mine[name] == other[name], name


@given(kinds, hypers, lrs, st.integers(0, 9), st.sampled_from(sorted(WAYS)), st.sampled_from([(0, 0), (0, 1), (1, 0)]))
def test_a_run_is_taken_up_again_also_across_the_two(kind, hyper, lrs, steps, way, sides):
    saved, loaded = (PAIRS[kind][side] for side in sides)
    optimizer = optimizer_of(lrs)
    old = optimizer, saved(optimizer, **PAIRS[kind][2](*hyper))
    go_on(old, steps)
    state = WAYS[way]({"optimizer": optimizer.state_dict(), "scheduler": old[1].state_dict()})
    optimizer = optimizer_of([3.0] * len(lrs))
    new = optimizer, loaded(optimizer, **PAIRS[kind][2](hyper[0], hyper[1] if kind == "lambda" else 0.9))
    optimizer.load_state_dict(state["optimizer"])
    new[1].load_state_dict(state["scheduler"])
    assert new[1].get_last_lr() == rates_of(optimizer)
    for _ in range(9):
        assert same(old, new)
        for pair in (old, new):
            go_on(pair)


@given(kinds, hypers, lrs, st.integers(1, 9))
def test_last_epoch_takes_a_run_up_again(kind, hyper, lrs, steps):
    optimizer = optimizer_of(lrs)
    old = optimizer, PAIRS[kind][0](optimizer, **PAIRS[kind][2](*hyper))
    go_on(old, steps)
    optimizer = optimizer_of(lrs)
    optimizer.load_state_dict(old[0].state_dict())
    new = optimizer, PAIRS[kind][0](optimizer, **PAIRS[kind][2](*hyper), last_epoch=steps - 1)
    for _ in range(9):
        assert same(old, new)
        go_on(old)
        go_on(new)


def test_taken_up_just_before_a_cut_torchs_step_lr_cuts_twice_and_ours_once():
    def taken_up(make):
        old = optimizer_of([0.8])
        go_on((old, make(old, step_size=2, gamma=0.5)), 2)
        new = optimizer_of([0.8])
        new.load_state_dict(old.state_dict())
        make(new, step_size=2, gamma=0.5, last_epoch=1)
        return rates_of(old) + rates_of(new)

    assert taken_up(scratch.StepLR) == [0.4, 0.4] and taken_up(theirs.StepLR) == [0.4, 0.2]


@pytest.mark.parametrize("make", [Ours, Theirs])
def test_last_epoch_needs_an_optimizer_that_was_driven(make):
    with pytest.raises(KeyError, match="initial_lr|no scheduler has driven"):
        make(optimizer_of([0.1]), last_epoch=5)


def test_a_scheduler_pickles_unless_it_holds_a_lambda(recwarn):
    scheduler = scratch.StepLR(optimizer_of([0.8]), step_size=1)
    again = pickle.loads(pickle.dumps(scheduler))
    go_on((again.optimizer, again))
    assert again.get_last_lr() == rates_of(again.optimizer) == [pytest.approx(0.08)] and not recwarn.list
    for make in (scratch.LambdaLR, theirs.LambdaLR):
        with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
            pickle.dumps(make(optimizer_of([0.8]), lambda t: 1.0))


# ------------------------------------------------------------------------------------- without torch

def without_torch(code):
    code = f"import sys; sys.modules['torch'] = None; sys.path.insert(0, {str(ROOT)!r}); {code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_it_needs_no_torch():
    done = without_torch("import lrlearn as ll; from lrlearn.pytorch import scratch; from lrlearn.pytorch.scratch import *; "
                         "print(StepLR(Optimizer([1.0], lr=0.5), 2).get_last_lr(), ll.pytorch.scratch is scratch)")
    assert (done.stdout, done.stderr) == ("[0.5] True\n", "")


@pytest.mark.parametrize("use", ["from lrlearn.pytorch import ScheduleLR", "import lrlearn as ll; ll.pytorch.StepLR"])
def test_what_needs_torch_says_so_in_one_sentence(use):
    assert without_torch(use).stderr.splitlines()[-1] == (
        "ModuleNotFoundError: this part of lrlearn needs torch, which is not installed: pip install 'lrlearn[torch]'")


@pytest.mark.parametrize("name", lrlearn.pytorch.__all__)
def test_every_name_comes_on_first_use(name):
    assert getattr(lrlearn.pytorch, name).__name__ == name and name in dir(lrlearn.pytorch)


def test_other_names_are_unknown():
    with pytest.raises(ImportError, match="nothing_of_the_kind"):
        from lrlearn.pytorch import nothing_of_the_kind  # noqa: F401
    with pytest.raises(AttributeError, match="lrlearn.pytorch has no 'nothing'"):
        lrlearn.pytorch.nothing
