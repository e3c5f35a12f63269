"""A language of sums: text that is made here, and a network that guesses its next character."""
import torch
from torch.nn.functional import one_hot

from ..core import Param, check_value
from .tasks import Task

CHARACTERS = "0123456789+=\n"
WINDOW = Param("window", 1, 12, 8, 1, "characters that the network sees", ">= 1")


def arithmetic(window=8, batch_size=32):
    r"""Sums of two numbers from 10 to 49, such as 12+34=46, one a line: guess the next character from the last ones.

    window      characters that the network sees, an integer >= 1; from 8 on it can know everything that there is to know
    batch_size  characters to guess in one update, an integer >= 1; or a list of integers, those of each update in turn, of
                which the last one holds

    The network has layers 13 window-64-32-13: each character it sees is one of 13 inputs that is 1. There are 1600 sums,
    four fifths to learn from, the rest to validate; a sum and the one with its numbers swapped stand on the same side.

    The validation loss is in nats per character. Guessing all 13 alike costs log(13) = 2.565. The floor is 0.820: the
    numbers of a sum cannot be known beforehand, which costs log(1600) a line, while the rest of its 9 characters can be
    worked out. Between them lies what is learnt: first where signs and line ends stand, then to add. 600 updates reach
    about 1.13.

    >>> task = arithmetic()
    >>> task
    arithmetic: 11574 to learn from, 2826 to validate; layers 104-64-32-13, batches of 32
    >>> "".join(CHARACTERS[c] for c in task.y_val[:18])
    '17+15=32\n17+44=61\n'
    >>> from math import log
    >>> round(log(13), 3), round(log(1600) / 9, 3)
    (2.565, 0.82)

    Raises ValueError of one sentence for a window or a batch size that is none.
    Not to be confused with a benchmark of reasoning: it is a text with known entropy, small enough for seconds.
    """
    check_value(WINDOW, window)
    train, validation = (guesses(text, window) for text in texts())
    return Task("arithmetic", train, validation, (len(CHARACTERS) * window, 64, 32, len(CHARACTERS)), batch_size)


def texts():
    """The text to learn from and the one to validate, in an order that is random and always the same."""
    numbers = torch.Generator().manual_seed(0)

    def shuffled(things):
        return [things[i] for i in torch.randperm(len(things), generator=numbers)]

    pairs = shuffled([(a, b) for a in range(10, 50) for b in range(a, 50)])
    cut = len(pairs) * 4 // 5
    for part in (pairs[:cut], pairs[cut:]):
        sums = shuffled([(a, b) for a, b in part] + [(b, a) for a, b in part if a != b])
        yield "".join(f"{a}+{b}={a + b}\n" for a, b in sums)


def guesses(text, window):
    """(x, y): the window before each character of the text, which begins after line ends only, and that character."""
    codes = torch.tensor([CHARACTERS.index(c) for c in "\n" * window + text])
    seen = codes[:-1].unfold(0, window, 1)
    return one_hot(seen, len(CHARACTERS)).double().flatten(1), codes[window:]
