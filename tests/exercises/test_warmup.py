"""The warm-up chapter's exercises: what they and the chapter say of optimizers and frameworks is held against them."""
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from near import near
from torch.optim.lr_scheduler import LambdaLR

from lrlearn import Schedule, constant, linear, multistep_decay, untuned_warmup, warmup
from lrlearn.exercises import warmup as ex
from lrlearn.worlds import sharpen
from tests.peers import from_ignite, from_keras, from_torch, from_transformers


def first_move(make, gradient):
    weight = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    weight.grad = torch.full_like(weight, gradient)
    make([weight]).step()
    return weight.item()


# -- the solutions are the field's ----------------------------------------------------------------

def test_the_first_moves_are_torch_s():
    sgd, adam = (lambda w: torch.optim.SGD(w, lr=0.01)), (lambda w: torch.optim.Adam(w, lr=0.01))
    seen = [first_move(make, g) for make in (sgd, adam) for g in (200.0, -0.05)]
    assert seen == pytest.approx(ex.first_moves(), rel=1e-6)
    rms = [first_move(lambda w: torch.optim.RMSprop(w, lr=0.01), g) for g in (200.0, -0.05)]
    assert rms == pytest.approx(ex.like_rmsprop()[2:], rel=1e-5)


def test_adam_s_first_move_is_the_rate_whatever_the_gradient():
    for g in (1e-4, 1e-2, 1.0, 1e3, -1e-4, -1e3):
        assert first_move(lambda w: torch.optim.Adam(w, lr=0.01), g) == pytest.approx(-math.copysign(0.01, g), rel=1e-3)


def test_without_bias_correction_the_first_move_is_3_2_rates_long():
    """As in BERT's published Adam: m = 0.1 g over the root of v = 0.001 g * g."""
    found = ex.without_bias_correction()[2:]
    assert found == pytest.approx([-0.01 * 0.1 / math.sqrt(0.001), 0.01 * 0.1 / math.sqrt(0.001)])
    assert round(abs(found[0]) / 0.01, 1) == 3.2


def test_the_ramp_is_lambda_lr_s_and_the_package_s():
    for W in (1, 3, 10):
        ours = [ex.ramp(t, 0.5, W) for t in range(2 * W + 3)]
        theirs = from_torch.rates(f"LambdaLR(optimizer, lambda t: min(1.0, (t + 1) / {W}))", 2 * W + 3, lr=0.5)
        assert near(ours, theirs, 1e-15)
        assert near(ours, [warmup(t, 0.5, Schedule(constant), W - 1, start_factor=1 / W) for t in range(2 * W + 3)], 1e-15)
        assert near(ours, [untuned_warmup(t, 0.5, Schedule(constant), beta2=1 - 2 / W) for t in range(2 * W + 3)], 1e-12) or W == 1


def test_the_stairs_are_the_composition_with_shifted_milestones():
    behind = Schedule(multistep_decay, milestones=[25, 55, 75])
    for t in range(100):
        assert ex.stairs(t, 0.1, 5, (30, 60, 80)) == pytest.approx(warmup(t, 0.1, behind, 5), rel=1e-12)
    call = ("SequentialLR(optimizer, [LinearLR(optimizer, start_factor=1e-12, total_iters=5), "
            "MultiStepLR(optimizer, milestones={})], [5])")
    assert near([ex.stairs(t, 1.0, 5, (30, 60, 80)) for t in range(100)], from_torch.rates(call.format([25, 55, 75]), 100), 1e-9)
    assert near([ex.every_drop_late(t, 1.0, 5, (30, 60, 80)) for t in range(100)], from_torch.rates(call.format([30, 60, 80]), 100), 1e-9)


def test_the_mended_schedule_is_transformers_and_the_package_s():
    theirs = from_transformers.rates("get_linear_schedule_with_warmup(optimizer, num_warmup_steps=3, num_training_steps=10)", 15)
    assert near([ex.mended(t, 1.0, 3, 10) for t in range(15)], theirs, 1e-12)
    for W, T in ((0, 8), (10, 100)):
        ours = Schedule(warmup, schedule=Schedule(linear, total_iters=T - W), warmup_steps=W)
        assert near([ex.mended(t, 0.1, W, T) for t in range(2 * T)], [ours(t, 0.1) for t in range(2 * T)], 1e-15)


@pytest.mark.parametrize("W, T, share", [(10_000, 1_000_000, 0.01), (10, 100, 0.1)])
def test_the_script_drops_at_the_end_of_the_climb_by_the_share_of_the_warm_up(W, T, share):
    names = {}
    exec(ex.SCRIPT, names)
    assert names["rate"](W, 1.0, W, T) == pytest.approx(1 - share) and ex.mended(W, 1.0, W, T) == 1
    assert names["rate"](W - 1, 1.0, W, T) == pytest.approx(1 - 1 / W)
    assert all(names["rate"](t, 0.3, 4, 12) == ex.as_published(t, 0.3, 4, 12) for t in range(20))


