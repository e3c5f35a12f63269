"""The exercises of the chapter on stopping and resuming: what they and the chapter say of the frameworks is held against them."""
import copy
import inspect
import json
from pathlib import Path

import pytest
import torch
from torch.optim.lr_scheduler import (
    ConstantLR, CosineAnnealingLR, CosineAnnealingWarmRestarts, CyclicLR, ExponentialLR, LambdaLR, LinearLR, MultiplicativeLR,
    MultiStepLR, OneCycleLR, PolynomialLR, SequentialLR, StepLR,
)

from lrlearn import Schedule, cosine, sequential
from lrlearn.exercises import resume as ex
from tests.peers import from_fastai, from_ignite, from_keras, from_timm

NOTEBOOK = Path(__file__).parents[2] / "book" / "resume.ipynb"


def sgd(*lrs):
    return torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs])


def drive(optimizer, scheduler, updates):
    """The rates that the updates use, group by group."""
    used = []
    for _ in range(updates):
        used += [group["lr"] for group in optimizer.param_groups]
        optimizer.step()
        scheduler.step()
    return used


def killed(make, done, lrs=(0.1,), after=0):
    """The two states after some updates, and the rates that would have followed."""
    optimizer = sgd(*lrs)
    scheduler = make(optimizer)
    drive(optimizer, scheduler, done)
    states = copy.deepcopy([optimizer.state_dict(), scheduler.state_dict()])
    return states, drive(optimizer, scheduler, after)


# -- the solutions are the field's ----------------------------------------------------------------

def test_restored_by_hand_the_rates_are_those_of_torch():
    for cases in ex.by_hand.cases.values():
        for lrs, state, schedule in cases:
            starts, k, n = state["base_lrs"], state["updates"], len(lrs)
            _, plan = killed(lambda o: LambdaLR(o, [lambda t: schedule(t, 1.0)] * n), k, starts, after=3)
            assert ex.play_on(ex.restore, lrs, state, schedule) == pytest.approx([k, *plan])


def test_the_bridge_is_a_join_of_two_waves():
    for t, base_lr, T, k, new_T in [case for cases in ex.extend.cases.values() for case in cases]:
        low = cosine(k, 1.0, T)
        waves = [Schedule(cosine, T_max=T), lambda t, base_lr: cosine(t, low * base_lr, new_T - k)]
        assert ex.extended(t, base_lr, T, k, new_T) == pytest.approx(sequential(t, base_lr, waves, [k]), abs=1e-15)


def in_torch(answer, setting, monkeypatch):
    """What an answer to the last exercise gives with torch's own classes."""
    (state, _), _ = killed(lambda o: LambdaLR(o, setting.factor), setting.done, setting.lrs)
    optimizer = sgd(*setting.lrs)
    with monkeypatch.context() as patch:
        patch.setattr(ex, "LambdaLR", LambdaLR)
        scheduler = answer(optimizer, {"epoch": setting.done - 1, "optimizer": state}, setting.factor)
    return drive(optimizer, scheduler, 4)


@pytest.mark.parametrize("answer", [ex.taken_up, ex.as_found, *ex.find_the_bug.mistakes], ids=lambda f: f.__name__)
def test_what_happens_in_the_last_exercise_is_what_happens_in_torch(answer, monkeypatch):
    for [setting] in [case for cases in ex.find_the_bug.cases.values() for case in cases]:
        ours = ex.play_session(answer, setting)
        assert in_torch(answer, setting, monkeypatch) == pytest.approx(ours)
        _, plan = killed(lambda o: LambdaLR(o, setting.factor), setting.done, setting.lrs, after=4)
        assert (ours == pytest.approx(plan)) == (answer is ex.taken_up)


