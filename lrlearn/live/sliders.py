"""From functions, cards and ranges to sliders: their description, and their ipywidgets."""
import inspect
import math

from ..core import BASE_LR, Schedule, card_of, check_value, plain
from ..figure import value


def name_of(function):
    """What the curve is called."""
    return repr(function) if isinstance(function, Schedule) else getattr(function, "__name__", type(function).__name__)


def parameters(function):
    """Parameter name -> inspect.Parameter, t left out."""
    found = inspect.signature(function).parameters
    return {name: p for name, p in found.items() if name != "t" and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}


def takes_time(function):
    return next(iter(inspect.signature(function).parameters), None) == "t"


def arguments(functions, given):
    """(sliders, fixed): the sliders of all functions, and for each function what is held."""
    every = {name for f in functions for name in parameters(f)}
    for name in given:
        if name not in every:
            held = " (a Schedule holds its own)" if any(isinstance(f, Schedule) for f in functions) else ""
            raise TypeError(f"{name}: unknown to {', '.join(name_of(f) for f in functions)}, which take {', '.join(sorted(every)) or 'nothing'}{held}, got {given[name]!r}")
    sliders, fixed = {}, []
    top = highest(plain_range(given.get("base_lr", BASE_LR.default)))
    cards = [facts for facts in map(card_of, functions) if facts]
    for function in functions:
        held = {}
        for name, parameter in parameters(function).items():
            # A reader's own function shares the slider of a formula that stands beside it.
            known = [facts.param(name) for facts in ([card_of(function)] if card_of(function) else cards) if facts.param(name)]
            param = known[0] if known else BASE_LR if name == "base_lr" else None
            if name in given:
                kind = plain_range(given[name])
            elif param and named(param.step):
                kind = param.step
            elif param and isinstance(param.step, tuple):
                kind = list(param.step)
            elif param and name == "eta_min":              # a floor above the peak is no floor
                kind = (param.lo, min(param.hi, top)) if top > param.lo else param.lo
            elif param and (name != "base_lr" or not takes_time(function)) and param.lo is not None:
                kind = (param.lo, param.hi)
            elif param and isinstance(param.default, list):
                held[name] = param.default                  # a list, and not a list of choices
                continue
            elif param:
                kind = param.default
            elif parameter.default is not parameter.empty:
                kind = parameter.default
            else:
                raise TypeError(f"{name}: a parameter of {name_of(function)}, must be given a range as in {name}=(0, 10), or a value, got nothing")
            if isinstance(kind, (tuple, list)) or named(kind):
                sliders.setdefault(name, slider(name, kind, param, parameter.default))
            else:
                if param:
                    check_value(param, kind)
                held[name] = kind
        fixed.append(held)
    return list(sliders.values()), fixed


def named(kind):
    """Whether the choices have names: a dict, or what has keys as a dict has."""
    return hasattr(kind, "keys")


def highest(kind):
    """The largest number among what a parameter may be; the default peak where there is none, which is told later."""
    each = kind.values() if named(kind) else kind[:2] if isinstance(kind, tuple) else kind if isinstance(kind, list) else [kind]
    return max(filter(is_number, map(plain, each)), default=BASE_LR.default)


def plain_range(kind):
    """The same with Python's own numbers."""
    return type(kind)(map(plain, kind)) if isinstance(kind, (tuple, list)) else plain(kind)