def test_the_shortest_warm_up_lets_a_ball_in_a_changing_bowl_come_down():
    """Each update multiplies the ball's place by 1 - lr * sharpness; it is safe while that is between -1 and 1."""
    for stage in ex.how_short.cases.values():
        for sharp, peak in stage:
            W, safe = ex.shortest(sharp, peak), []
            for w in range(len(sharp)):
                s = Schedule(warmup, schedule=Schedule(constant), warmup_steps=w)
                factors = [1 - s(t, peak) * curvature for t, curvature in enumerate(sharp)]
                safe.append(all(-1 < f <= 1 for f in factors))
            assert W == (safe.index(True) if any(safe) else -1)
            assert all(safe[safe.index(True):]) if any(safe) else True          # a longer one is safe, too


# -- what a mistake's words say of a framework ----------------------------------------------------

PEER_SAYS = [
    (ex.the_first_update_is_lost, (3,), from_transformers, "get_constant_schedule_with_warmup(optimizer, num_warmup_steps=3)"),
    (ex.one_share_too_many, (3,), from_torch, "LambdaLR(optimizer, lambda t: min(1.0, (t + 1) / 4))"),
    (ex.from_a_third, (3,), from_torch, "LinearLR(optimizer, total_iters=3)"),
    (ex.between_zero_and_the_peak, (3,), from_ignite,
     "create_lr_scheduler_with_warmup(torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0), warmup_start_value=0.0, "
     "warmup_duration=3)"),
    (ex.one_update_late, (0, (5, 10)), from_keras,
     "keras.optimizers.schedules.PiecewiseConstantDecay([5, 10], [1.0, 0.1, 0.01])"),
    (ex.multiplied, (3, 10), from_torch,
     "ChainedScheduler([LinearLR(optimizer, 1e-9, total_iters=3), PolynomialLR(optimizer, total_iters=10)])"),
]


@pytest.mark.parametrize("formula, hyper, peer, call", PEER_SAYS, ids=lambda v: getattr(v, "__name__", None))
def test_the_framework_does_what_the_mistake_s_words_say(formula, hyper, peer, call):
    assert near([formula(t, 1.0, *hyper) for t in range(12)], peer.rates(call, 12), 2e-6)


# -- what the chapter says ------------------------------------------------------------------------

def test_transformers_takes_a_share_or_a_number_and_no_warmup_ratio():
    from transformers import TrainingArguments

    updates = lambda value, total: TrainingArguments.get_warmup_steps(SimpleNamespace(warmup_steps=value), total)
    assert (updates(0.1, 101), updates(10, 101), updates(0, 101)) == (11, 10, 0)
    fields = TrainingArguments.__dataclass_fields__
    assert "warmup_ratio" not in fields and fields["warmup_steps"].default == 0


def test_one_schedule_of_transformers_counts_from_one():
    call = "get_cosine_with_min_lr_schedule_with_warmup_lr_rate(optimizer, 3, 10, min_lr_rate=0.0)"
    assert near(from_transformers.rates(call, 3), [1 / 3, 2 / 3, 1.0], 1e-12)


def test_linear_lr_refuses_zero():
    with pytest.raises(ValueError):
        from_torch.rates("LinearLR(optimizer, start_factor=0.0, total_iters=3)", 1)


def test_at_rate_zero_the_weight_stays_and_adam_s_averages_move():
    weight = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.Adam([weight], lr=0.1)
    LambdaLR(optimizer, lambda epoch: min(1, epoch / 5))
    weight.grad = torch.ones(1)
    optimizer.step()
    assert weight.item() == 1.0 and optimizer.state[weight]["exp_avg"].item() > 0


def lost(warmup_steps, base_lr, start):
    s = Schedule(warmup, schedule=Schedule(constant), warmup_steps=warmup_steps)
    return len(sharpen([s(t, base_lr) for t in range(120)], start)) < 121


def test_the_first_figure_does_what_the_text_says():
    rates = [round(0.05 + 0.01 * k, 2) for k in range(96)]
    assert [lr for lr in rates if lost(0, lr, 4.0)] == [lr for lr in rates if lr >= 0.62]
    assert not any(lost(12, lr, 4.0) or lost(0, lr, 2.0) or lost(12, lr, 2.0) for lr in rates)
    assert [lr for lr in rates if lost(30, lr, 2.0)] == [lr for lr in rates if lr >= 0.95]
    assert len(sharpen([0.62] * 120, 4.0)) == 9                    # lost at update 8


# -- answers as readers write them ----------------------------------------------------------------

