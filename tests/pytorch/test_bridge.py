"""ScheduleLR drives any schedule; its base classes keep what torch's schedulers promise."""
import copy
import math
import pickle
import warnings

import numpy as np
import pytest
import states
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from states import WAYS
from torch.optim import lr_scheduler as theirs

from lrlearn import Schedule, constant, cosine, curve, warmup
from lrlearn.pytorch import ScheduleLR
from lrlearn.pytorch.bridge import FollowerLR, FormulaLR, follow

rates = st.floats(1e-4, 10.0)
WARM = Schedule(warmup, schedule=Schedule(cosine, T_max=9, eta_min=0.001), warmup_steps=4)


def schedules(floors=st.floats(0.0, 0.1)):
    """Any schedule of the formulas that stand so far."""
    cosines = st.builds(lambda T, low: Schedule(cosine, T_max=T, eta_min=low), st.integers(1, 30), floors)
    constants = st.builds(lambda f, n: Schedule(constant, factor=f, total_iters=n), st.floats(0.0, 1.0), st.integers(0, 9))
    warm = st.builds(lambda s, n, f: Schedule(warmup, schedule=s, warmup_steps=n, start_factor=f),
                     cosines | constants, st.integers(0, 9), st.floats(0.0, 1.0))
    return cosines | constants | warm


def optimizer_of(lrs, kind=torch.optim.SGD, dtype=None, **more):
    """An optimizer with one param group for each rate; dtype makes the rates tensors."""
    lrs = [torch.tensor(lr, dtype=dtype) if dtype else lr for lr in lrs]
    return kind([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs], **more)


def ask(optimizer, what="lr"):
    return [group[what] for group in optimizer.param_groups]


def drive(optimizer, scheduler, steps, what="lr"):
    """What each of the next updates uses."""
    used = []
    for _ in range(steps):
        used.append([float(value) if what == "lr" else value for value in ask(optimizer, what)])
        optimizer.step()
        scheduler.step()
    return used


# ------------------------------------------------------------------------------------------ the rates

@given(schedules(), st.lists(rates, min_size=1, max_size=3))
def test_one_schedule_for_all_groups_each_from_its_own_rate(s, lrs):
    optimizer = optimizer_of(lrs)
    used = drive(optimizer, ScheduleLR(optimizer, s), 45)
    assert used == [list(row) for row in zip(*(curve(s, 45, lr) for lr in lrs))]


@given(st.lists(st.tuples(schedules(), rates), min_size=1, max_size=3))
def test_one_schedule_for_each_group(pairs):
    optimizer = optimizer_of([lr for _, lr in pairs])
    used = drive(optimizer, ScheduleLR(optimizer, [s for s, _ in pairs]), 45)
    assert used == [list(row) for row in zip(*(curve(s, 45, lr) for s, lr in pairs))]


def test_any_function_of_t_and_the_rate_will_do():
    optimizer = optimizer_of([0.5, 0.25])
    used = drive(optimizer, ScheduleLR(optimizer, lambda t, base_lr: base_lr / (1 + t)), 3)
    assert used == [[0.5, 0.25], [0.25, 0.125], [0.5 / 3, 0.25 / 3]]


@given(schedules(floors=st.just(0.0)), rates)
def test_it_equals_torchs_lambdalr_where_the_schedule_is_a_factor(s, lr):
    ours, other = optimizer_of([lr]), optimizer_of([lr])
    wanted = drive(other, theirs.LambdaLR(other, s), 30)
    assert all(abs(a - b) <= 1e-15 * lr for [a], [b] in zip(drive(ours, ScheduleLR(ours, s), 30), wanted))


def test_an_edit_by_hand_is_overwritten():
    optimizer = optimizer_of([0.1])
    scheduler = ScheduleLR(optimizer, WARM)
    drive(optimizer, scheduler, 5)
    optimizer.param_groups[0]["lr"] = 7.0
    drive(optimizer, scheduler, 1)
    assert ask(optimizer) == [WARM(6, 0.1)]


