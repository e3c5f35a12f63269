"""The exercises of the chapter on param groups: what they and the chapter say of the frameworks is held against them."""
import pytest
import torch
from torch.optim import SGD, Adam, AdamW, lr_scheduler

from lrlearn import Schedule, linear
from lrlearn.exercises import param_groups as ex
from lrlearn.pytorch import ScheduleLR
from tests.peers import from_keras, from_timm


def weight(value=1.0):
    return torch.nn.Parameter(torch.tensor([value], dtype=torch.float64))


def groups(*lrs, **more):
    return [{"params": [weight()], "lr": lr, **more} for lr in lrs]


def rates_at(optimizer, scheduler, updates):
    """The rates of all groups after so many updates."""
    for _ in range(updates):
        optimizer.step()
        scheduler.step()
    return [group["lr"] for group in optimizer.param_groups]


# -- the solutions are the field's ----------------------------------------------------------------

@pytest.mark.parametrize("n", [1, 3, 12])
def test_a_layers_rate_is_what_timms_scheduler_makes_of_its_scale(n):
    scaled = [{"params": [weight()], "lr_scale": 0.75 ** (n - 1 - i)} for i in range(n)]
    optimizer = SGD(scaled, lr=0.2)
    from_timm.schedulers()["CosineLRScheduler"](optimizer, t_initial=10)
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([ex.layer_rate(i, n, 0.2, 0.75) for i in range(n)])


def test_ulmfits_number_is_divided_by():
    assert ex.layer_rate(0, 3, 1.0, 1 / 2.6) == pytest.approx(1 / 2.6**2) == pytest.approx(ex.divided(0, 3, 1.0, 2.6))


def test_group_numbers_make_groups_that_torch_takes():
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = torch.nn.Sequential(*(torch.nn.Linear(2, 2) for _ in range(11)))
            self.scale, self.head = torch.nn.Parameter(torch.ones(1)), torch.nn.Linear(2, 2)

    names = [name for name, _ in Net().named_parameters()]
    prefixes = ["backbone.1", "head", "scale"]
    numbers = [ex.group_number(name, prefixes) for name in names]
    found = [{"params": [p for (_, p), k in zip(Net().named_parameters(), numbers) if k == i]} for i in range(4)]
    assert [len(group["params"]) for group in SGD(found, lr=0.1).param_groups] == [2, 2, 1, 20]
    assert [ex.half_a_name(name, prefixes) for name in names].count(0) == 4             # backbone.10, too
    assert {ex.group_number("model." + name, ["backbone"]) for name in names} == {1}    # lerobot's: the backbone's group is empty


def test_torch_tells_of_a_weight_in_two_groups_and_of_nothing_else():
    a, b = weight(), weight()
    with pytest.raises(ValueError, match="more than one parameter group"):
        SGD([{"params": [a, b]}, {"params": [b]}], lr=0.1)
    SGD([{"params": [a]}], lr=0.1)
    SGD([{"params": [a, b]}, {"params": []}], lr=0.1)
    assert SGD([{"params": [a], "lr_mult": 0.1}], lr=0.1).param_groups[0]["lr"] == 0.1


def test_the_rates_of_three_groups_are_torchs():
    names = dict(SGD=SGD, CosineAnnealingLR=lr_scheduler.CosineAnnealingLR)
    names.update({part: [weight()] for part in ("backbone", "neck", "head")})
    exec(ex.THREE, names)
    assert rates_at(names["optimizer"], names["scheduler"], 50) == pytest.approx(ex.rates())
    assert rates_at(names["optimizer"], names["scheduler"], 50) == pytest.approx([0.03] * 3)


def trained(kind, **hyper):
    """A weight after ten updates with gradients of 1, and its optimizer."""
    w = weight(5.0)
    optimizer = kind([w], lr=0.1, **hyper)
    for _ in range(10):
        pull(w, optimizer)
    return w, optimizer


def pull(w, optimizer, gradient=1.0, none=True, times=1):
    """Whether the weight moves in the last of so many updates."""
    for _ in range(times):
        before = w.item()
        optimizer.zero_grad(set_to_none=none)
        (gradient * w + weight()).sum().backward()
        optimizer.step()
    return "stays" if w.item() == before else "moves"


