"""Many schedules, peaks and seeds on one task, and what may be said about them."""
import os
import sys
from contextlib import contextmanager
from math import isfinite
from time import monotonic

import numpy as np
import torch
from scipy.special import stdtrit

from ..core import Param, check_value
from ..show import Table
from .train import MOMENTUM, SEED, STEPS, check_rates, check_task, finish, one_thread

SEEDS = Param("seeds", 1, 20, 8, 1, "how many seeds, or a list of them", ">= 1")


@one_thread()
def race(task, schedules, base_lrs, seeds=8, steps=600, momentum=0.9, progress=True):
    """Train every schedule at every peak with every seed, and return the Race.

    task       a Task, such as digits(label_noise=0.2)
    schedules  name -> Schedule, or a list of Schedules, which are then named by their repr
    base_lrs   the peaks to try, a list of numbers >= 0; each schedule is judged at its own best one
    seeds      how many seeds (0, 1, 2, ...), or a list of integers >= 0
    steps      updates in one run, an integer >= 1
    momentum   the share of the last update that goes on, >= 0 and < 1
    progress   whether a line tells how far the race is, in a terminal or a notebook that someone watches

    A seed decides first weights, label noise and batches, the same for every schedule and peak: runs are paired.
    Each run gives the numbers that train gives; the seeds of one schedule and peak run as one stacked model. As there, a
    run diverged when a loss is not finite, or when its validation loss ends above ten times log(number of classes).

    >>> from lrlearn import Schedule, constant, cosine
    >>> from lrlearn.labs import digits, race
    >>> schedules = {"cosine": Schedule(cosine, T_max=300), "constant": Schedule(constant)}
    >>> r = race(digits(label_noise=0.2), schedules, base_lrs=[0.05, 0.1], seeds=8, steps=300)
    >>> r.table()
    schedule  best base_lr  validation loss  accuracy  diverged
    cosine             0.1    0.347 ± 0.024     0.949    0 of 8
    constant          0.05    0.400 ± 0.028     0.924    0 of 8
    >>> r.verdict()
    cosine at base_lr 0.1 has the lowest validation loss, 0.347 ± 0.024 over 8 seeds.
    Differences from it, seeds paired, with intervals that hold all at once with 95 %:
    constant at base_lr 0.05: +0.053 (+0.018 to +0.088), worse.

    Raises TypeError or ValueError, one sentence, for a wrong argument, before the first run.
    """
    check_task(task)
    check_value(STEPS, steps)
    check_value(MOMENTUM, momentum)
    schedules, base_lrs, seeds = named(schedules), peaks(base_lrs), listed(seeds)
    arms = [(name, lr, check_rates(name, schedule, lr, steps)) for name, schedule in schedules.items() for lr in base_lrs]
    runs = []
    with counter(len(arms), "race", progress) as done:
        for name, base_lr, lrs in arms:
            runs += together(task, name, base_lr, lrs, seeds, momentum)
            done()
    return Race(task, runs)


def together(task, name, base_lr, lrs, seeds, momentum):
    """The Runs of all seeds, trained at once: weights, inputs and losses have the seeds on their first axis."""
    weights = [torch.stack(w).detach().requires_grad_() for w in zip(*[task.model(seed) for seed in seeds])]
    optimizer = torch.optim.SGD(weights, lr=base_lr, momentum=momentum)
    losses = []
    for lr, batch in zip(lrs, zip(*[task.batches(seed, len(lrs)) for seed in seeds])):
        x, y = (torch.stack(part) for part in zip(*batch))
        loss = task.loss(weights, x, y)
        losses.append(loss.tolist())
        if not loss.isfinite().any():
            break
        optimizer.param_groups[0]["lr"] = lr
        optimizer.zero_grad()
        loss.sum().backward()               # a sum: no run's gradient knows of another run
        optimizer.step()
    ends = (numbers.tolist() for numbers in task.evaluate(weights))
    return [finish(task, name, base_lr, seed, list(each), lrs, *end) for seed, each, *end in zip(seeds, zip(*losses), *ends)]


