"""train: against a second implementation in numpy, its log, divergence, wrong arguments."""
from math import inf, log, nan

import numpy as np
import pytest
import torch

import lrlearn as ll
from lrlearn import Schedule, constant, cosine, warmup
from lrlearn.labs import Task, digits, race, train
from lrlearn.labs.beyond_torch import ScheduleFreeSGD
from lrlearn.labs.optimizers import Adam
from lrlearn.labs.train import finish

TASK = digits(label_noise=0.2)
COSINE = Schedule(cosine, T_max=600)


def by_hand(task, schedule, base_lr, steps, seed, momentum):
    """The losses of train, with the gradients written out."""
    P = [w.detach().numpy().copy() for w in task.model(seed)]
    V, losses = [np.zeros_like(p) for p in P], []
    for t, (x, y) in enumerate(task.batches(seed, steps)):
        hidden, y = [x.numpy()], y.numpy()
        for W, b in zip(P[:-2:2], P[1:-2:2]):
            hidden.append(np.maximum(hidden[-1] @ W + b, 0))
        scores = hidden[-1] @ P[-2] + P[-1]
        odds = np.exp(scores - scores.max(1, keepdims=True))
        odds /= odds.sum(1, keepdims=True)
        losses.append(-np.log(odds[np.arange(len(y)), y]).mean())
        odds[np.arange(len(y)), y] -= 1
        back, G = odds / len(y), []
        for layer in reversed(range(len(hidden))):
            G = [hidden[layer].T @ back, back.sum(0, keepdims=True)] + G
            back = (back @ P[2 * layer].T) * (hidden[layer] > 0)
        for k in range(len(P)):
            V[k] = momentum * V[k] + G[k]
            P[k] = P[k] - schedule(t, base_lr) * V[k]
    return losses


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_loop_is_sgd_with_momentum(momentum):
    schedule = Schedule(warmup, schedule=Schedule(cosine, T_max=60), warmup_steps=10)
    run = train(TASK, schedule, base_lr=0.1, steps=80, seed=3, momentum=momentum)
    assert run.losses == pytest.approx(by_hand(TASK, schedule, 0.1, 80, 3, momentum), abs=1e-10)
    assert run.losses[-1] < run.losses[0]


def test_the_log():
    run = train(TASK, COSINE, base_lr=0.1, steps=50, seed=2)
    assert run.lrs == ll.curve(COSINE, 50, 0.1) and len(run.losses) == 50
    assert (run.name, run.base_lr, run.seed, run.diverged) == ("cosine(T_max=600)", 0.1, 2, False)
    end = f"val_loss={run.val_loss:.3f}, val_accuracy={run.val_accuracy:.3f}"
    assert repr(run) == f"Run(cosine(T_max=600), base_lr=0.1, seed=2: {end})"
    assert all(type(value) is float for value in (*run.losses, run.val_loss, run.val_accuracy))


def test_a_seed_of_numpy_is_a_seed():
    assert train(TASK, COSINE, base_lr=0.1, steps=3, seed=np.int64(2)) == train(TASK, COSINE, base_lr=0.1, steps=3, seed=2)


def test_another_optimizer():
    adam = train(TASK, COSINE, base_lr=0.01, steps=50, optimizer=torch.optim.Adam)
    assert adam.losses[0] == train(TASK, COSINE, base_lr=0.01, steps=50).losses[0]
    assert adam.losses[-1] == pytest.approx(train(TASK, COSINE, base_lr=0.01, steps=50, optimizer=Adam).losses[-1], abs=1e-9)
    assert adam.lrs == ll.curve(COSINE, 50, 0.01)


def test_schedule_free_is_judged_at_its_averaged_weights():
    ends = []

    class Watched(ScheduleFreeSGD):
        def eval(self):
            ends.append(TASK.evaluate(self.param_groups[0]["params"])[0].item())    # at the point of the gradients
            super().eval()
            ends.append(TASK.evaluate(self.param_groups[0]["params"])[0].item())

    run = train(TASK, Schedule(constant), base_lr=0.5, steps=60, optimizer=Watched)
    assert run.val_loss == ends[1] != ends[0]


def test_it_learns():
    run = train(digits(), COSINE, base_lr=0.1)
    assert run.val_accuracy > 0.95 and run.val_loss < 0.15 and np.mean(run.losses[-50:]) < 0.01


