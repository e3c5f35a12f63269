"""ChainedScheduler and SequentialLR do what torch's do, and nest at any depth, where torch's do not.

A plan says what is joined: ("StepLR", {"step_size": 4}), ("chain", plans) or ("sequence", plans, milestones).
"""
import copy
import inspect
import pickle
import random
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from states import WAYS
from torch.optim import lr_scheduler as theirs
from torch.optim.swa_utils import SWALR

import lrlearn.pytorch as ours
from lrlearn import Schedule, chained, curve, exponential_decay, linear, sequential, step_decay
from lrlearn.pytorch import ChainedScheduler, SequentialLR

CLOSE, FLOAT32, STEPS = 1e-9, 1e-3, 60                   # of the largest rate
OURS, THEIRS = (lambda name: getattr(ours, name)), (lambda name: getattr(theirs, name))


def leaf(name, **arguments):
    return st.tuples(st.just(name), st.fixed_dictionaries(arguments))


horizons, factors, rates = st.integers(1, 40), st.floats(0.05, 1.0), st.floats(1e-3, 10.0)
followers = st.one_of(
    leaf("StepLR", step_size=st.integers(1, 20), gamma=factors),
    leaf("MultiStepLR", milestones=st.lists(st.integers(1, 40), max_size=4), gamma=factors),
    leaf("ConstantLR", factor=factors, total_iters=horizons),
    leaf("LinearLR", start_factor=factors, end_factor=st.floats(0.0, 1.0), total_iters=horizons),
    leaf("ExponentialLR", gamma=st.floats(0.8, 1.0)),
    leaf("PolynomialLR", total_iters=horizons, power=st.sampled_from([0.5, 1.0, 2.0])),
    leaf("CosineAnnealingLR", T_max=horizons, eta_min=st.just(0.0) | st.floats(1e-4, 0.1)))
setters = st.one_of(
    leaf("LambdaLR", lr_lambda=st.just(lambda t: 1 / (1 + t))),
    leaf("CosineAnnealingWarmRestarts", T_0=st.integers(1, 9), T_mult=st.integers(1, 3), eta_min=st.floats(0.0, 0.1)))
# In a chain, torch's CyclicLR begins at the rate of the one before it.
others = setters | leaf("CyclicLR", base_lr=factors, max_lr=factors, step_size_up=st.integers(1, 9),
                        cycle_momentum=st.just(False))
milestones = st.integers(0, 30)
edits = st.dictionaries(st.integers(0, STEPS), st.floats(0.3, 2.0), max_size=3)


def leaves(plan):
    return [deep for each in plan[1] for deep in leaves(each)] if isinstance(plan[1], list) else [plan]


def floorless(plan):
    """Every cosine of the plan down to 0."""
    if isinstance(plan[1], list):
        return (plan[0], [floorless(each) for each in plan[1]], *plan[2:])
    return (plan[0], {**plan[1], "eta_min": 0.0}) if plan[0] == "CosineAnnealingLR" else plan


def tame(plan):
    """Cosines that multiply while they head for different floors magnify what rounding leaves at the bottom: see below."""
    return floorless(plan) if sum(name == "CosineAnnealingLR" for name, _ in leaves(plan)) > 1 else plan


def chains(plans, most=4):
    return st.tuples(st.just("chain"), st.lists(plans, min_size=2, max_size=most)).map(tame)


def sequences(plans, least=2):
    return st.lists(plans, min_size=least, max_size=4).flatmap(lambda made: st.tuples(
        st.just("sequence"), st.just(made), st.lists(milestones, min_size=len(made) - 1, max_size=len(made) - 1).map(sorted)))


# Chains of followers, and sequences of anything, to any depth.
nested = sequences(st.recursive(followers | others | st.recursive(followers, chains, max_leaves=6), sequences, max_leaves=6), 1)


def optimizer_of(lrs, dtype=None, **more):
    """An optimizer with one param group for each rate; dtype makes the rates tensors."""
    lrs = [torch.tensor(lr, dtype=dtype) if dtype else lr for lr in lrs]
    return torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs], momentum=0.9, **more)


