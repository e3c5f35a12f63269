"""The exercises on PyTorch's schedulers: their solutions and their words are held against torch."""
import copy
import math
import re
import warnings
from math import cos, pi

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler as theirs

import lrlearn.pytorch
from lrlearn import inverse_time_decay
from lrlearn.exercises import inside_pytorch as ex
from lrlearn.pytorch import scratch


def sgd(*lrs):
    return torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs])


def torch_class(get_lr, **hyper):
    return type("YourLR", (theirs.LRScheduler,), {**hyper, "get_lr": get_lr})


def torch_rates(make, updates, lrs, edits=()):
    """The rates that a torch optimizer's last group uses."""
    optimizer, used = sgd(*lrs), []
    scheduler = make(optimizer)
    for t in range(updates):
        for group in optimizer.param_groups:
            group["lr"] *= dict(edits).get(t, 1)
        used.append(optimizer.param_groups[-1]["lr"])
        optimizer.step()
        scheduler.step()
    return used


SETTINGS = [(name, setting) for name in ("subclass", "find_the_bugs", "follower")
            for cases in getattr(ex, name).cases.values() for setting, in cases if not setting.stops and not setting.others]


# -- the exercise's own scheduler is as good as torch's -------------------------------------------

@pytest.mark.parametrize("name, setting", SETTINGS)
def test_a_right_get_lr_and_its_mistakes_give_the_same_rates_in_torch(name, setting):
    exercise = getattr(ex, name)
    for get_lr in [exercise.model, *exercise.mistakes]:
        if get_lr is not ex.a_number:
            make = torch_class(get_lr, **setting.hyper)
            assert torch_rates(make, setting.updates, setting.lrs, setting.edits) == ex.play(get_lr, setting)


def test_a_number_stops_torch_with_the_words_that_are_told():
    with pytest.raises(TypeError) as told:
        torch_class(ex.a_number, k=0.5)(sgd(0.1))
    assert f"TypeError: {told.value}" in " ".join(ex.a_number.__doc__.split())


def test_after_a_break_the_follower_goes_on_as_without_one():
    [(setting,)] = ex.follower.cases["taken up again"]
    whole = copy.copy(setting)
    whole.stops = ()
    assert ex.play(ex.follower_lr, setting) == ex.play(ex.follower_lr, whole) != ex.play(ex.moves_twice, setting)


def test_two_followers_multiply_and_two_closed_forms_do_not():
    [(setting,)] = ex.follower.cases["two on one optimizer"]
    own_self = type("Self", (), setting.hyper)()
    share = [own_self.formula(t, 1.0) for t in range(setting.updates)]
    both = [setting.lrs[-1] * s * s for s in share]
    assert ex.play(ex.follower_lr, setting) == pytest.approx(both, rel=1e-12)
    assert ex.play(ex.ignores_the_edit, setting) == pytest.approx([setting.lrs[-1] * s for s in share], rel=1e-12)


def test_the_first_solution_is_the_package_s_inverse_time_decay():
    setting = ex.Setting([0.3], 20, k=0.25)
    assert ex.play(ex.inverse_time_lr, setting) == pytest.approx([inverse_time_decay(t, 0.3, 0.25) for t in range(20)], rel=1e-12)


def test_the_factor_gives_lambdalr_the_line_with_its_floor():
    used = torch_rates(lambda opt: theirs.LambdaLR(opt, lambda t: ex.factor(t, 0.1, 0.01, 100)), 140, [0.1])
    assert used == pytest.approx([max(0.01, 0.1 - 0.09 * t / 100) for t in range(140)], rel=1e-12)
    sunk = torch_rates(lambda opt: theirs.LambdaLR(opt, lambda t: ex.below_zero(t, 0.1, 0.01, 100)), 140, [0.1])
    assert min(sunk) < 0, "LambdaLR does not check"


# -- the two scripts, run as they stand -----------------------------------------------------------

def script(exercise):
    return re.search(r"```python\n(.*?)```", exercise.text, re.S)[1]


