"""The decision guide: what it advises is what the chapter says, in every combination, and the peer's rule for the climb."""
import itertools

import pytest

from lrlearn import Schedule, cosine, warmup, wsd
from lrlearn.worlds import advise, climb, guide
from lrlearn.worlds.advice import ENDS, OPTIMIZERS, PEAKS, STARTS, folded

EVERYTHING = list(itertools.product(ENDS, (10, 99, 1000, 123_456), STARTS, OPTIMIZERS))


@pytest.mark.parametrize("end, updates, start, optimizer", EVERYTHING)
def test_every_plan_climbs_holds_or_falls_and_ends_low(end, updates, start, optimizer):
    plan, climbing = advise(end, updates, start, optimizer), climb(updates, start, optimizer)
    rates = [plan(t) for t in range(updates + 1)]
    assert max(rates) == 1 == rates[climbing] and rates[-1] == pytest.approx(0, abs=1e-12)
    assert rates[:climbing + 1] == sorted(rates[:climbing + 1]) and rates[climbing:] == sorted(rates[climbing:], reverse=True)
    assert climbing <= updates / 10 and climbing <= 2000
    assert (plan.formula is wsd) == (end != "known")


def test_the_climb_is_the_rule_of_untuned_warmup():
    import transformers  # noqa: F401 - the beta2 that everybody uses is AdamW's default there and in torch
    from torch.optim import AdamW

    beta2 = AdamW.__init__.__defaults__[1][1]
    assert climb(10**6, "a transformer", "AdamW") == round(2 / (1 - beta2)) == 2000


def test_where_there_is_nothing_steep_there_is_no_climb():
    assert [climb(10_000, start, "SGD with momentum") for start in STARTS] == [0, 1000, 0]
    assert advise("known", 100, STARTS[0], OPTIMIZERS[0]) == Schedule(cosine, T_max=100)
    assert advise("known", 100, STARTS[0], OPTIMIZERS[1]) == Schedule(warmup, schedule=Schedule(cosine, T_max=90), warmup_steps=10)


def test_a_sweep_goes_up_and_a_trained_network_has_the_lowest():
    assert set(PEAKS) == set(itertools.product(STARTS, OPTIMIZERS)) and all(low < high for low, high in PEAKS.values())
    for optimizer in OPTIMIZERS:
        assert PEAKS["a trained network", optimizer][1] <= min(PEAKS[start, optimizer][1] for start in STARTS)


def test_the_picture_says_the_numbers_and_the_call():
    picture = guide("known", 20_000, "a transformer", "AdamW")
    assert "Warm-up 2000, then cosine over 18000" in str(picture) and "warmup(schedule=cosine(T_max=18000), warmup_steps=2000)" in str(picture)
    assert picture.alt == "Warm-up 2000, then cosine over 18000. Sweep the peak from 0.0001 to 0.001."
    lines = [guide(end).parts.count for end in ENDS]
    assert len(lines) == 3 and sum(kind == "line" for kind, _ in guide("several stops").parts) == 3


def test_words_fold_after_commas():
    assert folded("f(a=1, b=2, c=3)", 100) == ["f(a=1, b=2, c=3)"]
    assert folded("f(a=1, b=2, c=3)", 12) == ["f(a=1, b=2,", "c=3)"]
    assert folded("f(a=1, b=2)", 1) == ["f(a=1,", "b=2)"]
