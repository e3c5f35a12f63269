"""What CosineAnnealingLR alone has: a floor, a trough, and the way back up. The rest is in test_familiar.py."""
import copy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler as theirs

from lrlearn import cosine
from lrlearn.pytorch import CosineAnnealingLR, familiar

CLOSE, PERIODS = 1e-11, 1e-9                            # of the largest rate: before T_max, over several periods

rates = st.floats(1e-4, 10.0)
floors = st.just(0.0) | st.floats(1e-5, 1.0)
horizons = st.integers(1, 60)


def optimizer_of(lrs, kind=torch.optim.SGD, dtype=None, **more):
    """An optimizer with one param group for each rate; dtype makes the rates tensors."""
    lrs = [torch.tensor(lr, dtype=dtype) if dtype else lr for lr in lrs]
    return kind([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs], **more)


def ask(optimizer):
    return [float(group["lr"]) for group in optimizer.param_groups]


def drive(build, cls, steps, lrs=(0.1,), edits=None, **kind):
    """The rates that each update uses, when build(optimizer, cls) makes the schedulers, all stepped after each update.

    edits: update -> what the rates are multiplied by, by hand, just after it
    """
    optimizer = optimizer_of(lrs, **kind)
    schedulers, used = build(optimizer, cls), []
    for t in range(steps):
        used.append(ask(optimizer))
        optimizer.step()
        for group in optimizer.param_groups if t in (edits or {}) else ():
            group["lr"] = group["lr"] * edits[t]
        for scheduler in schedulers:
            scheduler.step()
    return used


def differ(ours, wanted):
    """The largest difference, as a fraction of the largest rate."""
    pairs = [(a, b) for row, other in zip(ours, wanted, strict=True) for a, b in zip(row, other, strict=True)]
    return max(abs(a - b) for a, b in pairs) / max(abs(b) for _, b in pairs)


def alike(build, steps, close, cls=CosineAnnealingLR, **setting):
    """Assert that cls and torch's class, put into the same place, give the same rates."""
    wanted = drive(build, theirs.CosineAnnealingLR, steps, **setting)
    assert differ(drive(build, cls, steps, **setting), wanted) <= close


def alone(T_max, eta_min=0.0):
    return lambda optimizer, cls: [cls(optimizer, T_max, eta_min)]


# ------------------------------------------------------------------------------------------ the same rates as torch

def test_it_is_a_scheduler_of_torch():
    scheduler = CosineAnnealingLR(optimizer_of([0.1]), 10)
    assert isinstance(scheduler, theirs.LRScheduler)
    assert [scheduler.T_max, scheduler.eta_min, scheduler.base_lrs, scheduler.last_epoch] == [10, 0.0, [0.1], 0]


@given(rates, horizons, floors)
def test_alone_past_the_end(lr, T_max, eta_min):
    alike(alone(T_max, eta_min), 5 * T_max + 3, PERIODS, lrs=[lr])


@given(rates, st.integers(1, 300), floors)
def test_alone_it_is_its_formula_bit_for_bit(lr, T_max, eta_min):
    used = drive(alone(T_max, eta_min), CosineAnnealingLR, 4 * T_max + 1, lrs=[lr])
    way_down = [[cosine(t, lr, T_max, eta_min)] for t in range(T_max + 1)]
    assert used == 2 * (way_down[:-1] + way_down[:0:-1]) + [way_down[0]]


@given(rates, horizons, floors, st.dictionaries(st.integers(0, 100), st.floats(0.1, 3.0), max_size=3))
def test_a_rate_edited_by_hand(lr, T_max, eta_min, edits):
    alike(alone(T_max, eta_min), 100, PERIODS, lrs=[lr, lr / 2], edits=edits)


@given(st.just(0.0) | rates, st.integers(2, 60), st.integers(1, 50), rates)
def test_a_group_that_starts_on_the_floor_and_is_lifted_by_hand(lr, T_max, when, lifted):
    def drive_lifted(cls):
        optimizer = optimizer_of([lr])
        scheduler, used = cls(optimizer, T_max, eta_min=lr), []
        for t in range(100):
            if t == when:
                optimizer.param_groups[0]["lr"] = lr + lifted
            used.append(ask(optimizer))
            optimizer.step()
            scheduler.step()
        return used

    assert differ(drive_lifted(CosineAnnealingLR), drive_lifted(theirs.CosineAnnealingLR)) <= PERIODS


