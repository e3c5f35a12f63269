"""race: stacked runs against single ones, pairing, what it says and draws."""
import base64
import io
import json
import sys
from math import inf, nan
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient
from scipy import stats

import lrlearn
from lrlearn import Schedule, constant, cosine
from lrlearn.labs import Race, Run, digits, race, train
from lrlearn.labs.beyond_torch import LAMB, LARS, ScheduleFreeSGD
from lrlearn.labs.optimizers import SGD, Adam, RMSprop
from lrlearn.labs.race import TOGETHER, blocks

matplotlib.use("agg")
TASK = digits(label_noise=0.2)
COSINE, CONSTANT = Schedule(cosine, T_max=600), Schedule(constant)


def blow(t, base_lr, at):
    return 1e200 if t == at else base_lr


def made(losses):
    """A Race from made-up validation losses: name -> one a seed, or name -> base_lr -> one a seed; inf diverged."""
    runs = []
    for name, by_peak in losses.items():
        for base_lr, values in (by_peak if isinstance(by_peak, dict) else {0.1: by_peak}).items():
            for seed, value in enumerate(values):
                accuracy = 0.0 if value == inf else 0.9
                runs.append(Run(name, base_lr, seed, [2.0, 1.0], [base_lr] * 2, value, accuracy, value == inf))
    return Race(TASK, runs)


# -- the runs ---------------------------------------------------------------------------------------


def test_each_run_of_a_race_is_the_run_of_train():
    schedules = {"cosine": COSINE, "constant": CONSTANT, "blow": Schedule(blow, at=200)}
    r = race(TASK, schedules, base_lrs=[0.1, 0.4], seeds=[0, 5, 2], steps=600)
    assert len(r.runs) == 18 and [run.seed for run in r.runs[:3]] == [0, 5, 2]
    assert (r.names, r.base_lrs, r.seeds) == (["cosine", "constant", "blow"], [0.1, 0.4], [0, 5, 2])
    for run in r.runs:
        if run.seed == 2:
            continue
        alone = train(TASK, schedules[run.name], run.base_lr, steps=600, seed=run.seed)
        near = 1e-10 if run.base_lr <= 0.1 else 1e-8
        assert run.losses == pytest.approx(alone.losses, abs=near) and run.lrs == alone.lrs
        assert run.val_loss == pytest.approx(alone.val_loss, abs=near) and run.val_accuracy == alone.val_accuracy
        assert run.diverged == alone.diverged == (run.name == "blow")


def test_one_diverging_seed_leaves_the_others_alone():
    class Trap(type(TASK)):
        """The digits, but one seed begins with weights that overflow."""

        def model(self, seed):
            return [w * 1e160 if seed == 1 else w for w in super().model(seed)]

    trap = Trap("trap", (TASK.x, TASK.y), (TASK.x_val, TASK.y_val), TASK.sizes)
    r = race(trap, {"cosine": COSINE}, base_lrs=[0.1], seeds=3, steps=40)
    calm = race(trap, {"cosine": COSINE}, base_lrs=[0.1], seeds=[0, 2], steps=40)
    assert [run.diverged for run in r.runs] == [False, True, False] and r.runs[1].losses == []
    assert [r.runs[0], r.runs[2]] == calm.runs


def test_a_race_and_a_run_stop_when_all_is_lost():
    taken = []

    class Counted(type(TASK)):
        """The digits, and a list of every batch that was taken."""

        def batches(self, seed, steps):
            for batch in super().batches(seed, steps):
                taken.append(seed)
                yield batch

    counted = Counted("counted", (TASK.x, TASK.y), (TASK.x_val, TASK.y_val), TASK.sizes)
    r = race(counted, {"blow": Schedule(blow, at=3)}, base_lrs=[0.1], seeds=2)
    assert all(run.diverged for run in r.runs) and len(taken) < 20
    taken.clear()
    assert train(counted, Schedule(blow, at=3), base_lr=0.1).diverged and len(taken) < 10


def test_seeds_are_paired_and_results_come_twice():
    schedules = {"cosine": COSINE, "again": Schedule(cosine, T_max=600), "constant": CONSTANT}
    before, races = torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            races.append(race(TASK, schedules, base_lrs=[0.1], seeds=3, steps=60))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert races[0].runs == races[1].runs
    one, again, other = (races[0].of(name) for name in races[0].names)
    assert [run[2:] for run in one] == [run[2:] for run in again]
    assert [run.losses[0] for run in one] == [run.losses[0] for run in other]      # same weights, same batch
    assert len({run.losses[0] for run in one}) == 3


