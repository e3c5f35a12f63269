"""The range-test chapter's exercises: what their words say about frameworks is held against the frameworks."""
import copy

import numpy as np
import pytest
import torch

import lrlearn as ll
from lrlearn.exercises import range_test as ex
from lrlearn.labs.range_test import minimum, range_test, steepest
from tests.peers import from_fastai

RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0]
LOSSES = [2.30, 2.28, 2.20, 1.90, 1.20, 0.80, 0.70, 9.00]


def run_script(source):
    names = {}
    exec(source, names)
    return names["probe"]


def workshop(used):
    """A model and an optimizer that has made some updates."""
    torch.manual_seed(3)
    model = torch.nn.Linear(3, 1).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    batches = [(torch.randn(4, 3, dtype=torch.float64), torch.randn(4, 1, dtype=torch.float64)) for _ in range(8)]
    ex.climbs(model, optimizer, torch.nn.functional.mse_loss, batches[:used], [0.05] * used)
    return model, optimizer, torch.nn.functional.mse_loss, batches


def state(model, optimizer):
    return copy.deepcopy((model.state_dict(), optimizer.state_dict()))


def same(a, b):
    """Whether two nested states hold the same numbers."""
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


# -- the solutions are the field's ----------------------------------------------------------------

@pytest.mark.parametrize("start, end, steps", [(1e-5, 10.0, 50), (0.002, 2.0, 7), (1e-7, 1.0, 20)])
def test_the_ramp_is_the_package_s_and_that_of_a_range_test(start, end, steps):
    mine = [ex.my_ramp(t, start, end, steps) for t in range(steps)]
    assert mine == pytest.approx([ll.exponential_between(t, start, steps - 1, end / start) for t in range(steps)], rel=1e-12)
    w = torch.zeros(1, requires_grad=True)
    call = (lambda x: w, torch.optim.SGD([w], lr=1.0), lambda out, y: 0 * out + 1.0, [(0, 0)])
    assert range_test(*call, start_lr=start, end_lr=end, steps=steps).lrs == pytest.approx(mine, rel=1e-12)


def test_fastai_s_ramp_is_one_ratio_short():
    exponential = from_fastai.schedules()["SchedExp"](0.002, 2.0)
    assert [exponential(t / 7) for t in range(7)] == pytest.approx([ex.one_ratio_short(t, 0.002, 2.0, 7) for t in range(7)])


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.98])
def test_the_smoothing_is_a_weighted_mean_and_the_package_s(beta):
    losses = [2.3, 1.7, 2.1, 0.4, 5.0, 0.9]
    for t, now in enumerate(ex.smooth(losses, beta)):
        assert now == pytest.approx(np.average(losses[:t + 1], weights=beta ** np.arange(t, -1, -1.0)), rel=1e-12)
    left, w = iter(losses), torch.zeros(1, dtype=torch.float64, requires_grad=True)
    r = range_test(lambda x: w, torch.optim.SGD([w], lr=1.0), lambda out, y: 0 * out + next(left), [(0, 0)], steps=6,
                   smooth=beta, diverge=1e9)
    assert r.smoothed == pytest.approx(ex.smooth(losses, beta), rel=1e-12)


def test_the_chapter_s_numbers_of_one_count_too_many():
    """Lightning 2.6.6 gave these for a loss of 2.3 at every update; recorded once, with its defaults."""
    shown = ex.one_count_too_many([2.3] * 6, 0.98)
    assert [round(loss, 3) for loss in shown] == [1.162, 1.549, 1.742, 1.858, 1.936, 1.991]
    assert ex.smooth([2.3] * 6, 0.98) == pytest.approx([2.3] * 6)


def test_ignite_s_mean_begins_at_the_first_loss():
    from ignite.engine import Engine
    from ignite.handlers import FastaiLRFinder

    losses, w = [2.5, 1.5, 3.5, 0.75, 1.25, 2.0], torch.zeros(1, requires_grad=True)
    optimizer, finder = torch.optim.SGD([w], lr=1e-3), FastaiLRFinder()
    trainer = Engine(lambda engine, loss: loss)
    with finder.attach(trainer, to_save={"optimizer": optimizer}, num_iter=6) as watched:
        with pytest.warns(UserWarning, match="without loss diverging"):
            watched.run(losses, max_epochs=1)
    assert finder.get_results()["loss"] == pytest.approx(ex.begins_at_the_first_loss(losses, 0.95), rel=1e-6)


def test_three_rules_by_hand_are_what_the_rules_say():
    low, per_ratio, per_rate = ex.three_rules()
    assert low == pytest.approx(minimum(RATES, LOSSES)) and per_ratio == steepest(RATES, LOSSES)
    assert per_ratio == RATES[int(np.argmin(np.diff(LOSSES)))], "counting every step as one"
    slopes = np.diff(LOSSES) / np.diff(RATES)
    assert per_rate == RATES[int(np.argmin(slopes))]
    assert np.sort(slopes)[0] < 1.2 * np.sort(slopes)[1], "well apart from the second"
    for number in RATES + LOSSES:
        assert f"{number:g}" in ex.by_hand.text
    theirs = from_fastai.schedules()
    tensors = [torch.tensor(numbers, dtype=torch.float64) for numbers in (RATES, LOSSES)]
    assert theirs["minimum"](*tensors, 8)[0] == pytest.approx(low) and theirs["steep"](*tensors, 8)[0] == pytest.approx(per_ratio)


