"""The exercises of the chapter on joining: what they and the chapter say of the frameworks is held against them."""
import copy
import warnings

import pytest
import torch
from near import near
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LambdaLR, SequentialLR

from lrlearn import Schedule, constant, cosine, linear, piecewise_linear, repeat, sequential, warmup
from lrlearn.exercises import joining as ex
from lrlearn.pytorch import ScheduleLR
from tests.peers import from_fastai, from_ignite, from_keras, from_optax, from_torch


def made(source, **names):
    """An optimizer with lr=1, and the `scheduler` that the text makes for it."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    exec(source, {**vars(torch.optim.lr_scheduler), "optimizer": optimizer, **names}, names)
    return optimizer, names["scheduler"]


def driven(source, updates, **names):
    """The rates that the text's scheduler gives to the updates."""
    (optimizer, scheduler), used = made(source, **names), []
    for _ in range(updates):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return used


# -- the solutions are the field's ----------------------------------------------------------------

def test_joined_is_the_package_s_sequential():
    for cases in ex.one_after_the_other.cases.values():
        assert all(ex.joined(*case) == sequential(*case) for case in cases)


TORCHS = ("[LinearLR(optimizer, 0.25, 0.75, 5), CosineAnnealingLR(optimizer, 6), ExponentialLR(optimizer, 0.5)]", [4, 9])


def test_joined_is_torch_s_and_optax_s():
    wanted = [ex.joined(t, 1.0, [ex.LINE, ex.WAVE, ex.FALL], [4, 9]) for t in range(14)]
    assert near(wanted, from_torch.rates(f"SequentialLR(optimizer, {TORCHS[0]}, {TORCHS[1]})", 14), 1e-9)
    parts = "optax.linear_schedule(0.25, 0.75, 5), optax.cosine_decay_schedule(1.0, 6), optax.exponential_decay(1.0, 1, 0.5)"
    assert near(wanted, from_optax.rates(f"optax.join_schedules([{parts}], [4, 9])", 14), 1e-6)


def test_ignite_takes_durations_as_the_mistake_s_words_say():
    line, last = ["LinearCyclicalScheduler(optimizer, 'lr', %s)" % ends for ends in ("0.25, 0.75, 10", "1.0, 0.5, 20")]
    parts = f"[{line}, CosineAnnealingScheduler(optimizer, 'lr', 1.0, 0.0, 6), {last}]"
    theirs = from_ignite.rates(f"ConcatScheduler(schedulers={parts}, durations=[4, 5])", 12)
    end = Schedule(linear, total_iters=10, end_factor=0.5)
    assert near(theirs, [ex.durations(t, 1.0, [ex.LINE, ex.WAVE, end], [4, 5]) for t in range(12)], 1e-9)


def test_keras_changes_one_update_late():
    theirs = from_keras.rates("keras.optimizers.schedules.PiecewiseConstantDecay([3], [1.0, 0.5])", 7)
    assert theirs == [ex.one_update_late(t, 1.0, [constant, lambda t, b: b / 2], [3]) for t in range(7)]


JOIN = """\
climb = LinearLR(optimizer, start_factor=1e-12, total_iters=warmup_steps)
hold = ConstantLR(optimizer, factor=1.0)
fall = CosineAnnealingLR(optimizer, T_max=T_max)
scheduler = SequentialLR(optimizer, [climb, hold, fall], milestones=[first, second])
"""


@pytest.mark.parametrize("W, H, T", [(3, 4, 15), (9, 5, 30)])
@pytest.mark.parametrize("answer", [ex.plan, ex.the_whole_run, ex.the_hold_forgotten, ex.one_short], ids=lambda f: f.__name__)
def test_three_numbers_are_put_to_use_as_torch_does(answer, W, H, T):
    assert JOIN in ex.times_and_lengths.text
    first, second, T_max = answer(W, H, T)
    theirs = driven(JOIN, T + 1, warmup_steps=W, first=first, second=second, T_max=T_max)
    assert near(ex.play_plan(answer, W, H, T), theirs, 1e-9)
    assert (abs(theirs[-1]) < 1e-9) == (answer is ex.plan)


