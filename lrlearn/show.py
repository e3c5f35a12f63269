"""Show what the package knows: a formula's source, its card, the public names. All of it is read, nothing is retyped."""
import ast
import base64
import inspect
import re
import textwrap
from html import escape

from .core import SCALED, Card, Schedule, area, card_of, curve, span
from .svg import COLOURS


class Markdown:
    """Text that a notebook shows as Markdown and a terminal as it is."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def _repr_markdown_(self):
        return self.text


class Table:
    """Rows of text under a head, readable as text and in a notebook: numbers stand right, words left.

    >>> Table(("update", 0, 10), [("lr", "0.10", "0.00")])
    update     0    10
    lr      0.10  0.00
    """

    def __init__(self, head, rows):
        self.head, *self.rows = [tuple(str(cell) for cell in row) for row in (head, *rows)]
        columns = list(zip(*self.rows)) or [()] * len(self.head)
        self.sides = ["left"] + ["right" if numbers([head]) or numbers(column) else "left" for head, column in zip(self.head[1:], columns[1:])]

    def __repr__(self):
        lines = [self.head, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines)]
        pad = {"left": str.ljust, "right": str.rjust}
        padded = [[pad[side](cell, width) for side, cell, width in zip(self.sides, line, widths)] for line in lines]
        return "\n".join("  ".join(cells).rstrip() for cells in padded)

    def _repr_html_(self):
        def row(cells, tag):
            return "<tr>" + "".join(f'<{tag} style="text-align:{s}">{escape(c)}</{tag}>' for s, c in zip(self.sides, cells)) + "</tr>"

        body = "\n".join(row(cells, "td") for cells in self.rows)
        return f"<table>\n<thead>{row(self.head, 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def numbers(column):
    """Whether half of the cells that say something, or more, are numbers: 0.31, 3 %, 0 of 8, 0.31 ± 0.02, -0.1 to 0.2.

    >>> numbers(["0.315 ± 0.021", "-", "lost", "+0.01 (-0.02 to +0.04)"]), numbers(["10 % of the run", "cosine to 0"])
    (True, False)
    """
    said = [[word.strip("()%,") for word in cell.split()] for cell in column if cell.strip(" -–")]
    counts = [all(word in ("", "to", "of", "±") or NUMBER.fullmatch(word) for word in words) for words in said]
    return 2 * sum(counts) >= len(counts) > 0


NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+(e[-+]?\d+)?")


def source(function):
    """The function's own source without its docstring, as Python reads it.

    >>> from lrlearn import cosine
    >>> print(source(cosine))
    ```python
    def cosine(t, base_lr, T_max, eta_min=0.0):
        half_wave = (1 + cos(pi * min(t, T_max) / T_max)) / 2     # from 1 to 0
        return eta_min + (base_lr - eta_min) * half_wave
    ```
    """
    text = textwrap.dedent(inspect.getsource(function))
    first = ast.parse(text).body[0].body[0]
    lines = text.splitlines()
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        del lines[first.lineno - 1:first.end_lineno]
    return Markdown("```python\n" + "\n".join(lines).strip() + "\n```")


# How the book writes the parameters in equations; one that is not here stands in none.
SYMBOLS = {
    "t": "t", "base_lr": r"\eta_{\max}", "eta_min": r"\eta_{\min}", "T_max": r"T_{\max}", "factor": "c", "total_iters": "N",
    "schedule": "f", "warmup_steps": "W", "start_factor": "s", "end_factor": "e",
    "gamma": r"\gamma", "step_size": "s", "power": "p", "decay_rate": "k", "decay_steps": "D", "shape": r"\rho",
    "milestones": "m_i", "T_0": "T_0", "T_mult": "m", "step_size_up": "u", "step_size_down": "d", "total_steps": "N",
    "pct_start": "p", "div_factor": "d", "final_div_factor": "f", "max_momentum": r"\mu_{\max}", "base_momentum": r"\mu_{\min}",
    "patience": "p", "min_lr": r"\eta_{\min}", "timescale": r"\tau", "d_model": r"d_{\mathrm{model}}", "decay_type": r"\delta", "schedules": "f_i",
    "d": "d", "k": "k", "a": "a", "b": "b", "lb": "l", "ub": "u", "exponent": "q", "upper_bound": "U", "batch_size": r"\beta", "seq_len": "L",
    "explore_steps": "E", "flat_fraction": "f", "cut_frac": "f", "ratio": "r", "cooldown_steps": "C", "constant_factor": "c",
    "anneal_start": "A", "anneal_steps": "a", "swa_factor": "c", "pct_final": "q", "values": "v_i", "decay": r"\gamma", "num_cycles": "n",
    "beta2": r"\beta_2", "max_lr": r"\eta_{\mathrm{hi}}",
}


# Where a formula means something else by a name.
OWN_SYMBOLS = {
    ("noam", "base_lr"): "c",
    ("bowl", "curvature"): r"\lambda", ("bowl", "noise"): r"\sigma",
    ("noise_floor", "curvature"): r"\lambda", ("noise_floor", "noise"): r"\sigma", ("noise_floor", "base_lr"): r"\eta",
}


def facts(formula):
    """What a formula's card says: the equation, its symbols, its names elsewhere.

    Raises a ValueError when the formula has no card.

    >>> from lrlearn import cosine
    >>> print(str(facts(cosine)).splitlines()[0])
    **Cosine annealing**
    """
    card = formula if isinstance(formula, Card) else card_of(formula)
    if card is None:
        raise ValueError(f"formula: a formula of lrlearn, must have a card, got {formula!r}")
    first = ("metric", "what was measured", "a number", "") if card.fold else ("t", "index of the update about to be made, from 0", ">= 0", "")
    symbols = [first] * (not card.world) + [(p.name, p.note, p.rule or p.step, f"`{p.default!r}`") for p in card.params]
    rows = [(symbol(name, card), f"`{name}`", note, limits(rule), default) for name, note, rule, default in symbols]
    head = ("symbol", "in code", "meaning", "right values", "example")
    if all(row[0] == "–" for row in rows):                  # the equation names none of them
        head, rows = head[1:], [row[1:] for row in rows]
    table = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    table.insert(1, "|---" * len(head) + "|")
    names = [f"| {framework} | `{name}` |" for framework, name in card.names.items()]
    return Markdown("\n".join([
        f"**{card.title}**", "", "$$", card.latex, "$$", "",
        *table, "",
        *(["| framework | its name there |", "|---|---|", *names, ""] if names else []), share(card)]))


def share(card):
    """The area under the example's curve, in words; nothing for what is no function of time."""
    if card.fold or card.world:
        return ""
    schedule, steps = example(card)
    found = area(schedule, steps, card.params[0].default)
    return f"Area under the curve of the example over {steps} updates: {found:.3f} of what a constant at its peak has."


