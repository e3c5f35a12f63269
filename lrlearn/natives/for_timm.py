"""The schedulers of timm: each takes warmup_t, which t_initial leaves out."""
from .for_torch import INSTEAD  # noqa: F401 - a scheduler of torch does as well
from .simpler import LATE, plain_constant, warmed
from .words import demand, more, name_of, num, short, with_notes, written

FOREVER = "10**9"
CLOCK = "# step(n) moves it, once an epoch or an update; step_update(n) moves it only with t_in_epochs=False"
OWN_RATE = "its first rate is always that of the optimizer"


def warm(W, first, prefix=", warmup_prefix=True"):
    """The end of a call. With the prefix the warm-up comes before the schedule, and not instead of its first steps."""
    return f", warmup_t={W}, warmup_lr_init={short(first)}{prefix})" if W else ")"


def constant(lr, W, first, factor=1.0, total_iters=0):
    plain_constant(factor, total_iters)
    return "MultiStepLRScheduler(optimizer, decay_t=[]" + warm(W, first)


def step_decay(lr, W, first, step_size, gamma=0.1):
    return f"StepLRScheduler(optimizer, decay_t={step_size}, decay_rate={num(gamma)}" + warm(W, first)


def multistep_decay(lr, W, first, milestones, gamma=0.1):
    demand(not milestones or milestones[0] > 0, OWN_RATE)
    note = "# MultiStepLRScheduler cuts one step before each of decay_t, so these are one more\n" if milestones else ""
    return (f"{note}MultiStepLRScheduler(optimizer, decay_t={[m + 1 for m in milestones]}, decay_rate={num(gamma)}"
            + warm(W, first))


def linear(lr, W, first, total_iters, start_factor=1.0, end_factor=0.0):
    demand(start_factor == 1, OWN_RATE)
    return polynomial(lr, W, first, total_iters, 1.0, end_factor * lr)


def polynomial(lr, W, first, total_iters, power=1.0, eta_min=0.0, extra=""):
    return (f"PolyLRScheduler(optimizer, t_initial={total_iters}, power={num(power)}"
            f"{more('lr_min', short(eta_min), '0.0')}{extra}" + warm(W, first))


def cosine(lr, W, first, T_max, eta_min=0.0, extra=""):
    return f"CosineLRScheduler(optimizer, t_initial={T_max}{more('lr_min', num(eta_min), '0.0')}{extra}" + warm(W, first)


def again(decay):
    return f"{more('cycle_decay', num(decay), '1.0')}, cycle_limit={FOREVER}"


def cosine_cycles(lr, W, first, T_0, T_mult=1, decay=1.0, eta_min=0.0):
    demand(decay == 1 or not eta_min, "its cycle_decay shrinks the peak, and not the height above the floor")
    note = "" if T_mult == 1 else LATE
    return note + cosine(lr, W, first, T_0, eta_min, more("cycle_mul", num(T_mult), "1.0") + again(decay))


def repeat(lr, W, first, schedule, T_0, decay=1.0):
    name, hyper = name_of(schedule), schedule.hyper
    whole = T_0 == hyper.get({"cosine": "T_max", "polynomial": "total_iters"}.get(name))
    demand(whole, "it repeats a cosine or a polynomial from end to end")
    return TABLE[name](lr, W, first, extra=again(decay), **hyper)


def tanh_decay(lr, W, first, total_steps, lb=-7.0, ub=3.0, eta_min=0.0):
    demand(not W, "its warm-up ends at the peak, which the tangent does not reach")
    return ("# the very first rate is base_lr itself, a little above the tangent\n"
            f"TanhLRScheduler(optimizer, t_initial={total_steps}, lb={num(lb)}, ub={num(ub)}"
            f"{more('lr_min', num(eta_min), '0.0')})")


def power_law(lr, W, first, timescale, power=0.5):
    demand(power > 0, "its power is above 0")
    fn = '"rsqrt"' if power == 0.5 else f'"power", stable_power={num(power)}'
    return ("# WSDLRScheduler asks for a cool-down: it stands where no run comes\n"
            f"WSDLRScheduler(optimizer, t_initial={FOREVER}, decay_t=1, stable_fn={fn}, stable_timescale={timescale}"
            + warm(W, first, ""))


def wsd(lr, W, first, total_steps, decay_steps, warmup_steps=0, decay_type="linear", eta_min=0.0):
    demand(decay_type != "mirror-cosine" and eta_min <= lr, "it has no mirror-cosine, and no floor above the peak")
    W, total_steps = (warmup_steps, total_steps - warmup_steps) if warmup_steps else (W, total_steps)
    fn = '"power", decay_power=2.0' if decay_type == "1-square" else f'"{decay_type}"'
    return (f"WSDLRScheduler(optimizer, t_initial={total_steps}, decay_t={decay_steps}{more('lr_min', num(eta_min), '0.0')}, "
            f"decay_fn={fn}" + warm(W, first, ""))


TABLE = {
    "constant": constant,
    "step_decay": step_decay,
    "multistep_decay": multistep_decay,
    "exponential_decay": lambda lr, W, first, gamma: step_decay(lr, W, first, 1, gamma),
    "linear": linear,
    "polynomial": polynomial,
    "cosine": cosine,
    "cosine_restarts": lambda lr, W, first, T_0, T_mult=1, eta_min=0.0: cosine_cycles(lr, W, first, T_0, T_mult, 1.0, eta_min),
    "cosine_cycles": cosine_cycles,
    "repeat": repeat,
    "k_decay": lambda lr, W, first, total_steps, k=1.0, eta_min=0.0:
        cosine(lr, W, first, total_steps, eta_min, more("k_decay", num(k), "1.0")),
    "k_decay_polynomial": lambda lr, W, first, total_steps, k=1.0, power=1.0, eta_min=0.0:
        polynomial(lr, W, first, total_steps, power, eta_min, more("k_decay", num(k), "1.0")),
    "tanh_decay": tanh_decay,
    "inverse_sqrt": power_law,
    "power_law": power_law,
    "wsd": wsd,
}


def write(found, lr):
    """The call for the parts."""
    W, first, s = warmed(found, lr)
    notes, call = written(TABLE, s, lr, W, first)
    return with_notes([CLOCK] + notes, call)