def made(plan, optimizer, find, join=None):
    """The plan as schedulers; find(name) gives the classes, join(name) those of chains and sequences."""
    join = join or find
    if plan[0] == "chain":
        return join("ChainedScheduler")([made(each, optimizer, find, join) for each in plan[1]])
    if plan[0] == "sequence":
        return join("SequentialLR")(optimizer, [made(each, optimizer, find, join) for each in plan[1]], list(plan[2]))
    return find(plan[0])(optimizer, **plan[1])


def mixed(seed):
    """Classes now from torch, now ours."""
    toss = random.Random(seed)
    return lambda name: getattr(toss.choice([ours, theirs]), name)


def ask(optimizer):
    return [float(group["lr"]) for group in optimizer.param_groups]


def drive(optimizer, scheduler, steps=STEPS, edits=None):
    """The rates that each update uses; edits: update -> what they are multiplied by, by hand, just after it."""
    used = []
    for t in range(steps):
        used.append(ask(optimizer))
        optimizer.step()
        for group in optimizer.param_groups if t in (edits or {}) else ():
            group["lr"] = group["lr"] * edits[t]
        assert scheduler.step() is None
        assert scheduler.get_last_lr() == [group["lr"] for group in optimizer.param_groups]
    return used


def run(plan, find, join=None, lrs=(0.1,), dtype=None, steps=STEPS, edits=None):
    optimizer = optimizer_of(lrs, dtype)
    return drive(optimizer, made(plan, optimizer, find, join), steps, edits)


def apart(used, wanted):
    """The largest difference of a group, as a fraction of the largest rate of that group."""
    assert len(used) == len(wanted)
    return max(max(abs(a - b) for a, b in zip(mine, other, strict=True)) / max(*other, 1e-3)
               for mine, other in zip(zip(*used), zip(*wanted), strict=True))


def expected(plan, lrs, steps=STEPS):
    """What a plan of any depth means: the parts of torch alone, each on an optimizer of its own, put together here."""
    if plan[0] == "sequence":
        starts = [0, *plan[2], steps]
        parts = [expected(each, lrs, max(end - start, 0)) for each, start, end in zip(plan[1], starts, starts[1:])]
        return [row for part in parts for row in part][:steps]
    if plan[0] == "chain":
        plan = ("chain", leaves(plan))
    return run(plan, THEIRS, lrs=lrs, steps=steps)


# ------------------------------------------------------------------------------------------ the same rates as torch

@pytest.mark.parametrize("name", ["ChainedScheduler", "SequentialLR"])
def test_the_constructor_is_torchs(name):
    def arguments(function):
        return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]

    assert issubclass(OURS(name), THEIRS(name))
    assert arguments(OURS(name)) == arguments(THEIRS(name)) and arguments(OURS(name).step) == arguments(THEIRS(name).step)


@pytest.mark.since_torch_2_13
@given(chains(followers) | sequences(followers), st.lists(rates, min_size=1, max_size=3), st.integers())
def test_followers_are_torchs_past_the_end(plan, lrs, seed):
    assert apart(run(plan, mixed(seed), OURS, lrs), run(plan, THEIRS, lrs=lrs)) <= CLOSE


@pytest.mark.since_torch_2_13
@given(chains(followers) | sequences(followers), st.lists(rates, min_size=1, max_size=2), st.integers(), edits)
def test_rates_edited_by_hand(plan, lrs, seed, edits):
    assert apart(run(plan, mixed(seed), OURS, lrs, edits=edits), run(plan, THEIRS, lrs=lrs, edits=edits)) <= CLOSE


@pytest.mark.since_torch_2_13
@given(chains(followers) | sequences(followers), rates, st.integers())
def test_tensor_rates(plan, lr, seed):
    for dtype, plan, close in ((torch.float64, plan, CLOSE), (torch.float32, floorless(plan), FLOAT32)):
        optimizer = optimizer_of([lr, lr / 2], dtype)
        tensors = [group["lr"] for group in optimizer.param_groups]
        scheduler = made(plan, optimizer, mixed(seed), OURS)
        assert apart(drive(optimizer, scheduler), run(plan, THEIRS, lrs=[lr, lr / 2], dtype=dtype)) <= close
        for group, tensor, last in zip(optimizer.param_groups, tensors, scheduler.get_last_lr()):
            assert group["lr"] is tensor is not last and last.dtype is dtype


