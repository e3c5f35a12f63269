"""The readable optimizers: torch's eight against torch, the other five against the field, hand-made steps and identities."""
import copy
import io
from importlib import import_module
from inspect import getdoc, signature

import mpmath
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lrlearn import Schedule, constant, cosine, inverse_time_decay, warmup
from lrlearn.labs import beyond_torch, optimizers
from lrlearn.labs.beyond_torch import LAMB, LARS, SAM, Lookahead, ScheduleFreeSGD, Wrapper
from lrlearn.labs.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, Adamax, NAdam, Readable, RMSprop
from lrlearn.pytorch import ScheduleLR
from tests.peers import frameworks

CLOSE = 1e-10
SHAPES = (), (3,), (2, 4), (1, 3, 2)
EIGHT = SGD, Adadelta, Adagrad, Adam, AdamW, Adamax, NAdam, RMSprop
MAKERS = {
    **{kind.__name__: kind for kind in EIGHT + (LARS, LAMB, ScheduleFreeSGD)},
    "Lookahead": lambda params, lr: Lookahead(Adam(params, lr), k=3),
    "Lookahead of torch's": lambda params, lr: Lookahead(torch.optim.Adam(params, lr), k=3),
    "SAM": lambda params, lr: SAM(SGD(params, lr, momentum=0.9)),
    "SAM of torch's": lambda params, lr: SAM(torch.optim.SGD(params, lr, momentum=0.9)),
}
HILLS = Schedule(warmup, schedule=Schedule(cosine, T_max=60, eta_min=1e-4), warmup_steps=20)
each = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
# torch keeps NAdam's product of momenta in the default type; see test_torch_keeps_nadam_s_product_in_single.
pytestmark = pytest.mark.usefixtures("double")


def drawn(seed, scale=1.0, dtype=torch.float64):
    """Random numbers of every shape; weights get their gradients from elsewhere."""
    numbers = torch.Generator().manual_seed(seed)
    return [scale * torch.randn(shape, generator=numbers, dtype=dtype) for shape in SHAPES]


def weights(seed=0, **how):
    return [w.requires_grad_() for w in drawn(seed, **how)]


def follow(optimizer, gradients, schedule=HILLS):
    """Update once for each list of gradients, an lr from the schedule each time; the weights after each update."""
    w, path = [w for group in optimizer.param_groups for w in group["params"]], []
    scheduler = ScheduleLR(optimizer, schedule)

    def closure():                          # SAM asks twice
        for parameter, gradient in zip(w, now):
            parameter.grad = gradient.clone()
        return 0.0

    for now in gradients:
        closure()
        optimizer.step(closure)
        scheduler.step()
        path.append([parameter.detach().clone() for parameter in w])
    return path


def gap(one, other):
    """The largest difference between two paths, inf where one of them is not finite."""
    apart = [(a - b).abs().max() for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True)]
    return torch.stack(apart).max().nan_to_num(nan=float("inf")).item()


def stream(kind, seed, steps=200, scale=1.0):
    """random: new gradients each time; constant: the same; rare: mostly none, so that denominators rest on eps."""
    if kind == "constant":
        return [drawn(seed, scale)] * steps
    return [drawn(seed + t, scale if kind == "random" or t % 7 == 3 else 0.0) for t in range(steps)]


shares = st.floats(0.0, 0.99)
COMMON = {"lr": st.floats(1e-4, 0.5), "weight_decay": st.just(0.0) | st.floats(1e-4, 0.1)}
EPS = {"eps": st.floats(1e-10, 1e-2)}
BETAS = {"betas": st.tuples(shares, st.floats(0.5, 0.9999))}
CHOICES = {
    SGD: {"momentum": st.floats(0.01, 0.95), "nesterov": st.booleans()},
    Adagrad: EPS,
    RMSprop: {**EPS, "alpha": st.floats(0.5, 0.99), "momentum": shares},
    Adadelta: {**EPS, "rho": shares, "lr": st.floats(1e-2, 2.0)},
    Adam: {**EPS, **BETAS},
    AdamW: {**EPS, **BETAS},
    Adamax: {**EPS, **BETAS},
    NAdam: {**EPS, **BETAS, "momentum_decay": st.floats(0.0, 0.1)},
}


