"""Optuna: what the tuning chapter says of it, with the real package and a loss that takes no time."""
import math

import pytest

RANGE = ("lr", 1e-3, 1.0)


def valley(lr):
    return (math.log10(lr) + 1) ** 2


@pytest.fixture
def quiet():
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    yield optuna
    optuna.logging.set_verbosity(before)


def objective(trial):
    return valley(trial.suggest_float(*RANGE, log=True))


def drawn(study):
    return [trial.params["lr"] for trial in study.trials]


def session(optuna, file, seed, n=4):
    study = optuna.create_study(study_name="lr", storage=f"sqlite:///{file}", load_if_exists=True,
                                sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, n)
    return study


def test_a_search_in_sqlite_is_stopped_and_resumed(quiet, tmp_path):
    first = session(quiet, tmp_path / "a.db", seed=0)
    kept = [(trial.number, trial.params, trial.value) for trial in first.trials]
    both = session(quiet, tmp_path / "a.db", seed=1)
    assert [(trial.number, trial.params, trial.value) for trial in both.trials][:4] == kept
    assert [trial.number for trial in both.trials] == list(range(8)) and len(set(drawn(both))) == 8
    read = quiet.load_study(study_name="lr", storage=f"sqlite:///{tmp_path / 'a.db'}")
    assert read.best_value == min(trial.value for trial in both.trials)


def test_the_same_seed_again_wastes_the_second_session(quiet, tmp_path):
    session(quiet, tmp_path / "b.db", seed=0)
    lrs = drawn(session(quiet, tmp_path / "b.db", seed=0))
    assert lrs[:4] == lrs[4:] and len(set(lrs)) == 4


def test_its_tpe_is_a_random_search_for_ten_trials(quiet):
    lrs = []
    for sampler in (quiet.samplers.TPESampler(seed=3), quiet.samplers.RandomSampler(seed=3)):
        study = quiet.create_study(sampler=sampler)
        study.optimize(objective, 14)
        lrs.append(drawn(study))
    assert lrs[0][:10] == lrs[1][:10] and lrs[0][10] != lrs[1][10]
    assert sum(map(valley, lrs[0][10:])) < sum(map(valley, lrs[1][10:])), "then it looks where good ones were"


@pytest.mark.parametrize("log, share", [(True, 1 / 3), (False, 0.9)])
def test_without_log_nine_of_ten_rates_lie_in_the_highest_power_of_ten(quiet, log, share):
    study = quiet.create_study(sampler=quiet.samplers.RandomSampler(seed=0))
    lrs = [study.ask().suggest_float(*RANGE, log=log) for _ in range(300)]
    assert sum(lr > 0.1 for lr in lrs) / 300 == pytest.approx(share, abs=0.07)


@pytest.mark.parametrize("after_60, state, last", [(1.01, "PRUNED", 60), (0.6, "COMPLETE", 300)])
def test_its_halving_stops_a_plan_that_is_behind_on_its_way(quiet, after_60, state, last):
    """The losses of the chapter's table: 0.2 is behind after 60 of 300 updates, whatever would come of it."""
    losses = {0.05: (0.73, 0.47, 0.38), 0.1: (0.71, 0.44, 0.36), 0.2: (after_60, 0.4, 0.3)}
    study = quiet.create_study(pruner=quiet.pruners.SuccessiveHalvingPruner(min_resource=60, reduction_factor=2))

    def long_run(trial):
        lr = trial.suggest_categorical("lr", list(losses))
        for steps, loss in zip((60, 150, 300), losses[lr]):
            trial.report(loss, steps)
            if trial.should_prune():
                raise quiet.TrialPruned
        return loss

    for lr in losses:
        study.enqueue_trial({"lr": lr})
    study.optimize(long_run, 3)
    assert (study.trials[-1].params["lr"], study.trials[-1].state.name, study.trials[-1].last_step) == (0.2, state, last)