@pytest.mark.since_torch_2_13
@given(sequences(followers | others), rates, st.integers())
def test_sequences_of_those_that_do_not_follow_are_torchs(plan, lr, seed):
    assert apart(run(plan, mixed(seed), OURS, [lr]), run(plan, THEIRS, lrs=[lr])) <= CLOSE


@pytest.mark.since_torch_2_13
@given(chains(followers | setters, 3) | chains(followers | sequences(followers), 3), rates, st.integers())
def test_chains_with_those_that_do_not_follow_and_chains_of_sequences_are_torchs(plan, lr, seed):
    assert apart(run(plan, mixed(seed), OURS, [lr]), run(plan, THEIRS, lrs=[lr])) <= CLOSE


@given(st.lists(leaf("CosineAnnealingLR", T_max=horizons, eta_min=st.floats(0.0, 0.1)), min_size=2, max_size=4), rates, edits)
def test_cosines_that_multiply_are_torchs_until_the_first_is_at_its_bottom(plans, lr, edits):
    """After that, torch and 50 digits are as far apart as torch and ours are."""
    plan, steps = ("chain", plans), 1 + min(arguments["T_max"] for _, arguments in plans)
    setting = dict(lrs=[lr], steps=steps, edits=edits)
    assert apart(run(plan, OURS, **setting), run(plan, THEIRS, **setting)) <= CLOSE


@pytest.mark.since_torch_2_13
@given(st.lists(milestones, min_size=3, max_size=3).map(sorted))
def test_equal_milestones_and_a_milestone_of_zero_skip_as_in_torch(when):
    plans = [("ConstantLR", {"factor": f, "total_iters": 100}) for f in (0.1, 0.2, 0.3, 0.4)]
    used = run(("sequence", plans, when), OURS)
    assert used == run(("sequence", plans, when), THEIRS)
    assert used[0] == [0.1 * plans[sum(m == 0 for m in when)][1]["factor"]]


def test_one_alone():
    assert run(("sequence", [("StepLR", {"step_size": 4})], []), OURS) == run(("StepLR", {"step_size": 4}), OURS)
    assert run(("chain", [("StepLR", {"step_size": 4})]), OURS) == run(("StepLR", {"step_size": 4}), OURS)


@given(rates, st.integers(1, 30), st.integers(1, 9), factors, st.floats(0.8, 1.0))
def test_they_are_the_formulas_of_the_same_name(lr, milestone, step_size, gamma, factor):
    decays = [Schedule(step_decay, step_size=step_size, gamma=gamma), Schedule(exponential_decay, gamma=factor)]
    parts = [Schedule(linear, total_iters=milestone, start_factor=0.25, end_factor=1.0), Schedule(chained, schedules=decays)]
    plan = ("sequence", [("LinearLR", {"start_factor": 0.25, "total_iters": milestone}),
                         ("chain", [("StepLR", {"step_size": step_size, "gamma": gamma}), ("ExponentialLR", {"gamma": factor})])],
            [milestone])
    wanted = curve(Schedule(sequential, schedules=parts, milestones=[milestone]), STEPS, lr)
    assert apart(run(plan, OURS, lrs=[lr]), [[rate] for rate in wanted]) <= 1e-12


def test_momentum_comes_with_its_scheduler():
    def momenta(find):
        optimizer, used = optimizer_of([0.1]), []
        plan = ("sequence", [("LinearLR", {}), ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.5, "step_size_up": 3})], [4])
        scheduler = made(plan, optimizer, find)
        for _ in range(20):
            used.append(optimizer.param_groups[0]["momentum"])
            optimizer.step()
            scheduler.step()
        return used

    assert np.allclose(momenta(OURS), momenta(THEIRS), rtol=1e-12) and len(set(momenta(OURS))) > 3


# ------------------------------------------------------------------------------------------ any depth

@given(nested, st.lists(rates, min_size=1, max_size=2), st.integers())
def test_they_nest_at_any_depth(plan, lrs, seed):
    """With leaves and joints now torch's, now ours, as long as the outermost is ours."""
    optimizer = optimizer_of(lrs)
    theirs.ConstantLR(optimizer, factor=1.0)                # a CyclicLR that comes first takes its rate for the optimizer's
    find, wanted = mixed(seed), expected(plan, lrs)
    outermost = SequentialLR(optimizer, [made(each, optimizer, find, OURS) for each in plan[1]], plan[2])
    assert apart(drive(optimizer, outermost), wanted) <= CLOSE