def example(card):
    """The Schedule of a card's example values, and how many updates show all of it."""
    schedule = Schedule(card.formula, **{p.name: p.default for p in card.params[1:]})
    return schedule, span(schedule) or 100


def symbol(name, card):
    """The parameter as the card's equation writes it; a dash when it does not name it."""
    written = OWN_SYMBOLS.get((card.formula.__name__, name), SYMBOLS.get(name))
    letters = re.sub(r"\\[A-Za-z]+", "", card.latex)       # the f of a fraction is no symbol
    return f"${written}$" if written and written in (letters if written.isalpha() else card.latex) else "–"


MOST = 5                                # choices that a table names


def limits(rule):
    """A rule as words, or the choices: code marks where it is a comparison or a value."""
    if isinstance(rule, tuple):
        more = f" and {len(rule) - MOST} more" if len(rule) > MOST + 1 else ""
        return ", ".join(f"`{choice!r}`" for choice in (rule[:MOST] if more else rule)) + more
    return rule if not rule or rule.startswith("a ") else f"`{rule}`"


def names(module):
    """The public functions and classes of a module, with their signatures and first sentences.

    >>> import lrlearn
    >>> "| `cosine(t, base_lr, T_max, eta_min=0.0)` |" in str(names(lrlearn))
    True
    """
    found = [getattr(module, name) for name in getattr(module, "__all__", None) or sorted(vars(module)) if not name.startswith("_")]
    return signatures(*[thing for thing in found if callable(thing) and (thing.__module__ or "").startswith("lrlearn")])


def signatures(*things):
    """How functions and classes are called, and what they are.

    >>> from lrlearn import curve
    >>> print(str(signatures(curve)).splitlines()[-1])
    | `curve(schedule, steps, base_lr=1.0)` | The learning rates of updates 0 to steps - 1, as a list. |
    """
    rows = [f"| `{thing.__name__}{inspect.signature(thing)}` | {' '.join(inspect.getdoc(thing).split(chr(10) * 2)[0].split())} |" for thing in things]
    return Markdown("\n".join(["| name | what it is |", "|---|---|", *rows]))


SHEET = ("torch", "transformers", "optax", "keras")     # whose names a cheat sheet has room for


def sheet(*formulas):
    """The cards of formulas as one table for a cheat sheet: curve, name and parameters; equation, names elsewhere.

    >>> from lrlearn import cosine
    >>> print(str(sheet(cosine)).splitlines()[2].split("<br>")[-1])
    torch `CosineAnnealingLR`, transformers `cosine`, optax `cosine_decay_schedule`, keras `CosineDecay` |
    """
    rows = []
    for formula in formulas:
        card = card_of(formula)
        call = f"`{formula.__name__}({', '.join(p.name for p in card.params if p.name not in SCALED)})`"
        elsewhere = ", ".join(f"{framework} `{name}`" for framework, name in card.names.items() if framework in SHEET)
        picture = "" if card.fold else sparkline(card) + " "
        rows.append(f"| {picture}**{card.title}**<br>{call} | ${card.latex}$<br>{elsewhere} |")
    return Markdown("\n".join(["| schedule and parameters | the rate of update $t$, and its names elsewhere |", "|---|---|", *rows]))


def sparkline(card, width=66, height=20):
    """The curve of a card's example as a small picture, an <img> that Markdown may hold."""
    schedule, steps = example(card)
    rates = curve(schedule, steps + 1)
    highest = max(rates)
    points = " ".join(f"{1 + (width - 2) * t / steps:.1f},{1 + (height - 2) * (1 - rate / highest):.1f}" for t, rate in enumerate(rates))
    picture = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
               f'<polyline points="{points}" fill="none" stroke="{COLOURS[0]}" stroke-width="1.6"/></svg>')
    return f'<img class="lr-spark" alt="" width="{width}" height="{height}" src="data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}">'
