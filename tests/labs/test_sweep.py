"""sweep: the trials of a race, shared by processes that start together, and by one that dies."""
import pickle
import signal
import subprocess
import sys
import time
from ast import literal_eval
from math import inf
from pathlib import Path

import numpy as np
import optuna
import pytest

from lrlearn import Schedule, cosine
from lrlearn.labs import Race, digits, race, sweep
from lrlearn.labs.optimizers import Adam
from tests.labs.sweep_worker import NUMBERS, ROUNDS, STUDY, wait_for

MODULE, WORKER = sys.modules["lrlearn.labs.sweep"], Path(__file__).with_name("sweep_worker.py")
ARMS = [(name, lr) for name in STUDY["schedules"] for lr in STUDY["base_lrs"]]
COSINE = Schedule(cosine, T_max=12)


@pytest.fixture(scope="module")
def serial():
    return sweep(**STUDY)


# -- one process ------------------------------------------------------------------------------------


def test_each_trial_is_the_race_of_one_schedule_at_one_peak(serial):
    assert isinstance(serial, Race) and (serial.base_lrs, serial.seeds) == ([0.05, 0.2, 50.0], [0, 1])
    rest = {name: STUDY[name] for name in ("task", "seeds", "steps")}
    alone = [race(schedules={name: STUDY["schedules"][name]}, base_lrs=[lr], **rest).runs for name, lr in ARMS]
    assert serial.runs == [run for runs in alone for run in runs]
    assert {run.diverged for run in serial.runs} == {True, False} and inf in {run.val_loss for run in serial.runs}
    assert [type(part) for part in serial.runs[0]] == [type(part) for part in alone[0][0]]


def test_it_is_the_race_of_all_of_them(serial):
    together = race(**STUDY)
    assert [run[:3] for run in serial.runs] == [run[:3] for run in together.runs]
    for one, other in zip(serial.runs, together.runs):
        assert one.lrs == other.lrs and one.diverged == other.diverged
        assert [*one.losses, one.val_loss] == pytest.approx([*other.losses, other.val_loss], rel=1e-9)
    assert repr(serial.table()) == repr(together.table()) and serial.verdict() == together.verdict()


def test_an_optimizer_and_peaks_from_numpy_go_along():
    given = {"task": STUDY["task"], "schedules": [COSINE], "base_lrs": np.array([0.01, 0.1]), "seeds": [3], "steps": 5}
    assert sweep(**given, optimizer=Adam).runs == [run for lr in (0.01, 0.1)
                                                   for run in race(**given | {"base_lrs": [lr]}, optimizer=Adam).runs]


def test_peaks_are_drawn_before_anything_runs():
    few = {"task": STUDY["task"], "schedules": STUDY["schedules"], "seeds": 1, "steps": 2, "trials": 4}
    r = sweep(**few, base_lrs=(0.01, 1))
    assert len(r.base_lrs) == 4 and all(0.01 <= lr <= 1 and lr == float(f"{lr:g}") for lr in r.base_lrs)
    assert [run[:2] for run in r.runs] == [(name, lr) for name in ("cosine", "constant") for lr in r.base_lrs]
    assert sweep(**few, base_lrs=[0.01, 1.0]).runs == r.runs
    assert sweep(**few, base_lrs=(0.01, 1), draw_seed=1).base_lrs != r.base_lrs
    assert MODULE.drawn((0.01, 1), 9, 0)[:4] == r.base_lrs          # more trials begin with the same ones
    logs = np.log10(MODULE.drawn((1e-4, 1.0), 2000, 5))
    assert np.histogram(logs, 4, (-4, 0))[0] == pytest.approx(500, abs=80)