def against_torch(kind, gradients, hyper, schedule=HILLS):
    """The largest difference from torch's class, relative to weights beyond 1: g / eps may carry them to 1e7 and farther."""
    ours = follow(kind(weights(), **hyper), gradients, schedule)
    theirs = follow(getattr(torch.optim, kind.__name__)(weights(), **hyper), gradients, schedule)
    return gap(ours, theirs) / max(1.0, gap(theirs, [drawn(0, scale=0.0)] * len(theirs)))


@pytest.mark.parametrize("kind", EIGHT)
@pytest.mark.parametrize("gradients", ["random", "constant", "rare"])
def test_the_defaults_are_torch_s(kind, gradients):
    assert against_torch(kind, stream(gradients, 5), {}) <= CLOSE
    theirs = signature(getattr(torch.optim, kind.__name__)).parameters
    for name, parameter in signature(kind).parameters.items():
        assert parameter.default == theirs[name].default, name


@pytest.mark.parametrize("kind", EIGHT)
@settings(max_examples=12)
@given(data=st.data(), gradients=st.sampled_from(["random", "constant", "rare"]), scale=st.sampled_from([1e-3, 1.0, 30.0]))
def test_any_hyperparameters_are_torch_s(kind, data, gradients, scale):
    hyper = {name: data.draw(values, name) for name, values in {**COMMON, **CHOICES[kind]}.items()}
    if kind not in (SGD, AdamW) and (gradients != "random" or scale < 1):
        hyper["weight_decay"] = 0.0         # else g + weight_decay * w comes to rest at zero, and g / |g| makes steps of rounding
    assert against_torch(kind, stream(gradients, 11, scale=scale), hyper) <= CLOSE


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=pytest.mark.since_torch_2_13) if kind is Adagrad else kind for kind in EIGHT])
def test_param_groups_and_missing_gradients_are_torch_s(kind):
    def path(kind):
        a, b, c, idle = weights(1)
        groups = [{"params": [a, idle], "lr": 0.02}, {"params": [b], "weight_decay": 0.3}]
        optimizer = kind(groups, lr=0.01, weight_decay=0.1)
        optimizer.add_param_group({"params": c, "lr": 0.05})
        scheduler, steps = ScheduleLR(optimizer, HILLS), []
        for t, now in enumerate(stream("random", 3, steps=40)):
            a.grad, b.grad, c.grad = now[0], None if t % 3 == 1 else now[1], now[2]     # idle never has one
            optimizer.step()
            scheduler.step()
            steps.append([w.detach().clone() for w in (a, b, c, idle)])
        return steps

    ours = path(kind)
    assert gap(ours, path(getattr(torch.optim, kind.__name__))) <= CLOSE
    assert all(torch.equal(step[3], weights(1)[3]) for step in ours)


def test_torch_keeps_nadam_s_product_in_single():
    torch.set_default_dtype(torch.float32)
    far = against_torch(NAdam, stream("random", 5), {"lr": 0.1}, Schedule(constant))
    assert 1e-10 < far < 1e-6


def test_torch_s_lr_decay_is_a_schedule():
    gradients, falling = stream("random", 5), Schedule(inverse_time_decay, decay_rate=0.03)
    theirs = follow(torch.optim.Adagrad(weights(), lr=0.1, lr_decay=0.03), gradients, Schedule(constant))
    assert gap(follow(Adagrad(weights(), lr=0.1), gradients, falling), theirs) <= CLOSE


