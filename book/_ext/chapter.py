"""Draft a chapter on a formula of lrlearn: ``python chapter.py NAME``, or ``make chapter name=NAME``.

The chapter runs and passes the tests as it is made; what its author has to write is marked by the word "draft". The texts
are those of the folder chapter/; the card fills them in. All files are written, or none.
"""
import inspect
import math
import os
import re
import sys
import textwrap
from pathlib import Path
from string import Template

import nbformat
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
TEXTS = Path(__file__).resolve().with_suffix("")
sys.path.insert(0, str(ROOT))

import outputs  # noqa: E402

import lrlearn as ll  # noqa: E402
from lrlearn.core import SPANS, Schedule, curve, signature  # noqa: E402
from lrlearn.show import example, share, source  # noqa: E402

PART = "Every schedule"                 # the part of the book to whose end a new chapter goes
LENGTH = 300                            # updates in the chapter's experiment, where the schedule can be made as long
FAR = 1e-3                              # mistakes are told apart by more than this share of the largest value


def checked(name):
    """The card of that name, when a chapter on it can be made; a ValueError of one sentence when not."""
    meaning = "name: the formula of the new chapter"
    if not name.isidentifier():
        raise ValueError(f"{meaning}, must be an identifier, got {name!r}")
    there = [path for path in files_of(name) if path.exists()]
    if there:
        raise ValueError(f"{meaning}, must not have one yet, got {name!r}, which has {there[0].relative_to(ROOT)}")
    card = ll.CARDS.get(name)
    if card is None:
        raise ValueError(f"{meaning}, must be one of lrlearn.CARDS, got {name!r}")
    if card.params[0].name != "base_lr":
        raise ValueError(f"{meaning}, must give a learning rate, got {name!r}, which gives {card.params[0].name}")
    return card


def files_of(name):
    """The new files of a chapter, and the text that each is made from."""
    return {
        ROOT / "lrlearn" / "exercises" / f"{name}.py": "exercises.txt",
        ROOT / "tests" / "exercises" / "grids" / f"{name}.py": "grids.txt",
        ROOT / "tests" / "exercises" / f"test_{name}.py": "test.txt",
        ROOT / "book" / f"{name}.ipynb": "chapter.md",
    }


# -- values as code ------------------------------------------------------------------------------------


