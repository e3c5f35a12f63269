"""lrlearn/peers.json is what the frameworks answer today."""
import json
import os
import re
import sys
from math import cos, pi
from pathlib import Path

import pytest

import lrlearn
from lrlearn import (Schedule, constant, cosine, cosine_restarts, curve, exponential_decay, inverse_sqrt, inverse_time_decay,
                     linear, multistep_decay, one_cycle, polynomial, step_decay, triangular, warmup, wsd)
from lrlearn.peers import peers
from lrlearn.schedules.rarer.decays import k_decay_polynomial
from lrlearn.schedules.rarer.laws import power_law
from lrlearn.schedules.rarer.phases import linear_one_cycle
from lrlearn.schedules.rarer.points import piecewise_cosine
from lrlearn.schedules.rarer.wrappers import repeat, staircase
import tests.peers.__main__
from tests.peers import INTENTS, STEPS, computed, from_keras, from_timm, from_torch
from tests.peers.__main__ import write

CLOSE = 2e-6                                            # the file has six digits, optax and Keras compute in float32


def same(rates, wanted):
    """Equal in length, in what is refused, and in numbers."""
    return len(rates) == len(wanted) and all(
        a is b is None or None not in (a, b) and abs(a - b) <= CLOSE for a, b in zip(rates, wanted))


@pytest.mark.parametrize("name", INTENTS)
def test_the_file_holds_what_the_frameworks_answer(name):
    kept, now = peers(name), computed(name)
    assert list(kept) == list(now["rows"])
    for row, entry in now["rows"].items():
        assert same(kept[row], entry["rates"]), f"{row} answers otherwise: python -m tests.peers writes the file anew"
        assert (kept[row].call, kept[row].version) == (entry["call"], entry["version"])


def test_the_comparison_can_fail():
    assert same([1.0, None], [1.0, None])
    assert not any(same([1.0, 0.5], other) for other in ([1.0], [1.0, None], [1.0, 0.50001], [1.0, 0.5, 0.0]))


def up(schedule, steps, start=0.0):
    """The schedule behind a warm-up; unlike a Schedule it takes any function."""
    return lambda t: warmup(t, 1.0, schedule, steps, start)


def over(schedule):
    """A warm-up of 3 updates laid over the beginning of the schedule."""
    return lambda t: t / 3 if t < 3 else schedule(t)


def wave(T):
    """A cosine that does not stop at its bottom."""
    return lambda t, base_lr=1.0: base_lr * (1 + cos(pi * t / T)) / 2


def points(milestones, values):
    """Cosines from point to point, where a point may lie between two updates."""
    return lambda t: piecewise_cosine(t, 1.0, milestones, values)


def ends(schedule):
    """What comes after update 9 is refused."""
    return lambda t: schedule(t) if t < 10 else None


def leaves(schedule, past):
    """OneCycleLR: one update past the end it takes a rate that nobody asked for, then it refuses."""
    return lambda t: {10: past}.get(t, ends(schedule)(t))


S = Schedule
LINE, ARC, DOWN = S(linear, total_iters=10), S(cosine, T_max=10), S(step_decay, step_size=5)
INVERSE = S(inverse_time_decay, decay_rate=1.0, decay_steps=5)
ROOT = S(warmup, schedule=S(inverse_sqrt, timescale=3), warmup_steps=3)
WSD = S(wsd, total_steps=10, decay_steps=3, warmup_steps=2)
ONE, STRAIGHT = S(one_cycle, total_steps=10), S(one_cycle, total_steps=10, anneal_strategy="linear")