@each
def test_a_scheduler_drives_it(make):
    gradients = stream("random", 2, steps=100)
    path = follow(make(weights(), lr=0.01), gradients)
    assert gap(path, follow(make(weights(), lr=0.01), gradients, Schedule(constant))) > 1e-4
    still = follow(make(weights(), lr=0.01), gradients[:5], Schedule(constant_zero))
    assert gap(still, [weights()] * 5) <= 1e-15


def constant_zero(t, base_lr):
    return 0.0 * base_lr


@each
def test_saved_and_loaded_it_goes_on(make):
    gradients = stream("random", 2, steps=23)
    optimizer = make(weights(), lr=0.01)
    whole = follow(optimizer, gradients, Schedule(constant))

    first = make(weights(), lr=0.01)
    half = follow(first, gradients[:11], Schedule(constant))[-1]
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    other = make([w.clone().requires_grad_() for w in half], lr=0.5)
    other.load_state_dict(torch.load(file))
    assert other.param_groups[0]["lr"] == 0.01
    copied = copy.deepcopy(first)
    for again in (other, copied):
        assert gap(follow(again, gradients[11:], Schedule(constant)), whole[11:]) == 0.0


@each
def test_it_goes_down_a_bowl(make):
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = make([w], lr=0.1)

    def closure():
        assert torch.is_grad_enabled()
        optimizer.zero_grad()
        loss = (torch.tensor([1.0, 3.0]) * w**2).sum() / 2
        loss.backward()
        return loss

    losses = [optimizer.step(closure).item() for _ in range(300)]
    assert losses[0] == 6.5 and losses[-1] < losses[0]


def timm(name):
    with frameworks.alone("timm", models={"group_parameters": None}):       # its models need a torchvision
        return getattr(import_module("timm.optim"), name)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_lars_is_timm_s_while_the_rate_stands_still(momentum):
    how = {"lr": 0.7, "momentum": momentum, "weight_decay": 0.01}
    theirs = follow(timm("Lars")(weights(), trust_coeff=0.02, eps=0, **how), stream("random", 4), Schedule(constant))
    assert gap(follow(LARS(weights(), trust=0.02, **how), stream("random", 4), Schedule(constant)), theirs) <= CLOSE


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_lamb_is_timm_s(decay):
    how = {"lr": 0.02, "betas": (0.8, 0.97), "eps": 1e-6, "weight_decay": decay}
    theirs = timm("Lamb")(weights(), max_grad_norm=None, always_adapt=True, **how)
    assert gap(follow(LAMB(weights(), **how), stream("random", 4)), follow(theirs, stream("random", 4))) <= CLOSE


def test_lookahead_is_timm_s():
    def theirs():
        return timm("Lookahead")(torch.optim.Adam(weights(), lr=0.01), k=4, alpha=0.3)

    # timm's first slow weights are those at the first slow step, the paper's those at the start: begin where both are one.
    gradients = [[torch.zeros(shape) for shape in SHAPES]] * 4 + stream("random", 4)
    ours = follow(Lookahead(Adam(weights(), lr=0.01), k=4, alpha=0.3), gradients)
    assert gap(ours, follow(theirs(), gradients)) <= CLOSE


def test_lars_by_hand():
    """Two steps with fifty digits."""
    lr, trust, momentum, decay = mpmath.mpf(2), mpmath.mpf("0.1"), mpmath.mpf("0.5"), mpmath.mpf("0.25")
    w, v, g = mpmath.matrix([3, 4]), mpmath.matrix([0, 0]), mpmath.matrix([0, 12])
    for rate in (lr, lr / 2):
        local = trust * mpmath.norm(w) / (mpmath.norm(g) + decay * mpmath.norm(w))
        v = momentum * v + rate * local * (g + decay * w)
        w = w - v
    ours = torch.tensor([3.0, 4.0], requires_grad=True)
    optimizer = LARS([ours], lr=2.0, trust=0.1, momentum=0.5, weight_decay=0.25)
    for rate in (2.0, 1.0):
        optimizer.param_groups[0]["lr"] = rate
        ours.grad = torch.tensor([0.0, 12.0])
        optimizer.step()
    assert ours.tolist() == pytest.approx([float(x) for x in w], abs=1e-14)


