"""LARS and LAMB of optax, timm, Keras and fastai: where each is the paper's, and where it parts, as the chapter's table says.

tests/labs/test_optimizers.py holds timm's Lars (at a rate that stands still) and Lamb (with everything extra switched off).
"""
from importlib import import_module
from inspect import signature

import pytest
import torch

from lrlearn.labs.beyond_torch import LAMB, LARS
from tests.peers import frameworks, from_keras

pytestmark = pytest.mark.usefixtures("double")
SHAPES = (4,), (2, 3)


def drawn(seed):
    numbers = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=numbers, dtype=torch.float64) for shape in SHAPES]


def follow(make, rates, gradients, start=None):
    """The weights after updates at these rates, a torch optimizer or a function that makes one of (weights, lr)."""
    weights = [w.clone().requires_grad_() for w in start or drawn(0)]
    optimizer = make(weights, rates[0])
    for lr, now in zip(rates, gradients):
        for group in getattr(optimizer, "param_groups", []):
            group["lr"] = lr
        for w, g in zip(weights, now):
            w.grad = g.clone()
        optimizer.step()
    return [w.detach() for w in weights]


def with_optax(transform, gradients, start=None):
    """The weights after these updates of an optax optimizer, in double precision."""
    jax = import_module("jax")
    with jax.enable_x64(True):
        w = [jax.numpy.asarray(x.numpy()) for x in start or drawn(0)]
        state = transform.init(w)
        for now in gradients:
            change, state = transform.update([jax.numpy.asarray(g.numpy()) for g in now], state, w)
            w = [a + b for a, b in zip(w, change)]
        return [torch.tensor(x.tolist()) for x in w]


def with_keras(optimizer, gradients):
    keras = from_keras.keras()
    weights = [keras.Variable(w.numpy(), dtype="float64") for w in drawn(0)]
    for now in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(g.numpy()) for g in now], weights)
    return [torch.tensor(keras.ops.convert_to_numpy(w)) for w in weights]


def apart(one, other):
    return max((a - b).abs().max().item() for a, b in zip(one, other, strict=True))


def timm(name):
    with frameworks.alone("timm", models={"group_parameters": None}):       # its models need a torchvision
        return getattr(import_module("timm.optim"), name)


STREAM = [drawn(seed) for seed in range(1, 13)]
STILL, FALLING = [0.5] * 12, [0.5 * (1 - t / 12) for t in range(12)]


# -- LARS --------------------------------------------------------------------------------------------


def optax_lars(rates, **how):
    optax = import_module("optax")
    jnp = import_module("jax.numpy")
    return optax.lars(lambda t: jnp.asarray(rates)[t], **how)


@pytest.mark.parametrize("rates", [STILL, FALLING], ids=["still", "falling"])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_lars_is_optax_s_without_weight_decay(rates, momentum):
    """At a rate that changes, too: the rate goes into the momentum, as in the paper."""
    theirs = with_optax(optax_lars(rates, trust_coefficient=0.1, momentum=momentum), STREAM)
    ours = follow(lambda w, lr: LARS(w, lr, trust=0.1, momentum=momentum), rates, STREAM)
    assert apart(ours, theirs) < 1e-6            # the table of rates is single precision
    timms = follow(lambda w, lr: timm("Lars")(w, lr, trust_coeff=0.1, momentum=momentum, eps=0, always_adapt=True), rates, STREAM)
    assert (apart(ours, timms) < 1e-12) == (rates is STILL or momentum == 0)    # timm's momentum does not know of the rate