# Intent -> (our schedule, {row: (the update from which the framework departs from it, what it does instead)}).
# A row that is not named here is ours for all 15 updates.
DEPARTURES = {
    "step": (DOWN, {
        "Keras PiecewiseConstantDecay, [5, 10]": (5, S(multistep_decay, milestones=[6, 11])),
        "timm StepLRScheduler": (5, S(constant)),
        "timm MultiStepLRScheduler, decay_rate=0.1": (4, S(multistep_decay, milestones=[4, 9])),
    }),
    "exponential": (S(exponential_decay, gamma=0.5 ** (1 / 5)), {
        "PyTorch ExponentialLR, gamma=0.5": (1, S(exponential_decay, gamma=0.5)),
        "Keras ExponentialDecay, staircase": (1, S(step_decay, step_size=5, gamma=0.5)),
    }),
    "inverse_time": (INVERSE, {
        "Keras InverseTimeDecay, staircase": (1, S(staircase, schedule=INVERSE, step_size=5)),
        "timm WSDLRScheduler, power": (1, S(power_law, timescale=5, power=0.5)),
    }),
    "linear": (LINE, {
        "PyTorch LambdaLR": (11, lambda t: 1 - t / 10),
        "Keras PolynomialDecay": (1, S(polynomial, total_iters=10, eta_min=1e-4)),
        "timm PolyLRScheduler": (1, S(polynomial, total_iters=10, power=0.5)),
        "fastai SchedLin": (10, ends(LINE)),
        "Ignite LinearCyclicalScheduler, monotonic": (10, S(repeat, schedule=LINE, T_0=10)),
    }),
    "polynomial": (S(polynomial, total_iters=10, power=2.0), {
        "Keras PolynomialDecay": (1, S(polynomial, total_iters=10, power=2.0, eta_min=1e-4)),
        "fastai SchedPoly": (1, ends(S(k_decay_polynomial, total_steps=10, k=2.0))),
    }),
    "cosine": (ARC, {
        "PyTorch CosineAnnealingLR": (11, wave(10)),
        "transformers get_cosine_schedule_with_warmup": (11, wave(10)),
    }),
    "warmup": (S(warmup, schedule=S(constant), warmup_steps=3), {
        "PyTorch LinearLR": (0, up(S(constant), 3, 1 / 3)),
        "PyTorch SequentialLR, ConstantLR": (
            0, lambda t: linear(t, 1.0, 3, 1 / 3, 1.0) if t < 3 else constant(t - 3, 1.0, 1 / 3, 5)),
        "PyTorch LambdaLR, t + 1": (0, up(S(constant), 2, 1 / 3)),
        "Ignite create_lr_scheduler_with_warmup": (1, up(S(constant), 2)),
    }),
    "warmup_linear": (S(warmup, schedule=S(linear, total_iters=7), warmup_steps=3), {
        "PyTorch SequentialLR": (0, up(S(linear, total_iters=7), 3, 1 / 3)),
        "PyTorch ChainedScheduler": (0, lambda t: linear(t, LINE(t), 3, 1 / 3, 1.0)),
        "PyTorch OneCycleLR, linear": (0, leaves(STRAIGHT, -0.142853)),
        "timm PolyLRScheduler, power=1.0": (3, over(LINE)),
        "fastai combine_scheds": (10, ends(up(S(linear, total_iters=7), 3))),
        "Ignite create_lr_scheduler_with_warmup": (1, up(S(linear, total_iters=7), 2)),
    }),
    "warmup_cosine": (S(warmup, schedule=S(cosine, T_max=7), warmup_steps=3), {
        "PyTorch SequentialLR": (0, up(wave(7), 3, 1 / 3)),
        "PyTorch ChainedScheduler": (0, lambda t: linear(t, wave(10)(t), 3, 1 / 3, 1.0)),
        "PyTorch OneCycleLR": (0, leaves(ONE, 0.049519)),
        "transformers get_cosine_schedule_with_warmup": (11, up(wave(7), 3)),
        "transformers cosine_warmup_with_min_lr": (0, up(wave(7), 2, 1 / 3)),
        "optax cosine_onecycle_schedule": (0, points([0, 3, 10], [1 / 25, 1.0, 1 / 25 / 1e4])),
        "Keras CosineDecay, decay_steps=10": (4, up(ARC, 3)),
        "timm CosineLRScheduler": (3, over(ARC)),
    }),
    "inverse_sqrt": (ROOT, {
        "PyTorch LambdaLR, Noam": (0, lambda t: ROOT(t + 1)),
        "PyTorch LambdaLR, Noam, 0 as 1": (0, lambda t: ROOT(max(t, 1))),
    }),
    "wsd": (WSD, {
        "PyTorch SequentialLR": (0, up(S(wsd, total_steps=8, decay_steps=3), 2, 1 / 3)),
        "transformers get_wsd_schedule": (8, S(wsd, total_steps=10, decay_steps=3, warmup_steps=2, decay_type="cosine")),
        "transformers get_wsd_schedule, 1-sqrt": (8, S(wsd, total_steps=10, decay_steps=3, warmup_steps=2, decay_type="1-sqrt")),
        "timm WSDLRScheduler, t_initial=10": (8, S(wsd, total_steps=12, decay_steps=3, warmup_steps=2, decay_type="1-sqrt")),
        "timm WSDLRScheduler, t_initial=8": (8, S(wsd, total_steps=10, decay_steps=3, warmup_steps=2, decay_type="1-sqrt")),
        "fastai combine_scheds": (10, ends(WSD)),
    }),
    "restarts": (S(cosine_restarts, T_0=5), {
        "PyTorch CosineAnnealingLR": (5, wave(5)),
        "transformers cosine_with_restarts": (1, S(cosine, T_max=15)),
        "transformers cosine, num_cycles=3": (1, wave(2.5)),
        "Keras CosineDecayRestarts": (6, S(cosine_restarts, T_0=5, T_mult=2)),
        "timm CosineLRScheduler": (5, S(cosine, T_max=5)),
        "fastai fit_sgdr": (6, S(cosine_restarts, T_0=5, T_mult=2)),
    }),
    "triangular": (S(triangular, step_size_up=4, eta_min=0.1), {
        "Ignite LinearCyclicalScheduler, cycle_size=4": (1, S(triangular, step_size_up=2, eta_min=0.1)),
    }),
    "one_cycle": (ONE, {
        "PyTorch OneCycleLR": (10, leaves(ONE, 0.049519)),
        "PyTorch OneCycleLR, linear": (3, leaves(STRAIGHT, -0.142853)),
        "PyTorch OneCycleLR, three_phase": (3, leaves(S(one_cycle, total_steps=10, three_phase=True), 0.003823)),
        "optax cosine_onecycle_schedule": (1, points([0, 3, 10], [1 / 25, 1.0, 1 / 25 / 1e4])),
        "optax linear_onecycle_schedule": (1, S(linear_one_cycle, total_steps=10)),
        "fastai fit_one_cycle": (1, ends(points([0, 2.5, 10], [1 / 25, 1.0, 1e-5]))),
        "fastai fit_one_cycle, pct_start=0.3": (1, ends(points([0, 3, 10], [1 / 25, 1.0, 1e-5]))),
        "lrsched one_cycle": (1, points([0, 3, 10], [1 / 25, 1.0, 1e-4])),
    }),
}


