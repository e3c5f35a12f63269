"""The exercises on the inverse square root: what their words say about frameworks is held against the frameworks."""
from math import sqrt

import numpy as np
import pytest
import torch
from near import near
from torch.optim.lr_scheduler import LambdaLR

from lrlearn import Schedule, inverse_sqrt, noam, warmup
from lrlearn.exercises import inverse_sqrt as ex
from lrlearn.pytorch import ScheduleLR
from tests.peers import from_timm, from_transformers


def used(make, lr, updates):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=lr)
    scheduler, rates = make(optimizer), []
    for _ in range(updates):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


# -- the solutions are the field's ----------------------------------------------------------------

def test_the_peak_is_noam_s_highest_rate():
    curve = [noam(t, 2.0, 1024, 4000) for t in range(9000)]
    assert max(curve) == pytest.approx(ex.peak_of_2(), rel=1e-12) and curve.index(max(curve)) == 3999
    assert ex.the_first_update() == pytest.approx(curve[0], rel=1e-12) == min(curve[:4000])
    assert noam(3999, 1.0) == pytest.approx(6.99e-4, abs=5e-7), "the paper's base model, as the chapter prints it"


@pytest.mark.parametrize("d, scale", [(512, 1.0), (768, 2.0), (1024, 0.5)])
def test_the_warm_up_leads_to_the_peak(d, scale):
    for wanted in (100, 4000):
        peak = noam(wanted - 1, scale, d, wanted)
        assert ex.warmup_for(peak, d, scale) == pytest.approx(wanted, rel=1e-12)
        assert ex.warmup_for(2 * peak, d, scale) == pytest.approx(wanted / 4, rel=1e-12)


def test_a_tenth_after_a_hundred_warm_ups_in_transformers():
    small = from_transformers.rates("get_inverse_sqrt_schedule(optimizer, num_warmup_steps=20)", 2001)
    assert small[2000] == pytest.approx(0.1, rel=1e-12) and small[1999] > 0.1 and small[80] == pytest.approx(0.5)
    assert ex.my_inverse_sqrt(ex.update_of_a_tenth(), 1.0, ex.WARMUP) == pytest.approx(0.1, rel=1e-12)
    assert ex.update_of_a_tenth() / ex.WARMUP == 100
    assert ex.my_inverse_sqrt(ex.not_squared(), 1.0, ex.WARMUP) == pytest.approx(1 / 3, abs=0.02)
    assert ex.my_inverse_sqrt(ex.the_half(), 1.0, ex.WARMUP) == pytest.approx(0.5)
    assert sqrt(0.05) > 0.2, "a warm-up of 5 % of the run"


@pytest.mark.parametrize("w, scale", [(10, None), (4, 40), (7, 3), (0, None), (0, 25), (1, None)])
def test_the_curve_is_that_of_transformers(w, scale):
    call = f"get_inverse_sqrt_schedule(optimizer, num_warmup_steps={w}, timescale={scale})"
    assert near([ex.my_inverse_sqrt(t, 1.0, w, scale) for t in range(60)], from_transformers.rates(call, 60), 1e-12)


def test_the_curve_is_this_package_s_and_timm_s():
    ours = [ex.my_inverse_sqrt(t, 1.0, 10, 40) for t in range(60)]
    after = Schedule(inverse_sqrt, timescale=40)
    assert near(ours, [warmup(t, 1.0, after, 10) for t in range(60)], 1e-12)
    timm = 'WSDLRScheduler(optimizer, t_initial=100, decay_t=1, stable_fn="rsqrt", warmup_t=10, stable_timescale=40)'
    assert near(ours, from_timm.rates(timm, 60), 1e-12)


def test_a_given_timescale_makes_the_paper_s_tail_only_when_it_is_the_warm_up():
    assert [ex.my_inverse_sqrt(t, 1.0, 10) for t in (40, 90)] == pytest.approx([sqrt(10 / 40), sqrt(10 / 90)])
    same = [ex.timescale_without_a_shift(t, 1.0, 10) for t in range(10, 50)]
    assert near(same, [ex.my_inverse_sqrt(t, 1.0, 10) for t in range(10, 50)], 1e-12)
    assert ex.timescale_without_a_shift(10, 1.0, 10, 40) == 2.0, "it jumps at the peak"


