"""The tasks: their splits, their random numbers, and one run against a stack of runs."""
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import lrlearn
from lrlearn import Schedule, cosine
from lrlearn.labs import Task, arithmetic, digits, mnist1d, train
from lrlearn.labs.tasks import DRAWS, curves, draws


def test_the_split_is_fixed_and_loses_no_image():
    task, again = digits(), digits(label_noise=0.5)
    assert task.x.shape == (1078, 64) and task.x_val.shape == (719, 64) and len(task.y) == 1078 and len(task.y_val) == 719
    assert task.x.dtype == task.x_val.dtype == torch.float64
    assert task.x.min() == 0 and task.x.max() == 1 and task.x_val.min() == 0 and task.x_val.max() == 1
    assert torch.equal(task.x, again.x) and torch.equal(task.y, again.y) and torch.equal(task.y_val, again.y_val)
    # 1797 images in all; the same image twice is not among them, so none stands on both sides.
    assert len({tuple(row) for row in torch.cat([task.x, task.x_val]).tolist()}) == 1797
    shares = torch.bincount(task.y_val) / torch.bincount(torch.cat([task.y, task.y_val]))
    assert shares.min() > 0.39 and shares.max() < 0.41


def test_a_seed_decides_everything_and_each_thing_by_itself():
    task = digits(label_noise=0.3)
    for draw in (task.model, lambda seed: [task.labels(seed)], lambda seed: [x for x, _ in task.batches(seed, 3)]):
        assert all(torch.equal(a, b) for a, b in zip(draw(5), draw(5), strict=True))
        assert not all(torch.equal(a, b) for a, b in zip(draw(5), draw(6), strict=True))
    assert len({draws(seed, what).initial_seed() for seed in range(9) for what in DRAWS}) == 27
    # Longer runs begin like shorter ones, and other label noise leaves weights and batches alone.
    short, long, other = task.batches(5, 3), task.batches(5, 30), digits().batches(5, 30)
    for (x, y), (x_long, y_long), (x_other, _) in zip(short, long, other):
        assert torch.equal(x, x_long) and torch.equal(y, y_long) and torch.equal(x, x_other)
    assert torch.equal(task.model(5)[0], digits().model(5)[0])


def test_torchs_own_random_numbers_are_left_alone():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    task = digits(label_noise=0.3)
    task.model(0), task.labels(0), list(task.batches(0, 2))
    assert torch.equal(torch.get_rng_state(), before)


def test_the_first_weights_are_hes():
    weights = digits().model(0)
    assert [tuple(w.shape) for w in weights] == [(64, 64), (1, 64), (64, 32), (1, 32), (32, 10), (1, 10)]
    assert all(w.dtype == torch.float64 and w.requires_grad for w in weights)
    assert all((b == 0).all() for b in weights[1::2])
    for W in weights[::2]:
        assert abs(W.std().item() / (2 / W.shape[0]) ** 0.5 - 1) < 0.15 and abs(W.mean().item()) < 0.05


@pytest.mark.parametrize("noise, changed", [(0.0, 0.0), (0.2, 0.18), (1.0, 0.9)])
def test_label_noise_draws_the_label_anew_by_chance_the_same(noise, changed):
    task = digits(label_noise=noise)
    shares = [(task.labels(seed) != task.y).double().mean().item() for seed in range(20)]
    assert sum(shares) / 20 == pytest.approx(changed, abs=0.01)
    _, y = next(task.batches(0, 1))
    assert y.shape == (32,) and y.dtype == torch.int64 and 0 <= y.min() and y.max() <= 9


def test_batches_hold_the_rows_of_their_labels():
    task = digits(label_noise=0.2)
    named = {tuple(row): label for row, label in zip(task.x.tolist(), task.labels(4).tolist())}
    for x, y in task.batches(4, 5):
        assert [named[tuple(row)] for row in x.tolist()] == y.tolist()


def test_the_loss_is_the_mean_of_minus_log_probability():
    task = digits()
    weights, (x, y) = task.model(0), next(task.batches(0, 1))
    odds = task.outputs(weights, x).softmax(-1)
    wanted = -sum(odds[i, label].log() for i, label in enumerate(y)) / 32
    assert task.loss(weights, x, y).item() == pytest.approx(wanted.item(), rel=1e-12)
    loss, accuracy = task.evaluate(weights)
    assert loss.item() == pytest.approx(task.loss(weights, task.x_val, task.y_val).item(), rel=1e-12)
    assert accuracy.item() == (task.outputs(weights, task.x_val).argmax(-1) == task.y_val).sum().item() / 719