@pytest.mark.parametrize("ours, torchs", [(Adam, torch.optim.Adam), (RMSprop, torch.optim.RMSprop), (SGD, torch.optim.SGD)])
def test_another_optimizer_moves_a_stack_as_it_moves_one_run(ours, torchs):
    r = race(TASK, {"cosine": Schedule(cosine, T_max=60), "constant": CONSTANT}, base_lrs=[0.001, 0.01], seeds=2, steps=60, optimizer=ours)
    for run in r.runs:
        schedule = Schedule(cosine, T_max=60) if run.name == "cosine" else CONSTANT
        alone = train(TASK, schedule, run.base_lr, steps=60, seed=run.seed, optimizer=torchs)
        assert run.losses == pytest.approx(alone.losses, abs=1e-9) and run.val_loss == pytest.approx(alone.val_loss, abs=1e-9)
    assert r.val_losses("constant", 0.01).tolist() != race(TASK, [CONSTANT], [0.01], 2, 60).val_losses("constant()").tolist()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40))
def test_stacks_hold_every_run_once_and_leave_work_for_two_cores(arms, seeds):
    found = blocks(list(range(arms)), list(range(seeds)))
    assert sorted((a, s) for some, of in found for a in some for s in of) == [(a, s) for a in range(arms) for s in range(seeds)]
    assert all(len(some) * len(of) <= TOGETHER for some, of in found)
    assert len(found) >= min(2, arms * seeds)


def test_an_interrupted_race_gives_up_what_has_not_begun(monkeypatch):
    begun, module = [], sys.modules["lrlearn.labs.race"]

    def interrupted(task, arms, seeds, make):
        begun.append(seeds)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "together", interrupted)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with pytest.raises(KeyboardInterrupt):
            race(TASK, {"a": COSINE}, [0.1], seeds=1000, steps=2)
        assert torch.get_num_threads() == 1 and len(begun) < 20
    finally:
        torch.set_num_threads(before)


def test_a_list_of_schedules_is_named_by_repr():
    r = race(TASK, [COSINE, CONSTANT], base_lrs=np.array([0.1, 0.1]), seeds=range(1), steps=2, momentum=0.0)
    assert r.names == ["cosine(T_max=600)", "constant()"] and r.base_lrs == [0.1] and r.seeds == [0]
    assert repr(r) == f"Race(2 schedules x 1 peaks x 1 seeds on {TASK})"


@pytest.mark.parametrize("make", [np.array, torch.tensor, lambda lrs: list(map(np.float64, lrs))], ids=["numpy", "torch", "list"])
def test_peaks_and_seeds_of_any_make_become_pythons(make):
    r = race(TASK, [CONSTANT], base_lrs=make([0.125, 0.25, 0.125]), seeds=np.arange(2), steps=1)
    assert repr((r.base_lrs, r.seeds)) == "([0.125, 0.25], [0, 1])" and len(r.runs) == 4


def holes(t, base_lr, value):
    return value if t == 3 else base_lr


def divides(t, base_lr):
    return base_lr / (3 - t)


MOVES = "optimizer: what moves the weights, must be a function of (weights, lr) that gives one of lrlearn.labs.optimizers, "
MEANING = "schedules: what to race, must be a dict name -> Schedule or a list of Schedules, at least one, "


