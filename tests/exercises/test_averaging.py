"""The averaging chapter: its exercises and cells are held against torch's averages, AdamW, Keras, timm and optax."""
import json
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from itertools import accumulate
from math import prod
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, update_bn

from lrlearn import Schedule, constant, cosine, linear, svg, warmup, wsd
from lrlearn.exercises import averaging as ex
from lrlearn.labs.beyond_torch import ScheduleFreeSGD
from lrlearn.pytorch import ScheduleLR
from lrlearn.show import Table
from lrlearn.worlds import settle, shake
from tests.peers import frameworks, from_keras

BOOK = Path(__file__).parents[2] / "book" / "averaging.ipynb"
WENT = [1.0, 2.0, 3.0, 4.0, 5.0]


def cell(*begins):
    """The names that the chapter's cells with these first lines define."""
    names = dict(torch=torch, Schedule=Schedule, wsd=wsd, svg=svg, settle=settle, shake=shake, Table=Table,
                 ll=type("ll", (), {"explore": staticmethod(lambda *a, **k: None)}))
    sources = ["".join(c["source"]) for c in json.loads(BOOK.read_text())["cells"] if c["cell_type"] == "code"]
    for begin in begins:
        exec(next(s for s in sources if s.startswith(begin)), names)
    return names


def one_weight(value=0.0):
    return torch.nn.ParameterList([torch.full((1,), value, dtype=torch.float64)])


def put(net, value):
    with torch.no_grad():
        net[0].fill_(value)


def ema_of(values, decay):
    """torch's EMA after each value."""
    net, seen = one_weight(), []
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(decay))
    for value in values:
        put(net, value)
        average.update_parameters(net)
        seen.append(average.module[0].item())
    return seen


def all_cases(exercise):
    return [case for stage in exercise.cases.values() for case in stage]


# -- the solutions are the field's ------------------------------------------------------------------

@pytest.mark.parametrize("decay, n", all_cases(ex.still_there))
def test_the_shares_are_what_an_average_keeps_of_ones(decay, n):
    assert ex.shares(decay, n)[0] == pytest.approx(ema_of([1.0] + [0.0] * n, decay)[-1], rel=1e-12)
    left = 1.0
    for k in range(1, n + 1):
        d = min(decay, (1 + k) / (10 + k))
        left = d * left + (1 - d) * 0.0
    assert ex.shares(decay, n)[1] == pytest.approx(left, rel=1e-12)


@pytest.mark.parametrize("T, n", all_cases(ex.disguise) + [(40, 13)])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_mean_of_the_last_weights_has_the_updates_of_a_cool_down(T, n, momentum):
    """A real run of torch: its mean is the start less each update times its factor, and so is its EMA."""
    net, numbers, updates = one_weight(2.0), torch.Generator().manual_seed(T), []
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=momentum)
    swa, ema = AveragedModel(net), AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.8))
    ema.update_parameters(net)
    for t in range(T):
        before = net[0].item()
        net[0].grad = net[0].detach() + torch.randn(1, generator=numbers, dtype=torch.float64)
        optimizer.step()
        updates.append(before - net[0].item())
        ema.update_parameters(net)
        if t >= T - n:
            swa.update_parameters(net)
    mean = 2.0 - sum(f * u for f, u in zip(ex.factors(T, n), updates, strict=True))
    assert swa.module[0].item() == pytest.approx(mean, abs=1e-12)
    bent = 2.0 - sum((1 - 0.8 ** (T - t)) * u for t, u in enumerate(updates))
    assert ema.module[0].item() == pytest.approx(bent, abs=1e-12)
    assert ex.factors(T, n) == pytest.approx([wsd(t, 1.0, total_steps=T, decay_steps=n) for t in range(T)], abs=1e-15)
    assert ex.factors(T, T) == pytest.approx([linear(t, 1.0, total_iters=T, end_factor=0.0) for t in range(T)], abs=1e-15)


