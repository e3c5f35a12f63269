"""PyTorch's schedulers. The optimizer holds base_lr."""
from .words import demand, listed, more, name_of, num, short, with_notes, written

INSTEAD = "LambdaLR(optimizer, to_lambda(s, base_lr))"
BOUNCES = "# after T_max steps CosineAnnealingLR rises again; ScheduleLR of lrlearn.pytorch stays at the bottom"
SCALE = ("constant", "step_decay", "multistep_decay", "exponential_decay", "linear", "polynomial", "cosine")
ALONE = ("triangular", "triangular2", "exp_range", "one_cycle", "chained")


def constant(lr, factor=1.0, total_iters=0):
    factor = factor if total_iters else 1.0             # ConstantLR would take it at t = 0 in any case
    demand(0 < factor <= 1, "ConstantLR's factor is above 0 and at most 1")
    return f"ConstantLR(optimizer, factor={num(factor)}, total_iters={total_iters})"


def linear(lr, total_iters, start_factor=1.0, end_factor=0.0):
    demand(start_factor <= 1 and end_factor <= 1, "LinearLR's factors are at most 1")
    note = "" if start_factor else "# LinearLR cannot start at 0, so it starts at 1e-12 of the full rate\n"
    return (f"{note}LinearLR(optimizer, start_factor={short(start_factor or 1e-12)}, end_factor={short(end_factor)}, "
            f"total_iters={total_iters})")


def polynomial(lr, total_iters, power=1.0, eta_min=0.0):
    if power == 1 and eta_min:
        return linear(lr, total_iters, 1.0, eta_min / lr)
    demand(not eta_min, "PolynomialLR has no floor")
    return f"PolynomialLR(optimizer, total_iters={total_iters}, power={num(power)})"


def cosine(lr, T_max, eta_min=0.0):
    return f"CosineAnnealingLR(optimizer, T_max={T_max}{more('eta_min', num(eta_min), '0.0')})"


def cosine_restarts(lr, T_0, T_mult=1, eta_min=0.0):
    return f"CosineAnnealingWarmRestarts(optimizer, T_0={T_0}, T_mult={T_mult}{more('eta_min', num(eta_min), '0.0')})"


def cyclic(lr, step_size_up, step_size_down, eta_min, mode):
    """Here base_lr is the lower end, and momentum would move, too."""
    return (f"CyclicLR(optimizer, base_lr={num(eta_min)}, max_lr={num(lr)}, step_size_up={step_size_up}, "
            f"step_size_down={step_size_down}, mode={mode}, cycle_momentum=False)")


def triangular(lr, step_size_up, step_size_down=None, eta_min=0.0):
    return cyclic(lr, step_size_up, step_size_down, eta_min, '"triangular"')


def triangular2(lr, step_size_up, step_size_down=None, eta_min=0.0):
    return cyclic(lr, step_size_up, step_size_down, eta_min, '"triangular2"')


def exp_range(lr, step_size_up, gamma, step_size_down=None, eta_min=0.0):
    return cyclic(lr, step_size_up, step_size_down, eta_min, f'"exp_range", gamma={num(gamma)}')


def one_cycle(lr, total_steps, pct_start=0.3, anneal_strategy="cos", div_factor=25.0, final_div_factor=1e4, three_phase=False):
    demand(pct_start * total_steps != 1 and (pct_start < 1 or three_phase), "OneCycleLR cannot divide by a phase of no step")
    return ("# after total_steps updates OneCycleLR has no rate left: one more step() bounces, the next one raises an error\n"
            f"OneCycleLR(optimizer, max_lr={num(lr)}, total_steps={total_steps}, pct_start={num(pct_start)}, "
            f'anneal_strategy="{anneal_strategy}", cycle_momentum=False, div_factor={num(div_factor)}, '
            f"final_div_factor={num(final_div_factor)}, three_phase={three_phase})")


def chained(lr, schedules):
    notes, calls = [], []
    for s in schedules:
        demand(name_of(s) in SCALE and not s.hyper.get("eta_min"), "ChainedScheduler multiplies, and this is no product")
        said, call = written(TABLE, s, lr)
        notes += said + [BOUNCES] * (name_of(s) == "cosine")
        calls.append(call)
    return with_notes(notes, "ChainedScheduler(" + listed(calls) + ")")


TABLE = {
    "constant": constant,
    "step_decay": lambda lr, step_size, gamma=0.1: f"StepLR(optimizer, step_size={step_size}, gamma={num(gamma)})",
    "multistep_decay": lambda lr, milestones, gamma=0.1: f"MultiStepLR(optimizer, milestones={milestones}, gamma={num(gamma)})",
    "exponential_decay": lambda lr, gamma: f"ExponentialLR(optimizer, gamma={num(gamma)})",
    "linear": linear,
    "polynomial": polynomial,
    "cosine": cosine,
    "cosine_restarts": cosine_restarts,
    "triangular": triangular,
    "triangular2": triangular2,
    "exp_range": exp_range,
    "one_cycle": one_cycle,
    "chained": chained,
}


def write(found, lr):
    """The call for the parts."""
    notes, calls, ends = [], [], [start for start, _ in found[1:]] + [None]
    for (start, s), end in zip(found, ends):
        name = name_of(s)
        demand(len(found) == 1 or name not in ALONE, "CyclicLR, OneCycleLR and ChainedScheduler do not fit into a SequentialLR")
        bounces = name == "cosine" and end is not None and s.hyper["T_max"] < end - start
        demand(not bounces, "CosineAnnealingLR would rise again in between")
        said, call = written(TABLE, s, lr)
        notes += said + [BOUNCES] * (name == "cosine" and end is None)
        calls.append(call)
    return with_notes(notes, calls[0] if len(calls) == 1 else f"SequentialLR(optimizer, {listed(calls)}, milestones={ends[:-1]})")
