"""The calls that native() writes give the same rates when the frameworks run them, and what has no equal is refused."""
import inspect
import re
from pathlib import Path

import drawing
import pytest
from drawing import values
from hypothesis import given, settings
from hypothesis import strategies as st
from near import CLOSE, FLOAT32, near, rates, shares

import lrlearn
from lrlearn import (
    CARDS,
    Schedule,
    chained,
    constant,
    cosine,
    cosine_restarts,
    curve,
    exponential_decay,
    multistep_decay,
    one_cycle,
    polynomial,
    sequential,
    triangular,
    warmup,
    wsd,
)
from lrlearn.core import SCALED, signature, span
from lrlearn.natives import FRAMEWORKS, WRITERS, native
from lrlearn.natives.simpler import LATE, SIMPLER
from lrlearn.natives.words import Unequal
from micropython.run import micropython
from tests.peers import from_fastai, from_keras, from_optax, from_timm, from_torch, from_transformers

# fastai rounds the time, and not the rate, to float32: what is steep is off by more.
PEERS = {"torch": from_torch, "transformers": from_transformers, "timm": from_timm, "optax": from_optax, "keras": from_keras}
CLOSENESS = {"torch": CLOSE, "transformers": CLOSE, "timm": CLOSE, "optax": FLOAT32, "keras": FLOAT32, "fastai": 10 * FLOAT32}

# Formula -> the frameworks that have its equal, at the defaults of its card.
EQUALS = {
    "constant": "torch transformers timm optax keras",
    "step_decay": "torch timm optax keras",
    "multistep_decay": "torch timm optax keras",
    "exponential_decay": "torch timm optax keras",
    "inverse_time_decay": "keras",
    "linear": "torch transformers timm optax keras fastai",
    "polynomial": "torch transformers timm optax keras fastai",
    "cosine": "torch transformers timm optax keras fastai",
    "cosine_restarts": "torch transformers timm optax keras",
    "triangular": "torch",
    "triangular2": "torch",
    "exp_range": "torch",
    "one_cycle": "torch optax fastai",
    "one_cycle_momentum": "",
    "warmup": "torch transformers timm optax keras fastai",
    "inverse_sqrt": "transformers timm",
    "noam": "",
    "wsd": "torch transformers timm optax fastai",
    "sequential": "torch optax fastai",
    "chained": "torch",
    "rex": "",
    "k_decay": "torch transformers timm optax keras fastai",
    "k_decay_polynomial": "timm fastai",
    "tanh_decay": "timm",
    "cosine_power": "torch transformers timm optax keras fastai",
    "cosine_cycles": "torch transformers timm optax keras",
    "cosine_waves": "transformers",
    "polynomial_cycle": "keras",
    "chebyshev": "",
    "hyperbolic": "",
    "exp_hyperbolic": "",
    "exponential_between": "optax fastai",
    "power_law": "transformers timm",
    "power_decay": "",
    "piecewise_constant": "torch optax keras",
    "piecewise_linear": "torch optax fastai",
    "piecewise_cosine": "optax",
    "knee": "torch transformers timm optax fastai",
    "flat_cosine": "torch transformers timm optax fastai",
    "slanted_triangular": "torch timm optax fastai",
    "infinite": "torch transformers timm optax keras fastai",
    "swa": "torch transformers timm optax keras fastai",
    "linear_one_cycle": "torch optax fastai",
    "untuned_warmup": "",
    "exponential_warmup": "",
    "staircase": "",
    "clipped": "optax",
    "repeat": "timm",
}
PAIRS = [(framework, name) for name, frameworks in EQUALS.items() for framework in frameworks.split()]
PAIRS += [("keras", "wsd"), ("keras", "sequential"), ("transformers", "sequential"), ("timm", "sequential")]       # now and then


def default(name):
    """The schedule at the defaults of its card."""
    facts = CARDS[name]
    return Schedule(facts.formula, **{p.name: p.default for p in facts.params if p.name not in SCALED})