@pytest.mark.parametrize("change, error, message", [
    ({"task": "mnist"}, TypeError, "task: what to learn, must be a Task such as digits(), got 'mnist'"),
    ({"schedules": {}}, ValueError, MEANING + "got {}"),
    ({"schedules": COSINE}, ValueError, MEANING + "got cosine("),
    ({"schedules": [COSINE, COSINE]}, ValueError, "schedules: what to race, must differ from each other, got [cosine("),
    ({"schedules": {"mine": cosine}}, TypeError, "mine: what to train with, must be a Schedule such as"),
    ({"schedules": [Schedule(holes, value=nan)]}, ValueError, "holes(value=nan): the learning rate at update 3, must be finite"),
    ({"schedules": {"mine": Schedule(holes, value=-1)}}, ValueError, "mine: the learning rate at update 3, must be >= 0, got -1"),
    ({"schedules": {"mine": Schedule(divides)}}, ValueError, "mine: the learning rate at update 3, must be a number, got Zero"),
    ({"base_lrs": []}, ValueError, "base_lrs: the peaks to try, must be a list of at least one learning rate, got []"),
    ({"base_lrs": 0.1}, ValueError, "base_lrs: the peaks to try, must be a list of at least one learning rate, got 0.1"),
    ({"base_lrs": [0.1, -0.1]}, ValueError, "base_lr: the learning rate at the peak, must be >= 0, got -0.1"),
    ({"base_lrs": [[0.1]]}, ValueError, "base_lr: the learning rate at the peak, must be a number, got [0.1]"),
    ({"seeds": 0}, ValueError, "seeds: how many seeds, or a list of them, must be >= 1, got 0"),
    ({"seeds": []}, ValueError, "seeds: how many seeds, or a list of them, must be at least one and each once, got []"),
    ({"seeds": [1, 1]}, ValueError, "seeds: how many seeds, or a list of them, must be at least one and each once, got [1"),
    ({"seeds": [0.5]}, ValueError, "seed: the number that decides weights, label noise and batches, must be an integer, got"),
    ({"steps": 0}, ValueError, "steps: updates in one run, must be >= 1, got 0"),
    ({"optimizer": LARS}, TypeError, MOVES + "got LARS"),
    ({"optimizer": LAMB}, TypeError, MOVES + "got LAMB"),
    ({"optimizer": ScheduleFreeSGD}, TypeError, MOVES + "got ScheduleFreeSGD"),
    ({"optimizer": torch.optim.Adam}, TypeError, MOVES + "got Adam"),
    ({"optimizer": "adam"}, TypeError, MOVES + "got TypeError: 'str' object is not callable"),
    ({"momentum": -0.1}, ValueError, "momentum: the share of the last update that goes on, must be >= 0 and < 1, got -0.1"),
])
def test_wrong_arguments_are_told_before_the_first_run(change, error, message, monkeypatch):
    monkeypatch.setattr(sys.modules["lrlearn.labs.race"], "together", lambda *args: pytest.fail("it ran"))
    with pytest.raises(error) as caught:
        race(**({"task": TASK, "schedules": {"cosine": COSINE}, "base_lrs": [0.1]} | change))
    assert str(caught.value).startswith(message) and "\n" not in str(caught.value)


# -- what it says -----------------------------------------------------------------------------------

SEEDS = np.random.default_rng(0).normal(0, 0.05, 8)            # what a seed gives to every schedule alike
SMALL = np.random.default_rng(1).normal(0, 0.01, (4, 8))


def test_a_clear_difference_and_none():
    r = made({"a": 0.3 + SEEDS + SMALL[0], "b": 0.3 + SEEDS + SMALL[1], "c": 0.4 + SEEDS + SMALL[2]})
    lines = r.verdict().split("\n")
    best = min("ab", key=lambda name: r.val_losses(name).mean())
    other = "b" if best == "a" else "a"
    mean, sd = r.val_losses(best).mean(), r.val_losses(best).std(ddof=1)
    assert lines[0] == f"{best} has the lowest validation loss, {mean:.3f} ± {sd:.3f} over 8 seeds."
    assert lines[2].startswith(f"{other}: +0.0") and lines[2].endswith(", no difference beyond seed noise.")
    assert lines[3].startswith("c: +0.") and lines[3].endswith(", worse.") and len(lines) == 4
    # Against one that was chosen beforehand, a schedule may also be better.
    assert [line.split("), ")[1] for line in r.verdict("c").split("\n")[2:]] == ["better.", "better."]
    assert repr(r.verdict()) == str(r.verdict())


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0.01, 3), st.floats(0.01, 3)), min_size=2, max_size=12), st.integers(1, 20))
def test_the_interval_is_students_for_paired_seeds(pairs, comparisons):
    a, b = (np.array(column) for column in zip(*pairs))
    r = made({"a": a, "b": b})
    mean, low, high = r.difference("a", "b", comparisons)
    wanted = stats.ttest_rel(a, b).confidence_interval(1 - 0.05 / comparisons) if np.ptp(a - b) > 1e-9 else (mean, mean)
    assert mean == pytest.approx((a - b).mean(), abs=1e-12)
    assert (low, high) == pytest.approx(tuple(wanted), abs=1e-6)
    # Pairing: luck that a seed gives to both changes nothing.
    luck = np.linspace(0, 5, len(pairs))
    assert made({"a": a + luck, "b": b + luck}).difference("a", "b", comparisons) == pytest.approx((mean, low, high), abs=1e-6)


