"""The published recipes: each has a source of the bibliography and a place in it, and what it says fits together."""
import json
import re
from pathlib import Path

import pytest

from lrlearn import Schedule
from lrlearn.recipes import CUTS, recipe, recipes

BOOK = Path(__file__).parents[1] / "book"
KEYS = re.findall(r"^@\w+\{([^,]+),", (BOOK / "references.bib").read_text(), re.M)
ROWS = recipes()
PLANS = [row for row in ROWS if row.schedule]


def test_names_are_unique_and_found():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names) > 50 and set(CUTS) <= set(names)
    assert all(recipe(name) == row for name, row in zip(names, ROWS))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_has_a_source_a_place_and_a_peak(row):
    assert row.source in KEYS and row.locus and 1e-7 <= row.base_lr <= 1
    assert row.floor is None or 0 <= row.floor <= 1


@pytest.mark.parametrize("row", PLANS, ids=lambda row: row.name)
def test_each_schedule_climbs_to_the_peak_and_ends_at_the_floor(row):
    assert isinstance(row.schedule, Schedule)
    top = row.warmup or 0
    assert row.schedule(top, row.base_lr) == pytest.approx(row.base_lr)
    if top:
        assert row.schedule(0, row.base_lr) < 0.01 * row.base_lr and row.schedule(top / 2, row.base_lr) == pytest.approx(row.base_lr / 2, rel=0.01)
    assert row.schedule(row.updates, row.base_lr) == pytest.approx(row.floor * row.base_lr, abs=1e-15)


@pytest.mark.parametrize("name, percent", [
    ("GPT-3 175B", 0.125), ("LLaMA 65B", 0.57), ("Llama 3 405B", 0.67), ("BERT", 1), ("Pythia 12B", 1), ("MAE ViT-L", 5),
])
def test_the_shares_of_the_warm_ups(name, percent):
    row = recipe(name)
    assert 100 * row.warmup / row.updates == pytest.approx(percent, abs=0.005)


@pytest.mark.parametrize("family, sizes, powers", [
    ("GPT-3", "125M 350M 760M 1.3B 2.7B 6.7B 13B 175B", [6, 3, 2.5, 2, 1.6, 1.2, 1, 0.6]),
    ("LLaMA", "7B 13B 33B 65B", [3, 3, 1.5, 1.5]),
    ("Llama 3", "8B 70B 405B", [3, 1.5, 0.8]),
])
def test_the_peaks_of_a_family(family, sizes, powers):
    assert [recipe(f"{family} {size}").base_lr for size in sizes.split()] == [pytest.approx(p * 1e-4) for p in powers]


def test_rates_that_go_with_the_batch_are_those_of_the_batch_named():
    mae = recipe("MAE ViT-L")
    assert mae.base_lr == pytest.approx(1.5e-4 * 4096 / 256) and mae.batch == "4096 images"
    assert recipe("DeiT-B").base_lr == 5e-4 and recipe("DeiT-B").batch == "512 images"


def test_t5_is_one_over_the_root():
    t5 = recipe("T5")
    assert [t5.schedule(n, t5.base_lr) for n in (0, 9999, 10_000, 250_000)] == [pytest.approx(max(n, 10_000) ** -0.5) for n in (0, 9999, 10_000, 250_000)]


@pytest.mark.parametrize("call, sentence", [
    (lambda: recipe("GPT-9"), "name: the model, must be one of GPT-3 125M, "),
    (lambda: recipes("magic"), "kind: the kind of training, must be one of pre-training, images, continued, fine-tuning, low rank, got 'magic'"),
])
def test_errors_are_one_sentence(call, sentence):
    with pytest.raises(ValueError) as error:
        call()
    assert str(error.value).startswith(sentence) and "\n" not in str(error.value)


def test_the_figure_of_the_chapter_draws_these_rows():
    cells = json.loads((BOOK / "recipes.ipynb").read_text())["cells"]
    page = {}
    for cell in cells:
        source = "".join(cell["source"])
        if "RUNS = [" in source or "def share(run" in source:
            exec(source, page)
    assert len(page["RUNS"]) > 10
    for run in page["RUNS"]:
        row = recipe(run[0])
        assert run[1] == row.base_lr
        for u in (0, 0.004, 0.01, 0.03, 0.3, 0.8, 0.95, 1):
            assert page["share"](run, u) == pytest.approx(row.schedule(u * row.updates, row.base_lr) / row.base_lr, abs=3e-3)
