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


def value(slider, position):
    """The value at a slider's position 0, 1, 2, ...: computed from the position, so that no rounding piles up.

    >>> value({"min": 0.0, "step": 0.05, "digits": 2, "count": 21}, 7)
    0.35
    """
    if "values" in slider:
        return slider["values"][position]
    if slider["digits"] == 0:
        return slider["min"] + position * slider["step"]
    return float("%.*f" % (slider["digits"], slider["min"] + position * slider["step"]))


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

    def picture(self, values):
        """The picture for these values, as SVG text."""
        spec = self.spec
        alt = spec["alt"] + self.settings(", for ", values)
        if "picture" in spec:
            part, function, fixed = self.calls[0]
            made = function(**given_to(part, fixed, values))
            if isinstance(made, svg.Chart):
                made.alt = made.alt or alt
            text = str(made)
            if not text.startswith("<svg"):
                raise TypeError(f"{part['label']} must return a picture (an lrlearn.svg.Chart), or have t as its first parameter to be drawn as a curve, got {text[:40]}")
            return text
        chart = svg.Chart(x=spec["x"], y=spec["y"], xlabel=spec["xlabel"], ylabel=spec["ylabel"], log=spec["log"], alt=alt)
        curves = self.numbers(values)
        for part, lrs in zip(spec["curves"], curves):
            chart.line(self.times(), lrs, label=part["label"] if len(curves) > 1 else "")
        return str(chart)

    def settings(self, before, values):
        """The sliders' values in words, after the words before; nothing when there are no sliders."""
        shown = ", ".join([s["key"] + "=" + repr(values[s["key"]]) for s in self.spec["sliders"]])
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


def draw(key, positions, width, height):
    """The picture at these slider positions (a JSON list), or a sentence that says why there is none."""
    svg.SPACE[:] = width, height
    shown = FIGURES[key]
    values = shown.values(json.loads(positions))
    try:
        return shown.picture(values)
    except Exception as error:
        return shown.explain(values, error)


def curve(key, positions):
    """The numbers behind the picture, as JSON: for tests."""
    shown = FIGURES[key]
    return json.dumps(shown.numbers(shown.values(json.loads(positions))))
