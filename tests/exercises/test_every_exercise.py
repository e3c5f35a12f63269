"""What holds for every exercise of every chapter. A new exercise needs its whole domain in grids/<chapter>.py."""
import ast
import copy
import functools
import importlib
import inspect
import itertools
import json
import math
import pkgutil
import re
import textwrap
from pathlib import Path

import pytest

import lrlearn.exercises
from lrlearn.exercises import Exercise

# (chapter, exercise) -> argument tuples, far more than the exercise's own cases: mutants that differ here must be found.
GRIDS = {}
for file in sorted(Path(__file__).with_name("grids").glob("*.py")):
    found = importlib.import_module(f"tests.exercises.grids.{file.stem}").GRIDS
    GRIDS.update({(file.stem, name): grid for name, grid in found.items()})

BOOK = Path(__file__).parents[2] / "book"
FOUND = {}
for info in pkgutil.iter_modules(lrlearn.exercises.__path__):
    module = importlib.import_module("lrlearn.exercises." + info.name)
    FOUND.update({(info.name, name): thing for name, thing in vars(module).items() if isinstance(thing, Exercise)})

FAR = 1e-4      # ten times what a check lets pass in single precision

every = pytest.mark.parametrize("key", sorted(FOUND), ids="-".join)


def name_of(mistake):
    return mistake.__name__.replace("_", " ")


def check(exercise, function):
    """check() with what a reader would hand in: the function, or its value."""
    return exercise.check(function() if exercise.asks_value else function)


def numbers(exercise, function, cases):
    return [value for case in cases for value in exercise.values(function, case)]


def differ(a, b, slack=1e-6):
    """Whether two lists of results differ by more than rounding."""
    if len(a) != len(b):
        return True
    largest = max([abs(v) for v in b if not isinstance(v, str)], default=0)
    return any(x != y if isinstance(y, str) else not abs(x - y) <= slack * largest for x, y in zip(a, b))


# -- mutants: a function with one small change ----------------------------------------------------

OPERATORS = {ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div, ast.Add], ast.Div: [ast.Mult, ast.FloorDiv]}
COMPARISONS = {ast.Lt: [ast.LtE, ast.Gt, ast.GtE], ast.LtE: [ast.Lt, ast.Gt, ast.GtE],
               ast.Gt: [ast.GtE, ast.Lt, ast.LtE], ast.GtE: [ast.Gt, ast.Lt, ast.LtE]}
NAMES = {"cos": ["sin"], "sin": ["cos"], "min": ["max"], "max": ["min"], "ceil": ["floor"], "pi": ["tau"]}


