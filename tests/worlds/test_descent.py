"""The bowl against its closed form, its limits, and what its picture says."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrlearn.worlds import bowl, descend, every
from lrlearn.worlds.descent import FAR, UPDATES

curvatures = st.floats(0.1, 4.0)


@given(curvatures, st.floats(0.0, 3.0), st.floats(-5.0, 5.0))
def test_the_closed_form(curvature, share, start):
    path = descend([share / curvature] * 60, curvature, start)
    for t, x in enumerate(path):
        assert x == pytest.approx((1 - share) ** t * start, rel=1e-9, abs=1e-12)


@given(curvatures, st.floats(0.02, 1.9))
def test_it_settles_below_2_over_curvature(curvature, share):
    assert abs(descend([share / curvature] * 2000, curvature)[-1]) < 1e-9


@given(curvatures, st.floats(2.01, 9.0))
def test_it_is_lost_above(curvature, share):
    path = descend([share / curvature] * 2000, curvature)
    assert len(path) < 2001 and abs(path[-1]) > FAR


@given(curvatures)
def test_at_1_over_curvature_one_update_is_enough_and_at_2_it_swings_for_ever(curvature):
    assert abs(descend([1 / curvature], curvature)[-1]) < 1e-12
    path = descend([2 / curvature] * 50, curvature, start=-1.0)
    assert path == pytest.approx([-1.0, 1.0] * 25 + [-1.0], rel=1e-9)


@given(curvatures, st.floats(0.01, 0.99), st.floats(1.01, 1.99))
def test_below_1_it_creeps_and_above_it_changes_sides(curvature, low, high):
    assert all(x < 0 for x in descend([low / curvature] * 20, curvature))
    signs = [x > 0 for x in descend([high / curvature] * 20, curvature)]
    assert signs == [t % 2 == 1 for t in range(21)]


def test_noise_is_added_to_the_gradient():
    from lrlearn.worlds import normals

    x, lrs = -1.9, [0.3, 0.2, 0.1]
    for lr, z in zip(lrs, normals(3, 5)):
        x -= lr * (2.0 * x + 0.5 * z)
    assert descend(lrs, 2.0, noise=0.5, seed=5)[-1] == x


@pytest.mark.parametrize("given, words", [
    (dict(base_lr=0.5), "The ball is at the bottom after 6 updates"),
    (dict(base_lr=1.0), "The ball is at the bottom after 1 update"),
    (dict(base_lr=0.04), "The ball is still on its way"),
    (dict(base_lr=1.8), "The ball swings over, and rests after 17 updates"),
    (dict(base_lr=1.98), "The ball is still swinging"),
    (dict(base_lr=2.5), "The ball is thrown out at update 1"),
    (dict(base_lr=1.2, curvature=2.0), "The ball is thrown out at update 1"),
    (dict(base_lr=2.2, schedule=every(UPDATES)["cosine"]), "The ball swings over, and rests after 19 updates"),
])
def test_what_the_picture_says(given, words):
    chart = bowl(**given)
    assert chart.alt == words + "." and f">{words}</text>" in str(chart)


def test_the_limits_move_with_the_curvature():
    assert ">5</text>" not in str(bowl(curvature=1.0)) and ">5</text>" in str(bowl(curvature=0.25))
    assert all(f">{word}</text>" in str(bowl()) for word in ("1 / curvature", "2 / curvature", "creeps", "swings over", "thrown out"))
