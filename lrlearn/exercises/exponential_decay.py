"""The exercises of the chapter on exponential decay."""
from math import ceil, exp, floor, log

from ..schedules.exponential_decay import exponential_decay, inverse_time_decay
from .exercise import Exercise

# -- 1. from the half-life to gamma --------------------------------------------------------------------


def gamma_of_20():
    return 0.5 ** (1 / 20)


def share_of_the_half():
    """You take a twentieth of the half off at every update, always of the peak. That is a straight line. Here each update
    takes its share of what is left, so twenty factors are multiplied, and their product is a half."""
    return 1 - 0.5 / 20


def half_divided():
    """A half divided by 20 is no factor of one update: after it a fortieth is left. Which number, multiplied by itself twenty
    times, gives a half?"""
    return 0.5 / 20


def time_constant():
    """With this factor 20 updates leave 37 %, since that is what the number e makes of one time constant. The half-life is
    shorter than the time constant: it is ln 2 of it."""
    return exp(-1 / 20)


def the_rate_lambda():
    """That is lambda, what is taken off at every update, about. Gamma is what stays: e to the power of minus lambda."""
    return log(2) / 20


def one_minus_lambda():
    """1 minus lambda is close, and only that: it is the first piece of e to the power of minus lambda."""
    return 1 - log(2) / 20


def turned_over():
    """Above 1 the rate grows: it doubles every 20 updates. Turn the factor over."""
    return 2 ** (1 / 20)


def every_update():
    """With a half the rate halves at every update. It is to halve once in 20."""
    return 0.5


def power_upside_down():
    """That is what 20 halvings leave. The power stands on its head: a half is the twentieth power of gamma."""
    return 0.5**20


def rounded():
    """Your number is rounded to two digits. With it the half-life is 23 updates and not 20: close to 1 every digit counts.
    Give four digits, or the expression."""
    return round(gamma_of_20(), 2)


half_life = Exercise(
    """**From the half-life to gamma.** The rate is to halve every 20 updates, and `scheduler.step()` is called after each. Which
`gamma` has `ExponentialLR`? Give a number to four digits or better, or an expression.""",
    solution=gamma_of_20,
    why="""After 20 updates the rate has been multiplied by gamma twenty times, so gamma to the power of 20 is a half. The
twentieth root undoes this. By way of lambda it is the same number: `exp(-log(2) / 20)`.""",
    cases={"gamma": [()]},
    mistakes=(
        share_of_the_half, half_divided, time_constant, the_rate_lambda, one_minus_lambda, turned_over, every_update,
        power_upside_down, rounded,
    ),
    hints=(
        "After two updates `gamma * gamma` of the rate is left. What is left after 20?",
        "`gamma ** 20` is to be a half. Which power undoes the power of 20?",
        "The twentieth root is the power of 1 / 20.",
    ),
    rel=5e-5,                                               # four digits
)

# -- 2. from epochs to updates -------------------------------------------------------------------------


def per_update(gamma, updates_per_epoch):
    return gamma ** (1 / updates_per_epoch)


def unchanged(gamma, updates_per_epoch):
    """You hand the factor of an epoch on as it is. Called at every update, it takes an epoch's share each time."""
    return gamma


def gamma_divided(gamma, updates_per_epoch):
    """Factors multiply, so dividing one by the number of updates does not share it out: the first update takes nearly
    everything."""
    return gamma / updates_per_epoch


def loss_divided(gamma, updates_per_epoch):
    """You share out what an epoch takes off, in equal parts of the rate. But each update takes its part of what the one
    before has left, so together they take too little. It is nearly right while gamma is nearly 1."""
    return 1 - (1 - gamma) / updates_per_epoch


def power_of_n(gamma, updates_per_epoch):
    """The power stands on its head: this is what as many epochs as an epoch has updates would leave."""
    return gamma**updates_per_epoch


def growing(gamma, updates_per_epoch):
    """Your factor is above 1, so the rate grows. The sign of the power is wrong."""
    return gamma ** (-1 / updates_per_epoch)


def one_root_too_few(gamma, updates_per_epoch):
    """You count the gaps between the updates of an epoch, one fewer than there are updates. `step()` is called after each
    update, also after the last one."""
    return gamma ** (1 / max(1, updates_per_epoch - 1))


def one_root_too_many(gamma, updates_per_epoch):
    """You take one root too many: an epoch of n updates has n calls of `step()`, and the last one leads into the next epoch."""
    return gamma ** (1 / (updates_per_epoch + 1))


