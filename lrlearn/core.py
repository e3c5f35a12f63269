"""Schedule, Param, card, CARDS, curve: what every schedule has in common.

This file imports nothing and runs unchanged in the reader's browser (MicroPython).
"""

CARDS = {}                              # formula name -> Card, filled by card()
FOLDS = {}                              # the same for feedback: f(state, metric, **hyper) -> state
WORLDS = {}                             # the same for pictures of small simulations: f(**sliders) -> picture
SCALED = ("base_lr", "max_momentum")    # what a formula scales: its second argument


class Param:
    """One hyperparameter of a formula: what it means, which values are right, how its slider looks.

    lo, hi   ends of the slider; None for a parameter that has no slider
    default  where the slider starts
    step     slider step; an int step says that the parameter counts (only integers are right),
             "log" gives a slider of equal ratios, a tuple lists the choices, a dict names them
    note     the meaning, with its unit, as it stands in error messages
    rule     which values are right: ">= 1", "> 0 and <= total_steps", "None or >= 1", "a Schedule",
             "a list of Schedules", "a list of ascending integers >= 0, one fewer than schedules"
    """

    def __init__(self, name, lo, hi, default, step, note, rule=""):
        self.name, self.lo, self.hi, self.default = name, lo, hi, default
        self.step, self.note, self.rule = step, note, rule

    def __repr__(self):
        return f"Param({self.name!r}, {self.lo!r}, {self.hi!r}, {self.default!r}, {self.step!r}, {self.note!r}, {self.rule!r})"


BASE_LR = Param("base_lr", 0.001, 1.0, 0.1, "log", "the learning rate at the peak", ">= 0")
ETA_MIN = Param("eta_min", 0.0, 0.1, 0.0, 0.001, "the learning rate at the bottom", ">= 0")


class Card:
    """The facts about a formula: title, LaTeX, paper, parameters, names elsewhere, departures."""

    def __init__(self, formula, title, latex, paper, params, names, seams, fold=False, world=False):
        self.formula, self.title, self.latex, self.paper = formula, title, latex, paper
        self.params, self.names, self.seams, self.fold, self.world = params, names, seams, fold, world

    def param(self, name):
        """The Param of that name, or None."""
        for param in self.params:
            if param.name == name:
                return param


def card(formula, title, latex, paper, params=(), names=None, seams=(), fold=False, world=False):
    """Write down the facts about a formula, directly under it.

    paper   a key of book/references.bib: the paper, or the program that defined it
    params  a tuple of Param, base_lr left out when it is the peak as everywhere
    names   framework -> what the schedule is called there
    seams   where a framework departs from the formula: (framework, one sentence) pairs
    fold    whether it is f(state, metric, ...) -> state, and so no function of time
    world   whether it returns the picture of a simulation, f(**sliders) -> picture
    """
    params = tuple(params)
    if not fold and not world and not any(p.name in SCALED for p in params):
        params = (BASE_LR,) + params
    kind = FOLDS if fold else WORLDS if world else CARDS
    kind[formula.__name__] = Card(formula, title, latex, paper, params, names or {}, tuple(seams), fold, world)


def card_of(formula):
    """The formula's card, or None for a function that has none (a reader's own, say)."""
    name = getattr(formula, "__name__", None)
    found = CARDS.get(name) or FOLDS.get(name) or WORLDS.get(name)
    return found if found and found.formula is formula else None


def signature(formula):
    """(names, required): the hyperparameters after t and base_lr, and those without a default.

    The names are None where any may be right: it takes **hyper, or Python does not tell, as in MicroPython.
    """
    code = getattr(formula, "__code__", None)
    if not hasattr(code, "co_varnames"):
        return None, ()
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    first = min(first_hyper(formula), code.co_argcount)
    optional = set(names[code.co_argcount - len(formula.__defaults__ or ()) : code.co_argcount])
    optional.update(formula.__kwdefaults__ or ())
    return None if code.co_flags & 8 else names[first:], tuple(n for n in names[first:] if n not in optional)


def first_hyper(formula):
    """The place of the first hyperparameter: after t and base_lr, and after the self of a method."""
    return 2 + hasattr(formula, "__self__")