@given(rates, horizons, horizons, floors, floors)
def test_two_on_one_optimizer(lr, T_max, T_other, eta_min, eta_other):
    alike(lambda o, cls: [cls(o, T_max, eta_min), cls(o, T_other, eta_other)], 80, PERIODS, lrs=[lr])


@given(rates, horizons, floors, st.integers(1, 9), st.floats(0.1, 0.9))
def test_beside_another_scheduler(lr, T_max, eta_min, step_size, gamma):
    alike(lambda o, cls: [theirs.StepLR(o, step_size, gamma), cls(o, T_max, eta_min)], 80, PERIODS, lrs=[lr])
    alike(lambda o, cls: [cls(o, T_max, eta_min), theirs.ExponentialLR(o, gamma)], 80, PERIODS, lrs=[lr])


@given(rates, horizons, horizons, floors, st.integers(1, 30))
def test_in_torchs_sequence(lr, T_max, T_other, eta_min, milestone):
    for build in (lambda o, cls: [theirs.LinearLR(o, total_iters=milestone), cls(o, T_max, eta_min)],
                  lambda o, cls: [cls(o, T_max, eta_min), theirs.ExponentialLR(o, 0.9)],
                  lambda o, cls: [cls(o, T_max, eta_min), cls(o, T_other)]):
        alike(lambda o, cls: [theirs.SequentialLR(o, build(o, cls), [milestone])], 80, PERIODS, lrs=[lr, 0.5 * lr])


@given(rates, horizons, floors,
       st.lists(st.none() | st.integers(0, 200) | st.integers(0, 99).map(lambda n: n + 0.5), min_size=1, max_size=30))
@pytest.mark.filterwarnings("ignore:The epoch parameter")
def test_step_to_an_epoch(lr, T_max, eta_min, epochs):
    def jump(cls):
        optimizer = optimizer_of([lr])
        scheduler, used = cls(optimizer, T_max, eta_min), []
        for epoch in epochs:
            optimizer.step()
            scheduler.step(epoch)
            used.append(ask(optimizer))
        return used

    wanted, ours = jump(theirs.CosineAnnealingLR), jump(CosineAnnealingLR)
    assert max(abs(a - b) for [a], [b] in zip(ours, wanted)) <= PERIODS * max(lr, eta_min)


def test_a_tensor_rate_stays_the_same_tensor_and_keeps_float32s_accuracy():
    optimizer = optimizer_of([0.1], dtype=torch.float32)
    tensor, scheduler = optimizer.param_groups[0]["lr"], CosineAnnealingLR(optimizer, 1000)
    for t in range(1, 5000):
        optimizer.step()
        scheduler.step()
        exact = 0.05 * (1 + torch.cos(torch.tensor(torch.pi * t / 1000, dtype=torch.float64)))
        assert abs(tensor.item() - exact) <= 1e-7 * 0.1     # torch: 2e-6 at the same place
    assert optimizer.param_groups[0]["lr"] is tensor and torch.is_tensor(scheduler.get_last_lr()[0])


@given(rates, st.integers(3, 60), st.floats(0.0, 0.01), st.data())
def test_a_group_added_later_moves_as_in_torch(lr, T_max, eta_min, data):
    when = data.draw(st.integers(0, T_max - 2))

    def unfreeze(cls, steps):
        optimizer = optimizer_of([lr])
        scheduler, used = cls(optimizer, T_max, eta_min), []
        for t in range(steps):
            if t == when:
                optimizer.add_param_group({"params": [torch.zeros(1, requires_grad=True)], "lr": 0.03})
            optimizer.step()
            scheduler.step()
            used.append(ask(optimizer))
        return used

    ours = unfreeze(CosineAnnealingLR, 3 * T_max)
    assert differ(ours[:T_max], unfreeze(theirs.CosineAnnealingLR, T_max)) <= PERIODS
    with pytest.raises(ValueError):                     # seam: one step after the bottom torch has no base_lr for the group
        unfreeze(theirs.CosineAnnealingLR, T_max + 1)
    assert abs(ours[2 * T_max - 1][0] - lr) <= PERIODS * lr     # ours goes on: back on top


def test_get_lr_outside_step_gives_the_rates_in_use():
    optimizer = optimizer_of([0.1])
    scheduler = CosineAnnealingLR(optimizer, 10)
    for _ in range(3):
        optimizer.step()
        scheduler.step()
    assert scheduler.get_lr() == scheduler.get_last_lr() == [cosine(3, 0.1, 10)]
    with pytest.warns(UserWarning, match="get_last_lr"):        # seam: torch answers the rate after next, with a warning
        other = theirs.CosineAnnealingLR(optimizer_of([0.1]), 10)
        assert other.get_lr() != other.get_last_lr()