@pytest.mark.parametrize("family", [theirs, scratch, lrlearn.pytorch], ids=lambda m: m.__name__)
def test_the_script_in_the_wrong_order_uses_these_rates(family):
    model, used = torch.nn.Linear(1, 1), []

    class SGD(torch.optim.SGD):
        def step(self, closure=None):
            used.append(self.param_groups[0]["lr"])
            return super().step(closure)

    told = script(ex.wrong_order).replace("torch.optim.SGD", "SGD")
    names = dict(SGD=SGD, StepLR=family.StepLR, model=model, five_batches=[(torch.ones(1, 1), torch.ones(1, 1))] * 5,
                 loss=lambda model, x, y: ((model(x) - y) ** 2).mean())
    with pytest.warns(UserWarning, match=r"optimizer.step\(\)") as caught:
        exec(told, names)
    assert used == ex.used_rates() and len(caught) == 1
    used.clear()
    exec(told.replace("    scheduler.step()\n    optimizer.step()", "    optimizer.step()\n    scheduler.step()"), names)
    assert used == ex.the_right_order()


def sessions(tmp_path, make, more=""):
    """The rates of the second session of the script, with this scheduler; more: lines before its training."""
    used = []

    def train(model, optimizer, scheduler, updates):
        used.clear()
        for _ in range(updates):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()

    kept = {}
    told = script(ex.forgotten_state).replace('"optimizer.pt"', "path")
    told = told.replace("train(model, optimizer, scheduler, updates=3)",
                        "train(model, optimizer, scheduler, updates=3); kept.update(scheduler.state_dict())")
    told = told.replace("train(model, optimizer, scheduler, updates=4)", more + "train(model, optimizer, scheduler, updates=4)")
    exec(told, dict(torch=torch, SGD=torch.optim.SGD, StepLR=make, model=torch.nn.Linear(1, 1), train=train, kept=kept,
                    path=tmp_path / "optimizer.pt"))
    return used


