"""Where PyTorch's classes depart from the classes of lrlearn.pytorch that have their names; ours are right."""
from math import inf

import pytest
import torch
from torch.optim import lr_scheduler as theirs

import lrlearn.pytorch as ours
from lrlearn import cosine
from tests.peers.from_torch import rates
from tests.pytorch import driving
from tests.pytorch.driving import ARGUMENTS, one, optimizer_of, used
from tests.pytorch.driving import rates as now
from tests.seams import about, familiar


def weight():
    return {"params": [torch.zeros(1, requires_grad=True)]}


# ------------------------------------------------------------------------------------------ last_epoch and state

def test_last_epoch_takes_up_warm_restarts_in_the_wrong_cycle():
    """CosineAnnealingWarmRestarts with last_epoch forgets that T_mult has made the cycle longer; ours knows it."""
    for side, wanted in ((ours, cosine(6, 1.0, 40)), (theirs, cosine(6, 1.0, 20))):      # t = 36 lies in the cycle from 30 to 70
        optimizer = optimizer_of([1.0])
        optimizer.param_groups[0]["initial_lr"] = 1.0
        scheduler = one("CosineAnnealingWarmRestarts", "10, 2, last_epoch=35", optimizer, side)
        assert scheduler.get_last_lr() == pytest.approx([wanted])


@pytest.mark.parametrize("call, again", [
    ("StepLR(o, 5, 0.5", 0.5), ("MultiStepLR(o, [5], 0.5", 0.5), ("ConstantLR(o, 0.5, 5", 2.0)])
def test_last_epoch_cuts_twice(call, again):
    """A scheduler made with last_epoch at the step of a cut makes the cut a second time; ours goes on with the rate."""
    found = {}
    for side in (ours, theirs):
        optimizer = optimizer_of()
        used(optimizer, driving.made([call + ")"], side, optimizer)[0], 5)
        before = now(optimizer)
        driving.made([call + ", last_epoch=4)"], side, optimizer)
        found[side] = now(optimizer)[0] / before[0]
    assert found[ours] == 1.0 and found[theirs] == pytest.approx(again)


def test_last_epoch_starts_the_rates_of_a_sequence_anew():
    """SequentialLR with last_epoch begins its rates anew, where ours takes them up."""
    for side, wanted in ((ours, 0.125), (theirs, 1.0)):
        optimizer = optimizer_of([1.0])
        parts = [theirs.ExponentialLR(optimizer, 0.5), theirs.LinearLR(optimizer)]
        assert side.SequentialLR(optimizer, parts, [9], last_epoch=2).get_last_lr() == [wanted]


def test_loading_eats_a_part_of_the_argument():
    """CyclicLR.load_state_dict takes an entry out of the state that it is given; ours leaves the state whole."""
    for side, eaten in ((ours, set()), (theirs, {"_scale_fn_custom"})):
        scheduler = one("CyclicLR", "0.1, 0.5", side=side)
        state = scheduler.state_dict()
        kept = dict(state)
        scheduler.load_state_dict(state)
        assert set(kept) - set(state) == eaten


# ------------------------------------------------------------------------------------------ rates that are none

@pytest.mark.parametrize("cycle, momentum, sentence", [
    (-1.0, 0.55, "what scales the learning rate, must be >= 0 at t = 1, got -0.02"),
    (12.0, -0.1, "what scales momentum, must be >= 0 and < 1 at t = 1, got -0."),
])
def test_a_scale_fn_leads_below_zero(cycle, momentum, sentence):
    """CyclicLR goes below zero where its scale_fn says so; ours refuses in a sentence, and writes nothing."""
    call = (f"CyclicLR(o, 0.1, 0.6, 4, scale_fn=lambda t: {cycle} if t else 1.0, scale_mode='iterations', "
            "max_momentum=0.5, base_momentum=0.3)")
    optimizer = optimizer_of()
    scheduler = driving.made([call], ours, optimizer)[0]
    before = driving.ask(optimizer)
    optimizer.step()
    with pytest.raises(ValueError, match="^scale_fn: " + sentence):
        scheduler.step()
    assert driving.ask(optimizer) == before
    optimizer = optimizer_of()
    used(optimizer, driving.made([call], theirs, optimizer)[0], 1)
    assert driving.ask(optimizer)[0] == pytest.approx((0.1 + 0.125 * cycle, momentum)) and min(driving.ask(optimizer)[0]) < 0


