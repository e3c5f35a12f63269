"""The exercises on curvature and momentum: what they and the chapter say is held against torch, Keras and optax."""
from inspect import signature
from math import sqrt

import numpy as np
import pytest
import torch

from lrlearn import one_cycle, one_cycle_momentum
from lrlearn.exercises import curvature as ex
from lrlearn.worlds import descend, roll
from tests.peers import from_keras

FALLING = (0.2, 0.2, 0.05, 0.3, 0.02, 0.02)
STEADY = (0.1,) * 6


# -- what the exercises say ----------------------------------------------------------------------------

def test_the_limit_the_best_rate_and_the_factor_are_those_of_two_bowls():
    limit, best, factor = ex.limit_best_and_factor()

    def left(lr, steps=200):                # the larger share of the distance that is left in either direction
        return max(abs(descend([lr] * steps, c, start=1.0)[-1]) for c in (12.0, 3.0))

    assert left(1.001 * limit) > 1 > left(0.999 * limit)
    assert left(best, 20) == pytest.approx(factor**20) and min(left(0.99 * best), left(1.01 * best)) > left(best)


def test_the_distance_is_halved_after_that_many_updates_and_not_before():
    for lr, curvature in [case for cases in ex.halving.cases.values() for case in cases]:
        n = ex.updates_to_halve(lr, curvature)
        path = descend([lr] * n, curvature, start=1.0)
        assert path[n] <= 0.5 < path[n - 1]


def torch_places(gradient, x, lrs, momentum, **options):
    weight = torch.tensor([x], dtype=torch.float64, requires_grad=True)
    optimizer, places = torch.optim.SGD([weight], lr=1.0, momentum=momentum, **options), [x]
    for lr in lrs:
        optimizer.param_groups[0]["lr"] = lr
        weight.grad = torch.tensor([float(gradient(weight.item()))], dtype=torch.float64)
        optimizer.step()
        places.append(weight.item())
    return places


def keras_places(gradient, x, lrs, momentum, **options):
    keras = from_keras.keras()
    weight, place = keras.Variable([x], dtype="float64"), lambda: weight.value.item()
    optimizer, places = keras.optimizers.SGD(1.0, momentum=momentum, **options), [x]
    for lr in lrs:
        optimizer.learning_rate = lr
        optimizer.apply([keras.ops.convert_to_tensor([float(gradient(place()))], dtype="float64")], [weight])
        places.append(place())
    return places


def optax_places(transform, gradient, x, lrs):
    """transform gives the velocity; the rate stands outside."""
    import jax.numpy as jnp

    state, places = transform.init(jnp.zeros(1)), [x]
    for lr in lrs:
        v, state = transform.update(jnp.array([float(gradient(places[-1]))]), state)
        places.append(places[-1] - lr * float(v[0]))
    return places


@pytest.mark.parametrize("name", ex.GRADIENTS)
def test_the_heavy_ball_and_its_mistakes_are_the_frameworks_momenta(name):
    import optax

    gradient = ex.GRADIENTS[name]
    for lrs in (STEADY, FALLING):
        case = (gradient, 1.5, lrs, 0.8)
        right = ex.roll(*case)
        assert torch_places(*case) == pytest.approx(right, rel=1e-12)
        assert optax_places(optax.trace(0.8), *case[:3]) == pytest.approx(right, rel=1e-4, abs=1e-6)
        assert torch_places(*case, nesterov=True) == pytest.approx(ex.nesterov(*case), rel=1e-12)
        assert keras_places(*case) == pytest.approx(ex.the_rate_inside(*case), rel=1e-5, abs=1e-6)
        assert optax_places(optax.ema(0.8, debias=False), *case[:3]) == pytest.approx(ex.an_average(*case), rel=1e-4, abs=1e-6)
    steady = (gradient, 1.5, STEADY, 0.8)
    assert ex.the_rate_inside(*steady) == pytest.approx(ex.roll(*steady))
    assert keras_places(*steady, nesterov=True) == pytest.approx(ex.nesterov(*steady), rel=1e-5)
    assert ex.the_rate_inside(gradient, 1.5, FALLING, 0.8) != pytest.approx(ex.roll(gradient, 1.5, FALLING, 0.8), rel=1e-3)


def script_losses(text):
    """Run the exercise's very text on a noisy bowl; the mean loss just before update 400 and at the end."""
    numbers = torch.Generator().manual_seed(0)
    w = torch.ones(2000, dtype=torch.float64, requires_grad=True)          # 2000 balls at once: little chance is left
    optimizer, seen = torch.optim.SGD([w], lr=0.1, momentum=0.9), []

    def loss():
        seen.append((w.detach() ** 2).mean().item() / 2)
        return (0.1 * w**2 / 2 + w * torch.randn(w.shape, generator=numbers, dtype=torch.float64)).sum()

    exec(text, dict(optimizer=optimizer, loss=loss, settle=ex.settle))
    return np.mean(seen[350:400]), np.mean(seen[550:600])


