"""The mechanism: every kind of answer a reader may hand in, and what the check says."""
import linecache
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch

from lrlearn.exercises import Exercise, exercise as mechanism


def fall(t, lr, T=4):
    return lr * (1 - t / T)


def rise(t, lr, T=4):
    """Down, not
    up."""
    return lr * t / T


def never_ends(t, lr, T=4):
    """The rate stays at 0 after the end."""
    return lr * (1 - t / T)


def held(t, lr, T=4):
    return lr * (1 - min(t, T) / T)


CASES = {"in time": [(t, 0.3) for t in range(4)] + [(3, 0.3, 8)], "after the end": [(4, 0.3), (5, 0.3)]}


def make(**given):
    fields = dict(statement="Write `held(t, lr, T=4)`.", solution=held, why="Because.", cases=CASES,
                  mistakes=[rise, never_ends], hints=["A", "B", "C"])
    return Exercise(**{**fields, **given})


def value_of(right, mistakes=(), **given):
    def answer():
        return right

    return make(statement="How much?", solution=answer, cases={"": [()]}, mistakes=mistakes, **given)


# -- right answers come in many types -------------------------------------------------------------

@pytest.mark.parametrize(
    "kind",
    [float, np.float64, np.array, np.float32, torch.tensor, lambda v: torch.tensor(v, dtype=torch.float64, requires_grad=True),
     lambda v: [v], lambda v: np.array([v]), Fraction, Decimal],
)
def test_a_right_number_of_any_type_is_right(kind):
    outcome = make().check(lambda t, lr, T=4: kind(held(t, lr, T)))
    assert outcome.state == "right" and outcome.mistake is None
    assert repr(outcome) == "Right. All 7 values agree." and outcome._repr_markdown_() == "**Right.** All 7 values agree."


def test_single_precision_is_no_licence():
    assert make().check(lambda t, lr, T=4: np.float32(held(t, lr, T) + 1e-4)).state == "not yet"
    assert make().check(lambda t, lr, T=4: held(t, lr, T) + 1e-8).state == "not yet"
    assert make().check(lambda t, lr, T=4: held(t, lr, T) + 1e-12).state == "right"


def test_callables_that_are_no_plain_functions():
    from functools import partial

    class Callable:
        def __call__(self, t, lr, T=4):
            return held(t, lr, T)

        def method(self, t, lr, T=4):
            return held(t, lr, T)

    for answer in (Callable(), Callable().method, partial(held), lambda *a: held(*a)):
        assert make().check(answer).state == "right"


# -- answers of the wrong kind --------------------------------------------------------------------

@pytest.mark.parametrize(
    "value, words",
    [
        (1j, "type `complex`, where a number"), (np.complex64(1j), "type `complex`"), (torch.tensor(1j), "type `complex`"),
        ("0.3", "type `str`"), (True, "type `bool`"), (np.bool_(True), "type `bool`"), ({}, "type `dict`"),
        (float("nan"), "gives `nan`, where a finite number"), (float("inf"), "gives `inf`"),
        (torch.tensor(float("nan")), "gives `nan`"), (object(), "type `object`"),
        ([1, 2], "gives 2 values; the exercise asks for 1"), (np.zeros(3), "gives 3 values"), ([], "gives 0 values"),
        (10**400, "cannot be read: `OverflowError"), (NotImplemented, "type `NotImplementedType`"),
    ],
)
def test_what_is_no_number_is_named(value, words):
    outcome = make().check(lambda t, lr, T=4: (lr, value)[1])
    assert outcome.state == "not yet" and words in outcome.text, outcome
    assert "0x" not in outcome.text


def test_a_forgotten_return_is_no_untouched_stub():
    def f(t, lr, T=4):
        rate = lr * t

    assert repr(make().check(f)) == "Not yet. `held(0, 0.3)` gives `None`: is a `return` missing?"


def shares(n):
    return [k / n for k in range(n)]