FLAT = [("chain", [("LinearLR", {"start_factor": 0.5, "total_iters": 4}), ("ExponentialLR", {"gamma": 0.9})]),
        ("sequence", [("LinearLR", {"start_factor": 0.5, "total_iters": 2}), ("ExponentialLR", {"gamma": 0.5})], [2])]


@pytest.mark.parametrize("inner", FLAT, ids=["chain", "sequence"])
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("outer, inside", [
    pytest.param(SequentialLR, THEIRS, id="ours outside"), pytest.param(theirs.SequentialLR, OURS, id="ours inside")])
def test_torchs_and_ours_go_into_each_other(inner, place, outer, inside):
    plans = [("StepLR", {"step_size": 3}), ("PolynomialLR", {"total_iters": 9})]
    plans.insert(place, inner)
    optimizer = optimizer_of([0.1, 0.3])
    scheduler = outer(optimizer, [made(each, optimizer, inside) for each in plans], [7, 15])
    assert apart(drive(optimizer, scheduler), expected(("sequence", plans, [7, 15]), [0.1, 0.3])) <= CLOSE


def values(plan, find):
    """As text, to be read off."""
    return " ".join(f"{rate:.4g}" for [rate] in run(plan, find, lrs=[1.0], steps=6))


LINE, HALVES = ("LinearLR", {"start_factor": 0.5, "total_iters": 4}), ("ExponentialLR", {"gamma": 0.5})


def test_a_sequence_in_a_chain_forgets_the_others_at_its_milestones_as_in_torch():
    plan = ("chain", [("sequence", [LINE, HALVES], [2]), ("ExponentialLR", {"gamma": 0.9})])
    assert values(plan, OURS) == values(plan, THEIRS) == "0.5 0.5625 0.9 0.405 0.1823 0.08201"
    other = ("sequence", [("chain", [LINE, plan[1][1]]), ("chain", [HALVES, plan[1][1]])], [2])
    assert values(other, OURS) == "0.5 0.5625 1 0.45 0.2025 0.09113"


# ------------------------------------------------------------------------------------------ resuming

def weights(optimizer):
    return [p for group in optimizer.param_groups for p in group["params"]]


def updates(optimizer, scheduler, steps):
    """Rates, weights and time after each of steps real updates."""
    trace = []
    for _ in range(steps):
        for p in weights(optimizer):
            p.grad = torch.cos(p.detach() + len(trace))
        optimizer.step()
        scheduler.step()
        trace.append((ask(optimizer), [p.item() for p in weights(optimizer)], getattr(scheduler, "last_epoch", None)))
    return trace


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dtype", [None, torch.float32])
@settings(max_examples=25)
@given(plan=nested | chains(followers), seed=st.integers(), before=st.integers(0, 40), after=st.integers(1, 40))
def test_save_and_resume_is_bit_exact(way, dtype, plan, seed, before, after):
    def fresh():
        optimizer = optimizer_of([0.1, 0.02], dtype)
        return optimizer, made(plan, optimizer, mixed(seed), OURS)

    optimizer, scheduler = fresh()
    updates(optimizer, scheduler, before)
    kept = [p.detach().clone() for p in weights(optimizer)]
    state = WAYS[way]({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()})
    saved = copy.deepcopy(state["scheduler"])
    wanted = updates(optimizer, scheduler, after)

    other, resumed = fresh()
    for p, weight in zip(weights(other), kept):
        p.data.copy_(weight)
    other.load_state_dict(state["optimizer"])
    resumed.load_state_dict(state["scheduler"])
    assert resumed.get_last_lr() == [group["lr"] for group in other.param_groups]
    assert type(resumed.get_last_lr()[0]) is type(other.param_groups[0]["lr"])
    assert updates(other, resumed, after) == wanted
    assert state["scheduler"] == saved                  # neither loading nor going on changes it


@given(plan=chains(followers) | sequences(followers | others), lrs=st.lists(rates, min_size=1, max_size=2), seed=st.integers(),
       before=st.integers(0, 40))
