"""The dice: evenly spread, normal, independent, the same for a seed. tests/micropython holds them equal in both Pythons."""
import numpy as np
import pytest
from scipy import stats

from lrlearn.worlds import normals, uniforms

SEEDS = (0, 1, 2, 7, 100, 30000)


@pytest.mark.parametrize("seed", SEEDS)
def test_uniforms_are_evenly_spread(seed):
    u = np.array(uniforms(20000, seed))
    assert 0 <= u.min() and u.max() < 1
    assert stats.kstest(u, "uniform").pvalue > 1e-3
    pairs = np.histogram2d(u[::2], u[1::2], bins=10)[0].ravel()
    assert stats.chisquare(pairs).pvalue > 1e-3                     # neighbours are independent


@pytest.mark.parametrize("seed", SEEDS)
def test_normals_are_normal(seed):
    z = np.array(normals(20000, seed))
    assert stats.kstest(z, "norm").pvalue > 1e-3
    assert abs(z.mean()) < 0.03 and abs(z.var() - 1) < 0.04 and abs(np.corrcoef(z[:-1], z[1:])[0, 1]) < 0.03


def test_other_seeds_fall_otherwise():
    balls = np.array([normals(100, seed) for seed in range(1, 40)])
    apart = np.corrcoef(balls) - np.eye(len(balls))
    assert np.abs(apart).max() < 0.5 and abs(apart.mean()) < 0.02


def test_a_seed_gives_the_same_and_a_longer_row_begins_alike():
    assert normals(11, 3) == normals(12, 3)[:11] == normals(11, 3) and uniforms(5, 3) == uniforms(9, 3)[:5]
    assert normals(0) == [] == uniforms(0)


def test_no_product_exceeds_what_micropython_multiplies_quickly():
    assert max(171 * 30269, 172 * 30307, 170 * 30323) < 2**30
