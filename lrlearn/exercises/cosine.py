"""The exercises of the cosine chapter."""
from math import ceil, cos, pi, sin

from ..schedules.cosine import cosine
from ..schedules.warmup import warmup
from .exercise import Exercise

# -- 1. the closed form --------------------------------------------------------------------------------


def my_cosine(t, base_lr, T_max, eta_min=0.0):
    return eta_min + (base_lr - eta_min) * (1 + cos(pi * min(t, T_max) / T_max)) / 2


def whole_wave(t, base_lr, T_max, eta_min=0.0):
    """Half a wave is enough: pi and not 2 * pi. A whole wave is back at the peak when it should be at the bottom."""
    return eta_min + (base_lr - eta_min) * (1 + cos(2 * pi * min(t, T_max) / T_max)) / 2


def no_half(t, base_lr, T_max, eta_min=0.0):
    """`1 + cos(...)` runs from 2 down to 0. A factor that begins at the peak has to begin at 1."""
    return eta_min + (base_lr - eta_min) * (1 + cos(pi * min(t, T_max) / T_max))


def bare_cosine(t, base_lr, T_max, eta_min=0.0):
    """A cosine alone runs from 1 down to -1, and a negative learning rate climbs uphill. Lift the wave, then shrink it."""
    return eta_min + (base_lr - eta_min) * cos(pi * min(t, T_max) / T_max)


def sine(t, base_lr, T_max, eta_min=0.0):
    """A sine begins in the middle of its wave. The schedule begins at the top, and that is where a cosine begins."""
    return eta_min + (base_lr - eta_min) * (1 + sin(pi * min(t, T_max) / T_max)) / 2


def degrees(t, base_lr, T_max, eta_min=0.0):
    """Python's `cos` measures angles in radians: half a turn is pi, not 180."""
    return eta_min + (base_lr - eta_min) * (1 + cos(180 * min(t, T_max) / T_max)) / 2


def upside_down(t, base_lr, T_max, eta_min=0.0):
    """`1 - cos(...)` begins at the bottom and climbs. Annealing begins at the peak: plus, not minus."""
    return eta_min + (base_lr - eta_min) * (1 - cos(pi * min(t, T_max) / T_max)) / 2


def one_step_short(t, base_lr, T_max, eta_min=0.0):
    """Your wave is one step too short: it is as long as `T_max`, not `T_max - 1`. The bottom belongs to t = T_max."""
    return eta_min + (base_lr - eta_min) * (1 + cos(pi * min(t / (T_max - 1), 1))) / 2


