"""The one-cycle chapter's exercises: what their words say about frameworks is held against the frameworks."""
from math import cos, pi

import numpy as np
import pytest
import torch
from near import near
from torch.optim import SGD
from torch.optim.lr_scheduler import OneCycleLR

import lrlearn as ll
from lrlearn import Schedule, cosine, one_cycle, one_cycle_momentum, warmup
from lrlearn.exercises import one_cycle as ex
from tests.peers import from_fastai, from_lrsched, from_optax, from_torch
from tests.scripts import rates_of


# -- the solutions are the field's ----------------------------------------------------------------

@pytest.mark.parametrize("steps, share, div, final", [(20, 0.25, 10.0, 2.0), (10, 0.3, 25.0, 1e4), (15, 0.3, 4.0, 5.0)])
def test_the_closed_form_is_torch_s(steps, share, div, final):
    call = f"OneCycleLR(optimizer, 1.0, {steps}, pct_start={share}, div_factor={div}, final_div_factor={final})"
    assert near([ex.my_one_cycle(t, 1.0, steps, share, div, final) for t in range(steps)], from_torch.rates(call, steps), 1e-15)


def test_the_closed_form_is_the_package_s_own():
    for case in [case for cases in ex.closed_form.cases.values() for case in cases]:
        t, peak, steps, *rest = case
        hyper = dict(zip(("pct_start", "div_factor", "final_div_factor"), rest))
        assert ex.my_one_cycle(*case) == pytest.approx(one_cycle(t, peak, steps, **hyper), rel=1e-12)


def test_the_momentum_is_torch_s():
    for steps, share in ((20, 0.25), (15, 0.3)):
        call = f"OneCycleLR(optimizer, 1.0, {steps}, pct_start={share})"
        theirs = from_torch.rates(call, steps, hyper="momentum")
        assert near([ex.my_momentum(t, 0.95, 0.85, steps, share) for t in range(steps)], theirs, 1e-15)


def test_the_last_rate_is_the_one_that_torch_uses():
    theirs = from_torch.rates("OneCycleLR(optimizer, max_lr=0.1, total_steps=100)", 101, lr=0.01)
    assert theirs[99] == pytest.approx(ex.last_rate(), rel=1e-9) == pytest.approx(0.1 / 250_000)
    assert theirs[100] == pytest.approx(ex.one_update_too_early(), rel=1e-9), "one step past its end it rises again"
    assert theirs[0] == pytest.approx(ex.the_first_rate(), rel=1e-12), "whatever the optimizer was made with"


def run_script(source):
    return rates_of(source, OneCycleLR=OneCycleLR)


def test_the_script_stays_low_and_the_cure_makes_the_whole_cycle():
    used = run_script(ex.SCRIPT)
    assert len(used) == 1500 and max(used) == used[-1] == pytest.approx(ex.highest_rate(), rel=1e-12)
    assert used[-1] < 0.1 * 0.1 and used == sorted(used), "never a tenth of max_lr, and it never falls"
    assert used[0] == pytest.approx(ex.where_it_begins(), rel=1e-12)
    cured = run_script(ex.SCRIPT.replace("    scheduler.step()", "        scheduler.step()"))
    assert max(cured) == pytest.approx(0.1, rel=1e-12) and cured[-1] == pytest.approx(4e-7, rel=1e-9)
    stairs = run_script(ex.SCRIPT.replace("epochs=30, steps_per_epoch=len(loader)", "total_steps=30"))
    assert max(stairs) == pytest.approx(0.1, rel=1e-12) and len(set(stairs)) == 30 and stairs[-1] == pytest.approx(4e-7, rel=1e-9)


@pytest.mark.parametrize("W, T, first, last", [(3, 10, 0.25, 0.05), (30, 100, 0.04, 1e-3), (1, 5, 0.5, 0.2)])
def test_the_translation_has_the_recipe_s_corners_and_its_fall(W, T, first, last):
    recipe = Schedule(warmup, schedule=Schedule(cosine, T_max=T - W, eta_min=last), warmup_steps=W, start_factor=first)
    steps, share, div, final = ex.as_one_cycle(W, T, first, last)
    call = f"OneCycleLR(optimizer, 1.0, {steps}, pct_start={share!r}, div_factor={div!r}, final_div_factor={final!r})"
    theirs, aim = from_torch.rates(call, T + 1), [recipe(t) for t in range(T + 1)]
    assert theirs[0] == pytest.approx(first) and near(theirs[W:], aim[W:], 1e-12)
    gap = max(abs(a - b) for a, b in zip(theirs, aim))
    assert gap <= 0.1053, "up to a tenth of the peak off in between"
    assert W < 30 or gap > 0.09


