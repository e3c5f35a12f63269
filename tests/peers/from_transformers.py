"""The schedules of Hugging Face transformers, which are torch schedulers."""
from importlib.metadata import version as installed

from .from_torch import stepped


def version():
    return "transformers " + installed("transformers")


def rates(call, steps, lr=1.0):
    from transformers import optimization

    return stepped(call, steps, lr, vars(optimization))
