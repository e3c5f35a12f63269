"""The exercises of the chapter on schedules as functions: what they and the chapter say is held against the frameworks."""
from functools import partial
from itertools import accumulate, permutations

import numpy as np
import pytest
import torch
from torch.optim.lr_scheduler import LambdaLR

import lrlearn as ll
from lrlearn import Schedule, constant, cosine, linear, warmup
from lrlearn.exercises import schedules_are_functions as ex
from lrlearn.worlds import settle


def sgd(*lrs):
    return torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs])


def used(optimizer, scheduler, updates):
    """The rates of every group, update by update."""
    rates = []
    for _ in range(updates):
        rates.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        scheduler.step()
    return rates


# -- the solutions are the field's ----------------------------------------------------------------

def test_the_printed_curve_has_the_facts_that_are_asked_for():
    printed = eval(ex.read_a_curve.text.split("```python\n")[1].split("\n")[0].replace(", ...", ""))
    peak, at, floor, rest, last, area = ex.read_off()
    assert peak == max(printed) and at == printed.index(peak) and floor == printed[-1]
    assert set(printed[rest:]) == {floor} and printed[rest - 1] > floor and printed[9] == last
    assert sum(printed[:10]) == pytest.approx(area) and sum(printed) == pytest.approx(ex.everything_printed()[-1])


def test_the_sum_is_that_of_the_rates_that_torch_uses():
    for s in (Schedule(cosine, T_max=20, eta_min=0.01), Schedule(linear, total_iters=9), Schedule(constant)):
        optimizer = sgd(0.3)
        rates = used(optimizer, LambdaLR(optimizer, ll.to_lambda(s, 0.3)), 12)
        assert ex.sum_of_rates(s, 0.3, 12) == pytest.approx(sum(lr for [lr] in rates), rel=1e-12)
        assert ex.sum_of_rates(s, 0.3, 12) == pytest.approx(12 * max(lr for [lr] in rates) * ll.area(s, 12, 0.3), rel=1e-12)