def answers(text, framework, steps, lr):
    """The rates when the framework runs the text: all of them, or those until the run of the text ends."""
    call = text.split("\n")[-1]
    if framework == "fastai":
        updates = int(re.search(r"a run of (\d+) updates", text)[1])
        return from_fastai.rates(f"learner.fit({updates}, cbs={call})", min(steps, updates), lr)
    return [float(call)] * steps if re.fullmatch(r"[-+.e0-9]+", call) else PEERS[framework].rates(text, steps, lr)


def departure(text):
    """The update at which the rates depart, as the notes tell; None when they agree for good."""
    def last(pattern):
        return int(([0] + re.findall(pattern, text))[-1])

    start = last(r"(?:milestones|boundaries)=\[[0-9, ]*?(\d+)\]\)$")
    if text.startswith("ChainedScheduler", text.rfind("\n") + 1):
        return min(map(int, re.findall(r"T_max=(\d+)", text)), default=None)
    if "CosineAnnealingLR rises again" in text:
        return start + last(r"T_max=(\d+)")
    if "sgdr_schedule" in text[text.rfind("optax."):]:
        return start + sum(map(int, re.findall(r"for n in \[(\d+), (\d+), (\d+)\]", text)[-1]))
    noted = any(sign in text for sign in ("goes on", "3 cycles", "one more step()"))
    return last(r"(?:num_training_steps|total_steps)=(\d+)") if noted else None


def agrees(s, framework, lr):
    """Whether the framework's rates are those of the schedule: up to its end, and beyond where no note says otherwise."""
    text = native(s, framework, lr)
    steps = departure(text) or span(s) + 50
    theirs = answers(text, framework, steps, lr)
    ours = curve(s, len(theirs), lr)
    left_out = {0} if "the very first rate" in text else set()
    if LATE.strip() in text:
        left_out |= {t for t in range(1, len(ours)) if ours[t] > ours[t - 1]}
    limit = CLOSENESS[framework] * max([lr] + ours)
    return all(abs(a - b) <= limit for t, (a, b) in enumerate(zip(ours, theirs, strict=True)) if t not in left_out)


# What is drawn otherwise than the cards would have it: short runs, absolute rates in proportion to lr, factors that do not
# explode, and numbers that float32 holds exactly where it takes powers of them.
FACTOR = st.floats(0.5, 1.0, width=32)
DRAWN = {
    "gamma": FACTOR, "decay": FACTOR | st.just(1.0), "end_factor": st.floats(0.015625, 1.0, width=32) | st.sampled_from([0.0, 1.0]),
    "start_factor": shares | st.just(1.0), "factor": shares, "constant_factor": st.floats(0.01, 1.0), "swa_factor": shares,
    "decay_rate": st.floats(0, 5), "ratio": st.floats(1, 50), "div_factor": st.floats(1, 50), "final_div_factor": st.floats(1, 1e4),
    "pct_start": st.sampled_from([0.2, 0.3, 0.5]), "pct_final": st.sampled_from([0.5, 0.8, 1.0]), "cut_frac": st.sampled_from([0.1, 0.3]),
    "flat_fraction": st.sampled_from([0.25, 0.5, 0.75]), "k": st.sampled_from([1.0, 2.0]), "exponent": st.sampled_from([1.0, 2.0]),
    "num_cycles": st.sampled_from([0.5, 1.5, 2.0]), "lb": st.sampled_from([-7.0, -5.0]), "ub": st.sampled_from([3.0, 5.0]),
    "T_mult": st.integers(1, 3), "anneal_start": st.none(), "max_lr": st.none(),
}


ROUND = ("one_cycle", "linear_one_cycle", "flat_cosine")        # their phases are parts of the run


