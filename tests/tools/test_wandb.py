"""W&B without a network: a rate that is logged per update stands in the run's own file, to the last bit."""
import json
import struct

import pytest

from lrlearn import Schedule, cosine

PLAN, T = Schedule(cosine, T_max=600), 600          # more than one block of the file


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """A function that makes a quiet run in a folder of its own."""
    import wandb

    for name in ("CACHE_DIR", "CONFIG_DIR", "DATA_DIR"):
        monkeypatch.setenv("WANDB_" + name, str(tmp_path / name))
    quiet = wandb.Settings(silent=True, console="off", x_disable_stats=True, x_disable_meta=True)
    yield lambda: wandb.init(mode="offline", dir=tmp_path, project="book", settings=quiet)
    wandb.teardown()


def history(folder):
    """What was logged, update by update: the file is a LevelDB log of protocol buffers."""
    import wandb
    from wandb.proto.wandb_internal_pb2 import Record

    wandb.teardown()                                # its writer has finished the file only then
    [path] = folder.glob("wandb/offline-run-*/*.wandb")
    data, at, whole, rows = path.read_bytes(), 7, b"", []
    while at < len(data):
        room = 32768 - at % 32768
        if room < 7:
            at += room
            continue
        length, kind = struct.unpack_from("<HB", data, at + 4)
        whole += data[at + 7:at + 7 + length]
        at += 7 + length
        if kind in (1, 4):                          # a whole record, or the last piece of one
            record, whole = Record.FromString(whole), b""
            if record.WhichOneof("record_type") == "history":
                rows.append({"/".join(item.nested_key) or item.key: json.loads(item.value_json) for item in record.history.item})
    return rows


def test_the_rates_are_read_back_exactly(offline, tmp_path):
    with offline() as run:
        for t in range(T):
            run.log({"lr/0": PLAN(t, 0.1), "lr/1": PLAN(t, 3e-5)}, step=t)
    rows = history(tmp_path)
    assert [(row["_step"], row["lr/0"], row["lr/1"]) for row in rows] == [(t, PLAN(t, 0.1), PLAN(t, 3e-5)) for t in range(T)]


def test_a_step_that_goes_back_is_dropped(offline, tmp_path):
    with offline() as run:
        for t in (0, 1, 2, 1, 3):
            run.log({"lr": 0.1 + t}, step=t)
    assert [(row["_step"], row["lr"]) for row in history(tmp_path)] == [(t, 0.1 + t) for t in (0, 1, 2, 3)]


def test_without_a_step_each_call_is_one(offline, tmp_path):
    with offline() as run:
        run.log({"loss": 2.0})
        run.log({"lr": 0.1})
    assert [row["_step"] for row in history(tmp_path)] == [0, 1]