def test_a_stack_of_runs_gives_each_runs_numbers():
    task = digits(label_noise=0.2)
    models, batches = [task.model(s) for s in range(3)], [next(task.batches(s, 1)) for s in range(3)]
    stack, (x, y) = [torch.stack(w) for w in zip(*models)], [torch.stack(part) for part in zip(*batches)]
    losses, (val_losses, accuracies) = task.loss(stack, x, y), task.evaluate(stack)
    assert losses.shape == val_losses.shape == accuracies.shape == (3,)
    for s in range(3):
        loss, accuracy = task.evaluate(models[s])
        assert losses[s].item() == pytest.approx(task.loss(models[s], *batches[s]).item(), rel=1e-12)
        assert val_losses[s].item() == pytest.approx(loss.item(), rel=1e-12) and accuracies[s] == accuracy


def test_what_a_reader_sees():
    data = "digits: 1078 to learn from, 719 to validate, 20 % of the training labels random"
    assert repr(digits(0.2)) == data + "; layers 64-64-32-10, batches of 32"
    assert "random" not in repr(digits()) and isinstance(digits(), Task)
    assert repr(digits(batch_size=[16, 16, 64, 256])).endswith("; layers 64-64-32-10, batches of 16, 64, 256")
    meaning = "^label_noise: the share of training labels replaced at random, must be"
    with pytest.raises(ValueError, match=meaning + r" >= 0 and <= 1, got 1\.5$"):
        digits(label_noise=1.5)
    with pytest.raises(ValueError, match=meaning + " a number, got 'much'"):
        digits(label_noise="much")


def test_a_list_of_batch_sizes_is_taken_in_turn_and_its_last_one_holds():
    grown = digits(batch_size=[3, 3, 50])
    assert [len(y) for _, y in grown.batches(0, 5)] == [3, 3, 50, 50, 50] and [len(y) for _, y in grown.batches(0, 2)] == [3, 3]
    assert grown.batch_sizes(5) == [3, 3, 50, 50, 50] and digits(batch_size=7).batch_sizes(2) == [7, 7]
    # However the examples are cut into updates, they come in the same order; longer runs begin like shorter ones.
    for task in (grown, digits(batch_size=(1, 105)), digits(batch_size=np.array([106])), digits(batch_size=53)):
        rows = torch.cat([x for x, _ in task.batches(4, 9)])[:106]
        assert torch.equal(rows, torch.cat([x for x, _ in digits().batches(4, 4)])[:106])
        assert all(torch.equal(x, x_long) for (x, _), (x_long, _) in zip(task.batches(4, 2), task.batches(4, 9)))


@pytest.mark.parametrize("wrong, why", [
    (0, "must be >= 1, got 0"), ([32, 0], "must be >= 1, got 0"), (1.5, "must be an integer, got 1.5"),
    ([], "must be at least one, got []"), ("many", "must be a number, got 'many'"), ([[1]], "must be a number, got [1]"),
    (True, "must be a number, got True"),
])
def test_a_wrong_batch_size_is_one_sentence(wrong, why):
    for task in (digits, mnist1d, arithmetic):
        with pytest.raises(ValueError) as caught:
            task(batch_size=wrong)
        assert str(caught.value) == "batch_size: examples in one update, or a list of them, " + why


def test_mnist1d_is_made_here_and_always_the_same():
    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    wanted = torch.rand(1), random.random(), np.random.rand()
    torch.manual_seed(1), random.seed(1), np.random.seed(1)
    curves.cache_clear()
    task = mnist1d()
    assert (torch.rand(1), random.random(), np.random.rand()) == wanted            # the caller's random numbers are left alone
    again = curves.__wrapped__()
    assert all(torch.equal(a, b) for a, b in zip((task.x, task.y, task.x_val, task.y_val), again, strict=True))
    assert task.x.shape == (4000, 40) and task.x_val.shape == (1000, 40) and task.x.dtype == torch.float64
    assert task.y.dtype == torch.int64 and torch.bincount(torch.cat([task.y, task.y_val])).tolist() == [500] * 10
    everything = torch.cat([task.x, task.x_val])
    assert everything.mean().item() == pytest.approx(0, abs=1e-12) and everything.std().item() == pytest.approx(1, abs=1e-4)
    assert len({tuple(row) for row in everything.tolist()}) == 5000
    assert mnist1d(label_noise=0.2, batch_size=8).label_noise == 0.2 and mnist1d().x is task.x


def test_mnist1d_learns_what_the_page_says():
    run = train(mnist1d(), Schedule(cosine, T_max=600), base_lr=0.1)
    assert 0.45 < run.val_accuracy < 0.6 and 1.1 < run.val_loss < 1.3


def test_without_the_package_mnist1d_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mnist1d", None)
    curves.cache_clear()
    wanted = "^this part of lrlearn needs mnist1d, which is not installed: pip install 'lrlearn\\[labs\\]'$"
    with pytest.raises(ModuleNotFoundError, match=wanted):
        mnist1d()


def test_the_tasks_that_do_not_need_mnist1d_do_not_load_it():
    code = "import sys; from lrlearn.labs import arithmetic, digits; digits(), arithmetic(); assert 'mnist1d' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(lrlearn.__file__).parents[1])
