"""Where PyTorch departs from our formulas."""
import pytest
import torch
from torch.optim import lr_scheduler

from lrlearn import (Schedule, chained, constant, cosine, cosine_restarts, curve, exponential_decay, linear, one_cycle,
                     polynomial, sequential, triangular)
from lrlearn.pytorch import CosineAnnealingWarmRestarts, ReduceLROnPlateau, SequentialLR, StepLR
from lrlearn.schedules.plateau import plateau
from lrlearn.schedules.rarer.phases import swa
from tests.peers.from_torch import fed, rates, reacting, stepped
from tests.seams import about, familiar, folded, ours


def groups(*lrs, momentum=0.9):
    each = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs]
    return torch.optim.SGD(each, lr=1.0, momentum=momentum)


# ------------------------------------------------------------------------------------------ defaults

def test_constantlr_begins_at_a_third_for_five_steps():
    """ConstantLR without arguments is not constant: it holds a third of the rate for five steps."""
    assert rates("ConstantLR(optimizer)", 7) == about(*[1 / 3] * 5, 1, 1)
    assert ours(7, constant) == [1.0] * 7


def test_constantlr_with_no_first_steps_keeps_its_factor():
    """ConstantLR with total_iters=0 keeps its factor for ever, where no step at all should have it."""
    assert rates("ConstantLR(optimizer, factor=0.5, total_iters=0)", 4) == [0.5] * 4
    assert ours(4, constant, factor=0.5, total_iters=0) == [1.0] * 4
    assert familiar("ConstantLR(optimizer, factor=0.5, total_iters=0)", 4) == [1.0] * 4


def test_constantlr_cannot_begin_at_zero():
    """ConstantLR divides by its factor to undo it, and so cannot begin at 0."""
    with pytest.raises(ZeroDivisionError):
        rates("ConstantLR(optimizer, factor=0.0)", 7)
    assert ours(3, constant, factor=0.0, total_iters=2) == [0.0, 0.0, 1.0]
    assert familiar("ConstantLR(optimizer, factor=0.0, total_iters=3)", 5, lr=0.1) == [0.0, 0.0, 0.0, 0.1, 0.1]


def test_linearlr_begins_at_a_third_and_not_at_zero():
    """LinearLR climbs from a third of the rate in five steps, and refuses to begin at 0."""
    assert rates("LinearLR(optimizer)", 7) == about(*[1 / 3 + 2 / 15 * t for t in range(6)], 1)
    with pytest.raises(ValueError, match="Starting multiplicative factor"):
        rates("LinearLR(optimizer, start_factor=0.0)", 1)
    assert ours(3, linear, total_iters=2, start_factor=0.0, end_factor=1.0) == [0.0, 0.5, 1.0]
    assert familiar("LinearLR(optimizer, start_factor=0.0, total_iters=4)", 6) == about(0, 0.25, 0.5, 0.75, 1, 1)


def test_polynomiallr_has_no_floor_and_ends_after_five_steps():
    """PolynomialLR goes to 0 in five steps unless told, and has no argument for another floor."""
    assert rates("PolynomialLR(optimizer)", 7) == about(1, 0.8, 0.6, 0.4, 0.2, 0, 0)
    with pytest.raises(TypeError):
        rates("PolynomialLR(optimizer, 5, eta_min=0.1)", 1)
    assert ours(6, polynomial, total_iters=5, eta_min=0.1)[-1] == 0.1


def test_cycliclr_calls_the_lower_end_base_lr_and_moves_momentum():
    """CyclicLR calls the lower end base_lr, forgets the optimizer's rate and momentum, and moves momentum the other way."""
    for mode in ("triangular", "triangular2"):
        optimizer = groups(0.5, momentum=0.5)
        scheduler, seen = lr_scheduler.CyclicLR(optimizer, base_lr=0.1, max_lr=1.0, step_size_up=3, mode=mode), []
        for _ in range(7):
            seen.append((optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]))
            optimizer.step()
            scheduler.step()
        assert [lr for lr, _ in seen] == about(0.1, 0.4, 0.7, 1, 0.7, 0.4, 0.1)
        assert [momentum for _, momentum in seen] == about(0.9, 0.86667, 0.83333, 0.8, 0.83333, 0.86667, 0.9)


def test_cycliclr_refuses_an_optimizer_without_momentum():
    """CyclicLR and OneCycleLR raise for an optimizer without momentum unless cycle_momentum=False."""
    optimizer = torch.optim.Adagrad([torch.zeros(1, requires_grad=True)], lr=0.1)
    for make, arguments in ((lr_scheduler.CyclicLR, (0.1, 1.0)), (lr_scheduler.OneCycleLR, (1.0, 10))):
        with pytest.raises(ValueError, match="momentum"):
            make(optimizer, *arguments)
        make(optimizer, *arguments, cycle_momentum=False)


