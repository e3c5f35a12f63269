"""The conclusions about averages: schedule-free does not beat a cosine, an ensemble beats its last snapshot."""
import pytest
import torch

from lrlearn import Schedule, constant, cosine_restarts, warmup
from lrlearn.labs import digits, train
from lrlearn.labs.beyond_torch import ScheduleFreeSGD
from lrlearn.labs.experiments import restarts, schedule_free
from lrlearn.labs.experiments.averages import judged, snapshots
from tests.labs.experiments.verdicts import accuracy, mean


def test_schedule_free_does_not_beat_the_cosine():
    r = schedule_free()
    gap, low, high = r.difference("schedule-free", "cosine")
    assert high > 0 and low > 0 and gap < 0.05          # a negative result: it is worse, by a little
    assert r.best("schedule-free") == 1.0 and accuracy(r, "schedule-free") < accuracy(r, "cosine")
    # The runs are those of train with the same optimizer.
    schedule = Schedule(warmup, schedule=Schedule(constant), warmup_steps=30)
    alone = train(digits(label_noise=0.2), schedule, 1.0, seed=2, optimizer=ScheduleFreeSGD)
    run = r.of("schedule-free", 1.0)[2]
    assert run.val_loss == pytest.approx(alone.val_loss, abs=1e-8) and run.losses == pytest.approx(alone.losses, abs=1e-8)
    assert run.lrs == alone.lrs


def test_an_ensemble_beats_its_last_snapshot_and_not_one_long_cosine():
    r = restarts()
    assert r.difference("ensemble", "last snapshot")[2] < 0 and accuracy(r, "ensemble") > accuracy(r, "last snapshot") + 0.01
    assert r.difference("ensemble", "one cosine")[1] > 0 and accuracy(r, "ensemble") > accuracy(r, "one cosine")
    assert len(r.of("ensemble")[0].losses) == len(r.of("one cosine")[0].losses) == 800
    assert mean(r, "one cosine") < mean(r, "ensemble") < mean(r, "last snapshot")


def test_snapshots_are_one_run_with_restarts():
    task = digits(label_noise=0.2)
    last, ensemble = snapshots(task, [3], 2, 20, 0.2)
    alone = train(task, Schedule(cosine_restarts, T_0=20), 0.2, steps=40, seed=3)
    assert last.losses == pytest.approx(alone.losses, abs=1e-10) and last.lrs == alone.lrs == ensemble.lrs
    assert last.val_loss == pytest.approx(alone.val_loss, abs=1e-10) and last.val_accuracy == alone.val_accuracy
    # An ensemble of one snapshot is that snapshot.
    (single, same) = snapshots(task, [3], 1, 20, 0.2)
    assert same.val_loss == pytest.approx(single.val_loss, rel=1e-12) and same.val_accuracy == single.val_accuracy
    odds = torch.full((2, 719, 10), 0.1, dtype=torch.float64)
    losses, accuracies = judged(task, odds)
    assert losses.tolist() == pytest.approx([2.302585092994046] * 2) and accuracies.max() < 0.2