def drawn(draw, name, lr, float32, inner=None):
    """A schedule of the formula, arguments with a default now and then left out."""
    formula, hyper = CARDS[name].formula, {}
    room = draw(st.sampled_from([10, 20, 40]) if name in ROUND else st.integers(1, 40))
    for p in CARDS[name].params:
        rule = p.rule
        if p.name in SCALED or p.name not in signature(formula)[1] and draw(st.booleans()):
            continue
        if p.name in ("eta_min", "min_lr"):
            hyper[p.name] = draw(shares) * lr
        elif p.name == "power":
            hyper[p.name] = draw(st.sampled_from([1.0, 1.5, 2.0, 3.0] if float32 else [0.5, 1.0, 1.5, 2.0]))
        elif p.name == "T_0" and "schedule" in hyper:
            hyper["T_0"] = hyper["schedule"].hyper.get("T_max", 25)
        elif p.name == "total_steps":
            hyper[p.name] = room
        elif "total_steps" in rule:         # the phases of a run share its steps
            hyper[p.name] = draw(st.integers(int(rule[3]), room))
            room -= hyper[p.name]
        elif p.name == "schedules":
            hyper[p.name] = draw(st.lists(inner, min_size=1, max_size=3))
        elif "as many as" in rule:
            hyper[p.name] = draw(st.lists(shares, min_size=len(hyper["milestones"]), max_size=len(hyper["milestones"])))
        elif rule.startswith("a list"):
            n = len(hyper["schedules"]) - 1 if "fewer" in rule else draw(st.integers(0, 3))
            hyper[p.name] = sorted(draw(st.lists(st.integers(0, 25), min_size=n, max_size=n)))
        elif p.name in DRAWN:
            hyper[p.name] = draw(DRAWN[p.name]) or (1.0 if rule.startswith("> 0") else None if rule.startswith("None") else 0.0)
        else:
            hyper[p.name] = draw(values(p, 25, inner))
    return Schedule(formula, **hyper)


LEAVES = 5 * ("cosine",) + ("constant", "step_decay", "multistep_decay", "exponential_decay", "linear", "polynomial",
                            "cosine_restarts", "inverse_sqrt", "wsd")


@st.composite
def schedules(draw, name, lr, float32):
    leaves = ("exponential_decay", "step_decay") if name == "clipped" else LEAVES
    leaf = st.composite(lambda draw: drawn(draw, draw(st.sampled_from(leaves)), lr, float32))
    return drawn(draw, name, lr, float32, leaf())


@pytest.mark.parametrize("framework, name", PAIRS)
def test_the_call_gives_the_same_rates(framework, name):
    done = []

    @settings(max_examples=10)
    @given(rates, st.data())
    def run(lr, data):
        s = data.draw(schedules(name, lr, framework in ("optax", "keras", "fastai")))
        try:
            native(s, framework, lr)
        except ValueError as refused:
            assert re.fullmatch(r"s: the schedule to write for \w+, must have an equal there, got .*: .*, use .*", str(refused))
            return
        done.append(s)
        assert agrees(s, framework, lr), native(s, framework, lr)

    run()
    if framework in EQUALS[name].split():
        assert done, "no call was tried"


@pytest.mark.parametrize("name", sorted(CARDS))
def test_which_framework_has_an_equal(name):
    found = []
    for framework in WRITERS:
        try:
            native(default(name), framework)
        except ValueError:
            continue
        assert agrees(default(name), framework, 0.1), framework
        found.append(framework)
    assert " ".join(found) == EQUALS[name]


@settings(max_examples=50)
@given(rates, st.data())
@pytest.mark.parametrize("name", sorted(SIMPLER))
def test_simpler_words_mean_the_same(name, lr, data):
    s = data.draw(schedules(name, lr, False))
    try:
        same = SIMPLER[name](lr, **s.hyper)
    except Unequal:
        return
    steps = span(s) + 50
    assert near(curve(same, steps, lr), curve(s, steps, lr), 1e-11 * max([lr] + curve(s, steps, lr))), same


