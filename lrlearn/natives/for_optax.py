"""The schedules of optax: functions of the count."""
from .simpler import ends_at_1, rising
from .words import demand, listed, more, name_of, num, short, with_notes, written

INSTEAD = "to_optax(s, base_lr)"


def constant(lr, factor=1.0, total_iters=0):
    if total_iters == 0 or factor == 1:
        return f"optax.constant_schedule({num(lr)})"
    return (f"optax.join_schedules([optax.constant_schedule({short(factor * lr)}), optax.constant_schedule({num(lr)})], "
            f"boundaries=[{total_iters}])")


def linear(lr, total_iters, start_factor=1.0, end_factor=0.0):
    if start_factor == end_factor:
        return f"optax.constant_schedule({short(start_factor * lr)})"
    return f"optax.linear_schedule({short(start_factor * lr)}, {short(end_factor * lr)}, transition_steps={total_iters})"


def polynomial(lr, total_iters, power=1.0, eta_min=0.0):
    return f"optax.polynomial_schedule({num(lr)}, {num(eta_min)}, power={num(power)}, transition_steps={total_iters})"


def piecewise(kind, first, milestones, factors):
    cuts = ["%d: %s" % (m, short(factor)) for m, factor in zip(milestones, factors)]
    return f"optax.piecewise_{kind}{short(first)}, " + "{" + ", ".join(cuts) + "})"


def multistep_decay(lr, milestones, gamma=0.1):
    steps = [m for i, m in enumerate(milestones) if m not in milestones[:i]]
    return piecewise("constant_schedule(", lr, steps, [gamma ** milestones.count(m) for m in steps])


def piecewise_cosine(lr, milestones, values):
    rising(milestones)
    demand(milestones and all(values[:-1]), "its boundaries have factors, and none leads away from 0")
    if milestones[0] > 0:                   # the first point is at 0
        milestones, values = [0] + milestones, values[:1] + values
    factors = [w / v if v else 1.0 for v, w in zip(values, values[1:])]
    return piecewise('interpolate_schedule("cosine", ', values[0] * lr, milestones[1:], factors)


def cosine_power(lr, T_max, exponent=1.0, eta_min=0.0):
    return (f"optax.cosine_decay_schedule({num(lr)}, decay_steps={T_max}{more('alpha', short(eta_min / lr), '0.0')}"
            f"{more('exponent', num(exponent), '1.0')})")


def cycles(T_0, T_mult=1, eta_min=0.0):
    """The lengths that are written out."""
    return [T_0, T_0 * T_mult, T_0 * T_mult**2]


def cosine_restarts(lr, T_0, T_mult=1, eta_min=0.0):
    return ("# 3 cycles, then the floor: each further one wants its own length\n"
            f"optax.sgdr_schedule([dict(init_value={num(lr)}, peak_value={num(lr)}, warmup_steps=0, decay_steps=n, "
            f"end_value={num(eta_min)}) for n in {cycles(T_0, T_mult)}])")


def exponential(lr, n, rate, extra=""):
    return f"optax.exponential_decay({num(lr)}, transition_steps={n}, decay_rate={num(rate)}{extra})"


def clipped(lr, schedule, min_lr=0.0, max_lr=None):
    falls = name_of(schedule) in ("exponential_decay", "step_decay") and schedule.hyper.get("gamma", 0.1) < 1
    demand(falls and min_lr <= lr and (max_lr is None or max_lr >= lr), "only a falling exponential has an end_value")
    return TABLE[name_of(schedule)](lr, **schedule.hyper)[:-1] + f", end_value={num(min_lr)})"


TABLE = {
    "constant": constant,
    "step_decay": lambda lr, step_size, gamma=0.1: exponential(lr, step_size, gamma, ", staircase=True"),
    "multistep_decay": multistep_decay,
    "exponential_decay": lambda lr, gamma: exponential(lr, 1, gamma),
    "exponential_between": lambda lr, total_steps, end_factor:
        exponential(lr, total_steps, end_factor, f", end_value={short(end_factor * lr)}"),
    "linear": linear,
    "polynomial": polynomial,
    "cosine": lambda lr, T_max, eta_min=0.0: cosine_power(lr, T_max, 1.0, eta_min),
    "cosine_power": cosine_power,
    "cosine_restarts": cosine_restarts,
    "piecewise_cosine": piecewise_cosine,
    "clipped": clipped,
}


def write(found, lr):
    """The call for the parts."""
    starts = [start for start, _ in found[1:]]
    first, last = found[0][1], found[-1][1]
    if len(found) == 2 and ends_at_1(first) and [first.hyper["total_iters"]] == starts and name_of(last) == "cosine":
        W = starts[0]                       # decay_steps counts it in
        start = short(first.hyper.get("start_factor", 1.0) * lr)
        return (f"optax.warmup_cosine_decay_schedule({start}, {num(lr)}, warmup_steps={W}, "
                f"decay_steps={W + last.hyper['T_max']}{more('end_value', num(last.hyper.get('eta_min', 0.0)), '0.0')})")
    notes, calls = [], []
    for (start, s), end in zip(found, starts + [None]):
        outlived = end and name_of(s) == "cosine_restarts" and end - start > sum(cycles(**s.hyper))
        demand(not outlived, "each of its cycles is written out, and these are more than 3")
        said, call = written(TABLE, s, lr)
        notes, calls = notes + said, calls + [call]
    return with_notes(notes, calls[0] if len(calls) == 1 else f"optax.join_schedules({listed(calls)}, boundaries={starts})")
