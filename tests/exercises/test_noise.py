"""The exercises of the chapter on noise: what they and the chapter say is held against torch, the worlds and the frameworks."""
import math
from inspect import signature

import numpy as np
import pytest
import torch

from lrlearn import Schedule, constant, exponential_decay
from lrlearn.exercises import noise as ex
from lrlearn.worlds import floor_of, moments
from tests.peers import from_keras


def second_moments(lrs, curvature, noise, start):
    return [mean**2 + variance for mean, variance in moments(lrs, curvature, noise, start)]


def test_the_floor_is_where_the_recursion_ends():
    square, loss = ex.floor_and_loss()
    assert square == pytest.approx(floor_of(0.1, 4.0, 2.0), rel=1e-12)
    assert square == pytest.approx(second_moments([0.1] * 200, 4.0, 2.0, 3.0)[-1], rel=1e-12)
    assert loss == pytest.approx(2 * square) and loss == pytest.approx(0.1 * 2**2 / 4, rel=0.3)      # near lr noise^2 / 4


def test_the_second_moment_is_that_of_the_world():
    for cases in ex.second_moment.cases.values():
        for case in cases:
            assert ex.mean_squares(*case) == pytest.approx(second_moments(*case), rel=1e-12)


def test_the_second_moment_is_that_of_torch_s_sgd():
    """Noise of two values, +1 and -1: after three updates all eight cases are there, and their mean has no error."""
    curvature, noise, start, lrs = 2.0, 0.7, -1.0, (0.05, 0.7, 0.3)
    signs = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0], dtype=torch.float64)] * 3).T
    w = torch.full((8,), start, dtype=torch.float64, requires_grad=True)
    optimizer, squares = torch.optim.SGD([w], lr=1.0), [start**2]
    for lr, sign in zip(lrs, signs):
        optimizer.param_groups[0]["lr"] = lr
        w.grad = curvature * w.detach() + noise * sign
        optimizer.step()
        squares.append((w.detach() ** 2).mean().item())
    assert ex.mean_squares(list(lrs), curvature, noise, start) == pytest.approx(squares, rel=1e-12)


def test_the_rate_has_the_wanted_floor():
    for cases in ex.wanted_floor.cases.values():
        for square, curvature, noise in cases:
            lr = ex.rate_for(square, curvature, noise)
            assert 0 < lr * curvature < 2 and floor_of(lr, curvature, noise) == pytest.approx(square, rel=1e-12)


def test_the_best_drop_as_the_words_say():
    assert [ex.best_drop(0.5, 0.05, updates) for updates in (20, 40, 80, 120, 160)] == [16, 25, 37, 39, 39]
    best = ex.loss_at_the_end([0.5] * 25 + [0.05] * 15)
    assert all(best <= ex.loss_at_the_end([0.5] * k + [0.05] * (40 - k)) for k in range(41))
    for high, low, updates in ex.when_to_drop.cases["too short to drop"]:
        assert ex.best_drop(high, low, updates) == updates


# -- what the chapter says of bowls -----------------------------------------------------------------

def test_an_early_drop_lowers_the_loss_at_once_and_costs_at_the_stop():
    high, low = [0.5] * 120, [0.05] * 120
    ends = {k: ex.loss_at_the_end(high[:k] + low[k:]) for k in range(0, 121, 2)}
    assert min(ends, key=ends.get) == 38 and ends[20] == pytest.approx(1.2 * ends[38], rel=0.01)
    for after in (1, 5, 20):
        assert ex.loss_at_the_end(high[:20] + low[:after]) < ex.loss_at_the_end(high[:20 + after])



