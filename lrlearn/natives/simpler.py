"""The same schedule in simpler words: what a framework lacks is often a sequence of lines and cosines that it has."""
from ..core import Schedule
from ..schedules.constant import constant
from ..schedules.cosine import cosine
from ..schedules.cyclic import cosine_restarts
from ..schedules.exponential_decay import inverse_time_decay
from ..schedules.inverse_sqrt import inverse_sqrt
from ..schedules.joining import sequential
from ..schedules.polynomial import linear
from ..schedules.rarer.points import piecewise_cosine, piecewise_linear
from ..schedules.step_decay import step_decay
from ..schedules.wsd import wsd
from .words import clean, demand, name_of

LATE = "# at some restarts the peak comes one step late, since the cycle is found with a logarithm\n"


def line(steps, start, end):
    """From start to end, as fractions of base_lr; a line of no step at all is never reached."""
    return Schedule(linear, total_iters=max(steps, 1), start_factor=start, end_factor=end)


def level(value):
    return line(1, value, value)


def joined(schedules, milestones):
    return Schedule(sequential, schedules=schedules, milestones=milestones)


def whole(x, what):
    demand(abs(x - round(x)) < 1e-9, what + " is no whole number of steps")
    return round(x)


def rising(milestones):
    demand(all([a < b for a, b in zip(milestones, milestones[1:])]), "two of its corners are at the same step")


def of_warmup(lr, schedule, warmup_steps, start_factor=0.0, shape="linear"):
    demand(shape == "linear" or warmup_steps == 0, "its warm-up is no straight line")
    return joined([line(warmup_steps, start_factor, clean(schedule(0, lr) / lr)), schedule], [warmup_steps])


def of_wsd(lr, total_steps, decay_steps, warmup_steps=0, decay_type="linear", eta_min=0.0):
    demand(decay_type in ("linear", "cosine"), "its cool-down is " + decay_type)
    fall = line(decay_steps, 1.0, eta_min / lr)
    if decay_type == "cosine":
        fall = Schedule(cosine, T_max=decay_steps, eta_min=eta_min)
    return joined([line(warmup_steps, 0.0, 1.0), Schedule(constant), fall], [warmup_steps, total_steps - decay_steps])


def of_knee(lr, total_steps, explore_steps, warmup_steps=0):
    fall = total_steps - explore_steps - warmup_steps
    demand(fall > 0, "it falls to 0 in no step at all")
    return Schedule(wsd, total_steps=total_steps, decay_steps=fall, warmup_steps=warmup_steps)


def of_flat_cosine(lr, total_steps, flat_fraction=0.75, eta_min=0.0):
    flat = whole(flat_fraction * total_steps, "its flat part")
    return Schedule(wsd, total_steps=total_steps, decay_steps=total_steps - flat, decay_type="cosine", eta_min=eta_min)


def of_slanted_triangular(lr, total_steps, cut_frac=0.1, ratio=32.0):
    cut = int(cut_frac * total_steps)
    return joined([line(cut, 1 / ratio, 1.0), line(total_steps - cut, 1.0, 1 / ratio)], [cut])


def of_infinite(lr, warmup_steps, cooldown_steps, constant_factor, anneal_start=None, anneal_steps=20, end_factor=0.01):
    demand(anneal_start is None, "it ends with an exponential")
    fall = Schedule(cosine, T_max=cooldown_steps, eta_min=constant_factor * lr) if cooldown_steps else level(constant_factor)
    return joined([line(warmup_steps, 0.0, 1.0), fall], [warmup_steps])


def of_swa(lr, anneal_steps, swa_factor, anneal_strategy="cos"):
    if anneal_steps == 0:
        return level(swa_factor)
    if anneal_strategy == "linear":
        return line(anneal_steps, 1.0, swa_factor)
    return Schedule(cosine, T_max=anneal_steps, eta_min=swa_factor * lr)


def of_one_cycle(lr, total_steps, pct_start=0.3, anneal_strategy="cos", div_factor=25.0, final_div_factor=1e4, three_phase=False):
    top = whole(pct_start * total_steps - 1, "its climb")
    start, back = 1 / div_factor, [2 * top] * three_phase
    milestones = [0, top] + back + [total_steps - 1]
    rising(milestones)
    values = [start, 1.0] + [start] * len(back) + [start / final_div_factor]
    return Schedule(piecewise_cosine if anneal_strategy == "cos" else piecewise_linear, milestones=milestones, values=values)


def of_linear_one_cycle(lr, total_steps, pct_start=0.3, pct_final=0.85, div_factor=25.0, final_div_factor=1e4):
    start, milestones = 1 / div_factor, [0, int(pct_start * total_steps), int(pct_final * total_steps), total_steps]
    rising(milestones)
    return Schedule(piecewise_linear, milestones=milestones, values=[start, 1.0, start, start / final_div_factor])


