"""Put our schedulers and torch's into the same places, and see how far apart they go.

A place is written down as text, so that a failing one can be read: Scene(["StepLR(o, 4)", "LinearLR(o)"], steps=20).
SequentialLR and ChainedScheduler are torch's for both sides; the twelve NAMES come from the side that drives.
"""
import copy
import warnings
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace

import pytest
import torch
from hypothesis import assume
from hypothesis import strategies as st
from torch.optim import lr_scheduler

import lrlearn.pytorch as ours

CLOSE, PERIODS, FLOAT32 = 1e-11, 1e-9, 1e-4             # of the largest rate: alone, in company or over periods, float32
NAMES = ("LambdaLR", "MultiplicativeLR", "StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR",
         "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "OneCycleLR")
KINDS = {"SGD": partial(torch.optim.SGD, momentum=0.9), "Adam": torch.optim.Adam}


@dataclass(frozen=True)
class Scene:
    """Where schedulers are put, and what happens to them.

    calls   what makes them from the optimizer o; all are stepped after each update
    steps   updates
    close   how far apart the two sides may be, as a fraction of the largest rate
    lrs     the optimizer's own rates, one for each param group
    kind    "SGD" or "Adam"
    dtype   makes the rates tensors
    edits   update -> what the rates are multiplied by, by hand, just after it
    epochs  arguments of step(), in place of plain steps
    resume  (update, way): there, all is saved, made anew and loaded; or made anew with last_epoch
    """

    calls: list
    steps: int = 60
    close: float = CLOSE
    lrs: tuple = (0.1,)
    kind: str = "SGD"
    dtype: object = None
    edits: dict = field(default_factory=dict)
    epochs: tuple = None
    resume: tuple = (None, "")


def build(scene, names, more=""):
    """The optimizer and the schedulers of a scene, with the twelve names from there."""
    lrs = [torch.tensor(lr, dtype=scene.dtype) if scene.dtype else lr for lr in scene.lrs]
    optimizer = KINDS[scene.kind]([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs])
    return optimizer, made(scene.calls, names, optimizer, more)


def made(calls, names, optimizer, more=""):
    known = {**vars(lr_scheduler), **{name: getattr(names, name) for name in NAMES}, "o": optimizer}
    return [eval(call[:-1] + more + ")", known) for call in calls]


def ask(optimizer):
    """Rate and momentum of each param group."""
    return [(float(g["lr"]), float(g["betas"][0] if "betas" in g else g["momentum"])) for g in optimizer.param_groups]


def drive(scene, names):
    """What each update uses: a row for each, with rate and momentum of each group."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The epoch parameter")
        return list(rows(scene, names))


def rows(scene, names):
    optimizer, schedulers = build(scene, names)
    for t in range(scene.steps if scene.epochs is None else len(scene.epochs)):
        if t == scene.resume[0]:
            optimizer, schedulers = again(scene, names, optimizer, schedulers, t)
        yield ask(optimizer)
        optimizer.step()
        for group in optimizer.param_groups if t in scene.edits else ():
            group["lr"] = group["lr"] * scene.edits[t]
        for scheduler in schedulers:
            scheduler.step(*([] if scene.epochs is None or scene.epochs[t] is None else [scene.epochs[t]]))
    yield ask(optimizer)


def again(scene, names, optimizer, schedulers, t):
    """Save, make anew, load."""
    saved = copy.deepcopy([optimizer.state_dict()] + [scheduler.state_dict() for scheduler in schedulers])
    if scene.resume[1] == "last_epoch":
        other, _ = build(Scene([], lrs=scene.lrs, kind=scene.kind, dtype=scene.dtype), names)
        other.load_state_dict(saved[0])
        return other, made(scene.calls, names, other, f", last_epoch={t - 1}")
    other, schedulers = build(scene, names)
    for thing, state in zip([other, *schedulers], saved):
        thing.load_state_dict(state)
    return other, schedulers


def differ(ours, wanted):
    """The largest difference of the rates as a fraction of their group's largest, or of the momenta, whichever is worse."""
    assert len(ours) == len(wanted) and all(len(row) == len(other) for row, other in zip(ours, wanted))
    worst = 0.0
    for mine, theirs in zip(zip(*ours), zip(*wanted)):      # group by group
        largest = max(abs(rate) for rate, _ in theirs) or 1.0
        for (rate, momentum), (rate_there, momentum_there) in zip(mine, theirs):
            for apart in (abs(rate - rate_there) / largest, abs(momentum - momentum_there)):
                worst = apart if not apart <= worst else worst          # nan is worse, too
    return worst


def misses(scene, ours=ours, theirs=lr_scheduler):
    """By how many times what is allowed the two sides differ; above 1 is a fault."""
    return differ(drive(scene, ours), drive(scene, theirs)) / scene.close


def difference(**instead):
    """Drive every fixed scene, with the given classes in the place of ours: the worst of misses() and its scene.

    difference() stays at or below 1; difference(StepLR=Broken) must not. Given names, only their scenes are driven. A class
    that raises is as bad as can be.
    """
    mine = SimpleNamespace(**{**{name: getattr(ours, name) for name in NAMES}, **instead})
    worst = 0.0, None
    for scene in [s for name in instead or NAMES for s in SCENES[name]]:
        try:
            missed = misses(scene, mine)
        except Exception:
            missed = float("inf")
        if not missed <= worst[0]:          # nan is worse, too
            worst = missed, scene
        if not missed <= 1000:              # far off: no need to look on
            break
    return worst


# Arguments that tell the hyperparameters and their defaults apart; for OneCycleLR the run is as long as a scene.
ARGUMENTS = {
    "LambdaLR": ["lambda t: 0.9 ** t", "lambda t: 1 / (1 + t)", "lambda t: t // 3"],
    "MultiplicativeLR": ["lambda t: 0.9", "lambda t: 1 - 1 / (2 + t)", "lambda t: 1.0 + (t % 3 - 1) / 9"],
    "StepLR": ["3", "7, 0.5", "1, 0.97", "5, gamma=1.0"],
    "MultiStepLR": ["[3, 9]", "[20, 5, 9], 0.5", "[4, 4, 11], gamma=0.7", "(0, 2), 0.3", "[]", "range(3, 30, 4), 0.8"],
    "ConstantLR": ["", "0.5, 9", "total_iters=1", "1.0", "factor=0.2"],
    "LinearLR": ["", "0.1, 0.5, 20", "1.0, 0.0, 13", "end_factor=0.2", "start_factor=0.9", "total_iters=1", "1e-8, 1.0, 30"],
    "ExponentialLR": ["0.9", "gamma=0.5", "0.999", "1.0"],
    "PolynomialLR": ["", "20", "13, 2.0", "power=0.5", "total_iters=1", "50, 0.9"],
    "CosineAnnealingLR": ["10", "13, 0.02", "1, 1e-3", "T_max=37, eta_min=0.2", "59, 1e-10"],
    "CosineAnnealingWarmRestarts": ["10", "3, 2", "7, T_mult=3", "5, eta_min=0.02", "4, 2, 0.2", "1", "1, 2"],
    "CyclicLR": ["0.1, 0.5", "0.1, 0.5, 7", "0.1, 0.3, 4, 9", "0.1, 0.9, 5, mode='triangular2'",
                 "0.1, 0.5, 6, 3, 'exp_range', 0.97", "0.1, 0.5, 4, scale_fn=lambda x: 1 / (1 + x)",
                 "0.1, 0.5, 4, 2, scale_fn=lambda x: 0.99 ** x, scale_mode='iterations'",
                 "0.1, 0.5, 6, base_momentum=0.5, max_momentum=0.99", "0.1, 0.5, 6, cycle_momentum=False", "0.1, 0.02, 5"],
    "OneCycleLR": ["1.0, 61", "0.5, epochs=7, steps_per_epoch=9", "1.0, 61, pct_start=0.6, anneal_strategy='linear'",
                   "1.0, 61, three_phase=True", "1.0, 61, base_momentum=0.5, max_momentum=0.99", "1.0, 61, cycle_momentum=False",
                   "1.0, 61, div_factor=4.0, final_div_factor=10.0", "1.0, 61, anneal_strategy='linear', three_phase=True"],
}
COMPANY = {"StepLR": "StepLR(o, 4, 0.5)", "LinearLR": "LinearLR(o, 0.2, 0.9, 12)",
           "CosineAnnealingLR": "CosineAnnealingLR(o, 9, 0.01)", "LambdaLR": "LambdaLR(o, lambda t: 1 / (2 + t))"}
EPOCHS = (3, None, None, 0, 12, 25, None, 7, None, 58, 1, None, None)
# Where last_epoch takes a run up, since torch's classes do it right only at some updates, or at none.
TAKEN_UP = {"StepLR": 10, "MultiStepLR": 8, "ConstantLR": 3, "CosineAnnealingWarmRestarts": 2}
TAKEN_UP_WRONG = ("StepLR(o, 1, 0.97)", "CosineAnnealingWarmRestarts(o, 1, 2)")


def call_of(name, arguments):
    return f"{name}(o{', ' if arguments else ''}{arguments})"


def scenes_of(name):
    """Every place for every arguments of the class."""
    alone = PERIODS if name == "CosineAnnealingLR" else CLOSE
    for arguments in ARGUMENTS[name]:
        call = call_of(name, arguments)
        yield Scene([call], close=alone)
        yield Scene([call], close=alone, lrs=(1e-6, 100.0), kind="Adam")
        yield Scene([call], close=PERIODS, edits={2: 0.5, 11: 3.0, 40: 0.1}, lrs=(0.1, 0.02))
        yield Scene([call], close=FLOAT32, dtype=torch.float32)
        yield Scene([call], close=PERIODS, dtype=torch.float64, lrs=(0.1, 0.02))
        yield Scene([call], close=PERIODS, epochs=EPOCHS)
        yield Scene([call], close=PERIODS, resume=(13, "state"))
        if call not in TAKEN_UP_WRONG:
            yield Scene([call], close=PERIODS, resume=(TAKEN_UP.get(name, 14), "last_epoch"))
        for other in COMPANY.values():
            yield Scene([call, other], close=PERIODS)
            yield Scene([other, call], close=PERIODS)
            yield Scene([f"ChainedScheduler([{call}, {other}])"], close=PERIODS)
            yield Scene([f"SequentialLR(o, [{other}, {call}], [5])"], close=PERIODS)
            yield Scene([f"SequentialLR(o, [{call}, {other}], [8])"], close=PERIODS)


SCENES = {name: list(scenes_of(name)) for name in NAMES}


# ------------------------------------------------------------------------------------------ for the tests

every_name = pytest.mark.parametrize("name", NAMES)


def optimizer_of(lrs=(0.1,), dtype=None, kind="SGD"):
    return build(Scene([], lrs=lrs, dtype=dtype, kind=kind), ours)[0]


def rates(optimizer):
    return [rate for rate, _ in ask(optimizer)]


def used(optimizer, scheduler, steps):
    """The rates of the first group, for each update."""
    found = []
    for _ in range(steps):
        found.append(rates(optimizer)[0])
        optimizer.step()
        scheduler.step()
    return found


def one(name, arguments="", optimizer=None, side=ours):
    return made([call_of(name, arguments)], side, optimizer or optimizer_of())[0]


def number(low, high):
    return st.floats(low, high).map(repr)


def some(*parts):
    """Arguments by name, each given or left to its default."""
    return st.tuples(*[st.just("") | part for part in parts]).map(lambda given: ", ".join(text for text in given if text))


def named(name, values):
    return values.map(lambda value: f"{name}={value}")


counts = st.integers(1, 40)
DRAWN = {
    "LambdaLR": st.builds("lambda t: {} ** t + {} * (t % {})".format, number(0.5, 1.0), number(0.0, 1.0), counts),
    "MultiplicativeLR": st.builds("lambda t: {} + {} * (t % {} == 0)".format, number(0.5, 1.0), number(0.0, 0.2), counts),
    "StepLR": some(named("step_size", counts), named("gamma", number(0.05, 1.1))),
    "MultiStepLR": some(named("milestones", st.lists(st.integers(0, 50), max_size=6)), named("gamma", number(0.05, 1.1))),
    "ConstantLR": some(named("factor", number(0.05, 1.0)), named("total_iters", counts)),
    "LinearLR": some(named("start_factor", number(0.01, 1.0)), named("end_factor", number(0.0, 1.0)),
                     named("total_iters", counts)),
    "ExponentialLR": some(named("gamma", number(0.5, 1.05))),
    "PolynomialLR": some(named("total_iters", counts), named("power", number(0.3, 3.0))),
    "CosineAnnealingLR": some(named("T_max", counts), named("eta_min", number(0.0, 0.2))),
    "CosineAnnealingWarmRestarts": some(named("T_0", counts), named("T_mult", st.integers(1, 3)),
                                        named("eta_min", number(0.0, 0.2))),
    "CyclicLR": some(
        named("max_lr", number(0.0, 1.0)), named("step_size_up", counts), named("step_size_down", counts),
        named("mode", st.sampled_from(["'triangular'", "'triangular2'", "'exp_range'"])), named("gamma", number(0.9, 1.0)),
        named("scale_fn", st.sampled_from(["lambda x: 1 / (1 + x)", "lambda x: 0.9 ** x"])),
        named("scale_mode", st.sampled_from(["'cycle'", "'iterations'"])), named("cycle_momentum", st.booleans()),
        named("base_momentum", number(0.0, 0.99)), named("max_momentum", number(0.0, 0.99))),
    "OneCycleLR": some(
        named("total_steps", st.integers(2, 80)), named("pct_start", number(0.0, 1.0)), named("cycle_momentum", st.booleans()),
        named("anneal_strategy", st.sampled_from(["'cos'", "'linear'"])), named("base_momentum", number(0.0, 0.99)),
        named("max_momentum", number(0.0, 0.99)), named("div_factor", number(1.0, 100.0)),
        named("final_div_factor", number(1.0, 1e5)), named("three_phase", st.booleans())),
}
NEEDED = {"StepLR": "step_size=9", "MultiStepLR": "milestones=[7, 7, 30]", "ExponentialLR": "gamma=0.9",
          "CosineAnnealingLR": "T_max=17", "CosineAnnealingWarmRestarts": "T_0=11", "OneCycleLR": "total_steps=61",
          "CyclicLR": "max_lr=0.7"}


def drawn(name):
    """A call, with what the class cannot do without."""
    def complete(arguments):
        needed = NEEDED.get(name, "")
        if needed and needed.split("=")[0] + "=" not in arguments:
            arguments = ", ".join(text for text in (needed, arguments) if text)
        arguments += {"CyclicLR": ", base_lr=0.1", "OneCycleLR": ", max_lr=0.6"}.get(name, "")
        return call_of(name, arguments)

    return DRAWN[name].map(complete)


def length_of(call, steps=60):
    """How many updates torch does right: OneCycleLR's run, and none where its phases have no length."""
    if not call.startswith("OneCycleLR"):
        return steps
    scheduler = made([call], ours, optimizer_of())[0]
    assume(abs(scheduler.pct_start * scheduler.total_steps - 1) > 1e-6)         # seam: ZeroDivisionError
    return min(steps, scheduler.total_steps - 1)
