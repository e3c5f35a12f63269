"""What large trainings were done with, as published: peaks, warm-ups and falls with their sources, kept as data."""
import json
from collections import namedtuple
from functools import cache
from pathlib import Path

from .core import Schedule
from .schedules.constant import constant
from .schedules.cosine import cosine
from .schedules.inverse_sqrt import inverse_sqrt
from .schedules.joining import sequential
from .schedules.polynomial import linear
from .schedules.step_decay import multistep_decay
from .schedules.warmup import warmup

CUTS = {                                    # name -> when the rate is cut, and the factor of each cut
    "DeepSeek LLM 7B": ([1600, 1800], 0.1**0.5), "DeepSeek LLM 67B": ([1600, 1800], 0.1**0.5),
    "Wide ResNet": ([60, 120, 160], 0.2),
}
T5_LEVEL = 10_000                           # updates for which T5's rate stands still

Recipe = namedtuple("Recipe", "name kind base_lr batch unit updates warmup fall floor source locus schedule")


def recipes(kind=None):
    """The published recipes, a list of Recipes; all of them, or those of one kind.

    kind  "pre-training", "images", "continued", "fine-tuning" or "low rank"; None for all

    A Recipe has: name; kind; base_lr, the peak; batch, as text, "" where it was not seen; unit, in which time is
    counted ("update", "million tokens", "billion tokens", "epoch" or "percent"); updates, the length of the training in
    that unit; warmup, that of the climb; fall, a word; floor, the last rate as a fraction of the peak; source, a key of
    the bibliography; locus, where it stands there; schedule, a Schedule over time in that unit. updates, warmup, fall,
    floor and schedule are None where they were not seen.

    >>> len(recipes("continued")), recipes("continued")[0].base_lr
    (2, 0.0003)

    Raises ValueError for an unknown kind.
    Source: the papers and repositories that each row names.
    """
    rows = everything()
    kinds = list(dict.fromkeys(row.kind for row in rows))
    if kind is not None and kind not in kinds:
        raise ValueError(f"kind: the kind of training, must be one of {', '.join(kinds)}, got {kind!r}")
    return [row for row in rows if kind in (None, row.kind)]


def recipe(name):
    """The recipe of one model, a Recipe.

    name  as in recipes(), such as "GPT-3 175B"

    >>> bert = recipe("BERT")
    >>> bert.schedule
    warmup(schedule=linear(total_iters=990000, end_factor=0.0), warmup_steps=10000)
    >>> bert.warmup / bert.updates, round(bert.schedule(505_000, bert.base_lr), 8)
    (0.01, 5e-05)

    Raises ValueError for an unknown name.
    Source: the papers and repositories that each row names.
    """
    found = {row.name: row for row in recipes()}
    if name not in found:
        raise ValueError(f"name: the model, must be one of {', '.join(found)}, got {name!r}")
    return found[name]


@cache
def everything():
    """All Recipes, read once."""
    return [made(**row) for row in json.loads(Path(__file__).with_suffix(".json").read_text())]


def made(start, bottom, **row):
    """A Recipe of a row of the file. start is the first rate as a fraction of the peak, bottom the time of the floor."""
    falls, end = row["updates"], bottom or row["updates"]
    plan = falls and plan_of(row["name"], row["fall"], row["base_lr"], end - (row["warmup"] or 0), row["floor"])
    if plan and row["warmup"]:
        more = dict(start_factor=start) if start else {}
        plan = Schedule(warmup, schedule=plan, warmup_steps=row["warmup"], **more)
    return Recipe(schedule=plan or None, **row)


def plan_of(name, fall, base_lr, steps, floor):
    """The Schedule after the warm-up, which reaches its floor after so many steps."""
    if fall == "cosine":
        return Schedule(cosine, T_max=steps, eta_min=floor * base_lr)
    if fall == "linear":
        return Schedule(linear, total_iters=steps, end_factor=floor)
    if fall == "cuts":
        milestones, gamma = CUTS[name]
        return Schedule(multistep_decay, milestones=milestones, gamma=gamma)
    level = Schedule(constant)
    if fall == "root":
        root = Schedule(inverse_sqrt, timescale=T5_LEVEL)
        return Schedule(sequential, schedules=[level, root], milestones=[T5_LEVEL])
    return level