@given(schedules(), st.lists(rates, min_size=1, max_size=2), st.sampled_from([torch.float32, torch.float64]))
def test_tensor_rates(s, lrs, dtype):
    optimizer = optimizer_of(lrs, dtype=dtype)
    tensors, lrs = ask(optimizer), [float(lr) for lr in ask(optimizer)]
    scheduler = ScheduleLR(optimizer, s)
    for t in range(40):
        assert all(tensor.item() == torch.tensor(s(t, lr), dtype=dtype).item() for tensor, lr in zip(tensors, lrs))
        optimizer.step()
        scheduler.step()
    assert all(a is b for a, b in zip(ask(optimizer), tensors))


def test_adam():
    optimizer = optimizer_of([0.1], torch.optim.AdamW)
    assert drive(optimizer, ScheduleLR(optimizer, WARM), 15) == [[lr] for lr in curve(WARM, 15, 0.1)]
    assert ask(optimizer, "betas") == [(0.9, 0.999)]


@pytest.mark.filterwarnings("ignore:The epoch parameter")
def test_step_to_an_epoch():
    optimizer = optimizer_of([0.1], momentum=0.9)
    scheduler = ScheduleLR(optimizer, WARM, momentum=Schedule(cosine, T_max=10))
    for epoch in (3, 0, 12, 2.5, 40):
        optimizer.step()
        scheduler.step(epoch)
        assert ask(optimizer) == scheduler.get_last_lr() == [WARM(epoch, 0.1)]
        assert ask(optimizer, "momentum") == [cosine(epoch, 0.9, 10)]
    scheduler.step()
    assert scheduler.last_epoch == 41


def test_in_torchs_sequence_and_chain():
    optimizer = optimizer_of([0.1])
    parts = [ScheduleLR(optimizer, WARM), ScheduleLR(optimizer, Schedule(cosine, T_max=5))]
    used = drive(optimizer, theirs.SequentialLR(optimizer, parts, [6]), 15)
    assert used == [[lr] for lr in curve(WARM, 6, 0.1) + curve(Schedule(cosine, T_max=5), 9, 0.1)]

    optimizer = optimizer_of([0.1])
    chain = theirs.ChainedScheduler([ScheduleLR(optimizer, WARM), theirs.ExponentialLR(optimizer, 0.5)])
    assert drive(optimizer, chain, 9)[1:] == [[lr / 2] for lr in curve(WARM, 9, 0.1)[1:]]      # halved after it was written


def test_it_is_a_scheduler_of_torch():
    optimizer = optimizer_of([0.1])
    scheduler = ScheduleLR(optimizer, Schedule(constant))
    assert isinstance(scheduler, theirs.LRScheduler) and isinstance(scheduler, FormulaLR)
    assert scheduler.get_last_lr() == scheduler.get_lr() == scheduler.base_lrs == [0.1]
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        scheduler.step()


def test_a_group_added_later_is_one_sentence():
    optimizer = optimizer_of([0.1])
    scheduler = ScheduleLR(optimizer, WARM)
    optimizer.add_param_group({"params": [torch.zeros(1, requires_grad=True)]})
    optimizer.step()
    with pytest.raises(RuntimeError) as error:
        scheduler.step()
    assert str(error.value) == "param_groups: what ScheduleLR was built for, must be 1, got 2"


# ------------------------------------------------------------------------------------------ momentum

def test_momentum_of_sgd():
    optimizer = optimizer_of([0.1, 0.2], momentum=0.9)
    optimizer.param_groups[1]["momentum"] = 0.5
    scheduler = ScheduleLR(optimizer, WARM, momentum=Schedule(cosine, T_max=10, eta_min=0.4))
    assert drive(optimizer, scheduler, 13, "momentum") == [[cosine(t, 0.9, 10, 0.4), cosine(t, 0.5, 10, 0.4)] for t in range(13)]


def test_beta1_of_adam_and_a_schedule_for_each_group():
    optimizer = optimizer_of([0.1, 0.2], torch.optim.Adam, betas=(0.95, 0.99))
    scheduler = ScheduleLR(optimizer, WARM, momentum=[lambda t, m0: m0, lambda t, m0: 0.8 * m0])
    assert drive(optimizer, scheduler, 3, "betas") == 3 * [[(0.95, 0.99), (0.8 * 0.95, 0.99)]]