@settings(max_examples=50)
@given(drawing.schedules())
def test_python_gives_the_schedule_back(s):
    assert eval(native(s, "python"), {"Schedule": Schedule, **{name: facts.formula for name, facts in CARDS.items()}}) == s


COSINE = Schedule(cosine, T_max=90, eta_min=0.001)
NOTED = {
    "torch": (COSINE, 91), "transformers": (COSINE, 91), "optax": (Schedule(cosine_restarts, T_0=10, T_mult=2), 70),
}


@pytest.mark.parametrize("framework", NOTED)
def test_what_a_note_says_is_so(framework):
    s, at = NOTED[framework]
    text = native(s, framework)
    theirs, ours = answers(text, framework, at + 5, 0.1), curve(s, at + 5, 0.1)
    assert text.startswith("# ") and near(theirs[:at], ours[:at], 1e-6) and not near(theirs[at:], ours[at:], 1e-4)


def test_one_cycle_of_torch_ends_as_its_note_says():
    s = Schedule(one_cycle, total_steps=20)
    theirs = answers(native(s, "torch"), "torch", 23, 0.1)
    assert near(theirs[:20], curve(s, 20, 0.1), 1e-12) and abs(theirs[20] - s(20, 0.1)) > 1e-4 and theirs[21] is None


WARM = Schedule(warmup, schedule=COSINE, warmup_steps=10)


def test_timm_s_clock_is_as_its_note_says():
    note, call = native(WARM, "timm").split("\n")
    assert "step(n)" in note and "step_update(n) moves it only with t_in_epochs=False" in note

    def driven(call):
        (optimizer, scheduler), used = from_torch.made(call, 0.1, from_timm.schedulers()), []
        for t in range(30):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step_update(t + 1)
        return used

    assert set(driven(call)) == {0.0} and near(driven(call[:-1] + ", t_in_epochs=False)"), curve(WARM, 30, 0.1), 1e-12)


