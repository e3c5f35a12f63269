"""native: a schedule as a call of another framework, written as text, with the parameters converted.

For each framework a file with a table: formula name -> a function of base_lr and the hyperparameters that writes the call.
What a table lacks is said in simpler words first (simpler.py). All of it runs unchanged in the reader's browser (MicroPython).
"""
from ..core import Param, Schedule, card_of, check_value
from . import for_fastai, for_keras, for_optax, for_timm, for_torch, for_transformers
from .simpler import parts
from .words import Unequal, listed, num

WRITERS = {"torch": for_torch, "transformers": for_transformers, "timm": for_timm, "optax": for_optax, "keras": for_keras,
           "fastai": for_fastai}
FRAMEWORKS = ("python", "torch", "transformers", "timm", "optax", "keras", "fastai")       # MicroPython's dicts have no order
HOLD_IT = ("optax", "keras", "fastai")                  # their calls hold base_lr
BASE_LR = Param("base_lr", None, None, 0.1, None, "the learning rate at the peak", "> 0")


def native(s, framework, base_lr=0.1):
    """The call that makes the same schedule in another framework, as text.

    s          a Schedule
    framework  "torch", "transformers" or "timm", whose optimizer has lr=base_lr; "optax", "keras" or "fastai", whose call
               holds it; or "python" for this package
    base_lr    the learning rate at the peak, > 0

    The rates are those of s up to its end, to 11 digits, or as exactly as the framework counts (optax and Keras in float32).
    Lines that begin with # say where it departs.

    >>> from lrlearn import Schedule, cosine, inverse_time_decay, multistep_decay, warmup
    >>> s = Schedule(warmup, schedule=Schedule(cosine, T_max=90), warmup_steps=10)
    >>> print(native(s, "keras"))
    keras.optimizers.schedules.CosineDecay(0.0, decay_steps=90, warmup_target=0.1, warmup_steps=10)
    >>> print(native(s, "optax"))
    optax.warmup_cosine_decay_schedule(0.0, 0.1, warmup_steps=10, decay_steps=100)
    >>> print(native(s, "timm"))
    # step(n) moves it, once an epoch or an update; step_update(n) moves it only with t_in_epochs=False
    CosineLRScheduler(optimizer, t_initial=90, warmup_t=10, warmup_lr_init=0.0, warmup_prefix=True)
    >>> print(native(Schedule(multistep_decay, milestones=[30, 60]), "timm"))
    # step(n) moves it, once an epoch or an update; step_update(n) moves it only with t_in_epochs=False
    # MultiStepLRScheduler cuts one step before each of decay_t, so these are one more
    MultiStepLRScheduler(optimizer, decay_t=[31, 61], decay_rate=0.1)
    >>> print(native(s, "python"))
    Schedule(warmup, schedule=Schedule(cosine, T_max=90), warmup_steps=10)
    >>> native(Schedule(inverse_time_decay, decay_rate=0.5), "optax")
    Traceback (most recent call last):
    ValueError: s: the schedule to write for optax, must have an equal there, got inverse_time_decay(decay_rate=0.5): \
there is nothing like it, use to_optax(s, base_lr)

    Raises ValueError, in one sentence that says what to use instead, where the framework has no equal; TypeError for what
    is no Schedule.
    Not to be confused with to_lambda, to_optax and to_keras, which hand over any schedule as it is.
    Source: the frameworks' own answers to these calls; the tests ask for them.
    """
    if not isinstance(s, Schedule):
        raise TypeError(f"s: the schedule to write, must be a Schedule, got {s!r}")
    if framework not in FRAMEWORKS:
        raise ValueError(f"framework: whose call to write, must be one of {', '.join(FRAMEWORKS)}, got {framework!r}")
    check_value(BASE_LR, base_lr)
    try:
        return written_for(s, framework, base_lr)
    except Unequal as error:
        why = str(error)
    raise ValueError(f"s: the schedule to write for {framework}, must have an equal there, got {s!r}: {why}, "
                     f"use {WRITERS[framework].INSTEAD}")


def written_for(s, framework, base_lr):
    """The call, or Unequal."""
    if framework == "python":
        return python(s)
    writer = WRITERS[framework]
    return writer.write(parts(s, base_lr, writer.TABLE), base_lr)


def handed(s, framework, base_lr=0.1):
    """native's call under a note of where base_lr goes; where there is no equal, why, and what hands the schedule over.

    The arguments are those of native.

    >>> from lrlearn import Schedule, linear, rex
    >>> print(handed(Schedule(linear, total_iters=90), "torch"))
    # the optimizer has lr=0.1
    LinearLR(optimizer, start_factor=1.0, end_factor=0.0, total_iters=90)
    >>> print(handed(Schedule(rex, total_steps=90), "torch"))
    # the optimizer has lr=0.1
    # torch has no equal: there is nothing like it
    s = Schedule(rex, total_steps=90)
    LambdaLR(optimizer, to_lambda(s, 0.1))
    """
    peak = num(base_lr)
    where = f"called as s(t, base_lr={peak})" if framework == "python" else f"the optimizer has lr={peak}"
    said = "" if framework in HOLD_IT else f"# {where}\n"
    try:
        return said + written_for(s, framework, base_lr)
    except Unequal as error:
        bridge = WRITERS[framework].INSTEAD.replace("base_lr", peak)
        return f"{said}# {framework} has no equal: {error}\ns = {python(s)}\n{bridge}"


def python(s):
    """The schedule as Python with this package."""
    if isinstance(s, list):
        return listed([python(item) for item in s])
    if isinstance(s, float):
        return num(s)
    if not isinstance(s, Schedule):
        return repr(s)
    if "<" in s.formula.__name__:           # <lambda>
        raise ValueError(f"s: the schedule to write for python, must have a formula with a name, got {s!r}")
    facts = card_of(s.formula)              # the card's order: MicroPython's dicts have none
    names = [p.name for p in facts.params if p.name in s.hyper] if facts else sorted(s.hyper)
    return "Schedule(" + ", ".join([s.formula.__name__] + [name + "=" + python(s.hyper[name]) for name in names]) + ")"