def test_a_tensor_beta1_stays_a_tensor():
    optimizer = optimizer_of([0.1], torch.optim.Adam, foreach=False, betas=(torch.tensor(0.9), torch.tensor(0.99)))
    drive(optimizer, ScheduleLR(optimizer, WARM, momentum=Schedule(constant, factor=0.5, total_iters=9)), 2)
    beta1, beta2 = optimizer.param_groups[0]["betas"]
    assert torch.equal(beta1, torch.tensor(0.45)) and torch.equal(beta2, torch.tensor(0.99))


def test_none_leaves_momentum_alone():
    optimizer = optimizer_of([0.1], momentum=0.9)
    assert drive(optimizer, ScheduleLR(optimizer, WARM), 5, "momentum") == 5 * [[0.9]]
    assert "initial_momentum" not in optimizer.param_groups[0]


@pytest.mark.parametrize("resume", ["scheduler state", "last_epoch"])
@pytest.mark.parametrize("kind, more", [(torch.optim.SGD, {"momentum": 0.9}), (torch.optim.Adam, {})])
def test_momentum_resumes_from_where_it_began(kind, more, resume):
    fall = Schedule(cosine, T_max=10, eta_min=0.4)
    what = "momentum" if more else "betas"
    optimizer = optimizer_of([0.1], kind, **more)
    scheduler = ScheduleLR(optimizer, WARM, fall)
    drive(optimizer, scheduler, 4)
    saved, state = copy.deepcopy(optimizer.state_dict()), scheduler.state_dict()
    wanted = drive(optimizer, scheduler, 9, what)

    other = optimizer_of([0.1], kind, **more)
    if resume == "last_epoch":
        other.load_state_dict(saved)
        resumed = ScheduleLR(other, WARM, fall, last_epoch=3)
    else:
        resumed = ScheduleLR(other, WARM, fall)
        other.load_state_dict(saved)
        resumed.load_state_dict(state)
    assert drive(other, resumed, 9, what) == wanted


# ------------------------------------------------------------------------------------------ state

def trained(optimizer, scheduler, steps):
    """Rates, momenta and weights of steps real updates."""
    return states.trained(optimizer, scheduler, steps, lambda: [(float(g["lr"]), g.get("momentum"), g.get("betas"), g["params"][0].item()) for g in optimizer.param_groups])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind, more", [(torch.optim.SGD, {"momentum": 0.9}), (torch.optim.AdamW, {})], ids=["SGD", "AdamW"])
