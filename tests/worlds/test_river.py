"""The noisy valley: its two parts against a long simulation, and what they say of a schedule."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrlearn import curve
from lrlearn.worlds import every, floor_of, noisy_valley, settle, told

COSINE = curve(every(300)["cosine"], 300, 0.6)


@given(st.lists(st.floats(0.0, 1.9), max_size=40), st.floats(0.0, 1.0), st.floats(0.001, 1.0))
def test_the_two_parts_are_the_mean_loss_by_the_recursion_of_mean_squares(lrs, noise, flat):
    steep, along = 1.0, 4.0                                  # mean squares of the two weights
    expected = [(steep + flat * along) / 2]
    for lr in lrs:
        steep = (1 - lr) ** 2 * steep + (lr * noise) ** 2
        along = (1 - flat * lr) ** 2 * along + flat * (lr * noise) ** 2
        expected.append((steep + flat * along) / 2)
    assert [sum(both) for both in settle(lrs, noise, flat)] == pytest.approx(expected, rel=1e-9)


def test_a_simulation_gives_the_same_mean_loss():
    rng, weights, curvatures = np.random.default_rng(0), np.tile([1.0, 2.0], (20000, 1)), np.array([1.0, 0.03])
    for lr in COSINE:
        weights = weights - lr * (curvatures * weights + 0.3 * np.sqrt(curvatures) * rng.standard_normal(weights.shape))
    assert (curvatures * weights**2).sum(1).mean() / 2 == pytest.approx(sum(settle(COSINE)[-1]), rel=0.02)


def test_without_noise_there_is_only_the_way_and_at_the_start_too():
    assert settle(COSINE)[0] == (0.56, 0.0) and not any(shaking for _, shaking in settle(COSINE, noise=0.0))


def test_a_constant_rate_ends_at_the_floors_of_both_curvatures():
    way, shaking = settle([0.6] * 3000)[-1]
    floors = [floor_of(0.6, c, 0.3 * c**0.5) * c / 2 for c in (1.0, 0.03)]
    assert way < 1e-12 and shaking == pytest.approx(sum(floors), rel=1e-9)


@pytest.mark.parametrize("given, words", [
    (dict(), "Loss at the stop 0.0197 = way 0.0000 + noise 0.0197"),
    (dict(schedule=every(300)["cosine"]), "Loss at the stop 0.0011 = way 0.0003 + noise 0.0008"),
    (dict(base_lr=0.05), "Loss at the stop 0.0256 = way 0.0244 + noise 0.0012"),
    (dict(base_lr=2.1), "The weights are thrown out"),
    (dict(base_lr=50.0), "The weights are thrown out"),
])
def test_what_the_picture_says(given, words):
    assert noisy_valley(**given).alt == words + "." and str(noisy_valley(**given)).startswith("<svg")


def test_the_words_have_the_sum_of_both_parts():
    assert told([(9.0, 9.0), (0.25, 0.5)]) == "Loss at the stop 0.7500 = way 0.2500 + noise 0.5000"
