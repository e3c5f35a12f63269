"""The exercises of the chapter on cycles and restarts."""
from math import cos, log, pi

from ..schedules.cosine import cosine
from ..schedules.cyclic import cosine_restarts, place, triangular, triangular2
from .exercise import Exercise

# -- 1. triangles by hand ------------------------------------------------------------------------------


def rates():
    return [triangular2(t, base_lr=1.0, step_size_up=2, step_size_down=4, eta_min=0.2) for t in range(10)]


def down_first():
    """You begin at the top. CyclicLR goes up first."""
    return [triangular2(t + 2, 1.0, 2, 4, 0.2) for t in range(10)]


def first_update_left_out():
    """Your list begins with the second update. The first one uses the rate at the bottom."""
    return [triangular2(t, 1.0, 2, 4, 0.2) for t in range(1, 11)]


def every_top_the_same():
    """Your second triangle is as high as the first. That is `mode="triangular"`; in `triangular2` the height changes."""
    return [triangular(t, 1.0, 2, 4, 0.2) for t in range(10)]


def top_halved():
    """You halve the second top itself. What is halved is its height above the bottom."""
    return [triangular2(t, 1.0, 2, 4, 0.2) if t < 6 else triangular(t, 0.5, 2, 4, 0.2) for t in range(10)]


def bottom_halved():
    """You halve every rate of the second triangle, its bottom too. The bottom stays at `base_lr`."""
    return [triangular(t, 1.0, 2, 4, 0.2) / (1 if t < 6 else 2) for t in range(10)]


def down_as_fast_as_up():
    """You go down as fast as up. Here the way down has its own number of steps."""
    return [triangular2(t, 1.0, 2, 2, 0.2) for t in range(10)]


def up_and_down_swapped():
    """You take the long way up and the short one down. Look again at which step size is which."""
    return [triangular2(t, 1.0, 4, 2, 0.2) for t in range(10)]


def from_nothing():
    """You begin at 0. In CyclicLR `base_lr` is the lower end, and the rate never goes below it."""
    return [triangular2(t, 1.0, 2, 4) for t in range(10)]


by_hand = Exercise(
    """**Triangles by hand.** Which learning rates do the first ten updates use, t = 0 to 9? Give a list of ten numbers.

```python
CyclicLR(optimizer, base_lr=0.2, max_lr=1.0,
         step_size_up=2, step_size_down=4, mode="triangular2")
```""",
    solution=rates,
    why="""Two steps up and four down make a cycle of six. The first goes from `base_lr` to `max_lr` and back. In the second,
which begins at t = 6, the height above `base_lr` is halved, and `base_lr` stays. So the second top is not half of the first.
The formula of this book calls the peak `base_lr` and the lower end `eta_min`.""",
    cases={"the list": [()]},
    mistakes=(
        down_first, first_update_left_out, every_top_the_same, top_halved, bottom_halved,
        down_as_fast_as_up, up_and_down_swapped, from_nothing,
    ),
    hints=(
        "At t = 0 the rate is `base_lr`, at t = 2 it is `max_lr`. Where is it back?",
        "One step up is half of the height, one step down a quarter of it.",
        "The second cycle begins at t = 6. Its height above `base_lr` is half of the first one's.",
    ),
)

# -- 2. the closed form --------------------------------------------------------------------------------


