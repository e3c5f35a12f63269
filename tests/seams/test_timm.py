"""Where timm departs from our formulas."""
import pytest
import torch

from lrlearn import (Schedule, cosine, cosine_restarts, inverse_sqrt, linear, multistep_decay, polynomial, step_decay, warmup,
                     wsd)
from lrlearn.schedules.plateau import plateau
from lrlearn.schedules.rarer.decays import tanh_decay
from lrlearn.schedules.rarer.cycles import cosine_cycles
from lrlearn.schedules.rarer.wrappers import repeat
from tests.peers.from_timm import fed, rates, schedulers
from tests.seams import about, folded, ours


def test_there_is_no_restart_unless_asked():
    """The cycle_limit of CosineLRScheduler is 1 by default, which means no restart."""
    assert rates("CosineLRScheduler(optimizer, 3, cycle_mul=2.0)", 6) == about(1, 0.75, 0.25, 0, 0, 0)
    asked = rates("CosineLRScheduler(optimizer, 3, cycle_mul=2.0, cycle_limit=9)", 10)
    assert asked == about(*ours(10, cosine_restarts, T_0=3, T_mult=2))


def test_a_restart_is_missed_by_its_logarithm():
    """CosineLRScheduler takes a logarithm on its normal way, and gives the floor instead of the peak at some restarts."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = schedulers()["CosineLRScheduler"](optimizer, 10, cycle_mul=3.0, cycle_limit=20)
    found = []
    for t in (10, 40, 130, 400, 1210):
        scheduler.step(t)
        found.append(optimizer.param_groups[0]["lr"])
    assert found == about(1, 1, 1, 1, 0)
    assert cosine_restarts(1210, 1.0, T_0=10, T_mult=3) == 1.0
    assert rates("CosineLRScheduler(optimizer, 1, cycle_mul=3, cycle_limit=9)", 123)[120:] == about(0.000376, 0, 0.999958)
    assert ours(123, cosine_restarts, T_0=1, T_mult=3)[120:] == about(0.000376, 1, 0.999958)


def test_milestones_cut_one_step_early():
    """MultiStepLRScheduler cuts one step before each of decay_t."""
    found = rates("MultiStepLRScheduler(optimizer, [3, 6], 0.1)", 8)
    assert found == about(1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01)
    assert found == about(*ours(8, multistep_decay, milestones=[2, 5], gamma=0.1))


def test_steps_do_not_fall_by_default():
    """The decay_rate of StepLRScheduler and of MultiStepLRScheduler is 1 by default, which cuts nothing."""
    assert rates("StepLRScheduler(optimizer, 3)", 8) == rates("MultiStepLRScheduler(optimizer, [3])", 8) == [1.0] * 8
    assert ours(4, step_decay, step_size=3)[-1] == 0.1


def test_the_warm_up_eats_the_beginning_of_the_cosine():
    """With warmup_prefix=False, the default, the cosine runs on during the warm-up, and the peak is never reached."""
    found = rates("CosineLRScheduler(optimizer, 10, warmup_t=3)", 11)
    assert found == about(0, 0.33333, 0.66667, 0.79389, 0.65451, 0.5, 0.34549, 0.20611, 0.09549, 0.02447, 0)
    told = rates("CosineLRScheduler(optimizer, 7, warmup_t=3, warmup_prefix=True)", 11)
    assert told == about(*ours(11, warmup, schedule=Schedule(cosine, T_max=7), warmup_steps=3))


def test_polynomial_has_the_power_of_a_half():
    """The power of PolyLRScheduler is 0.5 by default, which falls late; elsewhere it is 1."""
    assert rates("PolyLRScheduler(optimizer, 4)", 6) == about(*ours(6, polynomial, total_iters=4, power=0.5))
    assert rates("PolyLRScheduler(optimizer, 4)", 6) == about(1, 0.86603, 0.70711, 0.5, 0, 0)


def test_wsd_cools_down_along_a_root_and_leaves_the_warm_up_out():
    """WSDLRScheduler cools down along 1 - sqrt by default, and its t_initial leaves the warm-up out."""
    found = rates("WSDLRScheduler(optimizer, t_initial=8, decay_t=3, warmup_t=2)", 12)
    assert found == about(0, 0.5, *[1] * 6, 0.42265, 0.1835, 0, 0)
    assert found == about(*ours(12, wsd, total_steps=10, decay_steps=3, warmup_steps=2, decay_type="1-sqrt"))


def test_wsd_bends_an_exponential_to_reach_its_floor():
    """With decay_fn="exp" WSDLRScheduler cools down along an exponential that is bent to reach its floor; ours has none."""
    found = rates('WSDLRScheduler(optimizer, t_initial=4, decay_t=2, decay_fn="exp")', 6)
    assert found == about(1, 1, 1, 0.240253, 0, 0) and found[3] == pytest.approx((0.1**0.5 - 0.1) / 0.9)
    with pytest.raises(ValueError, match="^decay_type: "):
        Schedule(wsd, total_steps=4, decay_steps=2, decay_type="exponential")


def test_wsd_may_fall_before_it_cools_down():
    """With stable_fn="rsqrt" the plateau of WSDLRScheduler is none: it falls as the inverse square root does."""
    falling = 'stable_fn="rsqrt", stable_timescale=2, decay_fn="linear"'
    found = rates(f"WSDLRScheduler(optimizer, t_initial=8, decay_t=4, {falling})", 9)
    assert found == about(*[inverse_sqrt(t, 1.0, timescale=2) * min(1, (8 - t) / 4) for t in range(9)])
    assert found == about(1, 0.8165, 0.70711, 0.63246, 0.57735, 0.40089, 0.25, 0.11785, 0)
    assert ours(9, wsd, total_steps=8, decay_steps=4) == about(1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_plateau_wants_large_metrics_and_a_relative_threshold():
    """PlateauLRScheduler takes large metrics for good ones by default, and has a relative threshold only."""
    call = "PlateauLRScheduler(optimizer, patience_t=2{})"
    falling, rising = [8.0, 7.0, 6.0, 5.0], [1.0, 2.0, 3.0, 4.0]
    assert fed(call.format(""), falling) == about(1, 1, 1, 0.1) and fed(call.format(""), rising) == [1.0] * 4
    assert folded(falling, plateau, patience=2) == [1.0] * 4
    with pytest.raises(TypeError):
        fed(call.format(', threshold_mode="abs"'), falling)


def test_cycles_shrink_the_peak_itself_and_come_to_an_end():
    """The cycle_decay of timm shrinks the peak, not its height above the floor, and after cycle_limit cycles the floor holds."""
    found = rates("CosineLRScheduler(optimizer, 2, lr_min=0.1, cycle_decay=0.5, cycle_limit=3)", 9)
    assert found == about(1, 0.55, 0.5, 0.3, 0.25, 0.175, 0.1, 0.1, 0.1)
    assert ours(6, cosine_cycles, T_0=2, decay=0.5, eta_min=0.1) == about(1, 0.55, 0.55, 0.325, 0.325, 0.2125)
    plain = rates("PolyLRScheduler(optimizer, 3, power=1.0, cycle_limit=2)", 9)
    assert plain == about(1, 2 / 3, 1 / 3, 1, 2 / 3, 1 / 3, 0, 0, 0)
    straight = rates("PolyLRScheduler(optimizer, 2, power=1.0, cycle_decay=0.5, cycle_limit=3)", 8)
    assert straight == about(1, 0.5, 0.5, 0.25, 0.25, 0.125, 0, 0)
    endless = ours(8, repeat, schedule=Schedule(linear, total_iters=2), T_0=2, decay=0.5)
    assert endless == about(1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625)


def test_the_tangent_begins_at_the_peak():
    """The first update of TanhLRScheduler has the optimizer's own rate, which the curve never quite reaches."""
    found = rates("TanhLRScheduler(optimizer, 4)", 6)
    assert found[0] == 1.0 > ours(1, tanh_decay, total_steps=4)[0] > 0.99999
    assert found == about(*ours(6, tanh_decay, total_steps=4)) and found == about(1, 0.99988, 0.98201, 0.26894, 0, 0)
