"""What goes into an optimizer's param groups, and comes out of them: checked, written, made plain."""
import copy
from types import FunctionType

import torch
from torch import Tensor

from ..core import Schedule, breaks, card_of, check_value, plain


def check_optimizer(optimizer):
    """Raise a TypeError of one sentence for what is not an optimizer."""
    if not isinstance(optimizer, torch.optim.Optimizer):
        got = text(optimizer)               # a whole model, by mistake, prints long
        raise TypeError("optimizer: what the scheduler drives, must be a torch.optim.Optimizer, got "
                        + (got if len(got) < 60 else got[:60] + "..."))


def checked(optimizer, formula, **given):
    """The hyperparameters as plain values, in their order, each checked against the formula's card."""
    check_optimizer(optimizer)              # first: with the arguments swapped, the other would print as the whole optimizer
    values = {name: plain(value) for name, value in given.items()}
    for name, value in values.items():
        check_value(card_of(formula).param(name), value, values)
    return values.values()


def per_group(param, given, groups):
    """One for each param group: a list or tuple as it is, anything else repeated."""
    each = list(given) if isinstance(given, (list, tuple)) else [given] * groups
    if len(each) != groups:
        raise ValueError(f"{param.name}: {param.note}, must be one for each param group, {groups}, got {len(each)}")
    return each


def numbers(param, given, optimizer):
    """One checked number for each param group."""
    each = [plain(value) for value in per_group(param, given, len(optimizer.param_groups))]
    for value in each:
        check_value(param, value)
    return each


def right(param, value, t, source):
    """The value as a plain number; a ValueError of one sentence when it is wrong for the param."""
    if type(value) is float and 0.0 <= value < 1.0:         # right for every param here, and by far the most frequent
        return value
    value = plain_state(value)
    why = breaks(param, value)
    if why:
        raise ValueError(f"{param.name}: {param.note}, {why} at t = {t}, got {value!r} from {text(source)}")
    return value


def set_lr(group, lr):
    """Write a learning rate; a tensor stays the same tensor."""
    if not isinstance(group["lr"], Tensor):
        group["lr"] = lr
    elif isinstance(lr, Tensor):
        group["lr"].copy_(lr)
    else:
        group["lr"].fill_(lr)


def rates_of(optimizer):
    """The learning rates in use, one for each param group; tensors are copied."""
    return [lr if type(lr := group["lr"]) is float else copied(lr) for group in optimizer.param_groups]


def copied(lr):
    """The rate, a tensor as a copy."""
    return lr.clone() if isinstance(lr, Tensor) else lr


def own_tensors(optimizer):
    """Let each param group have a tensor of its own: one that several share would get the rate of the last group."""
    seen = []
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            if any(group["lr"] is other for other in seen):
                group["lr"] = group["lr"].clone()
            seen.append(group["lr"])


def momentum_of(group):
    """The group's momentum, or its beta1 when the optimizer is of Adam's kin; None when it has neither."""
    return plain_state(group["betas"][0] if "betas" in group else group.get("momentum"))


def set_momentum(group, momentum):
    """Write what momentum_of reads."""
    if "betas" in group:
        group["betas"] = (like(group["betas"][0], momentum), *group["betas"][1:])
    else:
        group["momentum"] = momentum


def attributes(function):
    """What to save of a function of time: the attributes of a callable object; of a function or a Schedule nothing."""
    nothing = isinstance(function, (FunctionType, Schedule)) or not hasattr(function, "__dict__")
    return None if nothing else copy.deepcopy(dict(function.__dict__))


def give_back(function, saved):
    """Give a callable object the attributes that were saved of one like it."""
    if saved:
        function.__dict__.update(copy.deepcopy(saved))


def plain_state(value):
    """The value in numbers, strings, lists and dicts, as far as it consists of arrays, tensors and containers of them."""
    if isinstance(value, dict):
        return {key: plain_state(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_state(item) for item in value]
    return value.item() if isinstance(value, Tensor) and value.numel() == 1 else plain(value)


def like(old, value):
    """The value in the form of the old one: as it is, or as a tensor of the same type in the same place."""
    return torch.full_like(old, value) if isinstance(old, Tensor) else value


def all_like(optimizer, lrs):
    """The rates, each in the form of its param group's own."""
    return [like(group["lr"], lr) for group, lr in zip(optimizer.param_groups, lrs)]


def text(thing):
    """How the thing prints, on one line and without the memory addresses that change from run to run."""
    head, *tails = " ".join(repr(thing).split()).split(" at 0x")
    return head + "".join(tail.lstrip("0123456789abcdefABCDEF") for tail in tails)