@pytest.mark.parametrize("dtype", [None, torch.float32], ids=["number", "tensor"])
@settings(max_examples=15)
@given(before=st.integers(0, 40), s=schedules(), other=schedules())
def test_save_and_resume_is_bit_exact(way, kind, more, dtype, before, s, other):
    def fresh():
        optimizer = optimizer_of([0.1, 0.02], kind, dtype, **more)
        return optimizer, ScheduleLR(optimizer, [s, other], momentum=Schedule(cosine, T_max=12, eta_min=0.1))

    optimizer, scheduler = fresh()
    trained(optimizer, scheduler, before)
    weights = [p.detach().clone() for g in optimizer.param_groups for p in g["params"]]
    state = WAYS[way]({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()})
    kept = copy.deepcopy(state["scheduler"])
    wanted = trained(optimizer, scheduler, 20)

    again, resumed = fresh()
    for group, weight in zip(again.param_groups, weights):
        group["params"][0].data.copy_(weight)
    again.load_state_dict(state["optimizer"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")                  # the same schedules: nothing to warn of
        resumed.load_state_dict(state["scheduler"])
    assert resumed.get_last_lr() == ask(again)
    assert trained(again, resumed, 20) == wanted
    assert state["scheduler"] == kept


def test_the_state_names_the_schedules_and_is_plain():
    optimizer = optimizer_of([0.1], momentum=0.9, dtype=torch.float32)
    scheduler = ScheduleLR(optimizer, WARM, momentum=lambda t, m0: m0)
    state = scheduler.state_dict()
    assert state["schedules"] == ["warmup(schedule=cosine(T_max=9, eta_min=0.001), warmup_steps=4)"]
    assert len(state["momentum_schedules"]) == 1 and "0x" not in state["momentum_schedules"][0]
    flat = [item for value in state.values() for item in (value if isinstance(value, list) else [value])]
    assert {type(item) for item in flat} <= {int, float, bool, str}
    kept = copy.deepcopy(state)
    drive(optimizer, scheduler, 3)
    assert state == kept


def test_loading_the_state_of_another_schedule_warns_and_keeps_ours():
    optimizer, other = optimizer_of([0.1, 0.2]), optimizer_of([0.1, 0.2])
    before, scheduler = ScheduleLR(optimizer, Schedule(cosine, T_max=90)), ScheduleLR(other, Schedule(cosine, T_max=100))
    drive(optimizer, before, 5)
    with pytest.warns(UserWarning) as warned:
        scheduler.load_state_dict(before.state_dict())
    assert [str(w.message) for w in warned] == [
        "schedules: the state was saved with cosine(T_max=90), this scheduler keeps cosine(T_max=100)"]
    assert warned[0].filename == __file__
    other.step()
    scheduler.step()
    assert ask(other) == [cosine(6, 0.1, 100), cosine(6, 0.2, 100)]


def test_loading_a_state_with_other_momentum_or_of_another_class_warns():
    optimizer, other = optimizer_of([0.1], momentum=0.9), optimizer_of([0.1], momentum=0.9)
    scheduler = ScheduleLR(optimizer, WARM, momentum=Schedule(constant))
    for mine, state, sentence in (
        (scheduler, ScheduleLR(other, WARM).state_dict(),
         "momentum_schedules: the state was saved with none, this scheduler keeps constant()"),
        (ScheduleLR(other, Schedule(constant)), theirs.StepLR(optimizer, 5).state_dict(),
         "schedules: the state was saved with none, this scheduler keeps constant()"),
    ):
        with pytest.warns(UserWarning) as warned:
            mine.load_state_dict(state)
        assert [str(w.message) for w in warned] == [sentence]
    assert drive(optimizer, scheduler, 3, "momentum") == 3 * [[0.9]]


@pytest.mark.filterwarnings("ignore:Seems like `optimizer.step")        # torch counts steps in a wrapper that no copy has
def test_the_scheduler_itself_pickles_and_copies():
    optimizer = optimizer_of([0.1])
    scheduler = ScheduleLR(optimizer, WARM)
    for other in (pickle.loads(pickle.dumps(scheduler)), copy.deepcopy(scheduler)):
        other.optimizer.step()
        other.step()
        assert other.get_last_lr() == [WARM(1, 0.1)] and other.schedules == [WARM]


def test_a_number_from_an_array_is_written_as_a_plain_one():
    optimizer = optimizer_of([0.1], momentum=0.9)
    drive(optimizer, ScheduleLR(optimizer, lambda t, lr: np.float64(lr) / 2, momentum=lambda t, m0: torch.tensor(m0)), 2)
    assert type(ask(optimizer)[0]) is type(ask(optimizer, "momentum")[0]) is float


def test_a_second_scheduler_begins_where_the_first_began():
    optimizer = optimizer_of([0.1], momentum=0.9)
    half = Schedule(constant, factor=0.5, total_iters=100)
    drive(optimizer, ScheduleLR(optimizer, half, half), 3)
    ScheduleLR(optimizer, Schedule(constant), Schedule(constant))        # initial_lr and initial_momentum stay, as torch's do
    assert ask(optimizer) == [0.1] and ask(optimizer, "momentum") == [0.9]
    drive(optimizer, ScheduleLR(optimizer, half, half), 3)
    with pytest.raises(ValueError, match="got 1.8 from"):                # twice 0.9, though it stands at 0.45 now
        ScheduleLR(optimizer, Schedule(constant), Schedule(constant, factor=2.0, total_iters=9))
    with pytest.raises(ValueError, match="got -0.05"):                   # of 0.1, though it stands at 0.05 now
        ScheduleLR(optimizer, lambda t, lr: 0.05 - lr)


# ------------------------------------------------------------------------------------------ wrong arguments

NO_SCHEDULE = "what sets the learning rate, must be a Schedule or a function of t and the base value, got "
BARE_FORMULA = NO_SCHEDULE.replace("a Schedule or", "a Schedule such as Schedule(cosine, T_max=100) or")
NO_MOMENTUM = NO_SCHEDULE.replace("the learning rate", "momentum or beta1")
LAST_EPOCH = "last_epoch: index of the last finished update, -1 at the start, "
WRONG = [
    (dict(schedule=0.1), TypeError, f"schedule: {NO_SCHEDULE}0.1"),
    (dict(schedule=None), TypeError, f"schedule: {NO_SCHEDULE}None"),
    (dict(schedule="cosine"), TypeError, f"schedule: {NO_SCHEDULE}'cosine'"),
    (dict(schedule=cosine), TypeError, f"schedule: {BARE_FORMULA}<function cosine>"),
    (dict(schedule=math.sqrt), TypeError, f"schedule: {BARE_FORMULA}<built-in function sqrt>"),
    (dict(schedule=[WARM, 3]), TypeError, f"schedule: {NO_SCHEDULE}3"),
    (dict(schedule=3 * [WARM]), ValueError, "schedule: what sets the learning rate, must be one for each param group, 2, got 3"),
    (dict(schedule=()), ValueError, "schedule: what sets the learning rate, must be one for each param group, 2, got 0"),
    (dict(momentum=0.9), TypeError, f"momentum: {NO_MOMENTUM}0.9"),
    (dict(momentum=[WARM]), ValueError, "momentum: what sets momentum or beta1, must be one for each param group, 2, got 1"),
    (dict(last_epoch=-2), ValueError, LAST_EPOCH + "must be >= -1, got -2"),
    (dict(last_epoch=2.5), ValueError, LAST_EPOCH + "must be an integer, got 2.5"),
    (dict(last_epoch=3), ValueError, LAST_EPOCH + "must be -1 for an optimizer that no scheduler has driven, got 3"),
]


@pytest.mark.parametrize("arguments, kind, sentence", WRONG, ids=lambda value: None)
def test_a_wrong_argument_is_one_sentence_at_construction(arguments, kind, sentence):
    optimizer = optimizer_of([0.1, 0.2], momentum=0.9)
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(kind) as error:
        ScheduleLR(optimizer, **{"schedule": WARM, **arguments})
    assert str(error.value) == sentence
    assert optimizer.state_dict() == before             # left as it was


@pytest.mark.parametrize("value, why", [
    (float("nan"), "must be finite"), (float("inf"), "must be finite"), (-0.1, "must be >= 0"), ("0.1", "must be a number"),
    (None, "must be a number"), (1j, "must be a number"), (True, "must be a number"), (torch.zeros(2), "must be a number"),
    (torch.tensor(float("nan")), "must be finite"),
], ids=repr)
def test_a_wrong_first_rate_is_one_sentence(value, why):
    def broken(t, base):
        return value

    shown = repr(value.tolist() if isinstance(value, torch.Tensor) else value)
    with pytest.raises(ValueError) as error:
        ScheduleLR(optimizer_of([0.1]), broken)
    assert str(error.value) == (f"schedule: what sets the learning rate, {why} at t = 0, got {shown} "
                                "from <function test_a_wrong_first_rate_is_one_sentence.<locals>.broken>")
    with pytest.raises(ValueError, match="^momentum: what sets momentum or beta1, "):
        ScheduleLR(optimizer_of([0.1], momentum=0.9), WARM, momentum=broken)


@pytest.mark.parametrize("value, why", [
    (-1, "must be >= 0"), (float("nan"), "must be finite"), (float("inf"), "must be finite"), (None, "must be a number"),
    (torch.tensor(float("nan")), "must be finite"),
], ids=repr)
@pytest.mark.parametrize("what", ["schedule", "momentum"])
def test_a_wrong_value_at_a_later_t_is_one_sentence_and_is_not_written(what, value, why):
    def holes(t, base):
        return value if t == 3 else base / (1 + t)

    optimizer = optimizer_of([0.1, 0.2], momentum=0.9)
    scheduler = ScheduleLR(optimizer, **{"schedule": Schedule(constant), what: [Schedule(constant), holes]})
    drive(optimizer, scheduler, 2)
    optimizer.step()
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(ValueError) as error:
        scheduler.step()
    shown = repr(value.tolist() if isinstance(value, torch.Tensor) else value)
    rule = why + " and < 1" if (what, value) == ("momentum", -1) else why
    note = {"schedule": "what sets the learning rate", "momentum": "what sets momentum or beta1"}[what]
    assert str(error.value).startswith(f"{what}: {note}, {rule} at t = 3, got {shown} from <function test_a_wrong_value")
    assert optimizer.state_dict() == before


def test_a_wrong_momentum_leaves_the_rate_and_a_wrong_rate_the_momentum():
    for bad in ("schedule", "momentum"):
        optimizer = optimizer_of([0.1], momentum=0.9)
        fall = lambda t, base: base / (1 + t)
        scheduler = ScheduleLR(optimizer, **{"schedule": fall, "momentum": fall, bad: lambda t, base: base if t == 0 else -base})
        optimizer.step()
        with pytest.raises(ValueError, match=f"^{bad}: .* at t = 1, got -0"):
            scheduler.step()
        assert ask(optimizer) == [0.1] and ask(optimizer, "momentum") == [0.9]


def test_a_momentum_of_one_or_more_is_wrong():
    with pytest.raises(ValueError) as error:
        ScheduleLR(optimizer_of([0.1], momentum=0.9), WARM, momentum=Schedule(constant, factor=2.0, total_iters=9))
    assert str(error.value) == ("momentum: what sets momentum or beta1, must be >= 0 and < 1 at t = 0, "
                                "got 1.8 from constant(factor=2.0, total_iters=9)")


def test_momentum_for_an_optimizer_that_has_none():
    with pytest.raises(ValueError) as error:
        ScheduleLR(optimizer_of([0.1], torch.optim.Adagrad), WARM, momentum=Schedule(constant))
    assert str(error.value) == ("momentum: what sets momentum or beta1, must be None for Adagrad, which has neither, "
                                "got constant()")


@pytest.mark.parametrize("wrong", [None, 0.1, [torch.zeros(1)], torch.nn.Linear(2, 2)], ids=str)
def test_not_an_optimizer(wrong):
    with pytest.raises(TypeError) as error:
        ScheduleLR(wrong, WARM)
    assert str(error.value) == f"optimizer: what the scheduler drives, must be a torch.optim.Optimizer, got {wrong!r}"


def test_a_whole_model_in_place_of_the_optimizer_prints_short():
    with pytest.raises(TypeError) as error:
        ScheduleLR(torch.nn.Sequential(*[torch.nn.Linear(2, 2)] * 9), WARM)
    assert len(str(error.value)) < 160 and "\n" not in str(error.value)


# ------------------------------------------------------------------------------------------ the base classes

class Halving(FollowerLR):
    def formula(self, t, base_lr):
        return base_lr * 0.5 ** t


def test_a_follower_alone_is_its_formula_and_in_company_multiplies():
    optimizer = optimizer_of([0.1])
    assert drive(optimizer, Halving(optimizer), 60) == [[0.1 * 0.5 ** t] for t in range(60)]
    for first, second in ((Halving, theirs.ExponentialLR), (theirs.ExponentialLR, Halving)):
        optimizer = optimizer_of([0.1])
        arguments = {Halving: (), theirs.ExponentialLR: (0.8,)}
        chain = theirs.ChainedScheduler([cls(optimizer, *arguments[cls]) for cls in (first, second)])
        assert all(abs(lr - 0.1 * 0.4 ** t) <= 1e-15 for t, [lr] in enumerate(drive(optimizer, chain, 30)))


def test_a_follower_takes_up_an_optimizer_without_moving_it():
    optimizer = optimizer_of([0.1])
    drive(optimizer, Halving(optimizer), 5)
    resumed = Halving(optimizer, last_epoch=4)
    assert ask(optimizer) == [0.1 / 32] and resumed.last_epoch == 5
    assert drive(optimizer, resumed, 3) == [[0.1 / 32], [0.1 / 64], [0.1 / 128]]


def test_a_formula_is_asked_for():
    with pytest.raises(NotImplementedError):
        FormulaLR(optimizer_of([0.1]))


@given(st.floats(0.0, 1.0), st.floats(0.01, 1.0), st.floats(0.01, 1.0), st.floats(0.0, 1.0), st.floats(0.01, 3.0))
def test_follow_keeps_the_proportion_above_the_floor(floor, top, was, now, edit):
    old, new = floor + top * was, floor + top * now
    assert follow(old, old, new, floor, now / was) == new
    edited = floor + (old - floor) * edit
    assert abs(follow(edited, old, new, floor, now / was) - (floor + top * now * edit)) <= 1e-12
    assert follow(edited, floor, new, floor, None) == (new if edited == floor else edited + new - floor)