def test_the_script_does_not_settle_and_does_when_it_is_mended():
    before, after = script_losses(ex.SCRIPT)
    assert after > 0.8 * before
    lines = ex.SCRIPT.splitlines(keepends=True)
    for momentum in (0.9, 0.95):
        mended = "".join(lines[:2] + [f"        settle(optimizer, 0.1, {momentum})\n"] + lines[5:])
        before, after = script_losses(mended)
        assert after < 0.25 * before


@pytest.mark.parametrize("wrong", ex.find_the_bug.mistakes, ids=lambda f: f.__name__)
def test_settle_and_its_mistakes_on_a_real_optimizer(wrong):
    def after(answer):
        out = []
        for groups, factor, momentum in [case for cases in ex.find_the_bug.cases.values() for case in cases]:
            given = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr, "momentum": beta} for lr, beta in groups]
            optimizer = torch.optim.SGD(given, lr=1.0)
            answer(optimizer, factor, momentum)
            out += [value for group in optimizer.param_groups for value in (group["lr"], group["momentum"])]
        return out

    wanted = [v for cases in ex.find_the_bug.cases.values() for case in cases for v in ex.find_the_bug.values(ex.settle, case)]
    assert after(ex.settle) == pytest.approx(wanted) and after(wrong) != pytest.approx(wanted)


def test_a_translated_recipe_goes_as_fast():
    forms = {"torch": ex.roll, "keras": ex.the_rate_inside, "average": ex.an_average}

    def speed(form, lr, momentum):
        places = forms[form](lambda x: 1.0, 0.0, [lr] * 2000, momentum)
        return places[-2] - places[-1]

    for lr, momentum, form, new in [case for cases in ex.translate.cases.values() for case in cases]:
        assert speed("torch", ex.torch_lr(lr, momentum, form, new), new) == pytest.approx(speed(form, lr, momentum))


# -- what the chapter says ---------------------------------------------------------------------------------

def test_what_the_reader_finds_in_the_valley():
    def updates(lr, momentum, condition):
        path = roll([lr] * 60, momentum, condition)
        if len(path) < 61:                  # lost
            return 61
        losses = [(x * x / condition + y * y) / 2 for x, y in path]
        return [t for t, loss in enumerate(losses) if loss > 1e-3 * losses[0]][-1] + 1

    rates = [k / 50 for k in range(1, 201)]
    assert min((updates(lr, 0.0, 20.0), lr) for lr in rates) == (29, 1.82)
    assert min((updates(lr, 0.4, 20.0), lr) for lr in rates) == (10, 2.6)
    assert min(updates(lr, 0.9, 20.0) for lr in rates) > 50
    assert min(updates(lr, 0.0, 100.0) for lr in rates) == 61 and min(updates(lr, 0.66, 100.0) for lr in rates) == 21


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_limits_of_the_heavy_ball_and_of_nesterov(beta):
    def last(limit, part, **options):
        return abs(torch_places(lambda x: 2.5 * x, 1.0, [part * limit / 2.5] * 800, beta, **options)[-1])

    heavy, ahead = 2 * (1 + beta), 2 * (1 + beta) / (1 + 2 * beta)
    assert last(heavy, 0.99) < 1e-3 and last(heavy, 1.01) > 1e3
    if beta:
        assert last(ahead, 0.99, nesterov=True) < 1e-3 and last(ahead, 1.01, nesterov=True) > 1e3
    if beta == 0.9:
        assert (round(ahead, 2), round(heavy, 1)) == (1.36, 3.8)


@pytest.mark.parametrize("kappa, plain, with_momentum", [(20, 7, 2), (2000, 694, 16)])
def test_the_factors_and_their_times(kappa, plain, with_momentum):
    assert ex.updates_to_halve(1 - (kappa - 1) / (kappa + 1), 1.0) == plain
    root = sqrt(kappa)
    beta, lr = ((root - 1) / (root + 1)) ** 2, 4 / (1 + sqrt(1 / kappa)) ** 2
    for curvature in (1.0, 1 / kappa, 0.5):     # the factor: the larger root of z^2 - (1 + beta - lr curvature) z + beta
        size = max(abs(np.roots([1, -(1 + beta - lr * curvature), beta])))
        assert size == pytest.approx((root - 1) / (root + 1), rel=1e-6)
    assert ex.updates_to_halve(1 - (root - 1) / (root + 1), 1.0) == with_momentum


def test_dampening_takes_the_first_gradient_whole():
    assert torch_places(lambda x: 1.0, 0.0, STEADY, 0.9, dampening=0.9) == pytest.approx([-0.1 * t for t in range(7)])


