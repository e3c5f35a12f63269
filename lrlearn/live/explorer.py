"""explore and what it returns: one output, two lives."""
import html
import inspect
import json
import math
import os
import sys

from ..core import Param, Schedule, check_value, plain, span, span_of
from ..extras import need
from ..figure import Figure
from .luggage import CannotTravel, Luggage
from .sliders import arguments, control, count, is_number, name_of, parameters, position, short, takes_time


def explore(*functions, t_end=None, log="", labels=None, xlabel="update t", ylabel="learning rate", ylim=None, points=400, alt=None, **given):
    """A picture with sliders, here and on the published page.

    functions  formulas, Schedules or your own functions f(t, ...) -> lr, drawn as curves in one figure;
               or one function whose first parameter is not t, which returns an lrlearn.svg.Chart
    given      for a parameter: (lo, hi) or (lo, hi, step) makes a slider, a list makes a choice, a dict makes a choice
               under its keys, anything else holds it fixed; a card brings sliders for what is not given
    t_end      the last update drawn, an integer >= 1
    log        the logarithmic axes: "", "x", "y" or "xy"
    labels     the curves' names, when their own do not do
    xlabel, ylabel, alt   words on the axes, and for those who cannot see the picture
    ylim       (from, to) of the upright axis; found from the curves when not given
    points     at most so many points a curve

    Raises a ValueError or TypeError of one sentence for a wrong argument, and whatever the function raises at the
    sliders' starting values.

    >>> from lrlearn import cosine
    >>> explore(cosine, T_max=(10, 200))
    explore(cosine): T_max 10 to 200, eta_min 0 to 0.1
    >>> def my_lr(t, base_lr, k): return base_lr / (1 + k * t)
    >>> explore(my_lr, k=(0, 10))
    explore(my_lr): k 0 to 10
    >>> explore(my_lr, k={"not at all": 0, "fast": 1.0})
    explore(my_lr): k not at all to fast
    >>> explore(cosine, T_max=(0, 10))
    Traceback (most recent call last):
    ValueError: T_max: steps until the bottom, must be >= 1, got 0
    """
    if not functions or not all(callable(f) for f in functions):
        raise TypeError(f"functions: what explore draws, must be functions or Schedules, got {functions!r}")
    for function in functions:
        if not isinstance(function, Schedule) and not inspect.isfunction(function):
            raise TypeError(f"functions: what explore draws, must be written with def or be Schedules, got {function!r}")
    if log not in ("", "x", "y", "xy"):
        raise ValueError(f"log: the logarithmic axes, must be one of '', 'x', 'y', 'xy', got {log!r}")
    t_end, points = plain(t_end), plain(points)
    if t_end is not None:
        check_value(Param("t_end", None, None, None, 1, "the last update drawn", ">= 2" if "x" in log else ">= 1"), t_end)
    check_value(Param("points", None, None, None, 1, "the most points of a curve", ">= 2"), points)
    if ylim is not None and not (isinstance(ylim, (tuple, list)) and len(ylim) == 2 and all(map(is_number, ylim)) and ylim[0] < ylim[1]):
        raise ValueError(f"ylim: the ends of the upright axis, must be (from, to) with from < to, got {ylim!r}")
    if ylim is not None and "y" in log and ylim[0] <= 0:
        raise ValueError(f"ylim: the ends of a logarithmic axis, must be > 0, got {ylim!r}")
    labels = [labels] if isinstance(labels, str) else labels
    if labels is not None and (len(labels) != len(functions) or not all(isinstance(label, str) for label in labels)):
        raise ValueError(f"labels: the curves' names, must be {len(functions)} of them, got {labels!r}")
    return Explorer(functions, given, dict(t_end=t_end, log=log, labels=labels, xlabel=xlabel, ylabel=ylabel, ylim=ylim, points=points, alt=alt))


