"""The menu: every formula of the book but the momenta, fitted to runs of any length, its peak at base_lr."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrlearn import CARDS, Schedule, constant, cosine, curve
from lrlearn.core import check
from lrlearn.worlds import every
from lrlearn.worlds.menu import MENU, NAMES


def formulas(schedule):
    """The formulas of a schedule and of those inside it."""
    held = schedule.hyper
    inner = list(held.get("schedules", ())) + ([held["schedule"]] if "schedule" in held else [])
    return {schedule.formula}.union(*map(formulas, inner))


def test_every_card_is_in_it_but_the_momenta():
    found = set().union(*map(formulas, every(100).values()))
    assert found == {c.formula for name, c in CARDS.items() if "momentum" not in name}


def test_a_name_says_what_it_is():
    for name, schedule in every(100).items():
        told = {f.__name__ for f in formulas(schedule)}
        assert {word for word in name.split(", then ")} <= told, name
    assert len(set(NAMES)) == len(NAMES) == len(MENU)
    assert NAMES[:3] == ("constant", "cosine", "linear")


@given(st.integers(10, 1000) | st.integers(1, 10) | st.just(10**6))
def test_each_is_valid_for_a_run_of_any_length(steps):
    for name, schedule in every(steps).items():
        check(schedule.formula, schedule.hyper)
        times = range(steps + 2) if steps < 100 else range(0, steps + 2, steps // 50)
        lrs = [schedule(t, 0.3) for t in times]
        assert 0 <= min(lrs) and max(lrs) <= 0.3 * (1 + 1e-9), name


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [40, 120, 1000])
def test_the_peak_is_base_lr_and_the_curve_is_to_be_seen(name, steps):
    lrs = curve(every(steps)[name], steps + 1)
    peaks = {"chebyshev": 0.99, "exp_range": 0.6, "untuned_warmup": 0.9, "exponential_warmup": 0.75, "power_decay": 0.3}      # damped while they rise
    assert peaks.get(name, 0.999) <= max(lrs) <= 1 + 1e-9
    assert name == "constant" or max(lrs) - min(lrs) > 0.25
    if name not in ("constant", "warmup, then constant", "cosine_restarts"):
        assert lrs[-1] < 0.6


def test_it_reads_like_a_dict():
    menu = every(40)
    assert dict(menu)["cosine"] == menu["cosine"] == Schedule(cosine, T_max=40) == menu[NAMES.index("cosine")]
    assert list(menu) == menu.keys() == [name for name, _ in menu.items()] and len(menu) == len(menu.values())
    assert "constant" in menu and "nothing" not in menu and menu["constant"] == Schedule(constant)
    assert repr(menu) == "every(40)" and menu.made[0](*menu.made[1]).items() == menu.items()
    with pytest.raises(KeyError, match="nothing"):
        menu["nothing"]


@pytest.mark.parametrize("steps, why", [(0, "must be >= 1, got 0"), (2.5, "must be an integer, got 2.5"), ("a", "must be a number, got 'a'")])
def test_a_wrong_length_is_one_sentence(steps, why):
    with pytest.raises(ValueError) as caught:
        every(steps)
    assert str(caught.value) == "steps: updates of the run, " + why