def test_the_best_rate_of_each_update_falls_like_one_over_t():
    curvature, noise, m = 2.0, 0.7, 9.0
    late = noise**2 / (curvature**2 * m)
    for t in range(5):
        lr = curvature * m / (curvature**2 * m + noise**2)
        assert lr == pytest.approx(1 / (curvature * (t + 1 + late)))
        after = {step: (1 - step * curvature) ** 2 * m + (step * noise) ** 2 for step in (0.99 * lr, lr, 1.01 * lr)}
        assert min(after, key=after.get) == lr
        assert 1 / after[lr] == pytest.approx(1 / m + curvature**2 / noise**2)
        m = after[lr]


def test_one_over_t_has_the_mean_square_of_a_mean():
    curvature, noise = 2.0, 0.7
    squares = second_moments([1 / (curvature * (t + 1)) for t in range(50)], curvature, noise, 5.0)
    assert squares[1:] == pytest.approx([noise**2 / (curvature**2 * t) for t in range(1, 51)], rel=1e-12)


def test_a_finite_sum_stops_short_and_the_root_arrives():
    lrs = [0.5 * 0.95**t for t in range(2000)]
    assert sum(lrs) == pytest.approx(0.5 / (1 - 0.95)) == pytest.approx(10)
    assert moments(lrs, 0.1, 0.0, 1.0)[-1][0] > 0.3
    roots = second_moments([0.5 / (1 + t) ** 0.5 for t in range(20_000)], 1.0, 1.0, 4.0)
    assert roots[-1] < 0.2 * roots[500] < 0.01


def test_noise_that_dies_out_has_no_floor():
    m = 1.0
    for _ in range(300):
        m *= (1 - 0.5) ** 2 + (0.5 * 1.0) ** 2
    assert m < 1e-80


# -- the schedules of the last exercise ----------------------------------------------------------------

def test_the_words_are_those_of_the_sums():
    """Ten times the updates: a sum that has an end has hardly grown by then, one over t, the slowest of the others, has."""
    rules = [line.split(maxsplit=1)[1] for line in ex.SCHEDULES.strip().splitlines()]
    for rule, word in zip(rules, ex.conditions(), strict=True):
        rate = eval(f"lambda t: {rule}")
        rates = np.array([rate(t) for t in range(160_000)])
        grows, shakes = (np.cumsum(rates**p)[-1] / np.cumsum(rates**p)[16_000] > 1.02 for p in (1, 2))
        if "0.0005" in rule:                        # a constant in the end, as small as it is: by its words, not by its sum
            shakes = True
        assert word == ("short" if not grows else "noisy" if shakes else "both"), rule


def test_the_script_stands_still_after_its_first_epoch():
    model, rates = torch.nn.Linear(1, 1), []
    loader = [(torch.ones(1, 1), torch.ones(1, 1))] * 100
    names = dict(torch=torch, model=model, loader=loader, loss_fn=torch.nn.functional.mse_loss)
    step = torch.optim.SGD.step

    def noted(optimizer, *rest):
        rates.append(optimizer.param_groups[0]["lr"])
        return step(optimizer, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim.SGD, "step", noted)
        exec(ex.SCRIPT, names)
    schedule = Schedule(exponential_decay, gamma=0.95)
    assert rates == pytest.approx([schedule(t, 0.5) for t in range(3000)], rel=1e-9)
    assert sum(rates[100:]) < 0.006 * sum(rates) and sum(rates) == pytest.approx(10)
    mended = ex.SCRIPT.replace("        scheduler.step()", "    scheduler.step()")
    assert mended != ex.SCRIPT and "\n    scheduler.step()" in mended


# -- answers as readers write them ------------------------------------------------------------------

def with_moments(lrs, curvature, noise, start):
    mean, variance, out = start, 0.0, [start * start]
    for lr in lrs:
        mean *= 1 - lr * curvature
        variance = (1 - lr * curvature) ** 2 * variance + (lr * noise) ** 2
        out += [mean * mean + variance]
    return np.array(out)


def multiplied_out(square, curvature, noise):
    return 2 * square / (noise * noise / curvature + square * curvature)


