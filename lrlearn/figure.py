"""A live figure: plain data in, a picture out. The notebook's kernel and the published page both run this file.

A figure is described by a dict that survives JSON:

sliders    one dict each: key, label, note, start (the position where it begins) and either
           min, step, digits, count (evenly spaced values), or values (a list of numbers), or, for a choice,
           labels and code (a Python expression that gives the list of the things to choose from)
curves     one dict each: label, call (a Python expression that gives the function), takes (the sliders it takes),
           fixed (a Python expression: the arguments that do not move); or
picture    the same for one function that returns a Chart or SVG text
source     Python text that defines the names used in these expressions
t_end, points, x, y, log, xlabel, ylabel, alt   the axes
"""
import json

from . import svg
from .core import Schedule, short, span

PEAK = 0.1                              # where a picture names no base_lr


def value(slider, position):
    """The value at a slider's position 0, 1, 2, ...: computed from the position, so that no rounding piles up.

    >>> value({"min": 0.0, "step": 0.05, "digits": 2, "count": 21}, 7)
    0.35
    """
    if "values" in slider:
        return slider["values"][position]
    if slider["digits"] == 0:
        return slider["min"] + position * slider["step"]
    # A whole number over a power of ten, which both Pythons divide alike.
    scale = 10 ** slider["digits"]
    return round((slider["min"] + position * slider["step"]) * scale) / scale


def is_rate(lr):
    """Whether a function gave a finite number; numpy's and torch's are numbers, too."""
    try:
        return not isinstance(lr, str) and abs(float(lr)) < float("inf")
    except (TypeError, ValueError):
        return False


def given_to(part, fixed, values):
    """What a function is called with: what is held, and the sliders that it takes."""
    given = dict(fixed)
    given.update({key: values[key] for key in part["takes"]})
    return given


