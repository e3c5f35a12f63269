"""Ray Tune on a real local cluster of two processors, started once and gone afterwards."""
import os
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """(rates and losses of a grid, of five random trials, how many processors the cluster had, whether it is still there)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[1] / "quick"))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        import ray
        from ray import tune

        def train(config):
            return {"loss": (config["lr"] - 0.16) ** 2, "pid": os.getpid()}

        def search(space, n):
            tuner = tune.Tuner(train, param_space={"lr": space},
                               tune_config=tune.TuneConfig(num_samples=n, reuse_actors=True, metric="loss", mode="min"),
                               run_config=tune.RunConfig(storage_path=str(tmp_path_factory.mktemp("results")), verbose=0))
            return tuner.fit()

        ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        try:
            cpus = ray.cluster_resources()["CPU"]
            grid, dice = search(tune.grid_search([0.01, 0.04, 0.16, 0.64]), 1), search(tune.loguniform(1e-3, 1.0), 5)
        finally:
            ray.shutdown()
    return grid, dice, cpus, ray.is_initialized()


def test_a_grid_runs_on_the_cluster_and_not_here(found):
    grid, _, cpus, left = found
    assert sorted(each.config["lr"] for each in grid) == [0.01, 0.04, 0.16, 0.64]
    assert grid.get_best_result().config["lr"] == 0.16 and not grid.errors
    assert os.getpid() not in {each.metrics["pid"] for each in grid}
    assert cpus == 2 and not left


def test_loguniform_takes_the_rates_themselves_and_all_trials_are_drawn(found):
    lrs = [each.config["lr"] for each in found[1]]
    assert len(set(lrs)) == 5 and all(1e-3 <= lr <= 1 for lr in lrs)
