"""The exercises on linear and polynomial decay: what their words say about frameworks is held against the frameworks."""
import inspect

import numpy as np
import pytest
import torch
from near import near
from torch.optim.lr_scheduler import LambdaLR, LinearLR, PolynomialLR
from torch.utils.data import DataLoader, TensorDataset

import lrlearn as ll
from lrlearn import Schedule, linear, polynomial
from lrlearn.exercises import polynomial as ex
from tests.peers import from_fastai, from_keras, from_optax, from_timm, from_torch, from_transformers
from tests.scripts import recorded


def optimizer_of(lr=0.1):
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)


# -- the solutions are the field's ----------------------------------------------------------------

def test_the_closed_form_is_the_package_s_own():
    for case in [case for stage in ex.closed_form.cases.values() for case in stage]:
        assert ex.my_polynomial(*case) == pytest.approx(polynomial(*case), rel=1e-15)


@pytest.mark.parametrize("power", [0.5, 1, 2, 3])
def test_the_closed_form_is_that_of_six_frameworks(power):
    ours = [ex.my_polynomial(t, 1.0, 10, power) for t in range(15)]
    peers = (
        (from_torch, f"PolynomialLR(optimizer, total_iters=10, power={power})"),
        (from_optax, f"optax.polynomial_schedule(1.0, 0.0, {power}, 10)"),
        (from_keras, f"keras.optimizers.schedules.PolynomialDecay(1.0, 10, end_learning_rate=0.0, power={power})"),
        (from_timm, f"PolyLRScheduler(optimizer, t_initial=10, power={power})"),
        (from_transformers, f"get_polynomial_decay_schedule_with_warmup(optimizer, 0, 10, lr_end=0.0, power={power})"),
    )
    for peer, call in peers:
        assert near(ours, peer.rates(call, 15), 2e-6), call


def test_fastai_s_power_is_of_the_way_that_is_done():
    rates = from_fastai.rates('learner.fit(10, cbs=ParamScheduler({"lr": SchedPoly(1.0, 0.0, 2)}))', 10)
    assert near([ex.power_of_the_way_done(t, 1.0, 10, 2) for t in range(10)], rates, 1e-5)


@pytest.mark.parametrize("power, new", [(1, 2), (2, 1), (0.5, 4), (3, 0.5)])
def test_the_new_peak_keeps_the_area(power, new):
    T, peak = 100_000, ex.same_area(0.1, power, new)
    means = [lr * ll.area(Schedule(polynomial, total_iters=T, power=p), T) for lr, p in ((0.1, power), (peak, new))]
    assert means[0] == pytest.approx(means[1], rel=1e-4)


def first(rates):
    return "rises" if rates[4] > rates[0] else "falls" if rates[4] < rates[0] else "stays"


def test_what_the_defaults_do_is_what_the_frameworks_do():
    decay = "keras.optimizers.schedules.PolynomialDecay"
    poly = "get_polynomial_decay_schedule_with_warmup(optimizer, 0, 1000)"
    seen = [
        from_torch.rates("LinearLR(optimizer)", 6, lr=0.1), from_torch.rates("PolynomialLR(optimizer)", 6, lr=0.1),
        from_keras.rates(f"{decay}(5e-5, 1000)", 6), from_keras.rates(f"{decay}(1e-4, 1000)", 6),
        from_transformers.rates(poly, 6, lr=5e-5),
    ]
    assert [first(rates) for rates in seen] == ex.first_steps()
    assert seen[0][0] == pytest.approx(0.1 / 3) and seen[0][5] == pytest.approx(0.1) and seen[1][5] == 0.0
    assert from_keras.rates(f"{decay}(1.0, 3)", 5)[3:] == pytest.approx([1e-4, 1e-4])


def test_transformers_refuses_a_peak_below_its_end():
    from transformers import get_polynomial_decay_schedule_with_warmup as schedule

    assert inspect.signature(schedule).parameters["lr_end"].default == 1e-7
    assert inspect.signature(schedule).parameters["power"].default == 1.0
    with pytest.raises(ValueError):
        schedule(optimizer_of(5e-8), 0, 10)


def test_where_power_one_is_the_default():
    import optax

    assert inspect.signature(PolynomialLR).parameters["power"].default == 1.0
    line = from_keras.rates("keras.optimizers.schedules.PolynomialDecay(1.0, 10, end_learning_rate=0.0)", 11)
    assert near(line, [1 - t / 10 for t in range(11)], 1e-6)
    root = from_timm.rates("PolyLRScheduler(optimizer, t_initial=10)", 10)
    assert near(root, [ex.my_polynomial(t, 1.0, 10, 0.5) for t in range(10)], 1e-6)
    assert inspect.signature(optax.polynomial_schedule).parameters["power"].default is inspect.Parameter.empty


def test_linear_lr_refuses_a_start_of_zero():
    with pytest.raises(ValueError):
        LinearLR(optimizer_of(), start_factor=0.0)


def run_script(source, examples=10, batch_size=4, epochs=3):
    """Run the very text of the exercise, and return the rate of every update."""
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    rates = recorded(optimizer)
    dataset = TensorDataset(torch.zeros(examples, 1), torch.zeros(examples, 1))
    exec(source, dict(LambdaLR=LambdaLR, DataLoader=DataLoader, optimizer=optimizer, model=model, dataset=dataset,
                      factor=ex.factor, batch_size=batch_size, epochs=epochs, loss_fn=torch.nn.functional.mse_loss))
    return rates


