"""The exercises of the chapter on the one number: what they and the chapter say is held against torch and the frameworks."""
import math
from inspect import Parameter, signature

import numpy as np
import pytest
import torch

from lrlearn.exercises import one_number as ex
from lrlearn.worlds import descend
from tests.peers import from_keras
from tests.scripts import recorded


def test_the_limits_are_those_of_the_bowl():
    best, limit = ex.best_and_limit()
    assert descend([best], curvature=5.0, start=4.0)[1] == 0.0
    assert [abs(x) for x in descend([limit] * 3, curvature=5.0, start=4.0)] == [4.0] * 4
    assert abs(descend([1.01 * limit] * 20, curvature=5.0, start=4.0)[-1]) > 4 > abs(descend([0.99 * limit] * 20, curvature=5.0, start=4.0)[-1])


def test_the_trace_s_runs_are_runs_in_the_bowl():
    rows = [[float(n) for n in line.split()[1:]] for line in ex.read_the_trace.text.split("```")[1].strip().splitlines()]
    words = {"creeps": lambda f: 0 < f < 1, "arrives": lambda f: f == 0, "swings": lambda f: -1 < f < 0, "stays": lambda f: f == -1, "leaves": lambda f: f < -1}
    for row, word in zip(rows, ex.behaviours(), strict=True):
        factor = row[1] / row[0]
        path = descend([0.1] * 3, curvature=(1 - factor) / 0.1, start=8.0)
        assert row == pytest.approx(path, abs=0.005) and [w for w, holds in words.items() if holds(factor)] == [word]
    assert [x * x for x in rows[0]] == [x * x for x in rows[1]]                    # as the solution says


def test_descent_is_torch_s_sgd():
    for name, gradient in ex.GRADIENTS.items():
        weight = torch.tensor([1.5], dtype=torch.float64, requires_grad=True)
        optimizer, places = torch.optim.SGD([weight], lr=0.05), [1.5]
        for _ in range(5):
            weight.grad = torch.tensor([gradient(weight.item())], dtype=torch.float64)
            optimizer.step()
            places.append(weight.item())
        assert ex.descend(gradient, 1.5, 0.05, 5) == pytest.approx(places, rel=1e-14), name


def test_the_largest_rate_is_where_the_ball_jumps_for_ever():
    for before, after, lr in ((4.0, 3.0, 0.1), (-2.0, 1.5, 0.2), (1.0, -3.0, 0.1)):
        curvature = (before - after) / (lr * before)
        path = descend([ex.largest_rate(before, after, lr)] * 4, curvature, start=1.0)
        assert [abs(x) for x in path] == pytest.approx([1.0] * 5)


def script(text):
    """Run the exercise's very text for torch, and return the rate of every epoch's last update and after the end."""
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    rates = recorded(optimizer)
    loader = [(torch.zeros(1, 1), torch.zeros(1, 1))]
    exec(text, dict(optimizer=optimizer, model=model, loader=loader, loss_fn=torch.nn.functional.mse_loss, drop=ex.drop))
    return rates


def test_the_script_changes_nothing_and_says_nothing():
    assert set(script(ex.SCRIPT)) == {0.1}
    wrong = ex.SCRIPT.split("\n")[2:4]
    mended = ex.SCRIPT.replace("\n".join(wrong), "        drop(optimizer, 0.1)")
    rates = script(mended)
    assert rates == pytest.approx([0.1] * 30 + [0.01] * 30 + [0.001] * 30)


@pytest.mark.parametrize("wrong", ex.find_the_bug.mistakes, ids=lambda f: f.__name__)
def test_drop_and_its_mistakes_on_a_real_optimizer(wrong):
    def rates(answer):
        out = []
        for lrs, factor, lowest, times in [case for cases in ex.find_the_bug.cases.values() for case in cases]:
            optimizer = torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs], lr=lrs[0])
            optimizer.lrs = lrs                             # what one of the mistakes looks at
            for _ in range(times):
                answer(optimizer, factor, lowest)
                out += [group["lr"] for group in optimizer.param_groups]
        return out

    wanted = [v for cases in ex.find_the_bug.cases.values() for case in cases for v in ex.find_the_bug.values(ex.drop, case)]
    assert rates(ex.drop) == pytest.approx(wanted) and rates(wrong) != pytest.approx(wanted)