@pytest.mark.parametrize("start, curvature, base_lr, beta, n", all_cases(ex.write_schedule_free))
def test_schedule_free_in_a_bowl_is_the_package_s(start, curvature, base_lr, beta, n):
    w = torch.full((1,), start, dtype=torch.float64, requires_grad=True)
    optimizer, seen = ScheduleFreeSGD([w], lr=base_lr, momentum=beta), []
    for _ in range(n):
        w.grad = curvature * w.detach()
        optimizer.step()
        optimizer.eval()
        seen.append(w.item())
        optimizer.train()
    assert ex.places(start, curvature, base_lr, beta, n) == pytest.approx(seen, rel=1e-12)


@pytest.mark.parametrize("lrs, decay", all_cases(ex.what_is_left))
def test_what_is_left_is_adamw_s(lrs, decay):
    w = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.AdamW([w], lr=1.0, weight_decay=decay)
    for lr in lrs:
        optimizer.param_groups[0]["lr"] = lr
        w.grad = torch.zeros_like(w)
        optimizer.step()
    assert ex.left(lrs, decay)[0] == pytest.approx(w.item(), rel=1e-12)
    # The paper's form is torch's with the decay divided by the peak.
    assert ex.left(lrs, decay)[1] == pytest.approx(ex.left(lrs, decay / max(lrs))[0], rel=1e-12)


def test_a_cosine_has_half_the_area_and_so_half_the_decay():
    lrs = [cosine(t, 0.01, T_max=400) for t in range(400)]
    assert sum(lrs) == pytest.approx(0.5 * 400 * 0.01, rel=0.01)
    assert ex.left(lrs, 0.3)[0] == pytest.approx(ex.left([0.01] * 400, 0.3)[0] ** 0.5, rel=0.01)


@pytest.mark.parametrize("start, base_lr, decay, n, every", all_cases(ex.find_the_bug))
def test_the_mended_training_is_torch_s(start, base_lr, decay, n, every):
    net = one_weight(start)
    optimizer = torch.optim.SGD(net.parameters(), lr=base_lr)
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(decay))
    average.update_parameters(net)
    for _ in range(n):
        net[0].grad = net[0].detach().clone()
        optimizer.step()
        average.update_parameters(net)
    found = [net[0].item(), average.module[0].item()]
    assert ex.trained_and_averaged(start, base_lr, decay, n, every) == pytest.approx(found, rel=1e-12)


def test_the_found_training_hangs_on_how_often_somebody_looks():
    often, never = (ex.as_found(2.0, 0.1, 0.9, 20, every) for every in (5, 1000))
    assert often[0] > 2 * never[0]
    one, other = (ex.trained_and_averaged(2.0, 0.1, 0.9, 20, every) for every in (1, 1000))
    assert one == other


# -- what the chapter's cells say --------------------------------------------------------------------

def test_the_figure_s_averages_are_those_of_many_balls():
    names = cell("def averaged(lrs", "def falling(t")
    numbers, lrs = torch.Generator().manual_seed(3), [0.6] * 40
    w = torch.full((50_000,), 1.0, dtype=torch.float64)
    a = w.clone()
    for lr in lrs:
        w = w - lr * (w + 0.3 * torch.randn(len(w), generator=numbers, dtype=torch.float64))
        a = 0.9 * a + 0.1 * w
    ball, mean = names["averaged"](lrs, 0.9, 1.0, 0.3, 1.0)[-1]
    assert ((w**2).mean().item() / 2, (a**2).mean().item() / 2) == pytest.approx((ball, mean), rel=0.03)
    settled = [sum(both) for both in settle([0.6] * 300)[1:]]
    assert names["losses"](0.6, 30, 0.0)[0] == pytest.approx(settled, rel=1e-12) == names["losses"](0.6, 30, 0.0)[2]