class Explorer:
    """What explore returns. It shows itself; there is no need to build one."""

    def __init__(self, functions, given, options):
        self.functions = functions
        curves = all(takes_time(f) for f in functions)
        if len(functions) > 1 and not curves:
            raise TypeError(f"functions: several curves in one figure, must all have t as their first parameter, got {[name_of(f) for f in functions]}")
        sliders, fixed = arguments(functions, given)
        names, parts = {}, []
        for s in sliders:
            if "labels" in s:
                s["code"] = "choices_" + s["key"]
                names[s["code"]] = s.pop("choices")
        for i, (function, held) in enumerate(zip(functions, fixed)):
            names[f"f{i}"], names[f"fixed{i}"] = function, held
            takes = [s["key"] for s in sliders if s["key"] in parameters(function)]
            parts.append(dict(label=options["labels"][i] if options["labels"] else name_of(function), call=f"f{i}", takes=takes, fixed=f"fixed{i}"))
        spec = dict(sliders=sliders, alt=options["alt"] or about(functions[0]), **({"curves": parts} if curves else {"picture": parts[0]}))
        self.figure = Figure(spec, names)
        start = self.figure.values()
        if curves:
            spec.update({key: options[key] for key in ("log", "xlabel", "ylabel", "points")})
            spec["t_end"] = options["t_end"] or horizon(functions, start, fixed)
            spec["x"] = (self.figure.times()[0], spec["t_end"])
            spec["y"] = options["ylim"] or self.limits()
            shown = ", ".join(p["label"] for p in parts)
            of = "" if shown == options["ylabel"] else f" of {shown}"
            spec["alt"] = options["alt"] or f"{options['ylabel']}{of} over {options['xlabel']}"
        self.svg = self.figure.picture(start)              # a mistake shows in the cell, not later
        self.missing = self.travel(names, parts)
        if os.environ.get("LRLEARN_CHECK"):
            self.check_ends()
        self._widget = None

    def __repr__(self):
        ends = [f"{s['key']} {short(s, 0)} to {short(s, count(s) - 1)}" for s in self.figure.spec["sliders"]]
        return f"explore({', '.join(name_of(f) for f in self.functions)}): {', '.join(ends) or 'no sliders'}"

    def limits(self):
        """An upright axis that holds the curves at the start and at either end of every slider."""
        sliders = self.figure.spec["sliders"]
        start = [s["start"] for s in sliders]
        corners = [start] + [start[:i] + [end] + start[i + 1:] for i, s in enumerate(sliders) for end in (0, count(s) - 1)]
        lrs = []
        for positions in corners:
            try:
                lrs += [lr for curve in self.figure.numbers(self.figure.values(positions)) for lr in curve]
            except Exception:                              # a reader's function may fail at an end: the figure says so there
                if positions is start:
                    raise
        if "y" in self.figure.spec["log"]:
            top = max(lrs)
            if top <= 0:
                raise ValueError(f"log: the logarithmic axes, must not be {self.figure.spec['log']!r} when no learning rate is above 0, got rates up to {top:g}")
            low = min([lr for lr in lrs if lr > 0], default=top)
            least, most = math.floor(math.log10(max(low, top * 1e-6))), math.ceil(math.log10(top))
            return 10.0 ** (least - (least == most)), 10.0**most
        low, top = min(lrs + [0.0]), max(lrs + [0.0])
        return (1.05 * low, 1.05 * top) if top > low else (low, low + 1.0)

    def check_ends(self):
        """Draw at both ends of every slider and raise when one fails: tests set LRLEARN_CHECK."""
        for slider in self.figure.spec["sliders"]:
            for end in (0, count(slider) - 1):
                positions = [end if s is slider else s["start"] for s in self.figure.spec["sliders"]]
                values = self.figure.values(positions)
                try:
                    self.figure.picture(values)
                except Exception as error:
                    raise RuntimeError(f"{self!r}: {self.figure.explain(values, error)}") from error

    # -- the published page ------------------------------------------------------------------------

    def travel(self, names, parts):
        """Write the functions as Python text into the description; return why that cannot be done, or ''."""
        luggage = Luggage()
        try:
            for part, function in zip(parts, self.functions):
                part["call"] = luggage.expression(function)
                part["fixed"] = luggage.expression(names[part["fixed"]])
            for s in self.figure.spec["sliders"]:
                if "code" in s:
                    s["code"] = luggage.expression(names[s["code"]])
        except CannotTravel as reason:
            return str(reason)
        self.figure.spec["source"] = luggage.text()
        return ""

    def html(self):
        """The stored form: a picture as data URI, which any viewer shows, and the description for the page."""
        uri = html.escape(self.svg.replace("%", "%25").replace("#", "%23"))
        alt = html.escape(self.figure.spec["alt"])
        image = f'<img alt="{alt}" style="background-color:white" src="data:image/svg+xml,{uri}">'
        if self.missing:
            return f'<figure class="lr-still">{image}<figcaption>The sliders of this figure move in a notebook only: {html.escape(self.missing)}.</figcaption></figure>'
        spec = html.escape(json.dumps(self.figure.spec))
        return f'<figure class="lr-live" data-lr="{spec}">{image}</figure>'

    # -- the notebook ------------------------------------------------------------------------------

    def widget(self):
        """The same figure as ipywidgets; needs the extra `live`."""
        w = need("ipywidgets", extra="live")
        spec = self.figure.spec
        picture, says = w.HTML(self.svg), w.HTML()
        controls = [control(w, s) for s in spec["sliders"]]

        def redraw(change=None):
            values = self.figure.values([position(s, c.value) for s, c in zip(spec["sliders"], controls)])
            try:
                picture.value, says.value = self.figure.picture(values), ""
            except Exception as error:                     # a raise here would vanish in the front end's log
                if os.environ.get("LRLEARN_CHECK"):
                    raise
                says.value = html.escape(self.figure.explain(values, error))

        for c in controls:
            c.observe(redraw, names="value")
        return w.VBox([picture, *controls, says])

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = {"text/plain": repr(self), "text/html": self.html()}
        try:
            self._widget = self._widget or self.widget()   # one widget, however often the cell shows it
        except ModuleNotFoundError:                        # no ipywidgets: the picture still shows
            return data
        if "google.colab" in sys.modules:                  # leave no choice where the still picture may win
            del data["text/html"]
        data["application/vnd.jupyter.widget-view+json"] = {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}
        return data


def about(function):
    """A function's first sentence, for those who cannot see its picture."""
    return (inspect.getdoc(function) or f"picture of {name_of(function)}").split("\n\n")[0].replace("\n", " ").rstrip(".")


def horizon(functions, values, fixed):
    """How many updates to show: what the parameters ask for, a quarter more to see what follows; else 100."""
    longest = 0
    for function, held in zip(functions, fixed):
        moving = {name: value for name, value in values.items() if name in parameters(function)}
        longest = max(longest, span(function) if isinstance(function, Schedule) else span_of({**moving, **held}))
    return math.ceil(1.25 * longest) or 100