def breaks(param, value, others=None):
    """Why the value is wrong for the parameter, as in "must be >= 1", or None.

    others  the other parameters by name, which a rule such as "<= total_steps" reads; without them it asks less
    """
    rule, value = param.rule, plain(value)
    if rule.startswith("None or "):
        if value is None:
            return None
        rule = rule[8:]
    if rule == "a Schedule":
        return None if isinstance(value, Schedule) else "must be a Schedule"
    if rule.startswith("a list of "):
        return None if is_list_of(rule[10:], value, others or {}) else "must be " + rule
    if isinstance(param.step, tuple):
        return None if value in param.step else "must be one of " + ", ".join(str(c) for c in param.step)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "must be a number"
    if isinstance(param.step, int) and not isinstance(value, int):
        return "must be an integer"
    if not -1.7e308 < value < 1.7e308:      # nan, infinities, and integers that no float holds
        return "must be finite"
    return None if holds(rule, value, others or {}) else "must be " + param.rule


def holds(rule, value, others):
    """Whether the value lies within the limits, as in "> 0 and <= total_steps-decay_steps"."""
    for part in rule.split(" and ") if rule else ():
        sign, text = part.split(" ")
        try:
            limit = float(text)
        except ValueError:                  # other parameters: the first less the rest
            given = [others.get(name) for name in text.split("-")]
            if not all([isinstance(n, (int, float)) for n in given]):
                continue                    # not there, or wrong itself and told for itself
            limit = 2 * given[0] - sum(given)
        if not {">=": value >= limit, ">": value > limit, "<=": value <= limit, "<": value < limit}[sign]:
            return False
    return True


def is_list_of(kind, values, others):
    """Whether it is a list of such a kind, and as long as it has to be."""
    if not isinstance(values, (list, tuple)):
        return False
    kind, _, length = kind.partition(", ")
    other = others.get(length.split(" ")[-1])
    if isinstance(other, (list, tuple)) and len(values) != len(other) - (1 if length.startswith("one fewer") else 0):
        return False
    if kind == "Schedules":
        return len(values) > 0 and all([isinstance(v, Schedule) for v in values])
    ascending, whole, rule = kind.startswith("ascending"), "integers" in kind, kind[kind.index(">"):]
    item = Param("", None, None, None, 1 if whole else None, "", rule)
    return all([not breaks(item, v) for v in values]) and (not ascending or all([a <= b for a, b in zip(values, values[1:])]))


def plain(value):
    """Python's own number or list for numpy's and torch's; anything else as it is."""
    return value.tolist() if hasattr(value, "tolist") else value


def kept(value):
    """The value in plain numbers, a list as a copy that nobody else can change."""
    value = plain(value)
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def check_value(param, value, others=None):
    """Raise a ValueError of one sentence when the value is wrong for the parameter, given the others."""
    why = breaks(param, value, others)
    if why:
        raise ValueError(f"{param.name}: {param.note}, {why}, got {value!r}")


def check(formula, hyper):
    """Raise one sentence when hyper has an unknown name, lacks a needed one, or holds a wrong value."""
    if not callable(formula) or not hasattr(formula, "__name__"):
        raise TypeError(f"formula: a function f(t, base_lr, ...) -> lr, must be a function, got {formula!r}")
    title, facts = formula.__name__, card_of(formula)
    if facts and (facts.fold or facts.world):
        other = "a fold over metrics" if facts.fold else "a world"
        raise TypeError(f"formula: a function f(t, base_lr, ...) -> lr, must be a function of time, got {title}, {other}")
    code = getattr(formula, "__code__", None)
    if hasattr(code, "co_flags") and not code.co_flags & 4 and code.co_argcount < first_hyper(formula):      # 4: it takes *more
        raise TypeError(f"formula: a function f(t, base_lr, ...) -> lr, must take t and base_lr, got {title}")
    names, required = signature(formula)
    for name in hyper:
        if names is not None and name not in names:
            raise TypeError(f"{name}: unknown to {title}, which takes {', '.join(names) or 'no hyperparameters'}, got {hyper[name]!r}")
    for name in required:
        if name not in hyper:
            param = facts and facts.param(name)
            raise TypeError(f"{name}: {param.note if param else 'a parameter of ' + title}, must be given, got nothing")
    if facts:
        values = {p.name: hyper.get(p.name, p.default) for p in facts.params}
        for others in ({}, values):         # each by itself first, so that the one that is wrong is told
            for name in hyper:
                if facts.param(name):
                    check_value(facts.param(name), hyper[name], others)