CUTS = Schedule(multistep_decay, milestones=[30, 60, 60], gamma=0.5)
PLAN = Schedule(wsd, total_steps=100, decay_steps=20, warmup_steps=10, decay_type="1-sqrt")
CALLS = [                                   # the traps: what each framework counts otherwise
    (WARM, "torch", "SequentialLR(optimizer, [LinearLR(optimizer, start_factor=1e-12, end_factor=1.0, total_iters=10), "
     "CosineAnnealingLR(optimizer, T_max=90, eta_min=0.001)], milestones=[10])"),
    (WARM, "transformers", "get_cosine_with_min_lr_schedule_with_warmup(optimizer, num_warmup_steps=10, num_training_steps=100, min_lr=0.001)"),
    (WARM, "timm", "CosineLRScheduler(optimizer, t_initial=90, lr_min=0.001, warmup_t=10, warmup_lr_init=0.0, warmup_prefix=True)"),
    (WARM, "optax", "optax.warmup_cosine_decay_schedule(0.0, 0.1, warmup_steps=10, decay_steps=100, end_value=0.001)"),
    (WARM, "keras", "keras.optimizers.schedules.CosineDecay(0.0, decay_steps=90, alpha=0.01, warmup_target=0.1, warmup_steps=10)"),
    (WARM, "fastai", 'ParamScheduler({"lr": combine_scheds([0.1, 0.9], [SchedLin(0.0, 0.1), SchedCos(0.1, 0.001)])})'),
    (CUTS, "torch", "MultiStepLR(optimizer, milestones=[30, 60, 60], gamma=0.5)"),
    (CUTS, "timm", "MultiStepLRScheduler(optimizer, decay_t=[31, 61, 61], decay_rate=0.5)"),
    (CUTS, "optax", "optax.piecewise_constant_schedule(0.1, {30: 0.5, 60: 0.25})"),
    (CUTS, "keras", "keras.optimizers.schedules.PiecewiseConstantDecay(boundaries=[29, 59], values=[0.1, 0.05, 0.0125])"),
    (PLAN, "transformers", 'get_wsd_schedule(optimizer, num_warmup_steps=10, num_training_steps=100, num_decay_steps=20, decay_type="1-sqrt")'),
    (PLAN, "timm", 'WSDLRScheduler(optimizer, t_initial=90, decay_t=20, decay_fn="1-sqrt", warmup_t=10, warmup_lr_init=0.0)'),
    (Schedule(triangular, step_size_up=5, eta_min=0.01), "torch",
     'CyclicLR(optimizer, base_lr=0.01, max_lr=0.1, step_size_up=5, step_size_down=None, mode="triangular", cycle_momentum=False)'),
    (Schedule(one_cycle, total_steps=20), "torch",
     'OneCycleLR(optimizer, max_lr=0.1, total_steps=20, pct_start=0.3, anneal_strategy="cos", cycle_momentum=False, '
     "div_factor=25.0, final_div_factor=10000.0, three_phase=False)"),
    (Schedule(sequential, schedules=[Schedule(sequential, schedules=[CUTS, COSINE], milestones=[10]), CUTS], milestones=[5]), "torch",
     "SequentialLR(optimizer, [MultiStepLR(optimizer, milestones=[30, 60, 60], gamma=0.5), "
     "MultiStepLR(optimizer, milestones=[30, 60, 60], gamma=0.5)], milestones=[5])"),
    (Schedule(warmup, schedule=Schedule(one_cycle, total_steps=21, pct_start=1 / 3), warmup_steps=5), "optax",
     'optax.join_schedules([optax.linear_schedule(0.0, 0.004, transition_steps=5), '
     'optax.piecewise_interpolate_schedule("cosine", 0.004, {6: 25.0, 20: 4e-06})], boundaries=[5])'),
    (Schedule(constant, factor=0.5, total_iters=0), "torch", "ConstantLR(optimizer, factor=1.0, total_iters=0)"),
    (Schedule(warmup, schedule=Schedule(constant), warmup_steps=5), "keras",
     "keras.optimizers.schedules.PolynomialDecay(0.0, decay_steps=5, end_learning_rate=0.1)"),
    (Schedule(sequential, schedules=[Schedule(constant), COSINE, WARM], milestones=[0, 0]), "keras",
     "keras.optimizers.schedules.CosineDecay(0.0, decay_steps=90, alpha=0.01, warmup_target=0.1, warmup_steps=10)"),
]


@pytest.mark.parametrize("s, framework, call", CALLS, ids=lambda x: x if x in FRAMEWORKS else "")
def test_the_traps(s, framework, call):
    assert native(s, framework).split("\n")[-1] == call


def test_what_is_no_whole_number_is_written_as_a_float():
    assert native(Schedule(cosine, T_max=9), "keras", 1) == "keras.optimizers.schedules.CosineDecay(1.0, decay_steps=9)"
    assert native(Schedule(exponential_decay, gamma=1), "torch") == "ExponentialLR(optimizer, gamma=1.0)"


def own(t, base_lr):
    return base_lr


def cosine_of_a_reader(t, base_lr, T_max):
    return base_lr


