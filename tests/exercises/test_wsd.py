"""The exercises on warm-up, stable, decay: what they and the chapter say about frameworks is held against the frameworks."""
import copy

import pytest
import torch
from near import near
from torch.optim.lr_scheduler import ConstantLR, LambdaLR, LinearLR, SequentialLR

import lrlearn as ll
from lrlearn import Schedule, linear, wsd
from lrlearn.exercises import wsd as ex
from lrlearn.pytorch import ScheduleLR
from tests.peers import from_optax, from_timm, from_torch, from_transformers


def optimizer_of(lr=0.1):
    return torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=lr)


def used(optimizer, scheduler, updates):
    lrs = []
    for _ in range(updates):
        lrs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return lrs


# -- the solutions are the field's ----------------------------------------------------------------

def test_the_closed_form_is_the_package_s_own():
    for case in [case for stage in ex.closed_form.cases.values() for case in stage]:
        assert ex.my_wsd(*case[:5], eta_min=case[5] if len(case) > 5 else 0.0) == pytest.approx(
            wsd(*case[:5], eta_min=case[5] if len(case) > 5 else 0.0), rel=1e-12)


def test_the_closed_form_is_that_of_three_frameworks():
    ours = [ex.my_wsd(t, 1.0, 10, 3, 2) for t in range(14)]
    peers = (
        (from_transformers, 'get_wsd_schedule(optimizer, 2, 3, num_training_steps=10, decay_type="linear")'),
        (from_timm, 'WSDLRScheduler(optimizer, t_initial=8, decay_t=3, warmup_t=2, decay_fn="linear")'),
        (from_optax, "optax.join_schedules([optax.linear_schedule(0.0, 1.0, 2), optax.constant_schedule(1.0), "
                     "optax.linear_schedule(1.0, 0.0, 3)], [2, 7])"),
    )
    for peer, call in peers:
        assert near(ours, peer.rates(call, 14), 1e-6), call


def test_the_shapes_that_mistakes_name_are_the_defaults_of_transformers_and_timm():
    cosine = from_transformers.rates("get_wsd_schedule(optimizer, 2, 3, num_training_steps=10)", 14)
    root = from_timm.rates("WSDLRScheduler(optimizer, t_initial=8, decay_t=3, warmup_t=2)", 14)
    assert near([ex.along_a_cosine(t, 1.0, 10, 3, 2) for t in range(14)], cosine, 1e-6)
    assert near([ex.along_a_root(t, 1.0, 10, 3, 2) for t in range(14)], root, 1e-6)
    assert cosine != root


@pytest.mark.parametrize("t, share", [(8000, 0.2), (777, 0.3), (90, 0.6)])
def test_the_cool_down_is_its_share_of_the_whole(t, share):
    cool = ex.cool_for(t, share)
    assert cool / (t + cool) == pytest.approx(share) and ex.whole_run(t, share) == pytest.approx(t + cool)


@pytest.mark.parametrize("lengths, D", [([100, 200, 400], 20), ([400, 100], 50), ([7], 3)])
def test_branches_cost_what_a_count_of_updates_gives(lengths, D):
    """Each update once: those of the main line until its last branch, and those of every branch."""
    made = {("main", t) for T in lengths for t in range(T - D)} | {(T, t) for T in lengths for t in range(T - D, T)}
    assert ex.branched(lengths, D) == len(made)
    share, total = D / max(lengths), sum(lengths)
    if len(lengths) == 1:
        assert (1 - share) * max(lengths) + share * total == ex.branched(lengths, D) == total