def test_a_race_of_equals_seldom_finds_a_loser():
    numbers, false = np.random.default_rng(0), {"verdict": 0, "against": 0, "plain": 0}
    for _ in range(300):
        r = made({name: 0.3 + 0.02 * numbers.standard_normal(8) for name in "abcdef"})
        false["verdict"] += "worse" in r.verdict()
        false["against"] += "worse" in r.verdict("a") or "better" in r.verdict("a")
        best = min(r.names, key=lambda name: r.val_losses(name).mean())
        false["plain"] += any(r.difference(name, best)[1] > 0 for name in r.names if name != best)
    assert false["verdict"] / 300 < 0.08 and false["against"] / 300 < 0.08
    assert false["plain"] / 300 > 0.25          # why the intervals are wider than those of a single comparison


def test_each_schedule_is_judged_at_its_own_best_peak():
    a = {0.05: [0.5, 0.6], 0.1: [0.3, 0.4], 0.2: [0.2, inf]}
    r = made({"a": a, "b": {0.05: [0.7, 0.9], 0.1: [0.8, 0.9], 0.2: [0.9, 0.9]}})
    assert (r.best("a"), r.best("b")) == (0.1, 0.05)
    assert list(r.val_losses("a")) == [0.3, 0.4] and list(r.val_losses("a", 0.05)) == [0.5, 0.6]
    assert [row[:3] for row in r.table().rows] == [("a", "0.1", "0.350 ± 0.071"), ("b", "0.05", "0.800 ± 0.141")]
    assert r.table().head[1] == "best base_lr"
    assert r.verdict().startswith("a at base_lr 0.1 has the lowest validation loss, 0.350 ± 0.071 over 2 seeds.\n")
    assert r.verdict().endswith("\nBest at an end of the base_lrs tried, so a wider range may change this: b.")
    with pytest.raises(ValueError, match="^name: a schedule of this race, must be one of a, b, got 'c'$"):
        r.best("c")


@pytest.mark.parametrize("ask, argument", [
    (lambda r: r.verdict(against="zz"), "against"), (lambda r: r.difference("a", "zz"), "against"),
    (lambda r: r.difference("zz", "a"), "name"), (lambda r: r.of("zz"), "name"), (lambda r: r.of("zz", 0.1), "name"),
    (lambda r: r.val_losses("zz", 0.1), "name"), (lambda r: r.best("zz"), "name"), (lambda r: r.diverged("zz"), "name"),
])
def test_an_unknown_schedule_is_one_sentence(ask, argument):
    for losses in ({"a": [0.5, 0.6], "b": [0.7, 0.8]}, {"a": [0.5], "b": [0.7]}, {"a": [inf, inf], "b": [inf, inf]}):
        with pytest.raises(ValueError) as caught:
            ask(made(losses))
        assert str(caught.value) == f"{argument}: a schedule of this race, must be one of a, b, got 'zz'"


def test_an_unknown_peak_is_one_sentence():
    r = made({"a": {0.1: [0.5, 0.6], 0.2: [0.7, 0.8]}})
    for ask in (r.of, r.val_losses):
        with pytest.raises(ValueError) as caught:
            ask("a", 0.3)
        assert str(caught.value) == "base_lr: a peak of this race, must be one of 0.1, 0.2, got 0.3"


def test_races_put_together_keep_each_its_own_peaks():
    a, b = made({"a": {0.05: [0.5, 0.6], 0.1: [0.3, 0.4], 0.2: [0.4, 0.5]}}), made({"b": {1.0: [0.7, 0.9], 2.0: [0.8, 0.8]}})
    r = Race(TASK, a.runs + b.runs)
    assert (r.best("a"), r.best("b"), r.peaks("b"), r.base_lrs) == (0.1, 1.0, [1.0, 2.0], [0.05, 0.1, 0.2, 1.0, 2.0])
    assert "Best at an end" not in r.verdict() and "b at base_lr 1: +0.450" in r.verdict()
    with pytest.raises(ValueError, match="^base_lr: a peak of this race, must be one of 1.0, 2.0, got 0.1$"):
        r.of("b", 0.1)
    for runs in (a.runs + made({"b": [0.5]}).runs, a.runs + a.runs, a.runs[:-1]):
        with pytest.raises(ValueError, match="^runs: those of a race, must have the same seeds for each schedule and peak"):
            Race(TASK, runs)


