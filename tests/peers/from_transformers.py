"""The schedules of Hugging Face transformers, which are torch schedulers."""
from . import frameworks
from .from_torch import reacting, stepped


def version():
    return frameworks.version("transformers")


def rates(call, steps, lr=1.0):
    from transformers import optimization

    return stepped(call, steps, lr, vars(optimization))


def fed(call, metrics, lr=1.0):
    """The learning rate after each of the metrics."""
    from transformers import optimization

    return reacting(call, metrics, lr, vars(optimization))
