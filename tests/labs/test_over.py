"""over: results in order, a study that goes on where it stopped, and what a failing or silent worker leaves."""
import io
import os
import subprocess
import sys
import time
from math import inf, isnan, nan
from types import SimpleNamespace

import numpy as np
import optuna
import pytest

from lrlearn.labs import over

MODULE, BOARD = sys.modules["lrlearn.labs.over"], sys.modules["lrlearn.labs.board"]
FAIL, WAITING = optuna.trial.TrialState.FAIL, optuna.trial.TrialState.WAITING
NUMBERS = [{"n": n} for n in range(4)]


def squared(n):
    return n * n


def states(storage):
    return [trial.state.name for trial in optuna.load_study(study_name="over", storage=storage).trials]


def test_results_keep_their_order_and_every_digit(tmp_path):
    things = [0.1 + 0.2, 5e-324, inf, -inf, 3, [1, [2.5, "Größe"]], {"a": None}, True, "x" * (2 * BOARD.PIECE) + '"\n']
    for storage in (None, tmp_path / "trials.db"):
        found = over(lambda n: things[n], [{"n": n} for n in reversed(range(len(things)))], storage)
        assert found == things[::-1] and [type(each) for each in found] == [type(each) for each in things[::-1]]
    assert isnan(over(lambda: nan, [{}])[0]) and over(lambda: (np.float64(0.1), np.arange(2)), [{}]) == [[0.1, [0, 1]]]


def test_a_failing_trial_stops_its_worker_and_stays_for_the_next():
    storage, ran = optuna.storages.InMemoryStorage(), []

    def fails(n):
        ran.append(n)
        if n == 2 and ran.count(2) == 1:
            raise ZeroDivisionError("as the function says it")
        return n * n

    with pytest.raises(ZeroDivisionError, match="^as the function says it$"):
        over(fails, NUMBERS, storage)
    assert ran == [0, 1, 2] and states(storage) == ["COMPLETE", "COMPLETE", "FAIL", "WAITING", "WAITING"]
    assert over(fails, NUMBERS, storage) == [0, 1, 4, 9] and ran == [0, 1, 2, 2, 3]
    assert over(fails, NUMBERS, storage) == [0, 1, 4, 9] and len(ran) == 5


def test_the_result_of_a_worker_that_was_silent_too_long_is_dropped():
    storage, ran = optuna.storages.InMemoryStorage(), []

    def silent(n):
        ran.append(n)
        if ran == [0, 1]:                   # as another worker does that waited for a heartbeat in vain
            [running] = [t for t in storage.get_all_trials(0) if t.state.name == "RUNNING"]
            storage.set_trial_state_values(running._trial_id, FAIL)
        return [n, len(ran)]

    assert over(silent, NUMBERS, storage) == [[0, 1], [1, 5], [2, 3], [3, 4]]
    assert states(storage) == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE", "COMPLETE"]


def test_what_two_workers_have_put_up_is_run_once_and_what_none_has_is_put_up(monkeypatch):
    storage, ran = optuna.storages.InMemoryStorage(), []
    board = BOARD.Board(storage, "over", squared, NUMBERS)
    board.put([1, 3])
    board.end(2, FAIL)                      # and its worker died before it had put it up anew

    def noted(n):
        ran.append(n)
        return n * n

    noted.__qualname__ = "squared"
    assert over(noted, NUMBERS, storage) == [0, 1, 4, 9] and ran == [0, 1, 3, 2]
    assert states(storage) == ["COMPLETE", "COMPLETE", "FAIL", "COMPLETE", "FAIL", "FAIL", "COMPLETE"]

    monkeypatch.setattr(BOARD.Board, "put", lambda self, arms: None)
    half = optuna.storages.InMemoryStorage()
    BOARD.Board(half, "over", squared, NUMBERS)        # its worker died before it had put up any
    monkeypatch.undo()
    monkeypatch.setattr(BOARD, "STALE", 0.1)
    monkeypatch.setattr(MODULE, "POLL", 0.02)
    assert over(squared, NUMBERS, half) == [0, 1, 4, 9] and states(half) == ["COMPLETE"] * 4


def test_a_database_that_is_slow_to_open_is_tried_again(tmp_path, monkeypatch):
    opens, tried = optuna.storages.RDBStorage.__init__, []

    def busy(self, *args, **options):
        tried.append(args)
        if len(tried) < 3:
            raise RuntimeError("table studies already exists")
        opens(self, *args, **options)

    monkeypatch.setattr(optuna.storages.RDBStorage, "__init__", busy)
    assert over(squared, NUMBERS, tmp_path / "trials.db") == [0, 1, 4, 9] and len(tried) == 3


def test_an_optuna_storage_with_a_heartbeat(tmp_path):
    url = f"sqlite:///{tmp_path / 'trials.db'}"
    with pytest.warns(optuna.exceptions.ExperimentalWarning):
        storage = optuna.storages.RDBStorage(url, heartbeat_interval=1)
    for _ in range(2):
        assert over(squared, NUMBERS, storage) == [0, 1, 4, 9]
    assert states(url) == ["COMPLETE"] * 4
    with pytest.raises(ValueError, match="^" + BOARD.WHERE + "<optuna"):
        over(squared, NUMBERS, optuna.storages.RDBStorage(url))


ARGUMENTS = "arguments: what to run it with, must be a list of at least one dict name -> value, got "


