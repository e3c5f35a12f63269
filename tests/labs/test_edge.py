"""descend: against gradient descent written out in numpy, its sharpness, divergence, table and picture."""
from math import isfinite

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from lrlearn import Schedule, constant, warmup
from lrlearn.labs import Edge, descend, sharpness
from lrlearn.labs.edge import Descent, first_weights, loss_of_digits

matplotlib.use("agg")
COLD = Schedule(constant)
WARM = Schedule(warmup, schedule=COLD, warmup_steps=40)


def blow(t, base_lr, at):
    return 1e200 if t == at else base_lr


def by_hand(schedule, base_lr, steps, gain):
    """The losses and the last weights of descend, with the gradients written out, a digit a row."""
    x, y = load_digits(return_X_y=True)
    x, y = x[:500] / 16 - 0.3, np.eye(10)[y[:500]]
    A, a, B, b, C, c = (w.numpy().T.copy() for w in first_weights(0, gain))
    losses = []
    for t in range(steps):
        g = np.tanh(x @ A + a)
        h = np.tanh(g @ B + b)
        error = h @ C + c - y
        losses.append((error**2).sum() / 1000)
        back = [None, None, error / 500]
        back[1] = back[2] @ C.T * (1 - h**2)
        back[0] = back[1] @ B.T * (1 - g**2)
        lr = schedule(t, base_lr)
        for w, inputs, slope in ((A, x, back[0]), (B, g, back[1]), (C, h, back[2])):
            w -= lr * inputs.T @ slope
        for w, slope in ((a, back[0]), (b, back[1]), (c, back[2])):
            w -= lr * slope.sum(0)
    return losses, [torch.tensor(w.T.copy()) for w in (A, a, B, b, C, c)]


@pytest.mark.parametrize("schedule, gain, lr", [(COLD, 1.0, 0.5), (WARM, 2.0, 0.1)])
def test_it_is_gradient_descent_on_all_digits(schedule, gain, lr):
    (run,) = descend({"a": schedule}, base_lrs=[lr], steps=41, gain=gain, every=10).runs
    losses, weights = by_hand(schedule, lr, 40, gain)
    assert run.losses[:40] == pytest.approx(losses, rel=1e-9) and len(run.losses) == 41 and not run.diverged
    assert run.lrs == [schedule(t, lr) for t in range(41)] and run.at == [0, 10, 20, 30, 40]
    # The sharpness that a few iterations followed along the run is about the one that many iterations find at its end.
    exact = sharpness(loss_of_digits(), weights, iterations=100).value
    assert run.sharpness[-1] == pytest.approx(exact, rel=0.15) and run.sharpness[-1] <= exact * (1 + 1e-6)
    assert run.sharpness[0] == sharpness(loss_of_digits(), first_weights(0, gain), iterations=50).value


def test_the_first_weights_are_torchs_and_gain_leaves_the_biases():
    one, two = first_weights(3, 1.0), first_weights(3, 2.0)
    assert [tuple(w.shape) for w in one] == [(64, 64), (64, 1), (64, 64), (64, 1), (10, 64), (10, 1)]
    assert all(torch.equal(2 * a, b) for a, b in zip(one[::2], two[::2])) and all(map(torch.equal, one[1::2], two[1::2]))
    assert all(w.abs().max() <= 1 / 8 and w.dtype == torch.float64 for w in one) and one[0].abs().max() > 0.12
    assert not torch.equal(one[0], first_weights(4, 1.0)[0]) and torch.equal(one[0], first_weights(np.int64(3), 1.0)[0])


