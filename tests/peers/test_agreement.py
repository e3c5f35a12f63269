"""Every formula and every class of lrlearn.pytorch is as close to its peers as lrlearn/agreement.json says."""
import json
import re

import pytest

from lrlearn import CARDS, FOLDS
from lrlearn.peers import agreement as kept
from tests.peers import agreement
from tests.peers.__main__ import write_agreement
from tests.peers.agreement import ROWS, TOLERANCE, Row, difference, entry, label, within

KEPT = {(row.framework, row.ours, row.theirs): row.within for row in kept()}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.framework}-{row.name}-{label(row)}")
def test_they_agree(row):
    largest = difference(row)
    assert largest <= TOLERANCE[row.framework]
    filed = KEPT[row.framework, row.ours, row.theirs]
    assert filed / 11 < within(largest) < filed * 11, "python -m tests.peers writes the file anew"


def test_the_file_has_the_same_rows():
    assert [row._asdict() for row in kept()] == [entry(row, filed.within) for row, filed in zip(ROWS, kept(), strict=True)]
    assert len(KEPT) == len(ROWS)


def test_the_comparison_can_fail():
    def torch(ours, theirs, steps):
        return difference(Row("torch", "", ours, theirs, steps))

    assert torch("cosine(T_max=T)", "CosineAnnealingLR(optimizer, T)", "T + 1") < 1e-11
    assert torch("cosine(T_max=T)", "CosineAnnealingLR(optimizer, T)", "T + 2") > 1e-3            # the seam: it rises again
    assert torch("cosine(T_max=T + 1)", "CosineAnnealingLR(optimizer, T)", "T + 1") > 1e-3
    assert torch("one_cycle(total_steps=9)", "OneCycleLR(optimizer, peak, 9)", "11") == float("inf")      # it raises
    for row in list(agreement.FOUND):
        if row not in ROWS:
            del agreement.FOUND[row]


def test_a_power_of_ten_above():
    assert [within(x) for x in (0.0, 1e-17, 1e-16, 2e-16, 1e-7, 9e-8)] == [1e-16, 1e-16, 1e-16, 1e-15, 1e-7, 1e-7]


def test_every_name_on_a_card_is_held_against_its_peer():
    formulas = {framework: set(re.findall(r"(\w+)\(",
        " ".join(row.ours for row in ROWS if row.framework == framework))) for framework in TOLERANCE}
    missing = [(name, framework) for cards in (CARDS, FOLDS) for name, card in cards.items() for framework in card.names
               if name not in formulas[framework]]
    assert missing == []


def test_every_class_that_bears_a_name_of_torchs_is_held_against_it():
    from torch.optim import lr_scheduler

    import lrlearn.pytorch as ours

    shared = set(ours.__all__) & set(lr_scheduler.__all__) - {"LRScheduler"}
    assert len(shared) == 15
    assert {row.name for row in ROWS if row.ours.startswith("lrlearn.pytorch.")} == shared


def test_the_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "agreement.json"
    path.write_text("before")
    monkeypatch.setattr(agreement, "ROWS", ROWS[:2])
    monkeypatch.setattr(agreement, "difference", lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_agreement(path)
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]
    monkeypatch.setattr(agreement, "difference", lambda row: 3e-16)
    write_agreement(path)
    assert json.loads(path.read_text()) == [entry(row, 1e-15) for row in ROWS[:2]] and list(tmp_path.iterdir()) == [path]
