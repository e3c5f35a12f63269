"""Hypothesis strategies made from the cards: right hyperparameters for any formula, and any schedule."""
from hypothesis import assume
from hypothesis import strategies as st

from lrlearn import CARDS, Schedule, card_of
from lrlearn.core import SCALED


def values(param, most=10**4, inner=None):
    """Right values for one parameter by itself; `inner` draws the schedules that it may hold."""
    if param.rule == "a Schedule":
        return inner
    if param.rule.startswith("a list of Schedules"):
        return st.lists(inner, min_size=1, max_size=3)
    if param.rule.startswith("a list of ascending integers"):
        return st.lists(st.integers(0, most), max_size=4).map(sorted)
    if param.rule.startswith("a list of numbers"):
        return st.lists(st.floats(0.0, 2.0), max_size=4)
    if isinstance(param.step, tuple):
        return st.sampled_from(param.step)
    rule, none = (param.rule[8:], st.none()) if param.rule.startswith("None or ") else (param.rule, st.nothing())
    ends = {}
    for part in rule.split(" and ") if rule else ():
        sign, limit = part.split(" ")
        try:
            ends[sign] = float(limit)
        except ValueError:                  # another parameter: the whole is tried below
            pass
    # a factor of 1e-300 is right, and leads beyond the floats
    low, high = ends.get(">=", ends[">"] + 1e-6 if ">" in ends else -10.0), ends.get("<=", ends.get("<"))
    if isinstance(param.step, int):
        return st.integers(int(low) + (">" in ends), int(high) if high is not None else most) | none
    return st.floats(low, 2.0 if high is None else high, exclude_max="<" in ends, allow_subnormal=False) | none


@st.composite
def hypers(draw, formula, most=10**4, inner=None):
    """Right hyperparameters for a formula, those with a default now and then left out."""
    facts, hyper = card_of(formula), {}
    for param in facts.params:
        if param.name in SCALED:
            continue
        length = param.rule.rpartition(" ")[2]
        if ", " in param.rule and length in hyper:          # a list as long as another one asks
            n = len(hyper[length]) - ("one fewer" in param.rule)
            whole = "integers" in param.rule
            item = st.integers(0, most) if whole else st.floats(0.0, 2.0)
            hyper[param.name] = draw(st.lists(item, min_size=n, max_size=n).map(sorted if whole else list))
        else:
            hyper[param.name] = draw(values(param, most, inner))
    try:
        Schedule(formula, **hyper)
    except ValueError:                      # two that do not fit together, such as a cool-down longer than the run
        assume(False)
    return hyper


def schedules(most=10**4):
    """Any schedule of the formulas with cards, also deeply nested."""
    def made(formula, inner):
        return hypers(formula, most, inner).map(lambda hyper: Schedule(formula, **hyper))

    holders = [c.formula for c in CARDS.values() if any("Schedule" in p.rule for p in c.params)]
    leaves = st.one_of([made(c.formula, None) for c in CARDS.values() if c.formula not in holders])
    return st.recursive(leaves, lambda inner: st.one_of([made(formula, inner) for formula in holders]), max_leaves=3)
