"""The exercises on recipes: the answers are those of the published rows, and of the formulas of the package and of PyTorch."""
import pytest

from lrlearn import Schedule, cosine, warmup
from lrlearn.exercises import recipes as ex
from lrlearn.recipes import recipe

CARDS = [("GPT-3 175B", 5e-4, 375 / 300_000, 0.1), ("Llama 3 405B", 8e-5, 8000 / 1.2e6, 0.1), ("BERT", 1e-4, 0.1, 0.0),
         ("Pythia 12B", 1.2e-4, 0.01, 0.1), ("QLoRA 65B", 2e-4, 0.0, 1.0)]


def test_the_wrong_numbers_are_those_that_differ_from_the_published_rows():
    found = []
    for name, *card in CARDS:
        row = recipe(name)
        facts = [row.base_lr, row.warmup / row.updates, row.floor]
        wrong = [f"s{i + 1}" for i, (a, b) in enumerate(zip(card, facts)) if a != pytest.approx(b)]
        found += wrong or ["s4"]
    assert found == ex.fields()


@pytest.mark.parametrize("name", ["GPT-3 175B", "Llama 3 405B", "BERT", "LLaMA 65B"])
def test_the_shares_are_those_of_the_rows(name):
    row = recipe(name)
    case = (375e6, "tokens", 300e9, "tokens", 1e6) if name == "GPT-3 175B" else (row.warmup, "updates", row.updates, "updates", 1)
    assert ex.warmup_share(*case) == pytest.approx(row.warmup / row.updates)
    if name == "LLaMA 65B":
        assert ex.warmup_share(2000, "updates", 1.4e12, "tokens", 4e6) == pytest.approx(row.warmup / row.updates)


@pytest.mark.parametrize("part", [0.1, 0.5, 1.0])
@pytest.mark.parametrize("W", [0, 10])
def test_going_on_is_a_warm_up_and_a_cosine(part, W):
    peak, floor = part * 0.1, 0.004
    plan = Schedule(warmup, schedule=Schedule(cosine, T_max=100 - W, eta_min=floor), warmup_steps=W, start_factor=floor / peak)
    for t in range(150):
        assert ex.continued(t, 0.1, 100, W, part, floor) == pytest.approx(plan(t, peak), rel=1e-12)


def test_going_on_is_torch_s_sequence():
    import torch
    from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.03)
    parts = [LinearLR(optimizer, start_factor=0.1, total_iters=10), CosineAnnealingLR(optimizer, T_max=40, eta_min=0.003)]
    scheduler = SequentialLR(optimizer, parts, milestones=[10])
    for t in range(51):
        assert scheduler.get_last_lr()[0] == pytest.approx(ex.continued(t, 0.1, 50, 10, 0.3, 0.003), rel=1e-9)
        optimizer.step()
        scheduler.step()


def test_the_cured_script_has_the_published_rate():
    mae = recipe("MAE ViT-L")
    assert ex.rate(1.5e-4, 64, 1, 64) == pytest.approx(mae.base_lr) and mae.batch == "4096 images"
    assert ex.rate(1.5e-4, 64, 1, 64) == pytest.approx(16 * ex.as_it_stands(1.5e-4, 64, 1, 64))


@pytest.mark.parametrize("exercise, answer, state, mistake", [
    (ex.wrong_numbers, ["s1", "S3", " s2", "s4", "s1"], "right", None),
    (ex.wrong_numbers, ["s4"] * 5, "not yet", "all is well"),
    (ex.wrong_numbers, ["s1", "s3"], "not yet", None),
    (ex.share, lambda w, a, n, b, batch: w * (1 if a == b else batch if a == "updates" else 1 / batch) / n, "right", None),
    (ex.share, lambda w, a, n, b, batch: w / n, "not yet", "ignores the units"),
    (ex.share, lambda w, a, n, b, batch: 100 * w / n, "not yet", "in percent"),
    (ex.go_on, lambda t, base_lr, T, W, part, floor: ex.continued(min(t, T), base_lr, T, W, part, floor), "right", None),
    (ex.go_on, lambda t, base_lr, T, W, part, floor: ex.continued(t, base_lr, T, W, 1, floor), "not yet", "to the old peak"),
    (ex.find_the_bug, lambda b, n, a, w: b / 256 * (n * a * w), "right", None),
    (ex.find_the_bug, lambda b, n, a, w: b * n * w / 256, "not yet", "forgets the accumulation"),
    (ex.find_the_bug, lambda b, n, a, w: b * n * a / 256, "not yet", "one machine"),
])
def test_typical_answers(exercise, answer, state, mistake):
    outcome = exercise.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome
