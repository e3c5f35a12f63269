"""Keras 3 on torch: its callbacks and its schedules in a real fit, as the chapter on seams tells it."""
from functools import partial

import pytest

from lrlearn import Schedule, constant, cosine, warmup
from lrlearn.bridges import to_keras
from tests.peers import from_keras


def fitted(rate, epochs, *callbacks):
    """A model after some epochs of four updates each, and the rate that the optimizer used at each update."""
    import numpy as np

    keras = from_keras.keras()
    keras.utils.set_random_seed(0)
    model, used = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]), []
    model.compile(keras.optimizers.SGD(rate), "mse")
    noting = keras.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: used.append(float(model.optimizer.learning_rate)))
    x = np.linspace(-1, 1, 64, dtype="float32").reshape(-1, 1)
    history = model.fit(x, 3 * x, batch_size=16, epochs=epochs, verbose=0, shuffle=False, callbacks=[*callbacks, noting]).history
    return model, used, history


near = partial(pytest.approx, rel=1e-5, abs=1e-9)
HILL = Schedule(warmup, schedule=Schedule(cosine, T_max=7), warmup_steps=3)


def test_learning_rate_scheduler_sets_the_rate_once_an_epoch_from_epoch_0():
    each = from_keras.keras().callbacks.LearningRateScheduler(lambda epoch, lr: HILL(epoch, 0.1))
    _, used, history = fitted(0.5, 4, each)
    assert used == near([HILL(epoch, 0.1) for epoch in range(4) for _ in range(4)])
    assert history["learning_rate"] == near([HILL(epoch, 0.1) for epoch in range(4)])


def test_learning_rate_scheduler_hands_on_the_rate_of_the_moment():
    halved = from_keras.keras().callbacks.LearningRateScheduler(lambda epoch, lr: lr / 2)
    assert fitted(0.8, 3, halved)[1][::4] == near([0.4, 0.2, 0.1])


def test_a_schedule_is_asked_at_every_update():
    _, used, history = fitted(to_keras(HILL, 0.1), 3)
    assert used == near([HILL(t, 0.1) for t in range(12)])
    assert "learning_rate" not in history           # only the callbacks log it


def test_reduce_lr_on_plateau_cuts_after_patience_bad_epochs():
    """Epoch 0 is the first and the best; with patience=2 the epochs 1 and 2 are bad, and epoch 3 has the cut rate."""
    never = from_keras.keras().callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=2, min_delta=100.0)
    assert fitted(0.1, 8, never)[1][::4] == near([0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.0125])


def test_reduce_lr_on_plateau_stops_at_min_lr_and_leaves_a_loss_that_falls_alone():
    callback = from_keras.keras().callbacks.ReduceLROnPlateau
    never = callback("loss", factor=0.1, patience=1, min_delta=100.0, min_lr=0.02)
    assert fitted(0.1, 4, never)[1][::4] == near([0.1, 0.1, 0.02, 0.02])
    assert fitted(0.1, 4, callback("loss", factor=0.1, patience=1, min_delta=0.0))[1][-1] == near(0.1)


@pytest.mark.parametrize("name", ["LearningRateScheduler", "ReduceLROnPlateau"])
def test_a_callback_cannot_write_into_an_optimizer_that_holds_a_schedule(name):
    callbacks = from_keras.keras().callbacks
    made = {"LearningRateScheduler": lambda: callbacks.LearningRateScheduler(lambda epoch, lr: 0.1),
            "ReduceLROnPlateau": lambda: callbacks.ReduceLROnPlateau("loss", patience=1, min_delta=100.0)}[name]()
    with pytest.raises((TypeError, ValueError)):
        fitted(to_keras(HILL, 0.1), 4, made)


def test_the_schedules_are_no_callbacks():
    keras = from_keras.keras()
    for name in ("ExponentialDecay", "CosineDecay"):
        assert not hasattr(keras.callbacks, name) and hasattr(keras.optimizers.schedules, name)


def test_saved_weights_bring_the_count_of_updates_back(tmp_path):
    """So a schedule goes on where it was."""
    model, _, _ = fitted(to_keras(HILL, 0.1), 2)
    model.save_weights(tmp_path / "a.weights.h5")
    other, _, _ = fitted(to_keras(Schedule(constant), 0.1, steps=9), 1)
    assert int(other.optimizer.iterations) == 4
    other.load_weights(tmp_path / "a.weights.h5")
    assert int(other.optimizer.iterations) == 8