def whole_division(gamma, updates_per_epoch):
    """With `//` the power is 0 for every epoch of more than one update, and the rate stands still. Use `/`."""
    return gamma ** (1 // updates_per_epoch)


per_epoch_to_per_update = Exercise(
    """**From epochs to updates.** A recipe multiplies the rate by `gamma` after every epoch. Your script calls
`scheduler.step()` after every update. Write `per_update(gamma, updates_per_epoch)`, the factor that makes the rate the same
at the beginning of every epoch. (One line.)""",
    solution=per_update,
    why="""The factors of an epoch's updates multiply to the factor of the epoch, so each is its n-th root. Keras and optax do
this for you: `decay_rate` is the factor of `decay_steps` (`transition_steps`) updates, and at update t the rate has
`decay_rate ** (t / decay_steps)`. With `staircase=True` the power is rounded down, and the rate falls once an epoch.""",
    cases={
        "with several updates an epoch": [(0.9, 10), (0.5, 2), (0.95, 391), (0.1, 7), (0.99, 3)],
        "with one update an epoch": [(0.9, 1), (0.3, 1)],
    },
    mistakes=(
        unchanged, gamma_divided, loss_divided, power_of_n, growing, one_root_too_few, one_root_too_many, whole_division,
    ),
    hints=(
        "With two updates an epoch, the factor you want stands twice in the factor of the epoch.",
        "x * x = gamma has the square root as its answer. What is it for n updates?",
        "A root is a power: the n-th root of gamma is `gamma ** (...)`.",
    ),
)

# -- 3. the closed form --------------------------------------------------------------------------------


def my_exponential(t, base_lr, decay_rate, decay_steps, staircase=False):
    power = t // decay_steps if staircase else t / decay_steps
    return base_lr * decay_rate**power


def every_step(t, base_lr, decay_rate, decay_steps, staircase=False):
    """You multiply by `decay_rate` at every update. It is the factor of `decay_steps` updates."""
    return base_lr * decay_rate ** (t // decay_steps * decay_steps if staircase else t)


def always_stairs(t, base_lr, decay_rate, decay_steps, staircase=False):
    """Your curve has stairs where none are asked for. Without `staircase` the power is a fraction, `/` and not `//`; the stairs
    come with `staircase=True`."""
    return base_lr * decay_rate ** (t // decay_steps)


def never_stairs(t, base_lr, decay_rate, decay_steps, staircase=False):
    """Nothing of yours depends on `staircase`. With it the rate holds, and falls once in `decay_steps` updates."""
    return base_lr * decay_rate ** (t / decay_steps)


def stairs_rounded_up(t, base_lr, decay_rate, decay_steps, staircase=False):
    """Your stairs round up, so the rate falls right after the first update. A step holds first and falls at its end: round
    down."""
    return base_lr * decay_rate ** (ceil(t / decay_steps) if staircase else t / decay_steps)


def stairs_rounded(t, base_lr, decay_rate, decay_steps, staircase=False):
    """Your stairs round to the nearest whole number, so they fall in the middle of a step. Round down."""
    return base_lr * decay_rate ** (floor(t / decay_steps + 0.5) if staircase else t / decay_steps)


def fraction_upside_down(t, base_lr, decay_rate, decay_steps, staircase=False):
    """The fraction stands on its head. The power counts how often `decay_steps` updates have gone by."""
    return base_lr * decay_rate ** (decay_steps / max(t, 1) if t else 0)


def product_in_the_power(t, base_lr, decay_rate, decay_steps, staircase=False):
    """You multiply by `decay_steps` in the power, so the rate is gone at once. How often have `decay_steps` updates gone by?"""
    return base_lr * decay_rate ** (t * decay_steps)


def as_lambda(t, base_lr, decay_rate, decay_steps, staircase=False):
    """You use `decay_rate` as a lambda, in e to the power of minus lambda t. Here it is the factor itself."""
    return base_lr * exp(-decay_rate * (t // decay_steps if staircase else t / decay_steps))


def inverse_time(t, base_lr, decay_rate, decay_steps, staircase=False):
    """That is inverse-time decay: one over a sum. It has the same arguments in Keras, and another curve."""
    return base_lr / (1 + decay_rate * (t // decay_steps if staircase else t / decay_steps))


def straight(t, base_lr, decay_rate, decay_steps, staircase=False):
    """You take the same amount off each time, which is a straight line, and it goes below zero. Take the same share."""
    return base_lr * (1 - (1 - decay_rate) * (t // decay_steps if staircase else t / decay_steps))


def a_step_ahead(t, base_lr, decay_rate, decay_steps, staircase=False):
    """Your curve is one update ahead: update 0 has the full rate."""
    return my_exponential(t + 1, base_lr, decay_rate, decay_steps, staircase)


def a_step_late(t, base_lr, decay_rate, decay_steps, staircase=False):
    """Your curve is one update late. t is the number of updates that have been made, and it counts as it is."""
    return my_exponential(max(0, t - 1), base_lr, decay_rate, decay_steps, staircase)


def stops(t, base_lr, decay_rate, decay_steps, staircase=False):
    """Your rate stops falling after `decay_steps` updates. That number is a unit of time and not an end: exponential decay has
    none."""
    return my_exponential(min(t, decay_steps), base_lr, decay_rate, decay_steps, staircase)


closed_form = Exercise(
    """**The curve of three frameworks.** Write `my_exponential(t, base_lr, decay_rate, decay_steps, staircase=False)`: the rate
begins at `base_lr` and is multiplied by `decay_rate` in the course of `decay_steps` updates, without a jump. With
`staircase=True` it holds for `decay_steps` updates and then falls at once. (About two lines.)""",
    solution=my_exponential,
    why="""The power counts how often `decay_steps` updates have gone by, with a fraction, or without one for the stairs. So it is
Keras' ExponentialDecay and optax' exponential_decay; with `decay_steps=1` it is torch's ExponentialLR, and with `staircase=True`
it is torch's StepLR. One formula, four names.""",
    cases={
        "with decay_steps = 1": [(t, 0.1, 0.9, 1) for t in (0, 1, 2, 5, 20)] + [(t, 0.3, 0.5, 1) for t in (0, 1, 2, 4)],
        "without stairs": [(t, 0.1, 0.5, 10) for t in (0, 1, 5, 10, 15, 30)] + [(t, 0.3, 0.1, 4) for t in (0, 1, 3, 4, 7, 9)],
        "with stairs": [(t, 0.1, 0.5, 10, True) for t in (0, 1, 5, 9, 10, 11, 15, 19, 20)]
        + [(t, 0.3, 0.1, 4, True) for t in (0, 1, 3, 4, 7, 8)],
    },
    mistakes=(
        every_step, product_in_the_power, always_stairs, never_stairs, stairs_rounded_up, stairs_rounded,
        fraction_upside_down, as_lambda, inverse_time, straight, a_step_ahead, a_step_late, stops,
    ),
    hints=(
        "After `decay_steps` updates the power of `decay_rate` is 1, after twice as many it is 2. What is it after t?",
        "Without stairs the power is a fraction: `t / decay_steps`.",
        "For the stairs the power is a whole number, rounded down: `//`.",
    ),
    by_hand=(exponential_decay, inverse_time_decay),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """\
scheduler = ExponentialLR(optimizer, gamma=0.9)      # 10 % less each epoch
for epoch in range(30):
    for x, y in loader:                              # 200 batches
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
"""


def first_below():
    return ceil(log(0.01) / log(0.9))


def rounded_down():
    """At this update the rate is still above 1 % of its peak. There is no half an update: round up."""
    return floor(log(0.01) / log(0.9))


def one_too_many():
    """One too many: the update before is below 1 % already. The first update is t = 0."""
    return ceil(log(0.01) / log(0.9)) + 1


def by_epochs():
    """That holds for the comment: 10 % less each epoch. Look at where `scheduler.step()` stands."""
    return 200 * ceil(log(0.01) / log(0.9))


def never():
    """That is the end of the run. By then the rate is too small for a number in single precision. Count the calls of
    `scheduler.step()` in one epoch."""
    return 30 * 200


def one_epoch():
    """It does not take a whole epoch of 200 updates. Each of them takes 10 % off."""
    return 200


def straight_down():
    """With 10 % of the peak off each time the rate would be at nothing by then. It is 10 % of what is left."""
    return 10


def a_tenth():
    """That is where the rate is below a tenth of the peak. Asked for is a hundredth, and it takes twice as long."""
    return ceil(log(0.1) / log(0.9))


def half():
    """That is about the half-life: the rate is below a half here. It takes more than six half-lives to a hundredth."""
    return ceil(log(0.5) / log(0.9))


find_the_bug = Exercise(
    f"""**Find the bug.** The loss of this run falls a little at its beginning, and then it does not move any more.

```python
{SCRIPT}```

Which is the first update whose rate is below 1 % of the peak? Guess first. Then give t, a whole number; the run's first update is
t = 0, and its last one is t = 5999.""",
    solution=first_below,
    why="""`scheduler.step()` stands in the inner loop, so the rate loses 10 % at every update and not at every epoch: a
quarter of the first epoch, and the rate is gone. Either `scheduler.step()` moves out of the inner loop, or gamma becomes
`0.9 ** (1 / 200)`. The comment was right and the code was wrong, and no error was raised.""",
    cases={"the first update below 1 %": [()]},
    mistakes=(rounded_down, one_too_many, by_epochs, never, one_epoch, straight_down, a_tenth, half),
    hints=(
        "How often is `scheduler.step()` called in the first epoch?",
        "At update t the rate is `0.9 ** t` of the peak. Which t brings this below 0.01?",
        "Take logarithms: t is above `log(0.01) / log(0.9)`. Then round up.",
    ),
)
