"""sharpness: against known eigenvalues, exact Hessians of small networks, negative curvature, and along a run."""
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd.functional import hessian

from lrlearn.labs import digits, sharpness
from lrlearn.labs.sharpness import hessian_times


def bowl(eigenvalues, seed=0):
    """(loss, weights, H): a quadratic with these eigenvalues in random directions, in two tensors, with a slope."""
    n, numbers = len(eigenvalues), torch.Generator().manual_seed(seed)
    Q, _ = torch.linalg.qr(torch.randn(n, n, generator=numbers, dtype=torch.float64))
    H = Q @ torch.diag(torch.tensor(eigenvalues, dtype=torch.float64)) @ Q.T
    slope = torch.randn(n, generator=numbers, dtype=torch.float64)

    def loss(weights):
        w = torch.cat([part.flatten() for part in weights])
        return w @ H @ w / 2 + slope @ w

    return loss, [torch.ones(1, 1, dtype=torch.float64), torch.ones(n - 1, dtype=torch.float64)], H


def network(seed, gain=1.0):
    """(loss, weights, exact Hessian) of a small tanh network on ten random examples."""
    numbers = torch.Generator().manual_seed(seed)
    x, y = (torch.randn(10, n, generator=numbers, dtype=torch.float64) for n in (4, 2))
    weights = [gain * torch.randn(*shape, generator=numbers, dtype=torch.float64) for shape in ((4, 3), (1, 3), (3, 2))]

    def loss(weights):
        W, b, V = weights
        return ((torch.tanh(x @ W + b) @ V - y) ** 2).sum(-1).mean() / 2

    flat = torch.cat([w.flatten() for w in weights])
    shapes = [w.shape for w in weights]
    H = hessian(lambda f: loss([p.view(s) for p, s in zip(f.split([s.numel() for s in shapes]), shapes)]), flat)
    return loss, weights, H


@pytest.mark.parametrize("eigenvalues, largest", [
    ([7.0, 2.0, 0.5, 0.0], 7.0),
    ([3.0, 1.0, -5.0, 0.0], 3.0),           # the largest in absolute value is not the largest
    ([3.0, 1.0, -30.0, -29.0], 3.0),
    ([-1.0, -4.0, -9.0], -1.0),             # a hill: every eigenvalue is negative
    ([0.0, 0.0, -2.0], 0.0),
    ([0.0, 0.0], 0.0), ([-4.0, -4.0], -4.0), ([5.0, 5.0, 1.0], 5.0),
])
def test_known_eigenvalues(eigenvalues, largest):
    loss, weights, H = bowl(eigenvalues)
    for seed in range(3):
        value, vector, _ = sharpness(loss, weights, iterations=100, seed=seed)
        assert type(value) is float and value == pytest.approx(largest, abs=1e-5 * max(map(abs, eigenvalues)))
        v = torch.cat([part.flatten() for part in vector])
        assert [part.shape for part in vector] == [w.shape for w in weights] and v.norm().item() == pytest.approx(1)
        assert (H @ v - largest * v).norm().item() < 2e-2 * max(1, *map(abs, eigenvalues))


@pytest.mark.parametrize("seed", range(4))
def test_the_exact_hessian_of_a_network(seed):
    loss, weights, H = network(seed)
    v = [torch.ones_like(w) for w in weights]
    product = torch.cat([part.flatten() for part in hessian_times(loss, weights, v)])
    assert product.tolist() == pytest.approx((H @ torch.ones(len(H), dtype=torch.float64)).tolist(), abs=1e-7)
    eigenvalues = torch.linalg.eigvalsh(H)
    assert eigenvalues[0] < 0               # there is negative curvature, but not the strongest
    assert sharpness(loss, weights, iterations=100).value == pytest.approx(eigenvalues[-1].item(), rel=1e-4)


def test_where_a_network_curves_most_downwards():
    loss, weights, H = network(0)
    hill = lambda weights: -loss(weights)
    eigenvalues = torch.linalg.eigvalsh(-H)
    assert -eigenvalues[0] > 3 * eigenvalues[-1] > 0
    assert sharpness(hill, weights, iterations=100).value == pytest.approx(eigenvalues[-1].item(), rel=2e-2)
    assert sharpness(hill, weights, iterations=1000).value == pytest.approx(eigenvalues[-1].item(), rel=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-10, 10), min_size=2, max_size=6), st.integers(1, 30))
def test_it_is_never_above_the_largest_and_only_grows_on_a_bowl(eigenvalues, iterations):
    loss, weights, _ = bowl(eigenvalues)
    assert sharpness(loss, weights, iterations=iterations).value <= max(eigenvalues) + 1e-4
    loss, weights, _ = bowl([abs(each) for each in eigenvalues])
    few, more = (sharpness(loss, weights, iterations=n).value for n in (iterations, iterations + 3))
    assert few <= more + 1e-4


def test_going_on_is_one_long_call():
    for seed in range(3):                   # among them one that meets negative curvature on the way
        loss, weights, _ = network(seed)
        first = sharpness(loss, weights, iterations=3)
        further, wanted = sharpness(loss, weights, first, iterations=4), sharpness(loss, weights, iterations=7)
        assert further.value == wanted.value and all(map(torch.equal, further.vector, wanted.vector))
    bowl_loss, w, _ = bowl([3.0, 1.0, -30.0])
    kept = sharpness(bowl_loss, w)
    for _ in range(20):                     # a forgotten shift would let the vector turn downwards again
        kept = sharpness(bowl_loss, w, kept, iterations=2)
        assert kept.value == pytest.approx(3.0, rel=1e-3)


def test_the_seed_decides_and_nothing_else_is_touched():
    loss, weights, _ = network(2)
    kept, state = [w.clone() for w in weights], torch.get_rng_state()
    once, twice, other = (sharpness(loss, weights, iterations=2, seed=seed).value for seed in (5, 5, 6))
    assert once == twice != other
    assert torch.equal(torch.get_rng_state(), state) and all(torch.equal(a, b) for a, b in zip(weights, kept))
    assert all(w.grad is None and not w.requires_grad for w in weights)


def test_a_task_has_a_sharpness_too():
    task = digits()
    found = sharpness(lambda weights: task.loss(weights, task.x, task.y), task.model(0), iterations=10)
    assert 1 < found.value < 100 and not found.vector[0].requires_grad and repr(found) == f"Sharpness({found.value:.3g})"


@pytest.mark.parametrize("change, message", [
    ({"iterations": 0}, "iterations: products of the Hessian with a vector, must be >= 1, got 0"),
    ({"seed": -1}, "seed: the number that decides the vector to start from, must be >= 0, got -1"),
])
def test_wrong_arguments(change, message):
    loss, weights, _ = bowl([1.0, 2.0])
    with pytest.raises(ValueError) as caught:
        sharpness(loss, weights, **change)
    assert str(caught.value) == message
