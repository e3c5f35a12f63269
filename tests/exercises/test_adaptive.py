"""The exercises on adaptive optimizers: their solutions and words, and the chapter's, are held against torch, Keras and optax."""
import json
import math
from inspect import Parameter, signature
from pathlib import Path

import numpy as np
import pytest
import torch

from lrlearn.exercises import adaptive as ex
from lrlearn.labs import optimizers as ours
from lrlearn.show import Table
from tests.peers import from_keras

BOOK = Path(__file__).parents[2] / "book" / "adaptive.ipynb"
OPTIM = torch.optim


def after(make, gradients):
    """The place of one weight, from 0, after each update of an optimizer."""
    weight, seen = torch.zeros(1, dtype=torch.float64, requires_grad=True), []
    optimizer = make([weight])
    for g in gradients:
        weight.grad = torch.full_like(weight, g)
        optimizer.step()
        seen.append(weight.item())
    return seen


def moves(make, gradients):
    found = after(make, gradients)
    return [b - a for a, b in zip([0.0] + found, found)]


def cell(*begins):
    """The names that the chapter's cells with these first lines define."""
    names = {"sqrt": math.sqrt, "Table": Table}
    sources = ["".join(c["source"]) for c in json.loads(BOOK.read_text())["cells"] if c["cell_type"] == "code"]
    for begin in begins:
        exec(next(s for s in sources if s.startswith(begin)), names)
    return names


# -- the solutions are the field's ------------------------------------------------------------------

def test_the_table_of_moves_is_torch_s():
    by_number = {1: lambda w: OPTIM.SGD(w, lr=0.1), 2: lambda w: OPTIM.SGD(w, lr=0.1, momentum=0.9),
                 3: lambda w: OPTIM.Adagrad(w, lr=0.1), 4: lambda w: OPTIM.RMSprop(w, lr=0.1), 5: lambda w: OPTIM.Adam(w, lr=0.1)}
    table = [line.split("|")[2:6] for line in ex.which.text.splitlines() if line[:3] in ("| A", "| B", "| C", "| D", "| E")]
    for row, number in zip(table, ex.their_numbers(), strict=True):
        assert [-m for m in moves(by_number[number], [4.0, 4.0, 0.0, 0.0])] == pytest.approx([float(m) for m in row], abs=2e-4)


@pytest.mark.parametrize("g, beta2", [(2.0, 0.9), (-0.3, 0.99), (40.0, 0.75)])
def test_the_effective_rates_times_the_gradient_are_torch_s_moves(g, beta2):
    makers = (lambda w: OPTIM.Adagrad(w, lr=0.1, eps=0.0), lambda w: OPTIM.RMSprop(w, lr=0.1, alpha=beta2, eps=0.0),
              lambda w: OPTIM.Adam(w, lr=0.1, betas=(0.9, beta2), eps=0.0))
    theirs = [moves(make, [g] * 30) for make in makers]
    for n in range(1, 31):
        assert [-rate * g for rate in ex.rates_after(n, 0.1, g, beta2)] == pytest.approx([m[n - 1] for m in theirs], rel=1e-9)


@pytest.mark.parametrize("case", [case for stage in ex.write_rmsprop.cases.values() for case in stage])
def test_rmsprop_is_torch_s_and_the_package_s(case):
    gradients, lr, alpha, eps = case
    for module in (OPTIM, ours):
        found = after(lambda w: module.RMSprop(w, lr=lr, alpha=alpha, eps=eps), gradients)
        assert ex.places(*case) == pytest.approx(found, rel=1e-12)
    summed = after(lambda w: OPTIM.Adagrad(w, lr=lr, eps=eps), gradients)
    assert ex.a_sum(*case) == pytest.approx(summed, rel=1e-12)


def test_adam_by_hand_is_torch_s():
    found = moves(lambda w: OPTIM.Adam(w, lr=0.1, betas=(0.5, 0.96)), [10.0, 0.0, 0.0])
    assert ex.three_moves() == pytest.approx(found, rel=1e-7)


@pytest.mark.parametrize("case", [case for stage in ex.find_the_bug.cases.values() for case in stage])
def test_the_mended_adam_is_torch_s(case):
    gradients, lr, *rest = case
    beta1, beta2, eps = rest or (0.9, 0.95, 1e-8)
    found = after(lambda w: OPTIM.Adam(w, lr=lr, betas=(beta1, beta2), eps=eps), gradients)
    assert ex.adam(*case) == pytest.approx(found, rel=1e-12)


def test_the_found_adam_moves_2_2_rates_and_begins_right():
    places = ex.adam_as_found([1.0] * 400, 0.1)
    assert places[0] == pytest.approx(-0.1) and (places[-2] - places[-1]) / 0.1 == pytest.approx(math.sqrt(0.05) / 0.1, rel=1e-6)
    once = [0.1 * abs(m) for m in (1.0, math.sqrt(0.05) / 0.1)]
    assert round(once[1] / once[0], 3) == 2.236


# -- what mistakes and the chapter say of Keras and optax --------------------------------------------

