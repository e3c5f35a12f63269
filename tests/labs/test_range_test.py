"""range_test: the ramp, the smoothing, when it stops, what it suggests and what fastai would; all is as before afterwards."""
import io
import random
import sys
import warnings
from math import inf, nan

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader, TensorDataset

from lrlearn import cosine
from lrlearn.labs import digits
from lrlearn.labs.range_test import minimum, range_test, steepest, valley
from lrlearn.pytorch import CosineAnnealingLR
from tests.peers import from_fastai

matplotlib.use("agg")
TASK = digits(label_noise=0.2)
noisy = st.lists(st.floats(0.01, 9.0), min_size=2, max_size=80)
coarse = st.lists(st.integers(1, 6).map(float), min_size=2, max_size=60)        # with many equal losses


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def replay(losses, **settings):
    """The range test whose losses are these."""
    left, w = iter(losses), torch.zeros(1, dtype=torch.float64, requires_grad=True)
    return range_test(lambda x: w, torch.optim.SGD([w], lr=1.0), lambda out, y: 0 * out + next(left), [(0, 0)],
                      **({"steps": len(losses)} | settings))


def rates(n, start=1e-7, end=10.0):
    return [start * (end / start) ** (t / (n - 1)) for t in range(n)]


def regression():
    """A small net with its optimizer, loss and batches, the same every time."""
    g = torch.Generator().manual_seed(0)

    def normal(*shape):
        return torch.randn(shape, generator=g, dtype=torch.float64)

    x = normal(96, 5)
    y = torch.tanh(x @ normal(5, 1)) + 0.3 * normal(96, 1)
    net = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)).double()
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(0.5 * normal(*p.shape))
    data = DataLoader(TensorDataset(x, y), batch_size=16)
    return net, torch.optim.SGD(net.parameters(), lr=1e-5, momentum=0.9), torch.nn.MSELoss(), data


# -- the ramp, the losses, the smoothing ------------------------------------------------------------


def test_the_losses_are_those_of_a_loop_by_hand():
    r = range_test(TASK, start_lr=1e-4, end_lr=1.0, steps=60, seed=3, momentum=0.8)
    assert r.lrs == pytest.approx(rates(60, 1e-4, 1.0), rel=1e-13) and len(r.lrs) == 60
    weights = TASK.model(3)
    velocity, losses = [torch.zeros_like(w) for w in weights], []
    for lr, (x, y) in zip(rates(60, 1e-4, 1.0), TASK.batches(3, 60)):
        loss = TASK.loss(weights, x, y)
        losses.append(loss.item())
        velocity = [0.8 * v + grad for v, grad in zip(velocity, torch.autograd.grad(loss, weights))]
        weights = [(w - lr * v).detach().requires_grad_() for w, v in zip(weights, velocity)]
    assert r.losses == pytest.approx(losses, rel=1e-9) and r.losses[-1] < r.losses[0]


def test_a_model_of_your_own_gives_the_numbers_of_the_task():
    weights = TASK.model(1)
    optimizer = torch.optim.SGD(weights, lr=0.3, momentum=0.9)
    own = range_test(lambda x: TASK.outputs(weights, x), optimizer, torch.nn.CrossEntropyLoss(), TASK.batches(1, 100))
    r = range_test(TASK, seed=1)
    assert own.lrs == r.lrs and own.losses == pytest.approx(r.losses, rel=1e-6) and repr(own) == repr(r)
    assert all(torch.equal(w, first) for w, first in zip(weights, TASK.model(1)))


@given(noisy, st.floats(0.0, 0.99))
def test_the_smoothing_is_a_weighted_mean(losses, smooth):
    r = replay(losses, smooth=smooth, diverge=1e9)
    assert r.losses == losses and not r.diverged
    for t, now in enumerate(r.smoothed):
        weights = smooth ** np.arange(t, -1, -1.0)
        assert now == pytest.approx(np.average(losses[:t + 1], weights=weights), rel=1e-9)