def test_the_figure_s_words():
    losses = cell("def averaged(lrs", "def falling(t")["losses"]
    ends = {window: losses(0.6, window, 0.2)[1][-1] for window in range(20, 161, 5)}
    assert min(ends, key=ends.get) == 60 and f"{ends[60]:.4f}" == "0.0007" and f"{ends[160]:.3f}" == "0.015"
    ball, mean, fell = (path[-1] for path in losses(0.6, 60, 0.2))
    assert f"{ball:.4f}" == "0.0197" and mean < fell < ball
    raised = losses(1.4, 60, 0.2)
    assert 5 < raised[0][-1] / ball < 6 and raised[1][-1] < 1.1 * mean


def of_keras(values):
    keras = from_keras.keras()
    optimizer = keras.optimizers.SGD(learning_rate=1.0, use_ema=True, ema_momentum=0.9)
    weight, seen = keras.Variable(np.zeros(1), dtype="float64"), []
    optimizer.build([weight])
    for value in values:
        optimizer.apply([weight.value.detach() - value], [weight])     # a step of exactly this way
        seen.append(float(optimizer._model_variables_moving_average[0].value.detach()[0]))
    optimizer.finalize_variable_values([weight])
    assert float(weight.value.detach()[0]) == seen[-1]                 # what fit does in the end
    return seen


def timm_s_ema():
    """The class, from its own file: the rest of timm.utils needs a torchvision that the tests do without."""
    folder = [path + "/utils" for path in find_spec("timm").submodule_search_locations]
    with frameworks.alone("timm", utils={"__path__": folder}):
        return import_module("timm.utils.model_ema").ModelEmaV3


def of_timm(values, **how):
    net, seen = one_weight(), []
    average = timm_s_ema()(net, decay=0.9, **how)
    for step, value in enumerate(values):
        put(net, value)
        average.update(net, step=step + 1 if how else None)
        seen.append(average.module[0].item())
    return seen


def of_optax(values):
    jnp, optax = import_module("jax.numpy"), import_module("optax")
    ema, seen = optax.ema(0.9), []
    state = ema.init(jnp.zeros(1))
    for value in values:
        now, state = ema.update(jnp.full(1, value), state)
        seen.append(float(now[0]))
    return seen


def test_the_table_of_averages_is_what_the_frameworks_say():
    known = cell("def running(values", "went = ")["known"]
    assert known["PyTorch, Keras"] == pytest.approx(ema_of(WENT, 0.9), rel=1e-12)
    assert known["PyTorch, Keras"] == pytest.approx(of_keras(WENT), rel=1e-6)
    assert known["timm"] == pytest.approx(of_timm(WENT), rel=1e-12)
    assert known["timm, use_warmup"] == pytest.approx(of_timm(WENT, use_warmup=True), rel=1e-12)
    assert known["optax.ema"] == pytest.approx(of_optax(WENT), rel=1e-6)


def test_defaults_of_the_frameworks():
    keras, optax = from_keras.keras(), import_module("optax")
    default = [signature(make).parameters["weight_decay"].default for make in (
        torch.optim.AdamW, keras.optimizers.AdamW, optax.adamw)]
    assert default == [0.01, 0.004, 0.0001]
    assert signature(timm_s_ema()).parameters["decay"].default == 0.9999 and round(0.9999**600, 2) == 0.94
    assert callable(optax.contrib.schedule_free_eval_params)


def test_all_adamws_multiply_the_decay_by_the_rate():
    keras, optax, jnp = from_keras.keras(), import_module("optax"), import_module("jax.numpy")
    weight = keras.Variable(np.ones(1), dtype="float64")
    keras.optimizers.AdamW(learning_rate=0.1, weight_decay=0.5).apply([keras.ops.zeros(1, dtype="float64")], [weight])
    w = jnp.ones(1)
    made = optax.adamw(0.1, weight_decay=0.5)
    change, _ = made.update(jnp.zeros(1), made.init(w), w)
    assert float(weight.value.detach()[0]) == pytest.approx(0.95) and float(w[0] + change[0]) == pytest.approx(0.95)


