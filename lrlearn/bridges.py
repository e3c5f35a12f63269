"""A schedule in another framework: any schedule as it is, or as a call of that framework.

to_lambda  for torch's LambdaLR, and so for the Trainer of transformers: a factor
to_optax   for optax: a function of the count
to_keras   for Keras: a LearningRateSchedule
native     the framework's own call, as text

optax and Keras trace what they compute, so a plain Python formula cannot run inside: they get a table of the rates and
look the count up. That works on every device and costs four bytes an update; the rates are rounded to float32 once.
"""
from .core import Param, Schedule, card_of, check_value, curve, plain, span
from .extras import need
from .natives import BASE_LR, native  # noqa: F401 - it belongs here, too

STEPS = Param("steps", None, None, None, 1, "updates of the run", ">= 1")

# Formulas that hold from span(s) on; one that holds schedules does when they do, sequential when its last one does.
HOLD = (
    "constant", "multistep_decay", "linear", "polynomial", "cosine", "one_cycle", "wsd", "rex", "k_decay", "k_decay_polynomial",
    "tanh_decay", "cosine_power", "cosine_waves", "chebyshev", "hyperbolic", "exp_hyperbolic", "exponential_between", "knee", "swa",
    "flat_cosine", "slanted_triangular", "linear_one_cycle", "piecewise_constant", "piecewise_linear", "piecewise_cosine",
)
HOLDERS = ("warmup", "sequential", "chained", "clipped")


def holds(s):
    """Whether nothing new comes after span(s) updates.

    >>> from lrlearn import Schedule, cosine, exponential_decay
    >>> holds(Schedule(cosine, T_max=90)), holds(Schedule(exponential_decay, gamma=0.9))
    (True, False)
    """
    name = s.formula.__name__ if card_of(s.formula) else None
    if name in HOLDERS:
        children = s.hyper.get("schedules", [s.hyper.get("schedule")])
        return all(map(holds, children[-1:] if name == "sequential" else children))
    return name in HOLD


def check_hand_over(s, base_lr):
    """Raise one sentence for what cannot be handed over."""
    if isinstance(s, (list, tuple)):
        raise TypeError(f"s: the schedule to hand over, must be one Schedule, so one call for each param group, got {s!r}")
    if not isinstance(s, Schedule):
        raise TypeError(f"s: the schedule to hand over, must be a Schedule, got {s!r}")
    check_value(BASE_LR, base_lr)


def table(s, base_lr, steps):
    """The rates of the updates 0 to steps - 1, or to where the schedule holds."""
    check_hand_over(s, base_lr)
    base_lr = plain(base_lr)
    if steps is None:
        if not holds(s):
            raise ValueError(f"steps: {STEPS.note}, must be given for a schedule whose end is not known, got None with {s!r}")
        return curve(s, span(s) + 1, base_lr)
    check_value(STEPS, steps)
    return curve(s, steps, base_lr)


class Factor:
    """A schedule as a factor of base_lr: what to_lambda returns."""

    __slots__ = ("s", "base_lr", "__dict__")            # LambdaLR saves __dict__, which stays empty: the state is plain

    def __init__(self, s, base_lr):
        self.s, self.base_lr = s, base_lr

    def __call__(self, t):
        return self.s(t, self.base_lr) / self.base_lr

    def __repr__(self):
        return f"to_lambda({self.s!r}, {self.base_lr!r})"


