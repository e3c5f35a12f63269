"""Accelerate with two real processes (gloo): how often a prepared scheduler moves, and what a plan has to be."""
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from itertools import product
from math import ceil

import pytest
import torch

from lrlearn.exercises import what_is_a_step as ex

SCRIPT = '''
import json, sys
import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader

accelerator, told = Accelerator(cpu=True), []
for epochs, batches, accumulate, T, prepared in json.loads(sys.argv[1]):
    accelerator.gradient_accumulation_steps = accumulate
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, T)
    loader = DataLoader(torch.ones(2 * batches, 1), batch_size=2)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    scheduler = accelerator.prepare(scheduler) if prepared else scheduler
    rates = []
    optimizer.optimizer.register_step_pre_hook(lambda *_: rates.append(optimizer.param_groups[0]["lr"]))
    for _ in range(epochs):
        for x in loader:
            with accelerator.accumulate(model):
                accelerator.backward(model(x).mean())
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
    told.append([accelerator.num_processes, rates, optimizer.param_groups[0]["lr"]])
if accelerator.is_main_process:
    with open(sys.argv[2], "w") as file:
        json.dump(told, file)
accelerator.end_training()
'''
EXERCISE = [(1, 8, 1), (1, 8, 2), (2, 9, 2), (3, 3, 4), (2, 7, 3)]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What two processes used: (epochs, batches, accumulate, T, prepared) -> (rates of the updates, the rate after the end)."""
    find_spec("accelerate")                 # make test-core skips here
    folder = tmp_path_factory.mktemp("accelerate")
    script, answer = folder / "script.py", folder / "told.json"
    script.write_text(SCRIPT, encoding="utf-8")
    cases = [(1, 8, 1, 8, 1), (1, 8, 1, 4, 1), (1, 8, 1, 4, 0), (1, 8, 2, 8, 1), (1, 8, 2, 4, 1)]
    cases += [(e, n, a, ex.training_steps(e, n, a, 2), 1) for e, n, a in EXERCISE]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    run = [*torchrun, script, json.dumps(cases), answer]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(list(map(str, run)), capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(answer.read_text(encoding="utf-8"))
    assert len(found) == len(cases) and {processes for processes, *_ in found} == {2}
    return {case: (rates, after) for case, (_, rates, after) in zip(cases, found)}


def test_a_prepared_scheduler_moves_once_for_each_process(told):
    assert told[1, 8, 1, 8, 1] == (pytest.approx([1, 0.75, 0.5, 0.25]), pytest.approx(0, abs=1e-12))
    assert told[1, 8, 1, 4, 1] == (pytest.approx([1, 0.5, 0, 0], abs=1e-12), pytest.approx(0, abs=1e-12))


def test_a_scheduler_that_is_not_prepared_moves_once(told):
    assert told[1, 8, 1, 4, 0] == (pytest.approx([1, 0.75, 0.5, 0.25]), pytest.approx(0, abs=1e-12))


def test_it_stands_still_while_gradients_are_gathered(told):
    assert told[1, 8, 2, 8, 1] == (pytest.approx([1, 0.75]), pytest.approx(0.5))
    assert told[1, 8, 2, 4, 1] == (pytest.approx([1, 0.5]), pytest.approx(0, abs=1e-12))


@pytest.mark.parametrize("epochs, batches, accumulate", EXERCISE)
def test_the_exercise_s_plan_ends_with_the_training(told, epochs, batches, accumulate):
    T = ex.training_steps(epochs, batches, accumulate, 2)
    rates, after = told[epochs, batches, accumulate, T, 1]
    assert 2 * len(rates) == T and after == pytest.approx(0, abs=1e-12) and rates[-1] > 1e-6


def one_process(T, accumulate, batches, epochs, source=None):
    """The rates of the exercise's own script in this process, and the rate after the end."""
    from accelerate import Accelerator
    from accelerate.state import AcceleratorState, GradientState
    from transformers import get_scheduler

    AcceleratorState._reset_state(True)
    GradientState._reset_state()
    try:
        accelerator = Accelerator(cpu=True, gradient_accumulation_steps=accumulate)
        model = torch.nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        rates = []
        optimizer.register_step_pre_hook(lambda *_: rates.append(optimizer.param_groups[0]["lr"]))
        loader = torch.utils.data.DataLoader([(torch.ones(1), torch.ones(1))] * batches, batch_size=1)
        exec(source or ex.SCRIPT.replace("updates * accumulate", str(T)), dict(
            accelerator=accelerator, model=model, optimizer=optimizer, loader=loader, epochs=epochs, accumulate=accumulate,
            loss_fn=torch.nn.functional.mse_loss, get_scheduler=get_scheduler, ceil=ceil))
        return rates, optimizer.param_groups[0]["lr"]
    finally:
        AcceleratorState._reset_state(True)
        GradientState._reset_state()


@pytest.mark.parametrize("epochs, batches, accumulate", [(2, 10, 4), (3, 8, 4), (1, 6, 1)])
def test_the_script_of_the_exercise(epochs, batches, accumulate):
    T = ex.training_steps(epochs, batches, accumulate, 1)
    rates, after = one_process(T, accumulate, batches, epochs)
    assert len(rates) == T and after == pytest.approx(0, abs=1e-12)
    rates, after = one_process(None, accumulate, batches, epochs, ex.SCRIPT)
    assert len(rates) == T and after == pytest.approx(1 - 1 / accumulate), "as it stands it falls by one part in accumulate"


@pytest.mark.parametrize("adjust, accumulate", list(product((True, False), (1, 2))))
def test_adjust_scheduler_does_not_arrive(adjust, accumulate):
    """accelerate 4262: the plugin's default is True, the state's False, and what is a default is not handed on."""
    from accelerate import Accelerator
    from accelerate.state import AcceleratorState, GradientState
    from accelerate.utils import GradientAccumulationPlugin

    assert GradientAccumulationPlugin().adjust_scheduler
    AcceleratorState._reset_state(True)
    GradientState._reset_state()
    try:
        plugin = GradientAccumulationPlugin(num_steps=accumulate, adjust_scheduler=adjust)
        assert not Accelerator(cpu=True, gradient_accumulation_plugin=plugin).gradient_state.adjust_scheduler
    finally:
        AcceleratorState._reset_state(True)
        GradientState._reset_state()
