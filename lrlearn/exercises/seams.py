"""The exercises of the chapter on seams: one intent in several frameworks."""
from .exercise import Exercise

# -- 1. recognise a convention -------------------------------------------------------------------------


def recognise_words():
    return ["optax", "torch", "timm", "Keras", "Ignite"]


def the_rise_overlooked():
    """You swapped the rows whose first rates are 0.00 and 0.33. Which of the two frameworks refuses to begin at 0 in its linear
    ramp, and takes a third instead?"""
    return ["torch", "optax", "timm", "Keras", "Ignite"]


def jump_and_length_swapped():
    """You swapped the third and the fourth row. One of them never comes to its peak, since its cosine has been
    running beneath the ramp; the other comes to the peak, and ends much too high."""
    return ["optax", "torch", "Keras", "timm", "Ignite"]


def early_peak_for_a_jump():
    """You swapped the third and the fifth row. One of them comes to the peak one update early and begins anew at its end; the
    other never comes to the peak at all."""
    return ["optax", "torch", "Ignite", "Keras", "timm"]


def long_cosine_for_the_intent():
    """You swapped the first and the fourth row. Both climb alike, but one of them ends at 0.35. Whose length leaves the warm-up
    out?"""
    return ["Keras", "torch", "timm", "optax", "Ignite"]


recognise = Exercise(
    """**Recognise a convention.** Five frameworks were asked for 10 updates, 3 of them warm-up, peak 1, cosine to 0; the length
was given as 10 wherever there is one length for all. Here are the rates of the updates 0, 2, 3, 9 and 12. Whose are they? Give
a list of five words out of `Ignite`, `Keras`, `optax`, `timm` and `torch`, each once.

1. 0.00, 0.67, 1.00, 0.05, 0.00
2. 0.33, 0.78, 1.00, 0.05, 0.19
3. 0.00, 0.67, 0.79, 0.02, 0.00
4. 0.00, 0.67, 1.00, 0.35, 0.02
5. 0.00, 1.00, 0.95, 1.00, 0.61""",
    solution=recognise_words,
    why="""Look at the first rate, then at the end of the ramp, then at the last rate and past it. A third at first is the linear
ramp's default start; 0.79 is the value of a cosine that has been running for 3 of 10 updates; 0.35 at the last update is a
cosine of length 10 that began at update 3; 1.00 at update 9 is a wave that began anew.""",
    cases={"the list": [()]},
    mistakes=(the_rise_overlooked, jump_and_length_swapped, early_peak_for_a_jump, long_cosine_for_the_intent),
    hints=(
        "Begin with the rows that stand alone: one has a first rate above 0, one has the peak at update 2.",
        "(1 + cos(0.3 pi)) / 2 is 0.79. Who lets the cosine run while the ramp climbs?",
        "(1 + cos(0.6 pi)) / 2 is 0.35, and update 9 is 6 updates after the ramp. Whose cosine has 10 updates of its own?",
    ),
)

# -- 2. the lengths ------------------------------------------------------------------------------------


def lengths(total, climb):
    return [total, total - climb, total - climb, total]


def whole_run_everywhere(total, climb):
    """You give everybody the whole run. Two of the four count the warm-up on top, and end `climb` updates too late."""
    return [total, total, total, total]


def rest_everywhere(total, climb):
    """You take the warm-up off everywhere. Two of the four take it off by themselves, so there it is gone twice and the rate is
    at 0 too early."""
    return [total - climb, total - climb, total - climb, total - climb]


def optax_and_keras_swapped(total, climb):
    """You have optax and Keras the wrong way round. Both call it `decay_steps`; one holds the warm-up in it, one does not."""
    return [total - climb, total, total - climb, total]


def timm_forgets_the_prefix(total, climb):
    """Your timm is that of `warmup_prefix=False`. With `warmup_prefix=True` the ramp stands in front of the `t_initial`."""
    return [total, total - climb, total, total]


