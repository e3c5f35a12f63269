"""Any schedule runs in torch's LambdaLR, in optax and in Keras with the rates it has here."""
import copy
import pickle
import subprocess
import sys
from pathlib import Path

import drawing
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from near import near, rates
from states import WAYS

import lrlearn
from lrlearn import CARDS, Schedule, cosine, curve, exponential_decay, sequential, warmup
from lrlearn.bridges import HOLD, HOLDERS, holds, to_keras, to_lambda, to_optax
from lrlearn.core import span
from tests.peers import from_keras

ROOT = Path(lrlearn.__file__).parents[1]
COSINE = Schedule(cosine, T_max=9, eta_min=0.01)
WARM = Schedule(warmup, schedule=COSINE, warmup_steps=3)
ENDLESS = Schedule(exponential_decay, gamma=0.9)


def stepped(factors, lrs, steps):
    """The rates of each param group when LambdaLR is driven by the factors, and the scheduler."""
    import torch

    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factors)
    used = []
    for _ in range(steps):
        used.append(scheduler.get_last_lr())
        optimizer.step()
        scheduler.step()
    return [list(group) for group in zip(*used)], scheduler


@settings(max_examples=40)
@given(drawing.schedules(most=20), rates)
def test_lambdalr_gives_the_rates_of_any_schedule(s, lr):
    ours = curve(s, 25, lr)
    (theirs,), _ = stepped(to_lambda(s, lr), [lr], 25)
    assert near(theirs, ours, 1e-15 * max(ours + [lr]))


def test_a_floor_is_an_absolute_rate_in_every_param_group():
    lrs = [0.1, 0.02]
    (first, second), _ = stepped([to_lambda(COSINE, lr) for lr in lrs], lrs, 12)
    assert near(first, curve(COSINE, 12, 0.1), 1e-16) and near(second, curve(COSINE, 12, 0.02), 1e-16)
    assert second[-1] == pytest.approx(0.01)


@pytest.mark.parametrize("make", [np.float32, "torch"], ids=["numpy", "torch"])
def test_a_rate_of_any_make_becomes_pythons(make):
    import torch

    lr = torch.tensor(0.5) if make == "torch" else make(0.5)
    factor = to_lambda(COSINE, lr)
    used, _ = stepped(factor, [lr], 12)                 # LambdaLR writes each rate into the optimizer's tensor
    assert near([float(rate) for rate in used[0]], curve(COSINE, 12, 0.5), 1e-7) and repr(factor) == f"to_lambda({COSINE!r}, 0.5)"


@pytest.mark.parametrize("copied", [lambda f: pickle.loads(pickle.dumps(f)), copy.copy, copy.deepcopy])
def test_a_factor_travels(copied):
    factor = copied(to_lambda(WARM, 0.1))
    assert [factor(t) for t in range(15)] == [WARM(t, 0.1) / 0.1 for t in range(15)]
    assert repr(factor) == "to_lambda(warmup(schedule=cosine(T_max=9, eta_min=0.01), warmup_steps=3), 0.1)"


@pytest.mark.parametrize("way", WAYS)
def test_the_state_of_its_lambdalr_is_plain_and_keeps_the_factor_given(way):
    _, old = stepped(to_lambda(WARM, 0.1), [0.1], 5)
    state = WAYS[way](old.state_dict())
    _, new = stepped(to_lambda(COSINE, 0.1), [0.1], 0)
    new.load_state_dict(state)
    assert state["lr_lambdas"] == [{}] and new.last_epoch == 5 and repr(new.lr_lambdas[0]) == repr(to_lambda(COSINE, 0.1))


def test_the_trainers_way_to_pickle_a_scheduler():
    _, scheduler = stepped(to_lambda(WARM, 0.1), [0.1], 4)
    assert pickle.loads(pickle.dumps(scheduler)).get_last_lr() == [WARM(4, 0.1)]


def float32(numbers):
    return [float(np.float32(x)) for x in numbers]


