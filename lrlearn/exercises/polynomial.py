"""The exercises of the chapter on linear and polynomial decay."""
from ..schedules.polynomial import linear, polynomial
from .exercise import Exercise

# -- 1. the closed form --------------------------------------------------------------------------------


def my_polynomial(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    left = 1 - min(t, total_iters) / total_iters
    return eta_min + (base_lr - eta_min) * left**power


def power_of_the_way_done(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """Your power is of the way that is done. With power 2 your rate stays high for long and falls late. The power is of the
    way that is left. (fastai's SchedPoly does it your way.)"""
    return base_lr + (eta_min - base_lr) * (min(t, total_iters) / total_iters) ** power


def always_a_line(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """Nothing of yours depends on `power`. Only with power 1 the curve is a straight line."""
    return my_polynomial(t, base_lr, total_iters, 1.0, eta_min)


def power_as_a_factor(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """You multiply by `power`. It is an exponent: `**`."""
    left = 1 - min(t, total_iters) / total_iters
    return eta_min + (base_lr - eta_min) * left * power


def no_floor(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """On the way down your curve does not depend on `eta_min`: it aims at zero. It has to aim at `eta_min`. (torch's PolynomialLR
    has no floor.)"""
    return my_polynomial(t, base_lr, total_iters, power)


def floor_added_on_top(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """The curve stands on the floor, so the floor lifts the peak as well. Its height is what is left between floor and
    peak: `base_lr - eta_min`, not `base_lr`."""
    return eta_min + base_lr * (1 - min(t, total_iters) / total_iters) ** power


def cut_off_at_the_floor(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """`max` cuts the curve off where it meets the floor, and the rest of the run is flat. The curve is to be shrunk instead,
    so that it touches the floor only at t = total_iters."""
    return max(eta_min, my_polynomial(t, base_lr, total_iters, power))


def floor_as_a_fraction(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """`eta_min` is a learning rate, not a fraction of the peak. (torch's LinearLR has a fraction, `end_factor`.)"""
    return my_polynomial(t, base_lr, total_iters, power, eta_min * base_lr)


def power_of_everything(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """You raise the whole height to the power, and `base_lr` with it. Only the share that is left has the power."""
    return eta_min + ((base_lr - eta_min) * (1 - min(t, total_iters) / total_iters)) ** power


def root(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """Your exponent is one over `power`. It is `power` itself: 2 falls early."""
    return my_polynomial(t, base_lr, total_iters, 1 / power, eta_min)


def one_step_short(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """Your curve is one step too short: its bottom belongs to t = total_iters, not to the update before."""
    return my_polynomial(t, base_lr, total_iters - 1, power, eta_min) if total_iters > 1 else eta_min


def not_held(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """After `total_iters` your curve goes on: with an odd power below the floor, with an even one up again, and with a half
    into numbers that are not real. Stop the clock at `total_iters`."""
    left = 1 - t / total_iters
    return eta_min + (base_lr - eta_min) * (left**power if left >= 0 or power == int(power) else 2.0)


def falls_to_zero(t, base_lr, total_iters, power=1.0, eta_min=0.0):
    """After `total_iters` your rate is 0. A schedule holds its last value, and that is the floor."""
    return my_polynomial(t, base_lr, total_iters, power, eta_min) if t <= total_iters else 0.0


closed_form = Exercise(
    """**The closed form.** Write `my_polynomial(t, base_lr, total_iters, power=1.0, eta_min=0.0)`. The rate begins at `base_lr`,
reaches `eta_min` at t = `total_iters`, and stays there. Between, its height above the floor is the way that is left, as a share
from 1 to 0, to the power of `power`. (About two lines.)""",
    solution=my_polynomial,
    why="""The share of the run that is left goes from 1 to 0 in a straight line. Its power bends the line and leaves both ends
where they are, since 1 and 0 are their own powers. The bent share scales the height `base_lr - eta_min`, and the whole
stands on the floor. `min(t, total_iters)` stops the clock.""",
    cases={
        "with power 1": [(t, 0.1, 100) for t in (0, 1, 25, 50, 99)] + [(t, 0.3, 7) for t in range(7)],
        "with other powers": [(t, 0.1, 100, p) for p in (2, 0.5) for t in (0, 1, 25, 50, 99)]
        + [(t, 0.3, 7, 3) for t in range(7)],
        "with a floor": [(t, 0.1, 100, p, 0.02) for p in (1, 2) for t in (0, 1, 25, 50, 90, 99)],
        "from total_iters on": [(t, 0.1, 100, p, f) for p, f in ((1, 0.0), (2, 0.02), (0.5, 0.0)) for t in (100, 101, 150, 250)]
        + [(t, 0.2, 1) for t in (0, 1, 2)],
    },
    mistakes=(
        power_of_the_way_done, always_a_line, power_as_a_factor, power_of_everything, root, no_floor, floor_added_on_top,
        cut_off_at_the_floor, floor_as_a_fraction, one_step_short, not_held, falls_to_zero,
    ),
    hints=(
        "Which share of the run is left at t? It is 1 at the beginning and 0 at `total_iters`.",
        "`left = 1 - t / total_iters`. Raise it to the power, and scale what lies between floor and peak with it.",
        "After `total_iters` nothing is left, and not less than nothing: let time be `min(t, total_iters)`.",
    ),
    by_hand=(polynomial, linear),
)

# -- 2. the same area ----------------------------------------------------------------------------------


def same_area(base_lr, power, new_power):
    return base_lr * (new_power + 1) / (power + 1)


def same_peak(base_lr, power, new_power):
    """With the same peak the area is not the same: a higher power falls earlier and has less of it."""
    return base_lr


def turned_over(base_lr, power, new_power):
    """Your fraction stands on its head. A higher power has less area, so it needs a higher peak, and not a lower one."""
    return base_lr * (power + 1) / (new_power + 1)


def without_the_one(base_lr, power, new_power):
    """You take the mean as one over the power. For the straight line that would be a constant at its peak. Its mean is a half."""
    return base_lr * new_power / power


def area_itself(base_lr, power, new_power):
    """That is the mean rate of the old schedule. The new peak is the one that gives the new schedule this mean."""
    return base_lr / (power + 1)


def only_from_a_line(base_lr, power, new_power):
    """You take the old schedule for a straight line. It has a power, too."""
    return base_lr * (new_power + 1) / 2


def only_to_a_line(base_lr, power, new_power):
    """You take the new schedule for a straight line. It has a power, too."""
    return base_lr * 2 / (power + 1)


def old_mean_kept(base_lr, power, new_power):
    """You multiply with the new power and leave the old one out. The old schedule's peak is not its mean."""
    return base_lr * (new_power + 1)


def squared(base_lr, power, new_power):
    """Your correction has been made twice. One factor is enough, the one between the two means."""
    return base_lr * ((new_power + 1) / (power + 1)) ** 2


area = Exercise(
    """**The same area.** You have found a good peak, `base_lr`, for a polynomial to zero with `power`, and you want to try
`new_power` over the same long run. Write `same_area(base_lr, power, new_power)`, the peak that leaves the mean rate as it
is. (One line. The run is so long that a sum may be taken for an integral.)""",
    solution=same_area,
    why="""The mean of (1 - x) to the power of p, for x from 0 to 1, is 1 / (p + 1): a half for the line, a third for the
parabola. The peak times this is the mean rate, so the peak has to grow as p + 1. It is a first guess for the new peak, and no
more: on the digits the best peak did not move as far.""",
    cases={
        "the new peak": [(0.1, 1, 2), (0.1, 1, 4), (0.2, 1, 0.5), (0.1, 2, 1), (0.05, 0.5, 3), (0.2, 4, 2), (0.1, 3, 3)],
    },
    mistakes=(
        same_peak, turned_over, without_the_one, area_itself, only_from_a_line, only_to_a_line, old_mean_kept, squared,
    ),
    hints=(
        "What is the mean of a line from 1 to 0? And is that of its square more or less?",
        "The integral of `(1 - x) ** p` from 0 to 1 is one over something. Try p = 0, 1 and 2.",
        "The mean rate is `base_lr / (power + 1)`. The new peak over `new_power + 1` has to be the same.",
    ),
)

# -- 3. what the defaults do ---------------------------------------------------------------------------


def first_steps():
    return ["rises", "falls", "rises", "stays", "falls"]


def keras_end_is_zero():
    """Keras' PolynomialDecay does not end at zero: `end_learning_rate` has a default, and it is a rate, not a share. Where does
    the peak lie, seen from there?"""
    return ["rises", "falls", "falls", "falls", "falls"]


def linear_means_down():
    """LinearLR is not made for decay: look at the defaults of `start_factor` and `end_factor`. From which to which share of 0.1
    does it go in its five steps?"""
    return ["falls", "falls", "rises", "stays", "falls"]


def all_of_them_down():
    """By their names all five go down. Look up two defaults: the factors of LinearLR, and Keras' `end_learning_rate`."""
    return ["falls", "falls", "falls", "falls", "falls"]


def keras_clips():
    """Keras does not clip: below its end the formula is the same, and the way to the end leads upwards."""
    return ["rises", "falls", "stays", "stays", "falls"]


def both_keras_up():
    """One of the two Keras lines has its peak just at the default end. Then there is no way to go."""
    return ["rises", "falls", "rises", "rises", "falls"]


def transformers_holds():
    """transformers' `lr_end` is a ten-millionth. That is far below this peak, so there is a way to go, and down."""
    return ["rises", "falls", "rises", "stays", "stays"]


def torch_polynomial_holds():
    """PolynomialLR has `power=1` and five steps by default, and ends at zero. After five calls the training stands still, but
    before that there is a way to go."""
    return ["rises", "stays", "rises", "stays", "falls"]


defaults = Exercise(
    """**What the defaults do.** Each line makes a schedule and leaves the rest to the defaults. What does the rate do in the
first five steps: `"rises"`, `"falls"` or `"stays"`? Give a list of five words. Guess first, then look into the documentation.

```python
torch.optim.lr_scheduler.LinearLR(optimizer)                     # optimizer: lr=0.1
torch.optim.lr_scheduler.PolynomialLR(optimizer)                 # optimizer: lr=0.1
keras.optimizers.schedules.PolynomialDecay(5e-5, 1000)
keras.optimizers.schedules.PolynomialDecay(1e-4, 1000)
transformers.get_polynomial_decay_schedule_with_warmup(optimizer, 0, 1000)      # optimizer: lr=5e-5
```""",
    solution=first_steps,
    why="""LinearLR climbs from a third of the rate to all of it in five steps: by default it is a warm-up. PolynomialLR falls to
zero in five. Keras' end is 1e-4, which is above a peak of 5e-5, so *decay* climbs; a peak of 1e-4 stands still. transformers' end
is 1e-7, and refuses a peak below it. Say every end yourself.""",
    cases={"the five schedules": [()]},
    mistakes=(
        all_of_them_down, linear_means_down, keras_end_is_zero, keras_clips, both_keras_up, transformers_holds,
        torch_polynomial_holds,
    ),
    hints=(
        "LinearLR has `start_factor=1/3` and `end_factor=1.0` by default.",
        "Keras' `end_learning_rate` is 0.0001 by default. The schedule goes from the first argument to it.",
        "transformers' `lr_end` is 1e-7 by default.",
    ),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """\
total_steps = epochs * (len(dataset) // batch_size)
scheduler = LambdaLR(optimizer, lambda t: 1 - t / total_steps)
loader = DataLoader(dataset, batch_size=batch_size, shuffle=True)
for epoch in range(epochs):
    for x, y in loader:
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
"""


def factor(t, total_steps, end_factor=0.0):
    done = min(t, total_steps) / total_steps
    return 1 - (1 - end_factor) * done


def as_it_stands(t, total_steps, end_factor=0.0):
    """That goes on below the end. A negative rate walks uphill, and no optimizer of torch objects to it. Stop the clock at
    `total_steps`."""
    return 1 - (1 - end_factor) * t / total_steps


def floor_forgotten(t, total_steps, end_factor=0.0):
    """On the way down your line does not depend on `end_factor`: it aims at zero. It has to aim at `end_factor`, and holds
    there."""
    return max(0.0, 1 - t / total_steps)


def cut_off(t, total_steps, end_factor=0.0):
    """Your line aims at zero and is cut off at `end_factor`, so it is level before `total_steps`. Aim at the end itself."""
    return max(end_factor, 1 - t / total_steps)


def absolute(t, total_steps, end_factor=0.0):
    """`abs` takes the sign away, and the rate climbs again after the end, as fast as it fell."""
    return end_factor + (1 - end_factor) * abs(1 - t / total_steps)


def starts_again(t, total_steps, end_factor=0.0):
    """Your rate starts again at the peak: `%` begins a new cycle. After the end the line is to be level."""
    return 1 - (1 - end_factor) * (t % total_steps) / total_steps


def then_zero(t, total_steps, end_factor=0.0):
    """After the end your factor is 0. It holds `end_factor`."""
    return factor(t, total_steps, end_factor) if t <= total_steps else 0.0


def too_early(t, total_steps, end_factor=0.0):
    """Your line is one step too short. The end belongs to t = total_steps."""
    return factor(t, max(1, total_steps - 1), end_factor)


def never_at_the_end(t, total_steps, end_factor=0.0):
    """You stop the clock one step too soon, so the end is never reached."""
    return factor(min(t, total_steps - 1), total_steps, end_factor)


def min_for_max(t, total_steps, end_factor=0.0):
    """Your factor never leaves its lower bound, or goes below it: `min` takes the smaller of the two."""
    return min(end_factor, 1 - t / total_steps)


def upwards(t, total_steps, end_factor=0.0):
    """Your line goes up. At t = 0 the factor is 1."""
    return end_factor + (1 - end_factor) * min(t, total_steps) / total_steps


find_the_bug = Exercise(
    f"""**Find the bug.** In the last few updates of this run the training loss goes up. It does so with some data sets, and with
others it does not.

```python
{SCRIPT}```

`//` forgets the last batch of an epoch when it is not a full one, so the run makes more updates than `total_steps`. But a
schedule should not break when a run is a little longer than planned. Write `factor(t, total_steps, end_factor=0.0)` for the
lambda: a straight line from 1 at t = 0 to `end_factor` at t = `total_steps`, and level from there. (About two lines.)""",
    solution=factor,
    why="""After `total_steps` the script's factor is negative, and minus the gradient times a negative rate is a step uphill. The
optimizers of torch look at the rate when they are made, and never again. Two things are to be mended: the lambda, as above, and
the count: `total_steps = epochs * len(loader)`. torch's LinearLR and PolynomialLR hold by themselves.""",
    cases={
        "up to the end": [(t, 10) for t in range(10)] + [(t, 7, 0.25) for t in range(7)],
        "from the end on": [(t, 10) for t in (10, 11, 15, 20, 25)] + [(t, 7, 0.25) for t in (7, 8, 13, 14, 20)]
        + [(t, 1, 0.5) for t in (0, 1, 2)],
    },
    mistakes=(
        as_it_stands, floor_forgotten, cut_off, absolute, starts_again, then_zero, too_early, never_at_the_end, min_for_max,
        upwards,
    ),
    hints=(
        "What is the factor at t = total_steps + 1 in the script? What does an update with it do to the loss?",
        "`min(t, total_steps)` stops the clock.",
        "The line loses `1 - end_factor` over the whole run, and at t the share `t / total_steps` of that.",
    ),
    by_hand=(linear, polynomial),
)