@pytest.mark.parametrize("answer, state, mistake", [
    ([-2, 0.0005, -0.01, 0.01], "right", None), ((-2.0, 5e-4, -1e-2, 1e-2), "right", None),
    (np.array([-2, 0.0005, -0.01, 0.01]), "right", None), (torch.tensor([-2, 0.0005, -0.01, 0.01], dtype=torch.float64), "right", None),
    ([-2, 0.0005, -2, 0.0005], "not yet", "adam like sgd"), ([-0.01, 0.01, -0.01, 0.01], "not yet", "sgd like adam"),
    ([2, -0.0005, 0.01, -0.01], "not yet", "uphill"), ([-2, 0.0005, -1, 1], "not yet", "adam forgets the rate"),
    ([-2, 0.0005, -0.0316227766, 0.0316227766], "not yet", "without bias correction"),
    ([-2, 0.0005, -0.1, 0.1], "not yet", "like rmsprop"), ([-2, 0.0005], "not yet", None), (..., "not started yet", None),
])
def test_typical_first_moves(answer, state, mistake):
    outcome = ex.first_update.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake)


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda t, b, W: b if t >= W else b * (t + 1) / W, "right", None),
    (lambda t, b, W: b * min(t + 1, W) / W if W else b, "right", None),
    (lambda t, b, W: b * np.clip((t + 1) / max(W, 1), 0, 1), "right", None),
    (lambda t, b, W: b * t / W if t < W else b, "not yet", "the first update is lost"),
    (lambda t, b, W: b * (t + 1) / (W + 1) if t < W else b, "not yet", "one share too many"),
    (lambda t, b, W: b * ((t + 1) // max(W, 1)) if t < W else b, "not yet", "rounded down"),
    (lambda t, b, W: min(1, (t + 1) / max(W, 1)), "not yet", "the factor alone"),
])
def test_typical_ramps(answer, state, mistake):
    outcome = ex.no_lost_update.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_no_warm_up_at_all_must_not_divide_by_zero():
    outcome = ex.no_lost_update.check(lambda t, b, W: b * min(1, (t + 1) / W))
    assert outcome.state == "not yet" and "ZeroDivisionError" in outcome.text


def composed(t, base_lr, warmup_steps, milestones, gamma=0.1):
    behind = Schedule(multistep_decay, milestones=[m - warmup_steps for m in milestones], gamma=gamma)
    return warmup(t, base_lr, behind, warmup_steps)


def composed_wrong(t, base_lr, warmup_steps, milestones, gamma=0.1):
    return warmup(t, base_lr, Schedule(multistep_decay, milestones=list(milestones), gamma=gamma), warmup_steps)


def with_a_loop(t, base_lr, warmup_steps, milestones, gamma=0.1):
    lr = base_lr * min(1, t / warmup_steps) if warmup_steps else base_lr
    for m in milestones:
        if t >= m:
            lr *= gamma
    return lr


@pytest.mark.parametrize("answer, state, mistake", [
    (composed, "right", None), (with_a_loop, "right", None), (composed_wrong, "not yet", "every drop late"),
    (lambda t, b, W, m, g=0.1: b * t / W if t < W else b * g ** sum(each < t for each in m), "not yet", "one update late"),
    (lambda t, b, W, m, g=0.1: b * t / W if t < W else b * (g if t >= m[0] else 1), "not yet", "one drop only"),
])
def test_typical_stairs(answer, state, mistake):
    outcome = ex.the_recipe.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda t, b, W, T: b * t / W if t < W else b * max(0, 1 - (t - W) / (T - W)), "right", None),
    (lambda t, b, W, T: b * max(0, min(t / W if W else 1, (T - t) / (T - W))), "right", None),
    (lambda t, b, W, T: warmup(t, b, Schedule(linear, total_iters=T - W), W), "not yet", "the package's own function"),
    (lambda t, b, W, T: b * t / W if t < W else b * (1 - (t - W) / (T - W)), "not yet", "below zero"),
    (lambda t, b, W, T: b * t / W if t < W else b * max(0, 1 - t / T), "not yet", "as published"),
    (lambda t, b, W, T: b * t / W if t < W else b * max(0, 1 - t / (T - W)), "not yet", "ends too early"),
])
def test_typical_mended_schedules(answer, state, mistake):
    outcome = ex.find_the_bug.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def by_halves(sharpness, base_lr):
    """A longer climb is never worse, so halving the interval finds the shortest."""
    def safe(W):
        return all(base_lr * min(1, t / W if W else 1) * s < 2 for t, s in enumerate(sharpness))
    low, high = 0, len(sharpness)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if middle < len(sharpness) and safe(middle) else (middle + 1, high)
    return low if low < len(sharpness) else -1


def with_the_package(sharpness, base_lr):
    for W in range(len(sharpness)):
        s = Schedule(warmup, schedule=Schedule(constant), warmup_steps=W)
        if all(s(t, base_lr) < 2 / each for t, each in enumerate(sharpness)):
            return W
    return -1


@pytest.mark.parametrize("answer", [by_halves, with_the_package], ids=lambda f: f.__name__)
def test_the_shortest_written_otherwise(answer):
    assert ex.how_short.check(answer).state == "right"


def test_a_shortest_without_an_answer_is_told_so():
    def forgets(sharpness, base_lr):
        W = ex.shortest(sharpness, base_lr)
        return W if W >= 0 else None

    outcome = ex.how_short.check(forgets)
    assert outcome.state == "not yet" and "`None`: is a `return` missing?" in outcome.text


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["first_update", "no_lost_update", "the_recipe", "find_the_bug", "how_short"]
