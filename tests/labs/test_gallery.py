"""The gallery: every case shows its symptom by a number, and the repair that it names removes it."""
from functools import cache
from math import inf, log

import pytest
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR

from lrlearn.labs.gallery import BAD, EPOCH, GALLERY, PEAK, RESUMED, T, healthy, told, trained

case = cache(lambda name: GALLERY[name]())
GUESSING = log(10)


def mean(losses, start, stop):
    return sum(losses[start:stop]) / (stop - start)


def end(curve, n=40):
    return mean(curve.losses, T - n, T)


def test_sixteen_cases_each_told_in_four_sentences():
    assert len(GALLERY) == 16
    for name in GALLERY:
        symptom, cause, check, repair = told(name)
        assert symptom.endswith(".") and cause.endswith(".") and check.endswith("?") and repair.endswith("."), name


@pytest.mark.parametrize("name", GALLERY)
def test_a_case_is_whole_and_finite(name):
    curve = case(name)
    assert len(curve.losses) == len(curve.lrs) == len(curve.logged) == T and max(map(abs, curve.losses)) < inf
    assert (curve.lrs == curve.logged) == (name != "replaced")


@pytest.mark.parametrize("name", ["diverges", "lost at resume", "overfits"])
def test_a_case_is_the_same_again(name):
    assert GALLERY[name]() == case(name)


def test_the_healthy_one_is_healthy():
    assert end(healthy()) < 0.1 and healthy().lrs[0] == PEAK and 0 < healthy().lrs[-1] < 1e-4
    assert end(healthy()) < min(end(case(name)) for name in GALLERY if name not in ("spike", "overfits"))


def test_diverging_is_a_straight_line_on_a_logarithmic_axis():
    losses = case("diverges").losses
    assert min(losses) < 0.75 * losses[0] and losses[-1] > 1e4
    steps = [losses[t + 1] / losses[t] for t in range(200, T - 1)]
    assert min(steps) == pytest.approx(max(steps), rel=1e-4) and steps[-1] == pytest.approx(1.03**2, rel=1e-6)


def test_at_the_edge_the_loss_is_high_until_the_rate_falls():
    losses = case("edge").losses
    assert mean(losses, 60, 160) > 1.4 * mean(healthy().losses, 60, 160) and end(case("edge")) < 0.2


def test_too_low_is_smooth_slow_and_not_at_its_end():
    losses = case("too low").losses
    assert end(case("too low")) > 0.6 > 10 * end(healthy()) and mean(losses, 160, 200) > 1.1 * mean(losses, 280, 320)
    ten_times = trained(base_lr=10 * case("too low").lrs[0])
    assert mean(ten_times.losses, 30, 50) < 0.6 * mean(losses, 30, 50)


def test_too_early_is_flat_and_high():
    curve = case("too early")
    assert curve.lrs[40] == 0 and mean(curve.losses, 60, 160) == pytest.approx(mean(curve.losses, 200, 320), rel=0.1) and end(curve) > 0.9


@pytest.mark.parametrize("name", ["never falls", "per epoch", "replaced"])
def test_three_causes_of_one_picture(name):
    curve = case(name)
    assert curve.lrs[-1] == pytest.approx(PEAK, rel=0.001) and end(curve) > 3 * end(healthy())


def test_what_tells_the_three_apart():
    assert len(set(case("never falls").lrs)) == 1
    assert len(set(case("per epoch").lrs)) == 1 + T // EPOCH
    assert case("replaced").logged[-1] < 1e-4 < case("replaced").lrs[-1]


def test_a_warm_up_saves_the_sharp_start():
    curve = case("no warmup")
    assert curve.losses[0] > 5 * GUESSING and end(curve) == pytest.approx(GUESSING, rel=0.02)
    climb = trained(lambda o: SequentialLR(o, [LinearLR(o, 0.01, total_iters=60), CosineAnnealingLR(o, T - 60)], [60]), gain=2.5)
    assert end(climb) < 0.3


def test_restarts_lift_the_loss_each_time():
    curve, n = case("restarts"), T // 4
    for k in (n, 2 * n, 3 * n):
        assert curve.lrs[k] == PEAK and curve.lrs[k - 1] < 0.001
        assert mean(curve.losses, k, k + 40) > 1.25 * mean(curve.losses, k - 20, k)


def test_past_the_end_the_loss_rises_with_the_rate():
    curve = case("past end")
    assert min(curve.lrs) < 1e-4 and curve.lrs[-1] > 0.9 * PEAK
    assert end(curve) > 1.5 * mean(curve.losses, 150, 200)


def test_the_lost_schedule_jumps_and_stays():
    curve = case("lost at resume")
    assert curve.lrs[:RESUMED] == healthy().lrs[:RESUMED] and curve.lrs[RESUMED] == PEAK > 3 * curve.lrs[RESUMED - 1]
    assert curve.losses[:RESUMED] == healthy().losses[:RESUMED] and end(curve) > 3 * end(healthy())


def test_doubled_steps_end_the_plan_at_half_time():
    curve = case("doubled")
    assert 0 < curve.lrs[T // 2 - 1] and not any(curve.lrs[T // 2:])
    assert mean(curve.losses, T // 2, T // 2 + 80) == pytest.approx(mean(curve.losses, T - 80, T), rel=0.35)


def test_unscaled_inputs_look_like_a_rate_and_are_none():
    curve = case("unscaled")
    assert curve.losses[0] > 5 * GUESSING and end(curve) == pytest.approx(GUESSING, rel=0.02) and curve.lrs == healthy().lrs
    assert end(trained(scale=16.0, base_lr=PEAK / 16)) > 3 * end(healthy())         # a lower rate does not make it well


def test_a_spike_is_one_update_and_no_more():
    curve = case("spike")
    assert curve.losses[BAD] > 20 * mean(healthy().losses, BAD - 40, BAD) and curve.lrs == healthy().lrs
    assert end(curve) < 2 * end(healthy())


def test_overfitting_parts_the_losses():
    curve = case("overfits")
    low = min(loss for _, loss in curve.val)
    assert end(curve) < 0.1 and curve.val[-1][1] > 10 * end(curve) and low < curve.val[-1][1]


def test_the_plateau_rule_is_misled_by_single_batches():
    curve = case("cut by noise")
    assert curve.lrs[80] <= PEAK / 10 and curve.lrs[-1] < 1e-6 and end(curve) > 3 * end(healthy())


