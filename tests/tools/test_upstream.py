"""What surprised us in the packages, at the versions that the tests install. A test that fails here may be good news: then
the chapter on seams changes. Pinned elsewhere: optax' adadelta (tests/exercises/test_adaptive.py), warm restarts by number
and loading a CyclicLR (tests/seams), fastai's start_epoch and plateau (test_fastai.py)."""
import warnings

import pytest
import torch
from torch.optim import lr_scheduler as L

from tests.peers import from_keras, from_timm


def first_move(rule, g):
    """Of a rule of optax."""
    import jax.numpy as jnp

    return float(rule.update(jnp.full(1, g), rule.init(jnp.zeros(1)), jnp.zeros(1))[0][0])


def keras_move(rule, g):
    keras = from_keras.keras()
    w = keras.Variable([0.0])
    rule.apply([keras.ops.full((1,), g)], [w])
    return float(keras.ops.convert_to_numpy(w)[0])


def torch_move(make, g):
    w = torch.nn.Parameter(torch.zeros(1))
    optimizer = make([w])
    w.grad = torch.full((1,), g)
    optimizer.step()
    return w.item()


def test_the_adam_of_keras_adds_epsilon_before_the_bias_correction():
    """At the first update the root of the corrected mean square is g, the uncorrected one g * sqrt(0.001)."""
    import optax

    keras, g, lr, eps = from_keras.keras(), 1e-3, 0.1, 1e-3
    after = pytest.approx(-lr * g / (g + eps), rel=1e-4)
    before = pytest.approx(-lr * g / (g + eps / 0.001**0.5), rel=1e-3)
    assert torch_move(lambda w: torch.optim.Adam(w, lr, eps=eps), g) == after == first_move(optax.adam(lr, eps=eps), g)
    assert keras_move(keras.optimizers.Adam(lr, epsilon=eps), g) == before != after


def test_the_adagrad_of_keras_and_optax_begins_with_a_sum_of_a_tenth():
    import optax

    keras, g, lr = from_keras.keras(), 0.1, 0.1
    shorter = pytest.approx(-lr * g / (0.1 + g * g) ** 0.5, rel=1e-4)
    assert keras_move(keras.optimizers.Adagrad(lr), g) == shorter == first_move(optax.adagrad(lr), g)
    assert torch_move(lambda w: torch.optim.Adagrad(w, lr), g) == pytest.approx(-lr, rel=1e-4)


def test_constant_lr_doubles_a_late_group():
    one, other = (torch.nn.Parameter(torch.zeros(1)) for _ in range(2))
    optimizer = torch.optim.SGD([one], lr=1.0)
    scheduler = L.ConstantLR(optimizer, factor=0.5, total_iters=2)
    optimizer.add_param_group({"params": [other], "lr": 1.0})
    for _ in range(2):
        optimizer.step()
        scheduler.step()
    assert [group["lr"] for group in optimizer.param_groups] == [1.0, 2.0]


def test_the_bottom_of_warm_restarts_is_never_used():
    """pytorch#47560: the floor belongs to the update at which the next cycle begins."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler, used = L.CosineAnnealingWarmRestarts(optimizer, T_0=5), []
    for _ in range(20):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert min(used) > 0.09


def test_the_plateau_scheduler_of_timm_is_deprecated():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    make = from_timm.schedulers()["PlateauLRScheduler"]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        make(optimizer)
    assert any("deprecated" in str(w.message) for w in said)


def test_lightning_s_finder_corrects_its_bias_by_one_count_too_many(tmp_path):
    """With a loss of 1 at every update the smoothed loss should be 1 from the first on. It is beta-shaped: 0.505, 0.673, ..."""
    import logging

    import lightning.pytorch as lightning
    from lightning.pytorch.tuner import Tuner

    for name in ("lightning.pytorch", "lightning.pytorch.utilities.rank_zero"):
        logging.getLogger(name).setLevel(logging.ERROR)

    class One(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.lr, self.w = 0.1, torch.nn.Parameter(torch.zeros(1))

        def training_step(self, batch, _):
            return 1.0 + 0.0 * self.w.sum()

        def configure_optimizers(self):
            return torch.optim.SGD([self.w], lr=self.lr)

    with warnings.catch_warnings(action="ignore"):
        trainer = lightning.Trainer(accelerator="cpu", max_epochs=1, logger=False, enable_checkpointing=False,
                                    enable_progress_bar=False, enable_model_summary=False, default_root_dir=tmp_path)
        loader = torch.utils.data.DataLoader(torch.zeros(40, 1), batch_size=1)
        found = Tuner(trainer).lr_find(One(), train_dataloaders=loader, num_training=20, update_attr=False)
    losses, beta = found.results["loss"], 0.98
    wrong = [(1 - beta**n) / (1 - beta ** (n + 1)) for n in range(1, len(losses) + 1)]
    assert losses == pytest.approx(wrong, rel=1e-4)