cosine_of_a_reader.__name__ = "cosine"
LAMBDA = "LambdaLR(optimizer, to_lambda(s, base_lr))"
REFUSED = [
    (PLAN, "torch", "its cool-down is 1-sqrt, use " + LAMBDA),
    (PLAN, "keras", "its cool-down is 1-sqrt, use to_keras(s, base_lr)"),
    (Schedule(polynomial, total_iters=10, power=2.0, eta_min=0.01), "torch", "PolynomialLR has no floor, use " + LAMBDA),
    (Schedule(chained, schedules=[COSINE, CUTS]), "torch", "ChainedScheduler multiplies, and this is no product, use " + LAMBDA),
    (Schedule(warmup, schedule=Schedule(one_cycle, total_steps=20), warmup_steps=5), "torch",
     "CyclicLR, OneCycleLR and ChainedScheduler do not fit into a SequentialLR, use " + LAMBDA),
    (Schedule(sequential, schedules=[Schedule(cosine, T_max=5), CUTS], milestones=[10]), "torch",
     "CosineAnnealingLR would rise again in between, use " + LAMBDA),
    (Schedule(wsd, total_steps=100, decay_steps=20, warmup_steps=10, eta_min=0.01), "transformers", "its warm-up begins at the floor, use " + LAMBDA),
    (Schedule(warmup, schedule=COSINE, warmup_steps=10, start_factor=0.1), "transformers",
     "its warm-up begins at 0, use " + LAMBDA),
    (Schedule(multistep_decay, milestones=[0]), "timm", "its first rate is always that of the optimizer, use " + LAMBDA),
    (Schedule(cosine_of_a_reader, T_max=5), "optax", "there is nothing like it, use to_optax(s, base_lr)"),
    (Schedule(own), "fastai", 'there is nothing like it, use ParamScheduler({"lr": lambda done: s(round(done * updates), base_lr)})'),
]


@pytest.mark.parametrize("s, framework, why", REFUSED, ids=lambda x: x if x in FRAMEWORKS else "")
def test_what_has_no_equal_is_one_sentence(s, framework, why):
    with pytest.raises(ValueError) as error:
        native(s, framework)
    assert str(error.value) == f"s: the schedule to write for {framework}, must have an equal there, got {s!r}: {why}"


@pytest.mark.parametrize("arguments, error, sentence", [
    ((cosine, "torch"), TypeError, "s: the schedule to write, must be a Schedule, got <function cosine"),
    ((COSINE, "jax"), ValueError, "framework: whose call to write, must be one of " + ", ".join(FRAMEWORKS) + ", got 'jax'"),
    ((COSINE, ["torch"]), ValueError, "framework: whose call to write, must be one of "),
    ((COSINE, "torch", 0), ValueError, "base_lr: the learning rate at the peak, must be > 0, got 0"),
    ((COSINE, "torch", [0.1]), ValueError, "base_lr: the learning rate at the peak, must be a number, got [0.1]"),
])
def test_wrong_arguments_are_one_sentence(arguments, error, sentence):
    with pytest.raises(error) as caught:
        native(*arguments)
    assert str(caught.value).startswith(sentence)


def texts(cases):
    """What native says to each case, its refusals included."""
    said = []
    for s, framework, lr in cases:
        try:
            said.append(native(s, framework, lr))
        except ValueError as refused:
            said.append(str(refused))
    return said


def test_the_page_writes_the_same_calls():
    """MicroPython's floats print as ours here: the hyperparameters are short, and what is computed is cut to 12 digits."""
    room = Path(lrlearn.__file__).with_name("natives")
    files = {f"lrlearn/natives/{path.name}": path.read_text() for path in room.glob("*.py")}
    cases = [(default(name), framework, 0.3) for name in sorted(CARDS) for framework in FRAMEWORKS]
    cases += [(s, framework, 0.1) for s, framework, *_ in CALLS + REFUSED[:-2]]
    program = f"""import json
from lrlearn import CARDS, Schedule
for name in CARDS:
    globals()[name] = CARDS[name].formula
from lrlearn.natives import native
{inspect.getsource(texts)}
answer = json.dumps(texts([{", ".join(f"({native(s, 'python')}, {framework!r}, {lr})" for s, framework, lr in cases)}]))"""
    assert micropython(program, **files) == texts(cases)


def test_a_formula_without_a_name_cannot_be_written():
    with pytest.raises(ValueError, match="^s: the schedule to write for python, must have a formula with a name, got <lambda>"):
        native(Schedule(lambda t, base_lr: base_lr), "python")