def test_a_checkpoint_of_torchs_class_goes_on_in_ours(plan, lrs, seed, before):
    for dtype in (None, torch.float64):
        optimizer, other = optimizer_of(lrs, dtype), optimizer_of([1.0] * len(lrs), dtype)
        scheduler, resumed = made(plan, optimizer, THEIRS), made(plan, other, mixed(seed), OURS)
        drive(optimizer, scheduler, before)
        state = copy.deepcopy({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()})
        kept = copy.deepcopy(state)
        other.load_state_dict(state["optimizer"])
        resumed.load_state_dict(state["scheduler"])
        resumed.load_state_dict(state["scheduler"])         # a second time: torch's CyclicLR eats what it is given
        assert state == kept
        assert resumed.get_last_lr() == scheduler.get_last_lr()
        assert apart(drive(other, resumed, 40), drive(optimizer, scheduler, 40)) <= CLOSE


@given(plan=chains(followers) | sequences(followers | others), before=st.integers(0, 40))
def test_a_checkpoint_of_ours_goes_on_in_torchs(plan, before):
    """With torch's schedulers in both: what is saved is what torch's joints save, and no more."""
    optimizer, other = optimizer_of([0.1]), optimizer_of([1.0])
    scheduler, resumed = made(plan, optimizer, THEIRS, OURS), made(plan, other, THEIRS)
    drive(optimizer, scheduler, before)
    assert scheduler.state_dict().keys() == resumed.state_dict().keys()
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    resumed.load_state_dict(copy.deepcopy(scheduler.state_dict()))
    assert apart(drive(other, resumed, 40), drive(optimizer, scheduler, 40)) <= CLOSE


DEEP = ("sequence", [FLAT[0], ("sequence", [("CosineAnnealingLR", {"T_max": 4}), FLAT[0]], [3])], [2])


def kinds(state):
    """The types of everything in a state."""
    if isinstance(state, (dict, list)):
        return {kind for value in (state.values() if isinstance(state, dict) else state) for kind in kinds(value)}
    return {type(state)}


@pytest.mark.parametrize("find", [OURS, THEIRS], ids=["ours", "torchs"])
def test_the_state_is_not_shared_and_plain_where_the_schedulers_are_ours(find):
    optimizer = optimizer_of([0.1], torch.float32)
    scheduler = made(DEEP, optimizer, find, OURS)
    for _ in range(8):
        state = scheduler.state_dict()
        kept = copy.deepcopy(state)
        optimizer.step()
        scheduler.step()
        assert state == kept != scheduler.state_dict()
        assert find is THEIRS or kinds(state) <= {int, float, bool}
    scheduler.load_state_dict(state)
    drive(optimizer, scheduler, 3)
    assert state == kept


def emptied(state):
    """The same state, with every list and dict in it emptied."""
    for value in state.values() if isinstance(state, dict) else state:
        if isinstance(value, (dict, list)):
            emptied(value)
    state.clear()


@pytest.mark.parametrize("find", [OURS, THEIRS], ids=["ours", "torchs"])
def test_what_becomes_of_a_state_does_not_touch_the_scheduler(find):
    optimizer = optimizer_of([0.1])
    plan = ("sequence", [("MultiStepLR", {"milestones": [2, 3]}), ("CyclicLR", {"base_lr": 0.1, "max_lr": 0.2})], [3])
    scheduler = made(plan, optimizer, find, OURS)
    kept = copy.deepcopy(scheduler.state_dict())
    emptied(scheduler.state_dict())                         # saved
    assert scheduler.state_dict() == kept
    state = copy.deepcopy(kept)
    scheduler.load_state_dict(state)
    emptied(state)                                          # loaded
    assert scheduler.state_dict() == kept


def test_the_list_of_schedulers_is_our_own():
    optimizer = optimizer_of([0.1])
    given, when = [ours.StepLR(optimizer, 3), ours.ExponentialLR(optimizer, 0.9)], [4]
    scheduler = SequentialLR(optimizer, given, when)
    given.clear(), when.clear()
    plan = ("sequence", [("StepLR", {"step_size": 3}), ("ExponentialLR", {"gamma": 0.9})], [4])
    assert drive(optimizer, scheduler, 9) == run(plan, OURS, steps=9)


