"""The landing: what its title promises holds for every rate, and what it says is the loss of the valley."""
import pytest

from lrlearn.worlds import every, landing, settle
from lrlearn.worlds.target import FLAT, GOAL, NOISE, UPDATES, verdict

RATES = [i / 20 for i in range(1, 49)]          # where the slider goes


def loss(name, base_lr):
    schedule = every(UPDATES)[name]
    return sum(settle([schedule(t, base_lr) for t in range(UPDATES)], NOISE, FLAT)[-1])


def test_no_constant_rate_lands_or_comes_within_twice_the_goal():
    assert min(loss("constant", lr) for lr in RATES) > 2 * GOAL


@pytest.mark.parametrize("name", ["cosine", "linear", "step_decay", "one_cycle"])
def test_a_falling_rate_lands(name):
    assert min(loss(name, lr) for lr in RATES) < GOAL


@pytest.mark.parametrize("base_lr, name, says", [
    (0.3, "constant", "Loss left: 0.02. Get it below 0.01."), (2.2, "constant", "The ball is thrown out. Take a lower rate."),
    (1.0, "cosine", "Landed: the loss left is 0.0062."),
])
def test_what_it_says(base_lr, name, says):
    picture = landing(base_lr, every(UPDATES)[name])
    assert picture.alt == says and says in str(picture)
    assert verdict(loss(name, base_lr)) == (says, says.startswith("Landed"))
