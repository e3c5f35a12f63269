"""The exercises on large batches: the solutions are the field's, right spellings pass, and the mistakes' words are true."""
from importlib import import_module
from math import ceil, inf

import pytest
import torch

from lrlearn.exercises import large_batches as ex
from lrlearn.labs.beyond_torch import LARS
from tests.exercises.grids.large_batches import TENSORS


# -- the solutions are the field's ----------------------------------------------------------------

@pytest.mark.parametrize("w, g", TENSORS)
@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_the_update_is_the_package_s(w, g, decay):
    weight = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    optimizer = LARS([weight], lr=0.7, trust=0.1, momentum=0, weight_decay=decay)
    weight.grad = torch.tensor(g, dtype=torch.float64)
    optimizer.step()
    assert ex.lars_step(w, g, 0.7, 0.1, decay) == pytest.approx(weight.tolist(), rel=1e-12)


@pytest.mark.parametrize("w, g", TENSORS)
@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_the_length_of_both_together_is_optax_s(w, g, decay):
    optax, jax = import_module("optax"), import_module("jax")
    if not any(g):
        decay = 0.0                     # optax looks at g + decay * w, which is not zero there
    with jax.enable_x64(True):
        p, q = jax.numpy.asarray(w), jax.numpy.asarray(g)
        theirs = optax.lars(0.7, weight_decay=decay, trust_coefficient=0.1, momentum=0.0)
        change, _ = theirs.update(q, theirs.init(p), p)
        assert ex.the_length_of_both_together(w, g, 0.7, 0.1, decay) == pytest.approx((p + change).tolist(), rel=1e-6)


def test_adam_s_effective_rate_grows_by_the_root_of_the_batch():
    """Gradients of noise alone, of batches of 1 and of 16; the way of many updates goes with the effective rate."""
    numbers = torch.Generator().manual_seed(0)
    noise = torch.randn(400, 2000, generator=numbers, dtype=torch.float64)
    divisor = {}
    for batch in (1, 16):
        w = torch.zeros(2000, dtype=torch.float64, requires_grad=True)
        adam = torch.optim.Adam([w], lr=1e-3, betas=(0.9, 0.99))
        for g in noise / batch**0.5:
            w.grad = g.clone()
            adam.step()
        divisor[batch] = (adam.state[w]["exp_avg_sq"].mean() / (1 - 0.99**400)).sqrt().item()
    grown = divisor[1] / divisor[16]
    assert [grown, 4 * grown, 16 * grown] == pytest.approx(ex.factors(), rel=1e-9)


def test_a_rescaled_recipe_sees_as_many_examples():
    for batch, new in ((256, 1024), (64, 16)):
        peak, climb, total = ex.rescale(batch, 0.4, 48, 960, new)
        assert (climb * new, total * new) == (48 * batch, 960 * batch) and peak / new == 0.4 / batch
        rooted = ex.rescale(batch, 0.4, 48, 960, new, "root")
        assert rooted[0] ** 2 / new == pytest.approx(0.4**2 / batch) and rooted[1:] == [climb, total]
    assert ex.rescale(32, 0.1, 3, 10, 128) == [0.4, 1, 3]


def test_the_critical_batch_is_that_of_the_hyperbola():
    for least, noise in ((20.0, 100.0), (7.0, 3.0)):
        steps = {batch: least * (1 + noise / batch) for batch in (2, 8, 50)}
        for a, b in ((2, 8), (50, 2), (8, 50)):
            assert ex.critical(a, steps[a], b, steps[b]) == pytest.approx(noise, rel=1e-9)
        assert (steps[2] / least - 1) * (2 * steps[2] / (least * noise) - 1) == pytest.approx(1)
        assert ex.the_fewest_examples(2, steps[2], 8, steps[8]) == pytest.approx(least * noise)
        assert ex.the_fewest_updates(2, steps[2], 8, steps[8]) == pytest.approx(least)


def test_the_mended_script_is_both_scripts_where_each_is_right():
    for devices in (1, 4, 8):
        for per_device in (32, 64):
            apex = 0.1 * (per_device * devices) / 256           # batch_size of one device, times world_size
            assert ex.rate_for(0.1, per_device * devices, devices, 1) == pytest.approx(apex)
            assert ex.as_found(0.1, per_device * devices, devices, 1) == pytest.approx(devices * apex)
            assert ex.as_found(0.1, per_device, devices, devices) == pytest.approx(ex.rate_for(0.1, per_device, devices, devices))