def of_piecewise_linear(lr, milestones, values):
    rising(milestones)
    lines = [line(n - m, v, w) for m, n, v, w in zip(milestones, milestones[1:], values, values[1:])]
    return joined([level(values[0])] + lines, milestones[:-1]) if milestones else Schedule(constant)


def of_piecewise_constant(lr, milestones, values):
    return joined([level(v) for v in values], milestones[1:]) if milestones else Schedule(constant)


def of_staircase(lr, schedule, step_size):
    demand(name_of(schedule) == "exponential_decay", "only an exponential is known as a staircase")
    return Schedule(step_decay, step_size=step_size, gamma=schedule.hyper["gamma"] ** step_size)


def with_1(value, what, same):
    """The schedule that another one is where that hyperparameter is 1."""
    demand(value == 1, "its " + what + " is not 1")
    return same


def of_power_law(lr, timescale, power=0.5):
    demand(power in (0.5, 1), "its power is neither 1/2 nor 1")
    if power == 0.5:
        return Schedule(inverse_sqrt, timescale=timescale)
    return Schedule(inverse_time_decay, decay_rate=1.0, decay_steps=timescale)


def of_chained(lr, schedules):
    demand(len(schedules) == 1, "nothing multiplies schedules there")
    return schedules[0]


# formula name -> the same schedule, from base_lr and the hyperparameters
SIMPLER = {
    "warmup": of_warmup, "wsd": of_wsd, "knee": of_knee, "flat_cosine": of_flat_cosine, "swa": of_swa, "infinite": of_infinite,
    "slanted_triangular": of_slanted_triangular, "one_cycle": of_one_cycle, "linear_one_cycle": of_linear_one_cycle,
    "piecewise_linear": of_piecewise_linear, "piecewise_constant": of_piecewise_constant, "staircase": of_staircase,
    "power_law": of_power_law, "chained": of_chained,
    "k_decay": lambda lr, total_steps, k=1.0, eta_min=0.0: with_1(k, "k", Schedule(cosine, T_max=total_steps, eta_min=eta_min)),
    "cosine_power": lambda lr, T_max, exponent=1.0, eta_min=0.0:
        with_1(exponent, "exponent", Schedule(cosine, T_max=T_max, eta_min=eta_min)),
    "cosine_cycles": lambda lr, T_0, T_mult=1, decay=1.0, eta_min=0.0:
        with_1(decay, "decay", Schedule(cosine_restarts, T_0=T_0, T_mult=T_mult, eta_min=eta_min)),
}


def parts(s, lr, table):
    """[(start, schedule), ...]: what follows what, each of them known to the table."""
    name = name_of(s)
    if name == "sequential":
        return in_turn(s.hyper["schedules"], s.hyper["milestones"], lr, table)
    if name in table:
        return [(0, s)]
    demand(name in SIMPLER, "there is nothing like it")
    return parts(SIMPLER[name](lr, **s.hyper), lr, table)


def in_turn(schedules, milestones, lr, table):
    """The parts of schedules that follow each other, without those that are never reached."""
    found = []
    for schedule, start, end in zip(schedules, [0] + milestones, milestones + [float("inf")]):
        if start < end:
            found += [(start + t, part) for t, part in parts(schedule, lr, table) if start + t < end]
    if len(found) > 1 and is_flat(found[-1][1]):
        (start, before), (end, _) = found[-2:]
        if ends_at_1(before) and start + before.hyper["total_iters"] <= end:
            found = found[:-1]              # the line goes on level by itself
    return found


def is_flat(s):
    return name_of(s) == "constant" and (s.hyper.get("total_iters", 0) == 0 or s.hyper.get("factor", 1.0) == 1)


def ends_at_1(s):
    return name_of(s) == "linear" and s.hyper.get("end_factor", 0.0) == 1


def warmed(found, lr):
    """(warm-up steps, first rate, schedule), for frameworks in which a warm-up is an argument of each scheduler."""
    start, s = found[0]
    if len(found) == 1:
        rises = ends_at_1(s) and s.hyper.get("start_factor", 1.0) < 1
        return (s.hyper["total_iters"], s.hyper["start_factor"] * lr, Schedule(constant)) if rises else (0, 0.0, s)
    demand(len(found) == 2 and ends_at_1(s) and s.hyper["total_iters"] == found[1][0],
           "it takes no more than a straight warm-up to the peak and one schedule")
    return found[1][0], s.hyper.get("start_factor", 1.0) * lr, found[1][1]


def plain_constant(factor, total_iters):
    demand(factor == 1 or total_iters == 0, "it has no factor for the first steps")
