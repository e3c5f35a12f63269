"""The exercises of the warm-up chapter."""
from ..schedules.polynomial import linear
from ..schedules.warmup import warmup
from .exercise import Exercise

# -- 1. the first update -------------------------------------------------------------------------------


def first_moves():
    return [-0.01 * 200, 0.01 * 0.05, -0.01, 0.01]


def adam_like_sgd():
    """You let Adam move by the rate times the gradient, as SGD does. Adam divides the mean gradient by the root of the mean
    square, and after one update both know this one gradient only."""
    return [-0.01 * 200, 0.01 * 0.05, -0.01 * 200, 0.01 * 0.05]


def sgd_like_adam():
    """SGD does not look at the sign alone: its move is the rate times the whole gradient."""
    return [-0.01, 0.01, -0.01, 0.01]


def uphill():
    """All your signs are turned round. A positive gradient says that the loss grows with the weight, so the weight goes down."""
    return [0.01 * 200, -0.01 * 0.05, 0.01, -0.01]


def adam_forgets_the_sign():
    """Adam's mean square has no sign, but its mean gradient has. The last gradient is negative, so that weight goes up."""
    return [-0.01 * 200, 0.01 * 0.05, -0.01, -0.01]


def adam_forgets_the_rate():
    """The gradient over its own size is plus or minus 1. The rate still multiplies it."""
    return [-0.01 * 200, 0.01 * 0.05, -1.0, 1.0]


def without_bias_correction():
    """These are the moves of an Adam without bias correction. Its averages begin at zero, so after one update the mean holds a
    tenth of the gradient and the mean square a thousandth of its square. PyTorch's Adam makes up for both."""
    return [-0.01 * 200, 0.01 * 0.05, -0.01 * 0.1 / 0.001**0.5, 0.01 * 0.1 / 0.001**0.5]


def only_the_square_corrected():
    """You made up for the start of the mean square, not for that of the mean gradient, which holds a tenth of it
    after one update. Adam corrects both."""
    return [-0.01 * 200, 0.01 * 0.05, -0.01 * 0.1, 0.01 * 0.1]


def like_rmsprop():
    """That is how RMSprop begins, ten rates far: its mean square holds a hundredth of the square after one update, and nothing
    makes up for it."""
    return [-0.01 * 200, 0.01 * 0.05, -0.01 * 10, 0.01 * 10]


first_update = Exercise(
    """**The first update.** The rate is 0.01. How far does one weight move in the very first update, with its sign, if the
gradient is 200, and if it is -0.05? First under SGD (no momentum), then under Adam as PyTorch has it. Give a list of four
numbers: SGD with 200, SGD with -0.05, Adam with 200, Adam with -0.05. (`eps` is small enough to forget.)""",
    solution=first_moves,
    why="""SGD moves by the rate times the gradient, against it. Adam moves by the rate times the mean gradient over the root of the
mean square. After one update, with bias correction, these are `g` and `abs(g)`: what is left is the sign. So Adam's first
update is as long as the rate says, in every weight, whatever the gradient. The only number that can make it shorter is the
rate, and that is what a warm-up does.""",
    cases={"the list": [()]},
    mistakes=(adam_like_sgd, sgd_like_adam, uphill, adam_forgets_the_sign, adam_forgets_the_rate, without_bias_correction,
              only_the_square_corrected, like_rmsprop),
    hints=(
        "SGD's move is minus the rate times the gradient.",
        "After one update, what are Adam's mean gradient and its mean square, once their start is made up for?",
        "`g / sqrt(g * g)` is 1 or -1.",
    ),
    rel=1e-6,
)

# -- 2. no lost update -----------------------------------------------------------------------------------


def ramp(t, base_lr, warmup_steps):
    return base_lr * min(1, (t + 1) / max(warmup_steps, 1))


def the_first_update_is_lost(t, base_lr, warmup_steps):
    """At t = 0 your rate is 0, and that update moves nothing. It is the usual line `t / warmup_steps`, as transformers and
    optax have it. Here the first update is to get its share: count from 1."""
    return base_lr * min(1, t / max(warmup_steps, 1))


def one_share_too_many(t, base_lr, warmup_steps):
    """You divide by `warmup_steps + 1`, as nanoGPT does. No update is lost, but the peak comes one update after the warm-up."""
    return base_lr * min(1, (t + 1) / (warmup_steps + 1))


def between_zero_and_the_peak(t, base_lr, warmup_steps):
    """Your updates go from 0 to the peak in equal steps, both ends included, as in Ignite. The peak is in the right place, and
    the first update is lost."""
    return base_lr * min(1, t / max(warmup_steps - 1, 1)) if warmup_steps > 1 else base_lr