def transformers_without_the_ramp(total, climb):
    """Your transformers lacks the warm-up. `num_training_steps` is all the updates, those of the ramp among them."""
    return [total, total - climb, total - climb, total - climb]


def one_off(total, climb):
    """You take one off for the last update. The bottom belongs to update `total` here, as it does in all four by themselves."""
    return [total - 1, total - climb - 1, total - climb - 1, total - 1]


def ramp_added(total, climb):
    """You add the warm-up to the run. `total` holds it already."""
    return [total + climb, total, total, total + climb]


one_intent = Exercise(
    """**One intent, four lengths.** A run has `total` updates, the first `climb` of them warm-up, and the cosine is at 0 at
t = `total`. Write `lengths(total, climb)`, a list of four numbers: the `decay_steps` of optax' `warmup_cosine_decay_schedule`,
the `decay_steps` of Keras' `CosineDecay` with `warmup_steps=climb`, the `t_initial` of timm's `CosineLRScheduler` with
`warmup_prefix=True`, and the `num_training_steps` of transformers' `get_cosine_schedule_with_warmup`.""",
    solution=lengths,
    why="""Two of them name the whole run and take the warm-up off inside; two name the cosine alone. The parameter's name does
not tell: optax and Keras share it. So ask for the rate at t = `total` and look whether it is 0, and whether it is 0 there first.""",
    cases={"with a warm-up": [(10, 3), (100, 10), (50, 20)], "without one": [(10, 0), (7, 0)]},
    mistakes=(
        whole_run_everywhere, rest_everywhere, optax_and_keras_swapped, timm_forgets_the_prefix, transformers_without_the_ramp,
        one_off, ramp_added,
    ),
    hints=(
        "The table of the seven frameworks has Keras with `decay_steps=10`. Is it at 0 at update 10?",
        "Two of the four answers are the same number, and so are the other two.",
        "optax counts the warm-up in its length, as transformers does.",
    ),
)

# -- 3. the floor --------------------------------------------------------------------------------------


def floors(peak, floor):
    return [floor, floor / peak, floor, floor / peak]


def rates_everywhere(peak, floor):
    """You hand the rate itself to all four. Two of them take a fraction of the peak, and would multiply it with the peak."""
    return [floor, floor, floor, floor]


def fractions_everywhere(peak, floor):
    """You hand a fraction to all four. Two of them take the rate itself: with a small peak your floor would be above the peak."""
    return [floor / peak, floor / peak, floor / peak, floor / peak]


def values_and_fractions_swapped(peak, floor):
    """You have them the wrong way round: an `alpha` and a `rate` are fractions, a `min` and an `end` are values."""
    return [floor / peak, floor, floor / peak, floor]


def optax_as_keras(peak, floor):
    """Your `end_value` is a fraction. In optax' `cosine_decay_schedule` the `alpha` is one, but here the schedule takes a value."""
    return [floor, floor / peak, floor / peak, floor / peak]


def name_not_read(peak, floor):
    """Your last number is the rate itself. transformers has `min_lr` for that; `min_lr_rate` is a part of the peak."""
    return [floor, floor / peak, floor, floor]


def times_the_peak(peak, floor):
    """You multiply by the peak, which the framework does itself. Divide, so that its product gives the rate."""
    return [floor, floor * peak, floor, floor * peak]