def test_the_same_twice_and_with_any_number_of_threads():
    before, runs = torch.get_num_threads(), []
    try:
        for threads in (1, 2, 2):
            torch.set_num_threads(threads)
            runs.append(train(TASK, COSINE, base_lr=0.1, steps=100))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert runs[0] == runs[1] == runs[2]
    assert train(TASK, COSINE, base_lr=0.1, steps=100, seed=1).losses != runs[0].losses


def blow(t, base_lr, at):
    return 1e200 if t == at else base_lr


def test_a_run_that_diverges_stops_and_says_so():
    run = train(TASK, Schedule(blow, at=7), base_lr=0.1, steps=600)
    assert run.diverged and run.val_loss == inf and run.val_accuracy == 0.0
    assert len(run.losses) == len(run.lrs) <= 20 and np.isfinite(run.losses).all()
    assert run.losses[:8] == train(TASK, Schedule(blow, at=900), base_lr=0.1, steps=8).losses
    assert repr(run) == f"Run(blow(at=7), base_lr=0.1, seed=0: diverged after {len(run.losses)} updates)"
    assert "nan" not in str(tuple(run))


def test_a_run_that_the_last_update_ruins_diverged_too():
    run = train(TASK, Schedule(blow, at=7), base_lr=0.1, steps=8)
    assert run.diverged and run.val_loss == inf and len(run.losses) == 8


def test_a_run_that_ends_far_above_guessing_diverged_though_every_loss_is_finite():
    run = train(digits(), Schedule(constant), base_lr=100, steps=60)
    assert len(run.losses) == len(run.lrs) == 60 and np.isfinite(run.losses).all()
    assert run.diverged and run.val_loss == inf and run.val_accuracy == 0.0
    (raced,) = race(digits(), {"a": Schedule(constant)}, base_lrs=[100], seeds=1, steps=60).runs
    assert raced.diverged and raced.losses == pytest.approx(run.losses)


@pytest.mark.parametrize("times, lost", [(0.1, False), (1, False), (9.99, False), (10.01, True), (inf, True), (nan, True)])
def test_ten_times_the_loss_of_guessing_is_the_limit(times, lost):
    run = finish(TASK, "a", 0.1, 0, [2.0], [0.1], times * log(10), 0.5)
    assert run.diverged == lost and run.val_loss == (inf if lost else times * log(10))
    few = Task("two classes", (TASK.x, TASK.y % 2), (TASK.x_val, TASK.y_val % 2), (64, 8, 2))
    assert finish(few, "a", 0.1, 0, [2.0], [0.1], times * log(2), 0.5).diverged == lost


def holes(t, base_lr, value):
    return value if t == 3 else base_lr


def divides(t, base_lr):
    return base_lr / (3 - t)


@pytest.mark.parametrize("change, error, message", [
    ({"task": "digits"}, TypeError, "task: what to learn, must be a Task such as digits(), got 'digits'"),
    ({"task": digits}, TypeError, "task: what to learn, must be a Task such as digits(), got <function digits"),
    ({"schedule": cosine}, TypeError, "schedule: what to train with, must be a Schedule such as Schedule(cosine, T_max=600)"),
    ({"schedule": Schedule(holes, value=nan)}, ValueError, "schedule: the learning rate at update 3, must be finite, got nan"),
    ({"schedule": Schedule(holes, value=-0.1)}, ValueError, "schedule: the learning rate at update 3, must be >= 0, got -0.1"),
    ({"schedule": Schedule(holes, value=None)}, ValueError, "schedule: the learning rate at update 3, must be a number, got N"),
    ({"schedule": Schedule(divides)}, ValueError, "schedule: the learning rate at update 3, must be a number, "
                                                  "got ZeroDivisionError: "),
    ({"base_lr": -1}, ValueError, "base_lr: the learning rate at the peak, must be >= 0, got -1"),
    ({"base_lr": nan}, ValueError, "base_lr: the learning rate at the peak, must be finite, got nan"),
    ({"steps": 0}, ValueError, "steps: updates in one run, must be >= 1, got 0"),
    ({"steps": 1.5}, ValueError, "steps: updates in one run, must be an integer, got 1.5"),
    ({"seed": -1}, ValueError, "seed: the number that decides weights, label noise and batches, must be >= 0, got -1"),
    ({"momentum": 1}, ValueError, "momentum: the share of the last update that goes on, must be >= 0 and < 1, got 1"),
])
def test_wrong_arguments(change, error, message):
    with pytest.raises(error) as caught:
        train(**({"task": TASK, "schedule": COSINE, "base_lr": 0.1} | change))
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)
