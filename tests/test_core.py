"""Schedule, check and curve: what every schedule has in common."""
import copy
import pickle
import re
import subprocess
import sys
from decimal import Decimal
from functools import partial, wraps
from pathlib import Path

import numpy as np
import pytest
import torch
from drawing import schedules
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import lrlearn
from lrlearn import CARDS, Param, Schedule, area, card, card_of, chained, constant, cosine, curve, multistep_decay, piecewise_constant, plateau, sequential, warmup, wsd
from lrlearn.core import SCALED, check, check_value, signature


def mine(t, base_lr, steepness, /, knee=3, *, late=False):
    return base_lr / (1 + steepness * t)


# ------------------------------------------------------------------------------------------ a schedule is a value

def test_it_prints_as_one_reads_it_in_the_cards_order():
    warm = Schedule(warmup, warmup_steps=10, schedule=Schedule(cosine, T_max=90))
    assert repr(warm) == "warmup(schedule=cosine(T_max=90), warmup_steps=10)"
    assert repr(Schedule(cosine, eta_min=0.1, T_max=90)) == "cosine(T_max=90, eta_min=0.1)"
    assert repr(Schedule(constant)) == "constant()"


def test_a_formula_without_a_card_prints_in_alphabetic_order():
    def my_lr(t, base_lr, slope, knee):
        return base_lr

    assert repr(Schedule(my_lr, slope=2, knee=1)) == "my_lr(knee=1, slope=2)"


@given(schedules())
def test_what_it_prints_makes_it_again(s):
    names = {name: lambda formula=c.formula, **hyper: Schedule(formula, **hyper) for name, c in CARDS.items()}
    assert eval(repr(s), names) == s


@given(schedules(), st.integers(0, 300), st.floats(0.0, 10.0))
def test_it_pickles_and_copies(s, t, lr):
    for other in (pickle.loads(pickle.dumps(s)), copy.deepcopy(s)):
        assert other == s and hash(other) == hash(s) and repr(other) == repr(s) and other is not s
        assert other(t, lr) == s(t, lr)


@given(schedules(), schedules())
def test_equal_schedules_have_equal_hashes_and_rates(a, b):
    assert (a == b) == (b == a)
    if a == b:
        assert hash(a) == hash(b) and curve(a, 9) == curve(b, 9)
    else:
        assert a != b and repr(a) != repr(b)


def test_equal_numbers_of_two_kinds_make_equal_schedules():
    whole, real = Schedule(cosine, T_max=9, eta_min=0), Schedule(cosine, T_max=9, eta_min=0.0)
    assert whole == real and hash(whole) == hash(real) and len({whole, real}) == 1
    assert Schedule(cosine, T_max=9) != Schedule(cosine, T_max=10)
    assert Schedule(cosine, T_max=9) != "cosine(T_max=9)"


@given(schedules(), st.floats(0.0, 10.0))
def test_its_value_is_the_formulas(s, lr):
    assert s(3) == s(3, 1.0) == s(3, base_lr=1.0)
    assert curve(s, 5, lr) == [s.formula(t, lr, **s.hyper) for t in range(5)]
    assert curve(s, 0) == []


# ------------------------------------------------------------------------------------------ wrong hyperparameters

PLACES = [(c.formula, p) for c in CARDS.values() for p in c.params if p.name not in SCALED]
RIGHT = {c.formula: {p.name: p.default for p in c.params if p.name not in SCALED} for c in CARDS.values()}
not_numbers = st.one_of(st.none(), st.text(), st.booleans(), st.lists(st.integers()), st.complex_numbers(), st.binary(),
                        st.just({}), st.builds(object))
not_finite = st.sampled_from([float("nan"), float("inf"), -float("inf")])
negative = st.integers(max_value=-1) | st.floats(max_value=0.0, exclude_max=True, allow_nan=False)
broken = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x != int(x))


def refused(formula, **hyper):
    """The one sentence that Schedule raises."""
    with pytest.raises((TypeError, ValueError)) as error:
        Schedule(formula, **hyper)
    assert "\n" not in repr(error.value)
    return str(error.value)


