"""How far each formula, and each class of lrlearn.pytorch, is from its peers: the largest difference over fixed settings.

A row names our side, the peer's, and for how many updates they agree. Both sides are texts over the letters of a setting,
which stand for their values in both. Where one of our classes is held against torch's, one text serves both sides.
"""
import random
import re
from collections import namedtuple
from functools import cache, partial
from math import ceil, log10

from lrlearn import CARDS, FOLDS, Schedule, curve

from . import from_fastai, from_ignite, from_keras, from_lrsched, from_optax, from_timm, from_torch, from_transformers

PEERS = {
    "torch": from_torch, "transformers": from_transformers, "timm": from_timm, "optax": from_optax, "keras": from_keras,
    "fastai": from_fastai, "ignite": from_ignite, "lrsched": from_lrsched,
}
# Relative to base_lr: recursions in float64, and what is computed in float32.
TOLERANCE = dict.fromkeys(PEERS, 1e-11) | {"optax": 1e-6, "keras": 1e-6, "fastai": 1e-6}
SETTINGS = dict.fromkeys(PEERS, 24) | {"optax": 12}               # optax compiles anew for each
LEAST = 1e-16                                                       # what two processors may differ by

# framework, what it is called there, ours, theirs, how many updates; None: as many metrics as a setting has
Row = namedtuple("Row", "framework name ours theirs steps hyper", defaults=["lr"])


def setting(i):
    """Number i of the fixed settings. Times are updates, rates are learning rates, shares are parts of the peak."""
    draw = random.Random(i)
    peak = 10.0 ** draw.uniform(-4, 0)
    share = draw.choice([0.0, 0.1, draw.uniform(0.01, 0.9)])
    T, N, V, D, W = draw.randint(2, 30), draw.randint(1, 9), draw.randint(1, 9), draw.randint(1, 9), draw.randint(1, 9)
    first = draw.randint(1, 9)
    return dict(
        peak=peak, share=share, low=share * peak,                   # a floor
        T=T, N=N, V=V, D=D, W=W, C=draw.randint(1, 4),              # long, short; cycles
        X=first, Y=first + draw.randint(1, 9), Z=first + draw.randint(10, 20),      # ascending steps
        a=draw.uniform(0.05, 1.0), b=draw.uniform(0.05, 1.0),       # shares that are not 0
        g=draw.uniform(0.5, 0.99), h=draw.uniform(0.1, 2.0), p=draw.choice([0.5, 1.0, 2.0, 3.0]),
        way=draw.choice(["cos", "linear"]), three=draw.choice([False, True]), shape=draw.choice(["linear", "cosine", "1-sqrt"]),
        mode=draw.choice(["min", "max"]),
        metrics=[draw.randint(1, 16) / 8 for _ in range(60)],       # exact in float32, and often equal
    )


def filled(text, values):
    """The text with the letters of the setting replaced by their values."""
    return re.sub(r"(?<!['\"])\b[A-Za-z]+\b(?![=(])", lambda word: repr(values[word[0]]) if word[0] in values else word[0], text)


SCHEDULES = {name: partial(Schedule, card.formula) for name, card in CARDS.items()}
REACTIONS = {name: partial(partial, card.formula) for name, card in FOLDS.items()}


def our_schedule(text, values):
    """The Schedule, or the reaction to a metric, that our side of a row makes of a setting."""
    return eval(filled(text, values), {**SCHEDULES, **REACTIONS})


def base(row, values):
    """What the formula scales: the peak, or the momentum that torch and fastai begin with."""
    return values["peak"] if row.hyper == "lr" else 0.95


def our_rates(row, values):
    """Our learning rates, or momenta: of a schedule, of a reaction, or of a class that is driven as torch's is."""
    if row.ours.startswith("lrlearn.pytorch."):
        import lrlearn.pytorch as classes

        names = {name: getattr(classes, name) for name in classes.__all__}
        call, lr = filled(row.theirs, values), values["peak"]
        if row.steps is None:
            return from_torch.reacting(call, values["metrics"], lr, names)
        return from_torch.stepped(call, eval(row.steps, dict(values)), lr, names)
    made = our_schedule(row.ours, values)
    if row.steps is not None:
        return curve(made, eval(row.steps, dict(values)), base(row, values))
    state, used = (values["peak"], None, 0, 0), []
    for metric in values["metrics"]:
        state = made(state, metric)
        used.append(state[0])
    return used


