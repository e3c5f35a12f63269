"""The exercises on cycles and restarts: what their words say about frameworks is held against the frameworks."""
import math
from itertools import accumulate

import numpy as np
import pytest
import torch
from near import near
from torch.optim import SGD
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts

import lrlearn as ll
from lrlearn import cosine_restarts
from lrlearn.exercises import cyclic as ex
from tests.peers import from_keras, from_timm, from_torch
from tests.scripts import rates_of


# -- the solutions are the field's ----------------------------------------------------------------

def test_the_triangles_are_torch_s():
    call = 'CyclicLR(optimizer, base_lr=0.2, max_lr=1.0, step_size_up=2, step_size_down=4, mode="triangular2")'
    assert call in " ".join(ex.by_hand.text.split())
    assert near(ex.rates(), from_torch.rates(call, 10), 1e-12)
    assert near(ex.every_top_the_same(), from_torch.rates(call.replace("triangular2", "triangular"), 10), 1e-12)


@pytest.mark.parametrize("T_0, T_mult, floor", [(10, 1, 0.0), (4, 2, 0.0), (5, 3, 0.1), (1, 3, 0.0), (1, 1, 0.2)])
def test_the_restarts_are_torch_s(T_0, T_mult, floor):
    call = f"CosineAnnealingWarmRestarts(optimizer, T_0={T_0}, T_mult={T_mult}, eta_min={floor})"
    assert near([ex.my_restarts(t, 1.0, T_0, T_mult, floor) for t in range(130)], from_torch.rates(call, 130), 1e-12)


def test_the_restarts_are_the_package_s_own():
    for case in [case for cases in ex.closed_form.cases.values() for case in cases]:
        assert ex.my_restarts(*case) == cosine_restarts(*case), "not a digit apart"


@pytest.mark.parametrize("total, cycles, T_mult", [(600, 4, 2), (600, 4, 1), (650, 3, 3), (1000, 3, 2), (29, 2, 2)])
def test_the_first_cycle_fits_and_one_update_more_does_not(total, cycles, T_mult):
    def ends(T_0):
        return list(accumulate(T_0 * T_mult**i for i in range(cycles)))

    T_0 = ex.first_cycle(total, cycles, T_mult)
    assert ends(T_0)[-1] <= total < ends(T_0 + 1)[-1]
    jumps = [t for t in range(1, total + 1) if cosine_restarts(t, 1.0, T_0, T_mult) == 1.0]
    assert jumps[:cycles] == ends(T_0), "where the formula jumps back to its peak"


def run_script(source):
    return rates_of(source, CosineAnnealingWarmRestarts=CosineAnnealingWarmRestarts)


def test_the_script_ends_near_the_peak_and_each_cure_in_a_trough():
    used = run_script(ex.SCRIPT)
    assert len(used) == 1500 and used[-1] == pytest.approx(ex.last_rate(), rel=1e-12) and used[-1] > 0.09
    assert [t for t in range(1, 1500) if used[t] > used[t - 1]] == [10, 30, 70, 150, 310, 630, 1270], "seven jumps"
    cured = run_script(ex.SCRIPT.replace("T_0=10", "T_0=10 * len(loader)"))
    assert [t for t in range(1, 1500) if cured[t] > cured[t - 1]] == [500], "one restart, after ten epochs"
    assert cured[-1] == pytest.approx(ex.as_planned(), rel=1e-9) and cured[-1] < 1e-6
    once = run_script(ex.SCRIPT.replace("        scheduler.step()", "    scheduler.step()"))
    assert len(set(once)) <= 30 and once[-1] == pytest.approx(ex.stairs(), rel=1e-9)
    parts = ex.SCRIPT.replace("for x, y in loader", "for i, (x, y) in enumerate(loader)")
    parts = run_script(parts.replace("scheduler.step()", "scheduler.step(epoch + i / len(loader))"))
    assert [t for t in range(1, 1500) if parts[t] > parts[t - 1]] == [501] and parts[-1] < 1e-6, "the same, an update later"


# -- what words say of a framework ----------------------------------------------------------------

def test_a_logarithm_misses_the_restart_that_torch_s_step_with_an_epoch_misses():
    scheduler = CosineAnnealingWarmRestarts(SGD([torch.zeros(1, requires_grad=True)], lr=1.0), T_0=5, T_mult=3)
    theirs = []
    for epoch in range(607):
        scheduler.step(epoch)
        theirs += scheduler.get_last_lr()
    ours = [ex.by_logarithm(t, 1.0, 5, 3) for t in range(607)]
    assert near(ours, theirs, 1e-12) and ours[605] == 0.0 and ex.my_restarts(605, 1.0, 5, 3) == 1.0
    plain = from_torch.rates("CosineAnnealingWarmRestarts(optimizer, T_0=5, T_mult=3)", 607)
    assert plain[605] == 1.0, "step() without an argument counts with integers"


def test_timm_and_keras_miss_some_too():
    assert from_timm.rates("CosineLRScheduler(optimizer, t_initial=5, cycle_mul=3.0, cycle_limit=9)", 606)[605] == 0.0
    theirs = from_keras.rates("keras.optimizers.schedules.CosineDecayRestarts(1.0, 1, t_mul=7.0)", 58)
    assert theirs[57] < 1e-6 and ex.my_restarts(57, 1.0, 1, 7) == 1.0


def test_with_two_the_logarithm_is_right():
    for T_0 in range(1, 50):
        for k in range(1, 12):
            t = T_0 * (2**k - 1)
            assert ex.by_logarithm(t, 1.0, T_0, 2) == ex.my_restarts(t, 1.0, T_0, 2) == 1.0