def test_six_words_are_torchs():
    frozen = weight().requires_grad_(False)
    optimizer = SGD([frozen], lr=0.1, weight_decay=0.1)
    found = [pull(frozen, optimizer)]
    w, optimizer = trained(AdamW, weight_decay=0.1)
    optimizer.param_groups[0]["lr"] = 0.0
    found.append(pull(w, optimizer))
    w, optimizer = trained(SGD, momentum=0.9)
    optimizer.param_groups[0]["lr"] = 0.0
    assert pull(w, optimizer, times=50) == "stays"
    optimizer.param_groups[0]["lr"] = 0.1
    found.append(pull(w, optimizer, gradient=0.0))
    for none in (False, True):
        w, optimizer = trained(SGD, momentum=0.9)
        w.requires_grad_(False)
        found.append(pull(w, optimizer, none=none))
    norm = torch.nn.BatchNorm1d(1).requires_grad_(False)
    before = norm.running_mean.item()
    norm(torch.full((4, 1), 5.0))
    found.append("stays" if norm.running_mean.item() == before else "moves")
    assert found == ex.what_happens()


def test_the_bug_and_its_mending_in_torch():
    def run(answer):
        optimizer = SGD(groups(0.01, 0.1), lr=0.1)
        for epoch in range(21):
            answer(optimizer.param_groups, 0.1, epoch)
        return [group["lr"] for group in optimizer.param_groups]

    assert run(ex.as_it_stands) == pytest.approx([0.001, 0.001]) and run(ex.adjust) == pytest.approx([0.0001, 0.001])
    optimizer = SGD(groups(0.01, 0.1), lr=0.1)
    step = lr_scheduler.StepLR(optimizer, 10, gamma=0.1)
    assert optimizer.param_groups[0]["initial_lr"] == 0.01 and rates_at(optimizer, step, 20) == pytest.approx(run(ex.adjust))


# -- what the chapter says ------------------------------------------------------------------------

def test_the_tiny_network_keeps_what_the_figure_says():
    """r h^2 - |b|^2 stays while the rates are small, so the schedule does not matter to the end."""
    def end(ratio, rate_at, updates):
        h, b, a = -0.5, 1.0, 0.0
        for t in range(updates):
            lr, e, f = rate_at(t), h * b - 1, h * a - 0.6
            h, b, a = h - lr * (e * b + f * a), b - ratio * lr * e * h, a - ratio * lr * f * h
        return h, b, a

    for ratio in (1.0, 0.3):
        start = ratio * 0.25 - 1
        ends = [end(ratio, at, 80000) for at in (lambda t: 1e-3, lambda t: 2e-3 * (1 - t / 80000), lambda t: 2e-3 * t / 80000)]
        for h, b, a in ends:
            assert ratio * h * h - b * b - a * a == pytest.approx(start, abs=2e-3)
            assert (h, b, a) == pytest.approx(ends[0], abs=2e-3) and h * b == pytest.approx(1, abs=1e-3)


def test_a_new_scheduler_behind_an_added_group():
    optimizer = SGD(groups(1.0), lr=1.0)
    rates_at(optimizer, ScheduleLR(optimizer, Schedule(linear, total_iters=10)), 4)
    optimizer.add_param_group({"params": [weight()], "lr": 0.5, "initial_lr": 0.5})
    behind = ScheduleLR(optimizer, Schedule(linear, total_iters=10), last_epoch=3)
    assert behind.get_last_lr() == pytest.approx([0.6, 0.3]) and rates_at(optimizer, behind, 2) == pytest.approx([0.4, 0.2])


@pytest.mark.parametrize("make, says", [
    (lambda o: lr_scheduler.LambdaLR(o, lambda t: 0.9**t), ValueError),
    (lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 9), ValueError),
    (lambda o: lr_scheduler.CyclicLR(o, 0.1, 1.0, 4, cycle_momentum=False), ValueError),
    (lambda o: lr_scheduler.OneCycleLR(o, 1.0, 12, cycle_momentum=False), KeyError),
    (lambda o: ScheduleLR(o, Schedule(linear, total_iters=9)), RuntimeError),
])
def test_closed_forms_stop_when_a_group_comes_later(make, says):
    optimizer = SGD(groups(1.0), lr=1.0)
    scheduler = make(optimizer)
    optimizer.add_param_group({"params": [weight()]})
    optimizer.step()
    with pytest.raises(says):
        scheduler.step()