def changes(node, parameters):
    """Every node that may stand in this one's place, one small change each."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        for value in (node.value + 1, node.value - 1, 2 * node.value):
            yield ast.Constant(value)
    elif isinstance(node, ast.BinOp):
        for operator in OPERATORS.get(type(node.op), ()):
            yield ast.BinOp(node.left, operator(), node.right)
        yield node.left
        yield node.right
    elif isinstance(node, ast.Compare):
        for operator in COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [operator()], node.comparators)
    elif isinstance(node, ast.Call):
        yield from node.args
        yield from (keyword.value for keyword in node.keywords)
    elif isinstance(node, ast.List) and all(isinstance(word, ast.Constant) and isinstance(word.value, str) for word in node.elts):
        for i, word in enumerate(node.elts):                # a list of words: each in another's place
            for other in sorted({w.value for w in node.elts} - {word.value}):
                yield ast.List(node.elts[:i] + [ast.Constant(other)] + node.elts[i + 1:], ast.Load())
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in NAMES.get(node.id, [p for p in parameters if p != node.id] if node.id in parameters else []):
            yield ast.Name(other, ast.Load())
        if node.id in parameters:
            yield ast.BinOp(ast.Name(node.id, ast.Load()), ast.Add(), ast.Constant(1))
            yield ast.BinOp(ast.Name(node.id, ast.Load()), ast.Sub(), ast.Constant(1))


class Swap(ast.NodeTransformer):
    def __init__(self, target, new):
        self.target, self.new = target, new

    def visit(self, node):
        return self.new if node is self.target else self.generic_visit(node)


def mutants(function):
    """(source, function) of every mutant."""
    source = textwrap.dedent(inspect.getsource(function))
    parameters = list(inspect.signature(function).parameters)
    body_of = lambda tree: [n for statement in tree.body[0].body for n in ast.walk(statement)]
    for i, node in enumerate(body_of(ast.parse(source))):
        for k in range(len(list(changes(node, parameters)))):
            tree = copy.deepcopy(ast.parse(source))
            target = body_of(tree)[i]
            new = list(changes(target, parameters))[k]
            text = ast.unparse(ast.fix_missing_locations(Swap(target, new).visit(tree)))
            names = dict(vars(math), **vars(inspect.getmodule(function)))
            exec(text, names)
            yield text, names[function.__name__]


@functools.cache
def outcome_of_mutants(key):
    """(source, function, whether it differs on the exercise's grid, outcome) of every mutant."""
    exercise, grid, out = FOUND[key], GRIDS[key], []
    right = numbers(exercise, exercise.model, grid)
    for text, mutant in mutants(exercise.model):
        try:
            wrong = differ(numbers(exercise, mutant, grid), right)
            outcome = check(exercise, mutant)
        except Exception:                                   # it stops somewhere on the grid, or its value cannot be had
            wrong, outcome = True, None if exercise.asks_value else check(exercise, mutant)
        out.append((text, mutant, wrong, outcome))
    return out


# -- the tests ------------------------------------------------------------------------------------

def test_every_exercise_has_a_grid():
    assert set(GRIDS) == set(FOUND) and len(FOUND) >= 5


@every
def test_the_solution_is_right(key):
    exercise = FOUND[key]
    assert check(exercise, exercise.model).state == "right"
    assert exercise.solution().text.startswith(f"```python\ndef {exercise.name}(")
    assert exercise.why.strip() in exercise.solution().text


@every
def test_every_mistake_is_recognised_by_its_name(key):
    exercise = FOUND[key]
    assert len(exercise.mistakes) >= 2
    for mistake in exercise.mistakes:
        outcome = check(exercise, mistake)
        assert (outcome.state, outcome.mistake) == ("not yet", name_of(mistake)), outcome
        assert " ".join(mistake.__doc__.split()) in outcome.text


@every
def test_mistakes_are_far_apart_where_they_are_told_apart(key):
    exercise, left = FOUND[key], list(FOUND[key].mistakes)
    for cases in exercise.cases.values():
        right = numbers(exercise, exercise.model, cases)
        alive = {mistake: numbers(exercise, mistake, cases) for mistake in left}
        caught = [mistake for mistake in alive if differ(alive[mistake], right, FAR)]
        left = [mistake for mistake in alive if not differ(alive[mistake], right)]
        assert len(caught) + len(left) == len(alive), "a mistake differs from the solution, but hardly"
        for a, b in itertools.combinations(caught, 2):
            assert differ(alive[a], alive[b], FAR), f"{name_of(a)} and {name_of(b)} look the same"
    assert not left, f"never caught: {left}"


@every
def test_a_mutant_that_changes_values_is_not_right(key):
    exercise, seen = FOUND[key], []
    for text, _, wrong, outcome in outcome_of_mutants(key):
        if outcome is not None:
            assert outcome.state == ("not yet" if wrong else "right"), text
        seen.append(wrong)
    assert sum(seen) >= (4 if exercise.asks_value else 15), "too few mutants to prove anything"


@every
def test_no_message_tells_the_right_value(key, capsys):
    exercise, looked_at = FOUND[key], 0
    cases = [case for stage in exercise.cases.values() for case in stage]
    known = {float(n) for n in re.findall(r"\d+\.?\d*", exercise.text)}
    wrongs = [(m, check(exercise, m)) for m in exercise.mistakes]
    wrongs += [(m, outcome) for _, m, wrong, outcome in outcome_of_mutants(key) if wrong and outcome]
    rights = [exercise.values(exercise.model, case) for case in cases]
    for function, outcome in wrongs:
        for case, right in zip(cases, rights):
            try:
                if not differ(exercise.values(function, case), right, 1e-9):
                    continue
            except Exception:
                pass
            break
        text = re.sub(rf"`{exercise.name}\([^`]*\)`|t=\d+|`\[\d+\]`", "", outcome.text)       # where, not what
        assert outcome.state == "not yet" and "e-0" not in text
        for want in right:
            if isinstance(want, str):
                assert want not in text
                looked_at += 1
                continue
            said = [float(n) for n in re.findall(r"\d+\.?\d*", text)]
            assert want in known or not any(abs(n - want) <= 5e-4 * abs(want) for n in said), (want, outcome)
            assert want in known or len(repr(want)) < 3 or repr(want) not in text and f"{want:.4g}" not in text
            looked_at += 1
    assert looked_at >= len(exercise.mistakes) and capsys.readouterr().out == ""


@every
def test_an_untouched_stub_is_not_started(key):
    exercise = FOUND[key]
    if exercise.asks_value:
        assert exercise.check(...).state == exercise.check(None).state == "not started yet"
        return
    signature = inspect.signature(exercise.model)
    for inside in ("...", "pass", '"""Later."""', "return None", "raise NotImplementedError"):
        names = {}
        exec(f"def {exercise.name}{signature}:\n    {inside}\n", names)
        assert exercise.check(names[exercise.name]).state == "not started yet", inside


@pytest.mark.parametrize("chapter", sorted({chapter for chapter, _ in FOUND}))
def test_the_stubs_of_the_notebook_are_not_started(chapter):
    cells = json.loads((BOOK / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    said = ["".join(cell["outputs"][0]["data"]["text/plain"]) for cell in cells if re.search(r"^ex\.\w+\.check\(", "".join(cell["source"]), re.M)]
    assert len(said) == [where for where, _ in FOUND].count(chapter) and all(words.startswith("Not started yet.") for words in said)


@every
def test_hints_statement_and_words(key):
    exercise = FOUND[key]
    assert len(exercise.hints) >= 2
    first = [exercise.hint().text for _ in exercise.hints]
    assert len(set(first)) == len(first) and exercise.hint().text == first[0] and exercise.hint(2).text == first[1]
    assert exercise.asks_value or f"`{exercise.name}(" in exercise.text, "the statement names the function to write"
    words = " ".join([exercise.text, exercise.why, *exercise.hints, *(m.__doc__ for m in exercise.mistakes)])
    assert "!" not in words and "simply" not in words and "$" not in words


@every
def test_the_same_answer_gets_the_same_words(key):
    exercise = FOUND[key]
    for mistake in exercise.mistakes:
        one, two = check(exercise, mistake), check(exercise, mistake)
        assert repr(one) == repr(two) and one._repr_markdown_() == two._repr_markdown_() and "0x" not in repr(one)