def test_the_chain_s_rates_are_torch_s():
    source = ex.CHAIN[ex.CHAIN.index("scheduler"):]
    theirs = driven(source, 14)
    assert [0.8 * theirs[2], 0.8 * theirs[12]] == pytest.approx(ex.rates(), rel=1e-9) and "lr=0.8" in ex.CHAIN
    lam = source.replace("ExponentialLR(optimizer, gamma=0.9)", "LambdaLR(optimizer, lambda t: 0.9**t)")
    theirs = driven(lam, 14)
    assert [0.8 * theirs[2], 0.8 * theirs[12]] == pytest.approx(ex.the_last_one_alone(), rel=1e-9)


def test_two_parts_that_meet_have_no_jump():
    for first, second, m in ((ex.LINE, ex.WAVE, 3), (ex.FALL, ex.LINE, 1)):
        at = first(m, 0.8)
        assert ex.meet(m, 0.8, first, second, m) == pytest.approx(at) != ex.the_jump_stays(m, 0.8, first, second, m)
        assert ex.meet(m + 2, 0.8, first, second, m) / at == pytest.approx(second(2) / second(0))


@pytest.mark.parametrize("W, s, g", [(4, 10, 0.5), (3, 5, 0.1), (12, 5, 0.5)])
def test_the_script_does_what_the_words_say(W, s, g):
    hyper = dict(warmup_steps=W, step_size=s, gamma=g)
    assert near(driven(ex.SCRIPT, 40, **hyper), [ex.as_it_stands(t, W, s, g) for t in range(40)], 1e-9)
    swapped = ex.SCRIPT.replace("[warm, drop]", "[drop, warm]")
    assert near(driven(swapped, 40, **hyper), [ex.the_cuts_lost(t, W, s, g) for t in range(40)], 1e-9)
    mended = [ex.factor(t, W, s, g) for t in range(40)]
    alone = "scheduler = LambdaLR(optimizer, lambda t: factor(t, warmup_steps, step_size, gamma))"
    assert near(driven(alone, 40, factor=ex.factor, **hyper), mended, 1e-9)
    line = "LinearLR(optimizer, 1 / warmup_steps, total_iters=warmup_steps - 1)"
    follows = ex.SCRIPT.replace("LambdaLR(optimizer, lambda t: min(1.0, (t + 1) / warmup_steps))", line)
    assert follows != ex.SCRIPT and near(driven(follows, 40, **hyper), mended, 1e-9)
    behind = ex.SCRIPT.replace("ChainedScheduler([warm, drop])", "SequentialLR(optimizer, [warm, drop], [warmup_steps])")
    assert near(driven(behind, 40, **hyper), [ex.counted_from_the_climb(t, W, s, g) for t in range(40)], 1e-9)


# -- what the chapter says ------------------------------------------------------------------------

RAMP = "LambdaLR(optimizer, lambda t: min(1.0, (t + 1) / 5))"


def test_what_public_scripts_get_from_a_chain():
    """The four kinds of chain of which the chapter tells: climb of 5, run of 40."""
    line = "LinearLR(optimizer, 0.01, total_iters=5)"
    short = driven(f"scheduler = ChainedScheduler([{line}, CosineAnnealingLR(optimizer, 35)])", 40)
    assert max(short) < 0.98 and min(short[30:]) == pytest.approx(short[35]) and short[39] > short[35]   # early, and rises
    lost = driven(f"scheduler = ChainedScheduler([{line}, CosineAnnealingWarmRestarts(optimizer, 40)])", 40)
    assert lost[:5] == pytest.approx([cosine(t, 1.0, 40) for t in range(5)])                                 # no climb at all
    high = driven(f"scheduler = ChainedScheduler([{RAMP}, CosineAnnealingLR(optimizer, 40)])", 40)
    assert sum(high) / 40 > 0.75 and high[20] > 0.9                                                          # hardly decays
    over = driven(f"scheduler = ChainedScheduler([{RAMP}, CosineAnnealingLR(optimizer, 35)])", 40)
    assert max(over[36:]) > 3                                                                                # far above the peak


