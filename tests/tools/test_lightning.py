"""Lightning's Trainer, run for real: its schedules tick once an epoch unless told otherwise."""
import logging
import warnings

import pytest
import torch


@pytest.fixture
def fit(tmp_path):
    """What a real training used: (rate of each batch, estimated_stepping_batches, rate after the end)."""
    import lightning.pytorch as pl

    class Model(pl.LightningModule):
        def __init__(self, config):
            super().__init__()
            self.layer, self.config, self.rates = torch.nn.Linear(1, 1), config, []

        def training_step(self, batch, i):
            self.rates.append(self.optimizers().param_groups[0]["lr"])
            return self.layer(batch[0]).mean()

        def configure_optimizers(self):
            optimizer = torch.optim.SGD(self.parameters(), lr=1.0)
            self.estimated = self.trainer.estimated_stepping_batches
            scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=8)
            return [optimizer], [{"scheduler": scheduler, **self.config}]

    def go(accumulate=1, batches=4, **config):
        model = Model(config)
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(2 * batches, 1)), batch_size=2)
        logging.disable(logging.CRITICAL)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                trainer = pl.Trainer(max_epochs=2, accelerator="cpu", devices=1, logger=False, enable_checkpointing=False,
                                     enable_progress_bar=False, enable_model_summary=False, default_root_dir=tmp_path,
                                     accumulate_grad_batches=accumulate)
                trainer.fit(model, loader)
        finally:
            logging.disable(logging.NOTSET)
        return model.rates, model.estimated, trainer.optimizers[0].param_groups[0]["lr"]

    return go


@pytest.mark.parametrize("config", [{}, {"interval": "epoch"}])
def test_by_default_the_rate_moves_once_an_epoch(fit, config):
    rates, estimated, after = fit(**config)
    assert rates == pytest.approx([1.0] * 4 + [0.875] * 4) and estimated == 8 and after == pytest.approx(0.75)


def test_interval_step_moves_it_at_every_update(fit):
    rates, estimated, after = fit(interval="step")
    assert rates == pytest.approx([1 - t / 8 for t in range(8)]) and estimated == 8 and after == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("accumulate, updates", [(2, [0, 0, 1, 1, 2, 2, 3, 3]), (3, [0, 0, 0, 1, 2, 2, 2, 3])])
def test_a_step_is_an_update_and_the_rest_of_an_epoch_is_one(fit, accumulate, updates):
    rates, estimated, after = fit(accumulate, interval="step")
    assert rates == pytest.approx([1 - t / 8 for t in updates]) and estimated == 4 and after == pytest.approx(0.5)


def test_the_time_of_a_batch_is_the_exercise_s(fit):
    from lrlearn.exercises.what_is_a_step import time_of

    rates, _, _ = fit(3, interval="step")
    assert rates == pytest.approx([1 - time_of(i, 4, 3) / 8 for i in range(8)])


def test_with_an_epoch_s_clock_accumulation_changes_nothing(fit):
    assert fit(1)[0] == fit(2)[0]
