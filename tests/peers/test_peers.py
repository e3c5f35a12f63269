"""lrlearn/peers.json is what the frameworks answer today."""
import json
import os
import sys
from pathlib import Path

import pytest

import lrlearn
from lrlearn import Schedule, cosine, curve, warmup
from lrlearn.peers import peers
from tests.peers import INTENTS, STEPS, computed, from_keras, from_timm, from_torch
from tests.peers.__main__ import write

COSINE = curve(Schedule(cosine, T_max=10), STEPS)
WARM = curve(Schedule(warmup, schedule=Schedule(cosine, T_max=7), warmup_steps=3), STEPS)
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


# Row -> our schedule, and the update from which the framework departs from it; None: never within 15 updates.
DEPARTURES = {
    "cosine": (COSINE, {
        "PyTorch CosineAnnealingLR": 11,
        "transformers get_cosine_schedule_with_warmup": 11,
        "optax cosine_decay_schedule": None,
        "Keras CosineDecay": None,
        "timm CosineLRScheduler": None,
    }),
    "warmup_cosine": (WARM, {
        "PyTorch SequentialLR": 0,
        "PyTorch ChainedScheduler": 0,
        "PyTorch OneCycleLR": 0,
        "transformers get_cosine_schedule_with_warmup": 11,
        "transformers cosine_warmup_with_min_lr": 0,
        "optax warmup_cosine_decay_schedule": None,
        "optax cosine_onecycle_schedule": 0,
        "Keras CosineDecay, decay_steps=7": None,
        "Keras CosineDecay, decay_steps=10": 4,
        "timm CosineLRScheduler": 3,
    }),
}


@pytest.mark.parametrize("name", DEPARTURES)
def test_where_each_framework_departs_from_ours(name):
    ours, expected = DEPARTURES[name]
    found = {row: next((t for t in range(STEPS) if not same([rates[t]], [ours[t]])), None) for row, rates in peers(name).items()}
    assert found == expected


def test_an_unknown_name_is_one_sentence():
    with pytest.raises(ValueError) as error:
        peers("cosin")
    assert str(error.value) == ("name: the intent that the frameworks were asked for, must be one of cosine, warmup_cosine, "
                                "got 'cosin'")


def test_the_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "peers.json"
    path.write_text("before")
    monkeypatch.setattr(from_torch, "rates", lambda *a: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(path)
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    write(path)
    written = json.loads(path.read_text())
    assert {name: entry["intent"] for name, entry in written.items()} == {name: intent for name, (intent, _) in INTENTS.items()}
    assert "-0.0" not in path.read_text()
    assert path.read_text().count("\n") < 100 and list(tmp_path.iterdir()) == [path]


def test_the_file_lies_in_the_package():
    assert Path(lrlearn.__file__).with_name("peers.json").is_file()


def test_the_adapters_leave_no_trace():
    before = dict(os.environ)
    from_timm.schedulers.__wrapped__()                  # past the cache: loaded anew
    from_keras.keras.__wrapped__()
    assert [name for name in sys.modules if name.split(".")[0] == "timm"] == []
    assert dict(os.environ) == before