def test_a_list_is_called_a_list_and_what_is_none_is_named():
    ex = Exercise("Write `shares(n)`.", shares, "", {"": [(4,), (5,)]}, [], ["?"])

    def generated(n):
        yield from shares(n)

    assert repr(ex.check(lambda n: [k / n + 0.1 * (k == 2) for k in range(n)])) == (
        "Not yet. Your list is right up to `[1]` and too high at `[2]` (`shares(4)`). `hint()` helps.")
    assert repr(ex.check(lambda n: [0.1] * n)).startswith("Not yet. Your list starts in the wrong place: at `[0]` it is too high")
    assert repr(ex.check(generated)) == "Not yet. `shares(4)` gives something of type `generator`, where a list of 4 is asked for."
    assert repr(ex.check(lambda n: [1.0])) == "Not yet. `shares(4)` gives 1 value; the exercise asks for 4."
    assert repr(ex.check(lambda n: print(end=""))) == "Not yet. `shares(4)` gives `None`: is a `return` missing?"


@pytest.mark.parametrize("single", [np.float32, lambda x: torch.tensor(x)])
def test_a_list_of_numbers_in_single_precision_is_right(single):
    ex = Exercise("Write `shares(n)`.", shares, "", {"": [(7,), (9,)]}, [], ["?"])
    assert ex.check(lambda n: [single(k / n) for k in range(n)]).state == "right"
    assert ex.check(lambda n: [single(1.0001 * k / n) for k in range(n)]).state == "not yet"


def test_generators_and_classes_get_a_sentence():
    def f(t, lr, T=4):
        yield lr

    assert "type `generator`" in make().check(f).text
    assert make().check(object).state == make().check(dict).state == "not yet"


def test_a_value_where_a_function_is_asked_and_the_reverse():
    assert repr(make().check(0.3)) == "Not yet. This exercise asks for the function itself, without a call: `check(held)`."
    assert repr(value_of(3).check(held)) == "Not yet. This exercise asks for a value, not for a function."


def test_an_object_that_cannot_be_read_gets_a_sentence():
    class Odd:
        def __call__(self, *given):
            return 0.3

        def __getattr__(self, name):
            raise RuntimeError("leave me alone")

    assert repr(make().check(Odd())) == "Not yet. This answer cannot be read: `RuntimeError: leave me alone`."


# -- not started ----------------------------------------------------------------------------------

def todo(t, lr, T=4):
    """To do."""
    ...


def later(t, lr, T=4):
    raise NotImplementedError


@pytest.mark.parametrize("answer", [None, ..., "", [], todo, later, lambda *a: None, lambda *a: ...])
def test_nothing_written(answer):
    assert repr(make().check(answer)) == "Not started yet. Write `held` and check again; `hint()` helps."


def test_nothing_given():
    said = "Not started yet. Put your answer between the brackets of `check()`; `hint()` helps."
    assert repr(value_of(3).check(...)) == repr(value_of(3).check()) == said
    assert value_of([1.0]).check([]).state == "not started yet"
    assert value_of(0.0).check(0).state == "right"


def test_a_stub_with_a_comprehension_is_not_started_wherever_it_stands():
    def rise(t, lr):
        return max([lr * k for k in range(t)])

    stub = rise

    def rise(t, lr):  # noqa: F811 - the same again, on other lines
        return max([lr * k for k in range(t)])

    exercise = make(stub=stub)
    assert exercise.check(rise).state == "not started yet"

    def rise(t, lr):  # noqa: F811
        return max([lr * k for k in range(t + 1)])

    assert exercise.check(rise).state != "not started yet"


def test_a_buggy_stub_is_not_started_until_it_is_changed():
    def retyped(t, lr, T=4):
        """Another docstring, another place."""
        return lr * t / T

    exercise = make(stub=rise)
    assert exercise.check(rise).state == exercise.check(retyped).state == "not started yet"
    assert exercise.check(lambda t, lr, T=4: t * lr / T).mistake == "rise"
    assert make().check(rise).mistake == "rise"
    assert exercise.check(lambda t, lr, T=4: lr * t / (T + 1)).state == "not yet"
    assert exercise.check(held).state == "right"