@pytest.mark.parametrize("family", [theirs, scratch, lrlearn.pytorch], ids=lambda m: m.__name__)
def test_the_script_that_forgets_uses_these_rates(tmp_path, family):
    assert sessions(tmp_path, family.StepLR) == ex.rates_after_the_break()
    assert sessions(tmp_path, family.StepLR, "scheduler.load_state_dict(kept); ") == ex.as_if_nothing_happened()
    lambda_lr = lambda optimizer, step_size, gamma: family.LambdaLR(optimizer, lambda t: gamma ** (t // step_size))
    assert sessions(tmp_path, lambda_lr) == ex.closed_form()


# -- what the chapter says and does not show ------------------------------------------------------

@pytest.mark.parametrize("make, wrong", [
    (lambda opt: theirs.LinearLR(opt, 0.1, 1.0, 10), True), (lambda opt: theirs.ConstantLR(opt, 0.5, 10), True),
    (lambda opt: theirs.StepLR(opt, 3, 0.5), False), (lambda opt: theirs.CosineAnnealingLR(opt, 30), False),
])
def test_built_after_the_rates_were_loaded_some_schedulers_stay_wrong(make, wrong):
    def run(late):
        old = sgd(0.1)
        scheduler = make(old)
        for _ in range(4):
            old.step()
            scheduler.step()
        new = sgd(0.1)
        again = None if late else make(new)
        new.load_state_dict(old.state_dict())
        again = again or make(new)
        again.load_state_dict(scheduler.state_dict())
        used = []
        for _ in range(20):
            used.append(new.param_groups[0]["lr"])
            new.step()
            again.step()
        return used

    right, late = run(late=False), run(late=True)
    assert all(abs(a - b) > 1e-3 for a, b in zip(right, late)) if wrong else right == pytest.approx(late, rel=1e-12)


def test_a_first_update_that_mixed_precision_skips_is_a_false_alarm():
    weight = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    scheduler, scaler = theirs.StepLR(optimizer, 1), torch.amp.GradScaler("cpu")
    scaler.scale((weight * torch.inf).sum()).backward()
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        scaler.step(optimizer)
        scaler.update()
        scheduler.step()
    assert weight.item() == 1.0


def test_attributes_come_before_the_parent_s_constructor():
    class Late(theirs.LRScheduler):
        get_lr = ex.inverse_time_lr

        def __init__(self, optimizer, k):
            super().__init__(optimizer)
            self.k = k

    with pytest.raises(AttributeError, match="'k'"):
        Late(sgd(0.1), k=0.5)


def test_the_plateau_multiplies_what_it_finds():
    optimizer = sgd(0.1)
    scheduler = theirs.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    optimizer.param_groups[0]["lr"] = 0.08
    for _ in range(2):
        scheduler.step(1.0)
    assert optimizer.param_groups[0]["lr"] == 0.04


# -- answers as readers write them ----------------------------------------------------------------

def own(self):
    return [group["lr"] for group in self.optimizer.param_groups]


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda self: [b / (1 + self.k * self.last_epoch) for b in self.base_lrs], "right", None),
    (lambda self: tuple(b / (1 + self.k * self.last_epoch) for b in self.base_lrs), "right", None),
    (lambda self: (b / (1 + self.k * self.last_epoch) for b in self.base_lrs), "right", None),
    (lambda self: [g["initial_lr"] / (1 + self.k * self.last_epoch) for g in self.optimizer.param_groups], "right", None),
    (lambda self: self.base_lrs[0] / (1 + self.k * self.last_epoch), "not yet", "a number"),
    (lambda self: 1 / (1 + self.k * self.last_epoch), "not yet", "a number"),
    (lambda self: [1 / (1 + self.k * self.last_epoch)] * len(self.base_lrs), "not yet", "the factor"),
    (lambda self: [lr / (1 + self.k * self.last_epoch) for lr in own(self)], "not yet", "compounded"),
    (lambda self: [b / (1 + self.k * self._step_count) for b in self.base_lrs], "not yet", "one ahead"),
    (lambda self: [b / (1 + self.k) ** self.last_epoch for b in self.base_lrs], "not yet", "exponential"),
    (own, "not yet", "stands still"),
    (lambda self: [self.base_lrs[0] / (1 + self.k * self.last_epoch)] * len(self.base_lrs), "not yet", "first group for all"),
])
def test_typical_subclasses(answer, state, mistake):
    outcome = ex.subclass.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def by_sines(base_lrs, self):
    t, W, T = self.last_epoch, self.warmup_epochs, self.max_epochs
    if t < W:
        return base_lrs * (t + 1) / W
    return self.eta_min + (base_lrs - self.eta_min) * math.sin(pi * max(T - t, 0) / (T - W) / 2) ** 2


def in_proportion(array, self):
    rates, starts, t = array(own(self)), array(self.base_lrs), self.last_epoch
    return rates if self._is_initial else rates * self.formula(t, starts) / self.formula(t - 1, starts)


@pytest.mark.parametrize("array", [np.array, torch.tensor, lambda lrs: torch.tensor(lrs, dtype=torch.float64)])
def test_a_get_lr_may_give_an_array(array):
    assert ex.subclass.check(lambda self: array(self.base_lrs) / (1 + self.k * self.last_epoch)).state == "right"
    assert ex.find_the_bugs.check(lambda self: by_sines(array(self.base_lrs), self)).state == "right"
    assert ex.follower.check(lambda self: in_proportion(array, self)).state == "right"
    assert ex.subclass.check(lambda self: array(self.base_lrs)[0] / (1 + self.k * self.last_epoch)).mistake == "a number"


@pytest.mark.parametrize("answer, told", [
    (lambda self: [self.base_lrs[0] / (1 + self.k * self.last_epoch)], "stops with `ValueError: zip() argument 2 is shorter"),
    (lambda self: [b / (1 + self.gamma * self.last_epoch) for b in self.base_lrs], "has no attribute 'gamma'"),
    (lambda self: print(end=""), "TypeError: 'NoneType' object is not iterable"),
])
def test_a_subclass_that_stops_says_how(answer, told):
    outcome = ex.subclass.check(answer)
    assert outcome.state == "not yet" and told in outcome.text and "`inverse_time_lr(self: base_lrs=[" in outcome.text