# -- answers as readers write them ------------------------------------------------------------------

def with_while(gradient, x, lr, steps):
    out = [x]
    while len(out) <= steps:
        out.append(out[-1] - lr * gradient(out[-1]))
    return out


def with_numpy(gradient, x, lr, steps):
    out = np.full(steps + 1, float(x))
    for k in range(steps):
        out[k + 1] = out[k] - lr * gradient(out[k])
    return out


def in_one_line(before, after, lr):
    return 2 * lr * before / (before - after)


def by_index(optimizer, factor, lowest=0.0):
    for i in range(len(optimizer.param_groups)):
        lr = optimizer.param_groups[i]["lr"] * factor
        optimizer.param_groups[i]["lr"] = lr if lr > lowest else lowest


@pytest.mark.parametrize("exercise, answer", [
    (ex.descent, with_while), (ex.descent, with_numpy), (ex.how_steep, in_one_line), (ex.find_the_bug, by_index),
    (ex.limits, (0.2, 0.4)), (ex.limits, [1 / 5, 0.4]), (ex.limits, np.array([0.2, 0.4])),
    (ex.read_the_trace, ["Creeps", "swings", "arrives", "leaves", "stays", " creeps"]),
], ids=lambda v: getattr(v, "__name__", None))
def test_right_in_other_words(exercise, answer):
    assert exercise.check(answer).state == "right"


def test_a_wrong_length_is_told_with_its_mistake():
    said = ex.descent.check(ex.without_the_start)
    assert said.mistake == "without the start" and "gives 5 values; the exercise asks for 6." in said.text
    assert ex.descent.check(lambda gradient, x, lr, steps: [x]).mistake is None


def test_a_rate_changed_in_a_variable_alone_is_told_so():
    def in_a_variable(optimizer, factor, lowest=0.0):
        for group in optimizer.param_groups:
            lr = group["lr"]
            lr = max(lowest, lr * factor)

    said = ex.find_the_bug.check(in_a_variable)
    assert said.mistake == "an attribute nobody reads" and "a variable of yours" in said.text


# -- what the chapter says of the frameworks ----------------------------------------------------------

def test_the_defaults_that_the_chapter_names():
    keras = from_keras.keras()
    import optax
    import transformers

    assert signature(keras.optimizers.SGD).parameters["learning_rate"].default == 0.01
    assert signature(torch.optim.SGD).parameters["lr"].default == 0.001
    assert transformers.TrainingArguments.__dataclass_fields__["learning_rate"].default == 5e-5
    assert "adamw" in str(transformers.TrainingArguments.__dataclass_fields__["optim"].default or transformers.TrainingArguments.default_optim)
    assert signature(optax.sgd).parameters["learning_rate"].default is Parameter.empty
    assert hasattr(optax, "inject_hyperparams")


def test_torch_keras_and_optax_average_the_loss_over_the_batch():
    keras = from_keras.keras()
    x, y = torch.randn(8, 5, generator=torch.Generator().manual_seed(0)), torch.arange(8) % 5
    each = [-(row - row.exp().sum().log())[label].item() for row, label in zip(x, y)]
    assert torch.nn.functional.cross_entropy(x, y).item() == pytest.approx(sum(each) / 8, rel=1e-5)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert float(loss(np.asarray(y), np.asarray(x))) == pytest.approx(sum(each) / 8, rel=1e-5)
    assert math.log(10) == pytest.approx(2.303, abs=5e-4)          # the loss of guessing