def test_the_two_faults_of_the_script_as_found():
    setting = ex.Setting([0.8], 5, ex.wave)
    plan = [0.8 * ex.wave(epoch) for epoch in range(9)]
    assert ex.play_session(ex.as_found, setting) == pytest.approx([plan[0], *plan[5:8]])       # the peak, and then one late
    assert ex.play_session(ex.one_epoch_late, setting) == pytest.approx([plan[5], *plan[5:8]])


# -- what the chapter says of torch ---------------------------------------------------------------

def test_the_figure_s_rates_are_those_of_torch():
    cells = ["".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text())["cells"]]
    names = {"cosine": cosine}
    exec(next(source for source in cells if source.startswith("def resumed_lrs")), names)
    kinds = {"follows": lambda o: CosineAnnealingLR(o, 100), "closed form": lambda o: LambdaLR(o, lambda t: cosine(t, 1.0, 100))}
    for rule, make in kinds.items():
        states, _ = killed(make, 60)
        for lost, loaded in {"nothing": "01", "scheduler": "0", "optimizer": "1", "both": ""}.items():
            optimizer = sgd(0.1)
            parts = [optimizer, make(optimizer)]
            for i in map(int, loaded):
                parts[i].load_state_dict(copy.deepcopy(states[i]))
            assert names["resumed_lrs"](lost, rule, 60, 0.1, 100)[60:] == pytest.approx(drive(*parts, 40), abs=1e-12)


def climb_and_fall(optimizer):
    return SequentialLR(optimizer, [LinearLR(optimizer, 0.1, total_iters=10), CosineAnnealingLR(optimizer, 90)], [10])


def test_a_lost_scheduler_lets_a_climb_run_to_four_times_the_peak():
    states, _ = killed(climb_and_fall, 60)
    optimizer = sgd(0.1)
    scheduler = climb_and_fall(optimizer)
    optimizer.load_state_dict(states[0])
    assert 0.37 < max(drive(optimizer, scheduler, 40)) < 0.4


@pytest.mark.parametrize("make, share", [(climb_and_fall, 0.24), (lambda o: LinearLR(o, 0.1, total_iters=80), 0.1)])
def test_made_after_loading_a_climb_leaves_a_part_of_the_rate_for_good(make, share):
    states, plan = killed(make, 60, after=40)
    optimizer = sgd(0.1)
    optimizer.load_state_dict(states[0])
    scheduler = make(optimizer)
    scheduler.load_state_dict(states[1])
    assert drive(optimizer, scheduler, 40) == pytest.approx([share * lr for lr in plan], rel=0.01)


@pytest.mark.parametrize("make, share", [
    (lambda o, **x: StepLR(o, 30, **x), 0.1),
    (lambda o, **x: MultiStepLR(o, [20, 60], **x), 0.1),
    (lambda o, **x: ConstantLR(o, 0.5, 60, **x), 2),
])
def test_three_classes_change_the_rate_twice_when_a_change_was_due(make, share):
    for done, more in ((60, share), (61, 1)):
        states, [rate] = killed(make, done, after=1)
        optimizer = sgd(0.1)
        optimizer.load_state_dict(states[0])
        make(optimizer, last_epoch=done - 1)
        assert optimizer.param_groups[0]["lr"] == pytest.approx(rate * more)


@pytest.mark.parametrize("make", [
    lambda o, **x: ExponentialLR(o, 0.97, **x), lambda o, **x: LinearLR(o, 0.1, 1.0, 60, **x),
    lambda o, **x: PolynomialLR(o, 100, 2.0, **x), lambda o, **x: CosineAnnealingLR(o, 60, **x),
    lambda o, **x: MultiplicativeLR(o, lambda t: 0.97, **x), lambda o, **x: LambdaLR(o, lambda t: 1 / (1 + t), **x),
    lambda o, **x: CosineAnnealingWarmRestarts(o, 60, **x), lambda o, **x: CyclicLR(o, 0.01, 0.1, 15, cycle_momentum=False, **x),
    lambda o, **x: OneCycleLR(o, 0.1, 120, cycle_momentum=False, **x),
])
def test_the_others_go_on_from_the_index_of_the_last_update(make):
    states, plan = killed(make, 60, after=40)
    optimizer = sgd(0.1)
    optimizer.load_state_dict(states[0])
    assert drive(optimizer, make(optimizer, last_epoch=59), 40) == pytest.approx(plan, rel=1e-9, abs=1e-12)