def test_one_share_for_all_lengths_is_the_chapter_s_formula():
    lengths = [150, 300, 600]
    made = {("main", t) for T in lengths for t in range(T - T // 5)} | {(T, t) for T in lengths for t in range(T - T // 5, T)}
    assert len(made) == 0.8 * max(lengths) + 0.2 * sum(lengths) == 690


def test_the_script_s_last_update_changes_nothing():
    weight = torch.nn.Parameter(torch.ones(1))
    optimizer, weights = torch.optim.SGD([weight], lr=0.1), []

    def train_step(optimizer):
        weights.append(weight.item())
        weight.grad = torch.ones(1)
        optimizer.step()

    found = dict(LambdaLR=LambdaLR, optimizer=optimizer, train_step=train_step)
    exec(ex.SCRIPT, found)
    assert len(weights) == 1000 and weights[-1] == weight.item() and weights[-2] != weights[-1]
    for step in (0, 199, 200, 899, 900, 999, 1000):
        assert ex.as_it_stands(step, 200, 700, 100) == pytest.approx(found["factor"](step, 200, 700, 100))
    assert found["factor"](1000, 200, 700, 100) < 0


def test_the_mended_factor_ends_as_the_formula_does():
    for W, S, D in ((2, 5, 3), (0, 4, 4), (1, 0, 1)):
        total = W + S + D
        assert [ex.factor(t, W, S, D) for t in range(W, 2 * total)] == pytest.approx([
            wsd(t, 1.0, total, D, W) for t in range(W, 2 * total)])
        assert ex.factor(total - 1, W, S, D) == pytest.approx(1 / D) and ex.factor(total, W, S, D) == 0


# -- what the chapter says about frameworks -------------------------------------------------------

@pytest.mark.parametrize("stable", [700, 500, 1000])
def test_stable_steps_win_in_transformers_whatever_the_total(stable):
    for total in ("", "num_training_steps=1000, "):
        call = f"get_wsd_schedule(optimizer, 100, 200, {total}num_stable_steps={stable})"
        if total:
            with pytest.warns(UserWarning, match="num_stable_steps will be used"):
                rates = from_transformers.rates(call, 1000)
        else:
            rates = from_transformers.rates(call, 1000)
        assert near(rates, [wsd(t, 1.0, 300 + stable, 200, 100, "cosine") for t in range(1000)], 1e-6)


def test_the_floor_of_transformers_lifts_the_climb():
    rates = from_transformers.rates("get_wsd_schedule(optimizer, 10, 10, num_training_steps=50, min_lr_ratio=0.1)", 60)
    assert rates[0] == pytest.approx(0.1) and rates[55] == pytest.approx(0.1) and rates[5] == pytest.approx(0.55)


def test_constant_ignores_the_warm_up_and_constant_with_warmup_does_not():
    kinds = ("constant", "constant_with_warmup")
    rates = [from_transformers.rates(f'get_scheduler("{kind}", optimizer, num_warmup_steps=4)', 8) for kind in kinds]
    assert rates == [[1.0] * 8, [0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0]]


def chain(optimizer, W, N, D):
    """The chapter's chain of PyTorch's own parts."""
    parts = [LinearLR(optimizer, start_factor=1 / W, total_iters=W - 1), ConstantLR(optimizer, factor=1.0),
             LinearLR(optimizer, 1.0, end_factor=0.0, total_iters=D)]
    return SequentialLR(optimizer, parts, [W, N - D])


def test_loading_a_chain_brings_its_old_corners_back():
    old = optimizer_of()
    scheduler = chain(old, 5, 100, 10)
    used(old, scheduler, 50)
    saved = copy.deepcopy((old.state_dict(), scheduler.state_dict()))
    new = optimizer_of()
    resumed = chain(new, 5, 70, 10)
    new.load_state_dict(saved[0])
    resumed.load_state_dict(saved[1])
    assert used(new, resumed, 20) == [0.1] * 20 and resumed.state_dict()["_milestones"] == [5, 90]


def test_loading_a_lambda_keeps_the_new_plan():
    from transformers import get_wsd_schedule

    old = optimizer_of()
    scheduler = get_wsd_schedule(old, 5, 10, num_training_steps=100, decay_type="linear")
    used(old, scheduler, 50)
    saved = copy.deepcopy((old.state_dict(), scheduler.state_dict()))
    new = optimizer_of()
    resumed = get_wsd_schedule(new, 5, 10, num_training_steps=70, decay_type="linear")
    new.load_state_dict(saved[0])
    resumed.load_state_dict(saved[1])
    assert near(used(new, resumed, 21), [wsd(t, 0.1, 70, 10, 5) for t in range(50, 71)], 1e-6)


def test_a_lambda_that_counts_from_the_start_begins_at_five_times_the_peak():
    rates = from_torch.rates("LambdaLR(optimizer, lambda t: max(0, 1 - (t - 8000) / 2000))", 2)
    assert rates[0] == 5


def test_a_branch_with_a_scheduler_of_its_own_is_the_planned_run():
    optimizer = optimizer_of()
    used(optimizer, ScheduleLR(optimizer, Schedule(ll.constant)), 80)
    branch = optimizer_of()
    branch.load_state_dict(optimizer.state_dict())
    late = used(branch, ScheduleLR(branch, Schedule(linear, total_iters=20)), 20)
    assert near(late, [wsd(t, 0.1, 100, 20) for t in range(80, 100)], 1e-15)


def test_five_steps_of_cooling_end_at_a_fifth_or_a_tenth():
    ends = [wsd(99, 1.0, 100, 5, decay_type=kind) for kind in ("linear", "1-sqrt")]
    assert ends == pytest.approx([0.2, 0.1056], abs=1e-3)


# -- answers as readers write them ----------------------------------------------------------------

@pytest.mark.parametrize("answer, state, mistake", [
    (lambda t, b, N, D, W=0, e=0.0: b * t / W if t < W else b if t < N - D else e + (b - e) * max(0, N - t) / D, "right", None),
    (lambda t, b, N, D, W=0, e=0.0: b * t / W if t < W else b + (e - b) * min(max(0, t - (N - D)) / D, 1), "right", None),
    (lambda t, b, N, D, W=0, e=0.0: wsd(t, b, N, D, W, eta_min=e), "not yet", "the package's own function"),
    (lambda t, b, N, D, W=0, e=0.0: b * t / W if t < W else b if t < N - D else e + (b - e) * (N - t) / D, "not yet", "not held"),
    (lambda t, b, N, D, W=0, e=0.0: b * t / W if t < W else b if t < N - D else b * max(0, N - t) / D, "not yet", "no floor"),
    (lambda t, b, N, D, W=0, e=0.0: b * t / W if t < W else b if t < N - D else max(e, b * (N - t) / D),
     "not yet", "cut off at the floor"),
    (lambda t, b, N, D, W=0, e=0.0: b * t / W if t < W else b if t < N - D else e + (b - e) * max(0, 1 - t / N),
     "not yet", "counted from the start"),
    (lambda t, b, N, D, W=0, e=0.0: b if t < N - D else e + (b - e) * max(0, N - t) / D, "not yet", "no warm up"),
    (lambda t, b, N, D, W=0, e=0.0: b * (t + 1) / W if t < W else b if t < N - D else e + (b - e) * max(0, N - t) / D,
     "not yet", "one step ahead"),
])
def test_typical_closed_forms(answer, state, mistake):
    outcome = ex.closed_form.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda n, s: s / (1 - s) * n, "right", None), (lambda t, s: t / (1 / s - 1), "right", None),
    (lambda t, s: t / (1 - s) - t, "right", None), (lambda t, s: s * t, "not yet", "share of what is done"),
    (lambda t, s: t / (1 - s), "not yet", "whole run"),
])
def test_typical_lengths_of_a_cool_down(answer, state, mistake):
    outcome = ex.stop_soon.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda ls, D: max(ls) - D + len(ls) * D, "right", None),
    (lambda ls, D: max(ls) - D + sum(D for _ in ls), "right", None),
    (lambda ls, D: sorted(ls)[-1] + (len(ls) - 1) * D, "right", None),
    (lambda ls, D: max(ls) + len(ls) * D, "not yet", "main line to the end"),
    (lambda ls, D: sum(ls), "not yet", "one run each"), (lambda ls, D: len(ls) * D, "not yet", "branches alone"),
])
def test_typical_counts(answer, state, mistake):
    outcome = ex.saving.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("fall, state, mistake", [
    (lambda s, W, S, D: max(0, 1 - (s - W - S) / D), "right", None),
    (lambda s, W, S, D: 1 - min(s - W - S, D) / D, "right", None),
    (lambda s, W, S, D: 1 - (s - W - S) / D, "not yet", "goes below zero"),
    (lambda s, W, S, D: 1 - (s + 1 - W - S) / D, "not yet", "as it stands"),
    (lambda s, W, S, D: max(0, 1 - (s + 1 - W - S) / (D + 1)), "not yet", "divided by one more"),
])
def test_typical_repairs(fall, state, mistake):
    def factor(step, warmup_steps, stable_steps, decay_steps):
        if step < warmup_steps:
            return (step + 1) / warmup_steps
        begun = step >= warmup_steps + stable_steps
        return fall(step, warmup_steps, stable_steps, decay_steps) if begun else 1.0

    outcome = ex.find_the_bug.check(factor)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_four_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["closed_form", "stop_soon", "saving", "find_the_bug"]