def their_rates(row, values):
    call, peer, lr = filled(row.theirs, values), PEERS[row.framework], values["peak"]
    if row.steps is None:
        return peer.fed(call, values["metrics"], lr)
    return peer.rates(call, eval(row.steps, dict(values)), lr, *[row.hyper] * (row.hyper != "lr"))


@cache
def difference(row):
    """The largest difference over all settings, relative to base_lr; infinite where a side has no rate."""
    apart = []
    for i in range(SETTINGS[row.framework]):
        values = setting(i)
        for mine, other in zip(our_rates(row, values), their_rates(row, values), strict=True):
            apart.append(float("inf") if None in (mine, other) else abs(mine - other) / base(row, values))
    FOUND[row] = max(apart)
    return FOUND[row]


FOUND = {}                                                          # what this run has measured: row -> difference


def within(largest):
    """The power of ten that the difference does not exceed, so that processors agree on it."""
    return float(f"1e{ceil(log10(max(largest, LEAST)))}")


def label(row):
    """Our side in short: the class, or the names of the formulas from the outside in."""
    if row.ours.startswith("lrlearn.pytorch."):
        return row.ours.removeprefix("lrlearn.")
    names = [name for name in re.findall(r"(\w+)\(", row.ours) if name in CARDS or name in FOLDS]
    return "(".join(names[:2]) + ")" * (len(names) > 1)


def entry(row, largest):
    """The row as it stands in the file."""
    return {"label": label(row), "framework": row.framework, "name": row.name, "ours": row.ours, "theirs": row.theirs,
        "within": largest}


def table(found):
    """The lines of a table: what is ours by peers, the largest difference in each cell."""
    cells, width = {}, 9
    for row, largest in found.items():
        line = cells.setdefault(label(row), {})
        line[row.framework] = max(line.get(row.framework, 0.0), largest)
    left = max(map(len, cells)) + 2
    names = [name for name in PEERS if any(name in line for line in cells.values())]
    yield " " * left + "".join(name[:width + 3].rjust(width + 4) for name in names)
    for ours, line in cells.items():
        shown = [f"{line[name]:.0e}" if name in line else "" for name in names]
        yield (ours.ljust(left) + "".join(text.rjust(width + 4) for text in shown)).rstrip()


def T(name, ours, theirs, steps, **more):
    return Row("torch", name, ours, theirs, steps, **more)


WARM = "warmup(schedule={}, warmup_steps=W)"


def hf(kind, ours, steps, arguments="W, W + T", **kwargs):
    """A type of transformers by its name, with kwargs as texts."""
    entries = ", ".join(f"{name!r}: {value}" for name, value in kwargs.items())
    given = f", scheduler_specific_kwargs={{{entries}}}" if kwargs else ""
    return Row("transformers", kind, ours, f'get_scheduler("{kind}", optimizer{", " + arguments if arguments else ""}{given})',
        steps)


def optax(name, ours, arguments, steps):
    return Row("optax", name, ours, f"optax.{name}({arguments})", steps)


def keras(name, ours, arguments, steps):
    return Row("keras", name, ours, f"keras.optimizers.schedules.{name}({arguments})", steps)


def timm(name, ours, arguments, steps):
    return Row("timm", name, ours, f"{name}(optimizer, {arguments})", steps)


def fastai(name, ours, annealer, steps="T"):
    return Row("fastai", name, ours, f'learner.fit(T, cbs=ParamScheduler({{"lr": {annealer}}}))', steps)


def lrsched(name, ours, arguments, steps):
    return Row("lrsched", name, ours, f"lrsched.{name}({arguments})", steps)


CYCLIC = 'CyclicLR(optimizer, low, peak, N, V, mode="{}", gamma=g)'
PLATEAU = "(mode={mode}, factor=g, patience=N, threshold=share, threshold_mode={kind}, cooldown=C, min_lr=low)"

