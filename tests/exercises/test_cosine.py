"""The cosine chapter's exercises: what their words say about frameworks is held against the frameworks."""
from math import ceil, cos, floor, pi, sin, tan

import numpy as np
import pytest
import torch
from near import near
from torch.optim.lr_scheduler import CosineAnnealingLR

import lrlearn as ll
from lrlearn import Schedule, cosine, warmup
from lrlearn.exercises import cosine as ex
from tests.peers import from_keras, from_optax, from_timm, from_torch, from_transformers
from tests.scripts import recorded


# -- the solutions are the field's ----------------------------------------------------------------

def test_the_closed_form_is_the_package_s_own():
    for case in [case for cases in ex.closed_form.cases.values() for case in cases]:
        assert ex.my_cosine(*case) == cosine(*case)


def test_the_last_rate_is_the_one_that_torch_uses():
    assert ex.last_rate() == pytest.approx(from_torch.rates("CosineAnnealingLR(optimizer, T_max=100)", 100, lr=0.1)[-1], rel=1e-9)


def test_warm_cosine_is_the_package_s_composition():
    for W, T in ((0, 8), (3, 10), (10, 100)):
        s = Schedule(warmup, schedule=Schedule(cosine, T_max=T - W), warmup_steps=W)
        assert near([ex.warm_cosine(t, 0.1, W, T) for t in range(2 * T)], [s(t, 0.1) for t in range(2 * T)], 1e-15)


@pytest.mark.parametrize("floor_", [0.0, 0.01])
def test_the_recursion_walks_along_torch_s_rates(floor_):
    rates = from_torch.rates(f"CosineAnnealingLR(optimizer, T_max=30, eta_min={floor_})", 31, lr=0.1)
    lr = 0.1
    for t in range(30):
        lr = ex.next_lr(lr, t, 30, floor_)
        assert lr == pytest.approx(rates[t + 1], abs=1e-12)


def test_the_recursion_takes_up_a_rate_that_was_changed_as_torch_does():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = CosineAnnealingLR(optimizer, T_max=11, eta_min=0.02)
    for _ in range(5):
        optimizer.step()
        scheduler.step()
    optimizer.param_groups[0]["lr"] = 0.1
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] == pytest.approx(ex.next_lr(0.1, 5, 11, 0.02), rel=1e-12)


def run_script(T_max, epochs, batches, accumulate):
    """Run the very text of the exercise, with this T_max, and return the rate of every update and the one after the end."""
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    rates = recorded(optimizer)
    source = ex.SCRIPT.replace("T_max=epochs", f"T_max={T_max}")
    assert T_max == "epochs" or source != ex.SCRIPT
    loader = [(torch.zeros(1, 1), torch.zeros(1, 1))] * batches
    exec(source, dict(CosineAnnealingLR=CosineAnnealingLR, optimizer=optimizer, model=model, loader=loader, epochs=epochs,
                      accumulate=accumulate, loss_fn=torch.nn.functional.mse_loss))
    return rates, optimizer.param_groups[0]["lr"]


@pytest.mark.parametrize("epochs, batches, accumulate", [(4, 5, 1), (3, 7, 2), (2, 3, 8), (5, 8, 4)])
def test_the_script_ends_at_the_bottom_with_the_right_T_max_and_swings_with_the_bug(epochs, batches, accumulate):
    T_max = ex.T_max_for(epochs, batches, accumulate)
    rates, after = run_script(T_max, epochs, batches, accumulate)
    assert len(rates) == T_max and rates[0] == 0.1 and after == pytest.approx(0, abs=1e-12)
    assert all(a > b > 0 for a, b in zip(rates, rates[1:]))
    for mistake in ex.find_the_bug.mistakes:
        other = mistake(epochs, batches, accumulate)
        if other != T_max and other > 0:
            seen, end = run_script(other, epochs, batches, accumulate)
            assert end > 1e-6 or any(b > a for a, b in zip(seen, seen[1:])), f"{mistake.__name__} would do no harm"
    if T_max > epochs:
        rates, _ = run_script("epochs", epochs, batches, accumulate)
        assert any(b > a for a, b in zip(rates, rates[1:])), "the bug makes the rate rise"


