"""The exercises of the chapter on watching a training: what they say of the gallery, torch and transformers is held against them."""
import inspect
import re

import pytest
import torch
from torch.optim.lr_scheduler import LambdaLR

from lrlearn.exercises import monitoring as ex
from lrlearn.labs.gallery import GALLERY

CASES = {"inputs not scaled": "unscaled", "stepped per epoch": "per epoch", "bad batch": "spike", "optimizer replaced": "replaced",
         "plan over early": "too early", "never falls": "never falls"}


def smooth(losses, beta=0.9):
    mean, out = 0.0, []
    for t, loss in enumerate(losses):
        mean = beta * mean + (1 - beta) * loss
        out.append(mean / (1 - beta ** (t + 1)))
    return out


# -- six patients -----------------------------------------------------------------------------------

def test_the_patients_numbers_are_those_of_the_gallery():
    rows = re.findall(r"^(?:[A-F] |  ) *(?:loss|scheduler|optimizer) +(.*)$", ex.six_patients.text, re.M)
    times = [0, 40, 120, 200, 240, 319]
    for k, word in enumerate(ex.diagnoses()):
        curve = GALLERY[CASES[word]]()
        for row, numbers in zip(rows[3 * k:3 * k + 3], (smooth(curve.losses), curve.logged, curve.lrs)):
            said = row.split()
            digits = [len(number.split(".")[1]) for number in said]
            assert said == [f"{numbers[t]:.{n}f}" for t, n in zip(times, digits)], (word, row, [numbers[t] for t in times])


def test_the_words_of_the_statement_are_the_words_asked_for():
    assert set(re.findall(r'`"(.*?)"`', ex.six_patients.text)) == set(ex.WORDS) >= set(ex.diagnoses())
    assert ex.six_patients.check([word.upper() + " " for word in ex.diagnoses()]).state == "right"
    assert ex.six_patients.check(tuple(ex.diagnoses())).state == "right"


# -- the solutions are the field's ------------------------------------------------------------------

def test_the_ratio_is_that_of_torch_s_norms():
    for before, after in [case for cases in ex.update_ratio.cases.values() for case in cases]:
        a, b = torch.tensor([before, after], dtype=torch.float64)
        assert ex.ratio(before, after) == pytest.approx(((b - a).norm() / a.norm()).item(), rel=1e-12)


def test_readers_ratios_pass():
    import numpy as np

    assert ex.update_ratio.check(lambda a, b: np.linalg.norm(np.subtract(b, a)) / np.linalg.norm(a)).state == "right"
    assert ex.update_ratio.check(lambda a, b: torch.dist(torch.tensor(b), torch.tensor(a)) / torch.tensor(a).norm()).state == "right"


def test_readers_loggers_pass():
    def with_if(entries, t, groups):
        for k in range(len(groups)):
            name = "lr/" + (groups[k]["name"] if "name" in groups[k] else str(k))
            if name not in entries:
                entries[name] = []
            entries[name] = entries[name] + [(t, groups[k]["lr"])]

    assert ex.logger.check(with_if).state == "right"


def test_the_delay_is_counted():
    for share in (0.2, 0.5, 0.63, 0.9):
        for beta in (0.6, 0.9, 0.99):
            mean, n = 0.0, 0
            while mean < share:
                mean, n = beta * mean + (1 - beta), n + 1
            assert ex.updates_until(share, beta) == n
    assert ex.updates_until(0.5, 0.9) == 7 and ex.updates_until(0.5, 0.99) == 69


def in_torch(answer, lrs, plan):
    """What an answer logs with torch's own optimizer and scheduler, and the rates that the updates used."""
    optimizer = torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs])
    used = []
    optimizer.register_step_pre_hook(lambda *_: used.extend(group["lr"] for group in optimizer.param_groups))
    scheduler = LambdaLR(optimizer, lambda t: plan[min(t, len(plan) - 1)])
    return answer(optimizer, scheduler, len(plan)), used


@pytest.mark.filterwarnings("ignore:Detected call of")
@pytest.mark.parametrize("answer", [ex.logged, ex.as_found, *ex.find_the_bug.mistakes], ids=lambda f: f.__name__)
def test_the_loop_of_the_exercise_does_what_torch_s_does(answer):
    for [training] in [case for cases in ex.find_the_bug.cases.values() for case in cases]:
        plan, lrs = training.plan, training.base
        entries, used = in_torch(answer, lrs, plan)
        assert [*entries, "used", *used] == ex.play_logged(answer, ex.Training(lrs, plan))
        assert (entries == used == [lr * factor for factor in plan for lr in lrs]) == (
            answer is ex.logged or answer is ex.still_the_first_group and len(lrs) == 1)


def test_transformers_reads_the_rate_before_the_step_now():
    from transformers import Trainer

    loop = next(source for name, method in vars(Trainer).items() if inspect.isfunction(method)
                and "self.lr_scheduler.step()" in (source := inspect.getsource(method)) and "optimizer.step()" in source)
    before = loop.index("learning_rate = self._get_learning_rate()")
    assert loop.index("self.optimizer.step()") < before < loop.index("self.lr_scheduler.step()")
    assert "get_last_lr()[0]" in inspect.getsource(Trainer._get_learning_rate)          # group 0 only, still


def test_what_the_chapter_says_of_lightning_and_fastai():
    from fastai.learner import Recorder
    from lightning.pytorch.callbacks import LearningRateMonitor

    assert "on_train_batch_start" in vars(LearningRateMonitor)
    assert "for pg, name in zip(param_groups, names)" in inspect.getsource(LearningRateMonitor)
    assert "self.opt.hypers[-1]['lr']" in inspect.getsource(Recorder)