def test_climbs_back_is_torch_s_other_cosine():
    theirs = from_torch.rates("CosineAnnealingLR(optimizer, T_max=10)", 35)
    assert near([ex.climbs_back(t, 1.0, 10) for t in range(35)], theirs, 1e-12)


def test_a_lower_peak_is_keras_s_m_mul():
    theirs = from_keras.rates("keras.optimizers.schedules.CosineDecayRestarts(1.0, 4, t_mul=2.0, m_mul=0.5)", 30)
    assert near([ex.lower_after_each_restart(t, 1.0, 4, 2) for t in range(30)], theirs, 1e-6)


def test_a_floor_in_a_factor_is_a_share_of_the_rate():
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    factor = lambda t: 0.1 + 0.9 * (1 + math.cos(math.pi * (t % 10) / 10)) / 2
    scheduler, used = torch.optim.lr_scheduler.LambdaLR(optimizer, factor), []
    for _ in range(25):
        used += scheduler.get_last_lr()
        optimizer.step()
        scheduler.step()
    assert near(used, [ex.floor_as_a_share(t, 0.4, 10, 1, 0.1) for t in range(25)], 1e-12)


# -- answers as readers write them ----------------------------------------------------------------

def by_while(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    T = T_0
    while t >= T:
        t -= T
        T *= T_mult
    return ll.cosine(t, base_lr, T, eta_min)


def by_sums(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    start, length = 0, T_0
    while start + length <= t:
        start, length = start + length, length * T_mult
    share = (t - start) / length
    return eta_min + (base_lr - eta_min) * np.cos(np.pi * share / 2) ** 2


def by_recursion(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    if T_mult == 1:
        t = t % T_0
    if t >= T_0:
        return by_recursion(t - T_0, base_lr, T_0 * T_mult, T_mult, eta_min)
    return eta_min + 0.5 * (base_lr - eta_min) * (1 + math.cos(math.pi * t / T_0))


def by_rounded_logarithm(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    if T_mult == 1:
        return ll.cosine(t % T_0, base_lr, T_0, eta_min)
    cycle = int(math.log(t / T_0 * (T_mult - 1) + 1, T_mult) + 1e-9)
    start = T_0 * (T_mult**cycle - 1) // (T_mult - 1)
    return ll.cosine(t - start, base_lr, T_0 * T_mult**cycle, eta_min)


@pytest.mark.parametrize("answer", [by_while, by_sums, by_recursion, by_rounded_logarithm], ids=lambda f: f.__name__)
def test_the_restarts_written_otherwise(answer):
    assert ex.closed_form.check(answer).state == "right"


def test_the_package_s_formula_is_no_answer():
    for answer in (lambda t, b, n, m=1, low=0.0: cosine_restarts(t, b, n, m, low),
                   lambda t, b, n, m=1, low=0.0: ll.cosine_cycles(t, b, n, m, 1.0, low)):
        outcome = ex.closed_form.check(answer)
        assert (outcome.state, outcome.mistake) == ("not yet", "the package's own function")


@pytest.mark.parametrize("answer, state, mistake", [
    ([0.2, 0.6, 1.0, 0.8, 0.6, 0.4, 0.2, 0.4, 0.6, 0.5], "right", None),
    (tuple(ll.triangular2(t, 1.0, 2, 4, 0.2) for t in range(10)), "right", None),
    ([0.2, 0.6, 1.0, 0.8, 0.6, 0.4, 0.2, 0.6, 1.0, 0.8], "not yet", "every top the same"),
    ([0.2, 0.6, 1.0, 0.8, 0.6, 0.4, 0.2, 0.35, 0.5, 0.425], "not yet", "top halved"),
    ([0.2, 0.6, 1.0, 0.6, 0.2, 0.4, 0.6, 0.4, 0.2, 0.3], "not yet", "down as fast as up"),
    ([0.2, 0.6, 1.0], "not yet", None), (..., "not started yet", None),
])
def test_typical_triangles(answer, state, mistake):
    outcome = ex.by_hand.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda T, n, m: T // n if m == 1 else T * (m - 1) // (m**n - 1), "right", None),
    (lambda T, n, m: T // sum(m**i for i in range(n)), "right", None),
    (lambda T, n, m: math.floor(T / sum(m**i for i in range(n))), "right", None),
    (lambda T, n, m: float(T // sum(m**i for i in range(n))), "right", None),
    (lambda T, n, m: T // n, "not yet", "as if all were equal"),
    (lambda T, n, m: T / sum(m**i for i in range(n)), "not yet", "not whole"),
    (lambda T, n, m: math.ceil(T / sum(m**i for i in range(n))), "not yet", "rounded up"),
    (lambda T, n, m: T * (m - 1) // (m**n - 1), "not yet", None),
])
def test_typical_first_cycles(answer, state, mistake):
    outcome = ex.a_first_cycle_that_fits.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    (0.0923, "right", None), (0.09231, "right", None), (ll.cosine_restarts(1499, 0.1, 10, 2), "right", None),
    (0, "not yet", "as planned"), (ll.cosine_restarts(1499, 0.1, 500, 2), "not yet", "as planned"),
    (ll.cosine_restarts(29, 0.1, 10, 2), "not yet", "stairs"), (ll.cosine_restarts(1499, 0.1, 10), "not yet", "cycles of ten"),
    (ll.cosine_restarts(1500, 0.1, 10, 2), "not yet", "one call too many"), (0.9231, "not yet", "the share"),
    (0.1, "not yet", "the peak"), (..., "not started yet", None),
])
def test_typical_last_rates(answer, state, mistake):
    outcome = ex.find_the_bug.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_four_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["by_hand", "closed_form", "a_first_cycle_that_fits", "find_the_bug"]