@pytest.mark.parametrize("call", ["StepLR(o, 1, 10.0)", "MultiStepLR(o, range(500), 10)", "ExponentialLR(o, 10.0)"])
def test_a_rate_goes_on_to_infinity(call):
    """A rate that grows out of every float becomes inf, and the weights nan; ours refuses in a sentence, and writes nothing."""
    optimizer = optimizer_of()
    with pytest.raises(OverflowError) as error:
        used(optimizer, driving.made([call], ours, optimizer)[0], 400)
    assert str(error.value).startswith("lr: the learning rate, must be finite at t = 30")
    assert str(error.value).endswith(f", got more than a float holds from {call.split('(')[0]}")
    assert now(optimizer)[0] < inf
    optimizer = optimizer_of()
    used(optimizer, driving.made([call], theirs, optimizer)[0], 400)
    assert now(optimizer) == [inf]


@pytest.mark.parametrize("call, wanted", [
    ("LinearLR(optimizer, 2.0, 0.5, 3)", [2.0, 1.5, 1.0, 0.5, 0.5, 0.5]),
    ("ConstantLR(optimizer, 3.0, 2)", [3.0, 3.0, 1.0, 1.0, 1.0, 1.0]),
])
def test_a_factor_above_1_is_refused(call, wanted):
    """LinearLR and ConstantLR refuse a factor above 1, which ours take."""
    assert familiar(call, 6) == about(*wanted)
    with pytest.raises(ValueError, match="factor"):
        rates(call, 1)


# ------------------------------------------------------------------------------------------ where it begins

def test_cyclic_begins_at_the_rate_of_the_scheduler_before_it():
    """CyclicLR made after another scheduler begins at the optimizer's rate, and only then goes on from its base_lr."""
    for side, wanted in ((ours, 0.3), (theirs, 0.1)):
        optimizer = optimizer_of([0.1])
        side.StepLR(optimizer, 3)
        scheduler = side.CyclicLR(optimizer, 0.3, 0.5, 4)
        assert now(optimizer) == [wanted]
        assert used(optimizer, scheduler, 3)[1:] == about(0.35, 0.4)


def test_a_one_cycle_behind_changes_where_a_sequence_begins():
    """A OneCycleLR at a later place of a SequentialLR writes its first rate over that of the parts before it."""
    call = "SequentialLR(optimizer, [LinearLR(optimizer, 0.5, total_iters=4), OneCycleLR(optimizer, 1.0, 10)], [3])"
    assert rates(call, 5) == about(0.02, 0.025, 0.03, 0.04, 0.52)
    wanted = about(0.5, 0.625, 0.75, 0.04, 0.52)
    assert familiar(call, 5) == wanted
    optimizer = optimizer_of([1.0])
    parts = [theirs.LinearLR(optimizer, 0.5, total_iters=4), theirs.OneCycleLR(optimizer, 1.0, 10)]
    assert used(optimizer, ours.SequentialLR(optimizer, parts, [3]), 5) == wanted                # torch's parts in our sequence
    call = "SequentialLR(optimizer, [ConstantLR(optimizer, 1.0, 9), OneCycleLR(optimizer, 1.0, 10)], [4])"
    assert rates(call, 7) == about(*[0.04] * 5, 0.52, 1) and familiar(call, 7) == about(1, 1, 1, 1, 0.04, 0.52, 1)