def test_without_a_warm_up_a_short_run_hardly_falls_as_the_chapter_says():
    left = from_transformers.rates("get_inverse_sqrt_schedule(optimizer, num_warmup_steps=0)", 601)[600]
    assert left == pytest.approx(0.97, abs=5e-3)


# -- the script ------------------------------------------------------------------------------------

def script(lr, updates=6000):
    def rate(step):
        return 768**-0.5 * min((step + 1) ** -0.5, (step + 1) * 5000**-1.5)

    return used(lambda optimizer: LambdaLR(optimizer, lr_lambda=rate), lr, updates)


def test_the_script_multiplies_two_rates():
    rates = script(5e-5)
    assert max(rates) == pytest.approx(ex.highest_rate(), rel=1e-12) and rates.index(max(rates)) == 4999
    assert rates[0] == pytest.approx(ex.the_first_rate(), rel=1e-9)
    assert ex.the_last_rate() == pytest.approx(5e-5 * noam(99_999, 1.0, 768, 5000), rel=1e-9)


def test_the_mended_script_runs_at_what_the_paper_says():
    assert max(script(1.0)) == pytest.approx(ex.what_rate_returns(), rel=1e-12)
    assert ex.what_rate_returns() / ex.highest_rate() == pytest.approx(20_000, rel=1e-12)
    held = used(lambda optimizer: ScheduleLR(optimizer, Schedule(noam, d_model=768, warmup_steps=5000)), 1.0, 6000)
    assert near(held, script(1.0), 1e-15)


# -- answers as readers write them ----------------------------------------------------------------

@pytest.mark.parametrize("answer", [2 * (1024 * 4000) ** -0.5, 9.882e-4, np.float64(2) / np.sqrt(1024 * 4000),
                                    torch.tensor(2 * 1024**-0.5 * 4000**-0.5)])
def test_several_spellings_of_the_peak_are_right(answer):
    assert ex.peak_of_noam.check(answer).state == "right"


@pytest.mark.parametrize("answer", [5e-5 * 768**-0.5 * 5000**-0.5, 2.5516e-8, 5e-5 / (768 * 5000) ** 0.5])
def test_several_spellings_of_the_bug_are_right(answer):
    assert ex.find_the_bug.check(answer).state == "right"


@pytest.mark.parametrize("answer", [200_000, 2e5, np.int64(200_000)])
def test_several_spellings_of_the_tenth_are_right(answer):
    assert ex.a_tenth.check(answer).state == "right"


def test_several_spellings_of_the_warm_up_are_right():
    assert ex.warmup_for_a_peak.check(lambda peak, d_model, scale=1.0: scale**2 / (peak**2 * d_model)).state == "right"
    assert ex.warmup_for_a_peak.check(lambda peak, d_model, scale=1.0: np.square(scale / peak) / d_model).state == "right"


def test_several_spellings_of_the_curve_are_right():
    def with_minimum(t, base_lr, warmup_steps, timescale=None):
        if timescale is None:
            timescale = warmup_steps if warmup_steps > 0 else 10_000
        climb = t / warmup_steps if warmup_steps else 1.0
        return base_lr * min(climb, 1.0) * (1 + max(0, t - warmup_steps) / timescale) ** -0.5

    assert ex.closed_form.check(with_minimum).state == "right"
    assert ex.closed_form.check(lambda *a: torch.tensor(ex.my_inverse_sqrt(*a), dtype=torch.float32)).state == "right"


def test_the_package_s_own_functions_are_not_an_answer():
    def own(t, base_lr, warmup_steps, timescale=None):
        scale = timescale or warmup_steps or 10_000
        return base_lr * t / warmup_steps if t < warmup_steps else inverse_sqrt(t - warmup_steps, base_lr, scale)

    outcome = ex.closed_form.check(own)
    assert (outcome.state, outcome.mistake) == ("not yet", "the package's own function")
