"""The exercises on step decay: what they and the chapter say is held against torch and the frameworks."""
from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from math import ceil

import numpy as np
import pytest
import torch
from torch.optim.lr_scheduler import MultiStepLR

from lrlearn import multistep_decay
from lrlearn.exercises import step_decay as ex
from tests.peers import from_keras, from_timm, from_torch


def cases(exercise):
    return [case for stage in exercise.cases.values() for case in stage]


# -- the solutions are the field's ------------------------------------------------------------------


def test_the_count_is_the_package_s_own_and_torch_s():
    for case in cases(ex.count):
        assert ex.my_multistep(*case) == multistep_decay(*case)
    for plan in ([30], [3, 6, 7], [2, 4, 4], []):
        theirs = from_torch.rates(f"MultiStepLR(optimizer, {plan}, 0.3)", 40, lr=0.8)
        assert [ex.my_multistep(t, 0.8, plan, 0.3) for t in range(40)] == pytest.approx(theirs, rel=1e-12)


def test_the_shares_are_those_of_the_recipes():
    resnet, wide, gamma = ex.shares()
    assert resnet == pytest.approx(multistep_decay(63_999, 1.0, [32_000, 48_000], 0.1))
    assert wide == pytest.approx(multistep_decay(199, 1.0, [60, 120, 160], 0.2))
    assert [multistep_decay(t, 1.0, [80, 90], gamma) for t in (80, 90)] == pytest.approx([0.316, 0.1], abs=5e-4)


@pytest.mark.parametrize("epochs, examples, batch_size", [([2, 4], 10, 4), ([1, 3], 8, 4), ([2], 3, 8)])
def test_both_programs_use_the_same_rates(epochs, examples, batch_size):
    def rates(milestones, per_update):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        scheduler, used = MultiStepLR(optimizer, milestones, 0.1), []
        loader = torch.utils.data.DataLoader(range(examples), batch_size=batch_size)
        for _ in range(6):
            for _ in loader:
                used.append(optimizer.param_groups[0]["lr"])
                optimizer.step()
                if per_update:
                    scheduler.step()
            if not per_update:
                scheduler.step()
        return used

    wanted = rates(epochs, per_update=False)
    assert rates(ex.in_updates(epochs, examples, batch_size), per_update=True) == wanted
    for mistake in ex.convert.mistakes:
        other = mistake(epochs, examples, batch_size)
        if other != ex.in_updates(epochs, examples, batch_size) and all(isinstance(m, int) for m in other):
            assert rates(other, per_update=True) != wanted, mistake.__name__


@pytest.mark.parametrize("base_lr, milestones, gamma", cases(ex.to_keras))
def test_keras_uses_the_rates_that_the_play_computes(base_lr, milestones, gamma):
    n = max(milestones) + 3
    for answer in (ex.for_keras, *ex.to_keras.mistakes):
        boundaries, values = answer(base_lr, milestones, gamma)
        theirs = from_keras.rates(f"keras.optimizers.schedules.PiecewiseConstantDecay({boundaries}, {values})", n)
        assert ex.play_keras(answer, base_lr, milestones, gamma) == pytest.approx(theirs, rel=1e-6), answer.__name__
    ours = [multistep_decay(t, base_lr, milestones, gamma) for t in range(n)]
    assert ex.play_keras(ex.for_keras, base_lr, milestones, gamma) == ours


def script(text):
    """Run the very text of the exercise and return what was plotted and the rates of the thirty epochs."""
    model, plotted, used = torch.nn.Linear(1, 1), [], []
    exec(text, dict(SGD=torch.optim.SGD, model=model, plot=plotted.extend,
                    train_one_epoch=lambda model, optimizer: used.append(optimizer.param_groups[0]["lr"])))
    return plotted, used


def test_the_script_uses_the_rates_of_the_solution():
    plotted, used = script(ex.SCRIPT)
    at = (0, 1, 15, 16, 29)
    assert [used[t] for t in at] == pytest.approx(ex.rates_used())
    assert [plotted[t] for t in at] == pytest.approx(ex.as_plotted())


def test_the_script_with_one_bug_mended_uses_what_the_mistakes_say():
    at, unplotted = (0, 1, 15, 16, 29), ex.SCRIPT.replace("plot([stairs(epoch) for epoch in range(30)])", "")
    assert [script(unplotted)[1][t] for t in at] == pytest.approx(ex.only_late())
    loop = ex.SCRIPT.splitlines()
    assert loop[-2].strip() == "train_one_epoch(model, optimizer)"
    on_time = "\n".join(loop[:-2] + [loop[-1], loop[-2]])
    assert [script(on_time)[1][t] for t in at] == pytest.approx(ex.only_changed())


def test_a_function_mends_both_bugs():
    loop = ex.SCRIPT.splitlines()
    text = "\n".join(loop[:-2] + [loop[-1], loop[-2]]).replace("stairs = Stairs([15, 25], gamma=0.5, base_lr=0.4)", "")
    text = text.replace("stairs(epoch)", "my_multistep(epoch, 0.4, [15, 25], 0.5)")
    assert "stairs(" not in text.split("return self.lr")[1]
    plotted, used = [], []
    exec(text, dict(SGD=torch.optim.SGD, model=torch.nn.Linear(1, 1), plot=plotted.extend, my_multistep=ex.my_multistep,
                    train_one_epoch=lambda model, optimizer: used.append(optimizer.param_groups[0]["lr"])))
    assert plotted == used and sorted(set(used)) == [0.1, 0.2, 0.4]


# -- what the words say of a framework --------------------------------------------------------------