def test_a_straight_climb_and_a_curved_fall_are_never_one_cycle():
    """The chapter's table: with cosines the climb is 0.105 of the peak off, with straight lines the fall is."""
    aim = Schedule(warmup, schedule=Schedule(cosine, T_max=70), warmup_steps=30)
    hyper = dict(total_steps=101, pct_start=31 / 101, div_factor=1e9, final_div_factor=1.0)
    for way, off, fits in (("cos", slice(0, 30), slice(30, 101)), ("linear", slice(30, 101), slice(0, 30))):
        gaps = [abs(one_cycle(t, 1.0, anneal_strategy=way, **hyper) - aim(t)) for t in range(101)]
        assert max(gaps[off]) == pytest.approx(0.105, abs=5e-4) and max(gaps[fits]) < 2e-9


def test_a_warm_up_along_a_cosine_is_one_cycle():
    fall = Schedule(cosine, T_max=70, eta_min=4e-6)
    two = Schedule(warmup, schedule=fall, warmup_steps=30, start_factor=1 / 25, shape="cosine")
    assert near([one_cycle(t, 1.0, 101, 31 / 101) for t in range(120)], [two(t) for t in range(120)], 1e-15)


def test_adam_has_beta1_moved():
    optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)])
    scheduler, seen = OneCycleLR(optimizer, 1.0, 10), []
    for _ in range(10):
        seen.append(optimizer.param_groups[0]["betas"][0])
        optimizer.step()
        scheduler.step()
    assert near(seen, [ex.my_momentum(t, 0.95, 0.85, 10) for t in range(10)], 1e-15)


def test_one_number_for_max_lr_is_for_all_param_groups():
    for max_lr, first in ((0.1, [0.004, 0.004]), ([0.01, 0.1], [0.0004, 0.004])):
        groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.01, 0.1)]
        assert near(OneCycleLR(SGD(groups, momentum=0.9), max_lr, total_steps=10).get_last_lr(), first, 1e-15)


# -- what a mistake's words say of a framework ----------------------------------------------------

PEER_SAYS = [
    (ex.straight_lines, from_torch, 'OneCycleLR(optimizer, 1.0, 20, anneal_strategy="linear")', 20, 20),
    (ex.goes_on_after_the_end, from_torch, "OneCycleLR(optimizer, 1.0, 20)", 20, 21),
    (ex.counted_as_optax_does, from_optax, "optax.cosine_onecycle_schedule(20, 1.0)", 20, 25),
]


@pytest.mark.parametrize("formula, peer, call, steps, updates", PEER_SAYS, ids=lambda v: getattr(v, "__name__", None))
def test_the_framework_does_what_the_mistake_s_words_say(formula, peer, call, steps, updates):
    assert near([formula(t, 1.0, steps) for t in range(updates)], peer.rates(call, updates), 2e-6)


def test_fastai_counts_as_optax_does_and_its_last_number_divides_the_peak():
    theirs = from_fastai.rates("learner.fit_one_cycle(20, lr_max=1.0, pct_start=0.3)", 20)
    assert near(theirs, [ex.counted_as_optax_does(t, 1.0, 20, 0.3, 25.0, 4e3) for t in range(20)], 1e-6)
    assert ex.fastai_s_end() == pytest.approx(0.1 * ex.counted_as_optax_does(20, 1.0, 20, 0.3, 25.0, 4e3))


def test_lrsched_s_last_number_divides_the_peak():
    call = "lrsched.one_cycle(max_lr=0.1, total_steps=100, pct_start=0.3, initial_div=25.0, final_div=1e4)"
    theirs = from_lrsched.rates(call, 101)
    assert theirs[100] == pytest.approx(ex.divided_once(), rel=1e-6)


# -- answers as readers write them ----------------------------------------------------------------