# -- what a mistake's words say of a framework ----------------------------------------------------

KERAS = "keras.optimizers.schedules.CosineDecay(0.0, {}, warmup_target=1.0, warmup_steps=3)"
OPTAX = "optax.warmup_cosine_decay_schedule(0.0, 1.0, warmup_steps=3, decay_steps={})"
PEER_SAYS = [
    (ex.bounce, (10,), from_torch, "CosineAnnealingLR(optimizer, T_max=10)", 25),
    (ex.bounce_at_the_end, (3, 10), from_transformers, "get_cosine_schedule_with_warmup(optimizer, 3, 10)", 16),
    (ex.from_a_third, (3, 10), from_torch,
     "SequentialLR(optimizer, [LinearLR(optimizer, total_iters=3), CosineAnnealingLR(optimizer, T_max=7)], [3])", 10),
    (ex.clock_not_shifted, (3, 10), from_timm, "CosineLRScheduler(optimizer, t_initial=10, warmup_t=3)", 15),
    (ex.warm_cosine, (3, 10), from_timm, "CosineLRScheduler(optimizer, t_initial=7, warmup_t=3, warmup_prefix=True)", 15),
    (ex.cosine_too_long, (3, 10), from_keras, KERAS.format(10), 15), (ex.warm_cosine, (3, 10), from_keras, KERAS.format(7), 15),
    (ex.shortened_twice, (3, 10), from_optax, OPTAX.format(7), 15), (ex.warm_cosine, (3, 10), from_optax, OPTAX.format(10), 15),
]


@pytest.mark.parametrize("formula, hyper, peer, call, steps", PEER_SAYS, ids=lambda v: getattr(v, "__name__", None))
def test_the_framework_does_what_the_mistake_s_words_say(formula, hyper, peer, call, steps):
    assert near([formula(t, 1.0, *hyper) for t in range(steps)], peer.rates(call, steps), 2e-6)


def test_alpha_is_a_fraction_in_optax_and_keras():
    ours = [ex.floor_as_a_fraction(t, 0.1, 10, 0.2) for t in range(15)]
    assert near(ours, from_optax.rates("optax.cosine_decay_schedule(0.1, 10, alpha=0.2)", 15), 1e-7)
    assert near(ours, from_keras.rates("keras.optimizers.schedules.CosineDecay(0.1, 10, alpha=0.2)", 15), 1e-7)


def test_a_chained_scheduler_multiplies_as_the_product_does():
    call = "ChainedScheduler([LinearLR(optimizer, 1e-9, total_iters=3), CosineAnnealingLR(optimizer, T_max=10)])"
    assert near([ex.product(t, 1.0, 3, 10) for t in range(11)], from_torch.rates(call, 11), 1e-6)


# -- answers as readers write them ----------------------------------------------------------------

def by_half_angle(t, base_lr, T_max, eta_min=0.0):
    return eta_min + (base_lr - eta_min) * cos(pi * min(t, T_max) / (2 * T_max)) ** 2


def with_numpy(t, base_lr, T_max, eta_min=0.0):
    return eta_min + 0.5 * (base_lr - eta_min) * (1 + np.cos(np.pi * np.clip(t / T_max, 0, 1)))


def with_torch(t, base_lr, T_max, eta_min=0.0):
    return eta_min + 0.5 * (base_lr - eta_min) * (1 + torch.cos(torch.tensor(pi * min(t / T_max, 1.0))))


def with_branches(t, base_lr, T_max, eta_min=0.0):
    if t >= T_max:
        return eta_min
    return (base_lr + eta_min) / 2 + (base_lr - eta_min) / 2 * cos(t / T_max * pi)


def step_by_step(t, base_lr, T_max, eta_min=0.0):
    lr = base_lr
    for k in range(min(t, T_max)):
        lr = eta_min + (lr - eta_min) * (1 + cos(pi * (k + 1) / T_max)) / (1 + cos(pi * k / T_max))
    return lr


