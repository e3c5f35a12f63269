"""Whatever is given to a scheduler: one sentence that names the parameter, or rates that are finite and not negative."""
import inspect
import math

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lrlearn import Schedule, cosine
from lrlearn import pytorch as ours


def optimizer(lr=0.1):
    return torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in (lr, lr / 2)], lr=lr, momentum=0.9)


def child(o):
    return ours.StepLR(o, 2)


def factor(t):
    return 1 / (1 + t)


# class -> right arguments, given the optimizer
RIGHT = {
    "LambdaLR": lambda o: dict(lr_lambda=factor),
    "MultiplicativeLR": lambda o: dict(lr_lambda=factor),
    "StepLR": lambda o: dict(step_size=3),
    "MultiStepLR": lambda o: dict(milestones=[2, 4]),
    "ConstantLR": lambda o: dict(),
    "LinearLR": lambda o: dict(),
    "ExponentialLR": lambda o: dict(gamma=0.9),
    "PolynomialLR": lambda o: dict(),
    "CosineAnnealingLR": lambda o: dict(T_max=5),
    "CosineAnnealingWarmRestarts": lambda o: dict(T_0=3),
    "CyclicLR": lambda o: dict(base_lr=0.01, max_lr=0.1, step_size_up=3),
    "OneCycleLR": lambda o: dict(max_lr=0.1, total_steps=9),
    "SequentialLR": lambda o: dict(schedulers=[child(o), child(o)], milestones=[4]),
    "ChainedScheduler": lambda o: dict(schedulers=[child(o), child(o)]),
    "ReduceLROnPlateau": lambda o: dict(patience=1),
    "ScheduleLR": lambda o: dict(schedule=Schedule(cosine, T_max=5)),
}
BASES = {"FollowerLR", "FormulaLR", "LRScheduler"}
PLACES = [(name, parameter) for name in RIGHT for parameter in inspect.signature(getattr(ours, name)).parameters]

numbers = st.one_of(st.integers(-3, 12), st.sampled_from([10**9, 10**30, -(10**9)]), st.floats(-2.0, 12.0),
                    st.sampled_from([math.nan, math.inf, -math.inf, -0.0, 5e-324, 1e308]))
things = st.one_of(st.none(), st.booleans(), st.text(max_size=4), st.binary(max_size=2), st.complex_numbers(), st.just({}), st.builds(object),
                   st.just(torch.tensor([1.0, 2.0])), st.just(torch.tensor(math.nan)), st.just(len), st.just(math.sin))
garbage = numbers | things | st.lists(numbers | things, max_size=3) | st.lists(numbers, max_size=3).map(tuple)


def test_every_public_scheduler_stands_here():
    assert set(RIGHT) | BASES == set(ours.__all__)


def runs_code(value):
    return callable(value) or isinstance(value, (list, tuple)) and any(map(callable, value))


@settings(max_examples=3000)
@given(st.sampled_from(PLACES), garbage)
@pytest.mark.filterwarnings("ignore")
def test_one_sentence_or_right_rates(place, value):
    name, parameter = place
    assume(not (parameter == "last_epoch" and isinstance(value, int) and value > 100))      # right, and long: some step there
    o = optimizer()
    arguments = {"optimizer": o, **RIGHT[name](o), parameter: value}
    if "optimizer" not in inspect.signature(getattr(ours, name)).parameters:
        del arguments["optimizer"]
    try:
        scheduler = getattr(ours, name)(**arguments)
    except (ValueError, TypeError) as error:
        if runs_code(value):                #  what a given function itself raises is told as it is
            return
        assert str(error).startswith(f"{parameter}: ") and ", must be " in str(error) and ", got " in str(error), str(error)
        assert "\n" not in str(error)
        return
    for t in range(12):
        assert all(0.0 <= lr < math.inf for lr in [float(group["lr"]) for group in o.param_groups]), (scheduler.state_dict(), t)
        assert all(0.0 <= group["momentum"] < 1.0 for group in o.param_groups)
        o.step()
        try:
            scheduler.step(*([1.0] if name == "ReduceLROnPlateau" else []))
        except OverflowError as error:      # a gamma or a factor of 1e30 grows beyond the floats
            assert str(error).startswith("lr: the learning rate, must be finite at t = ")
            return
        except (ValueError, TypeError) as error:        # a function that gives no rate at a later t
            assert runs_code(value), (value, error)
            return