def test_the_state_of_another_number_of_schedulers_is_refused_and_changes_nothing():
    optimizer = optimizer_of([0.1])
    scheduler = ChainedScheduler([ours.StepLR(optimizer, 3)])
    before, state = scheduler.state_dict(), made(FLAT[0], optimizer_of([0.1]), OURS).state_dict()
    with pytest.raises(ValueError) as error:
        scheduler.load_state_dict(state)
    assert str(error.value) == "_schedulers: the saved states, must be one for each scheduler, 1, got 2"
    assert scheduler.state_dict() == before


@pytest.mark.filterwarnings("ignore:Seems like `optimizer.step")        # torch counts steps in a wrapper that no copy has
def test_the_scheduler_itself_pickles_and_copies():
    optimizer = optimizer_of([0.1])
    scheduler = made(DEEP, optimizer, OURS)
    drive(optimizer, scheduler, 3)
    for other in (pickle.loads(pickle.dumps(scheduler)), copy.deepcopy(scheduler)):
        assert drive(other.optimizer, other, 9) == run(DEEP, OURS, steps=12)[3:]
    assert scheduler.last_epoch == 3


@given(nested, st.integers(0, 40), st.booleans())
def test_last_epoch_takes_up_an_optimizer_without_a_saved_scheduler(plan, k, told):
    """Whether the schedulers are told last_epoch, too, or not."""
    optimizer = optimizer_of([0.1, 0.02])
    scheduler = made(plan, optimizer, OURS)
    drive(optimizer, scheduler, k)
    other = optimizer_of([1.0, 1.0])
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    more = {"last_epoch": k - 1} if told else {}
    parts = [made((each[0], {**each[1], **more}) if isinstance(each[1], dict) else each, other, OURS) for each in plan[1]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        taken_up = SequentialLR(other, parts, plan[2], last_epoch=k - 1)
    assert taken_up.last_epoch == k and ask(other) == taken_up.get_last_lr() == ask(optimizer)
    assert drive(other, taken_up, 30) == drive(optimizer, scheduler, 30)


# ------------------------------------------------------------------------------------------ beside a run

def test_an_ordinary_run_does_not_warn_and_a_wrong_order_does():
    for plan in (DEEP, FLAT[0]):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            run(plan, OURS)
        with pytest.warns(UserWarning, match="before `optimizer.step"):
            made(plan, optimizer_of([0.1]), OURS).step()


def test_a_tensor_rate_replaced_by_a_number_stays_a_number():
    optimizer = optimizer_of([0.5], torch.float64)
    last = theirs.StepLR(optimizer, 2, 0.5)
    scheduler = SequentialLR(optimizer, [theirs.StepLR(optimizer, 9), last], [2])
    optimizer.param_groups[0]["lr"] = 0.25
    assert drive(optimizer, scheduler, 6) == [[0.25], [0.25], [0.5], [0.5], [0.25], [0.25]]
    assert type(optimizer.param_groups[0]["lr"]) is float and last.base_lrs == [0.5]


# ------------------------------------------------------------------------------------------ wrong arguments

def parts(optimizer):
    return [ours.StepLR(optimizer, 3), theirs.StepLR(optimizer, 3)]


LIST = ("milestones: the steps at which the next scheduler takes over, must be a list of ascending integers >= 0, "
        "one fewer than schedulers")


@pytest.mark.parametrize("milestones, sentence", [
    ([], f"{LIST}, got []"),
    ([3, 5], f"{LIST}, got [3, 5]"),
    ([-1], f"{LIST}, got [-1]"),
    ([3.0], f"{LIST}, got [3.0]"),                          # seam: torch takes it
    (["3"], f"{LIST}, got ['3']"),
    (3, f"{LIST}, got 3"),
    (None, f"{LIST}, got None"),
])
def test_wrong_milestones_are_one_sentence(milestones, sentence):
    optimizer = optimizer_of([0.1])
    with pytest.raises(ValueError) as error:
        SequentialLR(optimizer, parts(optimizer), milestones)
    assert str(error.value) == sentence


def test_milestones_of_numpy_and_tensors_become_plain():
    optimizer = optimizer_of([0.1])
    for when in (np.array([3]), [np.int64(3)], torch.tensor([3]), (3,)):
        assert SequentialLR(optimizer, parts(optimizer), when).state_dict()["_milestones"] == [3]


@pytest.mark.parametrize("last_epoch, sentence", [
    (-2, "last_epoch: index of the last finished update, -1 at the start, must be >= -1, got -2"),
    (1.5, "last_epoch: index of the last finished update, -1 at the start, must be an integer, got 1.5"),
])
def test_a_wrong_last_epoch_is_one_sentence(last_epoch, sentence):
    optimizer = optimizer_of([0.1])
    with pytest.raises(ValueError) as error:
        SequentialLR(optimizer, parts(optimizer), [3], last_epoch)
    assert str(error.value) == sentence


JOIN = "schedulers: the schedulers to join"


@pytest.mark.parametrize("wrong, kind, sentence", [
    (lambda o: [], ValueError, f"{JOIN}, must be at least one, got []"),
    (lambda o: None, TypeError, f"{JOIN}, must be a list, got None"),
    (lambda o: ours.StepLR, TypeError, f"{JOIN}, must be a list, got <class 'lrlearn.pytorch.familiar.StepLR'>"),
    (lambda o: [0.1, ours.StepLR(o, 3)], TypeError, f"{JOIN}, must be schedulers, got 0.1"),
    (lambda o: [ours.StepLR(o, 3), ours.StepLR], TypeError,
     f"{JOIN}, must be schedulers, got <class 'lrlearn.pytorch.familiar.StepLR'>"),
    (lambda o: [ours.StepLR(o, 3), ours.StepLR(optimizer_of([0.1]), 3)], ValueError,
     f"{JOIN}, must be of the one optimizer, got StepLR of another"),
    (lambda o: [ours.StepLR(o, 3), theirs.ReduceLROnPlateau(o)], ValueError,
     f"{JOIN}, must be functions of time, got ReduceLROnPlateau, whose step() asks for a metric"),
    (lambda o: [ours.ReduceLROnPlateau(o), ours.StepLR(o, 3)], ValueError,
     f"{JOIN}, must be functions of time, got ReduceLROnPlateau, whose step() asks for a metric"),
])
def test_wrong_schedulers_are_one_sentence_and_leave_the_optimizer_as_it_is(wrong, kind, sentence):
    optimizer = optimizer_of([0.1])
    schedulers = wrong(optimizer)
    optimizer.param_groups[0]["lr"] = 0.7
    for build in (lambda: ChainedScheduler(schedulers), lambda: ChainedScheduler(schedulers, optimizer),
                  lambda: SequentialLR(optimizer, schedulers, [3])):
        with pytest.raises(kind) as error:
            build()
        assert str(error.value) == sentence and ask(optimizer) == [0.7]


@pytest.mark.parametrize("find", [OURS, THEIRS], ids=["ours", "torchs"])
def test_a_plateau_in_a_joint_is_a_value_error_in_torch_too(find):
    optimizer = optimizer_of([0.1])
    with pytest.raises(ValueError):
        find("ChainedScheduler")([theirs.ReduceLROnPlateau(optimizer)])


@pytest.mark.parametrize("wrong", [0.1, "sgd"])
def test_not_an_optimizer(wrong):
    optimizer = optimizer_of([0.1])
    for build in (lambda: ChainedScheduler(parts(optimizer), wrong), lambda: SequentialLR(wrong, parts(optimizer), [3])):
        with pytest.raises(TypeError) as error:
            build()
        assert str(error.value) == f"optimizer: what the scheduler drives, must be a torch.optim.Optimizer, got {wrong!r}"


class Continues(theirs.LRScheduler):
    """A reader's own: it looks at the rate that it finds, and knows no closed form."""

    def get_lr(self):
        return [group["lr"] * 0.9 for group in self.optimizer.param_groups]


@pytest.mark.parametrize("second", [
    lambda m, o: m.MultiplicativeLR(o, lambda t: 0.9), lambda m, o: SWALR(o, 0.05, anneal_epochs=4), lambda m, o: Continues(o)])
def test_one_without_a_closed_form_goes_on_from_where_the_one_before_it_ended_as_in_torch(second):
    def drive(m):
        optimizer, rates = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1), []
        scheduler = m.SequentialLR(optimizer, [m.CosineAnnealingLR(optimizer, 10, 0.001), second(m, optimizer)], [8])
        for _ in range(14):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        return rates

    mine, wanted = drive(ours), drive(theirs)
    assert mine == pytest.approx(wanted, abs=1e-12) and wanted[8] < 0.05