def test_momentum_correction_makes_the_rate_inside_act_as_outside():
    x, v, lr, path = 1.5, 0.0, FALLING[0], [1.5]
    for new in FALLING:
        v *= new / lr
        lr = new
        v = 0.8 * v + lr * 4 * x
        x -= v
        path.append(x)
    assert path == pytest.approx(ex.roll(lambda x: 4 * x, 1.5, FALLING, 0.8))


def test_one_cycle_s_momentum_damps_its_own_peak():
    acts = [one_cycle(t, 1.0, total_steps=100) / (1 - one_cycle_momentum(t, 0.95, 0.85, total_steps=100)) for t in (0, 29)]
    assert acts == pytest.approx([0.8, 1 / 0.15]) and 8 < acts[1] / acts[0] < 8.5
    assert one_cycle(29, 1.0, total_steps=100) / one_cycle(0, 1.0, total_steps=100) == pytest.approx(25)


def test_the_defaults_that_the_chapter_names():
    import optax

    assert signature(torch.optim.SGD).parameters["momentum"].default == 0
    assert signature(from_keras.keras().optimizers.SGD).parameters["momentum"].default == 0.0
    assert signature(optax.sgd).parameters["momentum"].default is None


def test_adam_s_first_beta_makes_an_average():
    weight = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([weight], lr=0.1, betas=(0.9, 0.999))
    for t in range(1, 4):
        weight.grad = torch.ones_like(weight)
        optimizer.step()
        assert optimizer.state[weight]["exp_avg"].item() == pytest.approx(1 - 0.9**t)


# -- answers as readers write them ---------------------------------------------------------------------------

def with_a_loop(lr, curvature):
    n, left = 0, 1.0
    while left > 0.5:
        left *= 1 - lr * curvature
        n += 1
    return n


def with_numpy(lr, curvature):
    return int(np.ceil(np.log(2) / -np.log1p(-lr * curvature)))


def by_places(gradient, x, lrs, momentum):
    places, v = [x], 0
    for lr in lrs:
        v = gradient(places[-1]) + v * momentum
        places += [places[-1] - v * lr]
    return places


def in_torch_tensors(gradient, x, lrs, momentum):
    x, v = torch.tensor(x, dtype=torch.float64), torch.tensor(0.0, dtype=torch.float64)
    out = [x.item()]
    for lr in lrs:
        v = momentum * v + gradient(x)
        x = x - lr * v
        out.append(x.item())
    return out


def by_what_it_acts_like(optimizer, factor, momentum):
    for g in optimizer.param_groups:
        acts_like = factor * g["lr"] / (1 - g["momentum"])
        g["momentum"], g["lr"] = momentum, acts_like * (1 - momentum)


def with_branches(lr, momentum, form, new_momentum):
    if form in ("torch", "keras"):
        lr = lr / (1 - momentum)
    return lr - lr * new_momentum


@pytest.mark.parametrize("exercise, answer", [
    (ex.halving, with_a_loop), (ex.halving, with_numpy), (ex.heavy_ball, by_places), (ex.heavy_ball, in_torch_tensors),
    (ex.find_the_bug, by_what_it_acts_like), (ex.translate, with_branches),
    (ex.two_curvatures, (1 / 6, 2 / 15, 0.6)), (ex.two_curvatures, np.array([2 / 12, 2 / 15, 9 / 15])),
    (ex.two_curvatures, [0.167, 0.133, 0.6]),
], ids=lambda v: getattr(v, "__name__", None))
def test_right_in_other_words(exercise, answer):
    assert exercise.check(answer).state == "right"


def momentum_first(optimizer, factor, momentum):
    for group in optimizer.param_groups:
        group["momentum"] = momentum
        group["lr"] *= factor * (1 - momentum) / (1 - group["momentum"])


def velocity_begins_again(gradient, x, lrs, momentum):
    out = [x]
    for lr in lrs:
        v = 0.0
        v = momentum * v + gradient(x)
        x = x - lr * v
        out.append(x)
    return out


@pytest.mark.parametrize("exercise, answer, mistake", [
    (ex.find_the_bug, momentum_first, "only the rate"), (ex.heavy_ball, velocity_begins_again, "no momentum"),
    (ex.heavy_ball, lambda gradient, x, lrs, momentum: by_places(gradient, x, lrs, momentum)[1:], "the start is missing"),
    (ex.translate, lambda lr, momentum, form, new_momentum: lr, "the same number"),
    (ex.two_curvatures, [1 / 6, 1 / 12, 0.75], "the best rate of the steep side"),
])
def test_typical_answers(exercise, answer, mistake):
    outcome = exercise.check(answer)
    assert (outcome.state, outcome.mistake) == ("not yet", mistake)