def test_a_data_loader_has_no_place_to_ask_for():
    loader = torch.utils.data.DataLoader([1, 2, 3])
    assert not hasattr(loader, "state_dict") and not hasattr(iter(loader), "state_dict")


# -- and of the others: who keeps the count -------------------------------------------------------

@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_keras_keeps_the_count_in_the_optimizer_and_its_callback_nowhere(tmp_path):
    import numpy as np

    keras, x = from_keras.keras(), np.ones((8, 1), "float32")

    def model(lr):
        made = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
        made.compile(keras.optimizers.SGD(lr), loss="mse")
        return made

    wave = keras.optimizers.schedules.CosineDecay(0.1, 20)
    first = model(wave)
    first.fit(x, x, batch_size=2, epochs=2, verbose=0)
    first.save(tmp_path / "whole.keras")
    first.save_weights(tmp_path / "part.weights.h5")
    second = model(wave)
    second.load_weights(tmp_path / "part.weights.h5")
    for taken_up in (keras.models.load_model(tmp_path / "whole.keras"), second):
        assert int(taken_up.optimizer.iterations) == 8
        assert float(taken_up.optimizer.learning_rate) == pytest.approx(cosine(8, 0.1, 20))

    seen, plain = [], model(0.1)
    note = keras.callbacks.LearningRateScheduler(lambda epoch: seen.append(epoch) or 0.1)
    for more in ({"epochs": 2}, {"epochs": 2}, {"epochs": 4, "initial_epoch": 2}):
        plain.fit(x, x, verbose=0, callbacks=[note], **more)
    assert seen == [0, 1, 0, 1, 2, 3]


def test_optax_keeps_the_count_in_the_optimizer_s_state():
    import jax.numpy as jnp
    import optax

    def updates(T, state, n):
        sgd, out = optax.sgd(optax.cosine_decay_schedule(1.0, T)), []
        state = sgd.init({"w": jnp.zeros(())}) if state is None else state
        for _ in range(n):
            given, state = sgd.update({"w": jnp.ones(())}, state)
            out.append(-float(given["w"]))
        return out, state

    _, state = updates(20, None, 5)
    assert updates(20, state, 2)[0] == pytest.approx([cosine(5, 1.0, 20), cosine(6, 1.0, 20)], abs=1e-6)
    assert updates(40, state, 1)[0] == pytest.approx([cosine(5, 1.0, 40)], abs=1e-6)       # the schedule is code: the new plan


def test_transformers_saves_the_count_and_not_the_plan():
    from transformers import get_cosine_schedule_with_warmup
    from transformers.trainer import SCHEDULER_NAME, TRAINER_STATE_NAME, TrainerState

    states, _ = killed(lambda o: get_cosine_schedule_with_warmup(o, 0, 20), 5)
    assert states[1]["last_epoch"] == 5 and states[1]["lr_lambdas"] == [{}]
    optimizer = sgd(0.1)
    scheduler = get_cosine_schedule_with_warmup(optimizer, 0, 40)
    for part, state in zip((optimizer, scheduler), states):
        part.load_state_dict(state)
    assert drive(optimizer, scheduler, 2) == pytest.approx([cosine(5, 0.1, 20), cosine(6, 0.1, 40)])
    assert (SCHEDULER_NAME, TRAINER_STATE_NAME) == ("scheduler.pt", "trainer_state.json") and TrainerState().global_step == 0


