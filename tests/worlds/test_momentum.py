"""The valley against torch's SGD, the limit of heavy ball, and the effective rate."""
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrlearn.worlds import roll, valley

betas = st.floats(0.0, 0.95)


@given(st.floats(0.01, 1.5), betas, st.floats(1.0, 100.0))
@settings(max_examples=20)
def test_torch(lr, beta, condition):
    place = torch.nn.Parameter(torch.tensor([-5.0, 2.0], dtype=torch.float64))
    optimizer = torch.optim.SGD([place], lr=lr, momentum=beta)
    for along, across in roll([lr] * 20, beta, condition):
        assert (along, across) == pytest.approx(tuple(place.tolist()), rel=1e-9, abs=1e-12)
        optimizer.zero_grad()
        (place[0] ** 2 / condition + place[1] ** 2).div(2).backward()
        optimizer.step()


@given(betas, st.floats(1.0, 50.0), st.floats(0.05, 0.98))
@settings(max_examples=20)
def test_it_settles_below_twice_one_plus_momentum(beta, condition, share):
    path = roll([share * 2 * (1 + beta)] * 5000, beta, condition)
    assert len(path) == 5001 and abs(path[-1][0]) + abs(path[-1][1]) < 1e-3


@given(betas, st.floats(1.0, 50.0), st.floats(1.02, 3.0))
def test_it_is_lost_above(beta, condition, share):
    assert len(roll([share * 2 * (1 + beta)] * 5000, beta, condition)) < 5001


def test_along_the_flat_side_it_acts_like_rate_over_1_minus_momentum():
    slow = roll([0.01] * 3000, 0.9, 100.0)
    plain = roll([0.1] * 3000, 0.0, 100.0)
    assert [x for x, _ in slow[1000::500]] == pytest.approx([x for x, _ in plain[1000::500]], rel=0.05)


def test_without_momentum_each_direction_is_a_bowl_of_its_own():
    path = roll([0.5] * 30, 0.0, 10.0, (-4.0, 1.0))
    assert path[30] == pytest.approx((-4 * 0.95**30, 0.5**30))


@pytest.mark.parametrize("given, words", [
    (dict(), "The ball is still on its way, 3.9 % of the loss left"),
    (dict(base_lr=0.3, momentum=0.8), "0.3 acts like 1.5: at the bottom after 29 updates"),
    (dict(base_lr=2.1), "The ball is thrown out at update 5"),
    (dict(base_lr=3.9, momentum=0.98), "3.9 acts like 195: thrown out at update 1"),
])
def test_what_the_picture_says(given, words):
    assert valley(**given).alt == words + "."