@given(st.sampled_from(PLACES), st.one_of(not_numbers, not_finite, negative))
def test_a_wrong_value_is_one_sentence(place, value):
    formula, param = place
    assume(not (value is None and "None or" in param.rule or isinstance(value, bool) and param.step == (False, True)))
    assume(not (isinstance(value, list) and "a list of ascending" in param.rule))       # a list may be right there
    assume(not (isinstance(value, float | int) and value == value and param.lo is not None and param.lo < 0))   # negative is right there
    assume(not (isinstance(value, float | int) and value == 0))                         # -0.0 is no negative number
    sentence = refused(formula, **{**RIGHT[formula], param.name: value})
    assert sentence.startswith(f"{param.name}: {param.note}, must be ")
    assert sentence.endswith(f", got {value!r}")


@given(st.sampled_from([place for place in PLACES if isinstance(place[1].step, int)]), broken | st.sampled_from([1.0, 90.0]))
def test_what_counts_takes_integers_only(place, value):
    formula, param = place
    sentence = refused(formula, **{**RIGHT[formula], param.name: value})
    assert sentence == f"{param.name}: {param.note}, must be an integer, got {value!r}"


@pytest.mark.parametrize("value", [
    torch.tensor(2.5), torch.tensor([1, 2]), np.array([1, 2]), np.array(2.5), np.float64(3), Decimal(3)], ids=repr)
def test_an_array_or_a_decimal_is_no_count(value):
    assert refused(cosine, T_max=value).startswith("T_max: steps until the bottom, must be ")


@pytest.mark.parametrize("value", [torch.tensor([0.1, 0.2]), np.array([0.1, 0.2]), np.float32("nan"), Decimal("0.01")], ids=repr)
def test_what_a_formula_cannot_add_to_a_float_is_no_rate(value):
    assert refused(cosine, T_max=9, eta_min=value).startswith("eta_min: the learning rate at the bottom, must be ")


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), torch.tensor(3)], ids=repr)
def test_an_integer_of_any_make_counts_and_becomes_pythons(value):
    s = Schedule(warmup, schedule=Schedule(cosine, T_max=value), warmup_steps=value)
    assert s(6, 0.1) == s(300, 0.1) == 0.0 and type(s(1, 0.1)) is float
    assert repr(s) == "warmup(schedule=cosine(T_max=3), warmup_steps=3)"


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.5), np.int64(1), torch.tensor(0.5)], ids=repr)
def test_a_number_of_any_make_is_a_rate_and_becomes_pythons(value):
    s = Schedule(cosine, T_max=9, eta_min=value)
    assert s(9, 0.1) == value and type(s(3, 0.1)) is float
    assert repr(s) == f"cosine(T_max=9, eta_min={float(value) if value == 0.5 else int(value)})"


@pytest.mark.parametrize("make", [np.int64, np.float32, torch.tensor], ids=["numpy", "single", "torch"])
def test_the_numbers_of_a_list_are_of_any_make_and_become_pythons(make):
    s = Schedule(piecewise_constant, milestones=[0, 5], values=[make(2), make(1)])
    assert {type(value) for value in s.hyper["values"]} <= {int, float} and type(s(7, 0.1)) is float
    whole = [make(3), make(6)] if make is not np.float32 else [3, 6]
    assert repr(Schedule(multistep_decay, milestones=whole)) == "multistep_decay(milestones=[3, 6])"


def test_the_house_sentence():
    assert refused(cosine, T_max=0) == "T_max: steps until the bottom, must be >= 1, got 0"
    assert refused(cosine, T_max=9, eta_min=float("nan")) == "eta_min: the learning rate at the bottom, must be finite, got nan"
    assert refused(cosine, T_max=9, eta_min=-0.1) == "eta_min: the learning rate at the bottom, must be >= 0, got -0.1"
    assert refused(warmup, schedule=3, warmup_steps=3) == "schedule: the schedule that follows, must be a Schedule, got 3"
    assert refused(constant, factor=True) == "factor: what multiplies the rate during the first steps, must be a number, got True"


def test_a_fold_is_no_function_of_time():
    assert refused(plateau, factor=0.5) == (
        "formula: a function f(t, base_lr, ...) -> lr, must be a function of time, got plateau, a fold over metrics")