def trained(s, lr, steps, many=None):
    """The rates that optax.sgd uses inside jit: the gradient is 1, so the weight falls by the rate."""
    import jax
    import optax

    optimizer = optax.sgd(to_optax(s, lr, many))

    @jax.jit
    def update(weight, state):
        change, state = optimizer.update(jax.numpy.ones(()), state, weight)
        return change, state

    state, used = optimizer.init(jax.numpy.zeros(())), []
    for _ in range(steps):
        change, state = update(jax.numpy.zeros(()), state)
        used.append(-float(change))
    return used


def test_optax_sgd_inside_jit_uses_the_rates():
    assert trained(WARM, 0.1, 20) == float32(curve(WARM, 20, 0.1))


def test_optax_holds_the_last_rate_of_a_run_of_given_length():
    assert trained(ENDLESS, 0.1, 8, many=5) == float32(curve(ENDLESS, 5, 0.1) + 3 * [ENDLESS(4, 0.1)])


def test_optax_can_scan_and_map_it():
    import jax

    schedule, counts = to_optax(WARM, 0.1), jax.numpy.arange(20)
    assert jax.vmap(schedule)(counts).tolist() == schedule(counts).tolist() == float32(curve(WARM, 20, 0.1))
    assert jax.lax.scan(lambda carry, t: (carry, schedule(t)), 0, counts)[1].tolist() == float32(curve(WARM, 20, 0.1))


FIT = """
import keras, numpy

def fitted(learning_rate, steps, **compiled):
    # one weight, whose gradient is 1: it falls by the rate
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(learning_rate=learning_rate), loss=lambda y, p: keras.ops.mean(p), **compiled)
    weights = [0.0]

    class Log(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            weights.append(float(numpy.ravel(self.model.get_weights()[0])[0]))

    ones = numpy.ones((steps, 1))
    model.fit(ones, ones, batch_size=1, shuffle=False, verbose=0, callbacks=[Log()])
    return model, [a - b for a, b in zip(weights, weights[1:])]
"""


def test_keras_fit_uses_the_rates():
    from_keras.keras()
    names = {}
    exec(FIT, names)
    model, used = names["fitted"](to_keras(WARM, 0.1), 20)
    assert near(used, curve(WARM, 20, 0.1), 1e-7) and float(model.optimizer.learning_rate) == pytest.approx(0.01)