class Figure:
    """The live figure of a description. names: the functions themselves, where a kernel has them already."""

    def __init__(self, spec, names=None):
        self.spec = spec
        if names is None:
            names = {}
            exec(spec["source"], names)
        self.shown = None                       # the Chart of the last picture, to be read
        self.choices = {s["key"]: eval(s["code"], names) for s in spec["sliders"] if "code" in s}
        self.calls = []
        for part in spec.get("curves") or [spec["picture"]]:
            self.calls.append((part, eval(part["call"], names), eval(part["fixed"], names)))

    def values(self, positions=None):
        """Slider name -> value, at the given positions or where the sliders begin."""
        out = {}
        for i, s in enumerate(self.spec["sliders"]):
            position = s["start"] if positions is None else positions[i]
            out[s["key"]] = self.choices[s["key"]][position] if "code" in s else value(s, position)
        return out

    def times(self):
        """The updates at which curves are drawn: whole numbers, at most `points` of them."""
        first, end, points = 1 if "x" in self.spec["log"] else 0, self.spec["t_end"], self.spec["points"]
        if end - first < points:
            return list(range(first, end + 1))
        return [first + (i * (end - first)) // (points - 1) for i in range(points)]

    def numbers(self, values):
        """The learning rates of every curve at times(), a list of lists."""
        out = []
        for part, function, fixed in self.calls:
            given, lrs = given_to(part, fixed, values), []
            for t in self.times():
                lr = function(t, **given)
                if not is_rate(lr):
                    raise ValueError(f"{part['label']} gives {lr} at t={t}")
                lrs.append(float(lr))
            out.append(lrs)
        return out

    def schedules(self, values):
        """[(label, Schedule, base_lr), ...]: what the picture shows, as far as it is schedules."""
        found = []
        for part, function, fixed in self.calls:
            given = given_to(part, fixed, values)
            base_lr = given.pop("base_lr", None)
            if "picture" in self.spec:
                found += [("", given[key], base_lr or PEAK) for key in part["takes"] if isinstance(given.get(key), Schedule)]
            elif isinstance(function, Schedule):
                found.append((part["label"], function, base_lr))
            elif base_lr is not None:                       # a reader's own function may know no base_lr
                found.append((part["label"], Schedule(function, **{k: v for k, v in given.items() if v is not None}), base_lr))
        return found

    def laid_beside(self, values, beside):
        """(name, learning rates at times()) of what is laid beside: a schedule of the menu by its name, as long and as
        high as the first curve, or the first curve itself at the positions in a list."""
        if isinstance(beside, list):
            return "before", self.numbers(self.values(beside))[0]
        from .worlds.menu import every

        found = self.schedules(values)
        peak = found[0][2] if found else max(self.numbers(values)[0])
        schedule = every(found and span(found[0][1]) or self.spec["t_end"])[beside]
        return beside, [schedule(t, peak) for t in self.times()]

    def picture(self, values, beside=None):
        """The picture for these values, as SVG text; curves with another one beside them, if that is named."""
        spec = self.spec
        alt = spec["alt"] + self.settings(", for ", values)
        if "picture" in spec:
            part, function, fixed = self.calls[0]
            made = function(**given_to(part, fixed, values))
            self.shown = made if isinstance(made, svg.Chart) else None
            if self.shown:
                made.alt = made.alt or alt
            text = str(made)
            if not text.startswith("<svg"):
                raise TypeError(f"{part['label']} must return a picture (an lrlearn.svg.Chart), or have t as its first parameter to be drawn as a curve, got {text[:40]}")
            return text
        chart = svg.Chart(x=spec["x"], y=spec["y"], xlabel=spec["xlabel"], ylabel=spec["ylabel"], log=spec["log"], alt=alt)
        curves = self.numbers(values)
        for part, lrs in zip(spec["curves"], curves):
            chart.line(self.times(), lrs, label=part["label"] if len(curves) > 1 or beside else "")
        if beside:
            name, lrs = self.laid_beside(values, beside)
            chart.line(self.times(), lrs, label=name, dash="7 4")
            chart.alt += f", beside it {name}"
        self.shown = chart
        return str(chart)

    def settings(self, before, values):
        """The sliders' values in words, after the words before; nothing when there are no sliders."""
        given = [(s["key"], values[s["key"]]) for s in self.spec["sliders"]]
        shown = ", ".join([key + "=" + (short(v) if isinstance(v, float) else repr(v)) for key, v in given])
        return before + shown if shown else ""

    def explain(self, values, error):
        """What went wrong, in one plain sentence."""
        at = self.settings(" at ", values)
        reason = str(error) if isinstance(error, (ValueError, TypeError)) and str(error) else f"{type(error).__name__}: {error}"
        return f"No picture{at}: {reason}."


# -- what live.js calls: texts in, texts out ---------------------------------------------------------

FIGURES = {}


def define(key, text):
    """Keep the figure that the JSON text describes under this key."""
    FIGURES[key] = Figure(json.loads(text))


def draw(key, positions, width, height, beside="null"):
    """The picture at these slider positions (a JSON list), or a sentence that says why there is none.

    beside  what is laid beside the curves, as JSON: a name of menu(), a list of positions, or null
    """
    svg.SPACE[:] = width, height
    shown = FIGURES[key]
    values = shown.values(json.loads(positions))
    try:
        return shown.picture(values, json.loads(beside))
    except Exception as error:
        return shown.explain(values, error)


def read(key, x, y):
    """The numbers under a pointer at (x, y) px of the last picture: an SVG fragment, or ""."""
    shown = FIGURES[key].shown
    return shown.read(x, y) if shown else ""


def call(key, positions, framework):
    """What makes the schedules of the picture in a framework, as text to copy, or a sentence that says why there is none."""
    from .natives import handed

    shown = FIGURES[key]
    values = shown.values(json.loads(positions))
    try:
        found = shown.schedules(values)
        return "\n".join([("# " + label + "\n" if len(found) > 1 else "") + handed(s, framework, base_lr) for label, s, base_lr in found])
    except Exception as error:
        return shown.explain(values, error)


def menu():
    """The names of the schedules that can be laid beside, as JSON."""
    from .worlds.menu import NAMES

    return json.dumps(NAMES)


def curve(key, positions):
    """The numbers behind the picture, as JSON: for tests."""
    shown = FIGURES[key]
    return json.dumps(shown.numbers(shown.values(json.loads(positions))))