def test_torchs_cosine_stops_only_after_its_first_wave():
    optimizer = SGD(groups(1.0), lr=1.0)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, 6)
    optimizer.add_param_group({"params": [weight()]})
    rates_at(optimizer, scheduler, 6)
    with pytest.raises(ValueError):
        scheduler.step()


def test_lambdas_and_peaks_are_one_for_each_group():
    for make in (lambda o: lr_scheduler.LambdaLR(o, [lambda t: 1.0]), lambda o: lr_scheduler.OneCycleLR(o, [1.0], 10)):
        with pytest.raises(ValueError, match="1"):
            make(SGD(groups(0.1, 0.2), lr=0.1, momentum=0.9))


@pytest.mark.parametrize("kind, same", [(SGD, "rate"), (Adam, "nothing")])
def test_a_loss_weight_is_a_rate_under_sgd_and_nothing_under_adam(kind, same):
    def path(times=1.0, lr=0.01):
        w = weight()
        optimizer = kind([w], lr=lr)
        for _ in range(20):
            optimizer.zero_grad()
            (times * w**2).sum().backward()
            optimizer.step()
        return w.item()

    assert path(times=10) == pytest.approx(path(lr=0.1) if same == "rate" else path(), rel=1e-6)
    assert path(times=10) != pytest.approx(path() if same == "rate" else path(lr=0.1), rel=1e-2)


def test_only_timms_schedulers_read_its_scale():
    optimizer = SGD([{"params": [weight()], "lr_scale": s} for s in (0.25, 1.0)], lr=1.0)
    assert rates_at(optimizer, lr_scheduler.CosineAnnealingLR(optimizer, 4), 2) == pytest.approx([0.5, 0.5])
    from_timm.schedulers()["CosineLRScheduler"](optimizer, t_initial=4).step(2)
    assert [group["lr"] for group in optimizer.param_groups] != pytest.approx([0.5, 0.5])


def test_transformers_makes_one_factor_of_an_absolute_end():
    import transformers

    optimizer = SGD(groups(0.001, 0.1), lr=0.1)
    scheduler = transformers.get_polynomial_decay_schedule_with_warmup(optimizer, 0, 10, lr_end=0.01)
    assert rates_at(optimizer, scheduler, 10) == pytest.approx([1e-4, 0.01])
    optimizer = SGD(groups(0.001, 0.1), lr=0.1)
    scheduler = transformers.get_cosine_with_min_lr_schedule_with_warmup(optimizer, 0, 10, min_lr=0.01)
    assert rates_at(optimizer, scheduler, 10) == pytest.approx([1e-4, 0.01])


def test_optax_has_labels():
    import jax.numpy as jnp
    import optax

    labels, ones = {"a": "backbone", "b": "head", "c": "frozen"}, {name: jnp.ones(1) for name in "abc"}
    rules = {"backbone": optax.sgd(optax.linear_schedule(0.01, 0.0, 4)), "head": optax.sgd(0.1), "frozen": optax.set_to_zero()}
    both = optax.multi_transform(rules, labels)
    state, seen = both.init(ones), []
    for _ in range(3):
        moves, state = both.update(ones, state, ones)
        seen.append([float(moves[name][0]) for name in "abc"])
    assert [row[0] for row in seen] == pytest.approx([-0.01, -0.0075, -0.005]) and seen[2][1:] == pytest.approx([-0.1, 0.0])
    with pytest.raises(ValueError, match="no corresponding transformation"):
        optax.multi_transform({"head": optax.sgd(0.1)}, labels).init(ones)
    masked = optax.masked(optax.sgd(0.1), {"a": False, "b": True, "c": False})
    moves, _ = masked.update(ones, masked.init(ones), ones)
    assert [float(moves[name][0]) for name in "ab"] == pytest.approx([1.0, -0.1])       # the gradient itself, upwards


