"""A card says the same as its formula: names, order, defaults, ranges, source."""
import ast
import inspect
import re
from pathlib import Path

import pytest

from lrlearn import CARDS, FOLDS, card_of, constant, explore, facts, inverse_time_decay, noam, one_cycle_momentum, power_decay
from lrlearn.core import SCALED, breaks, signature

BIBLIOGRAPHY = Path(__file__).parents[2] / "book" / "references.bib"
FRAMEWORKS = {"torch", "transformers", "optax", "keras", "timm", "fastai", "ignite"}
everyone = pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
every_param = pytest.mark.parametrize("param", [
    pytest.param(p, id=f"{name}-{p.name}") for name, card in CARDS.items() for p in card.params])


def test_there_are_cards():
    assert {"constant", "cosine", "warmup"} <= set(CARDS)


@everyone
def test_it_is_found_by_its_formula_alone(card):
    assert card_of(card.formula) is card is CARDS[card.formula.__name__]

    def impostor(t, base_lr):
        return base_lr

    impostor.__name__ = card.formula.__name__
    assert card_of(impostor) is None


@everyone
def test_names_order_and_defaults_are_the_signatures(card):
    arguments = list(inspect.signature(card.formula).parameters.values())
    assert arguments[0].name == "t" and arguments[1].name in SCALED
    assert [p.name for p in card.params] == [p.name for p in arguments[1:]]
    names, required = signature(card.formula)
    assert names == tuple(p.name for p in arguments[2:])
    assert required == tuple(p.name for p in arguments[2:] if p.default is p.empty)
    for argument in arguments[2:]:
        if argument.default is not argument.empty:
            default = card.param(argument.name).default
            assert (default, type(default)) == (argument.default, type(argument.default)), argument.name


@every_param
def test_the_default_obeys_the_rule_and_lies_on_the_slider(param):
    assert breaks(param, param.default) is None
    if param.lo is None:
        assert param.hi is None and (param.step is None or param.default in param.step)
    elif param.default is None:
        assert param.lo < param.hi and param.rule.startswith("None or ")
    else:
        assert param.lo < param.hi and param.lo <= param.default <= param.hi


@every_param
def test_every_place_of_the_slider_is_right(param):
    if param.lo is not None:
        assert breaks(param, param.lo) is None and breaks(param, param.hi) is None
        if param.step == "log":
            assert param.lo > 0
        elif not isinstance(param.step, tuple):
            assert 0 < param.step <= param.hi - param.lo
            start = param.lo if param.default is None else param.default
            assert abs((start - param.lo) / param.step - round((start - param.lo) / param.step)) < 1e-9


@every_param
def test_the_note_is_part_of_a_sentence(param):
    assert param.note and param.note == param.note.strip() and param.note[0].islower() and not param.note.endswith(".")


@pytest.mark.parametrize("card", [*CARDS.values(), *FOLDS.values()], ids=[*CARDS, *FOLDS])
def test_the_paper_stands_in_the_bibliography(card):
    keys = set(re.findall(r"^@\w+\{([^,\s]+),", BIBLIOGRAPHY.read_text(), re.M))
    assert card.paper in keys


def own_tests(formula):
    """The test functions of the formula's own test file that name it, as source."""
    *folders, name = formula.__module__.split(".")[2:]              # after lrlearn.schedules
    path = Path(__file__).parent.joinpath(*folders, f"test_{name}.py")
    text = path.read_text() if path.exists() else ""
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    helpers = {f.name for f in functions if not f.name.startswith("test_") and formula.__name__ in words(f)}
    return [ast.get_source_segment(text, f) for f in functions if f.name.startswith("test_") and words(f) & {formula.__name__, *helpers}]


def words(function):
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}


@everyone
def test_every_formula_is_held_against_fifty_digits_in_a_test_of_its_own(card):
    assert any("mpmath" in source for source in own_tests(card.formula)), f"no test in test_{card.formula.__module__.rpartition('.')[2]}.py"


@pytest.mark.parametrize("card", FOLDS.values(), ids=FOLDS)
def test_a_fold_has_a_card_as_good_and_a_test(card):
    arguments = list(inspect.signature(card.formula).parameters.values())
    assert [p.name for p in arguments[:2]] == ["state", "metric"]
    assert [(p.name, p.default) for p in card.params] == [(p.name, p.default) for p in arguments[2:]]
    assert all(breaks(p, p.default) is None and p.note for p in card.params)
    assert set(re.findall(r"^(\w+)  +\S", inspect.getdoc(card.formula), re.M)) == {p.name for p in arguments}
    assert "Source: " in inspect.getdoc(card.formula) and len(own_tests(card.formula)) > 2


@everyone
def test_the_docstring_names_every_parameter_and_the_source(card):
    doc = inspect.getdoc(card.formula)
    described = set(re.findall(r"^(\w+)  +\S", doc, re.M))
    assert described == {"t", *(p.name for p in card.params)}
    assert ">>> " + card.formula.__name__ in doc or f"{card.formula.__name__}(" in doc
    assert "Source: " in doc and "Not to be confused with" in doc


@pytest.mark.parametrize("card", [*CARDS.values(), *FOLDS.values()], ids=[*CARDS, *FOLDS])
def test_the_body_is_at_most_nine_lines(card):
    tree = ast.parse(inspect.getsource(card.formula)).body[0]
    body = tree.body[1:] if ast.get_docstring(tree) else tree.body
    lines = ast.get_source_segment(inspect.getsource(card.formula), tree).splitlines()[body[0].lineno - 1:]
    assert 1 <= len([line for line in lines if line.strip() and not line.strip().startswith("#")]) <= 9


@pytest.mark.parametrize("card", [*CARDS.values(), *FOLDS.values()], ids=[*CARDS, *FOLDS])
def test_frameworks_are_named_as_everywhere(card):
    assert card.title and card.latex
    assert set(card.names) <= FRAMEWORKS
    for framework, sentence in card.seams:
        assert framework in FRAMEWORKS and sentence.endswith(".") and ". " not in sentence


@pytest.mark.parametrize("card", [*CARDS.values(), *FOLDS.values()], ids=[*CARDS, *FOLDS])
def test_the_facts_can_be_shown(card):
    shown = str(facts(card.formula))
    assert card.latex in shown and all(f"`{p.name}`" in shown for p in card.params)


@everyone
def test_the_slider_figure_of_the_formula_alone_works(card, monkeypatch):
    monkeypatch.setenv("LRLEARN_CHECK", "1")               # at both ends of every slider, too
    assert explore(card.formula).html().startswith('<figure class="lr-live"')


def test_the_area_is_taken_at_the_examples_own_rate_and_over_more_than_a_step():
    def said(formula):
        return str(facts(formula)).splitlines()[-1]

    assert said(power_decay).endswith("over 100 updates: 0.945 of what a constant at its peak has.")
    assert said(inverse_time_decay).endswith("over 100 updates: 0.084 of what a constant at its peak has.")
    assert said(one_cycle_momentum).endswith("over 100 updates: 0.948 of what a constant at its peak has.")


def test_the_table_writes_a_parameter_as_its_equation_does():
    assert "| $c$ | `base_lr` |" in str(facts(noam)) and "| – | `anneal_strategy` |" in str(facts(one_cycle_momentum))
    assert "| $N$ | `total_iters` |" in str(facts(constant))
