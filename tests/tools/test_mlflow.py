"""MLflow with an SQLite file: a rate that is logged per update is read back to the last bit, repeated steps too."""
import logging

import pytest

from lrlearn import Schedule, cosine

PLAN, T = Schedule(cosine, T_max=40), 40


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    import mlflow

    for name in ("mlflow.store.db.utils", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    folder = tmp_path_factory.mktemp("mlflow")
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{folder / 'runs.db'}")
    client.create_experiment("book", artifact_location=folder.as_uri())
    return client


@pytest.fixture
def run(client):
    number = client.create_run(client.get_experiment_by_name("book").experiment_id).info.run_id
    yield number
    client.set_terminated(number)


def test_the_rates_are_read_back_exactly(client, run):
    from mlflow.entities import Metric

    for t in range(5):
        client.log_metric(run, "lr/0", PLAN(t, 0.1), step=t)
    client.log_batch(run, [Metric("lr/1", PLAN(t, 3e-5), 0, t) for t in range(T)])
    for name, lr, steps in (("lr/0", 0.1, 5), ("lr/1", 3e-5, T)):
        assert [(m.step, m.value) for m in client.get_metric_history(run, name)] == [(t, PLAN(t, lr)) for t in range(steps)]
    assert client.get_run(run).data.metrics["lr/1"] == PLAN(T - 1, 3e-5)


def test_a_step_logged_twice_is_kept_twice(client, run):
    for t in (0, 1, 2, 1):
        client.log_metric(run, "lr", 0.1 + t, step=t)
    assert sorted((m.step, m.value) for m in client.get_metric_history(run, "lr")) == [(0, 0.1), (1, 1.1), (1, 1.1), (2, 2.1)]


def test_without_a_step_everything_is_step_zero(client, run):
    for t in range(3):
        client.log_metric(run, "lr", 0.1 + t)
    assert [m.step for m in client.get_metric_history(run, "lr")] == [0, 0, 0]
