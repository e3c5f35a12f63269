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

from ..show import Markdown

STEPS = 10_000_000          # an answer that takes more steps (lines, bytecodes) in one check counts as endless: 1 to 2 s
DEPTH = 700                 # calls inside calls; at Python's own limit, 1000, Python 3.11 confuses a tracer's errors
LIBRARIES = ("<frozen ", *{sysconfig.get_paths()[kind] + os.sep for kind in ("stdlib", "platstdlib", "purelib", "platlib")})
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Outcome(Markdown):
    """What a check found.

    state    "right", "not yet" or "not started yet"
    mistake  the name of the mistake that was recognised, or None
    text     the whole message
    """

    def __init__(self, state, body, mistake=None, curve=None):
        self.state, self.mistake, self.curve = state, mistake, curve
        self.head = state[0].upper() + state[1:] + (f": {mistake}." if mistake else ".")
        self.body = body
        super().__init__(f"{self.head} {body}")

    def _repr_markdown_(self):
        return f"**{self.head}** {self.body}"

    def plot(self):
        """The reader's own curve, with a mark where the check stopped; a sentence where there is none to draw."""
        if self.curve is None:
            return Markdown("There is no curve to draw.")
        from .. import explore
        from ..svg import Chart

        answer, rest, at = self.curve

        def your_curve():
            ts = list(range(2 + int(1.25 * max([at] + [n for n in rest if isinstance(n, int)]))))
            lrs = [float(answer(t, *rest)) for t in ts]
            low, high = min(lrs + [0.0]), max(lrs + [0.0])
            chart = Chart((0, ts[-1]), (low, low + 1.05 * (high - low or 1.0)), "update t", "learning rate", alt="your curve")
            return chart.line(ts, lrs).vline(at, f"t={at}")

        try:
            return explore(your_curve)
        except Exception as error:
            return Markdown(f"There is no picture: `{plain(error)}`.")


class Found(Exception):
    """Ends a check with the Outcome that it carries."""


def stop(text, mistake=None, curve=None):
    """End a check with a "not yet". The text may begin with "your answer", and then the sentence begins with "Your"."""
    raise Found(Outcome("not yet", text[0].upper() + text[1:], mistake, curve))


class Endless(BaseException):
    """Too many steps. Not an Exception, so that a reader's `except Exception` lets it through."""


class Watch:
    """While an answer runs: counts its steps, and notes when it calls one of the given functions.

    Steps inside installed libraries are not counted, since importing one takes many. What hangs inside C (a sleep, the
    list of an endless iterator) and a bare `except:` inside an endless loop are beyond it; so is everything while a
    debugger traces.
    """

    def __init__(self, functions):
        self.left, self.depth, self.codes = STEPS, 0, [f.__code__ for f in functions]
        self.called, self.single = None, False              # single: a number came in single precision

    def __enter__(self):
        self.before, self.depth = sys.gettrace(), 0
        sys.settrace(self.before or self.enters)

    def __exit__(self, *error):
        sys.settrace(self.before)

    def enters(self, frame, event, arg):
        if frame.f_code in self.codes:
            self.called = frame.f_code.co_name
        if frame.f_code.co_filename.startswith(LIBRARIES):
            return None
        self.depth += 1
        if self.depth > DEPTH:
            raise RecursionError(f"more than {DEPTH} calls inside each other")
        frame.f_trace_opcodes = True        # Python 3.11 reports no line of `while True: pass`, only its opcodes
        return self.counts

    def counts(self, frame, event, arg):
        self.left -= 1
        self.depth -= event == "return"
        if self.left < 0:
            raise Endless
        return self.counts


def plain(thing):
    """The first line of str(thing): short, the same in every run, safe between backticks."""
    try:
        text = (str(thing).splitlines() or [""])[0]
    except Exception:
        return "..."
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text).replace("`", "'")[:200]


def line_of(error):
    """The last line of the reader's own code that an exception went through, as words; "" when there is none."""
    words, step = "", error.__traceback__
    while step:
        name = step.tb_frame.f_code.co_filename
        if not name.startswith((PACKAGE,) + LIBRARIES):
            source = plain(linecache.getline(name, step.tb_lineno).strip())
            words = f", in your line {step.tb_lineno}" + (f": `{source}`" if source else "")
        step = step.tb_next
    return words


def empty(function):
    """Whether the body is nothing but `...`, `pass`, a docstring or `return None`."""
    code = getattr(function, "__code__", None)
    steps = [s for s in dis.get_instructions(code) if s.opname not in ("RESUME", "NOP")] if code else []
    kinds = ("LOAD_CONST", "RETURN_CONST", "RETURN_VALUE")
    return bool(steps) and all(s.opname in kinds and s.argval in (None, ...) for s in steps)


def body(function):
    """What a function does, wherever it stands: its bytecode, names and constants; None for other objects."""
    code = getattr(function, "__code__", None)
    return code and contents(code)


def contents(code):
    """The same for a code object; those inside it would carry line numbers."""
    held = [contents(c) if hasattr(c, "co_code") else c for c in code.co_consts if not isinstance(c, str)]
    return code.co_code, code.co_names, held