class Race:
    """The runs of a race, and what may be said about them.

    task  what was learnt
    runs  a list of Run, one for each schedule, peak and seed

    Its names, base_lrs and seeds are lists too, in the order of the race. A schedule's best peak is picked by the
    validation loss that is then reported. Where runs diverged, their loss counts as infinite: a peak at which one
    seed diverged loses against every peak at which none did.

    Methods raise ValueError, one sentence, for a schedule or a peak that is not in the race.
    """

    def __init__(self, task, runs):
        self.task, self.runs = task, runs
        self.names, self.base_lrs, self.seeds = (list(dict.fromkeys(run[part] for run in runs)) for part in range(3))

    def __repr__(self):
        return f"Race({len(self.names)} schedules x {len(self.base_lrs)} peaks x {len(self.seeds)} seeds on {self.task})"

    def of(self, name, base_lr=None):
        """The runs of one schedule in the order of the seeds, at its best peak or at the one given."""
        self.check_name("name", name)
        base_lr = self.best(name) if base_lr is None else base_lr
        if base_lr not in self.base_lrs:
            tried = ", ".join(map(str, self.base_lrs))
            raise ValueError(f"base_lr: a peak of this race, must be one of {tried}, got {base_lr!r}")
        return [run for run in self.runs if run.name == name and run.base_lr == base_lr]

    def check_name(self, argument, name):
        """A ValueError of one sentence when no schedule of the race has the name."""
        if name not in self.names:
            raise ValueError(f"{argument}: a schedule of this race, must be one of {', '.join(self.names)}, got {name!r}")

    def val_losses(self, name, base_lr=None):
        """Their validation losses, an array; inf for a run that diverged."""
        return np.array([run.val_loss for run in self.of(name, base_lr)])

    def best(self, name):
        """The peak with the lowest mean validation loss; among peaks that diverged, where fewest runs did."""
        self.check_name("name", name)

        def badness(base_lr):
            losses = self.val_losses(name, base_lr)
            return losses.mean(), np.isinf(losses).sum(), base_lr

        return min(self.base_lrs, key=badness)

    def difference(self, name, against, comparisons=1):
        """(mean, low, high): how much higher name's validation loss is than against's, with a 95 % interval.

        Each schedule runs at its own best peak. Seeds are paired, so what a lucky seed gives to both drops out. The
        interval is Student's t over the differences, one a seed: it takes them as independent and about normal.

        comparisons  how many differences shall hold at once with 95 % (Bonferroni's correction), an integer >= 1

        Raises ValueError with fewer than two seeds, and where a run diverged.
        """
        self.check_name("name", name)
        self.check_name("against", against)
        if len(self.seeds) < 2:
            raise ValueError(f"seeds: how many seeds, must be >= 2 for an interval, got {len(self.seeds)}")
        for each in (name, against):
            if any(run.diverged for run in self.of(each)):
                raise ValueError(f"{each}: a schedule to compare, must not diverge, got {self.diverged(each)}")
        gaps = self.val_losses(name) - self.val_losses(against)
        half = stdtrit(len(gaps) - 1, 1 - 0.025 / comparisons) * gaps.std(ddof=1) / len(gaps) ** 0.5
        return float(gaps.mean()), float(gaps.mean() - half), float(gaps.mean() + half)

    def diverged(self, name):
        """How many runs diverged at the schedule's best peak, as in "1 of 8"."""
        runs = self.of(name)
        return f"{sum(run.diverged for run in runs)} of {len(runs)}"

    def table(self):
        """A Table: each schedule at its best peak, with mean and standard deviation over the seeds."""
        rows = []
        for name in self.names:
            losses, accuracies = self.val_losses(name), [run.val_accuracy for run in self.of(name)]
            accuracy = f"{np.mean(accuracies):.3f}" if np.isfinite(losses).all() else "diverged"
            rows.append((name, f"{self.best(name):g}", plus_minus(losses), accuracy, self.diverged(name)))
        peak = "best base_lr" if len(self.base_lrs) > 1 else "base_lr"
        return Table(("schedule", peak, "validation loss", "accuracy", "diverged"), rows)

    def verdict(self, against=None):
        """A Verdict: a sentence for each schedule, against the one named, or else the one with the lowest mean loss.

        The intervals are those of difference, wide enough to hold all at once with 95 %: over all pairs of schedules
        when the best is picked from the same runs, over the others when against was chosen beforehand. Without this
        care, a race of six equal schedules with eight seeds would call one of them worse in a third of all cases.
        """
        if against is not None:
            self.check_name("against", against)
        order = sorted(self.names, key=lambda name: self.val_losses(name).mean())
        if not isfinite(self.val_losses(order[0]).mean()):
            return Verdict("Every schedule diverged in some run at every base_lr: try smaller ones.")
        reference = order[0] if against is None else against
        rest = [name for name in order if name != reference]
        pairs = len(rest) * (len(rest) + 1) // 2 if against is None else len(rest)
        at = {name: f" at base_lr {self.best(name):g}" if len(self.base_lrs) > 1 else "" for name in order}
        verb = " has the lowest validation loss," if against is None else ": validation loss"
        losses = plus_minus(self.val_losses(reference))
        lines = [f"{reference}{at[reference]}{verb} {losses} over {count(len(self.seeds), 'seed')}."]
        if rest and len(self.seeds) == 1:
            lines.append("One seed tells nothing about seed noise: race more.")
        elif rest:
            lines.append("Differences from it, seeds paired, with intervals that hold all at once with 95 %:")
        for name in rest:
            if not isfinite(self.val_losses(name).mean()):
                lines.append(f"{name}{at[name]}: {self.diverged(name)} runs diverged, worse.")
            elif len(self.seeds) > 1:
                mean, low, high = self.difference(name, reference, pairs)
                says = "worse" if low > 0 else "better" if high < 0 else "no difference beyond seed noise"
                lines.append(f"{name}{at[name]}: {mean:+.3f} ({low:+.3f} to {high:+.3f}), {says}.")
        ends = [name for name in order if self.best(name) in (min(self.base_lrs), max(self.base_lrs))]
        if len(self.base_lrs) > 2 and ends:
            lines.append(f"Best at an end of the base_lrs tried, so a wider range may change this: {', '.join(ends)}.")
        return Verdict("\n".join(lines))

    def plot(self, what="validation", ax=None):
        """Draw each schedule at its best peak, and return the matplotlib Axes.

        what  "validation": the loss after the last update, a dot for each seed, mean and +-1 standard deviation;
              "training": the training loss over the updates, running mean, with a band of +-1 standard deviation
        ax    the Axes to draw on; None makes a figure
        """
        from .. import plots

        if what not in ("validation", "training"):
            raise ValueError(f"what: the loss to draw, must be one of validation, training, got {what!r}")
        with plots.house():
            return (self.plot_validation if what == "validation" else self.plot_training)(plots, ax)

    def plot_validation(self, plots, ax):
        ax = plots.axes(ax, "validation loss (nats)", "", height=0.9 + 0.4 * len(self.names))
        for row, name in enumerate(self.names):
            losses, colour = self.val_losses(name), plots.colour(row)
            good = losses[np.isfinite(losses)]
            ax.plot(good, [row] * len(good), "o", color=colour, alpha=0.35, markersize=4, markeredgewidth=0)
            if len(good) == len(losses):
                ax.errorbar(good.mean(), row, xerr=spread_of(good), fmt="o", color=colour, markersize=7)
            else:
                end = {"transform": ax.get_yaxis_transform(), "ha": "right", "va": "center"}
                ax.text(1, row, f"{self.diverged(name)} diverged", color=colour, **end)
        ax.set_yticks(range(len(self.names)), self.names)
        ax.set_ylim(len(self.names) - 0.5, -0.5)
        ax.grid(False, axis="y")
        ax.tick_params(axis="y", length=0)
        return ax

    def plot_training(self, plots, ax):
        steps = max(len(run.lrs) for run in self.runs)
        width = max(1, steps // 20)         # batches are small: one update's loss is mostly noise
        ax = plots.axes(ax, "update t", "training loss (nats)", f"mean of the last {count(width, 'update')}")
        for name in self.names:
            runs = self.of(name)
            good = [np.convolve(run.losses, np.ones(width) / width, "valid") for run in runs if not run.diverged]
            label = name if len(good) == len(runs) else f"{name} ({self.diverged(name)} diverged)"
            # A schedule of which no run is left has no line, but its name stands in the picture.
            good = np.array(good or [np.full(steps - width + 1, np.nan)])
            plots.curves(ax, np.arange(width - 1, steps), good.mean(0), spread_of(good), label)
        plots.label_lines(ax)
        return ax


class Verdict(str):
    """Sentences, one a line; a notebook shows those after a colon as a list."""

    __repr__ = str.__str__

    def _repr_markdown_(self):
        head, colon, rest = self.partition(":\n")
        return head + colon + "\n" + "".join(f"\n- {line}" for line in rest.splitlines())


def spread_of(values):
    """The standard deviation over the first axis, 0 for a single value."""
    return values.std(0, ddof=1) if len(values) > 1 else 0.0 * values[0]


def plus_minus(losses):
    """Mean and standard deviation as text."""
    if not np.isfinite(losses).all():
        return "diverged"
    return f"{losses.mean():.3f}" + (f" ± {spread_of(losses):.3f}" if len(losses) > 1 else "")


def count(n, noun):
    """As in "1 seed", "8 seeds"."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


# -- the arguments of race ---------------------------------------------------------------------------


def named(schedules):
    """name -> Schedule."""
    if not isinstance(schedules, (dict, list, tuple)) or not schedules:
        kind = "a dict name -> Schedule or a list of Schedules, at least one"
        raise ValueError(f"schedules: what to race, must be {kind}, got {schedules!r}")
    if isinstance(schedules, dict):
        return {str(name): schedule for name, schedule in schedules.items()}
    if len({repr(schedule) for schedule in schedules}) < len(schedules):
        raise ValueError(f"schedules: what to race, must differ from each other, got {schedules!r}")
    return {repr(schedule): schedule for schedule in schedules}


def peaks(base_lrs):
    """The peaks, each once; check_rates looks at their values."""
    if not isinstance(base_lrs, (list, tuple, np.ndarray)) or len(base_lrs) == 0:
        raise ValueError(f"base_lrs: the peaks to try, must be a list of at least one learning rate, got {base_lrs!r}")
    return list(dict.fromkeys(base_lrs))


def listed(seeds):
    """The seeds as a list."""
    if not isinstance(seeds, (list, tuple, range)):
        check_value(SEEDS, seeds)
        seeds = range(seeds)
    for seed in seeds:
        check_value(SEED, seed)
    if len(set(seeds)) < max(1, len(seeds)):
        raise ValueError(f"seeds: how many seeds, or a list of them, must be at least one and each once, got {seeds!r}")
    return [int(seed) for seed in seeds]


# -- how far it is ------------------------------------------------------------------------------------


@contextmanager
def counter(total, title, wanted):
    """Yield a function to call after each of total pieces of work; a line shows how many are done, then it is gone."""
    show, began, ready = place(wanted), monotonic(), [0]

    def done():
        ready[0] += 1
        left = (monotonic() - began) * (total / ready[0] - 1)
        if ready[0] < total:
            show(f"{title}: {ready[0]} of {total} done, about {left:.0f} s left")

    try:
        yield done
    finally:
        show("")


def place(wanted):
    """A function that shows one line where someone watches; an empty line takes it away. Elsewhere it does nothing."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if not wanted or os.environ.get("LRLEARN_CHECK"):
        return lambda line: None
    if hasattr(shell, "kernel"):
        from IPython.display import DisplayHandle

        # The line is an output of its own, emptied at the end: clear_output would take the cell's other outputs along.
        handle, shown = DisplayHandle(), []

        def show(line):
            if line or shown:
                (handle.update if shown else handle.display)({"text/plain": line} if line else {}, raw=True)
                shown.append(line)

        return show
    if sys.stderr is not None and sys.stderr.isatty():
        return lambda line: print("\r\x1b[K" + line, end="", file=sys.stderr, flush=True)
    return lambda line: None
