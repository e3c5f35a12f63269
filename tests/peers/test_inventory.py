"""Every public schedule of every framework is known: named on a card, made by a composition that is held against it in
agreement.py, or no schedule at all, with the reason."""
import re

import pytest

from lrlearn import CARDS, FOLDS
from tests.peers import from_fastai, from_ignite, from_keras, from_timm
from tests.peers.agreement import ROWS, our_schedule, setting

TYPE, FACTORY = "a type, for annotations and checks", "makes one of the schedules here from its name"
BASE, MODULE = "what the others inherit from", "the file of the schedule of that name"
SUGGESTION = "suggests a rate from the losses of a range test"
ONE_STEP = "the annealer's formula itself, which SchedLin and its kin hold"

NO_SCHEDULE = {
    "torch": {"LRScheduler": BASE},
    "transformers": {},
    "optax": {
        "Schedule": TYPE, "StatefulSchedule": TYPE, "InjectHyperparamsState": TYPE, "InjectStatefulHyperparamsState": TYPE,
        "WrappedSchedule": "a schedule in the form of a stateful one",
        "inject_hyperparams": "makes a hyperparameter of an optimizer follow a schedule",
        "inject_stateful_hyperparams": "the same for a schedule that has a state",
        "ReduceLROnPlateauState": TYPE,
    },
    "keras": {
        "LearningRateSchedule": BASE,
        "LearningRateScheduler": "a callback that takes any function of the epoch",
        "serialize": "turns a schedule into a dictionary", "deserialize": "makes a schedule of a dictionary",
    },
    "timm": {
        "scheduler": MODULE, "cosine_lr": MODULE, "multistep_lr": MODULE, "plateau_lr": MODULE, "poly_lr": MODULE,
        "step_lr": MODULE, "tanh_lr": MODULE, "wsd_lr": MODULE, "scheduler_factory": "the file of the factories",
        "create_scheduler": FACTORY, "create_scheduler_v2": FACTORY, "scheduler_kwargs": "reads a command line for the factories",
    },
    "fastai": {
        "annealer": "turns a formula into an annealer", "sched_lin": ONE_STEP, "sched_cos": ONE_STEP,
        "sched_no": ONE_STEP, "sched_exp": ONE_STEP,
        "ParamScheduler": "the callback that drives any of the schedules",
        "LRFinder": "the callback of the range test, which ramps along a SchedExp",
        "valley": SUGGESTION, "slide": SUGGESTION, "minimum": SUGGESTION, "steep": SUGGESTION, "SuggestionMethod": SUGGESTION,
        "fine_tune": "fit_one_cycle twice: with most of the model frozen, and then with all of it at lower rates",
        "lr_find": "runs the range test",
    },
    "ignite": {
        "BaseParamScheduler": BASE, "ParamScheduler": BASE, "CyclicalScheduler": BASE,
        "LRScheduler": "wraps a scheduler of torch",
        "ParamGroupScheduler": "one scheduler for each param group",
        "ReduceLROnPlateauScheduler": "wraps torch's ReduceLROnPlateau",
        "BatchSizeScheduler": "schedules the batch size, and not the learning rate",
    },
    "lrsched": {
        "Schedule": TYPE, "GroupSchedule": TYPE, "sample": "lists the first rates of a schedule",
        "scale_by_group": "one schedule for each param group, times a factor",
    },
}


def torchs():
    from torch.optim import lr_scheduler, swa_utils

    return [*lr_scheduler.__all__, *[name for name in swa_utils.__all__ if name.endswith("LR")]]


def transformers():
    from transformers.optimization import TYPE_TO_SCHEDULER_FUNCTION

    return [kind.value for kind in TYPE_TO_SCHEDULER_FUNCTION]


def optax():
    import optax

    reacting = [name for name in public(optax.contrib) if "plateau" in name.lower()]
    return public(optax.schedules) + [f"contrib.{name}" if name[0].islower() else name for name in reacting]


def keras():
    package = from_keras.keras()
    callbacks = [name for name in public(package.callbacks) if "LearningRate" in name or "LR" in name]
    return public(package.optimizers.schedules) + callbacks


def timm():
    return [name for name in from_timm.schedulers() if name[0] != "_"]


def fastai():
    names = from_fastai.schedules()["__all__"]              # its import gives the stand-in for a Learner its methods
    return names + [name for name in vars(from_fastai.Learner) if name[0] != "_" and name != "fit"]


def ignite():
    home = "ignite.handlers.param_scheduler"
    return [name for name, thing in from_ignite.handlers().items() if name[0] != "_" and getattr(thing, "__module__", "") == home]


def lrsched():
    import lrsched

    return lrsched.__all__


def public(module):
    return [name for name in dir(module) if name[0] != "_"]


EVERYONE = {
    "torch": torchs, "transformers": transformers, "optax": optax, "keras": keras, "timm": timm, "fastai": fastai,
    "ignite": ignite, "lrsched": lrsched,
}


def on_cards(framework):
    """Whole words of what the cards name."""
    named = " ".join(card.names.get(framework, "") for cards in (CARDS, FOLDS) for card in cards.values())
    return set(re.findall(r"[\w.]+", named)) | set(re.findall(r"\w+", named))


def unknown(framework, names, cards, rows):
    return [name for name in names if name not in cards and name not in rows and name not in NO_SCHEDULE[framework]]


@pytest.mark.parametrize("framework", EVERYONE)
def test_every_public_schedule_is_known(framework):
    names, cards, rows = EVERYONE[framework](), on_cards(framework), {row.name for row in ROWS if row.framework == framework}
    assert len(names) > 4 and unknown(framework, names, cards, rows) == []
    assert set(NO_SCHEDULE[framework]) <= set(names), "a reason for what is no longer there"
    assert not set(NO_SCHEDULE[framework]) & rows, "a reason for what is held against ours"


@pytest.mark.parametrize("framework", EVERYONE)
def test_a_name_taken_out_is_missed(framework):
    rows = {row.name for row in ROWS if row.framework == framework}
    for name in EVERYONE[framework]():
        if name not in NO_SCHEDULE[framework]:
            assert unknown(framework, [name], set(), rows - {name}) == [name]


def test_every_composition_is_a_schedule_of_ours():
    for row in ROWS:
        if not row.ours.startswith("lrlearn.pytorch."):
            assert callable(our_schedule(row.ours, setting(0))), row
            assert row.steps or row.ours.split("(")[0] in FOLDS


def test_every_reason_is_in_words():
    for reasons in NO_SCHEDULE.values():
        for reason in reasons.values():
            assert len(reason.split()) >= 3 and not reason.endswith(".")
