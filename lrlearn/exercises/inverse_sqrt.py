"""The exercises of the chapter on the inverse square root."""
from math import exp, log, sqrt

from ..schedules.inverse_sqrt import inverse_sqrt, noam
from ..schedules.rarer.laws import power_law
from ..schedules.warmup import warmup
from .exercise import Exercise

# -- 1. the peak of Noam ---------------------------------------------------------------------------------


def peak_of_2():
    return 2 / sqrt(1024 * 4000)


def without_the_scale():
    """The root of width times warm-up is right, and the scale of 2 is missing. It multiplies the whole curve."""
    return 1 / sqrt(1024 * 4000)


def without_the_root():
    """You divide by width times warm-up. Both have the power of minus a half: divide by the root of their product."""
    return 2 / (1024 * 4000)


def scale_under_the_root():
    """The scale has slipped under the root. It multiplies the rate as it is, so twice the scale is twice the peak."""
    return sqrt(2 / (1024 * 4000))


def a_sum_under_the_root():
    """Width and warm-up are multiplied, and not added: each has its own power of minus a half."""
    return 2 / sqrt(1024 + 4000)


def the_first_update():
    """That is the rate of the first update, t = 0, the lowest of the climb. At the peak the count t + 1 is the warm-up."""
    return 2 * 1024**-0.5 * 4000**-1.5


peak_of_noam = Exercise(
    """**The peak of Noam.** A model has the width 1024. Its training uses `noam` with `base_lr=2.0` and `warmup_steps=4000`. What
is the highest learning rate? Give a number to four digits or better, or an expression.""",
    solution=peak_of_2,
    why="""At the end of the climb t + 1 is W, and both arms of the minimum are W to the power of minus a half. So the peak is the
scale over the root of width times warm-up. Four times the width has half the peak, and so has four times the warm-up.""",
    cases={"the peak": [()]},
    mistakes=(without_the_scale, without_the_root, scale_under_the_root, a_sum_under_the_root, the_first_update),
    hints=(
        "The peak is where the two arms of the minimum meet. At which t?",
        "There t + 1 is 4000. Put it into one of the arms: 4000 to the power of minus a half.",
        "Then multiply by the scale, 2, and by 1024 to the power of minus a half.",
    ),
    rel=5e-5,                                               # four digits
)

# -- 2. the warm-up for a peak ---------------------------------------------------------------------------


def warmup_for(peak, d_model, scale=1.0):
    return (scale / peak) ** 2 / d_model


def peak_not_squared(peak, d_model, scale=1.0):
    """The peak goes with the root of the warm-up, so the warm-up goes with the square of one over the peak."""
    return scale / peak / d_model


def width_forgotten(peak, d_model, scale=1.0):
    """The width is missing. A wider model has a lower peak, so for the same peak it needs a shorter warm-up."""
    return (scale / peak) ** 2


def width_multiplied(peak, d_model, scale=1.0):
    """You multiply by the width. The product of width and warm-up is given by the peak, so a wider model has a shorter one."""
    return (scale / peak) ** 2 * d_model


def turned_over(peak, d_model, scale=1.0):
    """Your fraction stands on its head: a higher peak comes from a shorter warm-up."""
    return d_model * (peak / scale) ** 2


def scale_ignored(peak, d_model, scale=1.0):
    """Nothing of yours depends on the scale. It multiplies the peak, so it changes which warm-up leads to it."""
    return 1 / (peak * peak * d_model)


def scale_not_squared(peak, d_model, scale=1.0):
    """The scale stands outside of the root, beside the peak. When the equation is squared, it is squared too."""
    return scale / (peak * peak * d_model)


def scale_on_the_wrong_side(peak, d_model, scale=1.0):
    """You divide by the scale. A larger scale lifts the curve, so the same peak is met by a longer warm-up."""
    return 1 / (scale * peak) ** 2 / d_model


warmup_for_a_peak = Exercise(
    """**The warm-up for a peak.** The peak of Noam is not given, it follows. Write `warmup_for(peak, d_model, scale=1.0)`: the
warm-up with which `noam` has this peak, when `scale` is its `base_lr`. Return it as it comes, without rounding. (One line.)""",
    solution=warmup_for,
    why="""Squared, the peak is the scale squared over width times warm-up. Solve it for the warm-up. So a peak of twice the
height has a quarter of the warm-up: with Noam you cannot have a high peak and a long climb, unless you change the scale.""",
    cases={
        "with scale 1": [(p, d) for p in (7e-4, 1e-3, 5e-4) for d in (512, 256, 1024)],
        "with another scale": [(1e-3, 512, 2.0), (7e-4, 768, 0.5), (2e-3, 1024, 5.0)],
    },
    mistakes=(
        peak_not_squared, width_forgotten, width_multiplied, turned_over, scale_ignored, scale_not_squared,
        scale_on_the_wrong_side,
    ),
    hints=(
        "Write down the peak as a fraction with a root in it: it has the scale, the width and the warm-up.",
        "Square both sides. Now the warm-up stands alone in the denominator, beside the width.",
        "The product of width and warm-up is `(scale / peak) ** 2`.",
    ),
)