@settings(max_examples=20)
@given(st.floats(1e-3, 1e3), st.floats(0.0, 0.9))
def test_lars_does_not_see_scale(scale, momentum):
    """The size of gradients alone changes nothing; of weights and gradients together, the unit of the path."""
    gradients = stream("random", 8, steps=30)
    larger = [[scale * g for g in now] for now in gradients]
    path = follow(LARS(weights(), lr=1.0, trust=0.05, momentum=momentum), gradients)
    assert gap(path, follow(LARS(weights(), lr=1.0, trust=0.05, momentum=momentum), larger)) <= CLOSE
    how = {"lr": 1.0, "trust": 0.05, "momentum": momentum, "weight_decay": 0.3}
    path = follow(LARS(weights(), **how), gradients)
    scaled = follow(LARS(weights(scale=scale), **how), larger)
    assert gap(path, [[w / scale for w in step] for step in scaled]) <= CLOSE


@pytest.mark.parametrize("kind, hyper", [(LARS, {"trust": 1.0, "momentum": 0}), (LAMB, {"weight_decay": 0})])
def test_an_update_is_a_share_of_the_layer_s_length(kind, hyper):
    before, w = drawn(6), weights(6)
    follow(kind(w, lr=0.125, **hyper), [drawn(7, scale=50.0)], Schedule(constant))
    for old, new in zip(before, w):
        assert (new - old).norm().item() == pytest.approx(0.125 * old.norm().item(), rel=1e-12)


def test_lamb_with_a_ratio_of_one_is_adamw():
    """Weights of length zero, or of the length of the update, have the ratio 1."""
    def zeros():
        return [torch.zeros(shape, requires_grad=True) for shape in SHAPES]

    def ones():
        return [torch.ones(shape, requires_grad=True) for shape in SHAPES]

    how = {"lr": 0.1, "weight_decay": 0.0, "eps": 1e-8}
    gradients = [[torch.ones(shape) for shape in SHAPES]]
    for start in (zeros, ones):
        assert gap(follow(LAMB(start(), **how), gradients, Schedule(constant)),
                   follow(torch.optim.AdamW(start(), **how), gradients, Schedule(constant))) <= 2e-9      # eps is in the length
    # Over 100 steps: let AdamW's rate be LAMB's times the ratio that these weights and updates have.
    ours, theirs = weights(3), weights(3)
    lamb, one = LAMB(ours, lr=0.1, weight_decay=0.2, eps=1e-8), []
    adamw = torch.optim.AdamW([{"params": [w]} for w in theirs], lr=0.1, weight_decay=0.2)
    shadow = AdamW([{"params": [w.detach().clone().requires_grad_()]} for w in theirs], lr=1.0, weight_decay=0.2)
    for now in stream("random", 9, steps=100):
        for group, mirror, a, b, g in zip(adamw.param_groups, shadow.param_groups, ours, theirs, now):
            mirror["params"][0].data.copy_(b.data)
            a.grad, b.grad, mirror["params"][0].grad = g.clone(), g.clone(), g.clone()
        shadow.step()                       # with lr = 1 it moves by the update itself
        for group, mirror, b in zip(adamw.param_groups, shadow.param_groups, theirs):
            group["lr"] = 0.1 * (b.norm() / (mirror["params"][0] - b).norm()).item()
            one.append(group["lr"])
        lamb.step()
        adamw.step()
    assert gap([ours], [theirs]) <= CLOSE and len(set(one)) > 100