def test_exp_range_shrinks_nothing_by_default():
    """CyclicLR in the mode exp_range has gamma=1, which shrinks nothing."""
    found = rates('CyclicLR(optimizer, 0.1, 1.0, 3, mode="exp_range")', 10)
    assert found == about(0.1, 0.4, 0.7, 1, 0.7, 0.4, 0.1, 0.4, 0.7, 1)
    assert found == about(*ours(10, triangular, step_size_up=3, eta_min=0.1))


def test_exp_range_counts_from_the_start_of_training():
    """CyclicLR says that gamma counts iterations of the cycle, but it counts them from the start of training."""
    assert rates('CyclicLR(optimizer, 0.0, 1.0, 2, mode="exp_range", gamma=0.5)', 8) == about(
        0, 0.25, 0.25, 0.0625, 0, 0.5**5 / 2, 0.5**6, 0.5**7 / 2)


# ------------------------------------------------------------------------------------------ past the end

def test_cosine_rises_again():
    """CosineAnnealingLR goes up again after T_max the way it came, where most other frameworks stay at the bottom."""
    assert rates("CosineAnnealingLR(optimizer, 3)", 13) == about(1, 0.75, 0.25, 0, 0.25, 0.75, 1, 0.75, 0.25, 0, 0.25, 0.75, 1)
    assert ours(6, cosine, T_max=3) == about(1, 0.75, 0.25, 0, 0, 0)


def test_one_cycle_goes_on_for_one_step_and_then_raises():
    """OneCycleLR takes one step past its end, back up or below zero, and raises at the next."""
    cos = rates("OneCycleLR(optimizer, 1.0, 10)", 13)
    straight = rates('OneCycleLR(optimizer, 1.0, 10, anneal_strategy="linear")', 13)
    assert cos[9:11] == about(0, 0.04952) and cos[11:] == [None, None]
    assert straight[9:11] == about(0, -0.14285) and straight[11:] == [None, None]
    assert [cos[9], straight[9]] == pytest.approx([4e-6, 4e-6])
    assert ours(13, one_cycle, total_steps=10)[9:] == [4e-6] * 4
    for way in ("cos", "linear"):
        call = f"OneCycleLR(optimizer, 1.0, 10, anneal_strategy={way!r})"
        held = familiar(call, 31)[9:]
        assert held == [held[0]] * 22 == pytest.approx([4e-6] * 22)
        assert familiar(call, 31, hyper="momentum")[9:] == [0.95] * 22
    optimizer = groups(1.0)
    scheduler = lr_scheduler.OneCycleLR(optimizer, 1.0, 10)
    for _ in range(10):
        optimizer.step()
        scheduler.step()
    with pytest.raises(ValueError, match="Tried to step 11 times"):
        scheduler.step()


def test_a_lambda_that_is_not_clamped_goes_below_zero():
    """LambdaLR passes on whatever the function says: 1 - t / 10 is negative after ten steps; ours raises there."""
    assert rates("LambdaLR(optimizer, lambda t: 1 - t / 10)", 13)[8:] == about(0.2, 0.1, 0, -0.1, -0.2)
    assert ours(13, linear, total_iters=10)[8:] == about(0.2, 0.1, 0, 0, 0)
    found = familiar("LambdaLR(optimizer, lambda t: 1 - t / 10)", 13)
    assert found[8:11] == about(0.2, 0.1, 0) and found[11:] == [None, None]


# ------------------------------------------------------------------------------------------ one cycle

def test_one_cycle_climbs_along_a_cosine_and_ends_at_a_250000th():
    """OneCycleLR climbs along a cosine, and its last rate is the peak over div_factor times final_div_factor: 4e-6."""
    found = rates("OneCycleLR(optimizer, 1.0, 10)", 10)
    assert found == about(0.04, 0.52, 1, 0.95048, 0.81175, 0.61126, 0.38874, 0.18826, 0.04952, 0)
    assert found[-1] == pytest.approx(1 / 25 / 1e4)


def test_one_cycle_misses_its_peak_between_two_steps():
    """OneCycleLR has its peak at pct_start * total_steps - 1, and misses it where that is no whole number."""
    assert max(rates("OneCycleLR(optimizer, 1.0, 15)", 15)) == pytest.approx(0.99442, abs=1e-5)
    assert max(ours(15, one_cycle, total_steps=15)) == pytest.approx(0.99442, abs=1e-5)