# ------------------------------------------------------------------------------------------ state

def test_numbers_from_arrays_become_plain():
    scheduler = CosineAnnealingLR(optimizer_of([0.1]), np.int64(10), np.float64(0.01))
    assert (type(scheduler.T_max), type(scheduler.eta_min)) == (int, float)


def test_a_group_added_after_loading_leaves_the_loaded_state_alone():
    optimizer = optimizer_of([0.1])
    scheduler = CosineAnnealingLR(optimizer, 10)
    state = scheduler.state_dict()
    kept = copy.deepcopy(state)
    scheduler.load_state_dict(state)
    optimizer.add_param_group({"params": [torch.zeros(1, requires_grad=True)]})
    optimizer.step()
    scheduler.step()
    assert state == kept and len(scheduler.base_lrs) == 2


@given(rates, horizons, floors, st.integers(1, 60))
def test_last_epoch_takes_up_an_optimizer(lr, T_max, eta_min, k):
    optimizer = optimizer_of([lr])
    straight = CosineAnnealingLR(optimizer, T_max, eta_min)
    for _ in range(k):
        optimizer.step()
        straight.step()
    state = copy.deepcopy(optimizer.state_dict())
    for cls, close in ((CosineAnnealingLR, 0.0), (theirs.CosineAnnealingLR, PERIODS)):
        other = optimizer_of([lr])
        other.load_state_dict(copy.deepcopy(state))
        taken_up = cls(other, T_max, eta_min, k - 1)
        assert taken_up.last_epoch == k and ask(other) == ask(optimizer)
        other.step()
        taken_up.step()
        assert abs(ask(other)[0] - CosineAnnealingLR.formula(straight, k + 1, lr)) <= close * max(lr, eta_min)


# ------------------------------------------------------------------------------------------ wrong arguments

@pytest.mark.parametrize("arguments, sentence", [
    ((0,), "T_max: steps until the bottom, must be >= 1, got 0"),
    ((-3,), "T_max: steps until the bottom, must be >= 1, got -3"),
    ((90.0,), "T_max: steps until the bottom, must be an integer, got 90.0"),       # seam: torch takes it
    ((True,), "T_max: steps until the bottom, must be a number, got True"),
    (("90",), "T_max: steps until the bottom, must be a number, got '90'"),
    ((None,), "T_max: steps until the bottom, must be a number, got None"),
    ((torch.tensor(90.5),), "T_max: steps until the bottom, must be an integer, got 90.5"),
    ((torch.tensor([9, 9]),), "T_max: steps until the bottom, must be a number, got [9, 9]"),
    ((90, -0.1), "eta_min: the learning rate at the bottom, must be >= 0, got -0.1"),
    ((90, float("nan")), "eta_min: the learning rate at the bottom, must be finite, got nan"),
    ((90, float("inf")), "eta_min: the learning rate at the bottom, must be finite, got inf"),
    ((90, "0"), "eta_min: the learning rate at the bottom, must be a number, got '0'"),
    ((90, 0.0, -2), "last_epoch: index of the last finished update, -1 at the start, must be >= -1, got -2"),
    ((90, 0.0, 1.5), "last_epoch: index of the last finished update, -1 at the start, must be an integer, got 1.5"),
    ((90, 0.0, 5), "last_epoch: index of the last finished update, -1 at the start, "
                   "must be -1 for an optimizer that no scheduler has driven, got 5"),
])
def test_a_wrong_argument_is_one_sentence_at_construction(arguments, sentence):
    optimizer = optimizer_of([0.1])
    with pytest.raises(ValueError) as error:
        CosineAnnealingLR(optimizer, *arguments)
    assert str(error.value) == sentence
    assert ask(optimizer) == [0.1] and "initial_lr" not in optimizer.param_groups[0]       # left as it was


# ------------------------------------------------------------------------------------------ planted faults