def test_lookahead_that_goes_all_the_way_each_time_is_its_inner_optimizer():
    gradients = stream("random", 1, steps=50)
    path = follow(AdamW(weights(), lr=0.02), gradients)
    assert gap(follow(Lookahead(AdamW(weights(), lr=0.02), k=1, alpha=1), gradients), path) <= 1e-14
    assert gap(follow(Lookahead(AdamW(weights(), lr=0.02), k=7, alpha=1.0), gradients), path) <= 1e-13
    stays = follow(Lookahead(AdamW(weights(), lr=0.02), k=5, alpha=0), gradients)
    assert all(gap([step], [weights()]) == 0.0 for step in stays[4::5]) and gap([stays[3]], [weights()]) > 0


def test_lookahead_by_hand():
    w = torch.tensor([10.0], requires_grad=True)
    optimizer, path = Lookahead(SGD([w], lr=1.0, momentum=0.5), k=2, alpha=0.25), []
    for g in (1.0, 2.0, 4.0, 8.0):
        w.grad = torch.tensor([g])
        optimizer.step()
        path.append(w.item())
    # v = 1, 2.5, 5.25, 10.625; slow = 10 -> 10 - 3.5/4 = 9.125 -> 9.125 - 15.875/4
    assert path == [9.0, 9.125, 3.875, 5.15625]


def bowl(optimizer, w, curvature):
    """A closure: clears the gradients and computes new ones."""
    def closure():
        optimizer.zero_grad()
        loss = sum((curvature * x**2).sum() / 2 + x.sum() for x in w)
        loss.backward()
        return loss
    return closure


def test_sam_with_no_way_uphill_is_its_inner_optimizer():
    paths = []
    for make in (lambda w: SAM(SGD(w, lr=0.1, momentum=0.9), rho=0.0), lambda w: torch.optim.SGD(w, lr=0.1, momentum=0.9)):
        w = weights(2)
        optimizer, path = make(w), []
        for _ in range(50):
            optimizer.step(bowl(optimizer, w, 1.5))
            path.append([x.detach().clone() for x in w])
        paths.append(path)
    assert gap(*paths) <= 1e-14


def test_sam_by_hand():
    """In a bowl, the gradient at w + rho * g / |g| is g * (1 + curvature * rho / |g|), with the norm of all layers together."""
    w, rho, lr = weights(2), 0.3, 0.05
    plain = [x.detach().clone() for x in w]
    optimizer = SAM(SGD(w, lr=lr), rho=rho)
    for _ in range(30):
        optimizer.step(bowl(optimizer, w, 1.5))
        g = [1.5 * x + 1 for x in plain]
        length = sum((x**2).sum().item() for x in g) ** 0.5
        plain = [x - lr * y * (1 + 1.5 * rho / length) for x, y in zip(plain, g)]
    assert gap([w], [plain]) <= 1e-13


def test_sam_at_the_bottom_stays():
    w = [torch.zeros(3, requires_grad=True)]
    optimizer = SAM(SGD(w, lr=0.1))
    optimizer.step(lambda: (w[0] ** 2).sum().backward())
    assert w[0].tolist() == [0.0, 0.0, 0.0]


@settings(max_examples=15)
@given(st.floats(0.0, 0.95), st.floats(0.0, 0.1), st.sampled_from([HILLS, Schedule(constant)]))
def test_schedule_free_returns_the_weighted_average_of_z(momentum, decay, schedule):
    """z is plain SGD with the gradients given and the decay at y; x weighs each z with the square of the largest lr so far."""
    w, lr, gradients = weights(4), 0.3, stream("random", 6, steps=60)
    optimizer = ScheduleFreeSGD(w, lr=lr, momentum=momentum, weight_decay=decay)
    path = follow(optimizer, gradients, schedule)
    rates = [schedule(t, lr) for t in range(60)]
    for i, start in enumerate(drawn(4)):
        z, y, zs = start, start, []
        for t, now in enumerate(gradients):
            z = z - rates[t] * (now[i] + decay * y)
            zs.append(z)
            squares = [max(rates[: s + 1]) ** 2 for s in range(t + 1)]
            x = sum(a * b for a, b in zip(squares, zs)) / sum(squares) if sum(squares) else start
            y = momentum * x + (1 - momentum) * z
            assert (path[t][i] - y).abs().max() <= CLOSE
        optimizer.eval()
        assert (w[i] - x).abs().max() <= CLOSE
        optimizer.train()
        assert (w[i] - y).abs().max() <= CLOSE