# -- 3. when is it a tenth? ------------------------------------------------------------------------------

WARMUP = 2000


def update_of_a_tenth():
    return 100 * WARMUP


def not_squared():
    """The rate falls with the root of the time. After ten times the warm-up it has only come down to about a third."""
    return 10 * WARMUP


def counted_from_the_peak():
    """That is how many updates pass after the peak. The climb comes before it, and t counts it too."""
    return 99 * WARMUP


def warmup_added():
    """The climb is counted twice. In this form t + timescale - warmup_steps is t, the update since the beginning of the run."""
    return 101 * WARMUP


def the_half():
    """That is where the rate is at a half of the peak. A tenth takes much longer: the square of the factor counts."""
    return 4 * WARMUP


def inverse_time():
    """It falls with one over the root of the time, and not with one over the time. Square the ten."""
    return 9 * WARMUP


def exponential():
    """That would hold for an exponential with this time constant. A power law takes longer, and the longer the lower it is."""
    return round(WARMUP * log(10))


def in_warmups():
    """You count in warm-ups. Asked for is the update."""
    return 100


a_tenth = Exercise(
    f"""**A tenth of the peak.** `get_inverse_sqrt_schedule(optimizer, num_warmup_steps={WARMUP})` of transformers climbs from 0,
then it is `inverse_sqrt` with the warm-up as timescale. At which t, counted from the start of the run, has the rate come down
to a tenth of the peak?""",
    solution=update_of_a_tenth,
    why="""After the climb the rate is the peak times the root of W / t. It is a tenth when t is a hundred times W. Few
trainings get there: with a warm-up of 1 % of the run, the rate at the stop is a tenth, and with 5 % it is more than a fifth.""",
    cases={"the update": [()]},
    mistakes=(not_squared, counted_from_the_peak, warmup_added, the_half, inverse_time, exponential, in_warmups),
    hints=(
        "With the warm-up as timescale the fraction under the root is short. What is t - W + W?",
        "The root of W / t is to be a tenth. So W / t is a tenth of a tenth.",
    ),
)

# -- 4. the closed form ----------------------------------------------------------------------------------


def my_inverse_sqrt(t, base_lr, warmup_steps, timescale=None):
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    timescale = timescale or warmup_steps or 10_000
    return base_lr * sqrt(timescale / (t - warmup_steps + timescale))


def no_climb(t, base_lr, warmup_steps, timescale=None):
    """Your curve falls from the first update on. Before it, it climbs along a straight line from 0."""
    timescale = timescale or warmup_steps or 10_000
    return base_lr * sqrt(timescale / (max(0, t - warmup_steps) + timescale))


def a_step_ahead(t, base_lr, warmup_steps, timescale=None):
    """Your curve counts from 1, as the Transformer's paper does: it is one update ahead, also after the peak."""
    return my_inverse_sqrt(t + 1, base_lr, warmup_steps, timescale)


def rate_and_not_peak(t, base_lr, warmup_steps, timescale=None):
    """That is Noam without its width: both arms are there, and the peak is `base_lr` over the root of the warm-up. Here
    `base_lr` is the peak itself."""
    return base_lr * min(max(t, 1) ** -0.5, t * max(warmup_steps, 1) ** -1.5)


def not_shifted(t, base_lr, warmup_steps, timescale=None):
    """Your fall begins at t = 0 under the root, and so it drops at once where the climb ends. It counts from the peak."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    timescale = timescale or warmup_steps or 10_000
    return base_lr * sqrt(timescale / (t + timescale))


def without_a_root(t, base_lr, warmup_steps, timescale=None):
    """The root is missing: without it the curve is inverse-time decay."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    timescale = timescale or warmup_steps or 10_000
    return base_lr * timescale / (t - warmup_steps + timescale)


def as_an_exponential(t, base_lr, warmup_steps, timescale=None):
    """Your fall is an exponential: the same share is lost in every step. A power of the time falls ever more slowly."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return base_lr * exp(-(t - warmup_steps) / (timescale or warmup_steps or 10_000))


def timescale_ignored(t, base_lr, warmup_steps, timescale=None):
    """Nothing of yours depends on `timescale`: your pace is always that of the warm-up."""
    return my_inverse_sqrt(t, base_lr, warmup_steps)


def timescale_without_a_shift(t, base_lr, warmup_steps, timescale=None):
    """The timescale over t is right as long as the timescale is the warm-up. With another one the curve jumps at the peak: under
    the root stands the timescale over the updates since the peak plus the timescale."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    timescale = timescale or warmup_steps or 10_000
    return base_lr * sqrt(timescale / t) if warmup_steps else my_inverse_sqrt(t, base_lr, warmup_steps, timescale)


