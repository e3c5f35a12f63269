"""The schedules of fastai: functions of the part of the run that is done, each over the whole of its part."""
from .simpler import rising
from .words import demand, listed, name_of, num, short, written

INSTEAD = 'ParamScheduler({"lr": lambda done: s(round(done * updates), base_lr)})'
OTHER_POWER = "SchedPoly takes the power of the time, and not of the way that is left"


def fills(n, steps, text):
    """A function for a part of n updates, None for the last one, which ends where it ends."""
    demand(n is None or n == steps, "each of its functions fills the whole of its part of the run")
    return text


def linear(lr, n, total_iters, start_factor=1.0, end_factor=0.0):
    start, end = short(start_factor * lr), short(end_factor * lr)
    return f"SchedNo({start}, {start})" if start == end else fills(n, total_iters, f"SchedLin({start}, {end})")


def constant(lr, n, factor=1.0, total_iters=0):
    demand(factor == 1 or total_iters == 0, "it has no factor for the first steps")
    return f"SchedNo({num(lr)}, {num(lr)})"


def polynomial(lr, n, total_iters, power=1.0, eta_min=0.0):
    demand(power == 1, OTHER_POWER)
    return fills(n, total_iters, f"SchedLin({num(lr)}, {num(eta_min)})")


def k_decay_polynomial(lr, n, total_steps, k=1.0, power=1.0, eta_min=0.0):
    demand(power == 1, OTHER_POWER)
    return fills(n, total_steps, f"SchedPoly({num(lr)}, {num(eta_min)}, {num(k)})")


TABLE = {
    "constant": constant,
    "linear": linear,
    "polynomial": polynomial,
    "k_decay_polynomial": k_decay_polynomial,
    "exponential_between": lambda lr, n, total_steps, end_factor:
        fills(n, total_steps, f"SchedExp({num(lr)}, {short(end_factor * lr)})"),
    "cosine": lambda lr, n, T_max, eta_min=0.0: fills(n, T_max, f"SchedCos({num(lr)}, {num(eta_min)})"),
    "piecewise_cosine": None,               # several functions, written below
}


def waves(lr, milestones, values):
    demand(len(milestones) > 1 and milestones[0] == 0, "its corners begin with the run")
    rising(milestones)
    rates = [short(v * lr) for v in values]
    return milestones[1:], [f"SchedCos({a}, {b})" for a, b in zip(rates, rates[1:])]


def write(found, lr):
    """The call for the parts."""
    last = found[-1][1]
    if name_of(last) == "piecewise_cosine" and len(found) == 1:
        ends, calls = waves(lr, **last.hyper)
    else:
        ends = [start for start, _ in found[1:]]
        lengths = [end - start for (start, _), end in zip(found, ends)] + [None]
        demand(all([name_of(s) != "piecewise_cosine" for _, s in found]), "each of its functions is one piece")
        meet = [abs(a(n, lr) - b(0, lr)) <= 1e-6 * lr for (_, a), (_, b), n in zip(found, found[1:], lengths)]
        demand(all(meet), "it rounds where its functions join, so that a jump may come one step off")
        calls = [written(TABLE, s, lr, n)[1] for (_, s), n in zip(found, lengths)]
        steps = [last.hyper[name] for name in ("T_max", "total_iters", "total_steps") if last.hyper.get(name)]
        demand(steps, "time is the part of the run, and this one has no end")
        ends.append(found[-1][0] + steps[0])
    if len(calls) > 1:
        shares = [(end - start) / ends[-1] for start, end in zip([0] + ends[:-2], ends[:-1])]
        shares.append(1 - sum(shares))      # to the last digit: combine_scheds wants a sum of 1
        calls = [f"combine_scheds({listed([repr(x) for x in shares])}, {listed(calls)})"]
    note = f"# for a run of {ends[-1]} updates, since time is the part of the run that is done\n"
    return note + 'ParamScheduler({"lr": ' + calls[0] + "})"