def test_the_script_goes_below_zero_with_some_data_sets_and_not_with_others():
    rates = run_script(ex.SCRIPT)
    assert len(rates) == 9 and [lr < 0 for lr in rates] == [False] * 7 + [True] * 2
    assert min(run_script(ex.SCRIPT, examples=12)) > 0
    assert near(rates, [ex.as_it_stands(t, 6) for t in range(9)], 1e-9)


def test_either_cure_keeps_the_rate_at_zero_or_above():
    held = run_script(ex.SCRIPT.replace("lambda t: 1 - t / total_steps", "lambda t: factor(t, total_steps)"))
    counted = run_script(ex.SCRIPT.replace("epochs * (len(dataset) // batch_size)", "epochs * -(-len(dataset) // batch_size)"))
    assert near(held, [1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6, 0, 0, 0], 1e-9) and min(counted) == pytest.approx(1 / 9)
    assert near([ex.factor(t, 6) for t in range(9)], held, 1e-9)


def test_torch_takes_a_negative_rate_and_walks_uphill():
    weight = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    optimizer.param_groups[0]["lr"] = -0.1
    weight.square().sum().backward()
    optimizer.step()
    assert weight.item() > 1
    with pytest.raises(ValueError):
        torch.optim.SGD([weight], lr=-0.1)


@pytest.mark.parametrize("call, formula", [
    ("LinearLR(optimizer, start_factor=1.0, end_factor=0.25, total_iters=7)", lambda t: ex.factor(t, 7, 0.25)),
    ("PolynomialLR(optimizer, total_iters=7)", lambda t: ex.factor(t, 7)),
])
def test_torch_s_own_lines_hold(call, formula):
    assert near([formula(t) for t in range(20)], from_torch.rates(call, 20), 1e-12)


# -- answers as readers write them ----------------------------------------------------------------

def in_two_lines(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    if t >= total_iters:
        return eta_min
    return (base_lr - eta_min) * (1 - t / total_iters) ** power + eta_min


def with_max(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    return np.float64(eta_min) + (base_lr - eta_min) * np.power(max(0.0, (total_iters - t) / total_iters), power)


def with_clip(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    return torch.tensor(eta_min + (base_lr - eta_min) * (1 - np.clip(t / total_iters, 0, 1)) ** power)


@pytest.mark.parametrize("answer", [in_two_lines, with_max, with_clip])
def test_other_ways_to_write_the_closed_form_are_right(answer):
    assert ex.closed_form.check(answer).state == "right"


def test_the_package_s_own_function_is_no_answer():
    outcome = ex.closed_form.check(lambda t, lr, n, p=1.0, f=0.0: polynomial(t, lr, n, p, f))
    assert (outcome.state, outcome.mistake) == ("not yet", "the package's own function")
    outcome = ex.find_the_bug.check(lambda t, n, e=0.0: linear(t, 1.0, n, end_factor=e))
    assert (outcome.state, outcome.mistake) == ("not yet", "the package's own function")


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda lr, p, q: lr * (q + 1) / (p + 1), "right", None), (lambda lr, p, q: lr / (p + 1) * (q + 1), "right", None),
    (lambda lr, p, q: lr / ((1 / (1 + q)) / (1 / (1 + p))), "right", None), (lambda lr, p, q: lr, "not yet", "same peak"),
    (lambda lr, p, q: lr * (p + 1) / (q + 1), "not yet", "turned over"),
    (lambda lr, p, q: lr * q / p, "not yet", "without the one"),
    (lambda lr, p, q: lr * (1 + q) / 2, "not yet", "only from a line"),
])
def test_typical_peaks(answer, state, mistake):
    outcome = ex.area.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    (["rises", "falls", "rises", "stays", "falls"], "right", None),
    (("Rises", " falls", "rises", "STAYS", "falls"), "right", None), (["falls"] * 5, "not yet", "all of them down"),
    (["rises", "falls", "falls", "falls", "falls"], "not yet", "keras end is zero"),
    (["rises", "falls", "stays", "stays", "falls"], "not yet", "keras clips"), (["falls"] * 4, "not yet", None),
    ("rises", "not yet", None), (..., "not started yet", None),
])
def test_typical_lists(answer, state, mistake):
    outcome = ex.defaults.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda t, n, e=0.0: max(e, 1 - (1 - e) * t / n), "right", None),
    (lambda t, n, e=0.0: e + (1 - e) * max(0, n - t) / n, "right", None),
    (lambda t, n, e=0.0: e if t > n else 1 + (e - 1) * t / n, "right", None),
    (lambda t, n, e=0.0: 1 - t / n, "not yet", "floor forgotten"),
    (lambda t, n, e=0.0: max(0, 1 - t / n), "not yet", "floor forgotten"),
    (lambda t, n, e=0.0: max(e, 1 - t / n), "not yet", "cut off"),
    (lambda t, n, e=0.0: 1 - (1 - e) * t / n, "not yet", "as it stands"),
])
def test_typical_factors(answer, state, mistake):
    outcome = ex.find_the_bug.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_a_curve_that_jumps_to_its_end_is_told_where_it_aims():
    said = ex.closed_form.check(lambda t, lr, n, p=1.0, f=0.0: f if t >= n else lr * (1 - t / n) ** p)
    assert said.mistake == "no floor" and "aims at zero" in said.text
    said = ex.find_the_bug.check(lambda t, n, e=0.0: e if t >= n else 1 - t / n)
    assert said.mistake == "floor forgotten" and "aims at zero" in said.text


def test_four_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["closed_form", "area", "defaults", "find_the_bug"]
