"""The step calculator against transformers: the Trainer's own rule, trainings that ran, its warm-up and its curves."""
import math
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import BatchSampler, DataLoader, SequentialSampler

from lrlearn.worlds import every, steps, total_steps, updates_per_epoch, warmup_updates

counts = dict(samples=st.integers(1, 5000), batch_size=st.integers(1, 128), devices=st.integers(1, 9), accumulate=st.integers(1, 40))
epochs = st.integers(1, 20).map(float) | st.floats(0.05, 20.0)


# What real trainings did: transformers 5.23.0 with accelerate 1.15.0, every update counted; tests/tools/test_trainer.py trains again.
REAL = [
    ((100, 8, 1, 3, 2, False), 10), ((100, 8, 1, 1, 1, False), 13), ((101, 32, 1, 4, 3, False), 3), ((100, 8, 1, 3, 1.5, False), 8),
    ((10, 8, 1, 4, 3, False), 3), ((100, 8, 1, 3, 2, True), 8), ((37, 4, 1, 2, 1.1, True), 6),
]


@pytest.mark.parametrize("size, updates", REAL)
def test_real_trainings(size, updates):
    assert total_steps(*size) == updates == trainers(*size)[1]


class Loader:
    """A data loader of a given length, for the Trainer's own arithmetic."""

    def __init__(self, length, samples):
        self.length, self.dataset = length, range(samples)

    def __len__(self):
        return self.length


def trainers(samples, batch_size, devices, accumulate, epochs, drop_last):
    """(updates per epoch, updates in all) by transformers' own code, with the batches that accelerate deals out to one device."""
    batches = len(BatchSampler(SequentialSampler(range(samples)), batch_size, drop_last))
    length = batches // devices if drop_last else math.ceil(batches / devices)              # BatchSamplerShard.__len__
    args = SimpleNamespace(max_steps=-1, gradient_accumulation_steps=accumulate, num_train_epochs=epochs, per_device_train_batch_size=batch_size)
    self = SimpleNamespace(get_total_train_batch_size=lambda args: batch_size * devices * accumulate, get_sp_size=lambda: 1, num_examples=lambda loader: samples)
    import transformers

    told = transformers.Trainer.set_initial_training_values(self, args, Loader(length, samples))
    return told[1], told[6]


@given(epochs=epochs, drop_last=st.booleans(), **counts)
@settings(max_examples=300)
def test_the_trainers_own_rule(samples, batch_size, devices, accumulate, epochs, drop_last):
    if drop_last and samples < batch_size * devices:
        with pytest.raises(ValueError) as caught:
            total_steps(samples, batch_size, devices, accumulate, epochs, drop_last)
        assert str(caught.value) == f"samples: examples of an epoch, must fill one batch of {batch_size * devices} when drop_last is set, got {samples}"
        with pytest.raises(ValueError):
            trainers(samples, batch_size, devices, accumulate, epochs, drop_last)
        return
    ours = updates_per_epoch(samples, batch_size, devices, accumulate, drop_last), total_steps(samples, batch_size, devices, accumulate, epochs, drop_last)
    assert ours == trainers(samples, batch_size, devices, accumulate, epochs, drop_last)


@given(st.integers(1, 10**6), st.floats(0.0, 1.0, exclude_max=True) | st.integers(1, 10**5))
def test_the_warm_up_of_training_arguments(total, warmup):
    import transformers

    assert warmup_updates(total, warmup) == transformers.TrainingArguments.get_warmup_steps(SimpleNamespace(warmup_steps=warmup), total)


@given(st.integers(1, 300), st.integers(1, 40))
def test_the_loader_of_torch(samples, batch_size):
    assert updates_per_epoch(samples, batch_size) == len(DataLoader(range(samples), batch_size))


def test_the_naive_formula_is_another_one():
    assert total_steps(100, 8, accumulate=3, epochs=2) == 10 and math.ceil(100 / 8 / 3 * 2) == 9


@pytest.mark.parametrize("ours, theirs", [("linear", "linear"), ("cosine", "cosine"), ("constant", "constant_with_warmup")])
def test_the_curve_is_that_of_transformers(ours, theirs):
    import transformers

    total, warm = 60, 7
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    scheduler = transformers.get_scheduler(theirs, optimizer, num_warmup_steps=warm, num_training_steps=total)
    after = every(total - warm)[ours]
    for t in range(total):
        assert optimizer.param_groups[0]["lr"] == pytest.approx(t / warm if t < warm else after(t - warm), abs=1e-12)
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("given, words", [
    (dict(), "32 updates an epoch, 96 in all, 10 warm-up"),
    (dict(warmup=10, epochs=1.0), "32 updates an epoch, 32 in all, 10 warm-up"),
    (dict(samples=100, batch_size=128), "1 update an epoch, 3 in all, 1 warm-up"),
    (dict(samples=100, batch_size=128, drop_last=True), "No update: 100 samples fill no batch of 128"),
    (dict(schedule="wsd"), "32 updates an epoch, 96 in all, with a warm-up of its own"),
])
def test_what_the_picture_says(given, words):
    assert steps(**given).alt == words + "."