def keras_move(name, g, **arguments):
    """The first move of one weight, in learning rates."""
    keras = from_keras.keras()
    optimizer = getattr(keras.optimizers, name)(learning_rate=1.0, **arguments)
    weight = keras.Variable(np.zeros(1), dtype="float64")
    optimizer.build([weight])
    optimizer.apply_gradients([(keras.ops.cast(np.array([g]), "float64"), weight)])
    return -weight.value.detach()[0].item()


def optax_move(name, g, **arguments):
    import jax.numpy as jnp
    import optax

    optimizer, weight = getattr(optax, name)(learning_rate=1.0, **arguments), jnp.zeros(1)
    return -float(optimizer.update(jnp.full(1, g), optimizer.init(weight), weight)[0][0])


@pytest.mark.parametrize("g", [1.0, 1e-2, 1e-4, 1e-6])
def test_the_table_of_first_moves_is_what_the_frameworks_do(g):
    table = cell("def first_moves(g)")["first_moves"](g)
    torchs = {"PyTorch Adam": "Adam", "PyTorch RMSprop": "RMSprop", "PyTorch Adagrad": "Adagrad"}
    found = {row: -after(lambda w: getattr(OPTIM, name)(w, lr=1.0), [g])[0] for row, name in torchs.items()}
    found |= {f"Keras {name}": keras_move(name, g) for name in ("Adam", "RMSprop", "Adagrad")}
    found["optax rmsprop"] = optax_move("rmsprop", g)
    assert set(found) == set(table)
    assert table == pytest.approx(found, rel=1e-4)
    assert optax_move("adagrad", g) == pytest.approx(table["Keras Adagrad"], rel=1e-4)


def test_optax_s_adadelta_without_a_rate_climbs():
    import jax.numpy as jnp
    import optax

    def first(optimizer):
        return float(optimizer.update(jnp.ones(1), optimizer.init(jnp.ones(1)), jnp.ones(1))[0][0])

    assert first(optax.adadelta()) == -first(optax.adadelta(1.0)) > 0
    assert first(optax.adadelta(1.0)) == pytest.approx(after(lambda w: OPTIM.Adadelta(w, lr=1.0), [1.0])[0], rel=1e-4)


def test_eps_inside_the_root_is_keras_and_optax_s():
    mine = -ex.eps_inside_the_root([0.02], 1.0, 0.9, 0.01)[0]
    assert mine == pytest.approx(keras_move("RMSprop", 0.02, rho=0.9, epsilon=0.01), rel=1e-6)
    assert mine == pytest.approx(optax_move("rmsprop", 0.02, decay=0.9, eps=0.01), rel=1e-5)
    assert ex.places([0.02], 1.0, 0.9, 0.01)[0] != pytest.approx(-mine, rel=0.1)


def test_the_defaults_that_the_chapter_names():
    keras = from_keras.keras()
    import optax

    for name in ("Adagrad", "RMSprop", "Adadelta", "Adam", "Adamax", "Nadam"):
        takes = signature(getattr(keras.optimizers, name)).parameters
        assert (takes["learning_rate"].default, takes["epsilon"].default) == (0.001, 1e-7)
    assert signature(keras.optimizers.RMSprop).parameters["rho"].default == 0.9
    assert signature(optax.rmsprop).parameters["decay"].default == 0.9
    assert signature(optax.rmsprop).parameters["learning_rate"].default is Parameter.empty
    assert signature(optax.adadelta).parameters["learning_rate"].default is None
    assert "lr_decay" in signature(OPTIM.Adagrad).parameters


# -- what the chapter says ---------------------------------------------------------------------------

FIGURE = cell("EPS = 1e-8", "def follow(name")
DENSE, RARE = [1.0] * 100, [1.0 if t % 10 == 0 else 0.0 for t in range(100)]


def test_the_first_figure_does_what_the_text_says():
    follow = FIGURE["follow"]

    def rising(name, beta2):
        rates = follow(name, RARE, 0.1, beta2)[0]
        return [t for t in range(1, 100) if rates[t] > rates[t - 1] * (1 + 1e-12)]

    def ratio(name, beta2=0.99):
        return follow(name, DENSE, 0.1, beta2)[1][-1] / follow(name, RARE, 0.1, beta2)[1][-1]

    assert rising("AdaGrad", 0.9) == [] and rising("RMSprop", 0.9) == [t for t in range(1, 100) if t % 10]
    assert ratio("SGD") == pytest.approx(10) and round(ratio("Adam"), 1) == 3.2 and ratio("AdaGrad") < 4 and ratio("RMSprop") < 4
    assert ratio("AdaMax") > 8 and follow("Adadelta", DENSE, 0.1, 0.99)[1][-1] < 0.02 * follow("Adam", DENSE, 0.1, 0.99)[1][-1]
    for name in ("AdaGrad", "RMSprop", "Adam", "AdaMax"):
        small = follow(name, [0.01 * g for g in RARE], 0.1, 0.99)[1]
        assert small == pytest.approx(follow(name, RARE, 0.1, 0.99)[1], rel=1e-4)


