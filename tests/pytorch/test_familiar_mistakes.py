"""One sentence for every wrong argument and for every factor that is no rate; what is accepted gives finite rates."""
import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import lrlearn.pytorch as ours
from tests.pytorch import driving
from tests.pytorch.driving import ARGUMENTS, call_of, drawn, every_name, one, optimizer_of, rates, used

NAN, INF = float("nan"), float("inf")
GAMMA = "the factor of one cut"
PER_GROUP = "must be one for each param group, 2, got "
WRONG = [
    ("StepLR", "0", "step_size: steps between two cuts, must be >= 1, got 0"),
    ("StepLR", "90.0", "step_size: steps between two cuts, must be an integer, got 90.0"),
    ("StepLR", "None", "step_size: steps between two cuts, must be a number, got None"),
    ("StepLR", "3, 0.0", f"gamma: {GAMMA}, must be > 0, got 0.0"),
    ("StepLR", "3, -0.1", f"gamma: {GAMMA}, must be > 0, got -0.1"),
    ("StepLR", "3, nan", f"gamma: {GAMMA}, must be finite, got nan"),
    ("MultiStepLR", "[3, 4.0]", "milestones: the steps of the cuts, must be a list of ascending integers >= 0, got [3, 4.0]"),
    ("MultiStepLR", "[-3]", "milestones: the steps of the cuts, must be a list of ascending integers >= 0, got [-3]"),
    ("MultiStepLR", "3", "milestones: the steps of the cuts, must be a list of ascending integers >= 0, got 3"),
    ("MultiStepLR", "['a', 3]", "milestones: the steps of the cuts, must be a list of ascending integers >= 0, got ['a', 3]"),
    ("MultiStepLR", "[3], inf", f"gamma: {GAMMA}, must be finite, got inf"),
    ("ConstantLR", "-0.5", "factor: what multiplies the rate during the first steps, must be >= 0, got -0.5"),
    ("ConstantLR", "nan", "factor: what multiplies the rate during the first steps, must be finite, got nan"),
    ("ConstantLR", "0.5, 2.0", "total_iters: steps for which the factor holds, must be an integer, got 2.0"),
    ("LinearLR", "-0.5", "start_factor: the first rate as a fraction of base_lr, must be >= 0, got -0.5"),
    ("LinearLR", "end_factor=inf", "end_factor: the last rate as a fraction of base_lr, must be finite, got inf"),
    ("LinearLR", "total_iters=0", "total_iters: steps until the end of the line, must be >= 1, got 0"),
    ("ExponentialLR", "0", "gamma: the factor of one step, must be > 0, got 0"),
    ("ExponentialLR", "'0.9'", "gamma: the factor of one step, must be a number, got '0.9'"),
    ("PolynomialLR", "0", "total_iters: steps until the bottom, must be >= 1, got 0"),
    ("PolynomialLR", "5, 0.0", "power: the exponent of the way that is left, must be > 0, got 0.0"),
    ("CosineAnnealingLR", "90.0", "T_max: steps until the bottom, must be an integer, got 90.0"),
    ("CosineAnnealingLR", "90, -0.1", "eta_min: the learning rate at the bottom, must be >= 0, got -0.1"),
    ("CosineAnnealingWarmRestarts", "0", "T_0: steps of the first cycle, must be >= 1, got 0"),
    ("CosineAnnealingWarmRestarts", "9, 2.0",
     "T_mult: how many times longer each cycle is than the one before, must be an integer, got 2.0"),
    ("CosineAnnealingWarmRestarts", "9, 1, nan", "eta_min: the learning rate at the bottom, must be finite, got nan"),
    ("LambdaLR", "0.9", "lr_lambda: what gives the factor on the learning rate, must be a function of t, got 0.9"),
    ("LambdaLR", "[abs]", f"lr_lambda: what gives the factor on the learning rate, {PER_GROUP}1"),
    ("MultiplicativeLR", "[abs, None]",
     "lr_lambda: what gives the factor on the learning rate, must be a function of t, got None"),
    ("CyclicLR", "-0.1, 0.5", "base_lr: the learning rate at the bottom, must be >= 0, got -0.1"),
    ("CyclicLR", "0.1, nan", "max_lr: the learning rate at the peak, must be finite, got nan"),
    ("CyclicLR", "0.1, [0.5]", f"max_lr: the learning rate at the peak, {PER_GROUP}1"),
    ("CyclicLR", "[0.1, 0.1, 0.1], 0.5", f"base_lr: the learning rate at the bottom, {PER_GROUP}3"),
    ("CyclicLR", "0.1, [0.5, '0.5']", "max_lr: the learning rate at the peak, must be a number, got '0.5'"),
    ("CyclicLR", "0.1, 0.5, 0", "step_size_up: steps from the bottom to the peak, must be >= 1, got 0"),
    ("CyclicLR", "0.1, 0.5, 2.5", "step_size_up: steps from the bottom to the peak, must be an integer, got 2.5"),
    ("CyclicLR", "0.1, 0.5, 9, 0", "step_size_down: steps from the peak to the bottom, must be None or >= 1, got 0"),
    ("CyclicLR", "0.1, 0.5, mode='square'",
     "mode: how the height changes, must be one of triangular, triangular2, exp_range, got 'square'"),
    ("CyclicLR", "0.1, 0.5, scale_mode='epochs'",
     "scale_mode: what scale_fn gets, must be one of cycle, iterations, got 'epochs'"),
    ("CyclicLR", "0.1, 0.5, scale_fn=2.0", "scale_fn: what scales the learning rate, must be a function or None, got 2.0"),
    ("CyclicLR", "0.1, 0.5, base_momentum=-0.1",
     "base_momentum: the momentum where the learning rate peaks, must be >= 0 and < 1, got -0.1"),
    ("CyclicLR", "0.1, 0.5, max_momentum=1.0",
     "max_momentum: the momentum at the start and at the end, must be >= 0 and < 1, got 1.0"),
    ("OneCycleLR", "-1.0, 9", "max_lr: the learning rate at the peak, must be >= 0, got -1.0"),
    ("OneCycleLR", "[1.0], 9", f"max_lr: the learning rate at the peak, {PER_GROUP}1"),
    ("OneCycleLR", "1.0", "total_steps: updates of the run, must be given, or epochs and steps_per_epoch, got None"),
    ("OneCycleLR", "1.0, epochs=3", "total_steps: updates of the run, must be given, or epochs and steps_per_epoch, got None"),
    ("OneCycleLR", "1.0, epochs=3, steps_per_epoch=2.5", "steps_per_epoch: updates of one pass, must be an integer, got 2.5"),
    ("OneCycleLR", "1.0, epochs=0, steps_per_epoch=2", "epochs: passes over the data, must be >= 1, got 0"),
    ("OneCycleLR", "1.0, 0", "total_steps: updates of the run, must be >= 1, got 0"),
    ("OneCycleLR", "1.0, 90.0", "total_steps: updates of the run, must be an integer, got 90.0"),
    ("OneCycleLR", "1.0, 9, pct_start=1.5", "pct_start: the part of the updates that climbs, must be >= 0 and <= 1, got 1.5"),
    ("OneCycleLR", "1.0, 9, anneal_strategy='exp'",
     "anneal_strategy: the way between two corners, must be one of cos, linear, got 'exp'"),
    ("OneCycleLR", "1.0, 9, cycle_momentum='no'",
     "cycle_momentum: whether momentum goes down as the rate goes up, must be one of False, True, got 'no'"),
    ("OneCycleLR", "1.0, 9, base_momentum=[0.5]", f"base_momentum: the momentum where the learning rate peaks, {PER_GROUP}1"),
    ("OneCycleLR", "1.0, 9, div_factor=0", "div_factor: the peak over the first learning rate, must be "),
    ("OneCycleLR", "1.0, 9, final_div_factor=nan",
     "final_div_factor: the first learning rate over the last, must be finite, got nan"),
    ("OneCycleLR", "1.0, 9, three_phase='yes'",
     "three_phase: whether it falls first as fast as it climbed, must be one of False, True, got 'yes'"),
]


