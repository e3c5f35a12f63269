"""The schedulers of Hugging Face transformers: each takes num_warmup_steps, which num_training_steps counts in."""
from .for_torch import INSTEAD  # noqa: F401 - they are torch schedulers
from .simpler import plain_constant, warmed
from .words import demand, more, num, short, with_notes, written


def run(W, n):
    return f"optimizer, num_warmup_steps={W}, num_training_steps={W + n}"


def constant(lr, W, factor=1.0, total_iters=0):
    plain_constant(factor, total_iters)
    return f"get_constant_schedule_with_warmup(optimizer, num_warmup_steps={W})" if W else "get_constant_schedule(optimizer)"


def linear(lr, W, total_iters, start_factor=1.0, end_factor=0.0):
    demand(start_factor == 1, "its line begins at the peak")
    if end_factor:
        return polynomial(lr, W, total_iters, 1.0, end_factor * lr)
    return f"get_linear_schedule_with_warmup({run(W, total_iters)})"


def polynomial(lr, W, total_iters, power=1.0, eta_min=0.0):
    demand(eta_min < lr, "its lr_end is below the peak")
    return f"get_polynomial_decay_schedule_with_warmup({run(W, total_iters)}, lr_end={short(eta_min)}, power={num(power)})"


def cosine_waves(lr, W, total_steps, num_cycles=0.5, eta_min=0.0):
    name = "get_cosine_with_min_lr_schedule_with_warmup" if eta_min else "get_cosine_schedule_with_warmup"
    return ("# after num_training_steps the wave goes on, so it rises again\n"
            f"{name}({run(W, total_steps)}{more('num_cycles', num(num_cycles), '0.5')}{more('min_lr', num(eta_min), '0.0')})")


def cosine_restarts(lr, W, T_0, T_mult=1, eta_min=0.0):
    demand(T_mult == 1 and not eta_min, "its cycles are equally long and end at 0")
    return ("# 3 cycles, then 0: num_training_steps and num_cycles tell how many\n"
            f"get_cosine_with_hard_restarts_schedule_with_warmup({run(W, 3 * T_0)}, num_cycles=3)")


def wsd(lr, W, total_steps, decay_steps, warmup_steps=0, decay_type="linear", eta_min=0.0):
    W, total_steps = (warmup_steps, total_steps - warmup_steps) if warmup_steps else (W, total_steps)
    demand(not (W and eta_min), "its warm-up begins at the floor")
    demand(decay_type in ("linear", "cosine", "1-sqrt"), "it has no such cool-down")
    return (f"get_wsd_schedule({run(W, total_steps)}, num_decay_steps={decay_steps}, "
            f'decay_type="{decay_type}"{more("min_lr_ratio", short(eta_min / lr), "0.0")})')


TABLE = {
    "constant": constant,
    "linear": linear,
    "polynomial": polynomial,
    "cosine": lambda lr, W, T_max, eta_min=0.0: cosine_waves(lr, W, T_max, 0.5, eta_min),
    "cosine_waves": cosine_waves,
    "cosine_restarts": cosine_restarts,
    "inverse_sqrt": lambda lr, W, timescale: f"get_inverse_sqrt_schedule(optimizer, num_warmup_steps={W}, timescale={timescale})",
    "wsd": wsd,
}


def write(found, lr):
    """The call for the parts."""
    W, first, s = warmed(found, lr)
    demand(first == 0, "its warm-up begins at 0")
    return with_notes(*written(TABLE, s, lr, W))