def no_pace_without_a_warmup(t, base_lr, warmup_steps, timescale=None):
    """Without a warm-up and without a timescale your pace is 1, and the rate is gone in a few updates."""
    return my_inverse_sqrt(t, base_lr, warmup_steps, timescale or warmup_steps or 1)


closed_form = Exercise(
    """**The curve of transformers.** Write `my_inverse_sqrt(t, base_lr, warmup_steps, timescale=None)`: a straight line from 0 at
t = 0 to `base_lr` at t = `warmup_steps`, then down with the root of the time, at the pace of `timescale`. Where no timescale is
given it is the warm-up, and where there is no warm-up either, it is 10,000. (About four lines.)""",
    solution=my_inverse_sqrt,
    why="""The two parts meet at the peak, since there the fraction under the root is 1. With the warm-up as timescale the
fraction is W / t: that is the tail of the paper. With any other timescale the peak stays and only the pace changes.""",
    cases={
        "while it climbs": [(t, 0.1, 10) for t in (0, 1, 5, 9)] + [(t, 0.3, 4) for t in (0, 1, 3)],
        "after the climb": [(t, 0.1, 10) for t in (10, 11, 20, 40, 100)] + [(t, 0.3, 4) for t in (4, 5, 9, 400)],
        "with a timescale of its own": [(t, 0.1, 10, 40) for t in (10, 11, 30, 130)] + [(t, 0.3, 4, 2) for t in (4, 5, 22)],
        "without a warm-up": [(t, 0.1, 0) for t in (0, 100, 10_000, 30_000)] + [(t, 0.1, 0, 25) for t in (0, 1, 75)],
    },
    mistakes=(
        no_climb, a_step_ahead, rate_and_not_peak, not_shifted, without_a_root, as_an_exponential, timescale_ignored,
        timescale_without_a_shift, no_pace_without_a_warmup,
    ),
    hints=(
        "Two parts: before `warmup_steps` a straight line, `base_lr * t / warmup_steps`.",
        "After it, let s be the updates since the peak. What is s at the peak, and what stands under the root there?",
        "Under the root stands `timescale / (s + timescale)`, with s = t - warmup_steps.",
    ),
    by_hand=(inverse_sqrt, noam, power_law, warmup),
)

# -- 5. find the bug -------------------------------------------------------------------------------------

SCRIPT = """\
d, warmup = 768, 5000
optimizer = AdamW(model.parameters(), lr=5e-5)

def rate(step):                                      # as in the paper
    return d ** -0.5 * min((step + 1) ** -0.5, (step + 1) * warmup ** -1.5)

scheduler = LambdaLR(optimizer, lr_lambda=rate)
for batch in loader:                                 # 100,000 batches
    loss = model(batch)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
"""


def highest_rate():
    return 5e-5 / sqrt(768 * 5000)


def what_rate_returns():
    """That is the highest value of `rate`, and it would be a sensible learning rate. What does `LambdaLR` do with it?"""
    return 1 / sqrt(768 * 5000)


def what_the_optimizer_was_given():
    """That is the rate that the optimizer was given. The scheduler multiplies it by `rate(step)`, which is far below 1."""
    return 5e-5


def the_first_rate():
    """That is the rate of the first update, the lowest of the climb. Which step has the highest?"""
    return 5e-5 * 768**-0.5 * 5000**-1.5


def width_left_out():
    """The product of the two rates is the right idea. In `rate` the width is missing."""
    return 5e-5 / sqrt(5000)


def rate_squared():
    """You multiply `rate` by itself. The other factor is the learning rate that the optimizer was given."""
    return 1 / (768 * 5000)


def the_last_rate():
    """That is the rate at the stop. The highest one comes at the end of the climb."""
    return 5e-5 * 768**-0.5 * 100_000**-0.5


find_the_bug = Exercise(
    f"""**Find the bug.** The loss of this run hardly moves, from the first batch to the last.

```python
{SCRIPT}```

Guess first. Then give the highest learning rate that the optimizer ever uses, to four digits or better, or as an expression.""",
    solution=highest_rate,
    why="""The function of a `LambdaLR` returns a factor of the rate that the optimizer was given, and Noam's formula is a rate
already. So two rates are multiplied, and the product is twenty thousand times too small. No error is raised, and the curve in
the log has the right shape. Give the optimizer `lr=1.0`, or divide `rate` by its peak and let the optimizer hold the peak. The
lines follow a public training script, of which a reader [asked this](https://github.com/thu-coai/CDial-GPT/issues/52).""",
    cases={"the highest rate": [()]},
    mistakes=(what_rate_returns, what_the_optimizer_was_given, the_first_rate, width_left_out, rate_squared, the_last_rate),
    hints=(
        "What does PyTorch's documentation of `LambdaLR` say about the function: is its value a rate, or a factor?",
        "Two numbers are multiplied. One of them stands in the second line of the script.",
        "The other is the highest value of `rate`, at step + 1 = 5000.",
    ),
    rel=5e-5,                                               # four digits
)