def test_batch_norm_has_the_statistics_of_the_last_weights_until_update_bn():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    average, loader = AveragedModel(net), [torch.randn(50, 2) for _ in range(4)]
    for factor in (1.0, 9.0):
        with torch.no_grad():
            net[0].weight.mul_(factor)
        net(loader[0])
        average.update_parameters(net)
    copied = average.module[1].running_var.clone()
    assert copied.equal(net[1].running_var)                             # those of the last weights
    update_bn(loader, average)
    there = torch.cat([average.module[0](x) for x in loader]).var(0)
    fresh = average.module[1].running_var
    assert (fresh / there - 1).abs().max() < 0.1 and (copied / there - 1).abs().max() > 0.3
    plain = AveragedModel(torch.nn.Linear(2, 2))
    before = [p.clone() for p in plain.parameters()]
    update_bn(loader, plain)
    assert all(a.equal(b) for a, b in zip(before, plain.parameters()))


def test_clipping_decay_and_betas_leave_the_curve_alone():
    schedule = Schedule(warmup, schedule=Schedule(cosine, T_max=8), warmup_steps=2)

    def curve(clip, **how):
        w = torch.ones(1, requires_grad=True)
        optimizer = torch.optim.AdamW([w], lr=0.1, **how)
        scheduler, seen = ScheduleLR(optimizer, schedule), []
        for _ in range(10):
            w.grad = 40 * w.detach()
            if clip:
                torch.nn.utils.clip_grad_norm_([w], clip)
            seen.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        return seen, w.item()

    plain = curve(None, weight_decay=0.0)
    for other in (curve(1.0, weight_decay=0.0), curve(None, weight_decay=0.5), curve(None, weight_decay=0.0, betas=(0.5, 0.9))):
        assert other[0] == plain[0] and other[1] != plain[1]


def test_adam_does_not_see_a_factor_that_all_gradients_share():
    def walk(factor):
        w = torch.ones(1, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([w], lr=0.1, eps=0.0)
        for g in (4.0, -1.0, 2.0, 8.0):
            w.grad = torch.full_like(w, factor * g)
            optimizer.step()
        return w.item()

    assert walk(0.01) == pytest.approx(walk(1.0), rel=1e-12)


# -- answers as readers write them --------------------------------------------------------------------

def counted(T, n):
    return [sum(1 for s in range(T - n, T) if s >= t) / n for t in range(T)]


def with_numpy(T, n):
    return np.minimum(1, (T - np.arange(T)) / n)


def by_means(start, curvature, base_lr, beta, n):
    z, zs, seen = start, [], [start]
    for _ in range(n):
        z -= base_lr * curvature * ((1 - beta) * z + beta * seen[-1])
        zs.append(z)
        seen.append(sum(zs) / len(zs))
    return seen[1:]


def with_a_look(start, base_lr, decay, n, every):
    w, average = start, start
    for t in range(1, n + 1):
        w -= base_lr * w
        average += (1 - decay) * (w - average)
        if t % every == 0:
            kept, w = w, average
            w = kept
    return w, average


@pytest.mark.parametrize("exercise, answer", [
    (ex.still_there, lambda decay, n: (decay**n, list(accumulate((min(decay, (1 + k) / (10 + k)) for k in range(1, n + 1)),
                                                                 lambda a, b: a * b))[-1])),
    (ex.disguise, counted), (ex.disguise, with_numpy), (ex.write_schedule_free, by_means),
    (ex.what_is_left, lambda lrs, weight_decay: [prod(1 - lr * f * weight_decay for lr in lrs) for f in (1, 1 / max(lrs))]),
    (ex.find_the_bug, with_a_look),
])
def test_right_answers_written_otherwise(exercise, answer):
    assert exercise.check(answer).state == "right"


def test_the_code_as_found_is_not_started():
    assert ex.find_the_bug.check(ex.as_found).state == "not started yet"


def test_the_constant_rate_has_no_fall_without_a_mean():
    """With n = 1 nothing is averaged, and every update counts whole."""
    assert ex.factors(7, 1) == [Schedule(constant)(t) for t in range(7)]


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["still_there", "disguise", "write_schedule_free", "what_is_left", "find_the_bug"]