@pytest.mark.since_torch_2_13
@pytest.mark.filterwarnings("ignore:Detected call")
def test_traps_of_torch_s_sequence():
    with pytest.raises(ValueError, match="does not support `ReduceLROnPlateau`"):
        made("scheduler = SequentialLR(optimizer, [ConstantLR(optimizer), ReduceLROnPlateau(optimizer)], [3])")
    inner = "SequentialLR(optimizer, [ConstantLR(optimizer, 0.5, 9), ExponentialLR(optimizer, 0.5)], [2])"
    with pytest.raises(NotImplementedError):
        driven(f"scheduler = SequentialLR(optimizer, [ConstantLR(optimizer, 0.5, 9), {inner}], [3])", 5)
    ahead = driven(f"scheduler = SequentialLR(optimizer, [{inner}, ConstantLR(optimizer, 0.25, 9)], [5])", 5)
    assert ahead == [0.5, 1, 0.5, 0.25, 0.125] and driven(f"scheduler = {inner}", 5) == [0.5, 0.5, 1, 0.5, 0.25]
    at_zero = "SequentialLR(optimizer, [ConstantLR(optimizer, 0.5, 9), ExponentialLR(optimizer, 0.5)], [0])"
    assert driven(f"scheduler = {at_zero}", 3) == [1, 0.5, 0.25]


class Wave:
    def __init__(self, T_max):
        self.T_max = T_max

    def __call__(self, t):
        return cosine(t, 1.0, self.T_max)


def test_whose_plan_goes_on_after_a_resume():
    ways = {
        "old": (lambda o, n: SequentialLR(o, [ConstantLR(o, 1.0), CosineAnnealingLR(o, n)], [2]),
                lambda o, n: LambdaLR(o, Wave(n))),
        "new": (lambda o, n: LambdaLR(o, lambda t: cosine(t, 1.0, n)), lambda o, n: ScheduleLR(o, Schedule(cosine, T_max=n))),
    }
    for whose, makers in ways.items():
        for make in makers:
            def used(n, load=None, updates=4):
                optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
                scheduler, seen = make(optimizer, n), []
                if load:
                    optimizer.load_state_dict(load[0])
                    scheduler.load_state_dict(load[1])
                for _ in range(updates):
                    seen.append(optimizer.param_groups[0]["lr"])
                    optimizer.step()
                    scheduler.step()
                return seen, (copy.deepcopy(optimizer.state_dict()), copy.deepcopy(scheduler.state_dict()))

            _, saved = used(8)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                seen, _ = used(16, saved)
            plan, _ = used(8 if whose == "old" else 16, updates=8)
            assert near(seen[1:], plan[5:], 1e-9)
            assert len(caught) == (make is makers[1] and whose == "new")         # ScheduleLR warns, the others do not


def test_the_laws_hold_for_schedules_with_floors_and_restarts_too():
    a, b = Schedule(cosine, T_max=7, eta_min=0.1), Schedule(repeat, schedule=ex.WAVE, T_0=6)
    inner = Schedule(sequential, schedules=[b, ex.LINE], milestones=[9])
    nested = Schedule(sequential, schedules=[a, inner], milestones=[5])
    flat = Schedule(sequential, schedules=[a, b, ex.LINE], milestones=[5, 14])
    assert all(nested(t, 0.3) == flat(t, 0.3) for t in range(40))
    W, fall = 5, Schedule(linear, total_iters=10)
    climb = Schedule(linear, total_iters=W, start_factor=0.0, end_factor=1.0)
    in_two = Schedule(sequential, schedules=[climb, fall], milestones=[W])
    points = Schedule(piecewise_linear, milestones=[0, 5, 15], values=[0.0, 1.0, 0.0])
    assert all(in_two(t) == pytest.approx(warmup(t, 1.0, fall, W)) == points(t) for t in range(20))