def test_a_trial_has_a_heartbeat_before_it_runs(tmp_path, monkeypatch):
    order, real = [], optuna.storages.RDBStorage            # a worker may die between the two; without one nobody takes it over
    beat, move = real.record_heartbeat, real.set_trial_state_values
    monkeypatch.setattr(real, "record_heartbeat", lambda self, trial: (order.append("beat"), beat(self, trial)))
    monkeypatch.setattr(real, "set_trial_state_values", lambda self, trial, state, values=None:
                        (order.append(state.name), move(self, trial, state, values))[1])
    assert over(squared, NUMBERS[:1], tmp_path / "trials.db") == [0] and order == ["beat", "RUNNING", "COMPLETE"]


@pytest.mark.parametrize("change, error, message", [
    ({"function": 3}, TypeError, "function: what to run, must be a function, got 3"),
    ({"arguments": []}, ValueError, ARGUMENTS + "[]"),
    ({"arguments": [1]}, ValueError, ARGUMENTS + "[1]"),
    ({"study": None}, ValueError, "study: the name of the trials in the storage, must be a text, got None"),
    ({"ray": False}, ValueError, "ray: where the trials run, must be None, True for this machine or an address, got False"),
    ({"storage": "none://me:secret@host/x"}, ValueError,
     BOARD.WHERE + "'none://host/x': Can't load plugin: sqlalchemy.dialects:none"),
])
def test_wrong_arguments_are_one_sentence(change, error, message, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(error) as caught:
        over(**{"function": squared, "arguments": NUMBERS} | change)
    assert str(caught.value) == message


@pytest.mark.parametrize("result, told", [(len, "<built-in function len>"), ({(1, 2): 3}, "{(1, 2): 3}")])
def test_a_result_that_json_does_not_hold_is_one_sentence(result, told):
    with pytest.raises(TypeError) as caught:
        over(lambda x: result, [{"x": 1}])
    assert str(caught.value) == f"function: what to run, must give what JSON holds, got {told}"


def test_a_study_of_something_else_is_one_sentence():
    storage = optuna.storages.InMemoryStorage()
    over(squared, NUMBERS, storage)
    optuna.create_study(storage=storage, study_name="mine").add_trial(optuna.trial.create_trial(state=WAITING))
    start = "study: the name of the trials in the storage, must be new for other arguments, got "
    for study, function, told in [("over", abs, "'over', made with function=squared, not abs"),
                                  ("mine", squared, "'mine', made with arm=None, not 0")]:
        with pytest.raises(ValueError) as caught:
            over(function, NUMBERS, storage, study)
        assert str(caught.value) == start + told
    assert BOARD.printed(squared) == "<function squared>" and BOARD.printed(np.float64(0.1)) == "0.1"


@pytest.mark.parametrize("package, options", [("optuna", {}), ("ray", {"ray": True})])
def test_a_missing_package_is_one_sentence(package, options, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModuleNotFoundError) as caught:
        over(squared, NUMBERS, **options)
    assert str(caught.value) == f"this part of lrlearn needs {package}, which is not installed: pip install 'lrlearn[tune]'"


def test_neither_engine_is_loaded_before_it_is_used():
    code = "import sys, lrlearn.labs; assert not {'optuna', 'ray', 'sqlalchemy'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr == ""


def test_a_line_of_progress(monkeypatch):
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.delenv("LRLEARN_CHECK", raising=False)
    monkeypatch.setattr(sys, "stderr", screen)
    over(squared, NUMBERS, study="squares")
    assert "squares: 3 of 4 done" in screen.getvalue() and screen.getvalue().endswith("\r\x1b[K")


# -- how Ray is started; test_on_ray has what it does ----------------------------------------------


class FakeRay(SimpleNamespace):
    """Just what starting and stopping asks for."""

    def __init__(self, running, failures):
        super().__init__(running=running, failures=failures, calls=[])

    def is_initialized(self):
        return self.running

    def init(self, **options):
        self.calls.append(options)
        if len(self.calls) <= self.failures:
            raise Exception("The current node timed out during startup.\nMore lines.")

    def shutdown(self):
        self.calls.append("shutdown")

    def remote(self, **options):
        return lambda function: function

    def put(self, thing):
        return thing


QUIET = {"log_to_driver": False, "logging_level": "ERROR"}
LOCAL = {"address": "local", "include_dashboard": False, **QUIET}


@pytest.mark.parametrize("running, failures, address, calls", [
    (True, 0, True, []), (False, 0, True, [LOCAL, "shutdown"]), (False, 1, True, [LOCAL, "shutdown", LOCAL, "shutdown"]),
    (False, 0, "ray://head:10001", [{"address": "ray://head:10001", **QUIET}, "shutdown"]),
])
def test_only_what_is_started_is_shut_down(running, failures, address, calls, monkeypatch):
    ray = FakeRay(running, failures)
    monkeypatch.setitem(sys.modules, "ray", ray)
    with MODULE.engine(squared, address):
        assert running or os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    assert ray.calls == calls


def test_a_cluster_that_is_not_there_is_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", FakeRay(False, 9))
    with pytest.raises(ConnectionError) as caught:
        over(squared, NUMBERS, ray="head:6379")
    assert str(caught.value) == ("ray: where the trials run, must be reachable, got 'head:6379': "
                                 "The current node timed out during startup.")
