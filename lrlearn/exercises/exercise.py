"""Exercise: a question that checks its answer and knows the typical mistakes by name."""
import copy
import dis
import inspect
import linecache
import math
import os
import re
import sys
import sysconfig
import warnings

LINES = 1_000_000           # an answer that runs more lines than this in one check counts as endless
LIBRARIES = tuple({sysconfig.get_paths()[where] for where in ("stdlib", "platstdlib", "purelib", "platlib")})
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Text:
    """Words that a notebook shows as Markdown and a terminal as they are."""

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def _repr_markdown_(self):
        return self.text


class Outcome(Text):
    """What a check found.

    state    "right", "not yet" or "not started yet"
    text     the whole message
    mistake  the name of the mistake that was recognised, or None
    """

    def __init__(self, state, body, mistake=None, curve=None):
        self.state, self.mistake, self.curve = state, mistake, curve
        self.head = state.capitalize() + (f": {mistake}." if mistake else ".")
        self.body = body
        super().__init__(f"{self.head} {body}")

    def _repr_markdown_(self):
        return f"**{self.head}** {self.body}"

    def plot(self):
        """The reader's own curve as a picture, with a mark where the check stopped; a sentence where there is no curve."""
        if self.curve is None:
            return Text("There is no curve to draw.")
        from .. import explore, svg

        function, rest, at = self.curve

        def your_curve():
            ts = list(range(int(1.25 * max(at, *[n for n in rest if isinstance(n, int)])) + 2))
            lrs = [float(function(t, *rest)) for t in ts]
            low, high = min(lrs + [0.0]), max(lrs + [0.0])
            chart = svg.Chart((0, ts[-1]), (low, high + 0.05 * (high - low or 1)), "update t", "learning rate", alt="your curve")
            return chart.line(ts, lrs).vline(at, f"t={at}")

        try:
            return explore(your_curve)
        except Exception as error:
            return Text(f"There is no picture: `{plain(error)}`.")


class Found(Exception):
    """Ends a check with the Outcome that it carries."""


class Endless(BaseException):
    """Too many lines. Not an Exception, so that a reader's `except Exception` lets it through."""


class Watch:
    """While an answer runs: counts its lines, and notes when it calls one of the given functions.

    Lines of installed libraries are not counted: importing one takes many. What hangs inside C (a sleep, a list of an
    endless iterator) and a bare `except:` around an endless loop are beyond it. A debugger that traces already is left alone.
    """

    def __init__(self, functions):
        self.left, self.codes, self.called = LINES, {f.__code__ for f in functions}, None

    def __enter__(self):
        self.idle = sys.gettrace() is not None
        if not self.idle:
            sys.settrace(self.enters)

    def __exit__(self, *error):
        if not self.idle:
            sys.settrace(None)

    def enters(self, frame, event, arg):
        if frame.f_code in self.codes:
            self.called = frame.f_code.co_name
        return None if frame.f_code.co_filename.startswith(LIBRARIES) else self.line(frame, event, arg)

    def line(self, frame, event, arg):
        self.left -= 1
        if self.left < 0:
            raise Endless
        return self.line


def plain(thing):
    """The first line of str(thing), short, the same in every run, and safe between backticks."""
    try:
        lines = str(thing).splitlines() or [""]
    except Exception:
        return "..."
    return re.sub(r" at 0x[0-9a-fA-F]+", "", lines[0]).replace("`", "'")[:200]


def line_of(error):
    """Where in the reader's own code an exception arose, as in ", in your line 2: `return x / 0`"; "" when nowhere."""
    place, step = "", error.__traceback__
    while step:
        name = step.tb_frame.f_code.co_filename
        if not name.startswith((PACKAGE,) + LIBRARIES):
            source = plain(linecache.getline(name, step.tb_lineno).strip())
            place = f", in your line {step.tb_lineno}" + (f": `{source}`" if source else "")
        step = step.tb_next
    return place


def empty(function):
    """Whether the body is nothing but `...`, `pass`, a docstring or `return None`."""
    code = getattr(function, "__code__", None)
    steps = [s for s in dis.get_instructions(code) if s.opname not in ("RESUME", "NOP")] if code else []
    return bool(steps) and all(s.opname.startswith(("LOAD_CONST", "RETURN_")) and s.argval in (None, ...) for s in steps)


def alike(function, stub):
    """Whether the function is still the stub, wherever it stands and whatever its docstring."""
    a, b = getattr(function, "__code__", None), getattr(stub, "__code__", None)
    if a is None or b is None:
        return False
    return all([v for v in x if not isinstance(v, str)] == [v for v in y if not isinstance(v, str)] if isinstance(x, tuple) else x == y
               for x, y in ((a.co_code, b.co_code), (a.co_consts, b.co_consts))) and a.co_names == b.co_names


def items(result):
    """A result as a list: numbers of numpy and torch become Python's, one number becomes a list of one."""
    result = result.tolist() if hasattr(result, "tolist") else result
    return list(result) if isinstance(result, (list, tuple)) else [result]
