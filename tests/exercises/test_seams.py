"""The exercises on seams: the solutions are the frameworks' own."""
import pytest

from lrlearn import Schedule, cosine, warmup
from lrlearn.exercises import seams as ex
from tests.peers import from_ignite, from_keras, from_optax, from_timm, from_torch, from_transformers


def intent(T, W, floor=0.0):
    return Schedule(warmup, schedule=Schedule(cosine, T_max=T - W, eta_min=floor), warmup_steps=W)


def test_the_five_rows_are_the_frameworks_own():
    rates = {
        "optax": from_optax.rates("optax.warmup_cosine_decay_schedule(0.0, 1.0, 3, decay_steps=10)", 13),
        "torch": from_torch.rates(
            "SequentialLR(optimizer, [LinearLR(optimizer, total_iters=3), CosineAnnealingLR(optimizer, 7)], [3])", 13),
        "timm": from_timm.rates("CosineLRScheduler(optimizer, t_initial=10, warmup_t=3)", 13),
        "Keras": from_keras.rates(
            "keras.optimizers.schedules.CosineDecay(0.0, decay_steps=10, warmup_target=1.0, warmup_steps=3)", 13),
        "Ignite": from_ignite.rates(
            'create_lr_scheduler_with_warmup(CosineAnnealingScheduler(optimizer, "lr", 1.0, 0.0, 7), 0.0, 3)', 13),
    }
    lines = [line.split(". ")[1] for line in ex.recognise.text.splitlines() if line[:2] in ("1.", "2.", "3.", "4.", "5.")]
    assert lines == [", ".join(f"{rates[name][t]:.2f}" for t in (0, 2, 3, 9, 12)) for name in ex.recognise_words()]


@pytest.mark.parametrize("T, W", [(10, 3), (40, 8)])
def test_with_these_lengths_four_frameworks_keep_the_intent(T, W):
    optax, keras, timm, hf = ex.lengths(T, W)
    want = pytest.approx([intent(T, W)(t) for t in range(T + 1)], abs=1e-6)
    assert from_optax.rates(f"optax.warmup_cosine_decay_schedule(0.0, 1.0, {W}, decay_steps={optax})", T + 1) == want
    assert from_keras.rates(
        f"keras.optimizers.schedules.CosineDecay(0.0, decay_steps={keras}, warmup_target=1.0, warmup_steps={W})", T + 1) == want
    assert from_timm.rates(f"CosineLRScheduler(optimizer, t_initial={timm}, warmup_t={W}, warmup_prefix=True)", T + 1) == want
    assert from_transformers.rates(f"get_cosine_schedule_with_warmup(optimizer, {W}, {hf})", T + 1) == want


@pytest.mark.parametrize("peak, floor", [(0.1, 0.01), (2.0, 0.5)])
def test_the_floors_are_the_frameworks_own(peak, floor):
    torch, keras, optax, hf = ex.floors(peak, floor)
    ends = (
        from_torch.rates(f"CosineAnnealingLR(optimizer, 7, eta_min={torch})", 8, lr=peak),
        from_keras.rates(f"keras.optimizers.schedules.CosineDecay({peak}, 7, alpha={keras})", 8),
        from_optax.rates(f"optax.warmup_cosine_decay_schedule(0.0, {peak}, 1, 8, end_value={optax})", 9),
        from_transformers.rates(
            f'get_scheduler("cosine_with_min_lr", optimizer, num_warmup_steps=0, num_training_steps=7, '
            f'scheduler_specific_kwargs={{"min_lr_rate": {hf}}})', 8, lr=peak),
    )
    assert [end[-1] for end in ends] == pytest.approx([floor] * 4, rel=1e-6)


@pytest.mark.parametrize("milestones, batches", [([3, 5], 4), ([2], 7), ([1, 4], 1)])
def test_the_boundaries_give_pytorch_s_rates_and_no_mistake_does(milestones, batches):
    values = [0.1 ** (k + 1) for k in range(len(milestones) + 1)]
    epochs = milestones[-1] + 2
    want = [lr for lr in from_torch.rates(f"MultiStepLR(optimizer, {milestones}, 0.1)", epochs, lr=0.1) for _ in range(batches)]

    def ported(boundaries):
        return from_keras.rates(f"keras.optimizers.schedules.PiecewiseConstantDecay({boundaries}, {values})", len(want))

    right = ex.boundaries_for(milestones, batches)
    assert ported(right) == pytest.approx(want, rel=1e-6)
    for mistake in ex.find_the_bug.mistakes:
        if (found := mistake(milestones, batches)) != right:
            assert ported(found) != pytest.approx(want, rel=1e-6), mistake.__name__


def test_answers_as_readers_write_them():
    assert ex.recognise.check(("optax", "torch", "timm", "Keras", "Ignite")).state == "right"
    assert ex.one_intent.check(lambda total, climb: (total, total - climb, total - climb, total)).state == "right"
    assert ex.floor_units.check(lambda peak, floor: [floor, floor / peak] * 2).state == "right"

    def boundaries_for(milestones, batches_per_epoch):
        found = []
        for m in milestones:
            found.append(batches_per_epoch * m - 1)
        return found

    assert ex.find_the_bug.check(boundaries_for).state == "right"