def test_with_weight_decay_optax_takes_the_length_of_both_together():
    how = {"trust_coefficient": 0.1, "momentum": 0.0, "weight_decay": 0.3}
    w, g = drawn(0), drawn(1)
    paper, optaxs = [], []
    for x, y in zip(w, g):
        d = y + 0.3 * x
        paper.append(x - 0.5 * 0.1 * x.norm() / (y.norm() + 0.3 * x.norm()) * d)
        optaxs.append(x - 0.5 * 0.1 * x.norm() / d.norm() * d)
    assert apart(with_optax(optax_lars([0.5], **how), [g]), optaxs) < 1e-9
    ours = follow(lambda p, lr: LARS(p, lr, trust=0.1, momentum=0.0, weight_decay=0.3), [0.5], [g])
    assert apart(ours, paper) < 1e-15 and apart(paper, optaxs) > 1e-3
    along = with_optax(optax_lars([0.5], **how), [w])       # a gradient along the weights: there they agree
    assert apart(follow(lambda p, lr: LARS(p, lr, trust=0.1, momentum=0.0, weight_decay=0.3), [0.5], [w]), along) < 1e-9


def test_after_a_drop_to_zero_timm_stands_still_and_the_paper_s_form_rolls_on():
    rates = [0.5] * 3 + [0.0]
    how = {"momentum": 0.9, "eps": 0, "always_adapt": True}
    ours, rolled = (follow(lambda w, lr: LARS(w, lr, trust=0.1), rates[:n], STREAM) for n in (3, 4))
    timms, stood = (follow(lambda w, lr: timm("Lars")(w, lr, trust_coeff=0.1, **how), rates[:n], STREAM) for n in (3, 4))
    assert apart(ours, timms) < 1e-12 and apart(timms, stood) == 0 and apart(ours, rolled) > 1e-3


@pytest.mark.parametrize("name, plain", [("Lars", torch.optim.SGD), ("Lamb", torch.optim.Adam)])
def test_timm_leaves_the_ratio_out_without_weight_decay(name, plain):
    extra = {"eps": 1e-6, "max_grad_norm": None} if name == "Lamb" else {}
    theirs = follow(lambda w, lr: timm(name)(w, lr, weight_decay=0.0, **extra), FALLING, STREAM)
    assert apart(theirs, follow(lambda w, lr: plain(w, lr, **({"eps": 1e-6} if extra else {})), FALLING, STREAM)) < 1e-12
    adapted = follow(lambda w, lr: timm(name)(w, lr, weight_decay=0.0, always_adapt=True, **extra), FALLING, STREAM)
    assert apart(theirs, adapted) > 0.1


def test_fastai_s_larc_may_only_lower_the_rate_and_decays_beforehand():
    make = import_module("fastai.optimizer").Larc
    w, g = [0.85 * x for x in drawn(0)], STREAM[0]           # 1 - 0.5 * 0.3; the ratio is taken of these shorter weights
    for clip, trust in ((False, 0.1), (False, 10.0), (True, 0.1), (True, 10.0)):
        local = [0.5 * trust * x.norm() / (y.norm() + 0.3 * x.norm()) for x, y in zip(w, g)]
        wanted = [x - (min(0.5, s) if clip else s) * y for x, s, y in zip(w, local, g)]
        theirs = follow(lambda p, lr: make(p, lr, mom=0.0, wd=0.3, trust_coeff=trust, clip=clip), [0.5], [g])
        assert apart(theirs, wanted) < 1e-6
    assert signature(make).parameters["clip"].default is True


# -- LAMB --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_lamb_is_optax_s(decay):
    optax, jnp = import_module("optax"), import_module("jax.numpy")
    theirs = with_optax(optax.lamb(lambda t: jnp.asarray(FALLING)[t], b1=0.8, b2=0.97, eps=1e-6, weight_decay=decay), STREAM)
    assert apart(follow(lambda w, lr: LAMB(w, lr, betas=(0.8, 0.97), weight_decay=decay), FALLING, STREAM), theirs) < 1e-6


def test_timm_s_lamb_clips_all_gradients_to_length_one():
    long = [[100 * g for g in now] for now in STREAM]
    size = [torch.cat([g.flatten() for g in now]).norm() for now in long]
    clipped = [[g / n for g in now] for now, n in zip(long, size)]
    theirs = follow(lambda w, lr: timm("Lamb")(w, lr, weight_decay=0.01), FALLING, long)
    assert apart(theirs, follow(lambda w, lr: LAMB(w, lr), FALLING, clipped)) < 1e-12
    assert apart(theirs, follow(lambda w, lr: LAMB(w, lr), FALLING, long)) > 1e-3


