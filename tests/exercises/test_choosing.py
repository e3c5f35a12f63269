"""The exercises on choosing: the answers are those of the chapter's race and guide, and of the frameworks' arithmetic."""
import math

import pytest

from lrlearn import Schedule, cosine, warmup
from lrlearn.exercises import choosing as ex
from lrlearn.worlds import advise, climb, total_steps


@pytest.mark.parametrize("samples, batch_size, epochs, share", [(1000, 32, 3, 0.1), (10, 3, 5, 0.25), (1_281_167, 1024, 90, 0.1)])
def test_the_numbers_are_the_calculator_s_and_the_guide_s(samples, batch_size, epochs, share):
    total, warm, rest = ex.numbers(samples, batch_size, epochs, share)
    assert total == total_steps(samples, batch_size, epochs=epochs) and warm + rest == total
    if share == 0.1:
        assert warm == climb(total, "a transformer", "AdamW")
        assert advise("known", total, "a transformer") == Schedule(warmup, schedule=Schedule(cosine, T_max=rest), warmup_steps=warm)


def test_the_number_of_updates_is_that_of_a_loader():
    from torch.utils.data import DataLoader

    for samples, batch_size in ((1000, 32), (100, 8), (64, 64), (33, 32)):
        assert ex.numbers(samples, batch_size, 1, 0.0)[0] == len(DataLoader(range(samples), batch_size))


def run_of(warm, decay):
    """The trainer's function with these settings."""
    found = {"math": math}
    exec(ex.SCRIPT, found)
    found.update(warmup_iters=warm, lr_decay_iters=decay)
    return found["get_lr"]


def test_the_script_stays_at_its_peak_and_the_cure_falls():
    get_lr = run_of(*ex.as_it_stands(5000))
    assert 0.999 * 6e-4 < get_lr(4999) <= 6e-4
    get_lr = run_of(*ex.settings(5000))
    assert get_lr(499) < get_lr(500) == 6e-4 and get_lr(5000) == pytest.approx(6e-5) and get_lr(4999) < 6.001e-5


@pytest.mark.parametrize("settings, at", [(ex.end_without_the_climb, 4501), (ex.end_after_the_run, 5000)])
def test_the_end_counts_the_climb(settings, at):
    low = run_of(*settings(5000))(at)
    assert (low == 6e-5) == (settings is ex.end_without_the_climb)


@pytest.mark.parametrize("answer, state, mistake", [
    (["s1", "s2", "s2", "s3", "s1", "s1", "s4", "s5", "s5", "s2"], "right", None),
    (["s1", "S2", "s2", " s2", "s1", "s1", "S4", "s5", "s1", "s2"], "right", None),
    (["s1"] * 10, "not yet", "cosine everywhere"),
    (["s1", "s2", "s2", "s3", "s1", "s1", "s4", "s1", "s5", "s3"], "not yet", None),
    (["s1", "s2"], "not yet", None),
])
def test_typical_picks(answer, state, mistake):
    outcome = ex.pick.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_any_word_of_a_row_is_right():
    for place, row in enumerate(ex.ADMISSIBLE):
        for word in row:
            answer = ex.situations()
            answer[place] = word
            assert ex.pick.check(answer).state == "right"


@pytest.mark.parametrize("answer, state, mistake", [
    (lambda n: [min(n // 10, 2000), n], "right", None), (lambda n: (n // 10 if n < 20_000 else 2000, n), "right", None),
    (lambda n: [2000, n], "not yet", "only the end"), (lambda n: [n // 10, n], "not yet", "a tenth always"),
    (lambda n: [min(n // 10, 2000), n - min(n // 10, 2000)], "not yet", "end without the climb"),
])
def test_typical_settings(answer, state, mistake):
    outcome = ex.find_the_bug.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome
