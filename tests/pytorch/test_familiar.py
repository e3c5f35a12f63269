"""The familiar names do what torch's do, in every place; and their numbers are their formulas'."""
import inspect
import math
from functools import partial

import mpmath
import numpy as np
import pytest
import states
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim import lr_scheduler as theirs

import lrlearn.pytorch as ours
from lrlearn import (constant, cosine, cosine_restarts, exp_range, exponential_decay, linear, multistep_decay, one_cycle,
                     one_cycle_momentum, polynomial, step_decay, triangular, triangular2)
from tests.pytorch import driving
from tests.pytorch.driving import (CLOSE, FLOAT32, NAMES, PERIODS, Scene, drawn, every_name, length_of,
                                   misses, optimizer_of, rates, used)


@every_name
def test_the_constructor_is_torchs(name):
    def arguments(cls):
        return [(p.name, p.kind, p.default) for p in inspect.signature(cls).parameters.values()]

    assert arguments(getattr(ours, name)) == arguments(getattr(theirs, name))
    assert getattr(ours, name) is not getattr(theirs, name) and issubclass(getattr(ours, name), theirs.LRScheduler)


def test_the_base_class_is_torchs_own():
    assert ours.LRScheduler is theirs.LRScheduler


@every_name
def test_every_fixed_scene_is_torchs(name):
    worst, scene = driving.difference(**{name: getattr(ours, name)})
    assert worst <= 1, scene


def holds(scene):
    assert misses(scene) <= 1


@every_name
@settings(max_examples=40)
@given(data=st.data(), lrs=st.lists(st.floats(1e-8, 1e3), min_size=1, max_size=3), kind=st.sampled_from(["SGD", "Adam"]))
def test_alone_it_is_torchs(name, data, lrs, kind):
    call = data.draw(drawn(name))
    close = PERIODS if name == "CosineAnnealingLR" else CLOSE
    holds(Scene([call], length_of(call), close, tuple(lrs), kind))


@every_name
@settings(max_examples=20)
@given(data=st.data(), edits=st.dictionaries(st.integers(0, 59), st.floats(0.1, 3.0), max_size=3))
def test_a_rate_edited_by_hand_moves_on_as_in_torch(name, data, edits):
    call = data.draw(drawn(name))
    holds(Scene([call], length_of(call), PERIODS, (0.1, 0.03), edits=edits))


@every_name
@settings(max_examples=20)
@given(data=st.data(), lrs=st.lists(st.floats(1e-3, 10.0), min_size=1, max_size=2),
       edits=st.dictionaries(st.integers(0, 59), st.floats(0.1, 3.0), max_size=1))
def test_tensor_rates_are_torchs(name, data, lrs, edits):
    call = data.draw(drawn(name))
    holds(Scene([call], length_of(call), FLOAT32, tuple(lrs), dtype=torch.float32, edits=edits))
    holds(Scene([call], length_of(call), PERIODS, tuple(lrs), dtype=torch.float64, edits=edits))


@every_name
@settings(max_examples=20)
@given(data=st.data(), other=st.sampled_from(NAMES), milestone=st.integers(1, 30))
def test_two_on_one_optimizer_in_chains_and_in_sequences_are_torchs(name, data, other, milestone):
    call, beside = data.draw(drawn(name)), data.draw(drawn(other))
    steps = min(length_of(call), length_of(beside))
    for first, second in ((call, beside), (beside, call)):
        if first.startswith("OneCycleLR") and second.startswith("CyclicLR"):
            continue                                    # seam: torch's CyclicLR begins where the other began
        holds(Scene([first, second], steps, PERIODS))
        holds(Scene([f"ChainedScheduler([{first}, {second}])"], steps, PERIODS))
        holds(Scene([f"SequentialLR(o, [{first}, {second}], [{milestone}])"], steps, PERIODS))


@every_name
@settings(max_examples=20)
@given(data=st.data(), whole=st.booleans())
def test_step_to_an_epoch_is_torchs(name, data, whole):
    call = data.draw(drawn(name).filter(lambda call: "T_mult=3" not in call))           # seam: wrong restarts
    last = length_of(call, 200)
    epochs = st.none() | st.integers(0, last) if whole else st.floats(0, last).map(lambda epoch: round(epoch, 1))
    if name == "OneCycleLR" and whole:
        epochs = st.integers(0, last)                   # steps from there might pass the end
    holds(Scene([call], close=PERIODS, epochs=tuple(data.draw(st.lists(epochs, min_size=1, max_size=20)))))


