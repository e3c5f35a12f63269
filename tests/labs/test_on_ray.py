"""over and sweep on a real Ray cluster of two workers, started once."""
import os
import signal
import sys
import time
from pathlib import Path

import optuna
import pytest

from lrlearn.labs import over, sweep
from tests.labs.sweep_worker import STUDY

QUICK = Path(__file__).parents[1] / "quick"
NUMBERS = [{"n": n} for n in range(4)]


@pytest.fixture(scope="module")
def cluster():
    """The module ray, connected to it."""
    import ray

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(QUICK))
        start = ray.init
        patch.setattr(ray, "init", lambda **options: start(**options, num_cpus=2))
        sys.modules["lrlearn.labs.over"].connect(ray, True)
    yield ray
    ray.shutdown()


def test_a_ray_cluster_of_two_workers_gives_exactly_the_serial_results(cluster, tmp_path):
    drawn = STUDY | {"base_lrs": (0.01, 60.0), "trials": 3, "draw_seed": 2}
    alone = sweep(**drawn)
    assert sweep(**drawn, ray=True, storage=tmp_path / "trials.db").runs == alone.runs
    assert sweep(**drawn, storage=tmp_path / "trials.db").runs == alone.runs        # what Ray ran stands in the storage
    assert cluster.is_initialized()                                                 # it was there before, and stays


def test_two_workers_run_at_once(cluster, tmp_path):
    def meet(me, other):
        (tmp_path / me).touch()
        for _ in range(6000):
            if (tmp_path / other).exists():
                return [me, os.getpid()]
            time.sleep(0.01)

    (a, first), (b, second) = over(meet, [{"me": "a", "other": "b"}, {"me": "b", "other": "a"}], ray=True)
    assert (a, b) == ("a", "b") and first != second and os.getpid() not in (first, second)


def test_a_task_whose_worker_is_killed_runs_again(cluster, tmp_path):
    def dies(n):
        if n == 1 and not (tmp_path / "once").exists():
            (tmp_path / "once").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return n * n

    assert over(dies, NUMBERS, ray=True) == [0, 1, 4, 9] and (tmp_path / "once").exists()


def test_an_error_in_a_task_is_the_functions_own(cluster):
    def fails(n):
        return 1 / (n - 1)

    storage = optuna.storages.InMemoryStorage()
    with pytest.raises(ZeroDivisionError, match="^division by zero$"):
        over(fails, NUMBERS, storage, ray=True)
    assert "RUNNING" not in [trial.state.name for trial in storage.get_all_trials(0)]
