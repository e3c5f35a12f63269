"""The Trainer of transformers and TRL's SFTConfig, run for real without a network: they count updates as the book does."""
import warnings
from functools import partial

import pytest
import torch

from lrlearn import Schedule, constant, cosine, linear, to_lambda, warmup
from lrlearn.worlds import total_steps, warmup_updates
from tests.scripts import recorded

QUIET = dict(report_to=[], disable_tqdm=True, use_cpu=True, save_strategy="no", logging_steps=1)


class Tiny(torch.nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(2, 1)

    def forward(self, x, labels):
        return {"loss": ((self.layer(x).squeeze(-1) - labels) ** 2).mean()}


def data(n):
    return [{"x": torch.tensor([1.0, i % 3]), "labels": torch.tensor(1.0)} for i in range(n)]


@pytest.fixture
def fit(tmp_path):
    """A real training: (rates that the updates used, rates of the log, Trainer)."""
    from transformers import PrinterCallback, Trainer, TrainingArguments

    def go(n=100, hand_over=None, **settings):
        args = TrainingArguments(output_dir=str(tmp_path), **{**QUIET, "learning_rate": 0.01, **settings})
        model = Tiny()
        extra = {} if hand_over is None else dict(optimizers=hand_over(model))
        trainer = Trainer(model=model, args=args, train_dataset=data(n), **extra)
        trainer.remove_callback(PrinterCallback)
        trainer.create_optimizer()
        used = recorded(trainer.optimizer)
        trainer.train()
        return used, [line["learning_rate"] for line in trainer.state.log_history if "learning_rate" in line], trainer

    return go


@pytest.mark.parametrize("n, b, a, epochs, drop", [
    (100, 8, 3, 2, False), (100, 8, 1, 1, False), (101, 32, 4, 3, False), (100, 8, 3, 1.5, False), (10, 8, 4, 3, False),
    (100, 8, 3, 2, True), (17, 4, 2, 0.5, False),
])
def test_the_updates_are_those_of_total_steps(fit, n, b, a, epochs, drop):
    used, logged, trainer = fit(n, per_device_train_batch_size=b, gradient_accumulation_steps=a, num_train_epochs=epochs,
                                dataloader_drop_last=drop, warmup_steps=0.1, lr_scheduler_type="cosine")
    T = total_steps(n, b, accumulate=a, epochs=epochs, drop_last=drop)
    assert trainer.state.max_steps == len(used) == T and logged == used
    W = warmup_updates(T, 0.1)
    s = Schedule(warmup, schedule=Schedule(cosine, T_max=T - W), warmup_steps=W)
    assert used == pytest.approx([s(t, 0.01) for t in range(T)], abs=1e-16)


@pytest.mark.parametrize("share, T, W", [(0.1, 101, 11), (0.1, 50, 5), (10, 101, 10), (0, 50, 0), (0.999, 10, 10)])
def test_warmup_steps_is_a_count_or_a_share(tmp_path, share, T, W):
    from transformers import TrainingArguments

    assert TrainingArguments(output_dir=str(tmp_path), warmup_steps=share).get_warmup_steps(T) == W == warmup_updates(T, share)


def test_warmup_ratio_is_gone(tmp_path):
    from transformers import TrainingArguments
    from trl import SFTConfig

    for arguments in (TrainingArguments, SFTConfig):
        with pytest.raises(TypeError, match="unexpected keyword argument 'warmup_ratio'"):
            arguments(output_dir=str(tmp_path), warmup_ratio=0.1)


def test_the_default_is_a_line_without_a_warm_up(fit):
    used, _, _ = fit(40, per_device_train_batch_size=8, num_train_epochs=2)
    assert used == pytest.approx([linear(t, 0.01, 10) for t in range(10)], abs=1e-16)


def test_sft_config_has_other_defaults_and_the_same_arguments(tmp_path):
    from transformers import Trainer, TrainingArguments
    from trl import SFTConfig, SFTTrainer

    assert issubclass(SFTConfig, TrainingArguments) and issubclass(SFTTrainer, Trainer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain, sft = (make(output_dir=str(tmp_path), **QUIET) for make in (TrainingArguments, partial(SFTConfig, bf16=False)))
    assert (plain.learning_rate, sft.learning_rate) == (5e-5, 2e-5)
    for args in (plain, sft):
        assert (args.lr_scheduler_type.value, args.warmup_steps) == ("linear", 0)


def test_the_names_are_no_class_names_of_torch():
    from transformers import SchedulerType, get_scheduler

    assert {kind.value for kind in SchedulerType} == {
        "linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup", "inverse_sqrt",
        "reduce_lr_on_plateau", "cosine_with_min_lr", "cosine_warmup_with_min_lr", "warmup_stable_decay", "greedy"}
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    for name in ("step", "exponential", "one_cycle"):
        with pytest.raises(ValueError):
            get_scheduler(name, optimizer, 0, 10)


@pytest.mark.parametrize("change", [
    dict(adam_beta1=0.8), dict(adam_beta2=0.9), dict(weight_decay=0.1), dict(max_grad_norm=0.01), dict(optim="sgd"),
], ids=lambda change: next(iter(change)))
def test_what_does_not_change_the_curve(fit, change):
    some = dict(per_device_train_batch_size=8, num_train_epochs=1, lr_scheduler_type="cosine", warmup_steps=2)
    (used, _, plain), (again, _, other) = fit(48, **some), fit(48, **some, **change)
    assert used == again and len(used) == 6
    assert not torch.equal(plain.model.layer.weight, other.model.layer.weight)


def test_a_schedule_of_the_book_is_handed_over(fit):
    s = Schedule(warmup, schedule=Schedule(constant), warmup_steps=4)

    def both(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, to_lambda(s, 0.01))

    used, logged, _ = fit(48, both, per_device_train_batch_size=8, num_train_epochs=1)
    assert used == logged == pytest.approx([s(t, 0.01) for t in range(6)], abs=1e-16)
