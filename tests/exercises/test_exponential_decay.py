"""The exercises on exponential decay: what their words say about frameworks is held against the frameworks."""
from math import exp, log, log10

import numpy as np
import pytest
import torch
from near import near
from torch.optim.lr_scheduler import ExponentialLR, StepLR

import lrlearn as ll
from lrlearn import exponential_decay, inverse_time_decay
from lrlearn.exercises import exponential_decay as ex
from tests.peers import from_keras, from_optax, from_torch
from tests.scripts import recorded


def cases(exercise):
    return [case for stage in exercise.cases.values() for case in stage]


# -- the solutions are the field's ----------------------------------------------------------------

def test_gamma_halves_torch_s_rate_every_twenty_updates():
    rates = from_torch.rates(f"ExponentialLR(optimizer, gamma={ex.gamma_of_20()!r})", 61)
    assert near(rates[::20], [1.0, 0.5, 0.25, 0.125], 1e-12)
    assert exp(-ex.the_rate_lambda()) == pytest.approx(ex.gamma_of_20(), rel=1e-15)


def test_what_the_mistakes_say_of_their_own_numbers():
    assert ex.time_constant() ** 20 == pytest.approx(0.37, abs=0.005)
    assert log(0.5) / log(ex.rounded()) == pytest.approx(23, abs=0.5)
    assert ex.turned_over() ** 20 == pytest.approx(2) and ex.half_divided() == pytest.approx(1 / 40)


@pytest.mark.parametrize("gamma, n", [(0.9, 10), (0.5, 3), (0.97, 7)])
def test_updates_and_epochs_agree_at_the_beginning_of_every_epoch(gamma, n):
    by_update = from_torch.rates(f"ExponentialLR(optimizer, gamma={ex.per_update(gamma, n)!r})", 5 * n + 1)
    by_epoch = from_torch.rates(f"ExponentialLR(optimizer, gamma={gamma})", 6)
    assert near(by_update[::n], by_epoch, 1e-12)
    for mistake in ex.per_epoch_to_per_update.mistakes:
        wrong = mistake(gamma, n)
        assert abs(wrong**n - gamma) > 1e-4, f"{mistake.__name__} would do no harm"


@pytest.mark.parametrize("rate, n", [(0.5, 10), (0.1, 4), (0.9, 1)])
@pytest.mark.parametrize("stairs", [False, True])
def test_the_curve_is_that_of_keras_and_optax(rate, n, stairs):
    ours = [ex.my_exponential(t, 1.0, rate, n, stairs) for t in range(35)]
    keras = f"keras.optimizers.schedules.ExponentialDecay(1.0, {n}, {rate}, staircase={stairs})"
    optax = f"optax.exponential_decay(1.0, {n}, {rate}, staircase={stairs})"
    assert near(ours, from_keras.rates(keras, 35), 2e-6) and near(ours, from_optax.rates(optax, 35), 2e-6)


def test_the_solution_s_four_names():
    for rate in (0.5, 0.9):
        smooth = [ex.my_exponential(t, 1.0, rate, 1) for t in range(25)]
        assert near(smooth, from_torch.rates(f"ExponentialLR(optimizer, gamma={rate})", 25), 1e-12)
        stairs = [ex.my_exponential(t, 1.0, rate, 4, True) for t in range(25)]
        assert near(stairs, from_torch.rates(f"StepLR(optimizer, 4, gamma={rate})", 25), 1e-12)


def test_inverse_time_has_the_same_arguments_in_keras():
    call = "keras.optimizers.schedules.InverseTimeDecay(1.0, 10, 0.5, staircase={})"
    for stairs in (False, True):
        ours = [ex.inverse_time(t, 1.0, 0.5, 10, stairs) for t in range(35)]
        assert near(ours, from_keras.rates(call.format(stairs), 35), 2e-6)
    for t in range(35):
        assert ex.inverse_time(t, 1.0, 0.5, 10) == pytest.approx(inverse_time_decay(t, 1.0, 0.5, 10))


def run_script(source, epochs=30, batches=200):
    """Run the very text of the exercise, and return the rate of every update."""
    model = torch.nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    rates = recorded(optimizer)
    loader = [(torch.zeros(1, 1), torch.zeros(1, 1))] * batches
    source = source.replace("range(30)", f"range({epochs})")
    exec(source, dict(ExponentialLR=ExponentialLR, optimizer=optimizer, model=model, loader=loader,
                      loss_fn=torch.nn.functional.mse_loss))
    return rates


def test_the_script_falls_below_a_hundredth_where_the_solution_says():
    rates = run_script(ex.SCRIPT, epochs=1)
    below = [lr < 0.01 for lr in rates]
    assert below.index(True) == ex.first_below() < len(rates) / 4 and rates[ex.rounded_down()] > 0.01
    assert [lr < 0.1 for lr in rates].index(True) == ex.a_tenth() and [lr < 0.5 for lr in rates].index(True) == ex.half()
    assert 6 < log(0.01) / log(0.5) < 7


@pytest.mark.parametrize("cure", [
    ex.SCRIPT.replace("gamma=0.9", "gamma=0.9 ** (1 / 200)"),
    ex.SCRIPT.replace("        scheduler.step()", "    scheduler.step()"),
])
def test_both_cures_take_a_tenth_off_each_epoch(cure):
    rates = run_script(cure, epochs=3)
    assert cure != ex.SCRIPT and near(rates[::200], [1.0, 0.9, 0.81], 1e-12)


