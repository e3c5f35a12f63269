"""The exercises on scaling: their solutions and words, and the chapter's toy and laws, are held against torch and arithmetic."""
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from lrlearn.exercises import scaling as ex
from lrlearn.labs import digits

BOOK = Path(__file__).parents[2] / "book" / "scaling.ipynb"
DATA = digits()
SOURCES = ["".join(c["source"]) for c in json.loads(BOOK.read_text())["cells"] if c["cell_type"] == "code"]


@pytest.fixture(autouse=True)
def one_thread():
    """Nets this small are quicker on one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def cell(*begins, **names):
    """The names that the chapter's cells with these first lines define."""
    names |= {"sqrt": math.sqrt, "log": math.log, "torch": torch}
    for begin in begins:
        exec(next(s for s in SOURCES if s.startswith(begin)).split("\n\n\ndef laws")[0].split("\n\n\ndef wider")[0], names)
    return names


def sizes(width):
    return zip((64, width, width), (width, width, 10))


def perceptron(width, seed, output=1.0):
    """64-width-width-10 of torch.nn; the output layer's first weights times output."""
    numbers, parts = torch.Generator().manual_seed(seed), []
    for n, m in sizes(width):
        linear = torch.nn.Linear(n, m, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_((torch.randn(n, m, generator=numbers, dtype=torch.float64) * (2 / n) ** 0.5).T)
            linear.bias.zero_()
        parts += [linear, torch.nn.ReLU()]
    with torch.no_grad():
        parts[-2].weight.mul_(output)
    return torch.nn.Sequential(*parts[:-1])


def train(net, optimizer, updates, divide=1.0):
    """The outputs after some updates on the first 64 digits; divide is the forward divisor of the output layer."""
    x, y = DATA.x[:64], DATA.y[:64]

    def outputs():
        return net[-1](net[:-1](x) / divide)

    for _ in range(updates):
        optimizer.zero_grad()
        cross_entropy(outputs(), y).backward()
        optimizer.step()
    return outputs().detach()


def coordinates(width, what, updates=3, lr=0.002):
    """How far the values before each ReLU and the outputs move on average: the mean of two seeds."""
    k, x, total = width / 64, DATA.x[:64], np.zeros(3)
    for seed in (0, 1):
        net = perceptron(width, seed, k**-0.5 if what in (1, 4) else 1.0)
        share = {1: k, 2: k, 3: 1.0, 4: k}[what]
        groups = [{"params": [p], "lr": lr / (share if what == 4 or name in ("2.weight", "4.weight") else 1)}
                  for name, p in net.named_parameters()]

        def values():
            return [net[:i](x).detach() for i in (1, 3, 5)]

        before = values()
        train(net, torch.optim.Adam(groups), updates)
        total += [(b - a).abs().mean().item() / 2 for a, b in zip(before, values())]
    return total


# -- the solutions are the field's ------------------------------------------------------------------

def test_sixteen_is_the_groups_own():
    shapes = [(1024, 64), (1024, 1024), (10, 1024)]
    assert ex.sixteen_times() == [ex.group_rate(shape, 1024, 64, 0.004, "adam") for shape in shapes]
    assert ex.as_under_sgd() == [ex.group_rate(shape, 1024, 64, 0.004, "sgd") for shape in shapes]


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_group_rates_are_those_of_the_form_with_a_forward_multiplier(optimizer):
    """What the mup library does: the output layer's input over k, drawn as at the base, rate lr for Adam, lr k for SGD."""
    width, base, lr = 64 * 3, 48, 0.001 if optimizer == "adam" else 0.05
    make = {"adam": lambda g: torch.optim.Adam(g, eps=1e-30), "sgd": torch.optim.SGD}[optimizer]
    k = width / base
    plain = perceptron(width, 0, k**-0.5)
    groups = [{"params": [p], "lr": ex.group_rate(tuple(p.shape), width, base, lr, optimizer)} for p in plain.parameters()]
    other = perceptron(width, 0, k**0.5)
    theirs = [{"params": [p], "lr": ex.group_rate(tuple(p.shape), width, base, lr, optimizer)} for p in other.parameters()]
    theirs[4]["lr"] = lr if optimizer == "adam" else lr * k
    one, two = train(plain, make(groups), 5), train(other, make(theirs), 5, divide=k)
    assert one.numpy() == pytest.approx(two.numpy(), rel=1e-6, abs=1e-9)


def test_under_sgd_the_layers_move_alike_at_every_width_and_in_the_standard_form_they_do_not():
    def first_update(width, mup):
        k, x = width / 64, DATA.x[:64]
        net = perceptron(width, 0, k**-0.5 if mup else 1.0)
        rates = [ex.group_rate(tuple(p.shape), width, 64, 0.01, "sgd") if mup and width != 64 else 0.01 for p in net.parameters()]
        before = net[:1](x).detach()
        train(net, torch.optim.SGD([{"params": [p], "lr": lr} for p, lr in zip(net.parameters(), rates)]), 1)
        return (net[:1](x).detach() - before).abs().mean().item()

    standard, mup = (first_update(1024, name) / first_update(128, name) for name in (False, True))
    assert standard < 0.5 and 0.7 < mup < 1.4


@pytest.mark.parametrize("what, letter", list(zip(ex.their_numbers(), "ABCD")))
def test_the_tables_of_the_coordinate_checks_are_torch_s(what, letter):
    lines = ex.read_check.text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f"| {letter} |"))
    for line, width in zip(lines[at:at + 2], (64, 256)):
        assert [float(v) for v in line.split("|")[3:6]] == pytest.approx(coordinates(width, what), abs=1e-3)