def test_a_second_call_runs_nothing_and_more_of_the_same_is_another_study(serial, tmp_path, monkeypatch):
    file = tmp_path / "trials.db"
    assert sweep(**STUDY, storage=file).runs == serial.runs
    study = optuna.load_study(study_name="sweep", storage=f"sqlite:///{file}")
    assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * 6
    means = [np.mean([run.val_loss for run in serial.of(*arm)]) for arm in ARMS]
    assert [trial.value for trial in study.trials] == means and study.best_trial.number == np.argmin(means)
    monkeypatch.setattr(MODULE, "race", lambda *args, **options: pytest.fail("it ran"))
    assert sweep(**STUDY, storage=f"sqlite:///{file}").runs == serial.runs
    for change, told in [
        ({"steps": 11}, "made with steps=12, not 11"), ({"seeds": [0, 2]}, "made with seeds=[0, 1], not [0, 2]"),
        ({"momentum": 0.8}, "made with momentum=0.9, not 0.8"), ({"base_lrs": [0.05, 0.2]}, "made with of=6, not 4"),
        ({"base_lrs": [0.05, 0.2, 40.0]}, "made with base_lr=50.0, not 40.0"),
        ({"optimizer": Adam}, "made with optimizer=None, not <class"),
        ({"schedules": {"cosine": COSINE, "constant": COSINE}}, "made with schedule=constant(), not cosine(T_max=12)"),
        ({"task": digits()}, "made with task=digits: 1078 to learn from, 719 to validate, 20 % of"),
    ]:
        with pytest.raises(ValueError) as caught:
            sweep(**STUDY | change, storage=file)
        said, start = str(caught.value), "study: the name of the trials in the storage, must be new for other arguments, got "
        assert said.startswith(f"{start}'sweep', {told}")
        assert "\n" not in said
    monkeypatch.undo()
    assert len(sweep(**STUDY | {"base_lrs": [0.1]}, storage=file, study="another").runs) == 4


MEANING = "base_lrs: the ends between which trials draws peaks, must be (lo, hi) with 0 < lo < hi, got "


@pytest.mark.parametrize("change, error, message", [
    ({"task": "digits"}, TypeError, "task: what to learn, must be a Task such as digits(), got 'digits'"),
    ({"schedules": {}}, ValueError, "schedules: what to race, must be a dict name -> Schedule or a list of Schedules"),
    ({"schedules": {"mine": cosine}}, TypeError, "mine: what to train with, must be a Schedule such as"),
    ({"base_lrs": []}, ValueError, "base_lrs: the peaks to try, must be a list of at least one learning rate, got []"),
    ({"base_lrs": [-1]}, ValueError, "base_lr: the learning rate at the peak, must be >= 0, got -1"),
    ({"trials": 0}, ValueError, "trials: how many peaks to draw, must be >= 1, got 0"),
    ({"trials": 2, "draw_seed": 0.5}, ValueError, "draw_seed: the number that decides which peaks are drawn, must be an integer"),
    ({"trials": 2, "base_lrs": [0.1]}, ValueError, MEANING + "[0.1]"),
    ({"trials": 2, "base_lrs": 0.1}, ValueError, MEANING + "0.1"),
    ({"trials": 2, "base_lrs": (0, 0.1)}, ValueError, MEANING + "(0, 0.1)"),
    ({"trials": 2, "base_lrs": (0.2, 0.1)}, ValueError, MEANING + "(0.2, 0.1)"),
    ({"trials": 2, "base_lrs": ("a", "b")}, ValueError, MEANING + "('a', 'b')"),
    ({"trials": 2, "base_lrs": (0.1, inf)}, ValueError, MEANING + "(0.1, inf)"),
    ({"seeds": 0}, ValueError, "seeds: how many seeds, or a list of them, must be >= 1, got 0"),
    ({"steps": 0}, ValueError, "steps: updates in one run, must be >= 1, got 0"),
    ({"momentum": 1}, ValueError, "momentum: the share of the last update that goes on, must be >= 0 and < 1, got 1"),
    ({"study": ""}, ValueError, "study: the name of the trials in the storage, must be a text, got ''"),
    ({"ray": 2}, ValueError, "ray: where the trials run, must be None, True for this machine or an address, got 2"),
    ({"storage": 3}, ValueError, "storage: where the trials stand, must be None, a path, a database URL or an optuna storage"),
])
def test_wrong_arguments_are_told_before_the_first_run(change, error, message, monkeypatch):
    monkeypatch.setattr(MODULE, "race", lambda *args, **options: pytest.fail("it ran"))
    with pytest.raises(error) as caught:
        sweep(**({"task": STUDY["task"], "schedules": {"cosine": COSINE}, "base_lrs": [0.1, 0.2]} | change))
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