def code(value, prefix=""):
    """A value as Python writes it; formulas of a Schedule with the prefix."""
    if isinstance(value, Schedule):
        held = "".join(f", {name}={code(v, prefix)}" for name, v in value.hyper.items())
        return f"Schedule({prefix}{value.formula.__name__}{held})"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(code(v, prefix) for v in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
    return repr(value).replace("'", '"')


def formulas_in(value):
    """The formulas of the Schedules in a value."""
    if isinstance(value, Schedule):
        return {value.formula}.union(*map(formulas_in, value.hyper.values()))
    return set().union(*map(formulas_in, value)) if isinstance(value, (list, tuple)) else set()


def wrapped(text, width, indent="    "):
    """Code broken at its blanks."""
    return textwrap.fill(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def imports(functions, held):
    """The import lines of the exercises: what the functions' own code names, and the Schedules of their arguments."""
    lines = {}

    def add(module, name):
        lines.setdefault(module, set()).add(name)

    def look(codes, module):
        for name in codes.co_names:
            thing = vars(module).get(name)
            if vars(math).get(name, module) is thing:
                add("math", name)
            elif thing is not None:
                add(".." + getattr(thing, "__module__", module.__name__).removeprefix("lrlearn."), name)
        for inner in codes.co_consts:
            if inspect.iscode(inner):
                look(inner, module)

    for function in functions:
        look(function.__code__, inspect.getmodule(function))
    for function in {*functions, *held}:
        add(".." + function.__module__.removeprefix("lrlearn."), function.__name__)
    if held:
        add("..core", "Schedule")
    found = sorted(lines.items(), key=lambda pair: (pair[0].startswith("."), pair[0]))
    text = [f"from {module} import {', '.join(sorted(names))}" for module, names in found]
    return "\n".join(text).replace("\nfrom ..", "\n\nfrom ..", 1) if "math" in lines else "\n".join(text)


# -- what the card says --------------------------------------------------------------------------------


def places(param, value):
    """Two other values of a hyperparameter, from its slider or its choices; [] when it has none."""
    if isinstance(param.step, tuple):
        return [choice for choice in param.step if choice != value]
    if param.lo is None:
        return []
    if param.step == "log":
        found = [(param.lo or 1e-6) ** (1 - x) * param.hi**x for x in (0.4, 0.7)]
    else:
        found = [param.lo + round((param.hi - param.lo) * x / param.step) * param.step for x in (0.2, 0.7)]
    whole = isinstance(param.step, int) or isinstance(param.default, int)
    return [round(v) if whole else float(f"{v:.2g}") for v in found]


def settings_of(card):
    """Tuples of hyperparameters: the example's first, then each parameter at other places of its slider."""
    hyper = {p.name: p.default for p in card.params[1:]}
    found = [hyper]
    for param in card.params[1:]:
        for value in places(param, hyper[param.name]):
            other = {**hyper, param.name: value}
            try:
                Schedule(card.formula, **other)
            except ValueError:                              # the rule looks at another parameter, too
                continue
            if other not in found:
                found.append(other)
    return [tuple(each.values()) for each in found]


def stretched(card):
    """(Schedule, updates) of the experiment: the card's example, as long as the experiment where one number says how long it is."""
    schedule, steps = example(card)
    ends = [name for name in schedule.hyper if SPANS.get(name) == 1]
    if len(ends) == 1:
        try:
            return Schedule(card.formula, **{**schedule.hyper, ends[0]: LENGTH}), LENGTH
        except ValueError:                                  # the rule wants another parameter to be longer, too
            pass
    return schedule, min(max(steps, 100), 600)


def times_of(steps, values):
    """Updates at which two curves are compared: the beginning, parts, what a list of updates names, the end, and after."""
    named = {t + k for value in values if isinstance(value, list) for t in value if isinstance(t, int) for k in (-1, 0)}
    return tuple(sorted({0, 1, 2, *(steps * k // 8 for k in range(1, 9)), *named, steps - 1, steps + 1, 2 * steps}))


def mistakes_of(card, settings, times):
    """The usual mistakes as (name, sentence, arguments of the solution), those alone that can be told apart."""
    names, values = [p.name for p in card.params[1:]], settings[0]
    given = ["t", "base_lr", *names]
    pool = [("counts_from_one", "You count the updates from one. The first update has `t` = 0.", {"t": "t + 1"}),
            ("peak_forgotten", "Nothing of yours depends on `base_lr`.", {"base_lr": "1.0"})]
    for name, value in zip(names, values):
        pool.append((f"{name}_forgotten", f"Nothing of yours depends on `{name}`.", {name: code(value)}))
    stages = [[(t, 0.1, *values) for t in times], [(t, 0.3, *rest) for t in times for rest in settings[1:]]]

    def curves(swap):
        def value(case):
            arguments = dict(zip(given, case))
            for name, text in swap.items():
                arguments[name] = arguments["t"] + 1 if name == "t" else 1.0 if name == "base_lr" else values[names.index(name)]
            return card.formula(*arguments.values())

        return [[value(case) for case in stage] for stage in stages]

    kept, seen = [], [curves({})]
    for mistake in pool:
        mine = curves(mistake[2])
        if all(apart(mine, other) for other in seen):
            kept.append((mistake[0], mistake[1], ", ".join(mistake[2].get(name, name) for name in given)))
            seen.append(mine)
    return kept


def apart(one, other):
    """Whether two lists of stages differ clearly, where they first differ at all."""
    for a, b in zip(one, other):
        if not a:
            continue
        largest, gap = max(map(abs, a + b)), max(abs(x - y) for x, y in zip(a, b))
        if gap > 1e-6 * largest:
            return gap > FAR * largest
    return False


def halves_of(rates):
    """Six updates, and for each whether its rate is "above" or "below" half of the highest; both words occur, and no rate is near it."""
    half = max(rates) / 2
    for parts, first in ((6, 1), (6, 0), (5, 0), (7, 0), (7, 1), (9, 0), (13, 0)):
        at = tuple((len(rates) - 1) * k // parts for k in range(first, first + 6))
        words = ["above" if rates[t] >= half else "below" for t in at]
        if len(set(words)) == 2 and len(set(at)) == 6 and min(abs(rates[t] - half) for t in at) > 0.01 * half:
            return at, words
    return None


def misreadings_of(words):
    """Lists that somebody might give for the words, as (name, sentence, list)."""
    other = {"above": "below", "below": "above"}
    half = len(words) // 2
    pool = [
        ("a_straight_line", "You take it for a straight line to zero. Is it one?", ["above"] * half + ["below"] * (len(words) - half)),
        ("other_way_round", "Your words are exchanged: look which of the two stands for at least half.", [other[w] for w in words]),
        ("one_place_late", "Your list is shifted by one place: the first word belongs to the first update.", words[:1] + words[:-1]),
        ("all_the_same", "The curve does not stay on one side of half its height.", [words[0]] * len(words)),
    ]
    kept = []
    for mistake in pool:
        if mistake[2] not in [words, *(k[2] for k in kept)]:
            kept.append(mistake)
    return kept


def functions(found, head, last):
    """The mistakes as functions."""
    return "\n\n\n".join(f'def {name}({head}):\n    """{said}"""\n    return {last(arguments)}' for name, said, arguments in found)


def listing(found):
    """Their names as the inside of a tuple, two at least."""
    return wrapped(", ".join(name for name, *_ in found), 108, " " * 8)


# -- the texts -----------------------------------------------------------------------------------------


def words_for(card):
    """What the texts leave open: name -> text."""
    name, settings = card.formula.__name__, settings_of(card)
    _, steps = example(card)
    schedule, length = stretched(card)
    times = times_of(steps, settings[0])
    known = mistakes_of(card, settings, times)
    head = str(inspect.signature(card.formula))[1:-1]
    rates = curve(Schedule(card.formula, **dict(zip(signature(card.formula)[0], settings[0]))), steps + 1)
    if halves_of(rates) is None:
        raise ValueError(f"name: the formula of the new chapter, must have an example that passes half of its highest rate, got {name!r}")
    at, halves = halves_of(rates)
    misread = misreadings_of(halves)
    held = formulas_in(settings[0])
    against, rival = ("linear", f"Schedule(ll.linear, total_iters={length})") if name == "constant" else ("constant", "Schedule(ll.constant)")
    call = f"my_{name}({head})"
    body = re.search(r"```python\n(.*)\n```", str(source(card.formula)), re.S)[1]
    shown = ", ".join(f"{p.name}={code(v)}" for p, v in zip(card.params[1:], settings[0]))
    lines = [f"        {code(rest)}," for rest in settings]
    return {
        "name": name, "title": card.title, "paper": card.paper, "against": against, "other": "a constant rate" if against == "constant" else "a line to zero",
        "steps": length, "schedule": wrapped(f"schedule = {code(schedule, 'll.')}", 74), "rival": f"rival = {rival}",
        "peaks": [0.02, 0.05, 0.1, 0.2] if card.params[0].default == 0.1 else [card.params[0].default * k for k in (0.5, 1, 2)],
        "stub": wrapped(f"def {call}:", 74, " " * 8) + "\n    ...", "call": call, "shown": f"{name}(t, base_lr, {shown})",
        "parameters": ", ".join(f"`{p.name}` ({p.note})" for p in card.params), "area": share(card),
        "frameworks": frameworks(card),
        "imports": imports([card.formula], held), "times": code(times), "solution": body.replace(f"def {name}(", f"def my_{name}(", 1),
        "mistakes": functions(known, head, lambda arguments: f"my_{name}({arguments})"), "known": listing(known),
        "example": code(settings[0])[1:-1].rstrip(","), "others": "\n".join("    " + line for line in lines[1:] or lines),
        "at": code(at), "places": ", ".join(map(str, at[:-1])) + f" and {at[-1]}", "halves": code(halves),
        "misreadings": functions(misread, "", code), "misread": listing(misread),
        "settings": "\n".join(line[4:] for line in lines),
        "grid_imports": f"from lrlearn import Schedule, {', '.join(sorted(f.__name__ for f in held))}\n" if held else "",
    }


def frameworks(card):
    """What the card says of other frameworks, as Markdown."""
    if not card.names:
        return ("The card names none of PyTorch, transformers, optax, Keras, timm, fastai and ignite for this schedule. "
                "`to_lambda` hands it to PyTorch's own `LambdaLR` all the same, as it does any schedule.")
    lines = ["Its names elsewhere, and where the book has seen a departure:", ""]
    for framework, called in card.names.items():
        seams = [sentence for where, sentence in card.seams if where == framework]
        lines.append(f"- {framework}: `{called}`." + "".join(f" {sentence[0].upper()}{sentence[1:]}" for sentence in seams))
    return "\n".join(lines) + "\n\n`to_lambda` hands the book's own to PyTorch's `LambdaLR`, as it does any schedule."


FENCE = re.compile(r"^```python ?([^\n]*)\n(.*?)\n```$", re.M | re.S)


def notebook(text, name):
    """The text of a page as a notebook: what stands between fences is code, the word after a fence a tag or an alt text."""
    cells, parts = [], FENCE.split(text)
    for i in range(0, len(parts), 3):
        if parts[i].strip():
            cells.append(nbformat.v4.new_markdown_cell(parts[i].strip()))
        if i + 1 < len(parts):
            cells.append(nbformat.v4.new_code_cell(parts[i + 2]))
            alt = re.fullmatch(r'alt="(.*)"', parts[i + 1])
            if alt:
                cells[-1].metadata["mystnb"] = {"image": {"alt": alt[1]}}
            elif parts[i + 1]:
                cells[-1].metadata["tags"] = [parts[i + 1]]
    for n, cell in enumerate(cells, 1):
        cell.id = f"{name.replace('_', '-')}-{n:02}"
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


def entries(card):
    """The files that name every chapter, with the new one in them: path -> text."""
    name, title = card.formula.__name__, card.title
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    before, last = re.search(rf"caption: {PART}\n    chapters:\n(?:      - file: .*\n)*(      - file: book/(\w+)\n)", toc).groups()
    changes = {
        "_toc.yml": (before, f"{before}      - file: book/{name}\n"),
        "README.md": (rf"\[[^]]*\]\(book/{last}\.ipynb\)", rf"\g<0>, [{title}](book/{name}.ipynb)"),
        "tests/coverage.json": (f'"{last}",', f'"{last}", "{name}",'),
        "book/teaching.md": (rf"(?<=\| )[^|\n]*\]\({last}\.ipynb\)(?= \|)", rf"\g<0>, [{title}]({name}.ipynb)"),
    }
    texts = {}
    for file, (pattern, new) in changes.items():
        text, done = re.subn(pattern, new, (ROOT / file).read_text(encoding="utf-8"), count=1)
        if not done:
            raise ValueError(f"{file}: the list of chapters, must name {last}, the last chapter of its part, got no such place")
        texts[ROOT / file] = text
    teaching = texts[ROOT / "book/teaching.md"]
    number = max(int(n) for n in re.findall(r"^(\d+)\. ", teaching, re.M)) + 1
    asked = f"{number}. *Draft.* Sketch `{name}` from memory, and say what each of its parameters does. ([{title}]({name}.ipynb))\n"
    texts[ROOT / "book/teaching.md"] = teaching.rstrip("\n") + "\n" + asked
    return texts


def make(name):
    """Write the chapter, run its notebook, and return the paths; leave everything as it was when something fails."""
    card = checked(name)
    fill = words_for(card)
    texts = {path: Template((TEXTS / form).read_text(encoding="utf-8")).substitute(fill) for path, form in files_of(name).items()}
    page = ROOT / "book" / f"{name}.ipynb"
    texts[page] = notebook(texts[page], name)
    texts |= entries(card)
    before = {path: path.read_text(encoding="utf-8") if path.exists() else None for path in texts}
    try:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        os.environ["LRLEARN_CHECK"] = "1"                   # explore then draws at both ends of every slider
        os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        outputs.run(page)
    except BaseException:
        for path, text in before.items():
            if text is None:
                path.unlink(missing_ok=True)
            else:
                path.write_text(text, encoding="utf-8")
        raise
    return list(texts)


def main(arguments):
    if len(arguments) != 1:
        sys.exit(f"name: the formula of the new chapter, must be given once, as in make chapter name=rex, got {' '.join(arguments) or 'nothing'}")
    try:
        paths = make(arguments[0])
    except (ValueError, CellExecutionError) as error:
        sys.exit(outputs.COLOUR.sub("", str(error)).strip())
    for path in paths:
        print(path.relative_to(ROOT))
    print('Next: write what the word "draft" marks, run make outputs NOTEBOOKS=book/%s.ipynb, and make test.' % arguments[0])


if __name__ == "__main__":
    main(sys.argv[1:])