def test_schedule_free_by_hand():
    w = torch.tensor([8.0], requires_grad=True)
    optimizer, path = ScheduleFreeSGD([w], lr=1.0, momentum=0.75), []
    for g in (4.0, 2.0, 2.0):
        w.grad = torch.tensor([g])
        optimizer.step()
        path.append(w.item())
    # z = 4, 2, 0; x = 4, 3, 2; y = z / 4 + 3 x / 4
    assert path == [4.0, 2.75, 1.5]
    optimizer.eval()
    assert w.item() == 2.0


def test_schedule_free_is_optax_s():
    optax, jnp = import_module("optax"), import_module("jax.numpy")

    lr, momentum = 0.25, 0.9
    theirs = optax.contrib.schedule_free(optax.sgd(lr), learning_rate=lr, b1=momentum)
    y = jnp.asarray([1.0, -2.0], dtype=jnp.float32)
    state = theirs.init(y)
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = ScheduleFreeSGD([w], lr=lr, momentum=momentum)
    for t in range(50):
        g = [float(t % 5 - 2), 0.1 * t]
        change, state = theirs.update(jnp.asarray(g, dtype=jnp.float32), state, y)
        y, w.grad = optax.apply_updates(y, change), torch.tensor(g)
        optimizer.step()
    assert w.tolist() == pytest.approx(y.tolist(), rel=1e-5)


def test_schedule_free_knows_its_mode():
    w = weights()
    optimizer = ScheduleFreeSGD(w, lr=0.1)
    optimizer.eval()
    for parameter in w:
        parameter.grad = torch.ones_like(parameter)
    with pytest.raises(RuntimeError, match="^step: one update, must be made in training mode, got evaluation mode: call train"):
        optimizer.step()
    other = ScheduleFreeSGD(weights(), lr=0.1)
    other.load_state_dict(optimizer.state_dict())
    assert other.param_groups[0]["training"] is False
    optimizer.train()
    assert gap([w], [weights()]) == 0.0
    optimizer.step()
    y = [x.detach().clone() for x in w]
    optimizer.step()
    optimizer.eval()
    x = [x.detach().clone() for x in w]
    optimizer.eval()
    assert gap([w], [x]) == 0.0 and gap([x], [y]) > 0


def test_a_wrapper_shares_its_groups():
    w, late = weights()[:2], weights()[2]
    inner = SGD(w, lr=0.1)
    outer = Lookahead(inner, k=2)
    outer.add_param_group({"params": [late], "lr": 0.5})
    assert outer.param_groups is inner.param_groups and [group["lr"] for group in inner.param_groups] == [0.1, 0.5]
    outer.load_state_dict(outer.state_dict())
    assert outer.param_groups is inner.param_groups
    copied = copy.deepcopy(outer)
    assert copied.param_groups is copied.inner.param_groups and copied.k == 2
    with pytest.raises(ValueError, match="^lr: the learning rate, must be >= 0, got -1$"):
        outer.add_param_group({"params": [weights()[3]], "lr": -1})
    assert len(inner.param_groups) == 2