@pytest.mark.parametrize("pattern, moved", [("backbone/.*", -0.1), (".*backbone/.*", -0.01)])
def test_keras_takes_the_default_where_a_pattern_fits_nothing(pattern, moved):
    from_keras.rates("keras.optimizers.schedules.CosineDecay(1.0, 4)", 1)               # chooses the torch backend
    import keras

    layers = [keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", name=name) for name in ("backbone", "head")]
    model = keras.Sequential([keras.Input((1,)), *layers], name="sequential")
    variables = model.trainable_variables
    assert variables[0].path == "sequential/backbone/kernel"
    rules = keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.1), {pattern: keras.optimizers.SGD(0.01)})
    optimizer = keras.optimizers.MultiOptimizer(rules)
    optimizer.build(variables)
    optimizer.apply([keras.ops.ones((1, 1)) for _ in variables], variables)
    found = [float(keras.ops.convert_to_numpy(v.value)[0, 0]) - 1 for v in variables]
    assert found == pytest.approx([moved, -0.1], abs=1e-6)


# -- answers as readers write them ----------------------------------------------------------------

def from_above(layer, layers, base_lr, xi):
    for _ in range(layer + 1, layers):
        base_lr *= xi
    return base_lr


def with_parts(name, prefixes):
    for k, prefix in enumerate(prefixes):
        parts = prefix.split(".")
        if name.split(".")[:len(parts)] == parts:
            return k
    return len(prefixes)


def notes_the_start(groups, lr, epoch):
    if epoch == 0:
        for group in groups:
            group["start"] = group["lr"]
    for group in groups:
        group["lr"] = group["start"] * 10 ** -(epoch // 10)


def cuts_at_the_tens(groups, lr, epoch):
    if epoch and epoch % 10 == 0:
        for group in groups:
            group["lr"] *= 0.1


def proportions(groups, lr, epoch):
    share = lr * 0.1 ** (epoch // 10) / max(group["lr"] for group in groups)
    for group in groups:
        group["lr"] *= share


def the_longest(name, prefixes):
    fits = [k for k, prefix in enumerate(prefixes) if (name + ".").startswith(prefix + ".")]
    return max(fits, key=lambda k: len(prefixes[k]), default=len(prefixes))


WORDS = ["stays", "stays", "moves", "moves", "stays", "moves"]


@pytest.mark.parametrize("exercise, answer, state, mistake", [
    (ex.the_rate_of_a_layer, from_above, "right", None),
    (ex.the_rate_of_a_layer, lambda layer, n, b, xi: b * xi ** (n - layer), "not yet", "one share too many"),
    (ex.the_rate_of_a_layer, lambda layer, n, b, xi: b / 2.6 ** (n - 1 - layer), "not yet", None),
    (ex.nobody_lost, with_parts, "right", None),
    (ex.nobody_lost, lambda name, prefixes: 0, "not yet", "into the first"),
    (ex.nobody_lost, the_longest, "not yet", None),
    (ex.nobody_lost, lambda name, prefixes: [name.startswith(p) for p in prefixes].index(True), "not yet", None),
    (ex.three_groups, [0.02, 0.065, 0.265], "right", None), (ex.three_groups, (0.02, 0.065, 0.265), "right", None),
    (ex.three_groups, [0.005, 0.05, 0.25], "not yet", "no floor"), (ex.three_groups, [0.02, 0.065], "not yet", None),
    (ex.frozen_or_zero, WORDS, "right", None), (ex.frozen_or_zero, [word.upper() for word in WORDS], "right", None),
    (ex.frozen_or_zero, WORDS[:5] + ["stays"], "not yet", "the mean is a weight"),
    (ex.find_the_bug, notes_the_start, "right", None), (ex.find_the_bug, cuts_at_the_tens, "right", None),
    (ex.find_the_bug, ex.as_it_stands, "not started yet", None),
    (ex.find_the_bug, proportions, "not yet", None),
])
def test_typical_answers(exercise, answer, state, mistake):
    outcome = exercise.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["the_rate_of_a_layer", "nobody_lost", "three_groups", "frozen_or_zero", "find_the_bug"]