# -- where, and which mistake ---------------------------------------------------------------------

def test_the_places_of_a_curve_have_names():
    def beside(more, at):
        text = repr(make().check(lambda t, lr, T=4: held(t, lr, T) + more * ((t, T) == at)))
        assert text.startswith("Not yet. ") and text.endswith(" `hint()` helps.")
        return text[9:-16]

    assert beside(0.1, (0, 4)) == "In time, your curve starts in the wrong place: at t=0 it is too high (`held(0, 0.3)`)."
    assert beside(-0.1, (2, 4)) == "In time, your curve is right up to t=1 and too low at t=2 (`held(2, 0.3)`)."
    assert beside(0.1, (3, 4)) == "In time, your curve ends in the wrong place: at t=3 it is too high (`held(3, 0.3)`)."
    assert beside(0.1, (3, 8)) == "In time, your curve is too high at t=3 (`held(3, 0.3, 8)`)."
    assert beside(0.1, (4, 4)) == "After the end, your curve is too high at t=4 (`held(4, 0.3)`)."


def test_a_mistake_is_recognised_by_what_it_does():
    outcome = make().check(lambda t, lr, T=4: t * (lr / T))
    assert outcome.mistake == "rise"
    place = "In time, your curve starts in the wrong place: at t=0 it is too low (`held(0, 0.3)`)."
    assert outcome.text == f"Not yet: rise. {place} Down, not up."
    assert outcome._repr_markdown_() == outcome.text.replace("Not yet: rise.", "**Not yet: rise.**")


def test_only_the_first_title_that_fails_counts():
    rising_then_mad = lambda t, lr, T=4: lr * t / T if t < 4 else -7.0
    assert make().check(rising_then_mad).mistake == "rise"
    assert make().check(fall).mistake == "never ends"


def test_a_mistake_of_an_earlier_title_is_not_blamed_later():
    def early(t, lr, T=4):
        """Wrong in time, and after the end like never_ends."""
        return 0.1 if t < 4 else fall(t, lr, T)

    for mistakes in ([early, never_ends], [never_ends, early]):
        assert make(mistakes=mistakes).check(fall).mistake == "never ends"
        assert make(mistakes=mistakes).check(early).mistake == "early"


def test_a_mistake_is_never_asked_about_later_titles():
    def stops(t, lr, T=4):
        """Wrong in time."""
        return lr / (4 - t)

    assert make(mistakes=[stops]).check(lambda t, lr, T=4: held(t, lr, T) + (t > 4)).mistake is None


# -- what goes wrong while it runs ----------------------------------------------------------------

def test_an_exception_becomes_a_sentence_with_the_reader_s_line():
    def f(t, lr, T=4):
        if t == 2:
            return lr / (t - 2)
        return held(t, lr, T)

    line = f.__code__.co_firstlineno + 2
    where = f"in your line {line}: `return lr / (t - 2)`."
    assert repr(make().check(f)) == f"Not yet. `held(2, 0.3)` stops with `ZeroDivisionError: float division by zero`, {where}"


NOTEBOOK = """\
def share(t, T):
    return t / (T - 4)


def held(t, lr, T=4):
    return lr * (1 - share(t, T))
"""


def test_in_a_notebook_the_line_is_that_of_the_cell():
    names = {}
    linecache.cache["<cell 7>"] = (len(NOTEBOOK), None, NOTEBOOK.splitlines(True), "<cell 7>")
    exec(compile(NOTEBOOK, "<cell 7>", "exec"), names)
    said = "Not yet. `held(0, 0.3)` stops with `ZeroDivisionError: division by zero`, in your line 2: `return t / (T - 4)`."
    assert repr(make().check(names["held"])) == said
    del linecache.cache["<cell 7>"]
    assert repr(make().check(names["held"])) == said.replace(": `return t / (T - 4)`", "")