def stays_at_the_peak(t, base_lr, T_max, eta_min=0.0):
    """Your rate does not move before `T_max`. If your code divides with `//`, that is why: `t // T_max` is 0 all the way.
    Use `/`."""
    return eta_min + (base_lr - eta_min) * (1 + cos(pi * (min(t, T_max) // T_max))) / 2


def no_floor(t, base_lr, T_max, eta_min=0.0):
    """Nothing of yours depends on `eta_min`. The curve has to end there, not at zero."""
    return base_lr * (1 + cos(pi * min(t, T_max) / T_max)) / 2


def floor_added_on_top(t, base_lr, T_max, eta_min=0.0):
    """The wave stands on the floor, so the floor lifts the peak as well. Its height is what is left between floor and
    peak: `base_lr - eta_min`, not `base_lr`."""
    return eta_min + base_lr * (1 + cos(pi * min(t, T_max) / T_max)) / 2


def cut_off_at_the_floor(t, base_lr, T_max, eta_min=0.0):
    """`max` cuts the wave off where it meets the floor, and the rest of the run is flat. Cosine annealing shrinks the
    wave instead, so that it touches the floor only at t = T_max."""
    return max(eta_min, base_lr * (1 + cos(pi * min(t, T_max) / T_max)) / 2)


def floor_as_a_fraction(t, base_lr, T_max, eta_min=0.0):
    """`eta_min` is a learning rate, not a fraction of the peak. In optax and Keras `alpha` is the fraction."""
    return my_cosine(t, base_lr, T_max, eta_min * base_lr)


def bounce(t, base_lr, T_max, eta_min=0.0):
    """After `T_max` the wave rises again, as it does in torch's CosineAnnealingLR. A schedule holds its last value: stop
    the clock at `T_max`."""
    return eta_min + (base_lr - eta_min) * (1 + cos(pi * t / T_max)) / 2


def half_of_everything(t, base_lr, T_max, eta_min=0.0):
    """Your brackets halve the floor, too. Only the wave, which runs from 2 down to 0, is halved; `eta_min` is added whole."""
    return (eta_min + (base_lr - eta_min) * (1 + cos(pi * min(t, T_max) / T_max))) / 2


def quarter_wave(t, base_lr, T_max, eta_min=0.0):
    """`cos(pi / 2 * ...)` is a quarter of a wave: it leaves the peak gently and hits the bottom at full speed. Half a wave is
    flat at both ends. Let the angle go to pi, lift the wave, then shrink it."""
    return eta_min + (base_lr - eta_min) * cos(pi / 2 * min(t, T_max) / T_max)


def linear(t, base_lr, T_max, eta_min=0.0):
    """That is a straight line. Both ends are right, but the way between them is half a cosine wave: flat, steep, flat."""
    return eta_min + (base_lr - eta_min) * (1 - min(t, T_max) / T_max)


def falls_to_zero(t, base_lr, T_max, eta_min=0.0):
    """After `T_max` your rate is 0, and the model stands still. A schedule holds its last value, and that is the floor."""
    return my_cosine(t, base_lr, T_max, eta_min) if t <= T_max else 0.0


closed_form = Exercise(
    """**The closed form.** Write `my_cosine(t, base_lr, T_max, eta_min=0.0)`. It gives the learning rate of update `t`:
half a cosine wave that begins at `base_lr` at t = 0, reaches `eta_min` at t = `T_max`, and stays there. (About one line.)""",
    solution=my_cosine,
    why="""While the angle goes from 0 to pi, the cosine goes from 1 to -1. So `(1 + cos(angle)) / 2` is a factor that falls from
1 to 0. It scales the height `base_lr - eta_min`, and the whole stands on `eta_min`. `min(t, T_max)` stops the clock at the
bottom. It is the very line of the package's `cosine`.""",
    cases={
        "without a floor": [(t, 0.1, 100) for t in (0, 1, 10, 25, 50, 75, 99)] + [(t, 0.3, 7) for t in range(7)],
        "with a floor": [(t, 0.1, 100, 0.01) for t in (0, 1, 10, 25, 50, 75, 99)] + [(t, 0.3, 7, 0.05) for t in range(7)],
        "from T_max on": [(t, 0.1, 100) for t in (100, 101, 150, 200, 250)] + [(t, 0.3, 7, 0.05) for t in (7, 8, 11, 14, 28)]
        + [(t, 0.2, 1) for t in (0, 1, 2)],
    },
    mistakes=(
        whole_wave, no_half, bare_cosine, sine, degrees, upside_down, one_step_short, stays_at_the_peak,
        quarter_wave, linear, no_floor, floor_added_on_top, cut_off_at_the_floor, floor_as_a_fraction,
        half_of_everything, bounce, falls_to_zero,
    ),
    hints=(
        "Begin with a factor that falls from 1 to 0. Which part of a cosine wave only falls, and between which two heights?",
        "`cos` falls from 1 to -1 while its angle goes from 0 to pi. What do you add, and divide by, to go from 1 to 0?",
        "The angle is `pi * t / T_max`. The factor scales what lies between the floor and the peak, and the floor is added once.",
        "After `T_max` the angle has to stay at pi: let time be `min(t, T_max)`.",
    ),
    by_hand=(cosine,),
)

# -- 2. the last update --------------------------------------------------------------------------------


def last_rate():
    return cosine(99, base_lr=0.1, T_max=100)


def the_bottom():
    """That is the rate at t = 100. The first update is t = 0, so update number 100 is t = 99, and none is made at t = 100."""
    return 0.0


def one_update_too_early():
    """That is the rate of the last update but one. 100 updates are t = 0, 1, ..., 99."""
    return cosine(98, base_lr=0.1, T_max=100)


def straight_line():
    """That would be the last step of a straight line. The cosine is nearly flat at its bottom, so it comes much closer."""
    return 0.1 * (1 - 99 / 100)


def the_factor():
    """That is the factor, what a peak of 1 would give. The peak here is 0.1."""
    return cosine(99, base_lr=1.0, T_max=100)


def rounded():
    """Your number is rounded: give three digits. Two are too few here, since other numbers round to the same two."""
    return round(last_rate(), 6)


last_lr = Exercise(
    """**The last update.** A run makes 100 updates with `base_lr=0.1` and `CosineAnnealingLR(optimizer, T_max=100)`, and calls
`scheduler.step()` after each. Which learning rate does the last update use? Guess first. Then give a number, or an
expression, to three digits or better.""",
    solution=last_rate,
    why="""The last update is t = 99. The rate 0 belongs to t = 100: the scheduler gets there with its last `step()`, when the
training is over. So a run never uses `eta_min` itself. It hardly matters, as the cosine is nearly flat at its bottom. Who wants
the floor to be used gives T_max one less than the number of updates.""",
    cases={"the last update": [()]},
    mistakes=(the_bottom, one_update_too_early, straight_line, the_factor, rounded),
    hints=(
        "Write down t for a run of three updates, from the first to the last.",
        "The first update is t = 0. Which t has update number 100?",
        "`ll.cosine(t, base_lr=0.1, T_max=100)` with the t of the last update.",
    ),
    rel=5e-3,                                               # three digits
)

# -- 3. warm-up in front -------------------------------------------------------------------------------


def warm_cosine(t, base_lr, warmup_steps, total_steps):
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return my_cosine(t - warmup_steps, base_lr, total_steps - warmup_steps)


def one_step_ahead(t, base_lr, warmup_steps, total_steps):
    """Your ramp is one step ahead: it is at the peak one update before the warm-up ends. That is a real convention, made so
    that the first update does something, but the ramp asked for is 0 at t = 0 and at the peak at t = warmup_steps."""
    return base_lr * (t + 1) / warmup_steps if t < warmup_steps else warm_cosine(t, base_lr, warmup_steps, total_steps)


def between_both_ends(t, base_lr, warmup_steps, total_steps):
    """`(t + 1) / (warmup_steps + 1)` touches neither end: it begins above 0. nanoGPT does so, to make use of the first
    update. The ramp asked for is 0 at t = 0."""
    return base_lr * (t + 1) / (warmup_steps + 1) if t < warmup_steps else warm_cosine(t, base_lr, warmup_steps, total_steps)


def from_a_third(t, base_lr, warmup_steps, total_steps):
    """Your ramp begins at a third of the peak, as torch's LinearLR does when nobody tells it otherwise. Here it begins at 0."""
    if t < warmup_steps:
        return base_lr * (1 + 2 * t / warmup_steps) / 3
    return warm_cosine(t, base_lr, warmup_steps, total_steps)


def product(t, base_lr, warmup_steps, total_steps):
    """You multiply the ramp and the cosine, as a ChainedScheduler does. The cosine falls while the ramp climbs, and the
    peak is never reached. Put one after the other."""
    ramp = t / warmup_steps if t < warmup_steps else 1
    return ramp * my_cosine(t, base_lr, total_steps)


def stays_at_zero(t, base_lr, warmup_steps, total_steps):
    """Your rate is 0 during the whole warm-up, and nothing is learned. If your code divides with `//`, that is why:
    `t // warmup_steps` is 0 until the end. Use `/`."""
    return base_lr * (t // warmup_steps) if t < warmup_steps else warm_cosine(t, base_lr, warmup_steps, total_steps)


def clock_not_shifted(t, base_lr, warmup_steps, total_steps):
    """The cosine has been running during the warm-up, so it takes over below the peak. timm does so unless
    `warmup_prefix=True`. The cosine's own time begins where the warm-up ends: `t - warmup_steps`."""
    return warm_cosine(t, base_lr, warmup_steps, total_steps) if t < warmup_steps else my_cosine(t, base_lr, total_steps)


def lower_of_the_two(t, base_lr, warmup_steps, total_steps):
    """You take the lower of the ramp and a cosine that began at t = 0. There is no jump, but where the two cross the curve
    turns down, before the ramp is at the peak. Put one after the other: the cosine's own time is `t - warmup_steps`."""
    ramp = base_lr * t / warmup_steps if t < warmup_steps else base_lr
    return min(ramp, my_cosine(t, base_lr, total_steps))


def cosine_too_long(t, base_lr, warmup_steps, total_steps):
    """Your cosine takes `total_steps` by itself, so it ends `warmup_steps` too late and the run stops above zero. It has
    only what the warm-up leaves. (Keras counts `decay_steps` without the warm-up, optax with it.)"""
    return base_lr * t / warmup_steps if t < warmup_steps else my_cosine(t - warmup_steps, base_lr, total_steps)


def cosine_too_early(t, base_lr, warmup_steps, total_steps):
    """The length of your cosine is right, but its time is not shifted: it began at t = 0 and is at the bottom
    `warmup_steps` too early. Give it `t - warmup_steps`."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return my_cosine(t, base_lr, total_steps - warmup_steps)


def shortened_twice(t, base_lr, warmup_steps, total_steps):
    """Your cosine is shifted and loses the warm-up's length twice, so it is at zero `warmup_steps` too early. optax's
    warm-up plus cosine does the same when `decay_steps` is given without the warm-up; there it counts both."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return my_cosine(t - warmup_steps, base_lr, total_steps - 2 * warmup_steps)


def one_step_short_of_the_end(t, base_lr, warmup_steps, total_steps):
    """Your cosine is one step too short. It is at zero at t = total_steps - 1; the zero belongs to t = total_steps."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return my_cosine(t - warmup_steps, base_lr, total_steps - warmup_steps - 1)


def bounce_at_the_end(t, base_lr, warmup_steps, total_steps):
    """After `total_steps` the wave rises again; so does transformers' get_cosine_schedule_with_warmup. A run that is one
    epoch longer than planned climbs back. A schedule holds its last value."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return bounce(t - warmup_steps, base_lr, total_steps - warmup_steps)


with_warmup = Exercise(
    """**Warm-up in front.** Write `warm_cosine(t, base_lr, warmup_steps, total_steps)`: a straight line from 0 at t = 0 to
`base_lr` at t = `warmup_steps`, then half a cosine wave to 0 at t = `total_steps`, and 0 from then on. `warmup_steps` may
be 0. You may call your own `my_cosine` or `ll.cosine`. (About three lines.)""",
    solution=warm_cosine,
    why="""The cosine sees its own time, the steps since the end of the warm-up, and it has its own length, what the warm-up
leaves of the run. So it begins at the peak, where the ramp ends, and is at 0 just when the run is over. Asking
`t < warmup_steps` first keeps `warmup_steps=0` from dividing by zero. In the package it is
`Schedule(warmup, schedule=Schedule(cosine, T_max=total_steps - warmup_steps), warmup_steps=warmup_steps)`.""",
    cases={
        # half of 8 updates: a warm-up so long that an unshifted cosine comes below the ramp
        "during the warm-up": [(t, 0.1, 10, 100) for t in (0, 1, 5, 9)] + [(t, 0.3, 4, 8) for t in range(4)],
        "after the warm-up": [(t, 0.1, 10, 100) for t in (10, 11, 30, 55, 90, 99)] + [(t, 0.3, 4, 12) for t in range(4, 12)],
        "from total_steps on": [(t, 0.1, 10, 100) for t in (100, 101, 120, 190)] + [(t, 0.3, 4, 12) for t in (12, 13, 18, 20)],
        "without a warm-up": [(t, 0.1, 0, 20) for t in (0, 1, 10, 19, 20, 30)] + [(t, 0.1, 1, 2) for t in range(4)],
    },
    mistakes=(
        one_step_ahead, between_both_ends, from_a_third, product, stays_at_zero, lower_of_the_two, clock_not_shifted,
        cosine_too_long, cosine_too_early, shortened_twice, one_step_short_of_the_end, bounce_at_the_end,
    ),
    hints=(
        "Take the two parts one at a time: `if t < warmup_steps`, a ramp; after it, a cosine.",
        "When the cosine takes over it has to be at its peak. Which time must it see at t = `warmup_steps`?",
        "The cosine is at 0 at t = `total_steps`. It began at `warmup_steps`. So how many steps does it take?",
        "After the warm-up: `my_cosine(t - warmup_steps, base_lr, ...)`, with the length from hint 3.",
    ),
    by_hand=(warmup,),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """\
scheduler = CosineAnnealingLR(optimizer, T_max=epochs)
for epoch in range(epochs):
    for i, (x, y) in enumerate(loader, start=1):
        loss = loss_fn(model(x), y) / accumulate
        loss.backward()
        if i % accumulate == 0 or i == len(loader):
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
"""


def T_max_for(epochs, batches_per_epoch, accumulate=1):
    return epochs * ceil(batches_per_epoch / accumulate)


def in_epochs(epochs, batches_per_epoch, accumulate=1):
    """That is the script as it stands. `T_max` counts calls of `scheduler.step()`, and this script makes one after every
    update, not after every epoch. So the rate is at the bottom after a few updates, climbs back, and falls again, all along."""
    return epochs


def one_epoch_only(epochs, batches_per_epoch, accumulate=1):
    """The rate is at the bottom after the first epoch, and then climbs back. `T_max` covers the whole run."""
    return ceil(batches_per_epoch / accumulate)


def one_less(epochs, batches_per_epoch, accumulate=1):
    """One less makes the last update use the floor, and some want that. But then the call of `scheduler.step()` after it
    climbs again; the question is how many calls the script makes."""
    return epochs * ceil(batches_per_epoch / accumulate) - 1


def one_more(epochs, batches_per_epoch, accumulate=1):
    """One too many: the run ends a step before the bottom. N updates bring N calls of `scheduler.step()`, not N + 1."""
    return epochs * ceil(batches_per_epoch / accumulate) + 1


def every_batch_counted(epochs, batches_per_epoch, accumulate=1):
    """You count batches. With accumulation several batches make one update, and `scheduler.step()` is called once an
    update. The rate would end the run far above the bottom."""
    return epochs * batches_per_epoch


def accumulation_multiplied(epochs, batches_per_epoch, accumulate=1):
    """Accumulation makes fewer updates, not more: several batches go into one."""
    return epochs * batches_per_epoch * accumulate


def left_over_batches_dropped(epochs, batches_per_epoch, accumulate=1):
    """`//` rounds down, but the script also updates at the end of an epoch with what is left over
    (`or i == len(loader)`). Those updates are missing from your count, and the rate climbs again before the run ends."""
    return epochs * (batches_per_epoch // accumulate)


def rounded_once_for_the_run(epochs, batches_per_epoch, accumulate=1):
    """You round once for the whole run, as though batches left over at the end of an epoch waited for the next. The
    script updates at the end of each epoch, so round there, and then multiply."""
    return ceil(epochs * batches_per_epoch / accumulate)


def rounded_down_for_the_run(epochs, batches_per_epoch, accumulate=1):
    """You round down once for the whole run. The script updates at the end of each epoch, also with fewer batches than
    `accumulate`: round up, epoch by epoch."""
    return epochs * batches_per_epoch // accumulate


def not_rounded(epochs, batches_per_epoch, accumulate=1):
    """There are no fractions of an update. At the end of each epoch the script updates with what is left over: round up."""
    return epochs * batches_per_epoch / accumulate


find_the_bug = Exercise(
    f"""**Find the bug.** The loss of this run goes up and down in waves, and nobody knows why.

```python
{SCRIPT}```

`T_max` is wrong. Write `T_max_for(epochs, batches_per_epoch, accumulate=1)`, the `T_max` that brings the rate to the bottom
just when the script is over. `batches_per_epoch` is `len(loader)`; `accumulate` batches make one update. (About one line.)""",
    solution=T_max_for,
    why="""`T_max` has the unit of `scheduler.step()`: whatever the script does once a call. Here it is called once an update.
An epoch has `batches_per_epoch / accumulate` updates, rounded up, since the script also updates with the batches left over at
the epoch's end. The other cure is to call `scheduler.step()` once an epoch and keep `T_max=epochs`; then the rate
falls in stairs. Mixing the two units is the bug.""",
    cases={
        "with one update a batch": [(10, 50), (3, 7), (9, 391), (1, 20), (5, 1)],
        "with accumulation": [(10, 48, 4), (3, 7, 2), (10, 50, 4), (9, 391, 8), (2, 3, 8), (4, 6, 1)],
    },
    mistakes=(
        in_epochs, one_epoch_only, one_less, one_more, every_batch_counted, accumulation_multiplied,
        left_over_batches_dropped, rounded_once_for_the_run, rounded_down_for_the_run, not_rounded,
    ),
    hints=(
        "How often is `scheduler.step()` called in one epoch of 50 batches, with `accumulate=1`? What is `T_max` in the script?",
        "`T_max` is the number of calls of `scheduler.step()` from the peak to the bottom. The bottom belongs to the run's end.",
        "With `accumulate=4` and 6 batches, `scheduler.step()` is called after batches 4 and 6. How does 6 / 4 become 2?",
        "`math.ceil` rounds up. Round once for each epoch.",
    ),
)

# -- 5. the recursion ----------------------------------------------------------------------------------


def next_lr(lr, t, T_max, eta_min=0.0):
    return eta_min + (lr - eta_min) * (1 + cos(pi * (t + 1) / T_max)) / (1 + cos(pi * t / T_max))


def one_step_late(lr, t, T_max, eta_min=0.0):
    """Your ratio leads from t - 1 to t. Here `lr` is the rate at t, and the one wanted is at t + 1. (In torch's source
    `last_epoch` has already moved on, so its formula looks like yours.)"""
    return eta_min + (lr - eta_min) * (1 + cos(pi * t / T_max)) / (1 + cos(pi * (t - 1) / T_max))


def ratio_upside_down(lr, t, T_max, eta_min=0.0):
    """Your ratio stands on its head: it has the old height above and the new one below, so the rate climbs."""
    return eta_min + (lr - eta_min) * (1 + cos(pi * t / T_max)) / (1 + cos(pi * (t + 1) / T_max))


def rate_taken_for_the_peak(lr, t, T_max, eta_min=0.0):
    """That is the closed form with `lr` in the place of the peak. But `lr` has come down already; you shrink it all over
    again at every step. Divide by the factor that it has been shrunk with so far."""
    return eta_min + (lr - eta_min) * (1 + cos(pi * (t + 1) / T_max)) / 2


def ones_missing(lr, t, T_max, eta_min=0.0):
    """The factor of the closed form is `(1 + cos(...)) / 2`. In the ratio the halves cancel, the ones do not."""
    return eta_min + (lr - eta_min) * cos(pi * (t + 1) / T_max) / cos(pi * t / T_max)


def difference_added(lr, t, T_max, eta_min=0.0):
    """You add the cosine's fall, scaled with the present height. That fall is for the full height, from the peak to the
    floor, which is not known here. What is known is the ratio of two neighbours: multiply."""
    return lr + (lr - eta_min) * (cos(pi * (t + 1) / T_max) - cos(pi * t / T_max)) / 2


def floor_shrunk_too(lr, t, T_max, eta_min=0.0):
    """You shrink the whole rate, the floor with it. Only what stands above the floor shrinks: take `eta_min` off, multiply,
    put it back."""
    return lr * (1 + cos(pi * (t + 1) / T_max)) / (1 + cos(pi * t / T_max))


def floor_not_taken_off(lr, t, T_max, eta_min=0.0):
    """You put the floor back but never took it off, so it is added anew at every step."""
    return eta_min + lr * (1 + cos(pi * (t + 1) / T_max)) / (1 + cos(pi * t / T_max))


def floor_not_put_back(lr, t, T_max, eta_min=0.0):
    """You took the floor off before multiplying, which is right, and forgot to put it back."""
    return (lr - eta_min) * (1 + cos(pi * (t + 1) / T_max)) / (1 + cos(pi * t / T_max))


recursion = Exercise(
    """**From one rate to the next.** torch's CosineAnnealingLR does not know the peak: at each step it computes the new rate
from the old one. Write `next_lr(lr, t, T_max, eta_min=0.0)`: the rate at t + 1, when the rate at t is `lr`, for
0 <= t < `T_max`. (About one line, and some lines on paper.)""",
    solution=next_lr,
    why="""Take the floor off. By the closed form the height at t is the full height times `(1 + cos(pi * t / T_max)) / 2`.
Divide the height at t + 1 by the height at t: the full height and the halves cancel. Two things follow. A rate that somebody
changes by hand is taken up as it is, and the wave shrinks from there; a closed form would overwrite it. And at t = `T_max`
the height is 0 and cannot be divided by: torch needs a special case there, to rise again.""",
    cases={
        "without a floor": [(0.1, 0, 100), (0.05, 51, 100), (0.09, 33, 101), (0.01, 80, 101), (0.3, 0, 7), (0.2, 2, 7)],
        "with a floor": [(0.1, 0, 100, 0.01), (0.06, 49, 101, 0.01), (0.3, 0, 7, 0.05), (0.2, 3, 7, 0.05)],
        "with a rate that was changed by hand": [(0.1, 5, 11), (0.1, 5, 11, 0.02), (0.02, 1, 7, 0.05)],
        "at the last step": [(0.01, 6, 7), (0.07, 6, 7, 0.05), (0.001, 99, 100), (0.2, 0, 1)],
    },
    mistakes=(
        one_step_late, ratio_upside_down, rate_taken_for_the_peak, ones_missing, difference_added, floor_shrunk_too,
        floor_not_taken_off, floor_not_put_back,
    ),
    hints=(
        "Write the closed form with `eta_min=0` twice, for t and for t + 1, and divide one by the other.",
        "What cancels is the peak and the half. The new rate is the old one times a ratio of two terms `1 + cos(...)`.",
        "With a floor, all this holds for the height above it, `lr - eta_min`.",
    ),
)