def items(result):
    """A result as a list: arrays and tensors become Python's numbers, words lower case, one value a list of one."""
    result = result.tolist() if hasattr(result, "tolist") else result
    result = result if isinstance(result, (list, tuple)) else [result]
    return [value.strip().lower() if isinstance(value, str) else value for value in result]


def misfit(value, want, asked=None):
    """Why a value is not of the kind that is wanted, as words; None when it is. `asked` is what the words say is asked for."""
    if value is None:
        return "`None`: is a `return` missing?"
    kind = {str: "a word", bool: "True or False"}.get(type(want), "a number")
    number = hasattr(value, "__float__") and not isinstance(value, bool)
    if not (number if kind == "a number" else isinstance(value, type(want))):
        return f"something of type `{type(value).__name__}`, where {asked or kind} is asked for."
    if kind == "a number" and not math.isfinite(value):
        return f"`{value}`, where a finite number is asked for."


def alike(got, theirs):
    """Whether two lists have the same values, numbers to six digits."""
    def same(a, b):
        return a == b if isinstance(b, str) or misfit(a, b) else math.isclose(a, b, rel_tol=1e-6)

    return len(got) == len(theirs) and all(map(same, got, theirs))


class Exercise(Markdown):
    """A question, its solution, and the typical mistakes, each a small wrong function.

    statement  the question, Markdown
    solution   a function that is right; one without parameters when a value (number, word, list) is asked for
    why        a paragraph about the solution
    cases      title -> list of argument tuples; a title's turn comes when all before it are right
    mistakes   functions that are wrong in a known way: the name says how, the docstring explains
    hints      sentences, from a nudge to nearly the solution
    play       play(answer, *case) -> number, word or list: how an answer is put to use when it is not just called
    by_hand    functions of the package that the answer may not call
    stub       the function as the reader finds it, when its body is not empty
    rel        tolerance, as a fraction of the largest right value

    >>> def double(x): return 2 * x
    >>> def square(x): "Twice x is not x times x."; return x * x
    >>> ex = Exercise("Write `double(x)`.", double, "Twice.", {"for all x": [(2,), (3,)]}, [square], ["What is x + x?"])
    >>> ex.check(lambda x: x + x)
    Right. All 2 values agree.
    >>> ex.check(lambda x: x ** 2)
    Not yet: square. `double(3)` is too high. Twice x is not x times x.
    >>> ex.check(...)
    Not started yet. Write `double` and check again; `hint()` helps.
    """

    def __init__(self, statement, solution, why, cases, mistakes, hints, play=None, by_hand=(), stub=None, rel=1e-9):
        super().__init__(statement)
        self.model, self.why, self.cases, self.mistakes, self.hints = solution, why, cases, mistakes, hints
        self.play = play or (lambda function, *case: function(*case))
        self.by_hand, self.stub, self.rel, self.hinted = by_hand, stub, rel, 0
        self.name, parameters = solution.__name__, list(inspect.signature(solution).parameters)
        self.asks_value = not parameters
        self.over_time = play is None and parameters[:1] == ["t"]       # one call is one point of a curve
        self.listed = play is None and not self.over_time   # several values are a list, and not a curve over t
        todo = "Put your answer between the brackets of `check()`" if self.asks_value else f"Write `{self.name}` and check again"
        self.unwritten = Outcome("not started yet", f"{todo}; `hint()` helps.")

    def hint(self, n=None):
        """The next hint, after the last the first again; or hint number n."""
        n = self.hinted % len(self.hints) + 1 if n is None else n
        if n not in range(1, len(self.hints) + 1):
            return Markdown(f"The hints are numbered from 1 to {len(self.hints)}.")
        self.hinted = n
        return Markdown(f"Hint {n} of {len(self.hints)}. {self.hints[n - 1]}")

    def solution(self):
        """The solution's source, and why it is so."""
        return Markdown(f"```python\n{inspect.getsource(self.model)}```\n\n{self.why}")

    def check(self, answer=...):
        """What is to be said about an answer, the function or the value asked for, as an Outcome.

        Never raises, and never tells the right value.
        """
        try:
            count = self.examine(answer)
        except Found as found:
            return found.args[0]
        except Exception as error:
            return Outcome("not yet", f"This answer cannot be read: `{type(error).__name__}: {plain(error)}`.")
        return Outcome("right", f"All {count} values agree." if count > 1 else "Your answer agrees.")

    # -- how an answer is examined: each step raises Found when there is something to say ----------

    def examine(self, answer):
        nothing = answer is None or answer is ... or isinstance(answer, (str, list, tuple, dict)) and not answer
        if nothing or empty(answer) or self.stub and body(answer) == body(self.stub):
            raise Found(self.unwritten)
        if callable(answer) == self.asks_value:
            stop("This exercise asks for a value, not for a function." if self.asks_value else
                 f"This exercise asks for the function itself, without a call: `check({self.name})`.")
        function, watch = (lambda: answer) if self.asks_value else answer, Watch(self.by_hand)
        right = {title: [(case, self.values(self.model, case)) for case in cases] for title, cases in self.cases.items()}
        numbers = [abs(v) for stage in right.values() for _, want in stage for v in want if not isinstance(v, (str, bool))]
        points, mistakes = [], self.mistakes
        for title, stage in right.items():
            new = [(case, *point) for case, want in stage for point in self.run(function, case, want, watch)]
            rel = max(self.rel, 1e-5 * watch.single)
            mistakes = self.compare(title, new, lambda value: rel * max([abs(value)] + numbers), mistakes, function)
            points += new
        for case, want in [pair for stage in right.values() for pair in stage][::-1]:
            again = [(case, *point) for point in self.run(function, case, want, watch)]
            if any(point not in points for point in again):  # asked once more, backwards: a formula remembers nothing
                stop(f"{self.call(case)} gives another value when asked again. A formula depends on its arguments alone.",
                     "it remembers")
        if watch.called:
            stop(f"Right, and `{watch.called}` of the package did the work. The point is to write the equation yourself.",
                 "the package's own function")
        return len(points)

    def call(self, case):
        return "your answer" if self.asks_value else f"`{self.name}({', '.join(map(repr, case))})`"

    def values(self, function, case):
        return items(self.play(function, *copy.deepcopy(case)))

    def run(self, function, case, want, watch):
        """What an answer gives in one case: a list of (index, its value, the right value)."""
        call = self.call(case)
        try:
            with watch:
                result = self.play(function, *copy.deepcopy(case))
            got = items(result)
            watch.single = watch.single or any("float32" in str(getattr(value, "dtype", "")) for value in (result, *got))
        except NotImplementedError:
            raise Found(self.unwritten) from None
        except Endless as error:
            stop(f"{call} does not come to an end within {STEPS:,} steps{line_of(error)}.")
        except (Exception, SystemExit) as error:
            stop(f"{call} stops with `{type(error).__name__}: {plain(error)}`{line_of(error)}.")
        if len(got) != len(want):
            if len(got) == 1 and (problem := misfit(got[0], want[0], f"a list of {len(want)}")):
                stop(f"{call} gives {problem}")
            says = f"{call} gives {len(got)} value{'s' * (len(got) != 1)}; the exercise asks for {len(want)}."
            for mistake in self.mistakes:
                if alike(got, self.values(mistake, case)):
                    stop(f"{says} {' '.join(mistake.__doc__.split())}", mistake.__name__.replace("_", " "))
            stop(says)
        for value, right in zip(got, want):
            if problem := misfit(value, right):
                stop(f"{call} gives {problem}")
        return [(i, v if isinstance(v, (str, bool)) else float(v), want[i]) for i, v in enumerate(got)]

    def compare(self, title, points, slack, mistakes, function):
        """Hold an answer's points under one title against the right ones. Where they part, say so; name a known mistake.

        points  (case, index, value, right value) in the order of the cases
        slack   how far a number may be from a given one
        Returns, where all is right, the mistakes that are right there too and may still have been made.
        """
        def agree(got, want):
            return got == want if isinstance(want, (str, bool)) else abs(got - want) <= slack(want)

        def same(mistake):
            theirs = [value for case, i, _, _ in points if i == 0 for value in self.values(mistake, case)]
            return len(theirs) == len(points) and all(agree(point[2], value) for point, value in zip(points, theirs))

        wrong = next((k for k, (_, _, got, want) in enumerate(points) if not agree(got, want)), None)
        if wrong is None:
            return [mistake for mistake in mistakes if same(mistake)]
        where = self.where(points, wrong)
        where = f"{title}, {where}" if len(self.cases) > 1 else where
        case = points[wrong][0]
        curve = (function, case[1:], case[0]) if self.over_time else None
        for mistake in filter(same, mistakes):              # the tests prove that at most one is the same
            stop(f"{where} {' '.join(mistake.__doc__.split())}", mistake.__name__.replace("_", " "), curve)
        stop(f"{where} `hint()` helps.", None, curve)

    def where(self, points, k):
        """At which point of which curve an answer parts from the right one, and to which side."""
        case, i, got, want = points[k]
        how = "not the right one" if isinstance(want, (str, bool)) else "too high" if got > want else "too low"
        if self.over_time:
            times = [point[0][0] for point in points if point[0][1:] == case[1:]]
            name, spot = "your curve", times.index(case[0])
        else:
            times = [point[1] for point in points if point[0] == case]
            name, spot = ("your list" if self.listed else "your curve"), i
            if len(times) == 1:
                return f"{self.call(case)} is {how}."
        at = [f"`[{t}]`" if self.listed else f"t={t}" for t in times]
        call = "" if self.asks_value else f" ({self.call(case)})"
        if times[spot] == 0:
            return f"{name} starts in the wrong place: at {at[spot]} it is {how}{call}."
        if spot == 0:
            return f"{name} is {how} at {at[spot]}{call}."
        if spot == len(times) - 1:
            return f"{name} ends in the wrong place: at {at[spot]} it is {how}{call}."
        return f"{name} is right up to {at[spot - 1]} and {how} at {at[spot]}{call}."