@every_name
@settings(max_examples=20)
@given(data=st.data(), at=st.integers(0, 40), lr=st.floats(1e-3, 10.0))
def test_saved_and_resumed_it_is_torchs(name, data, at, lr):
    call = data.draw(drawn(name))
    length = length_of(call)
    holds(Scene([call], length, PERIODS, (lr,), resume=(min(at, length - 1), "state")))


@pytest.mark.parametrize("call", [
    "CyclicLR(o, [0.1, 0.0], [0.5, 0.7], 6, base_momentum=[0.5, 0.8], max_momentum=(0.9, 0.95))",
    "OneCycleLR(o, [1.0, 0.2], 61, base_momentum=[0.5, 0.8], max_momentum=(0.9, 0.95))",
    "LambdaLR(o, [lambda t: 0.9 ** t, lambda t: 1 / (1 + t)])", "MultiplicativeLR(o, (lambda t: 0.9, lambda t: 1.0))",
])
@pytest.mark.parametrize("kind", driving.KINDS)
def test_lists_give_each_group_its_own(call, kind):
    holds(Scene([call], lrs=(0.1, 0.02), kind=kind))
    holds(Scene([call], lrs=(0.1, 0.02), kind=kind, dtype=torch.float64))


@pytest.mark.parametrize("call", [
    "StepLR(o, np.int64(4), np.float64(0.5))", "MultiStepLR(o, np.array([4, 9]), torch.tensor(0.5))",
    "MultiStepLR(o, {4, 9})", "MultiStepLR(o, (n for n in (9, 4, 4)))", "LambdaLR(o, lambda t: np.float64(0.9) ** t)",
    "LambdaLR(o, lambda t: torch.tensor(0.5))", "LambdaLR(o, lambda t: t > 5)", "LambdaLR(o, lambda t: 2)",
])
def test_numbers_of_other_libraries_are_taken_and_become_plain(call):
    def run(side):
        optimizer = optimizer_of()
        scheduler = eval(call, {**{name: getattr(side, name) for name in NAMES}, "o": optimizer, "torch": torch, "np": np})
        return used(optimizer, scheduler, 20), scheduler

    mine, scheduler = run(ours)
    assert np.allclose(mine, run(theirs)[0], rtol=1e-6, atol=0)
    assert all(type(lr) in (int, float) for lr in scheduler.get_last_lr() + scheduler.base_lrs)
    states.through_torch(scheduler.state_dict())