def test_fastai_takes_parts_of_the_run():
    call = 'learner.fit(10, cbs=ParamScheduler({"lr": combine_scheds([0.2, 0.8], [SchedLin(0.0, 1.0), SchedLin(1.0, 0.0)])}))'
    assert near(from_fastai.rates(call, 10), [warmup(t, 1.0, Schedule(linear, total_iters=8), 2) for t in range(10)], 1e-6)


# -- answers as readers write them ----------------------------------------------------------------

def by_a_loop(t, base_lr, schedules, milestones):
    start, now = 0, schedules[0]
    for milestone, following in zip(milestones, schedules[1:]):
        if t >= milestone:
            start, now = milestone, following
    return now(t - start, base_lr)


def with_bisect(t, base_lr, schedules, milestones):
    from bisect import bisect_right

    i = bisect_right(milestones, t)
    return schedules[i](t - ([0] + milestones)[i], base_lr)


def backwards(t, base_lr, schedules, milestones):
    for m, s in list(zip([0] + list(milestones), schedules))[::-1]:
        if m <= t:
            return s(t - m, base_lr)


@pytest.mark.parametrize("answer", [by_a_loop, with_bisect, backwards], ids=lambda f: f.__name__)
def test_one_after_the_other_written_otherwise(answer):
    assert ex.one_after_the_other.check(answer).state == "right"


def test_the_package_s_own_sequence_does_not_count():
    assert ex.one_after_the_other.check(lambda t, b, s, m: sequential(t, b, s, m)).mistake == "the package's own function"


@pytest.mark.parametrize("exercise, answer, state, mistake", [
    (ex.times_and_lengths, lambda W, H, T: (W, W + H, T - (W + H)), "right", None),
    (ex.times_and_lengths, lambda W, H, T: torch.tensor([W, W + H, T - W - H]), "right", None),
    (ex.times_and_lengths, lambda W, H, T: [W, H, T], "not yet", None),
    (ex.times_and_lengths, lambda W, H, T: [W, W + H, T], "not yet", "the whole run"),
    (ex.times_and_lengths, lambda W, H, T: [W, W + H], "not yet", None),
    (ex.a_chain_by_hand, [0.405, 0.113], "right", None), (ex.a_chain_by_hand, (0.405, 0.4 * 0.9**12), "right", None),
    (ex.a_chain_by_hand, [0.5, 0.226], "not yet", "lowest of the three"), (ex.a_chain_by_hand, 0.405, "not yet", None),
    (ex.a_chain_by_hand, [0.506, 0.141], "not yet", "the factors alone"),
    (ex.make_them_meet, lambda t, b, f, s, m: f(t, b) if t < m else s(t - m, b * f(m) / s(0)), "right", None),
    (ex.make_them_meet, lambda t, b, f, s, m: f(t, b) if t <= m else s(t - m, b) * f(m, b) / s(0, b), "right", None),
    (ex.make_them_meet, lambda t, b, f, s, m: f(t, b) if t < m else s(t - m, b), "not yet", "the jump stays"),
    (ex.find_the_bug, lambda t, W, s, g: (1 if t + 1 >= W else (t + 1) / W) * g ** int(t / s), "right", None),
    (ex.find_the_bug, lambda t, W, s, g: min(1, (t + 1) / W), "not yet", "the cuts lost"),
    (ex.find_the_bug, lambda t, W, s, g: min(1, (t + 1) / W, g ** (t // s)), "not yet", "the lower of the two"),
])
def test_typical_answers(exercise, answer, state, mistake):
    outcome = exercise.check(answer)
    assert (outcome.state, outcome.mistake) == (state, mistake), outcome


def test_five_exercises_stand_in_the_order_of_the_chapter():
    found = [name for name, thing in vars(ex).items() if isinstance(thing, ex.Exercise)]
    assert found == ["one_after_the_other", "times_and_lengths", "a_chain_by_hand", "make_them_meet", "find_the_bug"]
