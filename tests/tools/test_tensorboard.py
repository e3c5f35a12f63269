"""TensorBoard: a rate that is logged per update is read back as the schedule's, rounded to 32 bits."""
import struct

import torch

from lrlearn import Schedule, cosine
from lrlearn.pytorch import ScheduleLR

PLAN, T = Schedule(cosine, T_max=50), 50


def single(number):
    """A number as 32 bits hold it."""
    return struct.unpack("f", struct.pack("f", number))[0]


def read(folder, tag, **size):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return [(event.step, event.value) for event in EventAccumulator(str(folder), **size).Reload().Scalars(tag)]


def test_the_rates_of_both_groups_are_read_back_to_float32(tmp_path):
    from torch.utils.tensorboard import SummaryWriter

    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.1, 3e-5)]
    optimizer = torch.optim.SGD(groups)
    scheduler = ScheduleLR(optimizer, PLAN)
    with SummaryWriter(tmp_path) as writer:
        for t in range(T):
            for k, group in enumerate(optimizer.param_groups):
                writer.add_scalar(f"lr/{k}", group["lr"], t)
            optimizer.step()
            scheduler.step()
    for k, lr in enumerate((0.1, 3e-5)):
        assert read(tmp_path, f"lr/{k}") == [(t, single(PLAN(t, lr))) for t in range(T)]
    assert read(tmp_path, "lr/0")[3][1] != PLAN(3, 0.1)


def test_a_step_beyond_the_default_size_is_thinned_in_reading(tmp_path):
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(tmp_path) as writer:
        for t in range(12_000):
            writer.add_scalar("lr", PLAN(t, 0.1), t)
    assert len(read(tmp_path, "lr")) == 10_000                          # EventAccumulator keeps a sample of them
    whole = read(tmp_path, "lr", size_guidance={"scalars": 0})
    assert [step for step, _ in whole] == list(range(12_000))


def test_what_was_added_is_there_after_flush_and_after_closing(tmp_path):
    """A thread of the writer's own writes, sooner or later; flush and close wait for it."""
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(tmp_path)
    writer.add_scalar("lr", 0.1, 0)
    writer.flush()
    assert read(tmp_path, "lr") == [(0, single(0.1))]
    writer.add_scalar("lr", 0.05, 1)
    writer.close()
    assert read(tmp_path, "lr") == [(0, single(0.1)), (1, single(0.05))]