def test_step_law_has_the_numbers_that_the_words_give():
    rate, batch, larger = ex.step_law(1e9, 2e10), 0.58 * 2e10**0.571, 0.58 * 2e11**0.571
    assert (round(rate, 4), round(batch, -4), round(2e10 / batch, -3)) == (0.001, 440_000, 45_000)
    assert round(ex.step_law(1e10, 2e11) / rate, 2) == 0.39 == round(10**-0.406, 2)
    assert round(2e11 / larger / (2e10 / batch), 1) == 2.7


@pytest.mark.parametrize("case", [case for stage in ex.find_the_bug.cases.values() for case in stage])
def test_the_mended_loop_is_lambda_lr(case):
    initial, _, factors = case
    optimizer = torch.optim.Adam([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in initial])
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: (factors + [0.0])[t])
    found = ex.rates(*case)
    assert len(found) == len(initial) * len(factors)
    for t in range(len(factors)):
        assert found[t * len(initial):(t + 1) * len(initial)] == pytest.approx(scheduler.get_last_lr())
        optimizer.step()
        scheduler.step()


# -- what the chapter says ---------------------------------------------------------------------------

def test_the_toy_is_two_linear_layers_under_torch_s_sgd():
    toy = cell("def rules(name, k)")
    for name in ("standard", "rate over times", "muP"):
        B, one, two = toy["rules"](name, 4.0)
        u = torch.tensor([2.0, 0.0], dtype=torch.float64, requires_grad=True)       # length squared k = 4
        v = torch.tensor([0.0, B**0.5], dtype=torch.float64, requires_grad=True)
        u0, v0 = u.detach().clone(), v.detach().clone()
        optimizer = torch.optim.SGD([{"params": [u], "lr": 0.1 * one}, {"params": [v], "lr": 0.1 * two}])
        for _ in range(10):
            optimizer.zero_grad()
            ((u @ v - 1) ** 2 / 2).backward()
            optimizer.step()
        found = ((u @ v - 1) ** 2 / 2, (u - u0).norm() / u0.norm(), (v - v0).norm() / v0.norm())
        assert toy["learn"](0.1, name, 4.0) == pytest.approx([value.item() for value in found], rel=1e-9)


def test_the_toy_s_valley_walks_and_stands_as_the_text_says():
    toy = cell("def rules(name, k)", "RATES = ")
    assert round(toy["best"]("standard", 1) / toy["best"]("standard", 64)) == 25
    assert len({toy["best"]("muP", k) for k in (1, 4, 16, 64)}) == 1
    assert 1 < toy["best"]("rate over times", 64) / toy["best"]("rate over times", 1) < 3
    for name in ("standard", "rate over times"):
        assert toy["learn"](toy["best"](name, 64), name, 64)[1] < 0.005 < 0.4 < toy["learn"](toy["best"](name, 1), name, 1)[1]


def test_the_laws_say_what_the_text_says():
    names = cell("SIZES = ")
    law = names["law"]
    four = [law(name, 1e9, 2e10) for name in ("Kaplan", "DeepSeek", "Porian", "Step")]
    assert round(max(four) / min(four)) == 6
    assert law("Kaplan", 1.1e10, 1) > 0 > law("Kaplan", 1.3e10, 1)
    assert law("DeepSeek", 1e9, 2e11) < law("DeepSeek", 1e9, 2e10) and law("Step", 1e9, 2e11) > law("Step", 1e9, 2e10)
    for N, lr in zip(names["SIZES"], names["GPT3"]):
        assert all(lr < law(name, N, 20 * N) for name in ("DeepSeek", "Porian", "Step"))
        assert N > 1e10 or 0.6 < lr / law("Kaplan", N, 20 * N) < 1.5


# -- answers as readers write them -------------------------------------------------------------------

def in_words(shape, width, base, lr, optimizer):
    out, inp = (shape[0], None) if len(shape) == 1 else shape
    hidden_out, hidden_in = out == width, inp == width
    if optimizer == "adam":
        return lr * base / width if hidden_in else lr
    return lr * (width / base) ** (hidden_out - hidden_in)


def with_initial_lr(initial, start_lr, factors):
    groups = [{"lr": lr, "initial_lr": lr} for lr in initial]
    seen = []
    for factor in factors:
        for group in groups:
            group["lr"] = group["initial_lr"] * factor
        seen.extend(group["lr"] for group in groups)
    return seen


@pytest.mark.parametrize("exercise, answer, state, mistake", [
    (ex.sixteen, (4e-3, 2.5e-4, 2.5e-4), "right", None), (ex.sixteen, np.array([0.004, 0.004 / 16, 0.004 / 16]), "right", None),
    (ex.sixteen, [0.004, 0.001, 0.001], "not yet", "by the root"), (ex.sixteen, 0.00025, "not yet", None),
    (ex.sixteen, ..., "not started yet", None),
    (ex.build_groups, in_words, "right", None),
    (ex.build_groups, lambda shape, width, base, lr, optimizer: lr * base / width if shape[-1] == width else lr, "not yet", None),
    (ex.read_check, (3, 1, 4, 2), "right", None), (ex.read_check, [2, 1, 4, 3], "not yet", "growing alike"),
    (ex.law, lambda N, D: np.exp(np.log(1.79) - 0.713 * np.log(N) + 0.307 * np.log(D)), "right", None),
    (ex.law, lambda N, D: 1.79 * D**-0.713 * N**0.307, "not yet", "sizes exchanged"),
    (ex.find_the_bug, with_initial_lr, "right", None), (ex.find_the_bug, ex.rates_as_found, "not started yet", None),
    (ex.find_the_bug, ex.never_scheduled, "not yet", "never scheduled"),
])
def test_typical_answers(exercise, answer, state, mistake):
    outcome = exercise.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["sixteen", "build_groups", "read_check", "law", "find_the_bug"]