@pytest.mark.parametrize("used", [0, 3])
def test_the_probe_leaves_everything_and_the_script_does_not(used):
    lrs = [0.01, 0.1, 1.0, 3.0]
    model, optimizer, loss_fn, batches = workshop(used)
    before = state(model, optimizer)
    losses = ex.probe(model, optimizer, loss_fn, batches, lrs)
    assert same(state(model, optimizer), before)
    again = ex.probe(model, optimizer, loss_fn, batches, lrs)
    assert losses == again, "twice in a row gives the same picture"
    assert run_script(ex.SCRIPT)(model, optimizer, loss_fn, batches, lrs) == losses
    after = state(model, optimizer)
    assert not same(after[0], before[0]) and not same(after[1], before[1])


def test_state_dict_hands_out_the_live_tensors():
    model, optimizer, loss_fn, batches = workshop(1)
    held, copied = model.state_dict(), copy.deepcopy(model.state_dict())
    ex.climbs(model, optimizer, loss_fn, batches[:1], [0.1])
    assert same(held, model.state_dict()) and not same(copied, held)


@pytest.mark.parametrize("used, stays", [(0, True), (2, False)])
def test_an_optimizer_not_copied_is_back_only_while_it_is_new(used, stays):
    model, optimizer, loss_fn, batches = workshop(used)
    before = state(model, optimizer)
    ex.optimizer_not_copied(model, optimizer, loss_fn, batches, [0.1, 0.5])
    assert same(state(model, optimizer), before) == stays


# -- answers as readers write them ----------------------------------------------------------------

def by_logarithm(t, start_lr, end_lr, steps):
    low, high = np.log10(start_lr), np.log10(end_lr)
    return 10 ** (low + (high - low) * t / (steps - 1))


def by_multiplying(t, start_lr, end_lr, steps):
    ratio, lr = (end_lr / start_lr) ** (1 / (steps - 1)), start_lr
    for _ in range(t):
        lr *= ratio
    return lr


def from_a_list(t, start_lr, end_lr, steps):
    return np.geomspace(start_lr, end_lr, steps)[t]


@pytest.mark.parametrize("answer", [by_logarithm, by_multiplying, from_a_list], ids=lambda f: f.__name__)
def test_the_ramp_written_otherwise(answer):
    assert ex.the_ramp.check(answer).state == "right"


def by_weights(losses, beta):
    out = []
    for n in range(1, len(losses) + 1):
        weights = [beta ** (n - 1 - j) for j in range(n)]
        out.append(sum(w * loss for w, loss in zip(weights, losses)) / sum(weights))
    return out


def by_two_sums(losses, beta):
    total = share = 0.0
    out = np.zeros(len(losses))
    for t in range(len(losses)):
        total, share = beta * total + losses[t], beta * share + 1
        out[t] = total / share
    return out


@pytest.mark.parametrize("answer", [by_weights, by_two_sums], ids=lambda f: f.__name__)
def test_the_smoothing_written_otherwise(answer):
    assert ex.smoothing.check(answer).state == "right"


def saves_and_loads(model, optimizer, loss_fn, batches, lrs):
    kept = [{name: w.clone() for name, w in model.state_dict().items()}, copy.deepcopy(optimizer.state_dict())]
    losses = run_script(ex.SCRIPT)(model, optimizer, loss_fn, batches, lrs)
    model.load_state_dict(kept[0])
    optimizer.load_state_dict(kept[1])
    return losses


def on_a_copy(model, optimizer, loss_fn, batches, lrs):
    """Both are copied at once, so that the copied optimizer holds the copied model's parameters."""
    return run_script(ex.SCRIPT)(*copy.deepcopy((model, optimizer)), loss_fn, batches, lrs)


@pytest.mark.parametrize("answer", [saves_and_loads, on_a_copy], ids=lambda f: f.__name__)
def test_the_probe_written_otherwise(answer):
    assert ex.find_the_bug.check(answer).state == "right"


@pytest.mark.parametrize("lines, mistake", [
    ({}, "nothing put back"),
    ({"model.state_dict()": "dict(model.state_dict())"}, "nothing put back"),
    ({"before = model.state_dict()": "import copy; before = copy.deepcopy(model.state_dict())"}, "weights alone"),
])
def test_the_script_and_half_cures(lines, mistake):
    source = ex.SCRIPT
    for old, new in lines.items():
        assert old in source
        source = source.replace(old, new)
    outcome = ex.find_the_bug.check(run_script(source))
    assert (outcome.state, outcome.mistake) == ("not yet", mistake)


def test_a_probe_without_its_losses_is_asked_for_them():
    outcome = ex.find_the_bug.check(lambda *args: print(end="" if saves_and_loads(*args) else ""))
    assert outcome.state == "not yet" and "is a `return` missing?" in outcome.text


@pytest.mark.parametrize("answer, state, mistake", [
    ([0.1, 0.03, 0.01], "right", None), ((0.1, 0.03, 0.01), "right", None),
    ([1, 0.03, 0.01], "not yet", "without the tenth"), ([0.1, 0.1, 0.03], "not yet", "where the drop ends"),
    ([0.1, 0.03, 0.03], "not yet", "one slope for both"), ([0.1, 0.01, 0.03], "not yet", "slopes turned"),
    ([0.1, 0.03], "not yet", None), (..., "not started yet", None),
])
def test_typical_rules(answer, state, mistake):
    outcome = ex.by_hand.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake)


def test_the_package_s_formula_is_no_answer():
    outcome = ex.the_ramp.check(lambda t, a, b, n: ll.exponential_between(t, a, n - 1, b / a))
    assert (outcome.state, outcome.mistake) == ("not yet", "the package's own function")


def test_four_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["the_ramp", "smoothing", "by_hand", "find_the_bug"]