@pytest.mark.parametrize("value", [10**400, -(10**400), 1e308 * 10])
def test_what_no_float_holds_is_not_finite(value):
    assert refused(cosine, T_max=9, eta_min=value).startswith("eta_min: the learning rate at the bottom, must be finite, got ")


def test_unknown_and_missing_names():
    assert refused(cosine, T_max=9, eta=0.1) == "eta: unknown to cosine, which takes T_max, eta_min, got 0.1"
    assert refused(cosine) == "T_max: steps until the bottom, must be given, got nothing"
    assert refused(warmup, warmup_steps=3) == "schedule: the schedule that follows, must be given, got nothing"
    assert refused(lambda t, base_lr: base_lr, k=1) == "k: unknown to <lambda>, which takes no hyperparameters, got 1"
    assert refused(mine) == "steepness: a parameter of mine, must be given, got nothing"
    assert refused(cosine, base_lr=0.1, T_max=9) == "base_lr: unknown to cosine, which takes T_max, eta_min, got 0.1"
    assert refused(cosine, t=3, T_max=9) == "t: unknown to cosine, which takes T_max, eta_min, got 3"


class Halving:
    """A reader's own object, whose method is a formula."""

    def lr(self, t, base_lr, every=10):
        return base_lr * 0.5 ** (t // every)

    def time_alone(self, t):
        return 0.1


def test_a_method_is_a_formula():
    own = Halving()
    assert Schedule(own.lr)(20) == 0.25 and Schedule(own.lr, every=5)(20) == 0.0625
    assert Schedule(own.lr) == Schedule(own.lr)         # Python makes the method anew each time it is asked for
    assert refused(own.lr, evry=5) == "evry: unknown to lr, which takes every, got 5"
    assert refused(own.time_alone).endswith("must take t and base_lr, got time_alone")


def test_a_formula_that_hands_its_hyperparameters_on():
    def floored(t, base_lr, **hyper):
        return max(cosine(t, base_lr, **hyper), 0.01)

    @wraps(cosine)
    def watched(*args, **hyper):
        return cosine(*args, **hyper)

    assert Schedule(floored, T_max=4)(4) == 0.01 and Schedule(watched, T_max=4)(2) == 0.5


@pytest.mark.parametrize("formula", [None, 3, "cosine", Schedule(constant), partial(cosine, T_max=9)], ids=lambda f: type(f).__name__)
def test_what_is_not_a_formula(formula):
    sentence = refused(formula)
    assert sentence.startswith("formula: a function f(t, base_lr, ...) -> lr, must be ")
    assert sentence.endswith(f", got {formula!r}")


@settings(max_examples=1000)
@given(schedules(), st.integers(0, 300) | st.integers(0, 10**7), st.floats(0.0, 100.0))
def test_what_is_accepted_gives_a_finite_rate_and_no_negative_one(s, t, lr):
    try:
        rate = s(t, lr)
    except OverflowError:
        rate = float("inf")
    grows = any(float(factor) > 1 for factor in re.findall(r"(?:gamma|end_factor)=([^,)]+)", repr(s)))
    assert 0.0 <= rate < float("inf") or grows and rate == float("inf")     # a factor above 1 grows without an end


@given(st.lists(st.integers(0, 9), min_size=2).filter(lambda steps: steps != sorted(steps)))
def test_milestones_ascend(steps):
    assert refused(multistep_decay, milestones=steps) == (
        f"milestones: the steps of the cuts, must be a list of ascending integers >= 0, got {steps!r}")


def test_parameters_fit_together():
    plan = dict(schedules=[Schedule(constant)] * 2, milestones=[3, 4])
    assert refused(sequential, **plan) == ("milestones: the steps at which the next one takes over, must be a list of ascending "
                                           "integers >= 0, one fewer than schedules, got [3, 4]")
    assert refused(wsd, total_steps=10, decay_steps=11) == "decay_steps: steps of the cool-down, must be >= 1 and <= total_steps, got 11"
    assert refused(wsd, total_steps=10, decay_steps=6, warmup_steps=5) == (
        "warmup_steps: steps of the warm-up, must be >= 0 and <= total_steps-decay_steps, got 5")
    assert Schedule(wsd, total_steps=10, decay_steps=6, warmup_steps=4)(10) == 0.0
    assert refused(chained, schedules=[]) == "schedules: the schedules to join, must be a list of Schedules, got []"


def test_a_schedule_keeps_lists_of_its_own():
    steps = [3, 6]
    s = Schedule(multistep_decay, milestones=steps)
    steps.append(1)
    assert repr(s) == "multistep_decay(milestones=[3, 6])"
    assert s == Schedule(multistep_decay, milestones=(3, 6)) == Schedule(multistep_decay, milestones=np.array([3, 6]))


def test_area_is_the_mean_rate_of_the_updates():
    assert area(Schedule(constant), 9) == 1.0
    assert area(Schedule(cosine, T_max=1000), 1000) == pytest.approx(0.5005)
    assert area(Schedule(wsd, total_steps=1000, decay_steps=200), 1000) == pytest.approx(0.9005)
    assert area(Schedule(wsd, total_steps=1000, decay_steps=200, decay_type="1-sqrt"), 1000) == pytest.approx(0.8671, abs=1e-4)


# ------------------------------------------------------------------------------------------ the parts

def test_a_param_prints_as_it_is_made():
    for facts in CARDS.values():
        first = facts.params[0]
        assert eval(repr(first), {"Param": Param}).__dict__ == first.__dict__


def test_signature():
    assert signature(cosine) == (("T_max", "eta_min"), ("T_max",))
    assert signature(mine) == (("steepness", "knee", "late"), ("steepness",))
    assert signature(len) == (None, ())                 # Python does not tell


def test_rules_and_choices():
    between = Param("p", 0.0, 1.0, 0.5, 0.1, "a share", "> 0 and <= 1")
    assert check_value(between, 1) is None
    for wrong in (0, 1.5, -1):
        with pytest.raises(ValueError, match=f"^p: a share, must be > 0 and <= 1, got {wrong}$"):
            check_value(between, wrong)
    choice = Param("mode", None, None, "cos", ("cos", "linear"), "the shape")
    assert check_value(choice, "cos") is None
    with pytest.raises(ValueError, match="^mode: the shape, must be one of cos, linear, got 'sine'$"):
        check_value(choice, "sine")


def test_a_card_of_a_readers_own_formula_checks_too():
    def ramp(t, base_lr, slope):
        return base_lr * slope * t

    try:
        card(ramp, "Ramp", r"s\,t", None, [Param("slope", 0.0, 1.0, 0.5, 0.1, "rise in a step", "> 0")])
        assert card_of(ramp).param("slope").default == 0.5 and card_of(ramp).param("nothing") is None
        assert [p.name for p in card_of(ramp).params] == ["base_lr", "slope"]
        assert refused(ramp, slope=0) == "slope: rise in a step, must be > 0, got 0"
        assert check(ramp, {"slope": 1}) is None
    finally:
        del CARDS["ramp"]


def test_the_package_says_what_it_lacks():
    with pytest.raises(AttributeError, match="^lrlearn has no 'cosin'$"):
        lrlearn.cosin
    assert {"cosine", "plot", "explore", "pytorch", "labs"} <= set(dir(lrlearn))


def test_a_formula_comes_with_its_family_alone_and_the_cards_bring_all():
    program = """
import sys
def here(): return sorted(name[len("lrlearn.schedules."):] for name in sys.modules if name.startswith("lrlearn.schedules."))
import lrlearn
print(here())
from lrlearn import cosine
print(here())
print(len(lrlearn.CARDS) + len(lrlearn.FOLDS) == sum(len(names.split()) for names in lrlearn.FAMILIES.values()))
print(set(lrlearn.FAMILIES) <= set(here()))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['cosine']", "True", "True"]
    folder = Path(lrlearn.__file__).parent / "schedules"
    files = {".".join(file.relative_to(folder).with_suffix("").parts) for file in folder.rglob("*.py") if file.stem != "__init__"}
    assert files == set(lrlearn.FAMILIES)
    for name in " ".join(lrlearn.FAMILIES.values()).split():
        assert card_of(getattr(lrlearn, name)).formula.__name__ == name


def test_a_function_of_time_alone_is_no_formula():
    def flat(t):
        return 0.1

    with pytest.raises(TypeError) as error:
        Schedule(flat)
    assert str(error.value) == "formula: a function f(t, base_lr, ...) -> lr, must take t and base_lr, got flat"