def test_diverged_runs_count_as_worst_and_are_never_nan():
    all_lost = [inf, inf, inf]
    a, b = {0.1: [0.5, 0.6, 0.7], 0.2: all_lost}, {0.1: [0.1, inf, 0.1], 0.2: all_lost}
    r = made({"a": a, "b": b, "c": {0.1: all_lost, 0.2: [inf, 0.1, inf]}})
    assert r.best("c") == 0.2
    assert r.table().rows[1:] == [("b", "0.1", "diverged", "diverged", "1 of 3"), ("c", "0.2", "diverged", "diverged", "2 of 3")]
    lines = r.verdict().split("\n")
    assert lines[0].startswith("a at base_lr 0.1 has the lowest")
    assert lines[2:] == ["b at base_lr 0.1: 1 of 3 runs diverged, worse.", "c at base_lr 0.2: 2 of 3 runs diverged, worse."]
    assert "nan" not in repr(r.table()) + r.table()._repr_html_() + r.verdict()
    with pytest.raises(ValueError, match="^b: a schedule to compare, must not diverge, got 1 of 3$"):
        r.difference("a", "b")
    lost = made({"a": [inf, 0.1], "b": [inf, inf]})
    assert lost.verdict() == "Every schedule diverged in some run at every base_lr: try smaller ones."


def test_one_seed_tells_nothing():
    r = made({"a": [0.5], "b": [0.6], "c": [inf]})
    assert r.verdict().split("\n") == [
        "a has the lowest validation loss, 0.500 over 1 seed.",
        "One seed tells nothing about seed noise: race more.",
        "c: 1 of 1 runs diverged, worse.",
    ]
    assert r.table().rows[0] == ("a", "0.1", "0.500", "0.900", "0 of 1")
    with pytest.raises(ValueError, match="^seeds: how many seeds, must be >= 2 for an interval, got 1$"):
        r.difference("a", "b")
    assert made({"a": [0.5, 0.6]}).verdict() == "a has the lowest validation loss, 0.550 ± 0.071 over 2 seeds."


def test_the_table_as_text_and_html():
    table = made({"a": [0.5, 0.6], "a <b> & c": [0.25, 0.25]}).table()
    assert repr(table).split("\n") == [
        "schedule   base_lr  validation loss  accuracy  diverged",
        "a              0.1    0.550 ± 0.071     0.900    0 of 2",
        "a <b> & c      0.1    0.250 ± 0.000     0.900    0 of 2",
    ]
    html = table._repr_html_()
    assert html.count("<tr>") == 3 and html.count("<th") - html.count("<thead") == 5 and html.count("<td") == 10
    assert "a &lt;b&gt; &amp; c" in html and "<b>" not in html


# -- pictures ---------------------------------------------------------------------------------------


def test_the_picture_of_validation_losses():
    r = made({"a": [0.5, 0.6, 0.7], "b": [0.1, inf, 0.1], "c": [inf, inf, inf]})
    ax = r.plot()
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b", "c"] and ax.get_xlabel() == "validation loss (nats)"
    assert [text.get_text() for text in ax.texts] == ["1 of 3 diverged", "3 of 3 diverged"]
    assert list(ax.get_lines()[0].get_xdata()) == [0.5, 0.6, 0.7] and not ax.spines["top"].get_visible()
    (bar,) = ax.containers
    assert bar[0].get_xdata() == pytest.approx([0.6]) and bar[2][0].get_segments()[0][:, 0] == pytest.approx([0.5, 0.7])
    plt.close(ax.figure)


def test_the_picture_of_training_losses():
    r = race(TASK, {"cosine": COSINE, "blow": Schedule(blow, at=7)}, base_lrs=[0.1], seeds=3, steps=40)
    ax = r.plot("training")
    line = ax.get_lines()[0]
    running = np.array([np.convolve(run.losses, [0.5, 0.5], "valid") for run in r.of("cosine")])
    assert list(line.get_xdata()) == list(range(1, 40)) and line.get_ydata() == pytest.approx(running.mean(0))
    corners = ax.collections[0].get_paths()[0].vertices
    last = corners[corners[:, 0] == 39][:, 1]
    mean, sd = running.mean(0)[-1], running.std(0, ddof=1)[-1]
    assert (last.min(), last.max()) == pytest.approx((mean - sd, mean + sd))
    assert [text.get_text() for text in ax.texts] == ["cosine", "blow (3 of 3 diverged)"] and ax.get_xlabel() == "update t"
    plt.close(ax.figure)
    longer = race(TASK, {"longer": COSINE}, base_lrs=[0.1], seeds=3, steps=80)
    ax = Race(TASK, r.of("cosine") + longer.runs).plot("training")
    assert [len(line.get_xdata()) for line in ax.get_lines()] == [37, 77] and ax.get_lines()[1].get_xdata()[-1] == 79
    plt.close(ax.figure)
    with pytest.raises(ValueError, match="^what: the loss to draw, must be one of validation, training, peaks, got 'test'$"):
        r.plot("test")