def to_lambda(s, base_lr):
    """The schedule as a function of the step that gives a factor, for torch's LambdaLR.

    s        a Schedule
    base_lr  the optimizer's learning rate, > 0: an absolute floor such as eta_min is a different factor for each

    >>> from lrlearn import Schedule, cosine
    >>> factor = to_lambda(Schedule(cosine, T_max=100, eta_min=0.05), base_lr=0.5)
    >>> factor(0), factor(50), factor(100)
    (1.0, 0.55, 0.1)
    >>> factor
    to_lambda(cosine(T_max=100, eta_min=0.05), 0.5)
    >>> to_lambda(Schedule(cosine, T_max=100), base_lr=0)
    Traceback (most recent call last):
    ValueError: base_lr: the learning rate at the peak, must be > 0, got 0

    In PyTorch LambdaLR(optimizer, factor), in the Trainer of transformers optimizers=(optimizer, LambdaLR(optimizer, factor)).
    With several param groups, LambdaLR takes a list with one factor for each. A factor pickles, and the state of its LambdaLR
    holds nothing of it: the one given when training goes on counts.
    Raises ValueError or TypeError, in one sentence, for a base_lr of 0, whose factor nothing can tell, and for a list.
    Not to be confused with s itself, whose s(t) takes a floor as a part of 1, nor with ScheduleLR, which needs no factor.
    Source: torch.optim.lr_scheduler.LambdaLR.
    """
    check_hand_over(s, base_lr)
    return Factor(s, plain(base_lr))    # a tensor would be the optimizer's own, which LambdaLR writes over


def to_optax(s, base_lr, steps=None):
    """The schedule as a function of the count, for optax; it works inside jax.jit, vmap and scan.

    s        a Schedule
    base_lr  the learning rate at the peak, > 0
    steps    updates of the run, an integer >= 1: after them the last rate stays; None for a schedule that is known to end

    >>> from lrlearn import Schedule, exponential_decay
    >>> to_optax(Schedule(exponential_decay, gamma=0.9), base_lr=0.1)
    Traceback (most recent call last):
    ValueError: steps: updates of the run, must be given for a schedule whose end is not known, got None with \
exponential_decay(gamma=0.9)

    Use it as any schedule of optax: optax.sgd(to_optax(s, 0.1)). The rates are those of s, rounded to float32.
    Raises ValueError or TypeError, in one sentence, for wrong arguments; ModuleNotFoundError without jax.
    Not to be confused with native(s, "optax"), which names the schedule of optax where there is one.
    Source: optax' schedules, which are functions of the count.
    """
    rates = table(s, base_lr, steps)
    jnp = need("jax", "frameworks").numpy
    rates, last = jnp.asarray(rates, jnp.float32), len(rates) - 1

    def schedule(count):
        return rates[jnp.minimum(count, last)]

    return schedule


def to_keras(s, base_lr, steps=None):
    """The schedule as a keras.optimizers.schedules.LearningRateSchedule, on every backend, compiled or not.

    s        a Schedule
    base_lr  the learning rate at the peak, > 0
    steps    updates of the run, an integer >= 1: after them the last rate stays; None for a schedule that is known to end

    Use it as any schedule of Keras: keras.optimizers.SGD(learning_rate=to_keras(s, 0.1)). A saved model holds its rates, and
    is read back once lrlearn.bridges.KerasRates has been named, or given as a custom object.
    Raises ValueError or TypeError, in one sentence, for wrong arguments; ModuleNotFoundError without keras.
    Not to be confused with the callback LearningRateScheduler, which changes the rate once an epoch.
    Source: keras.optimizers.schedules.LearningRateSchedule.
    """
    rates = table(s, base_lr, steps)
    need("keras", "frameworks")
    return keras_rates()(rates, repr(s))


def keras_rates():
    """The class KerasRates, made when keras is there."""
    if "KerasRates" in globals():
        return globals()["KerasRates"]
    keras = need("keras", "frameworks")

    @keras.saving.register_keras_serializable(package="lrlearn")
    class KerasRates(keras.optimizers.schedules.LearningRateSchedule):
        """The rates of a schedule, by the step; the last one stays."""

        __qualname__ = "KerasRates"         # pickle finds it in this module

        def __init__(self, rates, name="schedule"):
            self.rates, self.name = list(rates), name
            self.table = keras.ops.convert_to_tensor(self.rates, "float32")

        def __call__(self, step):
            return keras.ops.take(self.table, keras.ops.minimum(keras.ops.cast(step, "int32"), len(self.rates) - 1))

        def __repr__(self):
            return f"KerasRates of {self.name}"

        def get_config(self):
            return {"rates": self.rates, "name": self.name}

    globals()["KerasRates"] = KerasRates
    return KerasRates


def __getattr__(name):
    if name == "KerasRates":
        return keras_rates()
    raise AttributeError(f"lrlearn.bridges has no {name!r}")