def test_an_error_inside_a_library_names_the_reader_s_line():
    def f(t, lr, T=4):
        return float(np.linalg.inv(np.zeros((2, 2)))[0, 0])

    def g(t, lr, T=4):
        from json import no_such_name

    def h(t, lr, T=4):
        import no_such_module

    for answer, error, line in [
        (f, "LinAlgError: Singular matrix", "return float(np.linalg.inv("), (g, "ImportError: cannot import", "from json import"),
        (h, "ModuleNotFoundError: No module", "import no_such_module`."),
    ]:
        text = make().check(answer).text
        assert f"`{error}" in text and f", in your line {answer.__code__.co_firstlineno + 1}: `{line}" in text


def test_a_wrong_signature_is_told():
    assert "`TypeError: " in make().check(lambda t: t).text and "`held(0, 0.3)` stops" in make().check(lambda t: t).text


class Odd(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize("error, words", [
    (SystemExit(3), "`SystemExit: 3`"), (ValueError(), "`ValueError: `"), (ValueError("a `b`\nc"), "`ValueError: a 'b'`"),
    (ValueError(f"at {object()}"), "`ValueError: at <object object>`"), (Odd(), "`Odd: ...`"),
    (RecursionError("deep"), "`RecursionError: deep`"),
])
def test_odd_exceptions(error, words):
    def f(t, lr, T=4):
        raise error

    assert words in make().check(f).text


def test_an_interrupt_goes_through():
    def f(t, lr, T=4):
        raise KeyboardInterrupt

    before = sys.gettrace()
    with pytest.raises(KeyboardInterrupt):
        make().check(f)
    assert sys.gettrace() is before


def loop(t, lr, T=4):
    while True: pass


def stubborn(t, lr, T=4):
    while True:
        try:
            lr += 1
        except Exception:
            pass


def counting(t, lr, T=4):
    import itertools

    return sum(1 for _ in itertools.count())


@pytest.mark.parametrize("endless", [loop, stubborn, counting])
def test_an_endless_loop_comes_to_an_end(endless, monkeypatch):
    monkeypatch.setattr(mechanism, "STEPS", 50_000)
    outcome = make().check(endless)
    assert outcome.text.startswith("Not yet. `held(0, 0.3)` does not come to an end within 50,000 steps, in your line ")
    assert sys.gettrace() is None or "coverage" in sys.modules


def test_endless_calls_come_to_an_end():
    def f(t, lr, T=4):
        return f(t, lr, T)

    assert "stops with `RecursionError: more than 700 calls inside each other`, in your line" in make().check(f).text


def test_deep_but_finite_calls_are_fine():
    def f(t, lr, T=4, depth=300):
        return f(t, lr, T, depth - 1) if depth else held(t, lr, T)

    assert make().check(f).state == "right"


def test_work_inside_a_library_is_not_counted(monkeypatch):
    import statistics

    monkeypatch.setattr(mechanism, "STEPS", 2000)
    assert make().check(lambda t, lr, T=4: held(t, lr, T) + 0 * statistics.stdev(range(3000))).state == "right"

    def importing(t, lr, T=4):
        sys.modules.pop("colorsys", None)
        import colorsys

        return held(t, lr, T) * colorsys.rgb_to_hsv(1, 1, 1)[2]

    assert make().check(importing).state == "right"


def test_a_debugger_is_left_alone():
    def mine(t, lr, T=4):
        return held(t, lr, T)

    seen = []
    tracer = lambda frame, event, arg: seen.append(frame.f_code.co_name)
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        outcome = make().check(mine)
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert outcome.state == "right" and after is tracer and "mine" in seen


def test_an_answer_that_remembers():
    calls = []

    def f(t, lr, T=4):
        calls.append(t)
        return held(t, lr, T) if len(calls) < 10 else 0.0

    outcome = make().check(f)
    assert (outcome.state, outcome.mistake) == ("not yet", "it remembers")


def test_an_answer_may_spoil_its_arguments():
    def total(values):
        return sum(values)

    def first(values):
        """All of them."""
        return values[0]

    exercise = make(solution=total, cases={"": [([1, 2, 3],), ([5],)]}, mistakes=[first])

    def pops(values):
        return sum(values.pop() for _ in range(len(values)))

    assert exercise.check(pops).state == "right" and exercise.check(pops).state == "right"
    assert exercise.check(lambda values: values.pop(0)).mistake == "first"
    assert exercise.cases == {"": [([1, 2, 3],), ([5],)]}


def test_the_package_s_own_function():
    exercise = make(by_hand=[fall])
    for answer in (lambda t, lr, T=4: fall(min(t, T), lr, T), lambda *a: (lambda: fall(min(a[0], (a + (4,))[2]), *a[1:]))()):
        outcome = exercise.check(answer)
        assert (outcome.state, outcome.mistake) == ("not yet", "the package's own function")
        assert "Right, and `fall` of the package did the work." in outcome.text
    assert exercise.check(held).state == "right"
    assert exercise.check(fall).mistake == "never ends", "what is wrong comes first"


# -- values, words, lists, schedulers: the same class ---------------------------------------------

def test_a_number():
    def half():
        """Take all."""
        return 1.5

    exercise = value_of(3.0, [half], rel=5e-3)
    assert repr(exercise.check(3.01)) == "Right. Your answer agrees."
    assert repr(exercise.check(np.float32(1.5))) == "Not yet: half. Your answer is too low. Take all."
    assert repr(exercise.check(3.1)) == "Not yet. Your answer is too high. `hint()` helps."
    assert exercise.check("three").text.startswith("Not yet. Your answer gives something of type `str`")
    assert repr(exercise.check(float("nan"))) == "Not yet. Your answer gives `nan`, where a finite number is asked for."
    assert repr(exercise.check([1.0, 2.0])) == "Not yet. Your answer gives 2 values; the exercise asks for 1."


def test_a_word_and_a_truth():
    def plateau():
        """It is not a function of t."""
        return "plateau"

    exercise = value_of("Cosine", [plateau])
    assert exercise.check(" cosine ").state == "right" and exercise.check("Plateau").mistake == "plateau"
    assert repr(exercise.check("step")) == "Not yet. Your answer is not the right one. `hint()` helps."
    assert exercise.check(3).state == "not yet"
    assert value_of(True).check(True).state == "right" and value_of(True).check(np.bool_(False)).state == "not yet"
    assert value_of(True).check(1).state == "not yet"


def test_a_list():
    def reverse():
        """The other way round."""
        return [3, 2, 1]

    exercise = value_of([1, 2, 3], [reverse])
    assert repr(exercise.check((1, 2, 3))) == "Right. All 3 values agree."
    assert exercise.check(np.array([1, 2, 3.0])).state == "right" and exercise.check([3, 2, 1]).mistake == "reverse"
    assert "Your list ends in the wrong place: at `[2]` it is too high." in repr(exercise.check([1, 2, 7]))
    assert "Your list is right up to `[0]` and too high at `[1]`." in repr(exercise.check([1, 5, 7]))
    assert "gives 2 values; the exercise asks for 3" in exercise.check([1, 2]).text
    assert exercise.check([1, None, 3]).state == "not yet"


def play(answer, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler, rates = answer(optimizer, steps), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def build(optimizer, steps):
    return torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, total_iters=steps)


def default_start(optimizer, steps):
    """LinearLR begins at a third unless it is told."""
    return torch.optim.lr_scheduler.LinearLR(optimizer, end_factor=0.1, total_iters=steps)


def test_a_scheduler_of_torch():
    exercise = make(solution=build, mistakes=[default_start], cases={"": [(4,), (6,)]}, play=play)
    from torch.optim.lr_scheduler import LambdaLR

    assert exercise.check(lambda o, n: LambdaLR(o, lambda t: 1 - 0.9 * t / n)).state == "right"
    outcome = exercise.check(default_start)
    assert outcome.mistake == "default start"
    assert "Your curve starts in the wrong place: at t=0 it is too low (`build(4)`). LinearLR" in outcome.text
    late = exercise.check(lambda o, n: LambdaLR(o, lambda t: 1.0 if t < 2 else 0.0))
    assert "right up to t=0 and too high at t=1" in late.text
    assert "stops with `TypeError" in exercise.check(lambda o: 3).text


# -- hints, solution, picture ---------------------------------------------------------------------

def test_hints_come_one_at_a_time():
    exercise = make()
    assert [exercise.hint().text for _ in range(4)] == ["Hint 1 of 3. A", "Hint 2 of 3. B", "Hint 3 of 3. C", "Hint 1 of 3. A"]
    assert exercise.hint(3).text == "Hint 3 of 3. C" and exercise.hint().text == "Hint 1 of 3. A"
    for wrong in (0, 4, -1, "2", 1.5):
        assert repr(exercise.hint(wrong)) == "The hints are numbered from 1 to 3."


def test_statement_and_solution():
    exercise = make()
    assert repr(exercise) == exercise._repr_markdown_() == "Write `held(t, lr, T=4)`."
    said = "```python\ndef held(t, lr, T=4):\n    return lr * (1 - min(t, T) / T)\n```\n\nBecause."
    assert repr(exercise.solution()) == exercise.solution()._repr_markdown_() == said


def test_the_reader_s_own_curve_is_drawn_where_there_is_one():
    picture = make().check(rise).plot()
    assert "<svg" in picture.svg and "polyline" in picture.svg and "t=0" in picture.svg
    assert repr(make().check(held).plot()) == repr(make().check(None).plot()) == "There is no curve to draw."

    def short(t, lr, T=4):
        return [held(t, lr, T), -1.0][t // 4]               # wrong from t=4 on, and fails at t=8

    exercise = make(cases={"up to 9": [(4, 0.3, 9)]})
    assert repr(exercise.check(short).plot()) == "There is no picture: `list index out of range`."


# -- as a reader runs it --------------------------------------------------------------------------

READER = """
import math
from lrlearn.exercises import cosine as ex

def my_cosine(t, base_lr, T_max, eta_min=0.0):
    return eta_min + (base_lr - eta_min) * (1 + math.cos(2 * math.pi * t / T_max)) / 2

first = ex.closed_form.check(my_cosine)
print(first)
print(ex.closed_form.check(lambda t, base_lr, T_max, eta_min=0.0: ...))
"""


def test_a_fresh_interpreter_says_the_same_every_time():
    runs = {subprocess.run([sys.executable, "-c", READER], capture_output=True, text=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1
    first, second = runs.pop().splitlines()
    assert first.startswith("Not yet: whole wave. Without a floor, your curve is right up to t=0 and too low at t=1 (`my_cos")
    assert second.startswith("Not started yet.")


def test_a_reader_s_cell_in_ipython():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    assert shell.run_cell("from lrlearn.exercises import cosine as ex").success
    assert shell.run_cell("def my_cosine(t, base_lr, T_max, eta_min=0.0):\n    return base_lr * cos(t)").success
    outcome = shell.run_cell("o = ex.closed_form.check(my_cosine)")
    assert outcome.success
    where = "in your line 2: `return base_lr * cos(t)`."
    said = f"Not yet. `my_cosine(0, 0.1, 100)` stops with `NameError: name 'cos' is not defined`, {where}"
    assert repr(shell.user_ns["o"]) == said
    data, _ = shell.display_formatter.format(shell.user_ns["o"])
    assert data["text/plain"] == said and data["text/markdown"] == said.replace("Not yet.", "**Not yet.**", 1)
