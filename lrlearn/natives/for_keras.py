"""The schedules of Keras: objects called with the step. A plain number is its constant."""
from .simpler import LATE, ends_at_1, of_staircase
from .words import demand, listed, more, name_of, num, short, with_notes, written

INSTEAD = "to_keras(s, base_lr)"


def call(name, lr, steps, extra):
    return f"keras.optimizers.schedules.{name}({lr}, {steps}{extra})"


def piecewise_constant(lr, milestones, values):
    """A value counts up to its boundary and at it: a boundary is one less than the milestone."""
    at = {m: v for m, v in zip(milestones, values)}             # of several at one step the last one counts
    cuts = [m for m in sorted(at) if m > 0]
    if not values or not cuts:
        return short(values[-1] * lr) if values else num(lr)
    rates = [short(v * lr) for v in [at.get(0, values[0])] + [at[m] for m in cuts]]
    return ("# PiecewiseConstantDecay changes one step after each boundary, so these are one less\n"
            f"keras.optimizers.schedules.PiecewiseConstantDecay(boundaries={[m - 1 for m in cuts]}, values={listed(rates)})")


def constant(lr, factor=1.0, total_iters=0):
    return piecewise_constant(lr, [0, total_iters], [factor, 1.0]) if factor != 1 else num(lr)


def multistep_decay(lr, milestones, gamma=0.1):
    return piecewise_constant(lr, [0] + milestones, [gamma**i for i in range(len(milestones) + 1)])


def linear(lr, total_iters, start_factor=1.0, end_factor=0.0):
    if start_factor == end_factor:
        return short(start_factor * lr)
    return call("PolynomialDecay", short(start_factor * lr), f"decay_steps={total_iters}",
                f", end_learning_rate={short(end_factor * lr)}")


def polynomial(lr, total_iters, power=1.0, eta_min=0.0, extra=""):
    return call("PolynomialDecay", num(lr), f"decay_steps={total_iters}",
                f", end_learning_rate={num(eta_min)}{more('power', num(power), '1.0')}{extra}")


def cosine(lr, T_max, eta_min=0.0):
    return call("CosineDecay", num(lr), f"decay_steps={T_max}", more("alpha", short(eta_min / lr), "0.0"))


def cosine_cycles(lr, T_0, T_mult=1, decay=1.0, eta_min=0.0):
    demand(decay == 1 or not eta_min, "its m_mul shrinks the floor as well")
    return ("" if T_mult == 1 else LATE) + call(
        "CosineDecayRestarts", num(lr), f"first_decay_steps={T_0}",
        f", t_mul={num(T_mult)}{more('m_mul', num(decay), '1.0')}{more('alpha', short(eta_min / lr), '0.0')}")


def inverse_time_decay(lr, decay_rate, decay_steps=1, extra=""):
    return call("InverseTimeDecay", num(lr), f"decay_steps={decay_steps}", f", decay_rate={num(decay_rate)}{extra}")


def exponential(lr, n, rate, extra=""):
    return call("ExponentialDecay", num(lr), f"decay_steps={n}", f", decay_rate={num(rate)}{extra}")


def staircase(lr, schedule, step_size):
    if name_of(schedule) == "inverse_time_decay" and schedule.hyper.get("decay_steps", 1) == step_size:
        return inverse_time_decay(lr, extra=", staircase=True", **schedule.hyper)
    return with_notes(*written(TABLE, of_staircase(lr, schedule, step_size), lr))


TABLE = {
    "constant": constant,
    "step_decay": lambda lr, step_size, gamma=0.1: exponential(lr, step_size, gamma, ", staircase=True"),
    "multistep_decay": multistep_decay,
    "exponential_decay": lambda lr, gamma: exponential(lr, 1, gamma),
    "inverse_time_decay": inverse_time_decay,
    "linear": linear,
    "polynomial": polynomial,
    "polynomial_cycle": lambda lr, total_iters, power=1.0, eta_min=0.0:
        polynomial(lr, total_iters, power, eta_min, ", cycle=True"),
    "cosine": cosine,
    "cosine_restarts": lambda lr, T_0, T_mult=1, eta_min=0.0: cosine_cycles(lr, T_0, T_mult, 1.0, eta_min),
    "cosine_cycles": cosine_cycles,
    "piecewise_constant": piecewise_constant,
    "staircase": staircase,
}


def write(found, lr):
    """The call for the parts."""
    first, last, W = found[0][1], found[-1][1], found[-1][0]
    if len(found) == 1:
        return with_notes(*written(TABLE, first, lr))
    demand(len(found) == 2 and ends_at_1(first) and first.hyper["total_iters"] == W and name_of(last) == "cosine",
           "it joins nothing but a straight warm-up and a cosine")
    start, T_max = short(first.hyper.get("start_factor", 1.0) * lr), last.hyper["T_max"]        # decay_steps leaves W out
    return call("CosineDecay", start, f"decay_steps={T_max}",
                f"{more('alpha', short(last.hyper.get('eta_min', 0.0) / lr), '0.0')}, warmup_target={num(lr)}, warmup_steps={W}")
