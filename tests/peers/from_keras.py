"""The schedules of Keras: functions of the step, in float32. Keras runs on torch here."""
import os
import tempfile
from functools import cache
from types import SimpleNamespace
from unittest import mock

from . import frameworks


def version():
    return frameworks.version("keras")


@cache
def keras():
    """The package, imported so that neither the reader's settings nor the reader's home folder is touched."""
    with tempfile.TemporaryDirectory() as home, mock.patch.dict(os.environ, KERAS_BACKEND="torch", KERAS_HOME=home):
        import keras
    return keras


def rates(call, steps, lr=1.0):
    """The peak stands in the call, so lr is not used."""
    schedule = eval(call, {"keras": keras()})
    return [float(schedule(t)) for t in range(steps)]


def fed(call, metrics, lr=1.0):
    """The learning rate after each of the metrics; in place of a model stands what has an optimizer with a rate."""
    callback, used = eval(call, {"keras": keras()}), []
    model = SimpleNamespace(optimizer=SimpleNamespace(learning_rate=lr))
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, metric in enumerate(metrics):
        callback.on_epoch_end(epoch, {callback.monitor: metric})
        used.append(float(model.optimizer.learning_rate))
    return used