@pytest.mark.parametrize("name, arguments, sentence", WRONG)
def test_a_wrong_argument_is_one_sentence_at_construction(name, arguments, sentence):
    optimizer = optimizer_of([0.1, 0.2])
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises((ValueError, TypeError)) as error:
        eval(f"cls(o, {arguments})", {"cls": getattr(ours, name), "o": optimizer, "nan": NAN, "inf": INF})
    assert str(error.value).startswith(sentence) and "\n" not in str(error.value)
    assert str(error.value) == sentence or sentence.endswith("must be ")
    assert optimizer.state_dict() == before             # left as it was


@every_name
@pytest.mark.parametrize("last_epoch, why", [
    (-2, "must be >= -1, got -2"), (1.5, "must be an integer, got 1.5"), (-1.0, "must be an integer, got -1.0"),
    (5, "must be -1 for an optimizer that no scheduler has driven, got 5"), ([1, 2], "must be a number, got [1, 2]"),
])
def test_a_wrong_last_epoch_is_one_sentence(name, last_epoch, why):
    optimizer = optimizer_of()
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(ValueError) as error:
        one(name, ", ".join(text for text in (ARGUMENTS[name][1], f"last_epoch={last_epoch}") if text), optimizer)
    assert str(error.value) == f"last_epoch: index of the last finished update, -1 at the start, {why}"
    assert optimizer.state_dict() == before             # left as it was


@pytest.mark.parametrize("before, lost", [
    ("StepLR(o, 3)", "max_lr"), ("OneCycleLR(o, 0.5, 9, cycle_momentum=False)", "base_momentum")])