def test_a_stretched_schedule_is_the_one_laid_out_for_the_new_length():
    made = [
        (lambda n: Schedule(cosine, T_max=n, eta_min=0.02), 40, 100), (lambda n: Schedule(linear, total_iters=n), 20, 7),
        (lambda n: Schedule(warmup, schedule=Schedule(cosine, T_max=n - n // 5), warmup_steps=n // 5), 10, 25),
    ]
    for make, old, new in made:
        ours = [ex.stretched(t, 0.1, make(old), old, new) for t in range(new + 5)]
        assert ours == pytest.approx([make(new)(t, 0.1) for t in range(new + 5)], abs=1e-15)


def test_torch_gives_each_group_its_own_warm_up_only_when_mended():
    for make, same in ((ex.as_found, True), (ex.factors, False)):
        optimizer = sgd(1.0, 1.0, 1.0)
        rates = used(optimizer, LambdaLR(optimizer, make([2, 5, 20])), 21)
        assert [[row[i] for row in rates].index(1.0) for i in range(3)] == ([19, 19, 19] if same else [1, 4, 19])
        assert all(len(set(row)) == 1 for row in rates) == same


def test_what_remembers_gives_itself_away():
    right = [ex.depends_on_t_alone(ex.Machine(kind), 5) for kind in ex.KINDS]
    assert [kind for kind, alone in zip(ex.KINDS, right) if alone] == ["keeps a table of what it has computed"]
    assert ex.depends_on_t_alone(Schedule(cosine, T_max=5), 9)
    for mistake in ex.does_it_remember.mistakes:            # each is deceived by one of them, as its words say
        assert any(mistake(ex.Machine(kind), 5) != alone for kind, alone in zip(ex.KINDS, right))
    begins_anew, moves_on = list(ex.KINDS)[2:4]
    assert ex.forwards_twice(ex.Machine(begins_anew), 5) and ex.two_calls_in_a_row(ex.Machine(moves_on), 5)


# -- what the chapter says ------------------------------------------------------------------------

def test_larger_first_leaves_less_noise_and_the_way_is_the_same():
    a, b, noise, curvature = 0.7, 0.2, 0.3, 1.0
    first, second = (sum(settle([*pair], noise, flat=1e-9)[-1][1:]) for pair in ((a, b), (b, a)))
    assert first - second == pytest.approx(noise**2 * curvature * a * b * (b - a), rel=1e-6)  # the loss halves it
    ends = {order: settle(order)[-1] for order in permutations((0.9, 0.5, 0.3, 0.1))}
    assert len({round(way, 14) for way, _ in ends.values()}) == 1
    noises = {order: shaking for order, (_, shaking) in ends.items()}
    assert min(noises, key=noises.get) == (0.9, 0.5, 0.3, 0.1) and max(noises, key=noises.get) == (0.1, 0.3, 0.5, 0.9)


def test_the_way_is_about_the_exponential_of_the_area():
    s = Schedule(cosine, T_max=200)
    lrs = ll.curve(s, 200, 0.02)
    left = list(accumulate(lrs, lambda x, lr: x * (1 - lr), initial=1.0))[-1]
    assert left == pytest.approx(np.exp(-sum(lrs)), rel=0.02)


def test_a_rate_given_to_LambdaLR_brings_the_peak_in_twice():
    s, optimizer = Schedule(cosine, T_max=10, eta_min=0.01), sgd(0.1)
    assert used(optimizer, LambdaLR(optimizer, lambda t: s(t, 0.1)), 1) == [[pytest.approx(0.01)]]
    optimizer = sgd(0.1)
    assert used(optimizer, LambdaLR(optimizer, s), 11)[-1] == [pytest.approx(0.001)]


def test_keras_counts_in_the_optimizer_and_asks_for_the_rate():
    from tests.peers.from_keras import keras

    asked = []

    class Asked(keras().optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            asked.append(int(step))
            return 0.5 / (1 + int(step))

    weight = keras().Variable([1.0])
    optimizer = keras().optimizers.SGD(learning_rate=Asked())
    for t in range(3):
        before = weight.value.detach().item()
        optimizer.apply([keras().ops.ones(1)], [weight])
        assert before - weight.value.detach().item() == pytest.approx(0.5 / (1 + t), rel=1e-5)
    assert set(asked) >= {0, 1, 2} and int(optimizer.iterations) == 3


def test_optax_counts_in_its_state_and_asks_for_the_rate():
    import jax.numpy as jnp
    import optax

    sgd = optax.sgd(lambda count: 0.5 / (1 + count))
    weights = jnp.ones(1)
    state = sgd.init(weights)
    for t in range(3):
        move, state = sgd.update(jnp.ones(1), state)
        assert float(move[0]) == pytest.approx(-0.5 / (1 + t), rel=1e-6)
    assert optax.tree_utils.tree_get(state, "count") == 3


def test_transformers_gives_a_factor_fastai_takes_the_share_and_timm_is_told_the_time():
    from transformers import get_cosine_schedule_with_warmup

    from tests.peers import from_fastai, from_timm

    optimizer = sgd(0.2, 0.02)
    scheduler = get_cosine_schedule_with_warmup(optimizer, 0, 10)
    assert isinstance(scheduler, LambdaLR)
    assert used(optimizer, scheduler, 6)[5] == pytest.approx([0.1, 0.01])
    assert float(from_fastai.schedules()["SchedCos"](0.2, 0.0)(0.5)) == pytest.approx(0.1)
    optimizer = sgd(0.2)
    scheduler = from_timm.schedulers()["CosineLRScheduler"](optimizer, t_initial=10)
    for t, lr in ((5, 0.1), (0, 0.2), (5, 0.1)):            # any time, in any order
        scheduler.step(t)
        assert optimizer.param_groups[0]["lr"] == pytest.approx(lr)
    assert callable(scheduler.step_update)


# -- answers as readers write them ----------------------------------------------------------------

@pytest.mark.parametrize("answer, state, mistake", [
    ([0.6, 6, 0.1, 11, 0.4, 3.7], "right", None), ((0.6, 6.0, 0.1, 11.0, 0.4, 1.5 + 3 * 0.6 + 0.4), "right", None),
    (np.array([0.6, 6, 0.1, 11, 0.4, 3.7]), "right", None), ([0.6, 7, 0.1, 12, 0.4, 3.7], "not yet", "counted from one"),
    ([0.6, 6, 0.0, 11, 0.4, 3.7], "not yet", "the lowest of all"), ([0.6, 6, 0.1, 11, 0.2, 3.9], "not yet", "one rate too many"),
    ([0.6, 6, 0.1, 11, 0.4], "not yet", None), ([], "not started yet", None), ("rising", "not yet", None),
])
def test_typical_readings(answer, state, mistake):
    outcome = ex.read_a_curve.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def with_a_loop(schedule, base_lr, T):
    total, t = 0.0, 0
    while t < T:
        total, t = total + schedule(t, base_lr), t + 1
    return total


@pytest.mark.parametrize("answer, state, mistake", [
    (with_a_loop, "right", None), (lambda s, lr, T: sum(ll.curve(s, T, lr)), "right", None),
    (lambda s, lr, T: np.sum([s(t, base_lr=lr) for t in np.arange(T)]), "right", None),
    (lambda s, lr, T: T * np.mean([s(t, lr) for t in range(T)]), "right", None),
    (lambda s, lr, T: sum([s(t, lr) for t in range(1, T + 1)]), "not yet", "from one"),
    (lambda s, lr, T: ll.area(s, T, lr), "not yet", None), (lambda s, lr, T: ll.area(s, T, lr) * T * lr, "not yet", None),
    (lambda s, lr, T: sum(lr * s(t) for t in range(T)), "not yet", "factor times peak"),
])
def test_typical_sums(answer, state, mistake):
    outcome = ex.length_of_the_way.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda t, lr, s, old, new: s(old * (t / new), lr), "right", None),
    (lambda t, lr, s, old, new: s(t / (new / old), base_lr=lr), "right", None),
    (lambda t, lr, s, old, new: s(int(t * old / new), lr), "not yet", "whole steps"),
    (lambda t, lr, s, old, new: s(min(t, new) / new * old, lr), "right", None),
    (lambda t, lr, s, old, new: lr * s(t / new * old), "not yet", "peak in front"),
    (lambda t, lr, s, old, new: s(t / old * new, lr), "not yet", "the wrong way round"),
])
def test_typical_stretches(answer, state, mistake):
    outcome = ex.the_same_curve.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def by_a_dict(f, T):
    first = {t: f(t) for t in range(T)}
    return all([f(t) == first[t] for t in range(T - 1, -1, -1)])


def by_a_shuffle(f, T):
    order = [(7 * t + 3) % T for t in range(T)] if T % 7 else list(range(T))[::-1]
    first, again = {t: f(t) for t in range(T)}, {t: f(t) for t in order}
    return first == again


def each_twice_on_the_way(f, T):
    return [f(t) for t in range(T) for _ in (0, 1)][::2] == [f(t) for t in range(T)]


@pytest.mark.parametrize("answer, state, mistake", [
    (by_a_dict, "right", None), (by_a_shuffle, "right", None), (lambda f, T: True, "not yet", None),
    (lambda f, T: f(0) == f(0), "not yet", None), (lambda f, T: "yes", "not yet", None), (lambda f, T: 1, "not yet", None),
    (lambda f, T: all(f(t) == f(t) for t in range(T)), "not yet", "two calls in a row"),
    (lambda f, T: not by_a_dict(f, T), "not yet", "the opposite"), (each_twice_on_the_way, "not yet", None),
])
def test_typical_tests(answer, state, mistake):
    outcome = ex.does_it_remember.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def climb(t, n):
    return min(1.0, (t + 1) / n)


def maker(lengths):
    def make(n):
        return lambda t: climb(t, n)

    return [make(n) for n in lengths]


@pytest.mark.parametrize("answer, state, mistake", [
    (maker, "right", None), (lambda lengths: [partial(climb, n=n) for n in lengths], "right", None),
    (lambda lengths: [lambda t, n=n: climb(t, n) for n in lengths], "right", None),
    (lambda lengths: [lambda t, i=i: climb(t, lengths[i]) for i in range(len(lengths))], "right", None),
    (lambda lengths: [lambda t: climb(t, lengths[i]) for i in range(len(lengths))], "not yet", "last one for all"),
    (lambda lengths: tuple(map(lambda n: lambda t: climb(t, n), lengths)), "right", None), (ex.as_found, "not started yet", None),
    (lambda lengths: lambda t: climb(t, lengths[0]), "not yet", None),
])
def test_typical_factors(answer, state, mistake):
    outcome = ex.find_the_bug.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["read_a_curve", "length_of_the_way", "the_same_curve", "does_it_remember", "find_the_bug"]