def test_the_picture_over_the_peaks():
    r = made({"a": {0.1: [0.5, 0.6], 0.01: [0.7, 0.9], 1.0: [inf, 0.4]}, "b": {0.1: [0.8, 0.8]}})
    ax = r.plot("peaks")
    a, lost, b, none = ax.get_lines()
    assert list(a.get_xdata()) == [0.01, 0.1, 1.0] and list(a.get_ydata())[:2] == pytest.approx([0.8, 0.55])
    assert np.isnan(a.get_ydata()[2]) and list(lost.get_xdata()) == [1.0] and lost.get_marker() == "x"
    assert list(b.get_xdata()) == [0.1] and len(none.get_xdata()) == 0
    assert [text.get_text() for text in ax.texts] == ["a", "b"] and ax.get_xscale() == "log" and ax.get_xlabel() == "base_lr"
    corners = ax.collections[0].get_paths()[0].vertices
    at = corners[corners[:, 0] == 0.01][:, 1]
    assert (at.min(), at.max()) == pytest.approx((0.8 - 0.02**0.5, 0.8 + 0.02**0.5))
    plt.close(ax.figure)
    alone = made({"a": {0.1: [0.5], 0.01: [0.7]}}).plot("peaks")
    assert not alone.texts
    plt.close(alone.figure)


# -- how far it is ----------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("stream, progress, check, wanted", [
    (Terminal, True, "", True), (Terminal, False, "", False), (Terminal, True, "1", False), (io.StringIO, True, "", False),
])
def test_a_line_of_progress_only_where_someone_watches(stream, progress, check, wanted, monkeypatch, capsys):
    monkeypatch.setenv("LRLEARN_CHECK", check)
    monkeypatch.setattr(sys, "stderr", stream())
    race(TASK, {"a": COSINE, "b": CONSTANT, "c": Schedule(cosine, T_max=9)}, base_lrs=[0.1], seeds=1, steps=2, progress=progress)
    said = sys.stderr.getvalue()
    assert ("race: 1 of 3 done" in said) == wanted and capsys.readouterr().out == ""
    if wanted:
        assert "\n" not in said and said.endswith("\r\x1b[K")          # the line is gone at the end
    else:
        assert said == ""


def test_a_notebook_stores_no_progress_and_the_same_pictures_twice(monkeypatch):
    cells = [
        "from lrlearn import Schedule, constant, cosine, plot\nfrom lrlearn.labs import digits, race\nprint('stays')\n"
        "r = race(digits(), {'a': Schedule(cosine, T_max=9), 'b': Schedule(constant)}, [0.1], seeds=2, steps=9)\nr.verdict()",
        "r.table()", "ax = r.plot()", "ax = plot(Schedule(cosine, T_max=20))",
    ]

    def outputs():
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        here = {"metadata": {"path": str(Path(lrlearn.__file__).parents[1])}}
        NotebookClient(book, kernel_name="python3", resources=here).execute()
        return [[{key: out[key] for key in out if key != "execution_count"} for out in cell.outputs] for cell in book.cells]

    monkeypatch.setenv("LRLEARN_CHECK", "1")
    checked = outputs()
    monkeypatch.delenv("LRLEARN_CHECK")
    watched = outputs()
    # What someone watched is emptied; the book's own cleaning drops an output without data.
    assert [len(cell) for cell in checked] == [2, 1, 1, 1] and len(watched[0]) == 3 and watched[0][1]["data"] == {}
    watched[0].pop(1)
    assert json.dumps(watched) == json.dumps(checked)
    assert checked[0][0] == {"output_type": "stream", "name": "stdout", "text": "stays\n"}
    assert " has the lowest validation loss, " in checked[0][1]["data"]["text/plain"]
    assert set(checked[1][0]["data"]) == {"text/plain", "text/html"}
    for (out,) in checked[2:]:
        assert out["metadata"]["image/png"]["width"] < 700                  # sharp, shown at half its size
        assert b"Software" not in base64.b64decode(out["data"]["image/png"])  # nor matplotlib's version, which would change
