"""The packages schedulefree, prodigyopt and dadaptation: what the averaging chapter says of them."""
import json
from pathlib import Path

import pytest
import torch

from lrlearn import Schedule, cosine, warmup
from lrlearn.labs.beyond_torch import ScheduleFreeSGD

BOOK = Path(__file__).parents[2] / "book" / "averaging.ipynb"
SHAPES = (3,), (2, 4)


def weights(seed=0):
    numbers = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=numbers, dtype=torch.float64).requires_grad_() for shape in SHAPES]


def follow(optimizer, w, schedule=None, steps=60, lr=1.0):
    """Update with random gradients around a slope; the parameters after each update."""
    numbers, path = torch.Generator().manual_seed(9), []
    for t in range(steps):
        if schedule:
            for group in optimizer.param_groups:
                group["lr"] = schedule(t, lr)
        for x in w:
            x.grad = x.detach() + torch.randn(x.shape, generator=numbers, dtype=torch.float64)
        optimizer.step()
        path.append([x.detach().clone() for x in w])
    return path


def gap(one, other):
    return max((a - b).abs().max().item() for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True))


def their_sgd(w, **how):
    from schedulefree import SGDScheduleFree

    optimizer = SGDScheduleFree(w, **how)
    optimizer.train()
    return optimizer


@pytest.mark.parametrize("foreach", [False, True])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_our_schedule_free_is_the_package_s(decay, foreach):
    """y after each update, and x after eval(), with a schedule that rises and falls."""
    hills = Schedule(warmup, schedule=Schedule(cosine, T_max=50), warmup_steps=10, start_factor=0.1)
    ours, theirs = weights(), weights()
    one = ScheduleFreeSGD(ours, lr=0.3, momentum=0.8, weight_decay=decay)
    two = their_sgd(theirs, lr=0.3, momentum=0.8, weight_decay=decay, foreach=foreach)
    assert gap(follow(one, ours, hills, lr=0.3), follow(two, theirs, hills, lr=0.3)) < 1e-12
    one.eval()
    two.eval()
    assert gap([ours], [theirs]) < 1e-12
    one.train()
    two.train()
    assert gap([ours], [theirs]) < 1e-12


def test_the_package_s_warm_up_is_t_plus_1_over_W():
    """warmup_steps=W is the rate times (t + 1) / W."""
    ours, theirs = weights(), weights()
    one, two = ScheduleFreeSGD(ours, lr=0.3), their_sgd(theirs, lr=0.3, warmup_steps=5)
    rates = [0.3 * min(1.0, (t + 1) / 5) for t in range(30)]
    follow(one, ours, lambda t, lr: rates[t], steps=30)
    assert gap([follow(two, theirs, steps=30)[-1]], [[x.detach() for x in ours]]) < 1e-12


def test_a_step_before_train_is_refused_and_an_evaluation_without_eval_is_not():
    from schedulefree import AdamWScheduleFree, SGDScheduleFree

    for kind in (SGDScheduleFree, AdamWScheduleFree):
        w = weights()
        optimizer = kind(w, lr=0.1)
        for x in w:
            x.grad = torch.ones_like(x)
        with pytest.raises(Exception, match="not in train mode"):
            optimizer.step()
        optimizer.train()
        optimizer.step()
        optimizer.step()
        y = [x.detach().clone() for x in w]
        optimizer.eval()                                    # without this line the same weights would be judged, silently
        assert gap([w], [y]) > 1e-4
        with pytest.raises(Exception, match="not in train mode"):
            optimizer.step()


def book_s_prodigy():
    names = {"torch": torch}
    sources = ["".join(c["source"]) for c in json.loads(BOOK.read_text())["cells"] if c["cell_type"] == "code"]
    exec(next(s for s in sources if s.startswith("class Prodigy")), names)
    return names["Prodigy"]


@pytest.mark.parametrize("schedule", [None, Schedule(cosine, T_max=80)])
def test_the_chapter_s_prodigy_is_the_package_s(schedule):
    from prodigyopt import Prodigy

    ours, theirs = weights(), weights()
    one, two = book_s_prodigy()(ours), Prodigy(theirs)
    assert gap(follow(one, ours, schedule, steps=80), follow(two, theirs, schedule, steps=80)) < 1e-9
    assert one.param_groups[0]["d"] == pytest.approx(two.param_groups[0]["d"], rel=1e-9)
    assert one.param_groups[0]["d"] > 100 * 1e-6


def makers():
    from dadaptation import DAdaptAdam, DAdaptSGD
    from prodigyopt import Prodigy

    return Prodigy, DAdaptSGD, DAdaptAdam


def test_lr_is_1_by_default_and_the_estimate_never_falls():
    for kind in makers():
        w = weights()
        optimizer, seen = kind(w), []
        assert optimizer.param_groups[0]["lr"] == 1.0
        for _ in range(40):
            for x in w:
                x.grad = x.detach() - 3.0
            optimizer.step()
            seen.append(optimizer.param_groups[0]["d"])
        assert all(a <= b for a, b in zip(seen, seen[1:])) and seen[-1] > 1000 * seen[0], kind


def test_a_second_rate_for_a_group_is_refused_and_0_is_not():
    for kind in makers():
        w = weights()
        for rate, refused in ((0.5, True), (0.0, False)):
            optimizer = kind([{"params": w[:1]}, {"params": w[1:], "lr": rate}])
            for x in w:
                x.grad = torch.ones_like(x)
            if refused:
                with pytest.raises(RuntimeError, match="[Dd]ifferent lr values"):
                    optimizer.step()
            else:
                before = w[1].detach().clone()
                optimizer.step()
                assert w[1].equal(before)


def test_a_schedule_multiplies_prodigy():
    """At half the lr a move is half as long, as long as d stays what it is."""
    from prodigyopt import Prodigy

    moves = []
    for lr in (1.0, 0.5):
        w = weights()
        optimizer = Prodigy(w, lr=lr, d0=0.01, growth_rate=1.0)
        before = [x.detach().clone() for x in w]
        for x in w:
            x.grad = torch.ones_like(x)
        optimizer.step()
        moves.append((w[0] - before[0]).detach())
    assert torch.allclose(moves[0], 2 * moves[1], rtol=1e-6)