@pytest.mark.parametrize("call, wanted", [
    ("LinearLR(o)", [1 / 3 + 2 / 15 * min(t, 5) for t in range(9)]), ("ConstantLR(o)", [1 / 3] * 5 + [1.0] * 4),
    ("PolynomialLR(o)", [1 - min(t, 5) / 5 for t in range(9)]), ("StepLR(o, 4)", [0.1 ** (t // 4) for t in range(9)]),
    ("MultiStepLR(o, [2, 2, 5])", [1, 1] + [0.01] * 3 + [0.001] * 4),
    ("CosineAnnealingLR(o, 4)", [(1 + math.cos(math.pi * t / 4)) / 2 for t in range(9)]),
    ("CosineAnnealingWarmRestarts(o, 4)", [(1 + math.cos(math.pi * (t % 4) / 4)) / 2 for t in range(9)]),
    ("OneCycleLR(o, 1.0, 10)", [0.04, 0.52, 1.0]), ("CyclicLR(o, 1.0, 3.0)", [1 + t / 1000 for t in range(9)]),
], ids=str)
def test_the_defaults_do_what_they_say(call, wanted):
    optimizer = optimizer_of([1.0])
    found = used(optimizer, driving.made([call], ours, optimizer)[0], len(wanted))
    assert found == pytest.approx(wanted, rel=1e-12, abs=1e-15)


def test_one_cycle_ends_where_its_final_factor_says():
    optimizer = optimizer_of()
    scheduler = ours.OneCycleLR(optimizer, 1.0, 10)
    assert used(optimizer, scheduler, 10)[9] == pytest.approx(1 / 25 / 1e4, rel=1e-9)
    assert optimizer.param_groups[0]["min_lr"] == 1 / 25 / 1e4 and optimizer.param_groups[0]["momentum"] == 0.95


def test_tensors_for_the_ends_of_a_cycle_are_taken_and_become_plain():
    double = partial(torch.tensor, dtype=torch.float64)
    for ends, plain in (((double(0.1), [double(0.5)], 6), (0.1, 0.5, 6)), ((double(1.0), 61), (1.0, 61))):
        cls, found = ours.CyclicLR if len(ends) == 3 else ours.OneCycleLR, []
        for arguments in (ends, plain):
            optimizer = optimizer_of()
            scheduler = cls(optimizer, *arguments, base_momentum=double(0.5))
            found.append((used(optimizer, scheduler, 20), optimizer.state_dict()["param_groups"], scheduler.state_dict()))
        assert found[0] == found[1]         # torch's CyclicLR writes the rates into the tensor that holds its base_lr


# ------------------------------------------------------------------------------------------ numbers come from the formulas

FORMULAS = {
    "StepLR": ("o, 7, 0.3", lambda t, lr: step_decay(t, lr, 7, 0.3)),
    "MultiStepLR": ("o, [3, 9, 9], 0.3", lambda t, lr: multistep_decay(t, lr, [3, 9, 9], 0.3)),
    "ConstantLR": ("o, 0.3, 9", lambda t, lr: constant(t, lr, 0.3, 9)),
    "LinearLR": ("o, 0.3, 0.7, 9", lambda t, lr: linear(t, lr, 9, 0.3, 0.7)),
    "ExponentialLR": ("o, 0.93", lambda t, lr: exponential_decay(t, lr, 0.93)),
    "PolynomialLR": ("o, 33, 1.7", lambda t, lr: polynomial(t, lr, 33, 1.7)),
    "CosineAnnealingLR": ("o, 50, 0.013", lambda t, lr: cosine(t, lr, 50, 0.013)),
    "CosineAnnealingWarmRestarts": ("o, 7, 2, 0.013", lambda t, lr: cosine_restarts(t, lr, 7, 2, 0.013)),
    "LambdaLR": ("o, lambda t: 0.93 ** t", lambda t, lr: lr * 0.93 ** t),
}


@pytest.mark.parametrize("name", FORMULAS)
@settings(max_examples=30)
@given(lrs=st.lists(st.floats(1e-8, 1e3), min_size=1, max_size=4))
def test_alone_it_is_its_formula_bit_for_bit(name, lrs):
    arguments, formula = FORMULAS[name]
    optimizer = optimizer_of(lrs)
    scheduler = driving.made([f"{name}({arguments})"], ours, optimizer)[0]
    for t in range(50):
        assert rates(optimizer) == [formula(t, lr) for lr in lrs] == scheduler.get_last_lr()
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("mode, formula", [
    ("triangular", lambda t, top, low: triangular(t, top, 7, 4, low)),
    ("triangular2", lambda t, top, low: triangular2(t, top, 7, 4, low)),
    ("exp_range", lambda t, top, low: exp_range(t, top, 7, 0.9, 4, low)),
])
def test_cyclic_is_its_formulas_upside_down_for_momentum(mode, formula):
    optimizer = optimizer_of([5.0, 7.0])
    scheduler = ours.CyclicLR(optimizer, [0.1, 0.0], 0.7, 7, 4, mode, 0.9)
    for t in range(60):
        wanted = [(formula(t, 0.7, low), formula(t, 0.8, 0.9)) for low in (0.1, 0.0)]
        assert np.allclose(driving.ask(optimizer), wanted, rtol=4e-16, atol=0)
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("three_phase", [False, True])
@pytest.mark.parametrize("way", ["cos", "linear"])
def test_one_cycle_is_its_two_formulas(way, three_phase):
    optimizer = optimizer_of([5.0, 7.0], kind="Adam")
    scheduler = ours.OneCycleLR(optimizer, [0.7, 0.3], 50, anneal_strategy=way, three_phase=three_phase)
    for t in range(60):
        momentum = one_cycle_momentum(t, 0.95, 0.85, 50, anneal_strategy=way, three_phase=three_phase)
        wanted = [(one_cycle(t, top, 50, anneal_strategy=way, three_phase=three_phase), momentum) for top in (0.7, 0.3)]
        assert np.allclose(driving.ask(optimizer), wanted, rtol=0, atol=3e-16)
        optimizer.step()
        scheduler.step()


def exactly(text):
    """The curves again in 50 digits, for a rate of 1."""
    m = mpmath.mpf
    wave = lambda x: (1 + mpmath.cospi(x)) / 2          # noqa: E731
    hat = lambda t, n: 1 - abs(1 - m(t % (2 * n)) / n)  # noqa: E731
    return {
        "StepLR(o, 1000, 0.99)": lambda t: m(0.99) ** (t // 1000),
        "MultiStepLR(o, [3000, 500000], 0.7)": lambda t: m(0.7) ** ((t >= 3000) + (t >= 500000)),
        "ConstantLR(o, 0.3, 5000)": lambda t: m(0.3) if t < 5000 else m(1),
        "LinearLR(o, 0.1, 0.9, 999999)": lambda t: m(0.1) + (m(0.9) - m(0.1)) * min(t, 999999) / 999999,
        "ExponentialLR(o, 0.99999)": lambda t: m(0.99999) ** t,
        "PolynomialLR(o, 999999, 2.0)": lambda t: (1 - m(min(t, 999999)) / 999999) ** 2,
        "CosineAnnealingLR(o, 1000)": lambda t: wave(m(t) / 1000),
        "CosineAnnealingLR(o, 1000000, 0.001)": lambda t: m(0.001) + (1 - m(0.001)) * wave(m(t) / 1000000),
        "CosineAnnealingWarmRestarts(o, 777)": lambda t: wave(m(t % 777) / 777),
        "LambdaLR(o, lambda t: 1 / (1 + t))": lambda t: 1 / (1 + m(t)),
        "CyclicLR(o, 0.0, 1.0, 777)": lambda t: hat(t, 777),
        "CyclicLR(o, 0.0, 1.0, 777, mode='exp_range', gamma=0.99999)": lambda t: hat(t, 777) * m(0.99999) ** t,
        "OneCycleLR(o, 1.0, 1000001, pct_start=0.25)": lambda t: one_cycle_exactly(t, wave),
    }[text]


def one_cycle_exactly(t, wave):
    m = mpmath.mpf
    start, end, top, last = m(1) / 25, m(1) / 25 / 10000, m(0.25) * 1000001 - 1, m(1000000)
    t = min(t, last)
    if t <= top:
        return 1 + (start - 1) * wave(t / top)
    return end + (1 - end) * wave((t - top) / (last - top))


EXACTLY = [
    "StepLR(o, 1000, 0.99)", "MultiStepLR(o, [3000, 500000], 0.7)", "ConstantLR(o, 0.3, 5000)", "LinearLR(o, 0.1, 0.9, 999999)",
    "ExponentialLR(o, 0.99999)", "PolynomialLR(o, 999999, 2.0)", "CosineAnnealingLR(o, 1000)",
    "CosineAnnealingLR(o, 1000000, 0.001)",
    "CosineAnnealingWarmRestarts(o, 777)", "LambdaLR(o, lambda t: 1 / (1 + t))", "CyclicLR(o, 0.0, 1.0, 777)",
    "CyclicLR(o, 0.0, 1.0, 777, mode='exp_range', gamma=0.99999)", "OneCycleLR(o, 1.0, 1000001, pct_start=0.25)",
]


@pytest.mark.parametrize("dtype, close", [(None, 3e-16), (torch.float32, 1e-7)], ids=["number", "float32"])
@pytest.mark.parametrize("call", EXACTLY)
@pytest.mark.filterwarnings("ignore:The epoch parameter")
def test_alone_it_is_exact_to_the_last_digit(call, dtype, close):
    optimizer, wanted = optimizer_of([1.0], dtype), exactly(call)
    scheduler = driving.made([call], ours, optimizer)[0]
    optimizer.step()
    with mpmath.workdps(50):
        for start in (0, 2990, 123_456, 499_990, 999_980):              # stretches of plain steps, far apart
            if start:
                scheduler.step(start)
            for _ in range(30):
                assert abs(wanted(scheduler.last_epoch) - rates(optimizer)[0]) <= close, scheduler.last_epoch
                scheduler.step()


def test_a_follower_follows_where_its_own_share_is_too_small_for_a_float():
    optimizer = optimizer_of()
    chain = theirs.ChainedScheduler([ours.LambdaLR(optimizer, lambda t: 1.0), ours.ExponentialLR(optimizer, 0.5)])
    assert set(used(optimizer, chain, 1200)[1:]) == {0.05}