def test_keras_cuts_one_late_and_timm_one_early_as_the_mistakes_say():
    late = from_keras.rates("keras.optimizers.schedules.PiecewiseConstantDecay([3, 6], [1.0, 0.1, 0.01])", 9)
    assert [ex.one_late(t, 1.0, [3, 6]) for t in range(9)] == pytest.approx(late, rel=1e-6)
    early = from_timm.rates("MultiStepLRScheduler(optimizer, decay_t=[3, 6], decay_rate=0.1)", 9)
    assert [ex.one_early(t, 1.0, [3, 6]) for t in range(9)] == pytest.approx(early)


def test_timm_s_step_scheduler_does_not_fall_by_default_and_transformers_has_none():
    import transformers

    assert from_timm.rates("StepLRScheduler(optimizer, decay_t=2)", 9) == [1.0] * 9
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    for name in ("step", "step_decay", "multistep", "multi_step", "step_with_warmup"):
        with pytest.raises(ValueError, match="is not a valid SchedulerType"):
            transformers.get_scheduler(name, optimizer, 0, 10)


# -- answers as readers write them ------------------------------------------------------------------


def with_bisect(t, base_lr, milestones, gamma=0.1):
    return base_lr * gamma ** bisect_right(milestones, t)


def with_a_loop(t, base_lr, milestones, gamma=0.1):
    lr = base_lr
    for milestone in milestones:
        if t >= milestone:
            lr *= gamma
    return lr


def with_a_counter(t, base_lr, milestones, gamma=0.1):
    return base_lr * gamma ** sum(n for m, n in Counter(milestones).items() if m <= t)


def with_numpy(t, base_lr, milestones, gamma=0.1):
    return base_lr * gamma ** np.count_nonzero(np.array(milestones) <= t)


def with_a_filter(t, base_lr, milestones, gamma=0.1):
    return base_lr * gamma ** len([m for m in milestones if not t < m])


def keras_by_products(base_lr, milestones, gamma):
    return [m - 1 for m in milestones], list(accumulate([base_lr] + [gamma] * len(milestones), lambda a, b: a * b))


def updates_by_range(epochs, examples, batch_size):
    n = len(range(0, examples, batch_size))
    return [n * e for e in epochs]


@pytest.mark.parametrize("exercise, answer", [
    (ex.count, with_bisect), (ex.count, with_a_loop), (ex.count, with_a_counter), (ex.count, with_numpy),
    (ex.count, with_a_filter),
    (ex.to_keras, keras_by_products), (ex.to_keras, lambda b, ms, g: (np.array(ms) - 1, [b * g**k for k in range(len(ms) + 1)])),
    (ex.convert, updates_by_range), (ex.convert, lambda es, n, b: np.array(es) * -(-n // b)),
    (ex.convert, lambda es, n, b: [e * ceil(n / b) for e in es]),
    (ex.recipes, (0.01, 0.008, 0.316)), (ex.recipes, [1 / 100, 1 / 125, 0.1**0.5]), (ex.recipes, [0.01, 0.008, 0.3162]),
    (ex.find_the_bug, [0.3, 0.1, 0.1, 0.05, 0.025]), (ex.find_the_bug, (0.3, 0.1, 0.1, 0.05, 0.4 / 16)),
], ids=lambda v: getattr(v, "__name__", None))
def test_right_in_other_words(exercise, answer):
    assert exercise.check(answer).state == "right"


@pytest.mark.parametrize("exercise, answer, mistake", [
    (ex.count, multistep_decay, "the package's own function"),
    (ex.count, lambda t, b, ms, g=0.1: b * g ** bisect_right(sorted(set(ms)), t), "twice counts once"),
    (ex.count, lambda t, b, ms, g=0.1: b * g ** len([m for m in ms if m < t]), "one late"),
    (ex.count, lambda t, b, ms, g=0.1: b * g if t in ms else b, "only at the milestone"),
    (ex.convert, lambda es, n, b: [e * n / b for e in es], "not rounded"),
    (ex.convert, lambda es, n, b: [e * round(n / b) for e in es], "rounded to the nearest"),
    (ex.convert, lambda es, n, b: [e * int(n / b) for e in es], "the last batch dropped"),
    (ex.to_keras, lambda b, ms, g: (ms, [b * g**k for k in range(len(ms) + 1)]), "the same milestones"),
    (ex.recipes, [0.1, 0.2, 0.316], "each cut from the peak"), (ex.find_the_bug, [0.4, 0.4, 0.2, 0.2, 0.1], "as plotted"),
], ids=lambda v: getattr(v, "__name__", None))
def test_typical_mistakes(exercise, answer, mistake):
    outcome = exercise.check(answer)
    assert (outcome.state, outcome.mistake) == ("not yet", mistake), outcome


def test_a_class_that_changes_itself_is_seen_to_remember():
    class Stairs:
        def __init__(self):
            self.seen = {}

        def __call__(self, t, base_lr, milestones, gamma=0.1):
            key = base_lr, tuple(milestones), gamma
            self.seen[key] = self.seen.get(key, base_lr) * gamma ** milestones.count(t)
            return self.seen[key]

    said = ex.count.check(Stairs())
    assert said.state == "not yet"


def test_a_wrong_number_of_values_is_told_as_keras_tells_it():
    said = ex.to_keras.check(lambda b, ms, g: ([m - 1 for m in ms], [b] * len(ms)))
    assert said.state == "not yet" and "Keras wants one value more than boundaries" in said.text


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["count", "recipes", "convert", "to_keras", "find_the_bug"]