class Schedule:
    """A formula with its hyperparameters fixed: a function of time.

    formula  a function f(t, base_lr, **hyper) -> lr
    hyper    its hyperparameters by name, checked here against the formula's card

    s(t) is the schedule for base_lr=1; s(t, base_lr) for any peak. Schedules print, compare and pickle.

    >>> from lrlearn import Schedule, cosine, warmup
    >>> s = Schedule(warmup, schedule=Schedule(cosine, T_max=90), warmup_steps=10)
    >>> s
    warmup(schedule=cosine(T_max=90), warmup_steps=10)
    >>> s(5, base_lr=0.1), s(10, base_lr=0.1)
    (0.05, 0.1)
    >>> Schedule(cosine, T_max=0)
    Traceback (most recent call last):
    ValueError: T_max: steps until the bottom, must be >= 1, got 0
    """

    def __init__(self, formula, **hyper):
        hyper = {name: kept(value) for name, value in hyper.items()}
        check(formula, hyper)
        self.formula, self.hyper = formula, hyper

    def __call__(self, t, base_lr=1.0):
        return self.formula(t, base_lr, **self.hyper)

    def __repr__(self):
        facts = card_of(self.formula)       # the card's order: MicroPython's dicts have none
        names = [p.name for p in facts.params if p.name in self.hyper] if facts else sorted(self.hyper)
        held = ", ".join([n + "=" + repr(self.hyper[n]) for n in names])
        return f"{self.formula.__name__}({held})"

    def __eq__(self, other):
        return isinstance(other, Schedule) and self.formula == other.formula and self.hyper == other.hyper

    def __hash__(self):
        return hash((self.formula.__name__, tuple(sorted(self.hyper))))     # not the values: 0 == 0.0, but they print apart


def short(number):
    """A float as text, without the digits that rounding leaves; MicroPython's repr has some.

    >>> short(0.1 * 3), short(2.0), short(1e-12)
    ('0.3', '2.0', '1e-12')
    """
    text = "%.12g" % number
    return text if any([sign in text for sign in ".en"]) else text + ".0"           # e: 1e-12, n: inf and nan


def curve(schedule, steps, base_lr=1.0):
    """The learning rates of updates 0 to steps - 1, as a list.

    >>> from lrlearn import Schedule, cosine, curve
    >>> curve(Schedule(cosine, T_max=4), 5)
    [1.0, 0.8535533905932737, 0.5, 0.14644660940672627, 0.0]
    """
    if isinstance(schedule, Schedule):      # the formula itself, since a call less is a third of the time
        formula, hyper = schedule.formula, schedule.hyper
        return [formula(t, base_lr, **hyper) for t in range(steps)]
    return [schedule(t, base_lr) for t in range(steps)]


def area(schedule, steps, base_lr=1.0):
    """The mean learning rate of updates 0 to steps - 1 as a fraction of the highest: 1.0 for a constant.

    It explains most of what one shape does better than another: more area is more learning, at the same peak.

    >>> from lrlearn import Schedule, area, linear
    >>> area(Schedule(linear, total_iters=4), 4)
    0.625
    """
    lrs = curve(schedule, steps, base_lr)
    return sum(lrs) / steps / (max(lrs) or 1.0)


# How often a hyperparameter fits into a picture: what ends a curve once, what repeats a few times.
SPANS = {"T_max": 1, "total_iters": 1, "total_steps": 1, "step_size": 4, "step_size_up": 8, "T_0": 3, "timescale": 4,
         "cooldown_steps": 3, "anneal_steps": 5}


def span(schedule):
    """Updates until nothing new comes, from the hyperparameters that count steps; 0 when none does.

    >>> from lrlearn import Schedule, constant, cosine, warmup
    >>> span(Schedule(warmup, schedule=Schedule(cosine, T_max=90), warmup_steps=10)), span(Schedule(constant))
    (100, 0)
    """
    return span_of(schedule.hyper)


def span_of(hyper):
    """The same for hyperparameters by name."""
    hyper = {name: value for name, value in hyper.items() if value is not None}
    longest = max([times * hyper[name] for name, times in SPANS.items() if name in hyper] + [0])
    children = [hyper["schedule"]] if "schedule" in hyper else list(hyper.get("schedules", ()))
    starts = [hyper.get("warmup_steps", 0)] + list(hyper.get("milestones", ()))
    if not children:
        return max(longest, int(1.25 * starts[-1]))
    starts += [0] * (len(children) - len(starts))           # chained: all begin at once
    return max([longest] + [start + span(child) for start, child in zip(starts, children) if isinstance(child, Schedule)])