def battery(cls):
    """The checks above at fixed values, for any class in the place of ours."""
    for lr, T_max, eta_min in ((0.1, 10, 0.0), (0.1, 10, 0.03), (0.1, 10, 1e-10), (2.0, 1, 0.5), (0.05, 37, 1e-3),
                               (1e-5, 300, 1e-7)):
        alike(alone(T_max, eta_min), T_max + 1, CLOSE, cls, lrs=[lr])
        alike(alone(T_max, eta_min), 5 * T_max + 3, PERIODS, cls, lrs=[lr, lr / 3])
        alike(alone(T_max, eta_min), 3 * T_max, PERIODS, cls, lrs=[lr], edits={T_max // 2: 0.5, T_max + 1: 2.0})
        alike(lambda o, c: [c(o, T_max, eta_min), theirs.StepLR(o, 4)], 40, PERIODS, cls, lrs=[lr])
        alike(lambda o, c: [theirs.SequentialLR(o, [theirs.LinearLR(o), c(o, T_max, eta_min)], [5])], 40, PERIODS, cls, lrs=[lr])
    alike(lambda o, c: [c(o, 10)], 25, PERIODS, cls)                                        # defaults
    for before in (3, 10, 13):
        optimizer = optimizer_of([0.1])
        scheduler = theirs.CosineAnnealingLR(optimizer, 10, 0.01)
        for _ in range(before):
            optimizer.step()
            scheduler.step()
        other = optimizer_of([0.1])
        other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
        taken_up = cls(other, 10, 0.01, before - 1)
        assert abs(ask(other)[0] - ask(optimizer)[0]) <= CLOSE
        for s, o in ((scheduler, optimizer), (taken_up, other)):
            o.step()
            s.step()
        assert abs(ask(other)[0] - ask(optimizer)[0]) <= CLOSE


def fault(**changed):
    """Our class with some methods exchanged."""
    return type("Faulty", (CosineAnnealingLR,), changed)


def folded(self, t):
    return self.T_max - abs(self.T_max - t % (2 * self.T_max))


def absolute(self):
    return self.curve(self.last_epoch)


def by_ratio(self):
    before, after = self.curve(self.last_epoch - 1), self.curve(self.last_epoch)
    groups = self.optimizer.param_groups
    moved = [g["lr"] * new / old if old else g["lr"] + new for g, new, old in zip(groups, after, before)]
    return moved if self.last_epoch else ask(self.optimizer)


def resumed_twice(self):
    if self._step_count == 1 and self.last_epoch > 0:
        self._step_count = 2
    return CosineAnnealingLR.get_lr(self)


def default_floor(self, optimizer, T_max, eta_min=1e-3, last_epoch=-1):
    CosineAnnealingLR.__init__(self, optimizer, T_max, eta_min, last_epoch)


def shape(curve):
    """A fault in the formula: curve(folded t, lr, T_max, eta_min, t) takes its place."""
    return dict(formula=lambda self, t, lr: curve(folded(self, t), lr, self.T_max, self.eta_min, t))


FAULTS = {
    "eta_min ignored": shape(lambda x, lr, T, low, t: cosine(x, lr, T)),
    "eta_min as a fraction of base_lr": shape(lambda x, lr, T, low, t: cosine(x, lr, T, low * lr)),
    "held after T_max": shape(lambda x, lr, T, low, t: cosine(t, lr, T, low)),
    "restarted after T_max": shape(lambda x, lr, T, low, t: cosine(t % T, lr, T, low)),
    "one step early": shape(lambda x, lr, T, low, t: cosine(min(x + 1, T), lr, T, low)),
    "one step late": shape(lambda x, lr, T, low, t: cosine(max(x - 1, 0), lr, T, low)),
    "one step too long": shape(lambda x, lr, T, low, t: cosine(x, lr, T + 1, low)),
    "drifts by 1e-5 a step": shape(lambda x, lr, T, low, t: cosine(x, lr, T, low) * (1 - 1e-5) ** t),
    "drifts by 1e-10 a step": shape(lambda x, lr, T, low, t: cosine(x, lr, T, low) * (1 - 1e-10) ** t),
    "no following": dict(get_lr=absolute),
    "follows without the floor": dict(get_lr=by_ratio),
    "resume applied twice": dict(get_lr=resumed_twice),
    "wrong default": dict(__init__=default_floor),
    "dead": dict(get_lr=lambda self: ask(self.optimizer)),
}


def test_the_battery_passes_for_ours():
    battery(CosineAnnealingLR)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_caught(name):
    with pytest.raises(AssertionError):
        battery(fault(**FAULTS[name]))


def test_the_numbers_come_from_the_formula(monkeypatch):
    optimizer = optimizer_of([0.1])
    scheduler = CosineAnnealingLR(optimizer, 10)
    monkeypatch.setattr(familiar, "cosine", lambda t, base_lr, T_max, eta_min=0.0: base_lr / 2 if t else base_lr)
    optimizer.step()
    scheduler.step()
    assert ask(optimizer) == [0.05]