@pytest.mark.parametrize("answer, state, mistake", [
    ([0.8, 0.4, 0.4, 0.2, 0.2], "right", None), ((0.8, 0.4, 0.4, 0.2, 0.2), "right", None),
    ([0.8, 0.8, 0.4, 0.4, 0.2], "not yet", "the right order"), ([0.4, 0.4, 0.2, 0.2, 0.1], "not yet", "the first rate skipped whole"),
    ([0.8, 0.4, 0.2, 0.1, 0.05], "not yet", "a cut at every step"), ([0.8, 0.4], "not yet", None), (0.8, "not yet", None),
])
def test_typical_lists(answer, state, mistake):
    outcome = ex.wrong_order.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda t, b, e, T: (b - (b - e) * min(t / T, 1)) / b, "right", None),
    (lambda t, b, e, T: max(1 - (1 - e / b) * t / T, e / b), "right", None),
    (lambda t, b, e, T: 1 - t / T, "not yet", "no floor"),
    (lambda t, b, e, T: max(0, 1 - t / T), "not yet", "no floor"),
    (lambda t, b, e, T: b - (b - e) * min(t / T, 1), "not yet", "the rate"),
    (lambda t, b, e, T: e + (1 - e) * (1 - min(t / T, 1)), "not yet", "floor as a factor"),
    (lambda t, b, e, T: max(1 - t / T, e / b), "not yet", "cut off"),
    (lambda t, b, e, T: 1 - (1 - e / b) * t / T, "not yet", "below zero"),
])
def test_typical_factors(answer, state, mistake):
    outcome = ex.a_factor.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def warm(first, wave):
    """A get_lr from a ramp (t, W) -> factor and a wave's time (t, T) -> t."""
    def get_lr(self):
        t, W, T, low = self.last_epoch, self.warmup_epochs, self.max_epochs, self.eta_min
        if t < W:
            return [b * first(t, W) for b in self.base_lrs]
        return [low + (b - low) * (1 + cos(pi * (wave(t, T) - W) / (T - W))) / 2 for b in self.base_lrs]
    return get_lr


@pytest.mark.parametrize("answer, state, mistake", [
    (ex.as_found, "not started yet", None),
    (warm(lambda t, W: (t + 1) / W, min), "right", None),
    (warm(lambda t, W: (t + 1) / W, lambda t, T: t), "not yet", "rises again"),
    (warm(lambda t, W: t / W, min), "not yet", "wastes an epoch"),
    (warm(lambda t, W: (t + 1) / (W + 1), min), "not yet", "touches neither end"),
])
def test_typical_mends(answer, state, mistake):
    outcome = ex.find_the_bugs.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    ([0.4, 0.4, 0.2, 0.2], "right", None), ([0.4, 0.2, 0.2, 0.1], "not yet", "as if nothing happened"),
    ([0.8, 0.8, 0.4, 0.4], "not yet", "from the start"), ([0.4, 0.8, 0.4, 0.4], "not yet", "closed form"),
])
def test_typical_rates_after_a_break(answer, state, mistake):
    outcome = ex.forgotten_state.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def by_shares(self):
    """The formula is in proportion to its base, so one share serves all groups."""
    if self._is_initial:
        return own(self)
    growth = self.formula(self.last_epoch, 1.0) / self.formula(self.last_epoch - 1, 1.0)
    return [lr * growth for lr in own(self)]


def by_the_step_count(self):
    """Torch's other way to know the constructor's step."""
    if self._step_count == 1:
        return own(self)
    return ex.follower_lr(self)


@pytest.mark.parametrize("answer, state, mistake", [
    (by_shares, "right", None), (by_the_step_count, "right", None),
    (lambda self: [self.formula(self.last_epoch, b) for b in self.base_lrs], "not yet", "ignores the edit"),
    (lambda self: own(self), "not yet", None),
])
def test_typical_followers(answer, state, mistake):
    outcome = ex.follower.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_no_exercise_needs_the_order_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for exercise in (ex.subclass, ex.find_the_bugs, ex.follower):
            assert exercise.check(exercise.model).state == "right"


def test_six_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["subclass", "wrong_order", "a_factor", "find_the_bugs", "forgotten_state", "follower"]
