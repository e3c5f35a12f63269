"""What a race came to, and what may be said about it."""
from math import isfinite

import numpy as np
from scipy.special import stdtrit

from ..show import Table


class Race:
    """The runs of a race, and what may be said about them.

    task  what was learnt
    runs  a list of Run, one for each schedule, peak and seed

    Its names, base_lrs and seeds are lists too, in the order of the race. A schedule's best peak is picked by the
    validation loss that is then reported. Where runs diverged, their loss counts as infinite: a peak at which one
    seed diverged loses against every peak at which none did.

    Runs of several races may be put together, Race(task, a.runs + b.runs), when names differ and seeds are the same;
    schedules may have been tried at different peaks.

    Methods raise ValueError, one sentence, for a schedule or a peak that is not in the race.
    """

    def __init__(self, task, runs):
        self.task, self.runs = task, runs
        self.names, self.base_lrs, self.seeds = (list(dict.fromkeys(run[part] for run in runs)) for part in range(3))
        for name in self.names:
            for base_lr in self.peaks(name):
                if [run.seed for run in self.of(name, base_lr)] != self.seeds:
                    raise ValueError(f"runs: those of a race, must have the same seeds for each schedule and peak, each once, got others for {name} at {base_lr:g}")

    def __repr__(self):
        return f"Race({len(self.names)} schedules x {len(self.base_lrs)} peaks x {len(self.seeds)} seeds on {self.task})"

    def of(self, name, base_lr=None):
        """The runs of one schedule in the order of the seeds, at its best peak or at the one given."""
        tried = self.peaks(name)
        base_lr = self.best(name) if base_lr is None else base_lr
        if base_lr not in tried:
            raise ValueError(f"base_lr: a peak of this race, must be one of {', '.join(map(str, tried))}, got {base_lr!r}")
        return [run for run in self.runs if run.name == name and run.base_lr == base_lr]

    def peaks(self, name):
        """The peaks at which the schedule was tried."""
        self.check_name("name", name)
        return list(dict.fromkeys(run.base_lr for run in self.runs if run.name == name))

    def check_name(self, argument, name):
        """A ValueError of one sentence when no schedule of the race has the name."""
        if name not in self.names:
            raise ValueError(f"{argument}: a schedule of this race, must be one of {', '.join(self.names)}, got {name!r}")

    def val_losses(self, name, base_lr=None):
        """Their validation losses, an array; inf for a run that diverged."""
        return np.array([run.val_loss for run in self.of(name, base_lr)])

    def best(self, name):
        """The peak with the lowest mean validation loss; among peaks that diverged, where fewest runs did."""
        def badness(base_lr):
            losses = self.val_losses(name, base_lr)
            return losses.mean(), np.isinf(losses).sum(), base_lr

        return min(self.peaks(name), key=badness)

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
        tried = {name: self.peaks(name) for name in order}
        ends = [name for name in order if len(tried[name]) > 2 and self.best(name) in (min(tried[name]), max(tried[name]))]
        if ends:
            lines.append(f"Best at an end of the base_lrs tried, so a wider range may change this: {', '.join(ends)}.")
        return Verdict("\n".join(lines))

    def plot(self, what="validation", ax=None):
        """Draw each schedule, at its best peak unless peaks are asked for, and return the matplotlib Axes.

        what  "validation": the loss after the last update, a dot for each seed, mean and +-1 standard deviation;
              "training": the training loss over the updates, running mean, with a band of +-1 standard deviation;
              "peaks": the validation loss over the peaks that were tried, mean and a band of +-1 standard deviation; the
              line has a gap, and a cross at the top, where a run diverged
        ax    the Axes to draw on; None makes a figure
        """
        from .. import plots

        ways = {"validation": self.plot_validation, "training": self.plot_training, "peaks": self.plot_peaks}
        if what not in ways:
            raise ValueError(f"what: the loss to draw, must be one of {', '.join(ways)}, got {what!r}")
        with plots.house():
            return ways[what](plots, ax)

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
        lengths = {name: max(len(run.lrs) for run in self.of(name)) for name in self.names}
        width = max(1, max(lengths.values()) // 20)     # batches are small: one update's loss is mostly noise
        ax = plots.axes(ax, "update t", "training loss (nats)", f"mean of the last {count(width, 'update')}")
        for name in self.names:
            runs = self.of(name)
            good = [np.convolve(run.losses, np.ones(width) / width, "valid") for run in runs if not run.diverged]
            label = name if len(good) == len(runs) else f"{name} ({self.diverged(name)} diverged)"
            # A schedule of which no run is left has no line, but its name stands in the picture.
            good = np.array(good or [np.full(max(1, lengths[name] - width + 1), np.nan)])
            plots.curves(ax, width - 1 + np.arange(good.shape[1]), good.mean(0), spread_of(good), label)
        plots.label_lines(ax)
        return ax

    def plot_peaks(self, plots, ax):
        ax = plots.axes(ax, "base_lr", "validation loss (nats)")
        ax.set_xscale("log")
        for name in self.names:
            tried = sorted(self.peaks(name))
            losses = [np.where(np.isfinite(each).all(), each, np.nan) for each in (self.val_losses(name, lr) for lr in tried)]
            band = np.array([spread_of(each) for each in losses])
            plots.curves(ax, tried, np.array([each.mean() for each in losses]), band, name if len(self.names) > 1 else "_single")
            line = ax.get_lines()[-1]
            line.set_marker("o")
            lost = [lr for lr, each in zip(tried, losses) if np.isnan(each).any()]
            ax.plot(lost, [1] * len(lost), "x", color=line.get_color(), transform=ax.get_xaxis_transform(), clip_on=False)
        ax.margins(x=0.02)
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