def test_every_intent_is_held_against_ours():
    assert list(DEPARTURES) == list(INTENTS)


@pytest.mark.parametrize("name", DEPARTURES)
def test_where_each_framework_departs_from_ours(name):
    schedule, departures = DEPARTURES[name]
    ours = curve(schedule, STEPS)
    found = {row: next((t for t in range(STEPS) if not same([rates[t]], [ours[t]])), None) for row, rates in peers(name).items()}
    assert {row: t for row, t in found.items() if t is not None} == {row: t for row, (t, _) in departures.items()}


@pytest.mark.parametrize("name", DEPARTURES)
def test_what_each_framework_does_instead(name):
    for row, (_, instead) in DEPARTURES[name][1].items():
        wanted = [instead(t) for t in range(STEPS)]
        assert same(peers(name)[row], wanted), row


def test_an_unknown_name_is_one_sentence():
    with pytest.raises(ValueError) as error:
        peers("cosin")
    assert str(error.value) == ("name: the intent that the frameworks were asked for, must be one of "
                                f"{', '.join(INTENTS)}, got 'cosin'")


def test_the_docstring_names_every_intent():
    named = re.findall(r'^ {4}(?:name)? +"(\w+)" +\S', peers.__doc__, re.MULTILINE)
    assert named == list(INTENTS)


def test_the_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "peers.json"
    path.write_text("before")
    some = {name: INTENTS[name] for name in ("cosine", "warmup_cosine")}
    monkeypatch.setattr(tests.peers.__main__, "INTENTS", some)
    with monkeypatch.context() as broken:
        broken.setattr(from_torch, "rates", lambda *a: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write(path)
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]
    write(path)
    written, text = json.loads(path.read_text()), path.read_text()
    assert {name: entry["intent"] for name, entry in written.items()} == {name: intent for name, (intent, _) in some.items()}
    assert "-0.0" not in text and list(tmp_path.iterdir()) == [path]
    rates = [line for line in text.splitlines() if '"rates"' in line]
    assert len(rates) == sum(len(rows) for _, rows in some.values()) and all(line.endswith("]") for line in rates)


def test_the_file_lies_in_the_package():
    assert Path(lrlearn.__file__).with_name("peers.json").is_file()


def test_the_adapters_leave_no_trace():
    before = dict(os.environ)
    from_timm.schedulers.__wrapped__()                  # past the cache: loaded anew
    from_keras.keras.__wrapped__()
    assert [name for name in sys.modules if name.split(".")[0] == "timm"] == []
    assert dict(os.environ) == before