def test_one_cycle_divides_by_zero_where_a_phase_is_empty():
    """OneCycleLR divides by zero where its climb or its fall has no steps; ours begins, or ends, at the peak."""
    for arguments in ("10, pct_start=0.1", "10, pct_start=1.0", "1, pct_start=1.0"):
        with pytest.raises(ZeroDivisionError):
            rates(f"OneCycleLR(optimizer, 1.0, {arguments})", 11)
    assert ours(2, one_cycle, total_steps=10, pct_start=0.1) == about(1, 0.969846)
    assert ours(12, one_cycle, total_steps=10, pct_start=1.0)[9:] == [1.0] * 3
    for arguments in ("10, pct_start=0.1", "1, pct_start=1.0"):
        assert familiar(f"OneCycleLR(optimizer, 1.0, {arguments})", 1) == [1.0]


def test_one_cycle_takes_no_integer_for_pct_start():
    """OneCycleLR refuses pct_start=0, since it is no float; ours takes it for 0.0."""
    with pytest.raises(ValueError, match="Expected float between 0 and 1 pct_start, but got 0"):
        rates("OneCycleLR(optimizer, 1.0, 10, pct_start=0)", 1)
    assert ours(10, one_cycle, total_steps=10, pct_start=0) == ours(10, one_cycle, total_steps=10, pct_start=0.0)


def test_one_cycle_forgets_the_rate_and_the_momentum_of_the_optimizer():
    """OneCycleLR writes its own rates and momenta, or beta1, over those that the optimizer was made with."""
    optimizer = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=7.0, betas=(0.5, 0.999))
    scheduler, seen = lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=10), []
    for _ in range(4):
        seen.append((optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["betas"][0]))
        optimizer.step()
        scheduler.step()
    assert [lr for lr, _ in seen] == about(0.04, 0.52, 1, 0.95048)
    assert [beta1 for _, beta1 in seen] == about(0.95, 0.9, 0.85, 0.854952)


# ------------------------------------------------------------------------------------------ restarts, groups, other hands

def test_a_restart_reached_by_number_is_missed():
    """CosineAnnealingWarmRestarts.step(epoch) takes a logarithm and gives the floor at some restarts; step() counts."""
    both = (lr_scheduler.CosineAnnealingWarmRestarts, [1, 1, 1, 1, 0]), (CosineAnnealingWarmRestarts, [1, 1, 1, 1, 1])
    for starts in ((10, 40, 130, 400, 1210), (7, 28, 91, 280, 847), (1, 4, 13, 40, 121)):
        for cls, wanted in both:
            scheduler, found = cls(groups(1.0), T_0=starts[0], T_mult=3), []
            for start in starts:
                scheduler.step(start)
                found += scheduler.get_last_lr()
            assert found == wanted
        assert cosine_restarts(starts[-1], 1.0, T_0=starts[0], T_mult=3) == 1.0
    assert rates("CosineAnnealingWarmRestarts(optimizer, T_0=10, T_mult=3)", 1211)[-1] == 1.0


def test_the_floor_is_one_for_all_groups():
    """The eta_min of CosineAnnealingLR is one learning rate for all groups: a group below it rises."""
    optimizer = groups(0.1, 0.01)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=2, eta_min=0.02)
    for _ in range(2):
        optimizer.step()
        scheduler.step()
    assert scheduler.get_last_lr() == about(0.02, 0.02)