ROWS = [
    # torch
    T("ConstantLR", "constant(factor=a, total_iters=N)", "ConstantLR(optimizer, a, N)", "N + 3"),
    T("LinearLR", "linear(total_iters=T, start_factor=a, end_factor=b)", "LinearLR(optimizer, a, b, T)", "T + 3"),
    T("PolynomialLR", "polynomial(total_iters=T, power=p)", "PolynomialLR(optimizer, T, p)", "T + 3"),
    T("CosineAnnealingLR", "cosine(T_max=T, eta_min=low)", "CosineAnnealingLR(optimizer, T, low)", "T + 1"),
    T("StepLR", "step_decay(step_size=N, gamma=g)", "StepLR(optimizer, N, g)", "3 * N + 2"),
    T("MultiStepLR", "multistep_decay(milestones=[X, Y, Y, Z], gamma=g)", "MultiStepLR(optimizer, [X, Y, Y, Z], g)", "Z + 3"),
    T("ExponentialLR", "exponential_decay(gamma=g)", "ExponentialLR(optimizer, g)", "T"),
    T("CosineAnnealingWarmRestarts", "cosine_restarts(T_0=N, T_mult=C, eta_min=low)",
      "CosineAnnealingWarmRestarts(optimizer, N, C, low)", "60"),
    T("CyclicLR", "triangular(step_size_up=N, step_size_down=V, eta_min=low)", CYCLIC.format("triangular"), "60"),
    T("CyclicLR", "triangular2(step_size_up=N, step_size_down=V, eta_min=low)", CYCLIC.format("triangular2"), "60"),
    T("CyclicLR", "exp_range(step_size_up=N, gamma=g, step_size_down=V, eta_min=low)", CYCLIC.format("exp_range"), "60"),
    T("OneCycleLR", "one_cycle(total_steps=T + 10, anneal_strategy=way, three_phase=three)",
      "OneCycleLR(optimizer, peak, T + 10, anneal_strategy=way, three_phase=three)", "T + 10"),
    T("OneCycleLR", "one_cycle_momentum(base_momentum=0.85, total_steps=T + 10, anneal_strategy=way, three_phase=three)",
      "OneCycleLR(optimizer, peak, T + 10, anneal_strategy=way, three_phase=three)", "T + 10", hyper="momentum"),
    T("LinearLR inside SequentialLR", "warmup(schedule=cosine(T_max=T, eta_min=low), warmup_steps=W, start_factor=a)",
      "SequentialLR(optimizer, [LinearLR(optimizer, a, total_iters=W), CosineAnnealingLR(optimizer, T, low)], [W])", "W + T + 1"),
    T("SequentialLR", "sequential(schedules=[constant(factor=a, total_iters=N), exponential_decay(gamma=g), "
      "step_decay(step_size=V)], milestones=[X, Y])",
      "SequentialLR(optimizer, [ConstantLR(optimizer, a, N), ExponentialLR(optimizer, g), StepLR(optimizer, V)], [X, Y])",
          "Y + 9"),
    T("ChainedScheduler", "chained(schedules=[exponential_decay(gamma=g), step_decay(step_size=N, gamma=b)])",
      "ChainedScheduler([ExponentialLR(optimizer, g), StepLR(optimizer, N, b)])", "T"),
    T("SWALR", "swa(anneal_steps=N, swa_factor=a, anneal_strategy=way)",
      "__import__('torch').optim.swa_utils.SWALR(optimizer, a * peak, N, way)", "N + 3"),
    T("ReduceLROnPlateau", 'plateau' + PLATEAU.format(mode="mode", kind='"rel"'),
      'ReduceLROnPlateau(optimizer, mode, g, N, share, "rel", C, low)', None),
    T("ReduceLROnPlateau", 'plateau' + PLATEAU.format(mode="mode", kind='"abs"'),
      'ReduceLROnPlateau(optimizer, mode, g, N, share, "abs", C, low)', None),

    # torch's names, driven alike
    *[T(call.split("(")[0], "lrlearn.pytorch." + call.split("(")[0], call, steps) for call, steps in [
        ("ConstantLR(optimizer, a, N)", "N + 3"),
        ("LinearLR(optimizer, a, b, T)", "T + 3"),
        ("PolynomialLR(optimizer, T, p)", "T + 3"),
        ("CosineAnnealingLR(optimizer, T, low)", "3 * T + 3"),
        ("StepLR(optimizer, N, g)", "3 * N + 2"),
        ("MultiStepLR(optimizer, [X, Y, Y, Z], g)", "Z + 3"),
        ("ExponentialLR(optimizer, g)", "T"),
        ("LambdaLR(optimizer, lambda t: 1 / (1 + h * t))", "T"),
        ("MultiplicativeLR(optimizer, lambda t: g)", "T"),
        ("CosineAnnealingWarmRestarts(optimizer, N, C, low)", "60"),
        ('CyclicLR(optimizer, low, peak, N, V, "exp_range", g)', "60"),
        ("OneCycleLR(optimizer, peak, T + 10, anneal_strategy=way, three_phase=three)", "T + 10"),
        ("SequentialLR(optimizer, [LinearLR(optimizer, a, total_iters=W), CosineAnnealingLR(optimizer, T, low)], [W])",
            "W + T + 1"),
        ("ChainedScheduler([LinearLR(optimizer, a, total_iters=W), CosineAnnealingLR(optimizer, T, low)])", "W + T + 1"),
        ('ReduceLROnPlateau(optimizer, mode, g, N, share, "rel", C, low)', None),
    ]],

    # transformers: its twelve types
    hf("constant", "constant()", "5", arguments=""),
    hf("constant_with_warmup", WARM.format("constant()"), "W + 5", arguments="W"),
    hf("linear", WARM.format("linear(total_iters=T)"), "W + T + 3"),
    hf("cosine", WARM.format("cosine(T_max=T)"), "W + T + 1"),
    hf("cosine", WARM.format("cosine_waves(total_steps=T, num_cycles=C)"), "W + T + 1", num_cycles="C"),
    hf("cosine_with_restarts", WARM.format("cosine_restarts(T_0=N)"), "W + C * N", arguments="W, W + C * N", num_cycles="C"),
    hf("polynomial", WARM.format("polynomial(total_iters=T, power=p, eta_min=low)"), "W + T + 3", lr_end="low", power="p"),
    hf("inverse_sqrt", WARM.format("inverse_sqrt(timescale=N)"), "W + T", arguments="W", timescale="N"),
    hf("reduce_lr_on_plateau", "plateau" + PLATEAU.format(mode="mode", kind='"abs"'), None, arguments="", mode="mode", factor="g",
       patience="N",
       threshold="share", threshold_mode='"abs"', cooldown="C", min_lr="low"),
    hf("greedy", "greedy(mode=mode, factor=g, patience=C, threshold=share, cooldown=V, warmup=N, min_lr=low, max_lr=3 * peak)",
       None, arguments="",
       mode="mode", factor="g", patience="C", threshold="share", cooldown="V", warmup="N", min_lr="low", max_lr="3 * peak"),
    hf("cosine_with_min_lr", WARM.format("cosine(T_max=T, eta_min=low)"), "W + T + 1", min_lr="low"),
    hf("cosine_warmup_with_min_lr", "warmup(schedule=cosine(T_max=T, eta_min=low), warmup_steps=W - 1, start_factor=1 / W)",
       "W + T", min_lr="low"),
    hf("warmup_stable_decay", "wsd(total_steps=W + T + D, decay_steps=D, warmup_steps=W, decay_type=shape)", "W + T + D + 3",
       arguments="W, W + T + D", num_decay_steps="D", decay_type="shape"),
    hf("warmup_stable_decay",
       "warmup(schedule=wsd(total_steps=T + D, decay_steps=D, decay_type=shape, eta_min=low), warmup_steps=W, "
       "start_factor=share)",
       "W + T + D + 3", arguments="W, W + T + D", num_decay_steps="D", decay_type="shape", min_lr_ratio="share"),

    # timm
    timm("CosineLRScheduler", "cosine(T_max=T, eta_min=low)", "T, low", "T + 3"),
    timm("CosineLRScheduler", "cosine_restarts(T_0=N, T_mult=2, eta_min=low)", "N, low, cycle_mul=2.0, cycle_limit=99", "40"),
    timm("CosineLRScheduler", "cosine_cycles(T_0=N, decay=b)", "N, cycle_decay=b, cycle_limit=99", "40"),
    timm("CosineLRScheduler", "k_decay(total_steps=T, k=p, eta_min=low)", "T, low, k_decay=p", "T + 3"),
    timm("CosineLRScheduler", "warmup(schedule=cosine(T_max=T, eta_min=low), warmup_steps=W, start_factor=a)",
         "T, low, warmup_t=W, warmup_lr_init=a * peak, warmup_prefix=True", "W + T + 3"),
    timm("PolyLRScheduler", "polynomial(total_iters=T, power=p, eta_min=low)", "T, p, low", "T + 3"),
    timm("PolyLRScheduler", "k_decay_polynomial(total_steps=T, k=h, power=p, eta_min=low)", "T, p, low, k_decay=h", "T + 3"),
    timm("PolyLRScheduler", "repeat(schedule=polynomial(total_iters=N, power=p), T_0=N, decay=b)",
         "N, p, cycle_decay=b, cycle_limit=99", "40"),
    timm("TanhLRScheduler", "tanh_decay(total_steps=T, lb=-16.0, eta_min=low)", "T, -16.0, lr_min=low", "T + 3"),
    timm("StepLRScheduler", "step_decay(step_size=N, gamma=g)", "N, g", "3 * N + 2"),
    timm("MultiStepLRScheduler", "multistep_decay(milestones=[X, Y, Z], gamma=g)", "[X + 1, Y + 1, Z + 1], g", "Z + 3"),
    timm("WSDLRScheduler", "wsd(total_steps=W + T + D, decay_steps=D, warmup_steps=W, decay_type=shape, eta_min=low)",
         "T + D, D, low, warmup_t=W, decay_fn=shape", "W + T + D + 3"),
    timm("WSDLRScheduler", "inverse_sqrt(timescale=N)", 'T + 1, 1, stable_fn="rsqrt", stable_timescale=N', "T"),
    timm("WSDLRScheduler", "power_law(timescale=N, power=h)", 'T + 1, 1, stable_fn="power", stable_timescale=N, stable_power=h',
         "T"),
    Row("timm", "PlateauLRScheduler", "plateau(mode=mode, factor=g, patience=N, threshold=share, cooldown=C, min_lr=low)",
        "PlateauLRScheduler(optimizer, g, N, share, C, lr_min=low, mode=mode)", None),

    # optax
    optax("constant_schedule", "constant()", "peak", "5"),
    optax("linear_schedule", "linear(total_iters=T, end_factor=share)", "peak, low, T", "T + 3"),
    optax("polynomial_schedule", "polynomial(total_iters=T, power=p, eta_min=low)", "peak, low, p, T", "T + 3"),
    optax("cosine_decay_schedule", "cosine(T_max=T, eta_min=low)", "peak, T, share", "T + 3"),
    optax("cosine_decay_schedule", "cosine_power(T_max=T, exponent=p, eta_min=low)", "peak, T, share, p", "T + 3"),
    optax("exponential_decay", "exponential_decay(gamma=g)", "peak, N, g**N", "T"),
    optax("exponential_decay", "step_decay(step_size=4, gamma=g)", "peak, 4, g, staircase=True", "T"),
    optax("exponential_decay", "staircase(schedule=exponential_decay(gamma=g), step_size=4)", "peak, 4, g**4, staircase=True",
          "T"),
    optax("exponential_decay", "clipped(schedule=exponential_decay(gamma=g), min_lr=low)", "peak, 1, g, end_value=low", "T"),
    optax("piecewise_constant_schedule", "multistep_decay(milestones=[X, Y, Z], gamma=g)", "peak, {X: g, Y: g, Z: g}", "Z + 3"),
    optax("piecewise_constant_schedule", "piecewise_constant(milestones=[0, X, Y], values=[1.0, a, a * b])", "peak, {X: a, Y: b}",
          "Y + 3"),
    optax("piecewise_interpolate_schedule", "piecewise_linear(milestones=[0, X, Y], values=[1.0, a, a * b])",
          '"linear", peak, {X: a, Y: b}', "Y + 3"),
    optax("piecewise_interpolate_schedule", "piecewise_cosine(milestones=[0, X, Y], values=[1.0, a, a * b])",
          '"cosine", peak, {X: a, Y: b}', "Y + 3"),
    optax("warmup_constant_schedule", "warmup(schedule=constant(), warmup_steps=W, start_factor=a)", "a * peak, peak, W",
          "W + 3"),
    optax("warmup_cosine_decay_schedule", "warmup(schedule=cosine(T_max=T, eta_min=low), warmup_steps=W, start_factor=a)",
          "a * peak, peak, W, W + T, low", "W + T + 3"),
    optax("warmup_exponential_decay_schedule", "warmup(schedule=exponential_decay(gamma=g), warmup_steps=W, start_factor=a)",
          "a * peak, peak, W, 1, g", "W + T"),
    optax("sgdr_schedule",
          "sequential(schedules=[warmup(schedule=cosine(T_max=T), warmup_steps=W), warmup(schedule=cosine(T_max=T), "
          "warmup_steps=W)], milestones=[W + T])",
          "[dict(init_value=0.0, peak_value=peak, warmup_steps=W, decay_steps=W + T)] * 2", "2 * W + 2 * T + 3"),
    optax("sgdr_schedule", "cosine_restarts(T_0=N, T_mult=2, eta_min=low)",
          "[dict(init_value=peak, peak_value=peak, warmup_steps=0, decay_steps=N * 2**i, end_value=low) for i in range(3)]",
              "7 * N"),
    optax("join_schedules", "sequential(schedules=[constant(factor=a, total_iters=99), cosine(T_max=T)], milestones=[X])",
          "[optax.constant_schedule(a * peak), optax.cosine_decay_schedule(peak, T)], [X]", "X + T + 3"),
    optax("cosine_onecycle_schedule", "piecewise_cosine(milestones=[0, 3 * N, 10 * N], values=[1 / 25, 1.0, 1 / 25 / 1e4])",
          "10 * N, peak", "10 * N + 3"),
    optax("cosine_onecycle_schedule", "one_cycle(total_steps=10 * N + 1, pct_start=(3 * N + 1) / (10 * N + 1))", "10 * N, peak",
          "10 * N + 3"),
    optax("linear_onecycle_schedule", "linear_one_cycle(total_steps=T + 10)", "T + 10, peak", "T + 13"),
    Row("optax", "contrib.reduce_on_plateau",
        "plateau(factor=0.5, patience=N, threshold=0.125, cooldown=C, min_lr=0.0625 * peak, eps=0.0)",
        "optax.contrib.reduce_on_plateau(0.5, N + 1, 0.125, cooldown=C, min_scale=0.0625)", None),

    # Keras
    keras("CosineDecay", "cosine(T_max=T, eta_min=low)", "peak, T, share", "T + 3"),
    keras("CosineDecay", "warmup(schedule=cosine(T_max=T, eta_min=low), warmup_steps=W, start_factor=a)",
          "a * peak, T, share, warmup_target=peak, warmup_steps=W", "W + T + 3"),
    keras("CosineDecayRestarts", "cosine_restarts(T_0=8, T_mult=2, eta_min=low)", "peak, 8, 2.0, 1.0, share", "50"),
    keras("CosineDecayRestarts", "cosine_cycles(T_0=8, decay=b, eta_min=low)", "peak, 8, 1.0, b, share", "50"),
    keras("ExponentialDecay", "exponential_decay(gamma=g)", "peak, N, g**N", "T"),
    keras("ExponentialDecay", "step_decay(step_size=4, gamma=g)", "peak, 4, g, staircase=True", "T"),
    keras("InverseTimeDecay", "inverse_time_decay(decay_rate=h, decay_steps=N)", "peak, N, h", "T"),
    keras("InverseTimeDecay", "staircase(schedule=inverse_time_decay(decay_rate=h, decay_steps=4), step_size=4)",
          "peak, 4, h, staircase=True", "T"),
    keras("PolynomialDecay", "polynomial(total_iters=T, power=p, eta_min=low)", "peak, T, low, p", "T + 3"),
    keras("PolynomialDecay", "polynomial_cycle(total_iters=8, power=p, eta_min=low)", "peak, 8, low, p, cycle=True", "30"),
    keras("PiecewiseConstantDecay", "multistep_decay(milestones=[X, Y], gamma=g)",
          "[X - 1, Y - 1], [peak, peak * g, peak * g * g]", "Y + 3"),
    keras("PiecewiseConstantDecay", "piecewise_constant(milestones=[0, X, Y], values=[1.0, a, b])",
          "[X - 1, Y - 1], [peak, peak * a, peak * b]", "Y + 3"),
    Row("keras", "ReduceLROnPlateau",
        'plateau(mode=mode, factor=g, patience=N, threshold=0.125, threshold_mode="abs", cooldown=C, min_lr=low, eps=0.0)',
        'keras.callbacks.ReduceLROnPlateau("loss", g, N + 1, mode=mode, min_delta=0.125, cooldown=C + 1, min_lr=low)', None),

    # fastai: a run of T updates
    fastai("SchedNo", "constant()", "SchedNo(peak, peak)"),
    fastai("SchedLin", "linear(total_iters=T, end_factor=share)", "SchedLin(peak, low)"),
    fastai("SchedCos", "cosine(T_max=T, eta_min=low)", "SchedCos(peak, low)"),
    fastai("SchedExp", "exponential_between(total_steps=T, end_factor=a)", "SchedExp(peak, a * peak)"),
    fastai("SchedPoly", "k_decay_polynomial(total_steps=T, k=p, eta_min=low)", "SchedPoly(peak, low, p)"),
    Row("fastai", "combine_scheds",
        "sequential(schedules=[linear(total_iters=N, start_factor=a, end_factor=1.0), cosine(T_max=3 * N, eta_min=low)], "
        "milestones=[N])",
        'learner.fit(4 * N, cbs=ParamScheduler({"lr": combine_scheds([0.25, 0.75], [SchedLin(a * peak, peak), SchedCos(peak, '
            'low)])}))', "4 * N"),
    Row("fastai", "combined_cos", "piecewise_cosine(milestones=[0, N, 4 * N], values=[a, 1.0, share])",
        'learner.fit(4 * N, cbs=ParamScheduler({"lr": combined_cos(0.25, a * peak, peak, low)}))', "4 * N"),
    Row("fastai", "fit_one_cycle", "piecewise_cosine(milestones=[0, N, 4 * N], values=[1 / 25, 1.0, 1e-5])",
        "learner.fit_one_cycle(4 * N, peak)", "4 * N"),
    Row("fastai", "fit_one_cycle", "one_cycle(total_steps=4 * N + 1, pct_start=(N + 1) / (4 * N + 1), final_div_factor=4e3)",
        "learner.fit_one_cycle(4 * N, peak)", "4 * N"),
    Row("fastai", "fit_one_cycle",
        "one_cycle_momentum(base_momentum=0.85, total_steps=4 * N + 1, pct_start=(N + 1) / (4 * N + 1))",
        "learner.fit_one_cycle(4 * N, peak)", "4 * N", "mom"),
    Row("fastai", "fit_flat_cos", "flat_cosine(total_steps=4 * N, eta_min=1e-5 * peak)", "learner.fit_flat_cos(4 * N, peak)",
        "4 * N"),
    Row("fastai", "fit_sgdr", "cosine_restarts(T_0=N, T_mult=2)", "learner.fit_sgdr(2, N, peak)", "3 * N"),

    # Ignite
    Row("ignite", "CosineAnnealingScheduler", "cosine_restarts(T_0=N + 1, T_mult=C, eta_min=low)",
        'CosineAnnealingScheduler(optimizer, "lr", peak, low, N + 1, C)', "60"),
    Row("ignite", "CosineAnnealingScheduler", "cosine_cycles(T_0=N + 1, decay=b)",
        'CosineAnnealingScheduler(optimizer, "lr", peak, 0.0, N + 1, start_value_mult=b)', "60"),
    Row("ignite", "LinearCyclicalScheduler", "triangular(step_size_up=N, eta_min=low)",
        'LinearCyclicalScheduler(optimizer, "lr", low, peak, 2 * N)', "60"),
    Row("ignite", "LinearCyclicalScheduler", "repeat(schedule=linear(total_iters=N + 1, end_factor=share), T_0=N + 1)",
        'LinearCyclicalScheduler(optimizer, "lr", peak, low, N + 1, monotonic=True)', "60"),
    Row("ignite", "PiecewiseLinear", "piecewise_linear(milestones=[X, Y, Z], values=[a, 1.0, share])",
        'PiecewiseLinear(optimizer, "lr", [(X, a * peak), (Y, peak), (Z, low)])', "Z + 3"),
    Row("ignite", "ConcatScheduler",
        "sequential(schedules=[triangular(step_size_up=N), cosine(T_max=T + 10, eta_min=low)], milestones=[Y])",
        'ConcatScheduler([LinearCyclicalScheduler(optimizer, "lr", 0.0, peak, 2 * N), CosineAnnealingScheduler(optimizer, "lr", '
            'peak, low, T + 10)], [Y])', "Y + T"),
    Row("ignite", "create_lr_scheduler_with_warmup",
        "warmup(schedule=cosine(T_max=T + 10, eta_min=low), warmup_steps=W, start_factor=a)",
        'create_lr_scheduler_with_warmup(CosineAnnealingScheduler(optimizer, "lr", peak, low, T + 10), a * peak, W + 1)', "T"),

    # lrsched
    lrsched("constant", "constant()", "lr=peak", "5"),
    lrsched("step_decay", "step_decay(step_size=N, gamma=g)", "base_lr=peak, drop=g, step_size=N", "3 * N + 2"),
    lrsched("multi_step", "multistep_decay(milestones=[X, Y, Z], gamma=g)", "base_lr=peak, milestones=[X, Y, Z], gamma=g",
            "Z + 3"),
    lrsched("exponential", "exponential_decay(gamma=g)", "base_lr=peak, gamma=g", "T"),
    lrsched("exponential_decay", "exponential_decay(gamma=g)", "base_lr=peak, decay_rate=g**N, decay_steps=N", "T"),
    lrsched("linear", "linear(total_iters=T, end_factor=share)", "base_lr=peak, end_lr=low, total_steps=T", "T + 3"),
    lrsched("polynomial", "polynomial(total_iters=T, power=p, eta_min=low)", "base_lr=peak, end_lr=low, total_steps=T, power=p",
            "T + 3"),
    lrsched("polynomial_decay", "polynomial(total_iters=T, power=p, eta_min=low)",
            "start_lr=peak, end_lr=low, total_steps=T, power=p", "T + 3"),
    lrsched("cosine", "cosine(T_max=T, eta_min=low)", "base_lr=peak, min_lr=low, total_steps=T", "T + 3"),
    lrsched("cosine_restarts", "cosine_restarts(T_0=N, T_mult=C, eta_min=low)", "base_lr=peak, min_lr=low, period=N, t_mult=C",
            "60"),
    lrsched("triangular", "triangular(step_size_up=N, eta_min=low)", "min_lr=low, max_lr=peak, step_size=N", "60"),
    lrsched("triangular2", "triangular2(step_size_up=N, eta_min=low)", "min_lr=low, max_lr=peak, step_size=N", "60"),
    lrsched("exp_range", "exp_range(step_size_up=N, gamma=g, eta_min=low)", "min_lr=low, max_lr=peak, step_size=N, gamma=g",
            "60"),
    lrsched("one_cycle", "piecewise_cosine(milestones=[0, 3 * N, 10 * N], values=[1 / 25, 1.0, 1e-4])",
            "max_lr=peak, total_steps=10 * N, pct_start=0.3, initial_div=25.0, final_div=1e4", "10 * N + 3"),
    lrsched("inverse_sqrt", WARM.format("inverse_sqrt(timescale=W)"), "base_lr=peak, warmup_steps=W", "W + T"),
    lrsched("with_warmup", "warmup(schedule=cosine(T_max=T, eta_min=low), warmup_steps=W, start_factor=a)",
            "lrsched.cosine(base_lr=peak, min_lr=low, total_steps=T), warmup_steps=W, start_lr=a * peak", "W + T + 3"),
    lrsched("warmup_stable_decay", 'wsd(total_steps=W + T + D, decay_steps=D, warmup_steps=W, decay_type="1-sqrt", eta_min=low)',
            'base_lr=peak, warmup_steps=W, decay_steps=D, total_steps=W + T + D, final_lr=low, warmup_start=0.0, '
                'decay_shape="1-sqrt"', "W + T + D + 3"),
    lrsched("sequential",
            "sequential(schedules=[linear(total_iters=X, start_factor=a, end_factor=1.0), cosine(T_max=T, eta_min=low)], "
            "milestones=[X])",
            "[(X, lrsched.linear(base_lr=a * peak, end_lr=peak, total_steps=X)), (T, lrsched.cosine(base_lr=peak, min_lr=low, "
                "total_steps=T))]", "X + T"),
]
