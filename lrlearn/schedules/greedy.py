"""Greedy: the learning rate rises while a metric gets better and falls while it does not. A fold, no function of time."""
from ..core import Param, card
from .plateau import beats


def greedy(state, metric, mode="min", factor=0.95, patience=10, threshold=1e-6, threshold_mode="abs", cooldown=0, warmup=0,
           min_lr=1e-3, max_lr=1.0, eps=1e-8):
    """The state after one more metric: more than patience good ones in a row raise the learning rate, as many bad ones lower it.

    state           (lr, best, streak, wait): the learning rate, the best metric so far, good metrics in a row, or bad ones
                    as a negative number, metrics that are still ignored; it begins as (base_lr, None, 0, 0)
    metric          what was measured; nan is bad
    mode            "min" when small metrics are good, "max" when large ones are
    factor          the learning rate is multiplied by it to fall and divided by it to rise, > 0 and < 1
    patience        metrics of one kind in a row that change nothing, an integer >= 0; the next one does
    threshold       how much better than the best a metric must be, >= 0
    threshold_mode  "rel" takes the threshold as a part of the best, "abs" as an amount
    cooldown        metrics that are ignored after a fall, an integer >= 0
    warmup          metrics that are ignored after a rise, an integer >= 0
    min_lr          the learning rate below which it does not fall, >= 0
    max_lr          the learning rate above which it does not rise, >= min_lr
    eps             a change by no more than this is not made, >= 0

    >>> state, rates = (0.1, None, 0, 0), []
    >>> for metric in (3.0, 2.0, 1.0, 1.0, 1.0):
    ...     state = greedy(state, metric, factor=0.5, patience=1)
    ...     rates.append(state[0])
    >>> rates
    [0.1, 0.2, 0.2, 0.2, 0.1]

    Below min_lr nothing lowers it, and the default of 1e-3 is more than what Adam often begins with.
    Also called: GreedyLR.
    Not to be confused with plateau, which never rises.
    Source: transformers.optimization.GreedyLR; Subramanian et al., Dynamic Learning Rate Scheduling based on Loss Changes
    Leads to Faster Convergence, 2025, arXiv 2512.14527.
    """
    lr, best, streak, wait = state
    if wait > 0:
        return lr, best, 0, wait - 1
    good = beats(metric, best, mode, threshold, threshold_mode)
    best, streak = (metric, max(streak, 0) + 1) if good else (best, min(streak, 0) - 1)
    if abs(streak) <= patience:
        return lr, best, streak, 0
    new = max(lr, min(lr / factor, max_lr)) if good else min(lr, max(lr * factor, min_lr))
    return new if abs(new - lr) > eps else lr, best, 0, warmup if good else cooldown


card(
    greedy,
    title="Greedy",
    latex=r"\eta \leftarrow \begin{cases}"
    r" \min(\eta / c,\ \eta_{\mathrm{hi}}) & \text{after more than } p \text{ good metrics in a row} \\"
    r" \max(c\,\eta,\ \eta_{\min}) & \text{after more than } p \text{ bad ones} \end{cases}",
    paper="subramanian2025greedylr",
    params=(
        Param("mode", None, None, "min", ("min", "max"), "whether small or large metrics are good"),
        Param("factor", 0.05, 0.95, 0.95, 0.05, "the factor of one fall, and one over that of one rise", "> 0 and < 1"),
        Param("patience", 0, 30, 10, 1, "metrics of one kind in a row that change nothing", ">= 0"),
        Param("threshold", 0.0, 0.1, 1e-6, 1e-6, "how much better than the best a metric must be", ">= 0"),
        Param("threshold_mode", None, None, "abs", ("rel", "abs"), "what the threshold is, a part of the best or an amount"),
        Param("cooldown", 0, 30, 0, 1, "metrics that are ignored after a fall", ">= 0"),
        Param("warmup", 0, 30, 0, 1, "metrics that are ignored after a rise", ">= 0"),
        Param("min_lr", 0.0, 0.1, 1e-3, 0.001, "the learning rate below which it does not fall", ">= 0"),
        Param("max_lr", 0.1, 1.0, 1.0, 0.1, "the learning rate above which it does not rise", ">= min_lr"),
        Param("eps", None, None, 1e-8, None, "a change by no more than this is not made", ">= 0"),
    ),
    names={"transformers": "greedy"},
    seams=(
        ("transformers", "after reset_start falls at min_lr, 500 by default, GreedyLR begins anew from its first learning rate."),
        ("transformers", "with smooth=True GreedyLR takes the mean of the last window_size metrics in place of the metric."),
    ),
    fold=True,
)