def test_one_cycle_takes_up_what_one_cycle_has_left(before, lost):
    optimizer = optimizer_of()
    driving.made([before], ours, optimizer)
    state = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(ValueError) as error:
        ours.OneCycleLR(optimizer, 0.5, 9, last_epoch=3)
    assert str(error.value) == ("last_epoch: index of the last finished update, -1 at the start, must be -1 for an optimizer "
                                f"that a OneCycleLR has left no {lost} in, got 3")
    assert optimizer.state_dict() == state              # left as it was


@every_name
def test_not_an_optimizer_is_one_sentence(name):
    call = call_of(name, ARGUMENTS[name][1]).replace("(o,", "(10,", 1)
    with pytest.raises(TypeError) as error:
        driving.made([call], ours, None)
    assert str(error.value) == "optimizer: what the scheduler drives, must be a torch.optim.Optimizer, got 10"


@pytest.mark.parametrize("call", ["CyclicLR(o, 0.1, 0.5)", "OneCycleLR(o, 0.5, 10)"])
def test_momentum_that_the_optimizer_has_not_is_one_sentence(call):
    optimizer = torch.optim.Adagrad([torch.zeros(1, requires_grad=True)], lr=0.1)
    with pytest.raises(ValueError) as error:
        driving.made([call], ours, optimizer)
    assert str(error.value) == ("cycle_momentum: whether momentum goes down as the rate goes up, must be False for Adagrad, "
                                "which has neither momentum nor betas, got True")
    scheduler = driving.made([call[:-1] + ", cycle_momentum=False)"], ours, optimizer)[0]
    assert scheduler.get_last_lr() == pytest.approx([0.1 if "Cyclic" in call else 0.02])


@every_name
@pytest.mark.parametrize("epoch, why", [
    (-1, "must be >= 0, got -1"), (NAN, "must be finite, got nan"), ("3", "must be a number, got '3'"),
])
@pytest.mark.filterwarnings("ignore:The epoch parameter")
def test_a_wrong_epoch_is_one_sentence(name, epoch, why):
    optimizer = optimizer_of()
    scheduler = one(name, ARGUMENTS[name][1], optimizer)
    before = driving.ask(optimizer)
    optimizer.step()
    with pytest.raises(ValueError) as error:
        scheduler.step(epoch)
    assert str(error.value) == f"epoch: the time to go to, {why}" and driving.ask(optimizer) == before


@every_name
@settings(max_examples=30)
@given(data=st.data(), lr=st.floats(0.0, 1e3))
def test_what_is_accepted_gives_finite_rates(name, data, lr):
    call = data.draw(drawn(name))
    optimizer = optimizer_of([lr])
    for rate in used(optimizer, driving.made([call], ours, optimizer)[0], 100):
        assert 0.0 <= rate < INF


def test_what_is_accepted_gives_finite_rates_out_of_the_deepest_trough():
    optimizer = optimizer_of()
    driving.made(["ConstantLR(o, 0.5, 100)"], ours, optimizer)              # so that the line does not stand alone
    scheduler = driving.made(["LinearLR(o, 1e-310, 1.0, 2)"], ours, optimizer)[0]
    assert used(optimizer, scheduler, 4) == pytest.approx([0.0, 0.05, 0.1, 0.1])


@pytest.mark.parametrize("value, shown", [
    (-0.1, "-0.1"), (float("nan"), "nan"), (float("inf"), "inf"), (1j, "1j"), (None, "None"), ("1", "'1'"),
])
@pytest.mark.parametrize("name", ["LambdaLR", "MultiplicativeLR"])
def test_a_factor_that_is_no_rate_is_one_sentence_and_is_not_written(name, value, shown):
    def factor(t):
        return value if t == 2 else 0.5

    optimizer = optimizer_of([0.1, 0.2])
    scheduler = getattr(ours, name)(optimizer, [lambda t: 0.5, factor])
    used(optimizer, scheduler, 1)
    before = rates(optimizer)
    with pytest.raises(ValueError) as error:
        scheduler.step()
    assert str(error.value).startswith("lr_lambda: what gives the factor on the learning rate, must be ")
    assert f"at t = 2, got {shown} from <function" in str(error.value) and rates(optimizer) == before


@pytest.mark.parametrize("call", ["LinearLR(o, 1e308, 1e308)", "ConstantLR(o, 1e308)", "LambdaLR(o, lambda t: 1e308)"])
def test_a_product_that_no_float_holds_is_one_sentence_and_is_not_written(call):
    optimizer = optimizer_of([100.0])
    with pytest.raises(OverflowError, match="^lr: the learning rate, must be finite at t = 0, got more than a float holds from "):
        driving.made([call], ours, optimizer)
    assert rates(optimizer) == [100.0]


def test_an_integer_that_no_float_holds_is_one_sentence():
    with pytest.raises(ValueError, match="^T_max: steps until the bottom, must be finite, got 1000"):
        ours.CosineAnnealingLR(optimizer_of([0.1]), 10**400)


def test_milestones_as_text_are_one_sentence_that_shows_the_text():
    with pytest.raises(ValueError, match="got '30,60'$"):
        ours.MultiStepLR(optimizer_of([0.1]), "30,60")
