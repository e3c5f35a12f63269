"""The edge of stability: the sharpness is the true one, rises, meets 2 / rate and hovers; warm-up saves a sharp start."""
import pytest
import torch

from lrlearn import curve
from lrlearn.worlds import every, sharpen, sharpness
from lrlearn.worlds.edge import FAR, FEATURE, GOAL, PULL, SECOND, UPDATES

MENU = every(UPDATES)


def loss(weights):
    e = weights[0] * weights[1] - GOAL
    return ((1 + e * e) ** 0.75 - 1) / 1.5 + PULL * (weights[0] - FEATURE) ** 2 / 2


@pytest.mark.parametrize("lr, start", [(0.1, 1.0), (0.4, 2.0), (0.3, 4.0)])
def test_sharpness_and_path_are_those_of_autograd(lr, start):
    weights = torch.tensor([start, SECOND], dtype=torch.float64)
    for sharp, value in sharpen([lr] * 40, start):
        hessian = torch.autograd.functional.hessian(loss, weights)
        assert sharp == pytest.approx(torch.linalg.eigvalsh(hessian)[-1].item(), rel=1e-9)
        assert value == pytest.approx(loss(weights).item(), rel=1e-9)
        weights = weights - lr * torch.autograd.functional.jacobian(loss, weights)


def test_with_a_small_rate_the_sharpness_rises_far():
    sharp = [s for s, _ in sharpen([0.05] * 4000, 2.0)]
    assert sharp[-1] > 14 > 4 > min(sharp)                           # towards 16, the square of the weight to be learned
    assert all(a <= b for a, b in zip(sharp[200:], sharp[201:]))


@pytest.mark.parametrize("lr", [0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6])
@pytest.mark.parametrize("start", [2.0, 3.0])
def test_it_rises_to_2_over_rate_and_hovers_there(lr, start):
    sharp = [s for s, _ in sharpen([lr] * 600, start)]
    assert min(sharp[:20]) < 2 / lr                                  # it begins, or is thrown, below the edge,
    assert sum(sharp[-200:]) / 200 == pytest.approx(2 / lr, rel=0.08)    # and ends at it


def test_meeting_the_edge_the_loss_jumps_and_falls_again():
    both = sharpen([0.4] * UPDATES, 2.0)
    first = next(t for t, (s, _) in enumerate(both) if s > 1.2 * 2 / 0.4)
    before, peak = both[first][1], max(v for _, v in both[first:])
    assert peak > 5 * before and both[-1][1] < peak / 3


def test_a_falling_rate_lets_the_sharpness_grow():
    constant, cosine = (sharpen(curve(MENU[name], UPDATES, 0.5), 2.0) for name in ("constant", "cosine"))
    assert cosine[-1][0] > 1.5 * constant[-1][0] and cosine[-1][1] < constant[-1][1]


@pytest.mark.parametrize("start, lr", [(3.0, 1.0), (4.0, 0.8), (4.0, 1.0), (5.0, 0.6), (5.0, 0.8)])
def test_warm_up_survives_where_a_cold_start_is_lost(start, lr):
    cold = sharpen(curve(MENU["constant"], UPDATES, lr), start)
    warm = sharpen(curve(MENU["warmup, then constant"], UPDATES, lr), start)
    assert len(cold) < 10 and cold[-1][1] > FAR
    assert len(warm) == UPDATES + 1 and warm[-1][1] < 1


@pytest.mark.parametrize("given, words", [
    (dict(), "The sharpness rises to 2 / rate and hovers there"),
    (dict(base_lr=0.1), "The sharpness stays below 2 / rate"),
    (dict(base_lr=0.8, start=4.0), "Lost at update 3: too sharp for this rate"),
    (dict(base_lr=0.8, start=4.0, schedule=MENU["warmup, then constant"]), "The sharpness swings about 2 / rate"),
    (dict(base_lr=0.25), "The sharpness is past 2 / rate, and the swings are still too small to see"),
    (dict(base_lr=0.35, start=5.0), "The sharpness is thrown below 2 / rate, and grows again"),
    (dict(base_lr=0.5, start=2.4), "The sharpness is thrown below 2 / rate, and comes back to it"),
    (dict(base_lr=0.5, schedule=MENU["cosine"]), "The sharpness grows as the falling rate lets it"),
])
def test_what_the_picture_says(given, words):
    assert sharpness(**given).alt == words + "."


def test_a_rate_far_beyond_the_edge_stays_a_number():
    both = sharpen([1e9] * 50, 5.0)
    assert all(0 <= s <= 1e6 and 0 <= v <= 1e6 for s, v in both)