def test_steplr_keeps_an_edit_and_lambdalr_undoes_it():
    """StepLR goes on from a rate that was changed by hand, and LambdaLR sets it back."""
    found = {}
    for name, argument in (("StepLR", 3), ("LambdaLR", lambda t: 0.1 ** (t // 3))):
        optimizer = groups(0.1)
        scheduler, found[name] = getattr(lr_scheduler, name)(optimizer, argument), []
        for t in range(4):
            optimizer.step()
            scheduler.step()
            if t == 0:
                optimizer.param_groups[0]["lr"] = 0.05
            found[name].append(optimizer.param_groups[0]["lr"])
    assert found == {"StepLR": about(0.05, 0.05, 0.005, 0.005), "LambdaLR": about(0.05, 0.1, 0.01, 0.01)}


# ------------------------------------------------------------------------------------------ joined schedulers

def test_a_chain_multiplies_and_never_reaches_the_peak():
    """ChainedScheduler multiplies: warm-up and cosine chained reach 0.79 of the peak, and not 1."""
    theirs = rates("ChainedScheduler([LinearLR(optimizer, total_iters=3), CosineAnnealingLR(optimizer, 10)])", 11)
    assert theirs == about(0.33333, 0.54196, 0.70351, 0.79389, 0.65451, 0.5, 0.34549, 0.20611, 0.09549, 0.02447, 0)


def test_a_chain_approaches_a_floor_from_where_the_others_left_the_rate():
    """In a ChainedScheduler each scheduler moves the rate it finds, so that a floor is missed where ours is kept."""
    theirs = rates("ChainedScheduler([CosineAnnealingLR(optimizer, 4, 0.1), ExponentialLR(optimizer, 0.5)])", 5)
    assert theirs == about(1, 0.4341, 0.14786, 0.05701, 0.05)
    plan = [Schedule(cosine, T_max=4, eta_min=0.1), Schedule(exponential_decay, gamma=0.5)]
    assert curve(Schedule(chained, schedules=plan), 5) == about(1, 0.4341, 0.1375, 0.02897, 0.00625)
    theirs = rates("ChainedScheduler([ExponentialLR(optimizer, 0.5), CosineAnnealingLR(optimizer, 4, 0.1)])", 5)
    assert theirs == about(1, 0.441421, 0.170711, 0.095711, 0.1)
    assert curve(Schedule(chained, schedules=plan[::-1]), 5) == about(1, 0.441421, 0.175, 0.103661, 0.1)


def test_a_chain_goes_where_its_lambda_says():
    """In a ChainedScheduler a LambdaLR behind the others undoes what they do, where ours multiplies it in."""
    assert rates("ChainedScheduler([ExponentialLR(optimizer, 0.5), LambdaLR(optimizer, lambda t: 0.9**t)])", 4) == about(
        1, 0.9, 0.81, 0.729)
    plan = [Schedule(exponential_decay, gamma=0.5), Schedule(exponential_decay, gamma=0.9)]
    assert curve(Schedule(chained, schedules=plan), 4) == about(1, 0.45, 0.2025, 0.091125)


def test_a_sequence_of_a_warm_up_and_a_cosine_that_is_too_long():
    """SequentialLR does not shorten the cosine: with T_max the whole run it ends at a fifth of the peak."""
    for T_max, last in ((7, 0.0), (10, 0.20611)):
        call = f"SequentialLR(optimizer, [LinearLR(optimizer, 1e-8, total_iters=3), CosineAnnealingLR(optimizer, {T_max})], [3])"
        found = rates(call, 11)
        assert found[:4] == about(0, 1 / 3, 2 / 3, 1) and found[10:] == about(last)


@pytest.mark.since_torch_2_13
def test_a_sequence_may_begin_with_a_milestone_of_0():
    """SequentialLR with a milestone of 0 begins with the second scheduler, as ours does; torch before 2.13 did not."""
    plan = [Schedule(constant, factor=0.5, total_iters=100), Schedule(exponential_decay, gamma=0.9)]
    call = "SequentialLR(optimizer, [ConstantLR(optimizer, 0.5, 100), ExponentialLR(optimizer, 0.9)], [0])"
    assert rates(call, 4) == about(1, 0.9, 0.81, 0.729)
    assert curve(Schedule(sequential, schedules=plan, milestones=[0]), 4) == about(1, 0.9, 0.81, 0.729)


@pytest.mark.filterwarnings("ignore:Detected call of")
def test_a_sequence_within_a_sequence_is_a_step_ahead():
    """A SequentialLR at the first place of another runs one step ahead; at a later place it raises, and so does a chain."""
    inner = "SequentialLR(optimizer, [ConstantLR(optimizer, 0.5, 9), ExponentialLR(optimizer, 0.1)], [2])"
    outer = f"SequentialLR(optimizer, [{inner}, ConstantLR(optimizer, 0.25, 3)], [4])"
    assert rates(inner, 4) == about(0.5, 0.5, 1, 0.1)
    assert rates(f"SequentialLR(optimizer, [{inner}], [])", 4) == about(0.5, 1, 0.1, 0.01)
    assert rates(outer, 8) == about(0.5, 1, 0.1, 0.01, 0.25, 0.25, 0.25, 1)
    parts = [Schedule(constant, factor=0.5, total_iters=9), Schedule(exponential_decay, gamma=0.1)]
    plan = [Schedule(sequential, schedules=parts, milestones=[2]), Schedule(constant, factor=0.25, total_iters=3)]
    wanted = about(0.5, 0.5, 1, 0.1, 0.25, 0.25, 0.25, 1)
    assert curve(Schedule(sequential, schedules=plan, milestones=[4]), 8) == wanted and familiar(outer, 8) == wanted
    for later, wanted in ((inner, [0.5, 0.5, 1]), ("ChainedScheduler([ExponentialLR(optimizer, 0.1)])", [1, 0.1, 0.01])):
        call = f"SequentialLR(optimizer, [ConstantLR(optimizer, 0.25, 9), {later}], [4])"
        with pytest.raises(NotImplementedError):
            rates(call, 7)
        assert familiar(call, 7) == about(0.25, 0.25, 0.25, 0.25, *wanted)


def test_a_sequence_takes_milestones_in_any_order():
    """SequentialLR takes milestones that do not ascend, and never comes to some of its schedulers; ours refuses them."""
    parts = "[ConstantLR(optimizer, 0.5, 9), ExponentialLR(optimizer, 0.5), ConstantLR(optimizer, 0.25, 3)]"
    assert rates(f"SequentialLR(optimizer, {parts}, [4, 2])", 7) == about(0.5, 0.5, 0.25, 0.25, 0.25, 1, 1)
    parts = f"[{', '.join(f'ConstantLR(optimizer, {factor}, 100)' for factor in (0.1, 0.2, 0.3))}]"
    assert rates(f"SequentialLR(optimizer, {parts}, [5, 3])", 6) == about(0.1, 0.1, 0.1, 0.3, 0.3, 0.3)
    with pytest.raises(ValueError, match="ascending"):
        Schedule(sequential, schedules=[Schedule(constant)] * 3, milestones=[5, 3])
    optimizer = groups(1.0)
    with pytest.raises(ValueError) as error:
        SequentialLR(optimizer, [StepLR(optimizer, 3) for _ in range(3)], [5, 3])
    assert str(error.value) == ("milestones: the steps at which the next scheduler takes over, must be a list of ascending "
                                "integers >= 0, one fewer than schedulers, got [5, 3]")


def test_a_sequence_takes_no_plateau():
    """SequentialLR refuses ReduceLROnPlateau, which asks for a metric."""
    with pytest.raises(ValueError, match="ReduceLROnPlateau"):
        rates("SequentialLR(optimizer, [ConstantLR(optimizer), ReduceLROnPlateau(optimizer)], [3])", 4)


# ------------------------------------------------------------------------------------------ plateau

def test_plateau_puts_up_with_patience_bad_metrics():
    """ReduceLROnPlateau cuts after more than patience bad metrics in a row: with patience=2 at the third."""
    assert fed("ReduceLROnPlateau(optimizer, patience=2)", [1.0] * 8) == about(1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01)
    assert folded([1.0] * 8, plateau, patience=2) == about(1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01)


def test_plateau_finds_a_negative_metric_always_better():
    """With a relative threshold ReduceLROnPlateau takes a negative metric that stands still for an improvement."""
    for mode, wanted in (("rel", [1] * 9), ("abs", [1 / 2**i for i in range(9)])):
        call = f"ReduceLROnPlateau(optimizer, factor=0.5, patience=0, threshold_mode={mode!r})"
        assert fed(call, [-1.0] * 9) == reacting(call, [-1.0] * 9, 1.0, {"ReduceLROnPlateau": ReduceLROnPlateau}) == wanted
        assert folded([-1.0] * 9, plateau, factor=0.5, patience=0, threshold_mode=mode) == wanted


def test_plateau_with_a_relative_threshold_of_1_finds_nothing_good():
    """With a relative threshold of 1 or more ReduceLROnPlateau finds no metric better than none at all, and cuts."""
    falling = [4.0, 3.0, 2.0, 1.0, 0.5]
    assert fed("ReduceLROnPlateau(optimizer, patience=1, threshold=1.0)", falling) == about(1, 0.1, 0.1, 0.01, 0.01)


def test_plateau_leaves_a_tiny_rate_alone():
    """ReduceLROnPlateau makes no cut of 1e-8 or less, so that a rate of 1e-8 never falls."""
    assert fed("ReduceLROnPlateau(optimizer, patience=0)", [1.0] * 5, lr=1e-8) == [1e-8] * 5
    assert folded([1.0] * 5, plateau, lr=1e-8, patience=0) == [1e-8] * 5


# ------------------------------------------------------------------------------------------ weight averaging

def test_swalr_takes_the_rate_itself():
    """SWALR takes the constant rate itself, one for all groups unless a list is given, where ours takes a part of each rate."""
    found = stepped("SWALR(optimizer, swa_lr=0.1, anneal_epochs=4)", 6, 0.5, vars(torch.optim.swa_utils))
    assert found == about(0.5, 0.44142, 0.3, 0.15858, 0.1, 0.1)
    assert found == about(*ours(6, swa, lr=0.5, anneal_steps=4, swa_factor=0.2))
    optimizer = groups(1.0, 0.05)
    scheduler = torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.1, anneal_epochs=1)
    optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == about(0.1, 0.1)