def with_a_loop(high, low, updates):
    best, lowest = None, math.inf
    for k in range(updates + 1):
        loss = 0.0
        for c in (1, 0.1):
            square = 16.0
            for t in range(updates):
                lr = high if t < k else low
                square = (1 - lr * c) ** 2 * square + lr * lr
            loss += c * square / 2
        if loss < lowest:
            best, lowest = k, loss
    return best


@pytest.mark.parametrize("exercise, answer", [
    (ex.second_moment, with_moments), (ex.wanted_floor, multiplied_out), (ex.when_to_drop, with_a_loop),
    (ex.floor, (0.0625, 0.125)), (ex.floor, np.array([1 / 16, 1 / 8])),
    (ex.find_the_bug, ["Noisy", "short", " both", "short", "noisy", "both", "short", "NOISY"]),
], ids=lambda v: getattr(v, "__name__", None))
def test_right_in_other_words(exercise, answer):
    assert exercise.check(answer).state == "right"


def test_a_list_without_its_start_is_told_so():
    said = ex.second_moment.check(ex.the_list_without_its_start)
    assert said.mistake == "the list without its start" and "the exercise asks for 4" in said.text


# -- what the chapter says of the frameworks ----------------------------------------------------------

def moved(updates):
    """Where plain SGD of rate 0.1 takes a weight from 1 by one step whose gradient is the mean of these."""
    return 1 - 0.1 * sum(updates) / len(updates)


GRADIENTS = (1.0, -2.0, 4.0, 3.0)


def test_keras_and_optax_take_the_mean_of_what_they_accumulate():
    keras = from_keras.keras()
    import optax

    weight = keras.Variable(np.array([1.0], dtype="float32"))
    optimizer = keras.optimizers.SGD(0.1, gradient_accumulation_steps=4)
    optimizer.build([weight])
    for gradient in GRADIENTS:
        optimizer.apply([keras.ops.convert_to_tensor(np.array([gradient], dtype="float32"))])
    assert float(keras.ops.convert_to_numpy(weight.value)[0]) == pytest.approx(moved(GRADIENTS), rel=1e-6)

    steps = optax.MultiSteps(optax.sgd(0.1), every_k_schedule=4)
    weight = np.array([1.0], dtype="float32")
    state = steps.init(weight)
    for gradient in GRADIENTS:
        change, state = steps.update(np.array([gradient], dtype="float32"), state, weight)
        weight = optax.apply_updates(weight, change)
    assert float(weight[0]) == pytest.approx(moved(GRADIENTS), rel=1e-6)


def test_torch_adds_gradients_up():
    weight = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1)
    for gradient in GRADIENTS:
        (gradient * weight).sum().backward()
    optimizer.step()
    assert weight.item() == pytest.approx(1 - 0.1 * sum(GRADIENTS))


def test_torch_has_no_one_over_t():
    names = [name.lower() for name in vars(torch.optim.lr_scheduler)]
    assert not any("inverse" in name for name in names) and "lambdalr" in names


def test_scikit_learn_s_defaults():
    from sklearn.linear_model import SGDClassifier, SGDRegressor

    default = {cls: {k: p.default for k, p in signature(cls).parameters.items()} for cls in (SGDClassifier, SGDRegressor)}
    assert default[SGDClassifier]["learning_rate"] == "optimal"
    assert "1.0 / (alpha * (t + t0))" in " ".join(SGDClassifier.__doc__.split())
    assert (default[SGDRegressor]["learning_rate"], default[SGDRegressor]["power_t"]) == ("invscaling", 0.25)
    assert 2 * default[SGDRegressor]["power_t"] <= 1               # so the squares have no finite sum


def test_a_constant_has_the_floor_that_a_schedule_has_from_there():
    lrs = [Schedule(constant)(t, 0.0005) for t in range(20_000)]
    assert second_moments(lrs, 1.0, 1.0, 0.0)[-1] == pytest.approx(floor_of(0.0005), rel=1e-3)