def test_a_run_that_diverges_says_so_and_leaves_the_others_alone():
    before, edges = torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            edges.append(descend({"cold": COLD, "warm": WARM}, base_lrs=[0.4, 3.0], steps=45))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    edge = edges[0]
    assert edge.runs == edges[1].runs and [run.diverged for run in edge.runs] == [False, True, False, True]
    assert edge.of("cold", 0.4) == descend({"cold": COLD}, base_lrs=[0.4], steps=45).runs[0]
    lost = edge.of("cold", 3.0)
    assert repr(lost) == f"Descent(cold, base_lr=3: diverged after {len(lost.losses)} updates)" and 2 <= len(lost.losses) <= 6
    assert len(lost.lrs) == len(lost.losses) and max(lost.losses) <= 1000 and lost.at == [0] and len(lost.sharpness) == 1
    assert len(edge.of("cold", 0.4).losses) == 45 and repr(edge).startswith("Edge(Descent(cold, base_lr=0.4: loss=0.")
    assert all(isfinite(value) for run in edge.runs for value in run.losses + run.sharpness)
    table = edge.table()
    assert table.rows[1][:2] == ("cold, 3", f"diverged after {len(lost.losses)}") and table.rows[1][4:] == ("", "0.67")
    assert table.rows[0][3] == table.rows[2][3] and table.rows[0][5] == "5.00" and "nan" not in repr(table)
    wanted = "^name, base_lr: a run of this descent, must be one of cold, 0.4; cold, 3; warm, 0.4; warm, 3, got 'a' at 1$"
    with pytest.raises(ValueError, match=wanted):
        edge.of("a", 1)


def test_the_last_update_may_ruin_a_run_too():
    once = Schedule(blow, at=4)
    (run,) = descend([once], base_lrs=[0.1], steps=5).runs
    assert run.diverged and len(run.losses) == 5 and repr(run).endswith("diverged after 5 updates)")
    (kept,) = descend([once], base_lrs=[0.1], steps=4).runs
    assert not kept.diverged and kept.losses == run.losses[:4]


def test_the_picture():
    runs = [Descent("a", 0.5, [1.0, 2.0, 0.5], [0.0, 0.25, 0.5], [0, 2], [3.0, 5.0], False),
            Descent("b", 0.5, [1.0, 0.5, 0.4], [0.5] * 3, [0, 2], [3.0, 4.0], False),
            Descent("c", 2.0, [1.0, 900.0], [2.0] * 2, [0], [3.0], True)]
    above, below = Edge(runs).plot()
    assert [text.get_text() for text in above.texts] == ["a, 0.5", "b, 0.5", "c, 2: diverged"]
    assert [text.get_text() for text in below.texts] == ["2 / 0.5"]
    first, limit = below.get_lines()[:2]
    assert list(first.get_xdata()) == [0, 2] and list(first.get_ydata()) == [3.0, 5.0]
    assert np.isnan(limit.get_ydata()[0]) and list(limit.get_ydata()[1:]) == [8.0, 4.0]
    assert above.get_yscale() == "log" and above.get_ylim()[1] == 4.0 and below.get_ylim() == (0.0, pytest.approx(5.5))
    assert (above.get_ylabel(), below.get_ylabel(), below.get_xlabel()) == ("loss", "sharpness", "update t")
    assert [line.get_xdata()[0] for line in above.get_lines() if line.get_label() == "_diverged"] == [2]
    plt.close(above.figure)


@pytest.mark.parametrize("change, error, message", [
    ({"schedules": {}}, ValueError, "schedules: what to race, must be a dict name -> Schedule or a list of Schedules, at least"),
    ({"schedules": {"a": constant}}, TypeError, "a: what to train with, must be a Schedule such as"),
    ({"base_lrs": [-1]}, ValueError, "base_lr: the learning rate at the peak, must be >= 0, got -1"),
    ({"steps": 0}, ValueError, "steps: updates in one run, must be >= 1, got 0"),
    ({"gain": 0}, ValueError, "gain: what multiplies the first weights, must be > 0 and <= 10, got 0"),
    ({"every": 0}, ValueError, "every: updates from one measurement of the sharpness to the next, must be >= 1, got 0"),
    ({"seed": 1.5}, ValueError, "seed: the number that decides weights, label noise and batches, must be an integer, got 1.5"),
])
def test_wrong_arguments(change, error, message):
    with pytest.raises(error) as caught:
        descend(**({"schedules": [COLD], "base_lrs": [0.1], "steps": 2} | change))
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)