floor_units = Exercise(
    """**A floor in four units.** The peak is `peak`, and the rate shall never go below `floor`, a learning rate. Write
`floors(peak, floor)`, a list of four numbers: `eta_min` of torch's `CosineAnnealingLR`, `alpha` of Keras' `CosineDecay`,
`end_value` of optax' `warmup_cosine_decay_schedule`, and `min_lr_rate` of transformers' `cosine_with_min_lr`.""",
    solution=floors,
    why="""torch and optax take the rate itself, Keras and this schedule of transformers a fraction. A value is shared by all
param groups whatever their peaks; a fraction goes with each. A floor of 0 is the same in both units, so only a test with a
floor above 0 finds the slip.""",
    cases={"with a floor": [(0.1, 0.01), (0.5, 0.002), (3.0, 0.6), (2.0, 0.5)], "with none": [(0.1, 0.0)]},
    mistakes=(
        rates_everywhere, fractions_everywhere, values_and_fractions_swapped, optax_as_keras, name_not_read, times_the_peak,
    ),
    hints=(
        "Two take the rate as it is. Which of the four names speak of a part?",
        "A framework that takes a fraction computes fraction times peak. Which fraction gives `floor`?",
    ),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """\
# PyTorch, scheduler.step() once an epoch:
#     MultiStepLR(optimizer, milestones=[30, 60], gamma=0.1)
schedule = keras.optimizers.schedules.PiecewiseConstantDecay(
    boundaries=[30, 60], values=[0.1, 0.01, 0.001])
model.compile(keras.optimizers.SGD(schedule), "mse")
model.fit(x, y, batch_size=32, epochs=90)
"""


def boundaries_for(milestones, batches_per_epoch):
    return [m * batches_per_epoch - 1 for m in milestones]


def as_it_stands(milestones, batches_per_epoch):
    """That is the script as it stands. A schedule of Keras is asked at every update, so both cuts come in the first epochs."""
    return list(milestones)


def one_update_late(milestones, batches_per_epoch):
    """The unit is right. But Keras keeps the old rate *at* the boundary, so the first update of the new epoch still has it."""
    return [m * batches_per_epoch for m in milestones]


def two_updates_late(milestones, batches_per_epoch):
    """You moved the boundary to the wrong side. Keras cuts after the boundary and not at it, so it has to come earlier."""
    return [m * batches_per_epoch + 1 for m in milestones]


def one_epoch_early(milestones, batches_per_epoch):
    """You take off a whole epoch. PyTorch's milestone 30 is the epoch with number 30, counted from 0, and it begins after 30
    epochs; what has to go is one update."""
    return [(m - 1) * batches_per_epoch for m in milestones]


def one_epoch_and_one_update_early(milestones, batches_per_epoch):
    """You take off an epoch and an update. Epoch number `m`, counted from 0, begins after `m` epochs, not after `m - 1`."""
    return [(m - 1) * batches_per_epoch - 1 for m in milestones]


def one_off_in_epochs(milestones, batches_per_epoch):
    """You correct the boundary, but the unit is still the epoch. Keras counts updates here."""
    return [m - 1 for m in milestones]


def divided(milestones, batches_per_epoch):
    """You divide. An epoch has many updates, so the boundaries become larger numbers."""
    return [m // batches_per_epoch for m in milestones]


find_the_bug = Exercise(
    f"""**Find the bug.** A recipe was ported from PyTorch to Keras. The port learns next to nothing.

```python
{SCRIPT}```

Write `boundaries_for(milestones, batches_per_epoch)`, the list of boundaries with which every update has the rate that it has
in PyTorch. (About one line.)""",
    solution=boundaries_for,
    why="""Two seams lie on top of each other. The clock: a schedule of Keras counts updates, while this PyTorch loop counts
epochs. And the edge: PyTorch cuts when the count is at the milestone, Keras when it is beyond the boundary. The second slip is
one update and hurts nobody; the first cuts the rate a hundredfold within a few epochs. (A callback `LearningRateScheduler`
counts epochs, and would have kept the numbers.)""",
    cases={"a recipe": [([30, 60], 50), ([3, 5], 4), ([10], 391)], "one batch an epoch": [([30, 60], 1)]},
    mistakes=(
        as_it_stands, one_update_late, two_updates_late, one_epoch_early, one_epoch_and_one_update_early, one_off_in_epochs, divided,
    ),
    hints=(
        "What does the 30 count in PyTorch, and what in Keras?",
        "Epoch number 30 begins with update 30 * batches_per_epoch. Which rate must that very update have?",
        "Keras: `values[0]` up to and including the boundary.",
    ),
)