@pytest.mark.parametrize("answer", [by_half_angle, with_numpy, with_torch, with_branches, step_by_step], ids=lambda f: f.__name__)
def test_the_closed_form_written_otherwise(answer):
    assert ex.closed_form.check(answer).state == "right"


@pytest.mark.parametrize("answer, mistake", [
    (lambda t, b, T, e=0.0: b / 2 * (1 + cos(2 * pi * t / T)), "whole wave"),      # three mistakes: one at a time
    (lambda t, b, T, e=0.0: b * (1 + cos(pi * t / T)), "no half"),
    (lambda t, b, T, e=0.0: b * cos(pi * t / T), "bare cosine"),
    (lambda t, b, T, e=0.0: b * (1 + sin(pi * t / T)) / 2, "sine"),
    (lambda t, b, T, e=0.0: b * (1 + cos(180 * t / T)) / 2, "degrees"),
    (lambda t, b, T, e=0.0: b * (1 - cos(pi * t / T)) / 2, "upside down"),
    (lambda t, b, T, e=0.0: b * (1 + cos(pi * t / (T - 1))) / 2, "one step short"),
    (lambda t, b, T, e=0.0: b * (1 + cos(pi * (t // T))) / 2, "stays at the peak"),
    (lambda t, b, T, e=0.0: b, "stays at the peak"),
    (lambda t, b, T, e=0.0: b * (1 + cos(pi * t / T)) / 2, "no floor"),
    (lambda t, b, T, e=0.0: e + b * (1 + cos(pi * t / T)) / 2, "floor added on top"),
    (lambda t, b, T, e=0.0: max(b * (1 + cos(pi * t / T)) / 2, e), "cut off at the floor"),
    (lambda t, b, T, e=0.0: b * ((1 - e) * (1 + cos(pi * t / T)) / 2 + e), "floor as a fraction"),
    (lambda t, b, T, e=0.0: e + (b - e) * (1 + cos(pi * t / T)) / 2, "bounce"),
    (lambda t, b, T, e=0.0: (e + (b - e) * (1 + cos(pi * t / T))) / 2, "half of everything"),
    (lambda t, b, T, e=0.0: b * cos(pi / 2 * t / T), "quarter wave"),
    (lambda t, b, T, e=0.0: e + (b - e) * cos(pi / 2 * min(t / T, 1)), "quarter wave"),
    (lambda t, b, T, e=0.0: b - (b - e) * t / T, "linear"),
    (lambda t, b, T, e=0.0: e + (b - e) * (1 + cos(pi * t / T)) / 2 if t <= T else 0, "falls to zero"),
    (lambda t, b, T, e=0.0: ll.cosine(t, b, T_max=T, eta_min=e), "the package's own function"),
    (ll.cosine, "the package's own function"),
    (lambda t, b, T, e=0.0: Schedule(cosine, T_max=T, eta_min=e)(t, b), "the package's own function"),
])
def test_typical_closed_forms(answer, mistake):
    outcome = ex.closed_form.check(answer)
    assert (outcome.state, outcome.mistake) == ("not yet", mistake)


@pytest.mark.parametrize("answer, state, mistake", [
    (2.47e-5, "right", None), (2.467e-05, "right", None), (ll.cosine(99, 0.1, T_max=100), "right", None),
    (0.1 * (1 + cos(0.99 * pi)) / 2, "right", None), (2.46e-5, "right", None), (2.5e-5, "not yet", "rounded"),
    (0.000025, "not yet", "rounded"), (2.48e-5, "not yet", None), (2.4e-5, "not yet", None), (0, "not yet", "the bottom"),
    (1e-3, "not yet", "straight line"), (2.47e-4, "not yet", "the factor"), (9.87e-5, "not yet", "one update too early"),
    (0.1, "not yet", None), (..., "not started yet", None), ("0.1", "not yet", None),
])
def test_typical_last_rates(answer, state, mistake):
    outcome = ex.last_lr.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake)


def ramp(t, b, W):
    return b * t / W


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda t, b, W, T: ramp(t, b, W) if t < W else ll.cosine(t - W, b, T_max=T - W), "right", None),
    (lambda t, b, W, T: (min(1, t / W) if W else 1) * b * (1 + cos(pi * min(max(t - W, 0) / (T - W), 1))) / 2, "right", None),
    (lambda t, b, W, T: warmup(t, b, Schedule(cosine, T_max=T - W), W), "not yet", "the package's own function"),
    (lambda t, b, W, T: ramp(t, b, W) if t < W else b * (1 + cos(pi * (t - W) / (T - W))) / 2, "not yet", "bounce at the end"),
    (lambda t, b, W, T: ramp(t, b, W) if t < W else b * (1 + cos(pi * t / T)) / 2, "not yet", "clock not shifted"),
    (lambda t, b, W, T: ramp(t, b, W) if t < W else b * (1 + cos(pi * (t - W) / T)) / 2, "not yet", "cosine too long"),
    (lambda t, b, W, T: min(ramp(t, b, W), b) * (1 + cos(pi * t / T)) / 2, "not yet", "product"),
    (lambda t, b, W, T: min(ramp(t, b, W), b * (1 + cos(pi * t / T)) / 2), "not yet", "lower of the two"),
    (lambda t, b, W, T: b * (t + 1) / W if t < W else ll.cosine(t - W, b, T_max=T - W), "not yet", "one step ahead"),
])
def test_typical_warm_ups(answer, state, mistake):
    outcome = ex.with_warmup.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_the_lower_of_the_two_has_no_jump_and_misses_the_peak():
    for W, T in ((1, 10), (10, 100), (500, 1000)):
        lrs = [ex.lower_of_the_two(t, 1.0, W, T) for t in range(T + 1)]
        assert max(abs(b - a) for a, b in zip(lrs, lrs[1:])) <= 1 / W + 1e-12 and max(lrs) < 1
    said = ex.with_warmup.check(ex.lower_of_the_two).text
    assert "no jump" in said and "jumps" not in said


