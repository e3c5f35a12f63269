"""Pictures with matplotlib in the look of lrlearn.svg: names on the lines, units on the axes, no chart junk."""
import sys
from math import ceil

from .extras import need

need("matplotlib", "plots")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.transforms import offset_copy

from .core import BASE_LR, Param, Schedule, check_value, span
from .svg import COLOURS, FONT, FONT_SIZE, GRID_OPACITY, LINE_WIDTH, spread

STEPS = Param("steps", 1, 2000, 100, 1, "updates to draw", ">= 1")
POINT = 72 / 100                        # points in a px, at matplotlib's 100 dots per inch
STYLE = {
    "font.family": FONT,
    "font.size": FONT_SIZE * POINT,
    "axes.titlesize": FONT_SIZE * POINT,
    "axes.titlelocation": "left",
    "lines.linewidth": LINE_WIDTH * POINT,
    "axes.prop_cycle": plt.cycler(linestyle=("-", "--")) * plt.cycler(color=COLOURS),    # the seventh curve is dashed
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "black",
    "grid.alpha": GRID_OPACITY,
    "grid.linewidth": 0.8,
    "figure.constrained_layout.use": True,
}


def house():
    """The look of the book, inside a with statement.

    >>> import matplotlib.pyplot as plt
    >>> from lrlearn.plots import house
    >>> with house():
    ...     figure, ax = plt.subplots()
    >>> ax.spines["top"].get_visible()
    False
    >>> plt.close(figure)
    """
    return plt.rc_context(STYLE)


def colour(n):
    """The colour of curve n, 0-based."""
    return COLOURS[n % len(COLOURS)]


def axes(ax, xlabel, ylabel, title=None, height=3.2):
    """The Axes with labels set; a new figure of 640 px width when ax is None. Call it inside house()."""
    if ax is None:
        ax = plt.figure(figsize=(6.4, height)).add_subplot()
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if title:
        ax.set_title(title)
    return ax


def label_lines(ax):
    """Write the label of every line at its right end, pushed apart where they would overlap."""
    figure = ax.get_figure(root=True)
    for old in [text for text in ax.texts if text.get_gid() == "label"]:
        old.remove()                    # a second curve on the same axes moves the first one's label
    lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    figure.draw_without_rendering()     # only now the height of the axes is known
    ends = []
    for line in lines:
        x, y = (np.asarray(values, dtype=float) for values in line.get_data())
        heights = ax.transAxes.inverted().transform(ax.transData.transform(np.column_stack([x, y])))[:, 1]
        drawn = heights[np.isfinite(heights)]
        ends.append(min(max(drawn[-1], 0.0), 1.0) if len(drawn) else 1.0)
    gap = 1.25 * plt.rcParams["font.size"] / (72 * ax.bbox.height / figure.dpi)
    beside = offset_copy(ax.transAxes, figure, x=6, units="points")
    for line, y in zip(lines, spread(ends, gap, 0.0, 1.0)):
        ax.text(1, y, line.get_label(), color=line.get_color(), weight="bold", va="center", transform=beside, gid="label")


def curves(ax, xs, mean, band, label):
    """A line with a pale band of +-band around it; label_lines writes the label."""
    (line,) = ax.plot(xs, mean, label=label)
    ax.fill_between(xs, mean - band, mean + band, color=line.get_color(), alpha=0.18, linewidth=0)
    ax.margins(x=0)


def named(schedules, labels):
    """(label, Schedule) of each curve; a single one has no label unless one is given."""
    several = schedules if isinstance(schedules, (dict, list, tuple)) else [schedules]
    pairs = list(several.items()) if isinstance(several, dict) else [(None, each) for each in several]
    pairs = [(name, each if isinstance(each, Schedule) else Schedule(each)) for name, each in pairs]
    if not pairs:
        raise ValueError(f"schedules: what to draw, must hold at least one, got {schedules!r}")
    if labels is not None:
        labels = [labels] if isinstance(labels, str) else list(labels)
        if len(labels) != len(pairs):
            raise ValueError(f"labels: the names of the curves, must be {len(pairs)}, got {labels!r}")
        return [(str(label), each) for label, (_, each) in zip(labels, pairs)]
    if isinstance(schedules, dict):
        return [(str(name), each) for name, each in pairs]
    if len(pairs) == 1:
        return pairs
    short = [each.formula.__name__ for _, each in pairs]
    return [(name if short.count(name) == 1 else repr(each), each) for name, (_, each) in zip(short, pairs)]


def plot(schedules, steps=None, base_lr=1.0, ax=None, labels=None, log=False, title=None):
    """Draw the learning rate of updates 0 to steps - 1, and return the matplotlib Axes.

    schedules  a Schedule or a function f(t, base_lr), a list of them, or a dict name -> Schedule
    steps      updates to draw, an integer >= 1; None takes what the hyperparameters need, or 100
    base_lr    the learning rate at the peak, >= 0
    ax         the Axes to draw on; None makes a figure
    labels     the names at the curves' ends, one each; None takes the dict's names or the formulas'
    log        whether the learning rate's axis is logarithmic; rates of 0 are left out
    title      a line over the picture; None names the schedule when it is alone in a new figure

    >>> import lrlearn as ll
    >>> ax = ll.plot({"to 0": ll.Schedule(ll.cosine, T_max=90), "flat": ll.Schedule(ll.constant)}, base_lr=0.1)
    >>> ax.get_xlabel(), [len(line.get_xdata()) for line in ax.get_lines()]
    ('update t', [91, 91])
    >>> import matplotlib.pyplot as plt; plt.close(ax.figure)

    Raises TypeError or ValueError, one sentence, for a wrong argument.
    """
    pairs = named(schedules, labels)
    check_value(BASE_LR, base_lr)
    if steps is None:
        steps = 1 + (ceil(max(span(each) for _, each in pairs)) or 99)
    check_value(STEPS, steps)
    with house():
        if title is None and ax is None and pairs[0][0] is None:
            title = repr(pairs[0][1])
        ax = axes(ax, "update t", "learning rate", title)
        for label, schedule in pairs:
            rates = np.array([schedule(t, base_lr) for t in range(steps)], dtype=float)
            if log:
                rates[rates <= 0] = np.nan
            ax.plot(range(steps), rates, label=label or "_single", marker="o" if steps == 1 else None)
        if log:
            ax.set_yscale("log")
        ax.margins(x=0)
        label_lines(ax)
    return ax


def retina():
    """Notebooks store pictures as sharp PNG with the same bytes every time."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if hasattr(shell, "kernel"):
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("retina", metadata={"Software": None})


retina()