@pytest.mark.parametrize("name, make", [
    ("AdaGrad", lambda w: ours.Adagrad(w, 0.1, eps=1e-8)), ("RMSprop", lambda w: ours.RMSprop(w, 0.1, alpha=0.97)),
    ("Adadelta", lambda w: ours.Adadelta(w, 0.1, rho=0.97)), ("Adam", lambda w: ours.Adam(w, 0.1, betas=(0.9, 0.97))),
    ("AdaMax", lambda w: ours.Adamax(w, 0.1, betas=(0.9, 0.97))), ("SGD", lambda w: ours.SGD(w, 0.1))])
def test_the_figure_s_arithmetic_is_the_package_s(name, make):
    for gradients in (DENSE, RARE):
        way = FIGURE["follow"](name, gradients, 0.1, 0.97)[1]
        assert way[1:] == pytest.approx([-w for w in after(make, gradients)], rel=1e-12)


def test_with_a_huge_eps_rmsprop_is_sgd():
    gradients = [1.0, -2.0, 0.5, 3.0]
    found = after(lambda w: OPTIM.RMSprop(w, lr=0.1 * 1e9, eps=1e9), gradients)
    assert found == pytest.approx(after(lambda w: OPTIM.SGD(w, lr=0.1), gradients), rel=1e-6)


def test_zero_gradients_do_not_freeze_and_none_does():
    weight = torch.ones(1, requires_grad=True)
    optimizer = OPTIM.Adam([weight], lr=0.1)
    weight.grad = torch.ones(1)
    optimizer.step()
    places = [weight.item()]
    for gradient in (torch.zeros(1), None):
        weight.grad = gradient
        optimizer.step()
        places.append(weight.item())
    assert places[1] < places[0] and places[2] == places[1]


# -- answers as readers write them -------------------------------------------------------------------

def with_torch(gradients, base_lr, alpha=0.99, eps=1e-8):
    return after(lambda w: OPTIM.RMSprop(w, lr=base_lr, alpha=alpha, eps=eps), gradients)


def counts_with_enumerate(gradients, base_lr, beta1=0.9, beta2=0.95, eps=1e-8):
    w = m = v = 0
    places = []
    for step, g in enumerate(gradients):
        m += (1 - beta1) * (g - m)
        v += (1 - beta2) * (g**2 - v)
        rate = base_lr * math.sqrt(1 - beta2 ** (step + 1)) / (1 - beta1 ** (step + 1))
        w -= rate * m / (math.sqrt(v) + eps * math.sqrt(1 - beta2 ** (step + 1)))
        places.append(w)
    return places


def counts_and_adds_one(gradients, base_lr, beta1=0.9, beta2=0.95, eps=1e-8):
    w, m, v, step, places = 0.0, 0.0, 0.0, 0, []
    for g in gradients:
        step += 1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        w -= base_lr * m / (1 - beta1 ** (step + 1)) / ((v / (1 - beta2 ** (step + 1))) ** 0.5 + eps)
        places.append(w)
    return places


@pytest.mark.parametrize("exercise, answer, state, mistake", [
    (ex.which, (3, 5, 1, 4, 2), "right", None), (ex.which, [5, 3, 1, 4, 2], "not yet", "first moves alone"),
    (ex.which, [3, 5, 2, 4, 1], "not yet", "with or without momentum"), (ex.which, [3, 5, 1, 4], "not yet", None),
    (ex.which, ["adagrad", "adam", "sgd", "rmsprop", "momentum"], "not yet", None), (ex.which, ..., "not started yet", None),
    (ex.equal_gradients, lambda n, lr, g, b: lr / np.abs(g) / np.sqrt([n, 1 - b**n, 1]), "right", None),
    (ex.equal_gradients, lambda n, lr, g, b: [lr / n**0.5, lr / (1 - b**n) ** 0.5, lr], "not yet", "lengths of the moves"),
    (ex.equal_gradients, lambda n, lr, g, b: [lr / (g * n**0.5), lr / (g * (1 - b**n) ** 0.5), lr / g], "not yet", "with a sign"),
    (ex.write_rmsprop, with_torch, "right", None),
    (ex.adam_by_hand, [-0.1, -0.04763, -0.02526], "right", None), (ex.adam_by_hand, np.array(ex.three_moves()), "right", None),
    (ex.adam_by_hand, [-0.1, -0.0476, -0.0253], "right", None), (ex.adam_by_hand, [-0.1, -0.048, -0.025], "not yet", None),
    (ex.adam_by_hand, [-0.1, 0, 0], "not yet", "stops with the gradient"),
    (ex.adam_by_hand, [0.1, 0.0476, 0.0253], "not yet", None),
    (ex.find_the_bug, counts_with_enumerate, "right", None), (ex.find_the_bug, ex.adam_as_found, "not started yet", None),
    (ex.find_the_bug, counts_and_adds_one, "not yet", "counted twice"),
])
def test_typical_answers(exercise, answer, state, mistake):
    outcome = exercise.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["which", "equal_gradients", "write_rmsprop", "adam_by_hand", "find_the_bug"]
