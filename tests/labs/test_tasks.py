"""The digits task: its split, its random numbers, and one run against a stack of runs."""
import pytest
import torch

from lrlearn.labs import Task, digits
from lrlearn.labs.tasks import DRAWS, draws


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
    meaning = "^label_noise: the share of training labels replaced at random, must be"
    with pytest.raises(ValueError, match=meaning + r" >= 0 and <= 1, got 1\.5$"):
        digits(label_noise=1.5)
    with pytest.raises(ValueError, match=meaning + " a number, got 'much'"):
        digits(label_noise="much")