@pytest.mark.parametrize("wrong, sentence", [
    (lambda w: SGD(w, lr=-0.1), "lr: the learning rate, must be >= 0, got -0.1"),
    (lambda w: SGD(w, lr="fast"), "lr: the learning rate, must be a number, got 'fast'"),
    (lambda w: Adam(w, lr=float("nan")), "lr: the learning rate, must be finite, got nan"),
    (lambda w: SGD(w, momentum=1.0), "momentum: the share of the last update that goes on, must be >= 0 and < 1, got 1.0"),
    (lambda w: SGD(w, nesterov="yes"),
     "nesterov: whether the update looks one step of momentum ahead, must be one of False, True, got 'yes'"),
    (lambda w: SGD([{"params": w, "weight_decay": -1}]),
     "weight_decay: how strongly weights are pulled to zero, must be >= 0, got -1"),
    (lambda w: RMSprop(w, alpha=1.5), "alpha: the share of the old average of squares that stays, must be >= 0 and < 1, got 1.5"),
    (lambda w: Adadelta(w, rho=None), "rho: the share of the old averages that stays, must be a number, got None"),
    (lambda w: Adagrad(w, eps=-1), "eps: what keeps a denominator from zero, must be >= 0, got -1"),
    (lambda w: Adam(w, betas=0.9), "betas: the shares of the old averages that stay, must be two numbers, got 0.9"),
    (lambda w: AdamW(w, betas=(0.9, 1)),
     "betas[1]: the share of the old average of squares that stays, must be >= 0 and < 1, got 1"),
    (lambda w: Adamax(w, betas=(-1, 0)),
     "betas[0]: the share of the old average of gradients that stays, must be >= 0 and < 1, got -1"),
    (lambda w: NAdam(w, momentum_decay=-1),
     "momentum_decay: how fast the momentum grows to its full value, must be >= 0, got -1"),
    (lambda w: LARS(w, trust=0), "trust: the length of an update as a share of the weights' length, must be > 0, got 0"),
    (lambda w: Lookahead(SGD(w), k=2.5), "k: updates from one slow step to the next, must be an integer, got 2.5"),
    (lambda w: Lookahead(SGD(w), alpha=2),
     "alpha: how far the slow weights go towards the fast ones, must be >= 0 and <= 1, got 2"),
    (lambda w: Lookahead(w), "inner: what makes the update, must be a torch.optim.Optimizer, got list"),
    (lambda w: SAM(SGD(w), rho=-1), "rho: how far from the weights the gradient is taken, must be >= 0, got -1"),
    (lambda w: SAM(SGD(w)).step(), "closure: what computes loss and gradients, must be a function, got None"),
    (lambda w: Readable(w, lr=0.1).step(), "update: what Readable does to a parameter, must be defined, got nothing"),
])
def test_bad_input_is_told_in_one_sentence(wrong, sentence):
    w = weights()
    w[0].grad = torch.ones_like(w[0])
    with pytest.raises((TypeError, ValueError, NotImplementedError)) as error:
        wrong(w)
    assert str(error.value) == sentence


def test_sparse_gradients_are_told():
    w = torch.ones(3, requires_grad=True)
    w.grad = torch.ones(3).to_sparse()
    with pytest.raises(RuntimeError, match="^grad: the gradient of a parameter, must be dense, got a torch.sparse_coo tensor$"):
        SGD([w]).step()


@pytest.mark.parametrize("module", [optimizers, beyond_torch])
def test_every_name_says_what_a_reader_needs(module):
    for name in module.__all__:
        thing, doc = getattr(module, name), getdoc(getattr(module, name))
        told = ["Not to be confused with", "Source:", ">>>"] + (["For real use:"] if thing is not Readable else [])
        assert all(word in doc for word in told), name
        named = [word.split()[0] for word in doc.splitlines() if word.split() and "  " in word.strip()]
        hyper = [] if thing is Readable else list(signature(thing).parameters)
        assert [word for word in named if word in hyper] == hyper, name
    defined = {name for name, thing in vars(module).items() if isinstance(thing, type) and thing.__module__ == module.__name__}
    assert defined - {"Wrapper"} == set(module.__all__) and issubclass(Wrapper, torch.optim.Optimizer)