def by_corners(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    times = [0, pct_start * total_steps - 1, total_steps - 1]
    rates = [base_lr / div_factor, base_lr, base_lr / div_factor / final_div_factor]
    k = 0 if t <= times[1] else 1
    done = np.clip((t - times[k]) / (times[k + 1] - times[k]), 0, 1)
    return rates[k] * (1 + np.cos(np.pi * done)) / 2 + rates[k + 1] * (1 - np.cos(np.pi * done)) / 2


def by_sine(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    start, top = base_lr / div_factor, total_steps * pct_start - 1
    end, last = start / final_div_factor, total_steps - 1
    if t >= last:
        return end
    if t < top:
        return start + (base_lr - start) * np.sin(pi * t / top / 2) ** 2
    return end + (base_lr - end) * np.cos(pi * (t - top) / (last - top) / 2) ** 2


def by_warm_up(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    top = pct_start * total_steps - 1
    if t <= top:
        start = base_lr / div_factor
        return start + (base_lr - start) * (1 - cos(pi * t / top)) / 2
    return ll.cosine(t - top, base_lr, total_steps - 1 - top, eta_min=base_lr / (div_factor * final_div_factor))


@pytest.mark.parametrize("answer", [by_corners, by_sine, by_warm_up], ids=lambda f: f.__name__)
def test_the_closed_form_written_otherwise(answer):
    assert ex.closed_form.check(answer).state == "right"


def test_the_package_s_formula_is_no_answer():
    outcome = ex.closed_form.check(lambda t, b, N, p=0.3, d=25.0, f=1e4: one_cycle(t, b, N, p, "cos", d, f))
    assert (outcome.state, outcome.mistake) == ("not yet", "the package's own function")
    outcome = ex.momentum.check(lambda t, high, low, N, p=0.3: one_cycle_momentum(t, high, low, N, p))
    assert (outcome.state, outcome.mistake) == ("not yet", "the package's own function")


def test_the_momentum_by_way_of_one_cycle_is_right():
    def turned(t, high, low, total_steps, pct_start=0.3):
        return one_cycle(t, low, total_steps, pct_start, "cos", low / high, 1.0)

    def mirrored(t, high, low, total_steps, pct_start=0.3):
        return high - (high - low) * one_cycle(t, 1.0, total_steps, pct_start, div_factor=1e12, final_div_factor=1.0)

    assert ex.momentum.check(turned).state == ex.momentum.check(mirrored).state == "right"


@pytest.mark.parametrize("answer, state, mistake", [
    (4e-7, "right", None), (0.1 / 25 / 1e4, "right", None), (ll.one_cycle(99, 0.1, 100), "right", None),
    (1e-5, "not yet", "divided once"), (0.1 / 1e5, "not yet", "fastai s end"), (0.004, "not yet", "the first rate"),
    (0, "not yet", "nothing"), (4e-6, "not yet", "the factor"), (4e-8, "not yet", "from the optimizer"),
    (5.07e-5, "not yet", "one update too early"),
    (ll.one_cycle(98, 0.1, 100), "not yet", "one update too early"), (..., "not started yet", None),
])
def test_typical_last_rates(answer, state, mistake):
    outcome = ex.last_lr.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake)


@pytest.mark.parametrize("answer, state, mistake", [
    (0.00498, "right", None), (0.004985, "right", None), (ll.one_cycle(29, 0.1, 1500), "right", None),
    (0.1, "not yet", "the peak"), (0.004, "not yet", "where it begins"), (0.0498, "not yet", "as a share"),
    (ll.one_cycle(30, 0.1, 1500), "not yet", "one call too many"),
    (0.005, "right", None), (..., "not started yet", None),
])
def test_typical_highest_rates(answer, state, mistake):
    outcome = ex.find_the_bug.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake)


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda W, T, s, e: (T + 1, (W + 1) / (T + 1), 1 / s, s / e), "right", None),
    (lambda W, T, s, e: [1 + T, (1 + W) / (1 + T), s ** -1, s / e], "right", None),
    (lambda W, T, s, e: [T, W / T, 1 / s, s / e], "not yet", "as they are"),
    (lambda W, T, s, e: [T + 1, (W + 1) / (T + 1), 1 / s, 1 / e], "not yet", "the end over the peak"),
    (lambda W, T, s, e: [T + 1, (W + 1) / (T + 1), s, e], "not yet", "factors not turned"),
    (lambda W, T, s, e: [T + 1, (W + 1) / (T + 1), 25.0, 1e4], "not yet", "torch s defaults"),
    (lambda W, T, s, e: [T + 1, (W + 1) / (T + 1)], "not yet", None),
])
def test_typical_translations(answer, state, mistake):
    outcome = ex.translate.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["closed_form", "last_lr", "momentum", "find_the_bug", "translate"]
