"""The exercises on the edge of stability, held against numpy, torch and the book's own runs; and what the chapter says."""
import numpy as np
import pytest
import torch

from lrlearn.exercises import edge_of_stability as ex
from lrlearn.labs import sharpness as measured
from lrlearn.worlds import sharpen, wander
from lrlearn.worlds.wells import barrier

MATRICES = (ex.TWO, ex.THREE, ex.FLAT, ex.PLUS, ex.SADDLE, ex.TILTED, ex.DEEP, ex.HILL)


def eigenvalues(matrix):
    return np.linalg.eigvalsh(np.array(matrix.rows))


def test_where_the_runs_settle():
    # Runs 1 to 3, on the network of two weights: it ends near 2 / rate, from below, from above, and after a drop.
    for lrs, start in (([0.2] * 600, 4.0), ([0.4] * 600, 5.0), ([0.4] * 300 + [0.2] * 600, 4.0)):
        run = sharpen(lrs, start)
        assert np.mean([s for s, _ in run[-100:]]) == pytest.approx(2 / lrs[-1], rel=0.1)
    assert sharpen([0.2], 4.0)[0][0] < 2 / 0.2 and sharpen([0.4], 5.0)[0][0] > 2 / 0.4
    assert ex.where_it_settles()[:3] == [20.0, 5.0, 40.0]


def linear(reduction):
    """(loss, weights) of a linear model with the squared loss on 100 examples."""
    numbers = torch.Generator().manual_seed(0)
    x, y = (torch.randn(100, n, generator=numbers, dtype=torch.float64) for n in (5, 1))
    return (lambda w: torch.nn.functional.mse_loss(x @ w[0], y, reduction=reduction)), torch.zeros(5, 1, dtype=torch.float64)


def test_a_sum_is_sharper_by_the_examples_and_a_linear_model_is_a_bowl():
    mean, w = linear("mean")
    whole, _ = linear("sum")
    here = measured(mean, [w]).value
    assert measured(whole, [w]).value == pytest.approx(100 * here, rel=1e-4)
    assert measured(mean, [w + 3]).value == pytest.approx(here, rel=1e-4)          # the same at another place


def test_the_runs_shown_are_runs_of_the_small_network():
    blocks = ex.read_the_runs.text.split("```")[1].strip().splitlines()[1:]
    assert tuple(int(n) for n in ex.read_the_runs.text.split("update")[2].split("\n")[0].split()) == ex.TIMES
    for (lr, start), losses, sharps, word in zip(ex.RUNS, blocks[::2], blocks[1::2], ex.kinds(), strict=True):
        run, (_, rate, _, *shown) = sharpen([lr] * 120, start), losses.split()
        assert float(rate) == lr
        for t, loss, s in zip(ex.TIMES, shown, sharps.split()[1:], strict=True):
            if loss == "-":
                assert s == "-" and t >= len(run)
            else:
                assert run[t][1] == pytest.approx(float(loss), abs=0.0051, rel=1e-3)
                assert run[t][0] == pytest.approx(float(s), abs=0.051)
        first, top, last = run[0][0] * lr / 2, max(s for s, _ in run) * lr / 2, np.mean([s for s, _ in run[-10:]]) * lr / 2
        lost = run[-1][1] > 1000
        assert word == ("diverges" if lost else "below" if top < 0.97 else "catapult" if first > 1 else "edge")
        assert word != "edge" or 0.9 < last < 1.1
        assert (run[1][1] > run[0][1]) == (first > 1)                               # as the solution says of runs 3 and 4


@pytest.mark.parametrize("matrix", MATRICES, ids=repr)
def test_the_answers_are_numpy_s_eigenvalues(matrix):
    v = [1.0, 0.5, 0.7][:len(matrix.rows)]
    assert ex.sharpness(matrix, v, 200) == pytest.approx(eigenvalues(matrix)[-1], rel=1e-9)
    if eigenvalues(matrix)[0] > 0:
        assert ex.largest(matrix, v, 60) == pytest.approx(eigenvalues(matrix)[-1], rel=1e-9)
        few = [ex.largest(matrix, v, n) for n in range(1, 6)]
        assert few == sorted(few) and few[-1] <= eigenvalues(matrix)[-1] + 1e-12     # as the solution says
    assert np.array(matrix.rows).T.tolist() == np.array(matrix.rows).tolist()