def my_restarts(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    T = T_0
    for _ in range(t // T_0):                   # there are never more restarts than that
        if t >= T:
            t, T = t - T, T * T_mult            # leave a whole cycle behind
    return eta_min + (base_lr - eta_min) * (1 + cos(pi * t / T)) / 2


def by_logarithm(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """You find the cycle with a logarithm. Where it should come out whole, rounding may leave it a hair below, and `int` cuts
    it off: at this restart your rate is at the floor. Count whole cycles with integers."""
    if T_mult == 1:
        return cosine(t % T_0, base_lr, T_0, eta_min)
    cycle = int(log(t / T_0 * (T_mult - 1) + 1, T_mult))
    return cosine(t - T_0 * (T_mult**cycle - 1) / (T_mult - 1), base_lr, T_0 * T_mult**cycle, eta_min)


def no_restart(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Your rate stays at the bottom after the first cycle. That is the plain cosine; a restart jumps back to the peak."""
    return cosine(t, base_lr, T_0, eta_min)


def climbs_back(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Your rate climbs back along the wave, as torch's CosineAnnealingLR does after T_max. A restart is a jump."""
    return cosine(T_0 - abs(T_0 - t % (2 * T_0)), base_lr, T_0, eta_min)


def bottom_in_place_of_the_peak(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """At t = `T_0` your rate is at the bottom, and the peak never comes again. A cycle of `T_0` updates is t = 0 to
    `T_0 - 1`; the next update is the first of a new one. Look at your comparison."""
    T = T_0
    while t > T:
        t, T = t - T, T * T_mult
    return cosine(t, base_lr, T, eta_min)


def one_update_too_many(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Your cycles have one update too many, the one at the bottom. (The paper may be read so. torch, Keras and this book give
    a cycle `T_0` updates.)"""
    T = T_0
    while t > T:
        t, T = t - T - 1, T * T_mult
    return cosine(t, base_lr, T, eta_min)


def bottom_on_the_last_update(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Your rate is at the bottom on the last update of a cycle. Here the bottom belongs to the step after it, where the jump
    comes first: divide by the length of the cycle."""
    _, t, T = place(t, T_0, T_mult)
    return cosine(t, base_lr, max(1, T - 1), eta_min)


def lower_after_each_restart(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Your peak is halved at each restart. Here each restart comes back to `base_lr`. (Keras can shrink it, with `m_mul`.)"""
    cycle, t, T = place(t, T_0, T_mult)
    return cosine(t, eta_min + (base_lr - eta_min) * 0.5**cycle, T, eta_min)


def all_of_one_length(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Your cycles all have the length of the first. Each is `T_mult` times as long as the one before."""
    return cosine(t % T_0, base_lr, T_0, eta_min)


def only_the_second_grows(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Your third cycle is as long as the second. Each is `T_mult` times as long as the one before."""
    return cosine(t, base_lr, T_0, eta_min) if t < T_0 else cosine((t - T_0) % (T_0 * T_mult), base_lr, T_0 * T_mult, eta_min)


def lengths_add(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Your lengths grow by the same number of steps. They are multiplied: `T_0`, `T_0 * T_mult`, `T_0 * T_mult**2` and on."""
    T = T_0
    while t >= T:
        t, T = t - T, T + T_0 * (T_mult - 1)
    return cosine(t, base_lr, T, eta_min)


def modulo_of_the_length(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Your cycles have the right lengths, but you take t modulo the length for the place inside. A cycle begins where those
    before it end, and that is no multiple of its own length."""
    _, _, T = place(t, T_0, T_mult)
    return cosine(t % T, base_lr, T, eta_min)


def floor_as_a_share(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """Your floor is `eta_min * base_lr`. That comes from a factor that is multiplied by `base_lr` in the end, as LambdaLR does
    it. `eta_min` is a learning rate, not a share."""
    return base_lr * cosine_restarts(t, 1.0, T_0, T_mult, eta_min)


def floor_on_top(t, base_lr, T_0, T_mult=1, eta_min=0.0):
    """You add `eta_min` to the whole curve, so it starts above `base_lr`. What falls is the distance between the two."""
    return eta_min + cosine_restarts(t, base_lr, T_0, T_mult)


closed_form = Exercise(
    """**Warm restarts.** Write `my_restarts(t, base_lr, T_0, T_mult=1, eta_min=0.0)`. Each cycle is half a cosine wave from
`base_lr` towards `eta_min`. The first has `T_0` updates, each further one `T_mult` times as many as the one before. (About five
lines. You may call `ll.cosine`.)""",
    solution=my_restarts,
    why="""Leave whole cycles behind until t stands inside one: then t is the place in it and T its length. `while t >= T:` does
the same as the loop here. All of it is done with integers, so each restart is where it should be. A logarithm gives the number
of the cycle in one line, and misses some: torch's `step(epoch)`, timm and Keras do.""",
    cases={
        "with cycles of one length": [(t, 0.1, 10) for t in range(34)] + [(t, 0.4, 1) for t in range(3)],
        "with cycles that grow": [(t, 0.1, 4, 2) for t in range(34)] + [(t, 0.1, 2, 3) for t in range(30)],
        "with a floor": [(t, 0.4, 5, 2, 0.1) for t in range(20)],
        "far out": [(t, 0.1, 5, 3) for t in (64, 65, 200, 604, 605, 606)] + [(t, 0.1, 1, 3) for t in (120, 121, 122)],
    },
    mistakes=(
        by_logarithm, no_restart, climbs_back, bottom_in_place_of_the_peak, one_update_too_many, bottom_on_the_last_update,
        lower_after_each_restart, all_of_one_length, only_the_second_grows, lengths_add,
        modulo_of_the_length, floor_as_a_share, floor_on_top,
    ),
    hints=(
        "Inside a cycle it is the plain cosine. You need two numbers: the place inside the cycle, and the length of the cycle.",
        "As long as t is not below the length T of the present cycle, that cycle is over: take T away from t.",
        "After each cycle that is over, T grows by the factor `T_mult`. At the end: `ll.cosine(t, base_lr, T, eta_min)`.",
    ),
    by_hand=(cosine_restarts, place),
)

# -- 3. a first cycle that fits ------------------------------------------------------------------------


def first_cycle(total_steps, cycles, T_mult):
    lengths = [T_mult**i for i in range(cycles)]
    return total_steps // sum(lengths)


def as_if_all_were_equal(total_steps, cycles, T_mult):
    """You divide by the number of cycles, as if all were as long as the first."""
    return total_steps // cycles


def one_cycle_too_many(total_steps, cycles, T_mult):
    """You count one cycle too many: the first has the length `T_0 * T_mult**0`."""
    return total_steps // sum([T_mult**i for i in range(cycles + 1)])


def only_the_last(total_steps, cycles, T_mult):
    """You divide by the length of the last cycle alone, in units of the first. The others take updates, too."""
    return total_steps // T_mult ** (cycles - 1)


def lengths_that_add(total_steps, cycles, T_mult):
    """You let the cycles grow by the same number of steps. They grow by a factor."""
    return total_steps // sum([1 + i * (T_mult - 1) for i in range(cycles)])


def the_last_cycle(total_steps, cycles, T_mult):
    """That is the length of the last cycle. The first one is asked for."""
    return first_cycle(total_steps, cycles, T_mult) * T_mult ** (cycles - 1)


def not_whole(total_steps, cycles, T_mult):
    """Your `T_0` is no whole number. Updates cannot be cut; torch wants an integer."""
    return total_steps / sum([T_mult**i for i in range(cycles)])


def rounded_up(total_steps, cycles, T_mult):
    """You round up. Then the last cycle does not get to its trough."""
    return -(-total_steps // sum([T_mult**i for i in range(cycles)]))


a_first_cycle_that_fits = Exercise(
    """**A first cycle that fits.** A run has `total_steps` updates. It shall have room for `cycles` whole cycles, each `T_mult`
times as long as the one before. Write `first_cycle(total_steps, cycles, T_mult)`: the largest whole `T_0` for which they fit.
(About two lines.)""",
    solution=first_cycle,
    why="""In units of the first, the cycles have the lengths 1, T_mult, T_mult squared and on. Their sum is how many first
cycles the run must hold, and `//` rounds down to whole updates. What is left over would begin one more cycle, at the peak: let
the run end in the last trough. For T_mult above 1 the sum is also `(T_mult**cycles - 1) // (T_mult - 1)`; with 1 that divides
by zero.""",
    cases={
        "where nothing is left over": [(600, 4, 2), (600, 4, 1), (650, 3, 3), (600, 1, 2), (420, 3, 4)],
        "where a few are left over": [(1000, 3, 2), (1000, 3, 1), (999, 4, 3), (29, 2, 2), (10, 1, 3)],
    },
    mistakes=(as_if_all_were_equal, one_cycle_too_many, only_the_last, lengths_that_add, the_last_cycle, not_whole, rounded_up),
    hints=(
        "Take T_0 = 1 and T_mult = 2. How many updates do three cycles have?",
        "With any T_0, they have `T_0` times as many. How often does that number go into `total_steps`?",
        "`sum([T_mult**i for i in range(cycles)])` is how many first cycles the whole run holds.",
    ),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """optimizer = SGD(model.parameters(), lr=0.1)
scheduler = CosineAnnealingWarmRestarts(optimizer, T_0=10, T_mult=2)
for epoch in range(30):                 # a cycle of 10 epochs, and one of 20
    for x, y in loader:                 # 50 batches
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
        scheduler.step()
"""


def last_rate():
    return cosine_restarts(1499, base_lr=0.1, T_0=10, T_mult=2)


def as_planned():
    """That is what was planned: the bottom, at the end of a cycle of 20 epochs. But the scheduler knows no epochs, only calls of
    `step()`."""
    return cosine_restarts(1499, 0.1, 500, 2)


def stairs():
    """That is the rate of the last epoch if `step()` were called once an epoch. Look at where it is called."""
    return cosine_restarts(29, 0.1, 10, 2)


def cycles_of_ten():
    """You let every cycle have ten updates. `T_mult=2` doubles each time."""
    return cosine_restarts(1499, 0.1, 10)


def one_call_too_many():
    """That is what the last call of `step()` leaves in the optimizer. The last update used the rate before it: 1500 updates are
    t = 0 to 1499."""
    return cosine_restarts(1500, 0.1, 10, 2)


def the_share():
    """That is the part of the peak. The peak is the optimizer's rate."""
    return cosine_restarts(1499, 1.0, 10, 2)


def the_peak():
    """You are close: the run ends early in a cycle. But it is not its first update."""
    return 0.1


find_the_bug = Exercise(
    f"""**Find the bug.** This script was to end in a trough. Which learning rate does its last update use? Find the bug first,
then give a number, or an expression, to four digits or better.

```python
{SCRIPT}```""",
    solution=last_rate,
    why="""`T_0` is in epochs and `step()` is called once a batch. So the cycles have 10, 20, 40 and more *updates*. The rate
jumps seven times, at t = 10, 30, 70, 150, 310, 630 and 1270, and the run ends early in a cycle of 1280 updates, with most of
the peak. `T_mult` hides the slip: a plot of the epochs shows long, calm cycles. Auto-PyTorch had it (issue 211). Three cures:
`T_0=10 * len(loader)`; or `scheduler.step(epoch + i / len(loader))`, with i the number of the batch; or `step()` once an epoch,
and then the rate goes in stairs.""",
    cases={"the last update": [()]},
    mistakes=(as_planned, stairs, cycles_of_ten, one_call_too_many, the_share, the_peak),
    hints=(
        "How often is `scheduler.step()` called in all? In which unit is `T_0`?",
        "The cycles have 10, 20, 40, ... updates. In which of them is update 1499?",
        "`ll.cosine_restarts(t, base_lr=0.1, T_0=..., T_mult=2)`, with the t of the last update.",
    ),
    rel=2e-4,                                               # four digits
)
