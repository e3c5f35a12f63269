"""The tools of the book and the helpers of the tests are importable from every test. A full run skips nothing."""
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "tests"), str(ROOT)]

from tests.peers.frameworks import FRAMEWORKS, TOOLBOX  # noqa: E402

# A busy machine is no failure. CI sets the variable to try the same examples every time; people try new ones.
settings.register_profile("book", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("book")

# make test-core: the frameworks are not there, even where they are installed, and a test that wants one is left out.
BROUGHT = {"jax": "optax", "fastcore": "fastai", "ConfigSpace": "smac", "ray.tune": "ray.tune"}
LEFT_OUT = {**{name: name for name in FRAMEWORKS | TOOLBOX}, **BROUGHT} if os.environ.get("LRLEARN_CORE") else {}


class Skipped(pytest.skip.Exception, ModuleNotFoundError):
    """Skips a test; for a package that can do without the framework it is the error that it expects."""

    __module__ = "builtins"                 # pytest shows where other errors come from


class LeftOut:
    """Asked first for every module."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in LEFT_OUT:
            raise Skipped(f"needs {LEFT_OUT[name]}", allow_module_level=True, _use_item_location=True)


sys.meta_path.insert(0, LeftOut)


def held(report):
    """A test that is skipped or may fail says nothing: it fails, unless only its framework is missing."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    if (report.skipped or hasattr(report, "wasxfail")) and reason not in {f"Skipped: needs {name}" for name in LEFT_OUT}:
        report.outcome, report.longrepr = "failed", f"{report.nodeid} was skipped or may fail, and so says nothing"
        vars(report).pop("wasxfail", None)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return held((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return held((yield))


# The files that take longest, first: of two processes that share the tests, none then waits long for the other at the end.
LONGEST = (
    "site/test_access.py", "labs/test_sweep.py", "site/test_live.py", "exercises/test_every_exercise.py", "labs/experiments/test_decay.py",
    "labs/test_on_ray.py", "test_chapter.py", "labs/test_race.py", "tools/test_accelerate.py", "test_natives.py", "pytorch/test_familiar.py",
    "micropython/test_same_numbers.py", "site/test_look.py", "pytorch/test_resume.py", "tools/test_ray_tune.py", "test_bridges.py",
    "test_jupyterlab.py", "tools/test_autokeras.py", "tools/test_smac.py", "tools/test_wandb.py", "tools/test_mlflow.py", "test_notebooks.py",
)


def pytest_collection_modifyitems(items):
    place = {ROOT / "tests" / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.fixture
def double():
    """torch makes float64 unless told otherwise, for this test."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.fixture(scope="module")
def browser():
    """Playwright's Chromium, for one file: while it is there asyncio's loop runs in this process, and other tests want their own."""
    from browser import launch
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


def pytest_sessionfinish(session):
    """One of several processes hands over what it has measured."""
    agreement = sys.modules.get("tests.peers.agreement")
    if agreement and hasattr(session.config, "workeroutput"):
        session.config.workeroutput["agreement"] = [(*row, apart) for row, apart in agreement.FOUND.items()]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """The first process takes it."""
    measured = getattr(node, "workeroutput", {}).get("agreement")
    if measured:
        from tests.peers import agreement

        agreement.FOUND.update({agreement.Row(*row): apart for *row, apart in measured})


def pytest_terminal_summary(terminalreporter):
    """The table of agreement, as far as this run has measured it."""
    agreement = sys.modules.get("tests.peers.agreement")
    if agreement and agreement.FOUND:
        terminalreporter.section("largest difference from each peer, relative to base_lr")
        for line in agreement.table(agreement.FOUND):
            terminalreporter.write_line(line)