# -- several processes on one storage ---------------------------------------------------------------


@pytest.fixture
def workers(tmp_path):
    """A function that starts a worker process and returns it when it is ready; none outlives the test."""
    started = []

    def start(name, trial=""):
        started.append(subprocess.Popen([sys.executable, WORKER, tmp_path, name, str(trial)]))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def end_well(processes):
    """Wait for all of them, no longer than until the first fails: the others would wait for it."""
    while None in (codes := [process.poll() for process in processes]):
        assert set(codes) <= {None, 0}
        time.sleep(0.05)
    assert set(codes) == {0}


def ran(folder, name):
    """What the worker has run, in its order."""
    return [literal_eval(line) for line in (folder / f"{name}.ran").read_text().splitlines()]


def test_a_worker_that_is_killed_loses_its_trial_to_the_other(serial, workers, tmp_path):
    first, second = workers("a", 3), workers("b", 0)
    (tmp_path / "a.go").touch()
    wait_for(tmp_path / "inside")                       # two trials are finished, the third is trained and not stored
    (tmp_path / "b.go").touch()
    study = optuna.load_study(study_name="sweep", storage=f"sqlite:///{tmp_path / 'sweep.db'}")
    while sum(trial.state.is_finished() for trial in study.trials) < 5:
        assert second.poll() is None
        time.sleep(0.1)
    before = study.trials
    assert [trial.state.name for trial in before] == ["COMPLETE", "COMPLETE", "RUNNING"] + ["COMPLETE"] * 3
    assert ran(tmp_path, "a") == ARMS[:3] and ran(tmp_path, "b") == ARMS[3:]
    first.send_signal(signal.SIGKILL)
    end_well([second])
    after = study.trials
    assert [trial.state.name for trial in after] == ["COMPLETE", "COMPLETE", "FAIL"] + ["COMPLETE"] * 4
    assert [trial for trial in after if trial.number not in (2, 6)] == [trial for trial in before if trial.number != 2]
    assert ran(tmp_path, "b") == ARMS[3:] + [ARMS[2]]
    assert pickle.loads((tmp_path / "b.found").read_bytes())[0] == serial.runs


def test_workers_that_start_together_run_each_trial_once(serial, workers, tmp_path):
    both = [workers("a"), workers("b")]
    for name in "ab":
        wait_for(tmp_path / f"{name}.ready")
    for name in "ab":
        (tmp_path / f"{name}.go").touch()
    end_well(both)
    numbers = [100 * n + k for n in range(ROUNDS) for k in range(NUMBERS)]
    log = ran(tmp_path, "a") + ran(tmp_path, "b")
    assert sorted(each for each in log if isinstance(each, int)) == numbers
    assert sorted(each for each in log if isinstance(each, tuple)) == sorted(ARMS)
    for file, name, count in [("sweep.db", "sweep", 6)] + [(f"{n}.db", "over", NUMBERS) for n in range(ROUNDS)]:
        study = optuna.load_study(study_name=name, storage=f"sqlite:///{tmp_path / file}")
        assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * count
    for name in "ab":
        runs, squares = pickle.loads((tmp_path / f"{name}.found").read_bytes())
        assert runs == serial.runs and sum(squares, []) == [n * n for n in numbers]


def test_tasks_and_schedules_pickle():
    task, schedules = pickle.loads(pickle.dumps((STUDY["task"], STUDY["schedules"])))
    few = {"base_lrs": [0.1], "seeds": 1, "steps": 3}
    assert race(task, schedules, **few).runs == race(STUDY["task"], STUDY["schedules"], **few).runs
