"""The exercises on steps: the solutions are what loops and frameworks do, and answers as readers write them."""
from math import ceil, floor

import numpy as np
import pytest
import torch

from lrlearn import worlds
from lrlearn.exercises import what_is_a_step as ex
from tests.exercises.grids.what_is_a_step import GRIDS
from tests.scripts import recorded


# -- the solutions are what loops do ---------------------------------------------------------------

@pytest.mark.filterwarnings("ignore:Detected call")
@pytest.mark.parametrize("calls, T_max", [("update", 100), ("batch", 100), ("update", 400), ("epoch", 5), ("epoch", 100)])
def test_the_clocks_are_those_of_torch(calls, T_max):
    """The first five lines, run: when torch's cosine is at its bottom, seen from the end."""
    line = [("update", 100), ("batch", 100), ("update", 400), ("epoch", 5), ("epoch", 100)].index((calls, T_max))
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    scheduler, used = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max), recorded(optimizer)
    bottom = []

    def tick():
        scheduler.step()
        if scheduler.get_last_lr()[0] < 1e-9:
            bottom.append(len(used))

    for _ in range(5):
        for i in range(1, 81):
            if i % 4 == 0:
                optimizer.step()
            for due in ["batch"] + ["update"] * (i % 4 == 0) + ["epoch"] * (i == 80):
                if due == calls:
                    tick()
    assert len(used) == 100
    assert ex.clocks()[line] == ("late" if not bottom else "on time" if bottom[0] == 100 else "early")


@pytest.mark.parametrize("n, b, d, a, E", GRIDS["how_many"][::7])
def test_the_total_is_the_package_s(n, b, d, a, E):
    assert ex.total(n, b, d, a, E) == worlds.total_steps(n, b, d, a, E)


def test_two_roundings_up_are_one():
    for n in range(1, 60):
        for whole in (1, 2, 3, 8):
            for a in (1, 2, 3, 5):
                assert ceil(ceil(n / whole) / a) == ceil(n / (whole * a))


@pytest.mark.parametrize("batches, accumulate", [(10, 4), (6, 1), (3, 8), (8, 4), (7, 3)])
def test_the_time_of_a_batch_is_what_a_loop_counts(batches, accumulate):
    t, i = 0, 0
    for _ in range(4):
        for place in range(1, batches + 1):
            assert ex.time_of(i, batches, accumulate) == t
            i += 1
            t += place % accumulate == 0 or place == batches


# -- what the chapter's table says of Keras and optax ----------------------------------------------

def test_keras_asks_its_schedule_with_the_number_of_batches():
    from tests.peers import from_keras

    keras = from_keras.keras()
    schedule = keras.optimizers.schedules.PolynomialDecay(1.0, 16, 0.0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.SGD(schedule, gradient_accumulation_steps=4)
    model.compile(optimizer, "mse")
    model.fit(np.ones((16, 1)), np.ones((16, 1)), batch_size=2, verbose=0)              # 8 batches, 2 updates
    assert int(optimizer.iterations) == 2 and float(optimizer.learning_rate) == pytest.approx(1 - 8 / 16)


def test_optax_counts_updates_and_a_group_reaches_over_an_epoch():
    import jax.numpy as jnp
    import optax

    inner = optax.inject_hyperparams(optax.sgd)(learning_rate=optax.linear_schedule(1.0, 0.0, 8))
    optimizer, weight = optax.MultiSteps(inner, 4), jnp.ones(1)
    state = optimizer.init(weight)
    for _ in range(2 * 6):                                                              # two epochs of 6 batches
        _, state = optimizer.update(jnp.ones(1), state, weight)
    assert int(state.gradient_step) == 12 // 4 < ex.time_of(11, 6, 4) + 1
    assert float(state.inner_opt_state.hyperparams["learning_rate"]) == pytest.approx(1 - 2 / 8)


def test_a_skipped_update_is_seen_by_the_scale():
    weight = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    scaler, moved = torch.amp.GradScaler("cpu", init_scale=16.0), []
    for big in (float("inf"), 1.0):
        before, scale = weight.item(), scaler.get_scale()
        scaler.scale((weight * big).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        moved.append((weight.item() != before, scaler.get_scale() < scale))
        optimizer.zero_grad()
    assert moved == [(False, True), (True, False)]


# -- answers as readers write them -----------------------------------------------------------------

@pytest.mark.parametrize("answer, state, mistake", [
    (lambda n, b, d, a, E: ceil(E * ceil(n / (b * d * a))), "right", None),
    (lambda n, b, d, a, E: int(np.ceil(E * -(-n // (b * d * a)))), "right", None),
    (lambda n, b, d, a, E: float(ceil(ceil(ceil(n / (b * d)) / a) * E)), "right", None),
    (lambda n, b, d, a, E: ceil(n / (b * d)) / a * E, "not yet", "rounded once only"),
    (lambda n, b, d, a, E: n * E / (b * d * a), "not yet", "not rounded"),
    (lambda n, b, d, a, E: ceil(n * E / (b * d * a)), "not yet", "rounded at the end"),
    (lambda n, b, d, a, E: ceil(E * (n // (b * d) // a)), "not yet", None),
    (worlds.total_steps, "not yet", "the package's own function"),
])
def test_typical_totals(answer, state, mistake):
    outcome = ex.how_many.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake)


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda i, n, a: i // n * -(-n // a) + i % n // a, "right", None),
    (lambda i, n, a: float(floor(i / n) * ceil(n / a) + floor((i - floor(i / n) * n) / a)), "right", None),
    (lambda i, n, a: i // a, "not yet", "groups over the end"), (lambda i, n, a: i, "not yet", "the batch s own number"),
    (lambda i, n, a: i % n // a, "not yet", "begins anew"), (lambda i, n, a: i // n, "not yet", "the epoch s number"),
    (lambda i, n, a: i // n * (n // a) + i % n // a, "not yet", "rest not counted"),
])
def test_typical_times(answer, state, mistake):
    outcome = ex.the_time.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake)


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda e, n, a, p: p * e * ceil(n / (p * a)), "right", None),
    (lambda e, n, a, p: e * ceil(n / a) * a, "not yet", "the script as it stands"),
    (lambda e, n, a, p: e * n, "not yet", "every batch"),
    (lambda e, n, a, p: e * ceil(n / a), "not yet", "processes not rounded"),
    (lambda e, n, a, p: e * ceil(n / a) * p, "not yet", "loader not shared out"),
    (lambda e, n, a, p: e * ceil(n / p / a), "not yet", "one call for each update"),
])
def test_typical_plans(answer, state, mistake):
    outcome = ex.find_the_bug.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake)


def test_words_are_read_as_they_are_written():
    assert ex.which_clock.check([word.upper() for word in ex.clocks()]).state == "right"
    assert ex.which_clock.check(("on time",) * 7).state == "not yet" and ex.which_clock.check(["on time"]).state == "not yet"


def test_four_exercises_stand_in_the_order_of_the_chapter():
    assert [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)] == [
        "which_clock", "how_many", "the_time", "find_the_bug"]