def test_timm_takes_the_count_as_an_argument():
    make = from_timm.schedulers()["CosineLRScheduler"]
    first, second = sgd(0.1), sgd(0.1)
    one, two = make(first, t_initial=20, t_in_epochs=False), make(second, t_initial=20, t_in_epochs=False)
    for t in range(1, 13):
        one.step_update(t)
    assert one.state_dict() == two.state_dict() and first.param_groups[0]["lr"] != second.param_groups[0]["lr"]     # no time in it
    two.step_update(12)
    assert first.param_groups[0]["lr"] == second.param_groups[0]["lr"] == pytest.approx(cosine(12, 0.1, 20))


def test_ignite_saves_its_count():
    make, (first, second) = from_ignite.handlers()["CosineAnnealingScheduler"], (sgd(0.1), sgd(0.1))
    one, two = make(first, "lr", 0.1, 0.0, 40), make(second, "lr", 0.1, 0.0, 40)
    for _ in range(5):
        one(None)
    assert one.state_dict()["event_index"] == 5
    two.load_state_dict(one.state_dict())
    one(None), two(None)
    assert first.param_groups[0]["lr"] == second.param_groups[0]["lr"] < 0.1


def test_fastai_hands_the_start_on_save_in_one_method():
    learner_class, handed = from_fastai.schedules()["Learner"], []

    class Noting(learner_class):
        def fit(self, n_epoch, start_epoch=None, **_):
            handed.append(start_epoch)

    for name in ("fit_one_cycle", "fit_flat_cos"):
        assert "start_epoch" in inspect.signature(getattr(learner_class, name)).parameters
        getattr(Noting(0.1), name)(10, start_epoch=3)
    assert handed == [3, 0]                 # fit_flat_cos forgets it


# -- answers as readers write them ----------------------------------------------------------------

def by_index(groups, state, schedule):
    k = state["updates"]
    for i in range(len(groups)):
        groups[i].update({"initial_lr": state["base_lrs"][i], "lr": schedule(k, state["base_lrs"][i])})
    return k


def made_first(optimizer, saved, factor):
    scheduler = ex.LambdaLR(optimizer, factor)
    optimizer.load_state_dict(saved["optimizer"])
    scheduler.last_epoch = saved["epoch"] + 1
    return scheduler


def rate_put_right(optimizer, saved, factor):
    start_epoch = saved["epoch"] + 1
    optimizer.load_state_dict(saved["optimizer"])
    scheduler = ex.LambdaLR(optimizer, factor)
    scheduler.last_epoch = start_epoch
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] * factor(start_epoch)
    return scheduler


@pytest.mark.parametrize("exercise, answer, state, mistake", [
    (ex.what_is_missing, ["scheduler", "Optimizer", "model", "generator", "loader"], "right", None),
    (ex.what_is_missing, ["scheduler", "optimizer"], "not yet", None),
    (ex.what_is_missing, ("optimizer", "scheduler", "model", "generator", "loader"), "not yet", "rate and time swapped"),
    (ex.by_hand, by_index, "right", None),
    (ex.by_hand, lambda groups, state, schedule: state["updates"], "not yet", None),
    (ex.by_hand, lambda groups, state, schedule: print(by_index(groups, state, schedule), end=""), "not yet", None),
    (ex.extend, lambda t, b, T, k, n: cosine(t, b, T) if t <= k else cosine(t - k, cosine(k, b, T), n - k), "right", None),
    (ex.extend, lambda t, b, T, k, n: cosine(t, b, n if t >= k else T), "not yet", "the new plan"),
    (ex.find_the_bug, made_first, "right", None), (ex.find_the_bug, rate_put_right, "right", None),
    (ex.find_the_bug, ex.as_found, "not started yet", None),
    (ex.find_the_bug, lambda optimizer, saved, factor: ex.LambdaLR(optimizer, factor, saved["epoch"]), "not yet", None),
])
def test_typical_answers(exercise, answer, state, mistake):
    outcome = exercise.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_four_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["what_is_missing", "by_hand", "extend", "find_the_bug"]