def test_at_the_end_of_the_script_no_float_holds_the_rate():
    t, last = 5999, 6000
    assert 200 * 30 == last and t * log10(0.9) < -250 and 0.1 * 0.9**t > 0      # a double still does, a single does not
    assert float(np.float32(0.1 * 0.9**t)) == 0.0


# -- what the chapter says of the frameworks ------------------------------------------------------

def test_transformers_has_no_exponential():
    from transformers import SchedulerType, get_scheduler

    assert not {"exponential", "step", "inverse_time"} & {kind.value for kind in SchedulerType}
    with pytest.raises(ValueError):
        get_scheduler("exponential", torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1))


def test_optax_has_a_floor_and_torch_asks_for_a_gamma():
    rates = from_optax.rates("optax.exponential_decay(1.0, 5, 0.5, end_value=0.3)", 20)
    assert min(rates) == pytest.approx(0.3) and rates[5] == pytest.approx(0.5)
    with pytest.raises(TypeError):
        ExponentialLR(torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1))


def test_torch_multiplies_the_rate_that_it_finds():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = ExponentialLR(optimizer, gamma=0.5)
    optimizer.param_groups[0]["lr"] = 0.08
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.04)


# -- answers as readers write them ----------------------------------------------------------------

@pytest.mark.parametrize("answer, state, mistake", [
    (0.5 ** (1 / 20), "right", None), (0.9659, "right", None), (exp(-log(2) / 20), "right", None), (2 ** -0.05, "right", None),
    (np.float64(0.5) ** 0.05, "right", None), (torch.tensor(0.9659363), "right", None),
    (0.97, "not yet", "rounded"), (0.975, "not yet", "share of the half"), (0.025, "not yet", "half divided"),
    (0.9512, "not yet", "time constant"), (0.03466, "not yet", "the rate lambda"), (0.9653, "not yet", "one minus lambda"),
    (1.0353, "not yet", "turned over"), (0.5, "not yet", "every update"), (0.96, "not yet", None),
    (..., "not started yet", None),
])
def test_typical_gammas(answer, state, mistake):
    outcome = ex.half_life.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda g, n: g ** (1 / n), "right", None), (lambda g, n: exp(log(g) / n), "right", None),
    (lambda g, n: np.power(g, 1 / n), "right", None), (lambda g, n: g, "not yet", "unchanged"),
    (lambda g, n: g / n, "not yet", "gamma divided"), (lambda g, n: 1 - (1 - g) / n, "not yet", "loss divided"),
    (lambda g, n: g**n, "not yet", "power of n"), (lambda g, n: g ** (1 // n), "not yet", "whole division"),
    (lambda g, n: g**1 / n, "not yet", "gamma divided"),
])
def test_typical_conversions(answer, state, mistake):
    outcome = ex.per_epoch_to_per_update.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def by_lambda(t, base_lr, decay_rate, decay_steps, staircase=False):
    age = t / decay_steps
    return base_lr * exp(log(decay_rate) * (int(age) if staircase else age))


def by_floor(t, base_lr, decay_rate, decay_steps, staircase=False):
    if staircase:
        return base_lr * np.power(decay_rate, np.floor(t / decay_steps))
    return base_lr * np.power(decay_rate, t / decay_steps)


def in_a_loop(t, base_lr, decay_rate, decay_steps, staircase=False):
    gamma, lr = decay_rate ** (1 / decay_steps), base_lr
    for _ in range(t - t % decay_steps if staircase else t):
        lr *= gamma
    return lr


@pytest.mark.parametrize("answer", [by_lambda, by_floor, in_a_loop])
def test_other_ways_to_write_the_curve_are_right(answer):
    assert ex.closed_form.check(answer).state == "right"


def test_the_package_s_own_function_is_no_answer():
    outcome = ex.closed_form.check(lambda t, lr, r, n, s=False: exponential_decay(t // n if s else t / n, lr, r))
    assert (outcome.state, outcome.mistake) == ("not yet", "the package's own function")
    for case in cases(ex.closed_form):
        t, lr, r, n, *stairs = case
        want = ll.exponential_decay(t // n if stairs else t / n, lr, r)
        assert ex.my_exponential(*case) == pytest.approx(want, rel=1e-12)


def test_the_staircase_is_the_step_decay_of_the_package_and_of_torch():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler, rates = StepLR(optimizer, 3, gamma=0.5), []
    for _ in range(12):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert near(rates, [ex.my_exponential(t, 0.1, 0.5, 3, True) for t in range(12)], 1e-12)
    assert near(rates, [ll.step_decay(t, 0.1, 3, 0.5) for t in range(12)], 1e-12)


@pytest.mark.parametrize("answer, state, mistake", [
    (44, "right", None), (44.0, "right", None), (43, "not yet", "rounded down"), (45, "not yet", "one too many"),
    (8800, "not yet", "by epochs"), (6000, "not yet", "never"), (200, "not yet", "one epoch"), (10, "not yet", "straight down"),
    (22, "not yet", "a tenth"), (7, "not yet", "half"), (100, "not yet", None), (..., "not started yet", None),
])
def test_typical_updates(answer, state, mistake):
    outcome = ex.find_the_bug.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_four_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["half_life", "per_epoch_to_per_update", "closed_form", "find_the_bug"]