def test_groups_keep_their_proportions_and_batches_start_anew():
    net, _, loss, data = regression()
    seen = []

    class Spy(torch.optim.SGD):
        """Writes down the rates that an update uses."""

        def step(self, closure=None):
            seen.append([group["lr"] for group in self.param_groups])
            super().step(closure)

    optimizer = Spy([{"params": net[0].parameters(), "lr": 0.02}, {"params": net[2].parameters(), "lr": 0.2}], lr=0.1)
    r = range_test(net, optimizer, loss, data, start_lr=1e-4, end_lr=1e-2, steps=20)
    assert len(r.lrs) == 20 > len(data)
    assert [high for _, high in seen] == r.lrs and [low for low, _ in seen] == pytest.approx([0.1 * lr for lr in r.lrs])
    for group in optimizer.param_groups:
        group["lr"] = 0.0                   # a warmup begins like that
    seen.clear()
    range_test(net, optimizer, loss, data, start_lr=1e-4, end_lr=1e-2, steps=20)
    assert [low for low, _ in seen] == [high for _, high in seen] == r.lrs


def test_a_scheduler_at_work_does_not_lower_the_ramp():
    net, optimizer, loss, data = regression()
    scheduler = CosineAnnealingLR(optimizer, T_max=10)
    for _ in range(7):
        optimizer.step()
        scheduler.step()
    assert range_test(net, optimizer, loss, data, steps=9).lrs == pytest.approx(rates(9), rel=1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scheduler.step()
    assert scheduler.get_last_lr() == [pytest.approx(cosine(8, 1e-5, T_max=10))] and scheduler.last_epoch == 8


# -- when it stops ----------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [nan, inf, -inf])
@pytest.mark.parametrize("at", [0, 1, 30])
def test_a_loss_that_is_not_finite_ends_the_test_and_is_not_recorded(bad, at):
    r = replay([3.0 - 0.01 * t for t in range(at)] + [bad] + [1.0] * (69 - at))
    assert r.diverged and len(r.lrs) == len(r.losses) == len(r.smoothed) == at
    said = repr(r) + repr(r.table()) + r.verdict() + repr(r.plot().texts)
    assert "nan" not in said and "inf" not in said
    assert (r.minimum is None) == (at < 30)


def test_losses_near_the_largest_float_stop_it_too():
    r = replay([1e308] * 3 + [1.7e308] * 30, smooth=0.9)
    assert np.isfinite(r.smoothed).all() and np.isfinite(r.losses).all()
    assert replay([1.0, 1e308, 1.0]).losses == [1.0, 1e308]


@pytest.mark.parametrize("times, stops", [(3.99, False), (4.01, True)])
def test_the_limit_is_a_multiple_of_the_lowest(times, stops):
    r = replay([2.0, 1.0, times, 1.0], smooth=0.0)
    assert r.diverged == stops and r.losses == [2.0, 1.0, times, 1.0][:3 if stops else 4]
    assert not replay([2.0, 1.0, times, 1.0], smooth=0.0, diverge=5.0).diverged


def test_a_negative_loss_has_no_multiple():
    r = replay([1.0, -1.0, -0.5, 50.0, nan, 0.0], smooth=0.0)
    assert r.losses == [1.0, -1.0, -0.5, 50.0] and r.diverged


class Stop(Exception):
    """What fastai raises to end a fit."""


@pytest.fixture(scope="module")
def finder_class():
    """fastai's LRFinder, with the two names that the stand-in of its schedules does without."""
    from fastcore.xtras import is_listy

    fastai = from_fastai.schedules()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(fastai, "is_listy", is_listy)
        patch.setitem(fastai, "CancelFitException", Stop)
        yield fastai["LRFinder"]


@given(st.lists(st.floats(0.01, 1.0) | st.floats(1.0, 90.0), min_size=8, max_size=60), st.sampled_from([0.5, 0.9, 0.98]))
def test_it_stops_where_fastai_stops(finder_class, losses, beta):
    finder = finder_class(num_it=len(losses))
    finder.best_loss, finder.opt, finder.hps = inf, from_fastai.Optimizer(1.0), {"lr": []}
    r, seen, mean = replay(losses, smooth=beta), [], torch.tensor(0.0, dtype=torch.float64)
    for t, loss in enumerate(losses):
        mean = torch.lerp(torch.tensor(loss, dtype=torch.float64), mean, beta)
        finder.smooth_loss, finder.train_iter = (mean / (1 - beta ** (t + 1))).item(), t + 1
        seen.append(finder.smooth_loss)
        try:
            finder.after_batch()
        except Stop:
            break
    assume(all(abs(now / min(seen[:t + 1]) - 4) > 1e-9 for t, now in enumerate(seen)))      # no tie of two roundings
    assert r.smoothed == pytest.approx(seen, rel=1e-9)
    assert r.diverged == (seen[-1] > 4 * min(seen))


def test_seam_fastais_ramp_ends_one_ratio_short(finder_class):
    steps = 20
    finder = finder_class(num_it=steps)
    finder.opt, used = from_fastai.Optimizer(1.0), []
    for finder.train_iter in range(steps):
        finder.before_batch()
        used.append(finder.opt.hypers[-1]["lr"])
    assert used == pytest.approx(rates(steps + 1)[:-1]) and replay([1.0] * steps).lrs == pytest.approx(rates(steps))
    assert replay([1.0] * steps, end_lr=used[-1]).lrs == pytest.approx(used)


# -- what it suggests -------------------------------------------------------------------------------


def theirs(rule, lrs, losses):
    as_tensors = (torch.tensor(numbers, dtype=torch.float64) for numbers in (lrs, losses))
    return from_fastai.schedules()[rule](*as_tensors, len(lrs))[0]


@given(noisy | coarse)
def test_minimum_and_valley_are_fastais(losses):
    lrs = rates(len(losses))
    assert minimum(lrs, losses) == pytest.approx(theirs("minimum", lrs, losses), rel=1e-12)
    fall = longest_fall(losses)
    if fall != (1, 2):                      # the seam below
        assert valley(lrs, losses) == theirs("valley", lrs, losses)


def longest_fall(losses):
    """(end, length) by trying every pair, the plain definition."""
    length = []
    for i, loss in enumerate(losses):
        length.append(1 + max([length[j] for j in range(i) if losses[j] > loss], default=0))
    return length.index(max(length)), max(length)


@given(noisy | coarse)
def test_valley_is_the_middle_of_the_longest_fall(losses):
    end, length = longest_fall(losses)
    start = max(0, end - length) if length > 1 else 0
    place = valley(list(range(len(losses))), losses)
    assert start <= place <= end and abs(place - (end - length / 2)) <= 1.5


def test_seam_fastais_valley_wraps_to_the_last_rate_after_a_fall_of_two():
    lrs = rates(5)
    assert theirs("valley", lrs, [2.0, 1.0, 3.0, 3.0, 3.0]) == lrs[-1]
    assert valley(lrs, [2.0, 1.0, 3.0, 3.0, 3.0]) == lrs[0]


@given(noisy | coarse)
def test_steepest_is_fastais_but_for_equal_slopes(losses):
    lrs = rates(len(losses))
    ours, their = (lrs.index(pytest.approx(lr)) for lr in (steepest(lrs, losses), theirs("steep", lrs, losses)))
    drops = np.diff(losses)
    assert drops[ours] == pytest.approx(drops[their], abs=1e-9) and drops[ours] == pytest.approx(drops.min(), abs=1e-9)


@settings(max_examples=40)
@given(st.lists(st.floats(0.5, 1.5), min_size=30, max_size=80))
def test_the_suggestions_read_what_fastai_reads(losses):
    r, n = replay(losses, smooth=0.9), len(losses)
    assert not r.diverged
    lrs, values = r.lrs[n // 10:-5], r.smoothed[n // 10:-5]
    assert r.minimum == pytest.approx(theirs("minimum", lrs, values), rel=1e-12)
    assert longest_fall(values) == (1, 2) or r.valley == theirs("valley", lrs, values)
    assert r.steepest == steepest(lrs, values)
    assert r.suggestions() == {"minimum / 10": r.minimum, "valley": r.valley, "steepest": r.steepest}


def test_torch_lr_finder_on_the_same_net():
    """Its numbers were recorded once with version 0.2.2: the settings below, diverge_th=5, and the rule of its plot()."""
    common = {"start_lr": 1e-5, "end_lr": 10.0, "steps": 100, "diverge": 5.0}
    r = range_test(*regression(), smooth=0.0, **common)         # smooth_f=0
    assert r.losses[:2] == pytest.approx([0.45276216514383877, 0.6028766758035066]) and len(r.losses) == 75
    assert (r.losses[-1], r.lrs[-1]) == pytest.approx((0.600758657201898, 0.3053855508833417), rel=1e-6)
    assert r.steepest == pytest.approx(4.641588833612779e-05, rel=1e-2)
    # smooth_f=0.05 is smooth=0.95, but its mean begins at the first loss. That alone moves its steepest by a factor of 75.
    r = range_test(*regression(), smooth=0.95, **common)
    mean = [r.losses[0]]
    for loss in r.losses[1:]:
        mean.append(0.05 * loss + 0.95 * mean[-1])
    assert len(r.losses) == 85 and mean[-1] == pytest.approx(2.4269572089246623, rel=1e-6)
    central = np.gradient(mean[10:-5])
    assert r.lrs[10 + int(central.argmin())] == pytest.approx(0.0035111917342151317, rel=1e-6)
    assert r.steepest == pytest.approx(4.641588833612779e-05, rel=1e-6)


# -- as before --------------------------------------------------------------------------------------


class Net(torch.nn.Module):
    """What a training changes: dropout, buffers that are updated, replaced or not saved, a frozen part in eval mode."""

    def __init__(self):
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Linear(5, 8), torch.nn.BatchNorm1d(8), torch.nn.Dropout(0.5), torch.nn.ReLU())
        self.frozen = torch.nn.BatchNorm1d(8).eval()
        self.head = torch.nn.Linear(8, 1)
        self.register_buffer("seen", torch.zeros(()), persistent=False)
        self.register_buffer("late", None)

    def forward(self, x):
        self.seen = self.seen + len(x)
        self.late = x.detach().mean()
        return self.head(self.frozen(self.body(x)))


def workshop(make=torch.optim.AdamW, **options):
    """A net in the middle of its training, with gradients left over."""
    torch.manual_seed(0)
    random.seed(5)
    np.random.seed(5)
    net = Net()
    optimizer = make([{"params": net.body.parameters(), "lr": 0.01, "mine": [1, {"a": 2}]}, {"params": net.head.parameters()}],
                     lr=0.02, **options)
    data = DataLoader(TensorDataset(torch.randn(50, 5), torch.randn(50, 1)), batch_size=10, shuffle=True,
                      generator=torch.Generator().manual_seed(1))
    optimizer.register_step_pre_hook(count_in_place)
    work(net, optimizer, data, 7)
    net.body.eval()
    return net, optimizer, data


def count_in_place(optimizer, *_):
    mine = optimizer.param_groups[0]["mine"]
    mine.append(len(mine))
    mine[1]["a"] += 1


def work(net, optimizer, data, steps):
    """Real updates; the losses."""
    losses = []
    while len(losses) < steps:
        for x, y in data:
            loss = torch.nn.functional.mse_loss(net(x), y + random.random() + np.random.rand())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


def plain(thing):
    """The same thing as it compares: tensors as lists."""
    if isinstance(thing, torch.Tensor):
        return thing.tolist()
    if isinstance(thing, dict):
        return {key if isinstance(key, str) else id(key): plain(value) for key, value in thing.items()}
    return [plain(each) for each in thing] if isinstance(thing, (list, tuple)) else thing


def snapshot(net, optimizer, data):
    """All that has to be as before, with the identity of what others may hold."""
    tensors = [*net.parameters(), *net.buffers()]
    return [
        plain(tensors), [id(t) for t in tensors], [name for name, _ in net.named_buffers()], net.late is None,
        [(id(p.grad), plain(p.grad)) for p in net.parameters()], [m.training for m in net.modules()],
        plain(optimizer.param_groups), [id(g) for g in optimizer.param_groups], plain(dict(optimizer.state)),
        [[id(t) for t in s.values()] for s in optimizer.state.values()], sorted(vars(optimizer)),
        torch.get_rng_state().tolist(), random.getstate(), str(np.random.get_state(legacy=False)),
        data.generator.get_state().tolist(),
    ]


def ending(way):
    """A loss that ends the range test that way in the middle, and draws random numbers from everywhere."""
    calls = []

    def loss(out, y):
        calls.append(random.random() + np.random.rand())
        if len(calls) == 12 and isinstance(way, BaseException):
            raise way
        return torch.nn.functional.mse_loss(out, y) * (nan if len(calls) == 12 and way == "nan" else 1)

    return loss


@pytest.mark.parametrize("way", ["to the end", "nan", KeyboardInterrupt(), RuntimeError("out of memory")], ids=repr)
@pytest.mark.parametrize("make, options", [
    (torch.optim.AdamW, {"amsgrad": True}), (torch.optim.SGD, {"momentum": 0.9}), (torch.optim.RMSprop, {"centered": True}),
    (torch.optim.Adam, {"foreach": True}),
])
def test_everything_is_as_before(way, make, options):
    net, optimizer, data = workshop(make, **options)
    before = snapshot(net, optimizer, data)
    try:
        r = range_test(net, optimizer, ending(way), data, steps=30, start_lr=1e-3, diverge=1e9)
        assert way in ("to the end", "nan") and len(r.losses) == (30 if way == "to the end" else 11)
        assert max(r.losses) > 2 * r.losses[0] or way == "nan"
    except (KeyboardInterrupt, RuntimeError) as error:
        assert error is way
    for mine, was in zip(snapshot(net, optimizer, data), before, strict=True):
        assert mine == was


def test_the_training_goes_on_as_if_nothing_had_been():
    ends = []
    for tested in (False, True):
        net, optimizer, data = workshop()
        if tested:
            range_test(net, optimizer, ending("to the end"), data, steps=40)
        ends.append(work(net, optimizer, data, 10))
    assert ends[0] == ends[1]


def test_an_optimizer_that_never_stepped_has_no_state_afterwards():
    net, optimizer, loss, data = regression()
    keys = set(optimizer.param_groups[0])
    range_test(net, optimizer, loss, data, steps=20)
    assert not optimizer.state and set(optimizer.param_groups[0]) == keys and "step" not in vars(optimizer)
    assert all(p.grad is None for p in net.parameters())


def test_a_rate_that_is_a_tensor_stays_the_same_tensor():
    net, _, loss, data = regression()
    lr = torch.tensor(0.25)
    optimizer = torch.optim.Adam(net.parameters(), lr=lr, capturable=False, foreach=False)
    r = range_test(net, optimizer, loss, data, steps=20)
    assert optimizer.param_groups[0]["lr"] is lr and lr.item() == 0.25 and r.lrs == pytest.approx(rates(20), rel=1e-5)


def test_the_model_trains_in_train_mode():
    net, optimizer, data = workshop()
    net.eval()
    modes = []
    net.register_forward_hook(lambda module, *_: modes.append(module.training))
    range_test(net, optimizer, torch.nn.MSELoss(), data, steps=5)
    assert modes == [True] * 5 and not net.training


# -- the same twice, and the experiment -------------------------------------------------------------


def test_the_same_twice_and_with_any_number_of_threads():
    before, found, own = torch.get_num_threads(), [], []
    try:
        for threads in (1, 2, 2):
            torch.set_num_threads(threads)
            r = range_test(TASK, steps=60)
            found.append((r.lrs, r.losses, r.smoothed))
            assert torch.get_num_threads() == threads
            own.append(repr(range_test(*regression(), steps=60).table()))
    finally:
        torch.set_num_threads(before)
    assert found[0] == found[1] == found[2] and own[0] == own[1] == own[2]
    assert range_test(TASK, steps=60, seed=1).losses != found[0][1]


def test_experiment_K_minimum_is_stable_and_steepest_is_not():
    tests = [range_test(TASK, start_lr=1e-5, steps=200, seed=seed) for seed in range(5)]
    lows, valleys, steeps = ([getattr(r, rule) for r in tests] for rule in ("minimum", "valley", "steepest"))
    assert max(lows) < 2.5 * min(lows) and 0.02 < min(lows) and max(lows) < 0.08
    assert max(valleys) < 3 * min(valleys) and 0.005 < min(valleys) and max(valleys) < 0.03
    assert max(steeps) > 20 * min(steeps) and max(steeps) > 1       # at such a rate the net does not train
    # Without fastai's trimming the running mean of a few losses at the start decides it.
    raw = [steepest(r.lrs, r.smoothed) for r in tests]
    assert max(raw) < 3e-5
    assert [minimum(r.lrs, r.smoothed) for r in tests] == lows      # which leaves this rule alone


# -- what it shows ----------------------------------------------------------------------------------


def falls_and_leaves(n=80):
    """Ever steeper down, then gone."""
    return [2.0 - 1.5 * (t / n) ** 2 for t in range(n)] + [60.0] * 20


def test_what_it_prints():
    r = replay(falls_and_leaves(), smooth=0.0)
    assert (r.diverged, len(r.losses)) == (True, 81)
    assert repr(r) == "RangeTest(diverged after 81 updates: minimum / 10 0.011, valley 0.00025, steepest 0.095)"
    assert repr(r.table()) == ("rule          learning rate  smoothed loss\n"
                               "minimum / 10          0.011          1.081\n"
                               "valley              0.00025          1.587\n"
                               "steepest              0.095          0.717")
    assert "<th" in r.table()._repr_html_()


def test_what_it_says_about_itself():
    r = replay(falls_and_leaves(), smooth=0.0)
    lines = r.verdict().split("\n")
    assert lines[0].startswith("Suggested learning rates: minimum / 10 0.011, valley 0.00025, steepest 0.095.")
    assert len(lines) == 4
    assert lines[3] == "steepest is one difference between two updates, and batch noise decides which is largest: do not use it."
    low = replay([2.0 - 0.01 * t for t in range(100)]).verdict().split("\n")
    assert low[-1] == "At 10 the loss is still below that of the start: a higher end_lr may move the minimum." and len(low) == 5
    never = replay([1.0 + 0.01 * t for t in range(100)]).verdict().split("\n")
    assert never[-1] == "The loss never fell above the rate 6.4e-07: start_lr is too high, or the model does not learn."
    short = replay([1.0, nan] + [1.0] * 20)
    assert short.verdict() == "The test ended after 1 update, too few to suggest a rate: take a lower start_lr or more steps."
    assert repr(short) == "RangeTest(diverged after 1 update: minimum / 10 none, valley none, steepest none)"
    assert repr(short.table()).count("none") == 6
    assert all("\n- " in v._repr_markdown_() or v == short.verdict() for v in (r.verdict(), short.verdict()))


@pytest.mark.parametrize("n, found", [(6, False), (7, False), (8, True), (20, True)])
def test_two_losses_are_the_fewest_that_suggest(n, found):
    r = replay([2.0 - 0.01 * t for t in range(n)] + [nan] * 5, steps=10)
    assert len(r.losses) == min(n, 10) and (r.minimum is not None) == (r.valley is not None) == (r.steepest is not None) == found


def test_the_picture():
    r = range_test(TASK, start_lr=1e-5, steps=200)
    before = dict(matplotlib.rcParams)
    ax = r.plot()
    assert dict(matplotlib.rcParams) == before
    assert (ax.get_xscale(), ax.get_xlabel(), ax.get_ylabel()) == ("log", "learning rate", "training loss")
    lines = {line.get_label(): line for line in ax.get_lines()}
    assert list(lines["smoothed"].get_ydata()) == r.smoothed and list(lines["each update"].get_ydata()) == r.losses
    assert list(lines["smoothed"].get_xdata()) == r.lrs and ax.get_legend() is None
    words = {text.get_text(): text for text in ax.texts}
    assert set(words) == {"smoothed", "each update", f"minimum / 10: {r.minimum:.2g}", f"valley: {r.valley:.2g}",
                          f"steepest: {r.steepest:.2g}"}
    assert words[f"valley: {r.valley:.2g}"].get_position()[0] == r.valley
    dots = [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.get_lines() if line.get_marker() == "o"]
    assert [lr for lr, _ in dots] == [r.minimum, r.valley, r.steepest]
    for lr, loss in dots:                   # minimum / 10 lies between two rates of the ramp
        after = next(t for t, rate in enumerate(r.lrs) if rate >= lr)
        assert min(r.smoothed[after - 1:after + 1]) <= loss <= max(r.smoothed[after - 1:after + 1])
    low, high = ax.get_ylim()
    way = r.losses[:int(np.argmin(r.smoothed)) + 1]
    assert low < min(way) and max(way) < high < 2 * max(way) < max(r.losses)
    assert r.plot(ax) is ax


@pytest.mark.parametrize("losses", [[nan] * 20, [1.0] + [nan] * 20, [0.0] * 20, [-3.0 - t for t in range(40)]])
def test_the_picture_of_little(losses):
    ax = replay(losses).plot()
    ax.figure.draw_without_rendering()
    low, high = ax.get_ylim()
    assert low < high and np.isfinite([low, high]).all()


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("stream, progress, check, wanted", [
    (Terminal, True, "", True), (Terminal, False, "", False), (Terminal, True, "1", False), (io.StringIO, True, "", False),
])
def test_a_line_of_progress_only_where_someone_watches(stream, progress, check, wanted, monkeypatch, capsys):
    monkeypatch.setenv("LRLEARN_CHECK", check)
    monkeypatch.setattr(sys, "stderr", stream())
    w, shown = torch.zeros(1, requires_grad=True), []

    def loss(out, y):
        shown.append(sys.stderr.getvalue().count("done"))
        return 0 * out + 1

    range_test(lambda x: w, torch.optim.SGD([w], lr=1.0), loss, [(0, 0)], steps=40, progress=progress)
    said = sys.stderr.getvalue()
    assert shown == [t // 4 if wanted else 0 for t in range(40)]
    assert ("range test: 3 of 10 done" in said) == wanted and capsys.readouterr().out == ""
    assert (said.count("done") == 9 and "\n" not in said and said.endswith("\r\x1b[K")) if wanted else said == ""


# -- wrong arguments --------------------------------------------------------------------------------

NET, SGD, MSE, DATA = regression()


@pytest.mark.parametrize("change, error, message", [
    ({"model": 3}, TypeError, "model: what to train, must be a torch.nn.Module, a function of x or a Task, got 3"),
    ({"model": TASK}, TypeError, "optimizer: what a Task brings along, must be None with one, got SGD ("),
    ({"model": TASK, "optimizer": None}, TypeError, "loss: what a Task brings along, must be None with one, got MSELoss()"),
    ({"optimizer": None}, TypeError, "optimizer: what the scheduler drives, must be a torch.optim.Optimizer, got None"),
    ({"model": torch.nn.Linear(5, 1)}, ValueError, "optimizer: what updates the model, must hold parameters of it, got SGD of "
                                                   "others"),
    ({"loss": None}, TypeError, "loss: what to lower, must be a function of model(x) and y, got None"),
    ({"loss": torch.nn.MSELoss(reduction="none")}, TypeError, "loss: what to lower, must give a tensor of one number with a "
                                                              "gradient, got shape (16, 1)"),
    ({"loss": lambda out, y: 1.5}, TypeError, "loss: what to lower, must give a tensor of one number with a gradient, got 1.5"),
    ({"loss": lambda out, y: (out - y).mean().detach()}, TypeError, "loss: what to lower, must give a tensor of one number with"),
    ({"batches": None}, TypeError, "batches: what to learn from, must be pairs (x, y) such as a DataLoader, got None"),
    ({"batches": []}, ValueError, "batches: what to learn from, must last for 100 updates or start anew, got 0"),
    ({"batches": iter(list(DATA))}, ValueError, "batches: what to learn from, must last for 100 updates or start anew, got 6"),
    ({"batches": [torch.ones(4, 5)]}, ValueError, "batches: what to learn from, must be pairs (x, y), got Tensor"),
    ({"batches": [(1, 2, 3)]}, ValueError, "batches: what to learn from, must be pairs (x, y), got 3 parts"),
    ({"start_lr": 0}, ValueError, "start_lr: the learning rate of the first update, must be >= 1e-12 and < end_lr, got 0"),
    ({"start_lr": 10.0}, ValueError, "start_lr: the learning rate of the first update, must be >= 1e-12 and < end_lr, got 10.0"),
    ({"end_lr": 0.0}, ValueError, "end_lr: the learning rate of the last update, must be > 0 and <= 1e9, got 0.0"),
    ({"end_lr": inf}, ValueError, "end_lr: the learning rate of the last update, must be finite, got inf"),
    ({"steps": 1}, ValueError, "steps: updates of the whole test, must be >= 2, got 1"),
    ({"smooth": 1}, ValueError, "smooth: the share of the running mean that each loss keeps, must be >= 0 and < 1, got 1"),
    ({"diverge": 1}, ValueError, "diverge: how many times the best smoothed loss ends the test, must be > 1, got 1"),
    ({"seed": -1}, ValueError, "seed: the number that decides weights, label noise and batches, must be >= 0, got -1"),
    ({"momentum": 1}, ValueError, "momentum: the share of the last update that goes on, must be >= 0 and < 1, got 1"),
])
def test_wrong_arguments(change, error, message):
    before = snapshot_small()
    with pytest.raises(error) as caught:
        range_test(**({"model": NET, "optimizer": SGD, "loss": MSE, "batches": DATA} | change))
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)
    assert snapshot_small() == before


def snapshot_small():
    return plain(list(NET.parameters())), plain(SGD.param_groups), len(SGD.state), torch.get_rng_state().tolist()


anything = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)


@given(st.sampled_from(["start_lr", "end_lr", "steps", "smooth", "diverge", "seed", "momentum"]), anything)
def test_any_wrong_number_is_one_sentence(name, value):
    good = {"start_lr": lambda v: 1e-12 <= v < 10, "end_lr": lambda v: 1e-7 < v <= 1e9, "steps": lambda v: False,
            "seed": lambda v: v >= 0, "smooth": lambda v: 0 <= v < 1, "diverge": lambda v: 1 < v < inf,
            "momentum": lambda v: 0 <= v < 1}
    whole = name in ("steps", "seed")
    number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    assume(not (number and name == "steps" and value >= 2))
    w = torch.zeros(1, requires_grad=True)
    call = (lambda x: w, torch.optim.SGD([w], lr=1.0), lambda out, y: 0 * out + 1.0, [(0, 0)])
    if number and good[name](value):
        assert len(range_test(*call, **({"steps": 3} | {name: value})).lrs) == 3
        return
    with pytest.raises(ValueError) as caught:
        range_test(*call, **{name: value})
    said = str(caught.value)
    assert said.startswith((name + ": ", "start_lr: ")) and "\n" not in said and ", got " in said