def test_no_warm_up_at_all_must_not_divide_by_zero():
    outcome = ex.with_warmup.check(lambda t, b, W, T: min(t / W, 1) * ll.cosine(max(t - W, 0), b, T_max=T - W))
    assert outcome.state == "not yet"
    assert "`warm_cosine(0, 0.1, 0, 20)` stops with `ZeroDivisionError: division by zero`" in outcome.text


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda e, n, k=1: e * -(-n // k), "right", None), (lambda e, n, k=1: float(e * ceil(n / k)), "right", None),
    (lambda e, n, k=1: e, "not yet", "in epochs"), (lambda e, n, k=1: n * e, "not yet", "every batch counted"),
    (lambda e, n, k=1: e * floor(n / k), "not yet", "left over batches dropped"),
    (lambda e, n, k=1: e * n / k, "not yet", "not rounded"),
    (lambda e, n, k=1: int(e * n / k), "not yet", "rounded down for the run"),
    (lambda e, n, k=1: n, "not yet", "one epoch only"),
])
def test_typical_counts(answer, state, mistake):
    outcome = ex.find_the_bug.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake)


def test_a_recursion_written_otherwise():
    """1 + cos x = 2 cos(x/2)^2, and the ratio by way of the tangent's formula."""
    def squares(lr, t, T_max, eta_min=0.0):
        return eta_min + (lr - eta_min) * (cos(pi * (t + 1) / T_max / 2) / cos(pi * t / T_max / 2)) ** 2

    def addition(lr, t, T_max, eta_min=0.0):
        d = pi / T_max / 2
        return eta_min + (lr - eta_min) * (cos(d) - sin(d) * tan(t * d)) ** 2

    assert ex.recursion.check(squares).state == ex.recursion.check(addition).state == "right"


def test_a_recursion_by_way_of_the_peak_is_right():
    """Solve for the peak, then use the closed form: the same numbers, so right."""
    def by_the_peak(lr, t, T_max, eta_min=0.0):
        peak = eta_min + 2 * (lr - eta_min) / (1 + cos(pi * t / T_max))
        return cosine(t + 1, peak, T_max, eta_min)

    assert ex.recursion.check(by_the_peak).state == "right"


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["closed_form", "last_lr", "with_warmup", "find_the_bug", "recursion"]