def from_a_third(t, base_lr, warmup_steps):
    """You begin at a third of the peak, as torch's LinearLR does unless told otherwise. Asked for are equal shares."""
    return base_lr * (1 / 3 + 2 / 3 * min(1, t / max(warmup_steps, 1)))


def climbs_on(t, base_lr, warmup_steps):
    """After the warm-up your rate climbs on, past the peak. `min(1, ...)` stops it."""
    return base_lr * (t + 1) / max(warmup_steps, 1)


def the_factor_alone(t, base_lr, warmup_steps):
    """That is the factor, from a share up to 1. A learning rate is the factor times `base_lr`. (A LambdaLR wants the factor.)"""
    return min(1, (t + 1) / max(warmup_steps, 1))


def rounded_down(t, base_lr, warmup_steps):
    """`//` rounds down, so your rate is 0 until the last update of the warm-up. Use `/`."""
    return base_lr * min(1, (t + 1) // max(warmup_steps, 1))


def two_ahead(t, base_lr, warmup_steps):
    """Your rate is one share too high. The first update gets one share, the second two."""
    return base_lr * min(1, (t + 2) / max(warmup_steps, 1))


no_lost_update = Exercise(
    """**No lost update.** Write `ramp(t, base_lr, warmup_steps)`: a straight climb in which no update is lost. Update 0 has the
rate `base_lr / warmup_steps`, each update one such share more, and the last of the `warmup_steps` updates has `base_lr`. It
stays there. `warmup_steps` may be 0. (About one line.)""",
    solution=ramp,
    why="""`(t + 1) / warmup_steps` counts updates from 1: the first gets one share, number `warmup_steps` gets them all.
`max(warmup_steps, 1)` keeps an empty warm-up from dividing by zero. In the package the same is
`warmup(t, base_lr, Schedule(constant), warmup_steps - 1, start_factor=1 / warmup_steps)`.""",
    cases={
        "during the warm-up": [(t, 0.1, 10) for t in range(9)] + [(t, 0.3, 4) for t in range(3)],
        "where the climb ends": [(t, 0.1, 10) for t in (9, 10, 11, 20)] + [(t, 0.3, 4) for t in (3, 4, 5, 9)],
        "with a short warm-up": [(t, 0.2, W) for W in (0, 1, 2) for t in range(4)],
    },
    mistakes=(the_first_update_is_lost, one_share_too_many, between_zero_and_the_peak, from_a_third, climbs_on, the_factor_alone,
              rounded_down, two_ahead),
    hints=(
        "Write down the rates for `warmup_steps=4` and a peak of 1: there are four of them before it stays.",
        "They are 1/4, 2/4, 3/4, 4/4. Which is the one of update t?",
        "`min(1, (t + 1) / warmup_steps)` times the peak, and a thought about `warmup_steps=0`.",
    ),
)

# -- 3. the recipe's milestones ----------------------------------------------------------------------------


def stairs(t, base_lr, warmup_steps, milestones, gamma=0.1):
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return base_lr * gamma ** sum(m <= t for m in milestones)


def every_drop_late(t, base_lr, warmup_steps, milestones, gamma=0.1):
    """Your drops come `warmup_steps` late. You count the milestones from the end of the climb, as the schedule behind a warm-up
    does, and a SequentialLR. The recipe counts from the start of the run: hand on `m - warmup_steps`."""
    return stairs(t, base_lr, warmup_steps, [m + warmup_steps for m in milestones], gamma)


def every_drop_early(t, base_lr, warmup_steps, milestones, gamma=0.1):
    """Your drops come `warmup_steps` early: the climb is taken off twice. Either the clock is shifted or the milestones are."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return base_lr * gamma ** sum(m - warmup_steps <= t for m in milestones)


def one_update_late(t, base_lr, warmup_steps, milestones, gamma=0.1):
    """At a milestone itself the rate has dropped already, and yours drops one update later: `m <= t`, not `m < t`.
    (Keras' PiecewiseConstantDecay does it your way.)"""
    return stairs(t, base_lr, warmup_steps, [m + 1 for m in milestones], gamma)


def one_drop_only(t, base_lr, warmup_steps, milestones, gamma=0.1):
    """Your rate drops once. Each milestone multiplies by `gamma` again: how many of them have passed?"""
    return stairs(t, base_lr, warmup_steps, [min(milestones)], gamma)


def gamma_taken_off(t, base_lr, warmup_steps, milestones, gamma=0.1):
    """Each of your drops takes the same amount off. A drop multiplies: the second one is `gamma` of what the first has left."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return base_lr * (1 - (1 - gamma) * sum(m <= t for m in milestones))


def counts_from_one(t, base_lr, warmup_steps, milestones, gamma=0.1):
    """Your climb counts from 1. It may; but here the line is 0 at t = 0 and at the peak at t = `warmup_steps`."""
    return base_lr * (t + 1) / warmup_steps if t < warmup_steps else stairs(t, base_lr, warmup_steps, milestones, gamma)


def no_climb(t, base_lr, warmup_steps, milestones, gamma=0.1):
    """There is no climb: your rate begins at the peak."""
    return stairs(t, base_lr, 0, milestones, gamma)


def low_then_a_jump(t, base_lr, warmup_steps, milestones, gamma=0.1):
    """That is a constant warm-up, low and then a jump. Asked for is a straight line from 0."""
    return base_lr * gamma if t < warmup_steps else stairs(t, base_lr, warmup_steps, milestones, gamma)


the_recipe = Exercise(
    """**The recipe's milestones.** A recipe says: *warm up for 5 epochs, divide the rate by 10 at epochs 30, 60 and 80*. It counts
from the start of the run. Write `stairs(t, base_lr, warmup_steps, milestones, gamma=0.1)`: a straight line from 0 at t = 0 to
`base_lr` at t = `warmup_steps`, then `base_lr` times `gamma` for each milestone that has passed. At t = 30 the milestone 30 has
passed. No milestone falls into the warm-up, and `warmup_steps` may be 0. (About three lines.)""",
    solution=stairs,
    why="""Both parts look at the same clock, t, so no milestone moves. Composed, the schedule behind a warm-up has a clock of its
own, which begins at `warmup_steps`. Then the milestones have to be handed on as `m - warmup_steps`:
`Schedule(warmup, schedule=Schedule(multistep_decay, milestones=[25, 55, 75]), warmup_steps=5)`. PyTorch's SequentialLR
needs the same.""",
    cases={
        "during the warm-up": [(t, 0.1, 5, (30, 60, 80)) for t in range(5)] + [(t, 0.4, 2, (6, 9), 0.5) for t in (0, 1)],
        "after the warm-up": [(t, 0.1, 5, (30, 60, 80)) for t in (5, 24, 25, 29, 30, 31, 35, 54, 59, 60, 61, 65, 79, 80, 90)]
        + [(t, 0.4, 2, (6, 9), 0.5) for t in range(2, 13)],
        "without a warm-up": [(t, 0.1, 0, (3, 4)) for t in range(6)],
    },
    mistakes=(every_drop_late, every_drop_early, one_update_late, one_drop_only, gamma_taken_off, counts_from_one, no_climb,
              low_then_a_jump),
    hints=(
        "Take the climb first: `if t < warmup_steps`.",
        "Afterwards the rate is `base_lr * gamma ** n`. What is n?",
        "`sum(m <= t for m in milestones)` counts the milestones that have passed, on the clock of the run.",
    ),
)

# -- 4. find the bug ---------------------------------------------------------------------------------------

SCRIPT = """\
def rate(t, base_lr, warmup_steps, total_steps):
    lr = base_lr * max(0, 1 - t / total_steps)
    if t < warmup_steps:
        lr = base_lr * t / warmup_steps
    return lr
"""


def mended(t, base_lr, warmup_steps, total_steps):
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return base_lr * max(0, total_steps - t) / (total_steps - warmup_steps)


def as_published(t, base_lr, warmup_steps, total_steps):
    """That is the code as it stands. Print the rates around t = `warmup_steps`: the climb is nearly at the peak, and the next
    update is on a line that has been falling since t = 0."""
    return base_lr * t / warmup_steps if t < warmup_steps else base_lr * max(0, 1 - t / total_steps)


def ends_too_late(t, base_lr, warmup_steps, total_steps):
    """The two lines meet. But yours falls for `total_steps` after the climb, so the run stops before it is at 0. It has only
    what the climb leaves."""
    return base_lr * t / warmup_steps if t < warmup_steps else base_lr * max(0, 1 - (t - warmup_steps) / total_steps)


def ends_too_early(t, base_lr, warmup_steps, total_steps):
    """Your falling line has the right length and begins at t = 0, so there still is a jump, and the line is at 0 too early. Give
    it its own clock, `t - warmup_steps`."""
    return base_lr * t / warmup_steps if t < warmup_steps else base_lr * max(0, 1 - t / (total_steps - warmup_steps))


def the_climb_is_lowered(t, base_lr, warmup_steps, total_steps):
    """You lower the climb until it meets the falling line. The jump is gone, and so is the peak: asked for is `base_lr` at
    t = `warmup_steps`."""
    if t < warmup_steps:
        return base_lr * (1 - warmup_steps / total_steps) * t / warmup_steps
    return base_lr * max(0, 1 - t / total_steps)


def the_lower_of_both(t, base_lr, warmup_steps, total_steps):
    """You take the lower of the two lines. They cross below the peak, and there the rate turns round. Put one after the other."""
    fall = base_lr * max(0, 1 - t / total_steps)
    return min(base_lr * t / warmup_steps, fall) if warmup_steps else fall


def multiplied(t, base_lr, warmup_steps, total_steps):
    """You multiply the climb with the falling line, as a ChainedScheduler does. The peak is never reached. Put one after the
    other."""
    return base_lr * max(0, 1 - t / total_steps) * (t / warmup_steps if t < warmup_steps else 1)


def below_zero(t, base_lr, warmup_steps, total_steps):
    """After `total_steps` your rate is below 0, and the model climbs uphill. It stays at 0."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return base_lr * (total_steps - t) / (total_steps - warmup_steps)


def one_update_short(t, base_lr, warmup_steps, total_steps):
    """Your line is one update too short: it is at 0 at t = `total_steps - 1`, while the 0 belongs to t = `total_steps`."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return base_lr * max(0, total_steps - 1 - t) / max(total_steps - 1 - warmup_steps, 1)


def the_climb_counts_from_one(t, base_lr, warmup_steps, total_steps):
    """Your climb counts from 1. The code's climb is all right as it is; the jump is at its end."""
    return base_lr * (t + 1) / warmup_steps if t < warmup_steps else mended(t, base_lr, warmup_steps, total_steps)


find_the_bug = Exercise(
    f"""**Find the bug.** This is the schedule of BERT's published code, written as a plain function. There is a climb, and a straight
line down to 0.

```python
{SCRIPT}```

Something happens at t = `warmup_steps`. Write `mended(t, base_lr, warmup_steps, total_steps)` with the same climb, `base_lr` at
t = `warmup_steps`, a straight line from there to 0 at t = `total_steps`, and 0 from then on. `warmup_steps` may be 0.
(About three lines.)""",
    solution=mended,
    why="""The falling line has been running since t = 0, so at the end of the climb it is below the peak by the share
`warmup_steps / total_steps`, and the rate drops by that much from one update to the next. In BERT's pre-training that is one
per cent, which nobody sees. With a tenth of the run as warm-up, as in fine-tuning, it is a tenth of the peak. Take the time
since the climb over the time that is left. In the package:
`Schedule(warmup, schedule=Schedule(linear, total_iters=total_steps - warmup_steps), warmup_steps=warmup_steps)`.""",
    cases={
        "during the warm-up": [(t, 0.1, 10, 100) for t in (0, 1, 5, 9)] + [(t, 0.3, 4, 8) for t in range(4)],
        "after the warm-up": [(t, 0.1, 10, 100) for t in (10, 11, 30, 55, 80, 99)] + [(t, 0.3, 4, 12) for t in range(4, 12)],
        "from total_steps on": [(t, 0.1, 10, 100) for t in (100, 101, 150)] + [(t, 0.3, 4, 12) for t in (12, 13, 20)],
        "without a warm-up": [(t, 0.1, 0, 20) for t in (0, 1, 10, 19, 20, 30)] + [(t, 0.1, 1, 2) for t in range(4)],
    },
    mistakes=(as_published, ends_too_late, ends_too_early, the_climb_is_lowered, the_lower_of_both, multiplied, below_zero,
              one_update_short, the_climb_counts_from_one),
    hints=(
        "Print the rates for a peak of 1, `warmup_steps=10`, `total_steps=100`, from t = 8 to t = 12.",
        "At t = `warmup_steps` the falling line has to be at the peak, and at t = `total_steps` at 0. How many updates lie between?",
        "What is left of the run is `total_steps - t`. At the peak that is `total_steps - warmup_steps`.",
    ),
    by_hand=(warmup, linear),
)

# -- 5. how short may it be ---------------------------------------------------------------------------------


def shortest(sharpness, base_lr):
    for W in range(len(sharpness)):
        rates = [base_lr * (t / W if t < W else 1) for t in range(len(sharpness))]
        if all(lr * s < 2 for lr, s in zip(rates, sharpness)):
            return W
    return -1


def only_the_first_update(sharpness, base_lr):
    """You look at the first update only. A climb from 0 is always safe there; what counts is every update of the list."""
    return 0 if base_lr * sharpness[0] < 2 else 1


def waits_until_it_is_flat(sharpness, base_lr):
    """You wait until the peak itself would be safe. That is needed for the end of the climb, but before it the rate is lower, and
    still it may be too high: hold every update of the climb against its own limit."""
    return next((t for t in range(len(sharpness)) if all(base_lr * s < 2 for s in sharpness[t:])), -1)


def ends_with_the_climb(sharpness, base_lr):
    """You check the updates of the climb and forget those after it. There the rate is `base_lr`, and the place may still be too
    sharp for it."""
    for W in range(len(sharpness)):
        if all(base_lr * t / W * sharpness[t] < 2 for t in range(W)):
            return W
    return -1


def the_best_rate_as_a_limit(sharpness, base_lr):
    """Your limit is 1 over the sharpness. There an update arrives at once, and above it swings over and still comes
    down; it is lost from twice that rate on."""
    return shortest(sharpness, 2 * base_lr)


def counted_from_one(sharpness, base_lr):
    """Your climb counts from 1. Here the rate of update t is `base_lr * t / W`, so the first one is 0."""
    for W in range(len(sharpness)):
        rates = [base_lr * min(1, (t + 1) / max(W, 1)) for t in range(len(sharpness))]
        if all(lr * s < 2 for lr, s in zip(rates, sharpness)):
            return W
    return -1


def the_limit_is_allowed(sharpness, base_lr):
    """At the limit itself the ball jumps for ever between two places of the same height. The product has to stay below 2."""
    for W in range(len(sharpness)):
        rates = [base_lr * (t / W if t < W else 1) for t in range(len(sharpness))]
        if all(lr * s <= 2 for lr, s in zip(rates, sharpness)):
            return W
    return -1


def the_mean_sharpness(sharpness, base_lr):
    """You hold the rates against the mean sharpness. One place that is too sharp is enough to throw a run out: each update has
    its own limit."""
    return shortest([sum(sharpness) / len(sharpness)] * len(sharpness), base_lr)


def never_gives_up(sharpness, base_lr):
    """Where the end of the list is too sharp for the peak, no climb helps, and the answer is -1."""
    W = shortest(sharpness, base_lr)
    return W if W >= 0 else len(sharpness)


how_short = Exercise(
    """**How short may it be?** On a careful run somebody has measured the sharpness before each update: the list `sharpness`. Take it
as given. A warm-up of W updates has the rate `base_lr * t / W` for t < W and `base_lr` from then on. An update is safe when its
rate times the sharpness is below 2. Write `shortest(sharpness, base_lr)`: the smallest W, from 0 up to `len(sharpness) - 1`,
with which every update of the list is safe, and -1 when there is none. (About five lines.)""",
    solution=shortest,
    why="""Try one W after the other. A longer climb has a lower rate at every update, so the first W that is safe is the shortest. It is
not the update from which on the peak is safe: on the way the rate is lower, but so is the limit. A real run is more forgiving,
and less. The sharpness depends on the rate: a rate near the limit pushes it down, as in this chapter's experiment, and a
rate that stays low may let it grow.""",
    cases={
        "where it falls": [([8, 6, 5, 4, 3, 2, 1.5, 1, 1, 1, 1, 1], 1.0), ([30, 30, 20, 12, 8, 6, 5, 5, 5, 5, 5, 5], 0.3),
                           ([5, 5, 5, 5, 5, 1, 1, 1, 1, 1, 1, 1], 1.0), ([3, 3, 2.5, 2.5, 1, 1, 1, 1], 0.7)],
        "at the limit itself": [([8, 4, 4, 2, 1, 1, 1, 1, 1, 1], 0.5), ([8, 4, 2, 1, 1, 1, 1, 1], 1.0)],
        "where no climb is needed": [([1, 1, 1, 1], 1.0), ([3, 3.5, 3, 2], 0.5)],
        "where it comes back, or stays": [([4, 2.5, 1, 1, 1, 2.5, 1, 1, 1, 1], 1.0), ([1, 1, 1, 2.5], 1.0), ([6, 6, 6, 6], 0.5)],
    },
    mistakes=(only_the_first_update, waits_until_it_is_flat, ends_with_the_climb, the_best_rate_as_a_limit, counted_from_one,
              the_limit_is_allowed, the_mean_sharpness, never_gives_up),
    hints=(
        "For one W, write the list of the rates of all updates.",
        "For this W, are all products of rate and sharpness below 2? `all(...)` and `zip` say it in a line.",
        "Begin with W = 0 and take the first that is safe. With W = 0 there is no t < W, so nothing is divided by 0.",
    ),
)