# -- answers as readers write them ----------------------------------------------------------------

def with_torch(w, g, lr, trust=0.001, weight_decay=0.0):
    w, g = (torch.tensor(v, dtype=torch.float64) for v in (w, g))
    local = trust * w.norm() / (g.norm() + weight_decay * w.norm()) if w.norm() * g.norm() > 0 else 1.0
    return w - lr * local * (g + weight_decay * w)


def in_examples(batch, peak, warmup, total, new_batch, rule="linear"):
    power = {"linear": 1, "root": 1 / 2}[rule]
    return peak * (new_batch / batch) ** power, ceil(warmup * batch / new_batch), ceil(total * batch / new_batch)


def from_the_line(batch_a, updates_a, batch_b, updates_b):
    slope = (updates_a - updates_b) * batch_a * batch_b / (batch_b - batch_a)
    return slope / (updates_b - slope / batch_b)


def from_one_update(base_lr, total_batch, devices, accumulate):
    return base_lr * (total_batch / devices * devices * accumulate) / 256.0


@pytest.mark.parametrize("exercise, answer", [
    (ex.adams_share, (4, 16, 64)), (ex.adams_share, [4.0, 16.0, 64.0]), (ex.one_update, with_torch), (ex.the_recipe, in_examples),
    (ex.two_runs, from_the_line), (ex.find_the_bug, from_one_update),
])
def test_right_spellings_are_right(exercise, answer):
    assert exercise.check(answer).state == "right"


def test_the_stub_is_not_started_and_its_first_mending_is_told():
    assert ex.find_the_bug.check(ex.as_found).state == "not started yet"

    def first(base_lr, total_batch, devices, accumulate):
        return base_lr * total_batch / 256

    assert ex.find_the_bug.check(first).mistake == "accumulation forgotten"


def test_what_is_said_of_a_stub_written_anew_and_of_round_is_true():
    said = ex.find_the_bug.check(lambda base_lr, total_batch, devices, accumulate: base_lr * total_batch * devices / 256)
    assert said.mistake == "devices still counted twice" and "passes" not in said.body

    def to_the_nearest(batch, peak, warmup, total, new_batch, rule="linear"):
        k = new_batch / batch
        return [peak * (k if rule == "linear" else k**0.5), round(warmup / k), round(total / k)]

    said = ex.the_recipe.check(to_the_nearest)
    assert said.state == "not yet" and said.mistake is None


# -- the mistakes' words are true -----------------------------------------------------------------

def test_weights_at_zero_stay_without_the_rule_and_one_length_does_without_the_weights():
    assert ex.stuck_at_zero([0.0, 0.0], [1.0, -2.0], 0.5) == [0.0, 0.0] != ex.lars_step([0.0, 0.0], [1.0, -2.0], 0.5)
    for w in ([3.0, 4.0], [30.0, 40.0]):
        moved = ex.the_length_of_the_weights_forgotten(w, [1.0, 1.0], 0.5, 0.1)
        assert sum((a - b) ** 2 for a, b in zip(w, moved)) ** 0.5 == pytest.approx(0.05)
    moves = {ex.a_ratio_for_each_weight([2.0], [g], 0.5, 0.1)[0] for g in (0.01, 7.0, 300.0)}
    assert max(moves) - min(moves) < 1e-12


def test_a_scaled_gradient_changes_nothing_and_a_bias_moves_little_from_the_second_update_on():
    w, g = [1.0, -2.0, 0.5], [0.3, 0.1, -0.7]
    assert ex.lars_step(w, g, 0.5) == pytest.approx(ex.lars_step(w, [100 * y for y in g], 0.5), rel=1e-12)
    first = ex.lars_step([0.0], [1.0], 0.5)
    second = ex.lars_step(first, [1.0], 0.5)
    assert first == [-0.5] and 0 < first[0] - second[0] < 0.001


def test_the_runs_lie_above_their_limits():
    a, b = (8, 1350.0), (64, 300.0)
    right = ex.critical(*a, *b)
    assert 0 < right < inf and a[0] * a[1] > ex.the_fewest_examples(*a, *b) and b[1] > ex.the_fewest_updates(*a, *b)
    assert ex.the_inverse(*a, *b) == pytest.approx(1 / right)
