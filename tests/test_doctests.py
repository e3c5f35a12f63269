"""Every example in a docstring runs and gives what stands there; every public name has a docstring."""
import doctest
import importlib
import pkgutil

import pytest

import lrlearn

MODULES = ["lrlearn"] + sorted(m.name for m in pkgutil.walk_packages(lrlearn.__path__, "lrlearn."))


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert not failed, "see above"


def test_there_are_examples():
    ran = {name: doctest.testmod(importlib.import_module(name)).attempted for name in MODULES}
    for name in ("lrlearn.core", "lrlearn.schedules.cosine", "lrlearn.live.explorer", "lrlearn.labs.race", "lrlearn.pytorch.bridge", "lrlearn.exercises.exercise"):
        assert ran[name], f"{name} has no example that runs"


@pytest.mark.parametrize("room", ["lrlearn", "lrlearn.labs", "lrlearn.pytorch", "lrlearn.exercises", "lrlearn.plots", "lrlearn.svg", "lrlearn.show", "lrlearn.peers", "lrlearn.bridges"])
def test_public_names_say_what_they_are(room):
    module = importlib.import_module(room)
    things = {name: getattr(module, name) for name in {*vars(module), *getattr(module, "__all__", ())}}    # lazy names, too
    silent = [name for name, thing in things.items()
              if not name.startswith("_") and callable(thing) and (getattr(thing, "__module__", "") or "").startswith("lrlearn") and not thing.__doc__]
    assert not silent