def test_keras_lamb_decays_beforehand_and_outside_the_ratio():
    make = from_keras.keras().optimizers.Lamb
    how = {"beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-6}
    ours = follow(lambda w, lr: LAMB(w, lr, betas=(0.8, 0.97), weight_decay=0.0), STILL[:5], STREAM)
    assert apart(with_keras(make(0.5, **how), STREAM[:5]), ours) < 1e-6
    w, g = [0.85 * x for x in drawn(0)], STREAM[0]           # 1 - 0.5 * 0.3
    beforehand = follow(lambda p, lr: LAMB(p, lr, betas=(0.8, 0.97), weight_decay=0.0), [0.5], [g], start=w)
    inside = follow(lambda p, lr: LAMB(p, lr, betas=(0.8, 0.97), weight_decay=0.3), [0.5], [g])
    theirs = with_keras(make(0.5, weight_decay=0.3, **how), [g])
    assert apart(theirs, beforehand) < 1e-6 and apart(theirs, inside) > 1e-3


def test_fastai_s_lamb_has_a_ratio_of_ten_at_most():
    make = import_module("fastai.optimizer").Lamb
    for long, share in ((1.0, None), (100.0, 10)):
        w = [long * x for x in drawn(0)]
        theirs = follow(lambda p, lr: make(p, lr, sqr_mom=0.97, mom=0.8, eps=1e-6), [0.01], STREAM, start=w)
        ours = follow(lambda p, lr: LAMB(p, lr, betas=(0.8, 0.97), weight_decay=0.0), [0.01], STREAM, start=w)
        if share is None:
            assert apart(theirs, ours) < 1e-7
        else:                                # at the first update Adam's direction is the sign
            wanted = [x - 0.01 * share * g.sign() for x, g in zip(w, STREAM[0])]
            assert apart(theirs, wanted) < 1e-5 and apart(theirs, ours) > 0.1


def test_fastai_s_lamb_decays_beforehand_and_forgets_sooner():
    make = import_module("fastai.optimizer").Lamb
    assert signature(make).parameters["sqr_mom"].default == 0.99
    theirs = follow(lambda p, lr: make(p, lr, eps=1e-6, wd=0.3), [0.5], STREAM)
    w = [0.85 * x for x in drawn(0)]
    ours = follow(lambda p, lr: LAMB(p, lr, betas=(0.9, 0.99), weight_decay=0.0), [0.5], STREAM, start=w)
    assert apart(theirs, ours) < 1e-6


def test_a_bias_at_zero_has_the_ratio_one_and_then_a_tiny_one_but_fastai_s_larc_never_moves_it():
    zero, g = [torch.zeros(4), torch.zeros(2, 3)], STREAM[0]
    full = [-0.5 * x for x in g]
    assert apart(follow(lambda w, lr: LARS(w, lr, trust=0.001, momentum=0.0), [0.5], [g], start=zero), full) < 1e-15
    timms = follow(lambda w, lr: timm("Lars")(w, lr, trust_coeff=0.001, always_adapt=True), [0.5], [g], start=zero)
    assert apart(timms, full) < 1e-15
    assert apart(with_optax(optax_lars([0.5], momentum=0.0), [g], start=zero), full) < 1e-9
    larc = import_module("fastai.optimizer").Larc
    assert apart(follow(lambda w, lr: larc(w, lr, clip=False), [0.5] * 12, STREAM, start=zero), zero) == 0
    once, twice = (follow(lambda w, lr: LARS(w, lr, trust=0.001, momentum=0.0), [0.5] * n, [g] * n, start=zero) for n in (1, 2))
    for a, b in zip(once, twice):
        assert (b - a).norm() < 0.00051 * a.norm()
