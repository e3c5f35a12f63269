"""Plateau: the learning rate falls when a metric has stopped getting better. A fold over metrics, no function of time."""
from ..core import Param, card


def beats(metric, best, mode, threshold, threshold_mode):
    """Whether the metric is better than the best so far by more than the threshold; None is beaten by every number."""
    sign = 1 if mode == "max" else -1
    best = -sign * float("inf") if best is None else best
    goal = best * (1 + sign * threshold) if threshold_mode == "rel" else best + sign * threshold
    return sign * metric > sign * goal


def plateau(state, metric, mode="min", factor=0.1, patience=10, threshold=1e-4, threshold_mode="rel", cooldown=0, min_lr=0.0,
            eps=1e-8):
    """The state after one more metric: more than patience bad metrics in a row cut the learning rate to factor times its value.

    state           (lr, best, bad, wait): the learning rate, the best metric so far, bad metrics in a row, metrics that are
                    still ignored after a cut; it begins as (base_lr, None, 0, 0)
    metric          what was measured; nan is bad
    mode            "min" when small metrics are good, "max" when large ones are
    factor          the factor of one cut, >= 0 and < 1
    patience        bad metrics in a row that are put up with, an integer >= 0; the next one cuts
    threshold       how much better than the best a metric must be, >= 0
    threshold_mode  "rel" takes the threshold as a part of the best, "abs" as an amount
    cooldown        metrics after a cut that do not count as bad, an integer >= 0
    min_lr          the learning rate below which no cut goes, >= 0
    eps             a cut by no more than this is not made, >= 0

    >>> state, rates = (0.1, None, 0, 0), []
    >>> for metric in (3.0, 2.0, 2.0, 2.5, 2.0, 1.0):
    ...     state = plateau(state, metric, patience=1)
    ...     rates.append(state[0])
    >>> [round(rate, 4) for rate in rates]
    [0.1, 0.1, 0.1, 0.01, 0.01, 0.01]

    With "rel" the best must be positive: for -1 the goal is -1 * (1 - threshold), which -1 itself beats. So a negative metric
    that stands still looks better each time, and nothing is ever cut; take "abs" for metrics that can be negative.
    Also called: reduce on plateau.
    Not to be confused with step_decay, which cuts at fixed times whatever the metric says.
    Source: common practice; torch.optim.lr_scheduler.ReduceLROnPlateau.
    """
    lr, best, bad, wait = state
    better = beats(metric, best, mode, threshold, threshold_mode)
    if better or wait or bad < patience:
        return lr, metric if better else best, 0 if better or wait else bad + 1, wait - 1 if wait else 0
    lower = max(lr * factor, min_lr)
    return lower if lr - lower > eps else lr, best, 0, cooldown


card(
    plateau,
    title="Plateau",
    latex=r"\eta \leftarrow \max(c\,\eta,\ \eta_{\min})\quad\text{after more than } p \text{ bad metrics in a row}",
    paper="pytorch",
    params=(
        Param("mode", None, None, "min", ("min", "max"), "whether small or large metrics are good"),
        Param("factor", 0.0, 0.9, 0.1, 0.05, "the factor of one cut", ">= 0 and < 1"),
        Param("patience", 0, 30, 10, 1, "bad metrics in a row that are put up with", ">= 0"),
        Param("threshold", 0.0, 0.1, 1e-4, 1e-4, "how much better than the best a metric must be", ">= 0"),
        Param("threshold_mode", None, None, "rel", ("rel", "abs"), "what the threshold is, a part of the best or an amount"),
        Param("cooldown", 0, 30, 0, 1, "metrics after a cut that do not count as bad", ">= 0"),
        Param("min_lr", 0.0, 0.1, 0.0, 0.001, "the learning rate below which no cut goes", ">= 0"),
        Param("eps", None, None, 1e-8, None, "a cut by no more than this is not made", ">= 0"),
    ),
    names={"torch": "ReduceLROnPlateau", "transformers": "reduce_lr_on_plateau", "optax": "contrib.reduce_on_plateau",
           "keras": "ReduceLROnPlateau", "timm": "PlateauLRScheduler"},
    seams=(
        ("optax", "the bad metric number patience already cuts, and a cut is made however small."),
        ("keras", "the bad metric number patience already cuts, and min_delta is an amount."),
        ("timm", "mode is max by default, and the threshold is always relative."),
    ),
    fold=True,
)
