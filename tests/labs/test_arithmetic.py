"""The sums: their text, its split, its entropy, and what a network makes of it."""
from math import log

import pytest
import torch

from lrlearn import Schedule, cosine
from lrlearn.labs import arithmetic, train
from lrlearn.labs.arithmetic import CHARACTERS, guesses, texts

TASK = arithmetic()


def test_every_sum_stands_once_is_right_and_on_one_side():
    train_text, val_text = texts()
    sides = []
    for text in (train_text, val_text):
        assert text.endswith("\n") and set(text) == set(CHARACTERS)
        pairs = []
        for line in text.splitlines():
            numbers, total = line.split("=")
            a, b = map(int, numbers.split("+"))
            assert a + b == int(total) and len(line) == 8 and 10 <= min(a, b) and max(a, b) <= 49
            pairs.append((a, b))
        sides.append(set(pairs))
        assert len(sides[-1]) == len(pairs) and pairs != sorted(pairs)
    assert len(sides[0] | sides[1]) == 1600 and not sides[0] & {(b, a) for a, b in sides[1]}
    assert len(sides[0]) / 1600 == pytest.approx(0.8, abs=0.01)
    assert list(texts()) == [train_text, val_text]


def test_a_row_is_the_window_before_its_label():
    x, y = guesses("12+34=46\n", window=3)
    assert x.shape == (9, 39) and x.dtype == torch.float64 and y.dtype == torch.int64
    assert "".join(CHARACTERS[c] for c in y) == "12+34=46\n"
    seen = ["".join(CHARACTERS[c] for c in row.view(3, 13).argmax(-1)) for row in x]
    assert seen == ["\n\n\n", "\n\n1", "\n12", "12+", "2+3", "+34", "34=", "4=4", "=46"]
    assert (x.view(9, 3, 13).sum(-1) == 1).all() and set(x.unique().tolist()) == {0.0, 1.0}


def test_the_floor_is_what_one_who_can_add_would_reach():
    """The loss of the right odds for every character, given the eight before it: uniform numbers, then their sum."""
    x, y = TASK.x_val.view(-1, 8, 13).argmax(-1), TASK.y_val
    cost = 0.0
    for row, label in zip(x.tolist(), y.tolist()):
        line = "".join(CHARACTERS[c] for c in row).rsplit("\n")[-1]
        if len(line) in (0, 3):
            cost += log(4)                  # a first digit, 1 to 4
        elif len(line) in (1, 4):
            cost += log(10)
        else:
            a, b = int(line[:2]), int(line[3:5] or 0)
            assert f"{a}+{b}={a + b}\n"[len(line)] == CHARACTERS[label]
    assert cost / len(y) == pytest.approx(log(1600) / 9, rel=1e-12) and round(log(1600) / 9, 3) == 0.820


def test_it_learns_more_than_the_shape_of_a_line():
    run = train(TASK, Schedule(cosine, T_max=600), base_lr=0.2)
    assert log(1600) / 9 < run.val_loss < 1.2
    # The odds of each place on the line, learnt without adding, cost this much.
    places = TASK.y.view(-1, 9)
    odds = torch.stack([torch.bincount(column, minlength=13) for column in places.T]) / len(places)
    no_sums = -odds[torch.arange(9), TASK.y_val.view(-1, 9)].log().mean().item()
    assert no_sums > run.val_loss + 0.05
    stack = [torch.stack(w) for w in zip(TASK.model(0), TASK.model(1))]
    losses, _ = TASK.evaluate(stack)
    assert losses.tolist() == pytest.approx([TASK.evaluate(TASK.model(seed))[0].item() for seed in (0, 1)], rel=1e-12)


def test_the_window_decides_the_width():
    assert arithmetic(window=3, batch_size=64).sizes == (39, 64, 32, 13) and arithmetic(3, 64).batch_size == 64
    assert repr(TASK) == "arithmetic: 11574 to learn from, 2826 to validate; layers 104-64-32-13, batches of 32"
    for wrong, why in ((0, "must be >= 1"), (2.5, "must be an integer")):
        with pytest.raises(ValueError, match=f"^window: characters that the network sees, {why}, got {wrong}$"):
            arithmetic(window=wrong)
