"""What the writers share: numbers as text, notes above a call, and the refusal."""
from ..core import card_of, short


class Unequal(ValueError):
    """Why a framework has no equal of a schedule."""


def demand(holds, why):
    if not holds:
        raise Unequal(why)


# MicroPython writes 0.085 as 0.08500000000000001; nobody gave these digits.
SLACK = 0.0 if repr(0.085) == "0.085" else 1e-15


def num(given):
    """A number that was given, as a float: some frameworks would count in integers from 1 on."""
    plain = short(given)
    return plain if abs(float(plain) - given) <= SLACK * abs(given) else repr(float(given))


def clean(computed):
    """A number that was computed, without the digits that rounding leaves: 0.1 * 3 is 0.3."""
    return float(f"{computed:.12g}")


def more(name, text, default):
    """One more argument, left out at its default."""
    return "" if text == default else ", " + name + "=" + text


def listed(texts):
    return "[" + ", ".join(texts) + "]"


def name_of(s):
    """The formula's name, "" for a reader's own."""
    return s.formula.__name__ if card_of(s.formula) else ""


def written(table, s, lr, *more):
    """(notes, call): what the table writes for the schedule."""
    rows = table[name_of(s)](lr, *more, **s.hyper).split("\n")
    return rows[:-1], rows[-1]


def with_notes(notes, call):
    """The call under its notes, each of them once."""
    return "\n".join([note for i, note in enumerate(notes) if note not in notes[:i]] + [call])
