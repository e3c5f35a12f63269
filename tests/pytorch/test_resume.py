"""Every scheduler survives a SIGKILL: killed and started again, a run ends with the same bits as one that never stopped."""
import json
import subprocess
import sys
from pathlib import Path

import pytest

import lrlearn.pytorch
from tests.pytorch.mortal import ENDINGS, EVERY, KINDS, STEPS, Run, classes

every_kind = pytest.mark.parametrize("kind", KINDS)
BASES = {"FollowerLR", "FormulaLR", "LRScheduler"}      # what others are made of


@pytest.fixture(scope="module")
def answer():
    done = subprocess.run([sys.executable, "-m", "tests.pytorch.mortal"], cwd=Path(__file__).parents[2], capture_output=True,
                          text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_public_scheduler_is_among_the_kinds():
    tried = set().union(*(classes(training.scheduler) for kind in KINDS for training in Run(kind).trainings.values()))
    public = {name: getattr(lrlearn.pytorch, name) for name in lrlearn.pytorch.__all__}
    schedulers = {name for name, thing in public.items() if isinstance(thing, type) and hasattr(thing, "load_state_dict")}
    assert schedulers - BASES == {name for name, thing in public.items() if thing in tried}


@every_kind
def test_killed_and_started_again_it_ends_with_the_same_bits(kind, answer):
    straight, killed = answer[kind]["straight"], answer[kind]["killed"]
    assert straight["codes"] == [0] and straight["drafts"] == 0
    assert killed["codes"] == [-9] * len(ENDINGS) + [0]         # SIGKILL each time, and then the end of the run
    assert killed["drafts"] > 0                                 # half a checkpoint was there, beside the whole one
    assert killed["runs"] == straight["runs"]
    for training in straight["runs"].values():                  # and it was a run: the rates move, and so do the weights
        assert len(training["rates"]) == STEPS + 1 and len({str(rate) for rate in training["rates"]}) > 1


def go_on(run):
    while run.t < STEPS:
        run.step()
    return run.end()


@pytest.fixture(scope="module", params=KINDS)
def saved(request, tmp_path_factory):
    """A kind, a checkpoint from the middle of its run, and how the run ended."""
    path, run = tmp_path_factory.mktemp("run") / "run.pt", Run(request.param)
    while run.t < 5 * EVERY:
        run.step()
    run.save(path)
    return request.param, path, go_on(run)


@pytest.mark.parametrize("order", [("model", "optimizer", "scheduler"), ("scheduler", "optimizer", "model")], ids=" ".join)
def test_made_before_anything_is_loaded_the_order_of_loading_does_not_matter(saved, order):
    kind, path, wanted = saved
    run = Run(kind)
    run.load(path, order)
    assert go_on(run) == wanted


@pytest.mark.parametrize("forgotten", ["model", "optimizer", "scheduler"])
def test_what_is_not_loaded_is_missed(saved, forgotten):
    kind, path, wanted = saved
    run = Run(kind)
    run.load(path, [name for name in ("model", "optimizer", "scheduler") if name != forgotten])
    assert go_on(run) != wanted


# Built on an optimizer that is loaded already, these move its rates as at the start of a run, and loading does not undo it.
MOVED = {"ConstantLR", "LinearLR", "CyclicLR", "OneCycleLR", "LambdaLR", "ScheduleLR", "chain", "sequence",
         "sequence of sequences of chains", "ours and torch's"}


def test_built_after_the_optimizer_was_loaded_some_start_from_a_wrong_rate(saved):
    kind, path, wanted = saved
    run = Run(kind)
    run.load(path, ["model", "optimizer"])
    for training in run.trainings.values():
        training.scheduler = KINDS[kind](training.optimizer)
    run.load(path, ["scheduler"])
    assert (go_on(run) == wanted) == (kind not in MOVED)