@pytest.mark.filterwarnings("ignore:Detected call of")          # torch's, whose counting is off
def test_a_chain_within_a_sequence_is_a_step_ahead():
    """A ChainedScheduler at the first place of a SequentialLR runs one step ahead; ours begins at its beginning."""
    chain = "ChainedScheduler([ExponentialLR(optimizer, 0.5), StepLR(optimizer, 2)])"
    call = f"SequentialLR(optimizer, [{chain}, LinearLR(optimizer, 0.5, total_iters=4)], [4])"
    assert familiar(call, 6) == about(1, 0.5, 0.025, 0.0125, 0.5, 0.625)
    assert rates(call, 6) == about(0.5, 0.25, 0.0125, 0.00625, 0.5, 0.625)


# ------------------------------------------------------------------------------------------ param groups

@pytest.mark.parametrize("call, wanted", [
    ("LambdaLR(o, [lambda t: 0.5, lambda t: 0.25])", [0.05, 0.025]), ("CyclicLR(o, [0.1, 0.2], 0.5)", [0.1, 0.2]),
    ("OneCycleLR(o, [1.0, 2.0], 10)", [0.04, 0.08]),
])
def test_groups_that_share_a_tensor_have_one_rate(call, wanted):
    """Where groups share a tensor for their rate, the last group's rate holds for all; ours gives each a tensor of its own."""
    for side in (ours, theirs):
        optimizer = torch.optim.SGD([weight(), weight()], lr=torch.tensor(0.1, dtype=torch.float64), momentum=0.9)
        assert optimizer.param_groups[0]["lr"] is optimizer.param_groups[1]["lr"]       # as torch makes it
        driving.made([call], side, optimizer)
        assert now(optimizer) == pytest.approx(wanted if side is ours else wanted[1:] * 2)
        if side is ours and "LambdaLR" not in call:     # where a scheduler made later would begin
            assert [float(group["initial_lr"]) for group in optimizer.param_groups] == pytest.approx(wanted)


def test_plateau_cuts_a_shared_tensor_once_for_each_group():
    """ReduceLROnPlateau cuts a tensor that two groups share twice, and mixes their floors; ours cuts each rate once."""
    for side, wanted in ((ours, [0.375, 0.25]), (theirs, [0.1875, 0.1875])):
        shared = torch.tensor(0.5)
        optimizer = torch.optim.SGD([{**weight(), "lr": shared} for _ in range(2)], momentum=0.9)
        scheduler = side.ReduceLROnPlateau(optimizer, factor=0.5, patience=0, min_lr=[0.375, 0.0])
        for metric in (1.0, 1.0):
            scheduler.step(metric)
        assert now(optimizer) == wanted


@pytest.mark.parametrize("name, error", [
    ("StepLR", None), ("LambdaLR", ValueError), ("CyclicLR", ValueError), ("OneCycleLR", KeyError)])
def test_a_group_added_later_is_an_error_that_says_nothing(name, error):
    """For a param group added later some classes raise an error of their inside; ours say in a sentence what is missing."""
    for side in (ours, theirs):
        optimizer = optimizer_of()
        scheduler = one(name, ARGUMENTS[name][0], optimizer, side)
        optimizer.add_param_group(weight())
        optimizer.step()
        if error is None:
            scheduler.step()
        elif side is theirs:
            with pytest.raises(error, match="zip|initial_lr|max_lr"):
                scheduler.step()
        else:
            with pytest.raises(RuntimeError, match=f"^param_groups: what {name} was built for, must be 1, got 2$"):
                scheduler.step()


def test_a_group_added_later_stops_a_sequence():
    """A param group added later stops SequentialLR at the next milestone; in ours it goes on from where it is."""
    for side in (ours, theirs):
        optimizer = optimizer_of([1.0])
        parts = [side.LinearLR(optimizer, 0.5, total_iters=4), side.ExponentialLR(optimizer, 0.5)]
        scheduler, found = side.SequentialLR(optimizer, parts, [3]), []
        used(optimizer, scheduler, 1)
        optimizer.add_param_group({**weight(), "lr": 0.5})
        for _ in range(6 if side is ours else 1):
            found.append(now(optimizer)[1])
            optimizer.step()
            scheduler.step()
        if side is ours:
            assert found == about(0.5, 0.6, 0.6, 0.3, 0.15, 0.075)
        else:
            with pytest.raises(ValueError):             # at the milestone
                scheduler.step()