def test_keras_fit_compiled_by_jax_uses_the_rates(tmp_path):
    import jax  # noqa: F401 - so that make test-core leaves it out

    program = FIT + f"""
from lrlearn import Schedule, cosine, warmup
from lrlearn.bridges import to_keras
s = Schedule(warmup, schedule=Schedule(cosine, T_max=9, eta_min=0.01), warmup_steps=3)
model, used = fitted(to_keras(s, 0.1), 20, jit_compile=True)
jitted = model.jit_compile
path = {str(tmp_path / "model.keras")!r}
model.compile(model.optimizer, loss="mse")
model.save(path)
print(keras.backend.backend(), jitted, *used)
"""
    again = """
import sys, keras
from lrlearn import bridges
model = keras.models.load_model(sys.argv[1], custom_objects={"KerasRates": bridges.KerasRates})
print(repr(model.optimizer._learning_rate), *[float(model.optimizer._learning_rate(t)) for t in range(20)])
"""
    env = {"KERAS_BACKEND": "jax", "KERAS_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "JAX_PLATFORMS": "cpu"}
    run = [subprocess.run([sys.executable, "-c", text, str(tmp_path / "model.keras")], env=env, capture_output=True, text=True)
           for text in (program, again)]
    assert not any(done.returncode for done in run), run[0].stderr + run[1].stderr
    backend, compiled, *used = run[0].stdout.split()
    assert (backend, compiled) == ("jax", "True") and near([float(x) for x in used], curve(WARM, 20, 0.1), 1e-7)
    name, read = run[1].stdout.rsplit(")", 1)
    assert name + ")" == f"KerasRates of {WARM!r}" and [float(x) for x in read.split()] == float32(curve(WARM, 20, 0.1))


def test_keras_on_torch_compiles_it_whole():
    import torch

    from_keras.keras()
    schedule = to_keras(WARM, 0.1)
    torch.compiler.reset()
    compiled = torch.compile(lambda step: schedule(step), backend="eager", fullgraph=True)
    assert [float(compiled(torch.tensor(t))) for t in range(20)] == float32(curve(WARM, 20, 0.1))


def test_keras_gives_the_schedule_back():
    keras = from_keras.keras()
    schedule = to_keras(ENDLESS, 0.1, steps=5)
    optimizer = keras.optimizers.deserialize(keras.optimizers.serialize(keras.optimizers.SGD(learning_rate=schedule)))
    alone = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
    for again in (optimizer._learning_rate, alone, pickle.loads(pickle.dumps(schedule))):
        assert isinstance(again, keras.optimizers.schedules.LearningRateSchedule) and again.get_config() == schedule.get_config()
        assert [float(again(t)) for t in range(8)] == float32(curve(ENDLESS, 5, 0.1) + 3 * [ENDLESS(4, 0.1)])


def test_keras_counts_with_its_own_variable():
    keras = from_keras.keras()
    step = keras.Variable(4, dtype="int64", trainable=False)
    assert float(to_keras(WARM, 0.1)(step)) == np.float32(WARM(4, 0.1))


@given(drawing.schedules(most=40), st.integers(0, 10**4))
def test_what_holds_stays_as_it_is(s, later):
    if holds(s):
        assert s(span(s) + later) == s(span(s))


@pytest.mark.parametrize("name", HOLD + HOLDERS)
def test_a_name_in_the_lists_is_a_formula(name):
    assert name in CARDS


def test_what_goes_on_does_not_hold():
    joined = Schedule(sequential, schedules=[ENDLESS, COSINE], milestones=[5])
    assert holds(joined) and to_optax(joined, 0.1)(100) == np.float32(0.01)
    assert not holds(Schedule(sequential, schedules=[COSINE, ENDLESS], milestones=[5])) and not holds(Schedule(mine))


def mine(t, base_lr):
    return base_lr


@pytest.mark.parametrize("hand_over", [to_lambda, to_optax, to_keras])
@pytest.mark.parametrize("arguments, error, sentence", [
    ((COSINE, 0), ValueError, "base_lr: the learning rate at the peak, must be > 0, got 0"),
    ((COSINE, [0.1, 0.2]), ValueError, "base_lr: the learning rate at the peak, must be a number, got [0.1, 0.2]"),
    (([COSINE, COSINE], 0.1), TypeError, "s: the schedule to hand over, must be one Schedule, so one call for each param group, "
     "got [cosine(T_max=9, eta_min=0.01), cosine(T_max=9, eta_min=0.01)]"),
    ((0.1, 0.1), TypeError, "s: the schedule to hand over, must be a Schedule, got 0.1"),
])
def test_what_cannot_be_handed_over_is_one_sentence(hand_over, arguments, error, sentence):
    with pytest.raises(error) as caught:
        hand_over(*arguments)
    assert str(caught.value) == sentence


FOR_EVER = "steps: updates of the run, must be given for a schedule whose end is not known, got None with"


@pytest.mark.parametrize("hand_over", [to_optax, to_keras])
@pytest.mark.parametrize("s, steps, sentence", [
    (ENDLESS, None, f"{FOR_EVER} exponential_decay(gamma=0.9)"),
    (Schedule(mine), None, f"{FOR_EVER} mine()"),
    (COSINE, 0, "steps: updates of the run, must be >= 1, got 0"),
    (COSINE, 9.5, "steps: updates of the run, must be an integer, got 9.5"),
])
def test_a_run_without_a_length_is_one_sentence(hand_over, s, steps, sentence):
    with pytest.raises(ValueError) as caught:
        hand_over(s, 0.1, steps)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("hand_over, package", [("to_optax", "jax"), ("to_keras", "keras")])
def test_a_missing_framework_is_one_sentence(hand_over, package):
    code = (f"import sys; sys.modules[{package!r}] = None; import lrlearn.bridges as bridges; from lrlearn import Schedule, constant; "
            f"bridges.{hand_over}(Schedule(constant), 0.1)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: this part of lrlearn needs {package}, which is not installed: pip install 'lrlearn[frameworks]'")


def test_importing_it_loads_no_framework():
    code = "import sys; import lrlearn.bridges; print({'torch', 'jax', 'keras', 'numpy', 'optax'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "set()\n"