def slider(name, kind, param, default):
    """A slider's description: kind is (lo, hi), (lo, hi, step), a list of choices or a dict that names them."""
    out = dict(key=name, label=name, note=param.note if param else "")
    if default is inspect.Parameter.empty or default is None:
        default = param.default if param else None
    if isinstance(kind, list) or named(kind):
        return {**out, **choice(name, kind, param, default)}
    lo, hi, step = ends(name, kind, param)
    if default is not None and not lo <= default <= hi:
        default = None
    if step == "log":
        values = ratios(lo, hi, default)
        return {**out, "values": values, "start": nearest(values, default)}
    digits = 0 if isinstance(lo, int) and isinstance(step, int) else max(decimals(lo), decimals(step))
    n = int(math.floor((hi - lo) / step + 1e-9)) + 1
    return {**out, "min": lo, "step": step, "digits": digits, "count": n, "start": n // 2 if default is None else round((default - lo) / step)}


def choice(name, kind, param, default):
    """A list of things to choose from, or a dict of them under the names to be shown."""
    if not len(kind):
        raise ValueError(f"{name}: the choices, must be at least one, got {kind!r}")
    things = list(kind.values()) if named(kind) else kind
    for thing in things:
        if param:
            check_value(param, thing)
    labels = [str(key) for key in kind] if named(kind) else [label(thing) for thing in things]
    # What says how it is made travels to the page as that call: the menu of all schedules is no list of 50 expressions.
    return {"choices": kind if hasattr(kind, "made") else things, "labels": labels, "start": things.index(default) if default in things else 0}


def label(thing):
    """What stands in the list of choices for it."""
    if isinstance(thing, (int, float)) and not isinstance(thing, bool):
        return f"{thing:g}"
    return name_of(thing) if callable(thing) else str(thing)


def ends(name, kind, param):
    """(lo, hi, step) of a range, checked; the step comes from the range, or the card, or the width."""
    if len(kind) not in (2, 3) or not all(is_number(v) for v in kind[:2]) or not kind[0] < kind[1]:
        raise ValueError(f"{name}: a slider's range, must be (lo, hi) or (lo, hi, step) with lo < hi, got {kind!r}")
    lo, hi = kind[:2]
    whole = isinstance(lo, int) and isinstance(hi, int)
    if len(kind) == 3:
        step = kind[2]
        if step == "log" and lo <= 0:
            raise ValueError(f"{name}: a slider of equal ratios, must begin above 0, got {kind!r}")
        if step != "log" and not (is_number(step) and step > 0):
            raise ValueError(f"{name}: a slider's step, must be > 0 or 'log', got {step!r}")
    elif param and param.step == "log" and lo > 0:
        step = "log"
    elif param and is_number(param.step) and 20 <= (hi - lo) / param.step <= 1000:
        step = param.step
    elif whole and (param and isinstance(param.step, int) or hi - lo >= 5):
        step = max(1, int(dividing(hi - lo, nice((hi - lo) / 200))))
    else:
        step = dividing(hi - lo, nice((hi - lo) / 100))
    for place in (lo, hi) if step == "log" else (lo, hi, lo + step):
        if param:
            check_value(param, place)
    return lo, hi, step


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def decimals(x):
    """Digits after the point, at most 12."""
    return len(f"{x:.12f}".rstrip("0").split(".")[1])


def nice(x):
    """The largest of 1, 2, 5 times a power of ten that is not above x."""
    power = 10.0 ** math.floor(math.log10(x))
    return max(m * power for m in (1, 2, 5) if m * power <= x * (1 + 1e-9))


def dividing(width, step):
    """The step, or one of the next two below it, that meets the end of the width in at most 1000 positions; else the step.

    >>> dividing(3.75, 0.02), dividing(1 / 3, 0.002)
    (0.01, 0.002)
    """
    for smaller in (step, nice(0.9 * step), nice(0.45 * step)):
        n = width / smaller
        if n <= 1000 and abs(n - round(n)) < 1e-9 * n:
            return smaller
    return step


def ratios(lo, hi, default):
    """Ten values a decade, two digits each, the ends and the default among them."""
    first, last = math.floor(math.log10(lo) * 10) - 1, math.ceil(math.log10(hi) * 10) + 1
    values = {float(f"{10 ** (k / 10):.2g}") for k in range(first, last + 1)}
    return sorted({v for v in values if lo < v < hi} | {lo, hi} | ({default} if default is not None and lo <= default <= hi else set()))


def nearest(values, default):
    default = values[len(values) // 2] if default is None else default
    return min(range(len(values)), key=lambda i: abs(values[i] - default))


def count(slider):
    return slider["count"] if "count" in slider else len(slider.get("labels") or slider["values"])


def short(slider, position):
    return slider["labels"][position] if "labels" in slider else f"{value(slider, position):g}"


# -- widgets -------------------------------------------------------------------------------------------


def control(w, slider):
    """The ipywidgets control for a slider; only what ipywidgets 7.7 has, which Colab ships."""
    words = dict(description=slider["label"], style={"description_width": "110px"})
    wide = w.Layout(width="480px")
    if "labels" in slider:
        return w.Dropdown(options=[(label, i) for i, label in enumerate(slider["labels"])], value=slider["start"], layout=wide, **words)
    start = value(slider, slider["start"])
    if "values" in slider:
        return w.SelectionSlider(options=[(f"{v:g}", v) for v in slider["values"]], value=start, layout=wide, **words)
    last = value(slider, slider["count"] - 1)
    if slider["digits"] == 0:
        return w.IntSlider(value=start, min=slider["min"], max=last, step=slider["step"], layout=wide, **words)
    return w.FloatSlider(value=start, min=slider["min"], max=last, step=slider["step"], readout_format=f".{slider['digits']}f", layout=wide, **words)


def position(slider, shown):
    """The position of a value that a widget shows; widgets return floats with noise."""
    if "labels" in slider:
        return shown
    if "values" in slider:
        return slider["values"].index(shown)
    return min(max(round((shown - slider["min"]) / slider["step"]), 0), slider["count"] - 1)