def test_the_script_is_wrong_as_the_statement_says():
    names = {}
    exec(ex.SCRIPT, names)
    assert names["sharpness"](ex.SADDLE, [1.0, 1.0, 1.0], 200) == pytest.approx(6)
    assert sorted(eigenvalues(ex.SADDLE)) == [-6, 1, 3] and 2 / 6 < 0.5 < 2 / 3
    assert ex.find_the_bug.check(names["sharpness"]).mistake == "the length has no sign"
    bowl = torch.tensor([3.0, 1.0, -6.0], dtype=torch.float64)
    assert measured(lambda w: (bowl * w[0] ** 2).sum() / 2, [torch.ones(3, dtype=torch.float64)]).value == pytest.approx(3)


# -- answers as readers write them ------------------------------------------------------------------

def with_numpy(times, v, iterations):
    v = np.array(v)
    for _ in range(iterations):
        v = np.array(times(v))
        v /= np.linalg.norm(v)
    return v @ np.array(times(v))


def shifted_at_once(times, v, iterations):
    """With a shift that grows on the way, as the package does it."""
    shift, v = 0.0, np.array(v)
    for _ in range(iterations):
        v = v / np.linalg.norm(v)
        Hv = np.array(times(v))
        value = v @ Hv
        shift = min(shift, value)
        v = Hv - shift * v
    return value


def by_the_length(times, v, iterations):
    """The largest in size first; if it is negative, the length of the moved product, moved back."""
    value = with_numpy(times, v, iterations)
    return value if value > 0 else with_numpy(lambda w: np.array(times(w)) - value * np.array(w), v, iterations) + value


@pytest.mark.parametrize("exercise, answer", [
    (ex.power_iteration, with_numpy), (ex.find_the_bug, shifted_at_once), (ex.find_the_bug, by_the_length),
    (ex.settles, [20, 5, 40, 2000, 8]), (ex.settles, np.array([20.0, 5.0, 40.0, 2000.0, 8.0])),
    (ex.read_the_runs, ("Edge", "below", "diverges", "catapult ", "edge", "below")),
], ids=lambda v: getattr(v, "__name__", None))
def test_right_in_other_words(exercise, answer):
    assert exercise.check(answer).state == "right"


# -- what the chapter says ----------------------------------------------------------------------------

def test_a_rescaled_relu_network_answers_the_same_and_is_sharper():
    numbers = torch.Generator().manual_seed(0)
    x, y = (torch.randn(20, n, generator=numbers, dtype=torch.float64) for n in (4, 2))
    weights = [torch.randn(*shape, generator=numbers, dtype=torch.float64) for shape in ((4, 6), (1, 6), (6, 2))]

    def largest(weights):
        flat, shapes = torch.cat([w.flatten() for w in weights]), [w.shape for w in weights]

        def loss(f):
            W, b, V = [part.view(shape) for part, shape in zip(f.split([s.numel() for s in shapes]), shapes)]
            return ((torch.relu(x @ W + b) @ V - y) ** 2).mean()

        return loss(flat).item(), torch.linalg.eigvalsh(torch.autograd.functional.hessian(loss, flat))[-1].item()

    W, b, V = weights
    loss, first = largest([W, b, V])
    same, second = largest([10 * W, 10 * b, V / 10])
    assert same == pytest.approx(loss) and second > 10 * first


def test_weight_decay_adds_to_each_eigenvalue():
    loss, w = linear("mean")
    kept = measured(loss, [w]).value
    assert measured(lambda ws: loss(ws) + 0.1 * (ws[0] ** 2).sum() / 2, [w]).value == pytest.approx(kept + 0.1, rel=1e-4)
    weight = torch.ones(3, requires_grad=True)                                      # what torch's SGD does
    optimizer = torch.optim.SGD([weight], lr=1.0, weight_decay=0.1)
    weight.grad = torch.zeros(3)
    optimizer.step()
    assert weight.tolist() == pytest.approx([0.9] * 3)


def test_a_difference_across_a_kink_measures_the_kink():
    kink = lambda w: torch.relu(w[0]).sum()
    assert measured(kink, [torch.zeros(1, dtype=torch.float64)]).value > 1000       # and flat on either side
    assert measured(kink, [torch.ones(1, dtype=torch.float64)]).value == 0


def test_all_balls_leave_above_the_limit_the_better_minimum_too():
    for depth in (-0.5, 0.0, 0.5):
        assert wander([0.24] * 80, noise=0.0, depth=depth)[-1] < barrier(depth) <= wander([0.26] * 80, noise=0.0, depth=depth)[-1]
