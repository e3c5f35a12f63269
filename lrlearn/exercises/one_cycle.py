"""The exercises of the one-cycle chapter."""
from math import cos, pi

from ..schedules.one_cycle import one_cycle, one_cycle_momentum
from .exercise import Exercise

# -- 1. the closed form --------------------------------------------------------------------------------


def my_one_cycle(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    start, top, last = base_lr / div_factor, pct_start * total_steps - 1, total_steps - 1
    if t <= top:
        a, b, done = start, base_lr, t / top
    else:
        a, b, done = base_lr, start / final_div_factor, (min(t, last) - top) / (last - top)
    return b + (a - b) * (1 + cos(pi * done)) / 2


def way(t, corners, shape="cos"):
    """The curve through the corners, for the wrong answers below; it holds after the last corner."""
    (t0, a), rest = corners[0], corners[1:]
    for t1, b in rest:
        if t <= t1:
            x = (t - t0) / (t1 - t0)
            return b + (a - b) * ((1 + cos(pi * x)) / 2 if shape == "cos" else 1 - x)
        t0, a = t1, b
    return a


def corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor):
    """The right corners."""
    start = base_lr / div_factor
    return [(0, start), (pct_start * total_steps - 1, base_lr), (total_steps - 1, start / final_div_factor)]


def straight_climb(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your climb is a straight line, as a warm-up is. One cycle climbs along half a cosine wave, too: flat, steep, flat."""
    corners = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, corners, "linear" if t <= corners[1][0] else "cos")


def straight_lines(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """That is a triangle. torch draws it with `anneal_strategy="linear"`; here both ways are half a cosine wave."""
    return way(t, corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor), "linear")


def straight_fall(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your climb is right. Your fall is a straight line, and it should be half a cosine wave as well."""
    corners = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, corners, "cos" if t <= corners[1][0] else "linear")


def half_up_and_half_down(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your peak is in the middle of the run. How much of the run climbs is `pct_start`."""
    return my_one_cycle(t, base_lr, total_steps, 0.5, div_factor, final_div_factor)


def the_example_s_pct_start(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your climb takes three tenths of the run, whatever `pct_start` is."""
    return my_one_cycle(t, base_lr, total_steps, 0.3, div_factor, final_div_factor)


def peak_one_late(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your peak is one update late. The climb makes `pct_start * total_steps` updates, and the first of them is t = 0."""
    start, _, end = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, [start, (pct_start * total_steps, base_lr), end])


def end_one_late(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your peak is right. Your end is one update late: it belongs to the last update that is made, and the first is t = 0."""
    start, top, (_, end) = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, [start, top, (total_steps, end)])


def counted_as_optax_does(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your peak and your end are one update late. That is how optax and fastai count. Here, as in torch, both belong to
    updates that are made, and the first is t = 0."""
    (_, start), _, (_, end) = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, [(0, start), (pct_start * total_steps, base_lr), (total_steps, end)])


def peak_over_final_div_factor(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your run ends at the peak over `final_div_factor`. In torch that number divides the *first* rate, which is already
    smaller than the peak. (fastai's `div_final` divides the peak.)"""
    start, top, (last, _) = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, [start, top, (last, base_lr / final_div_factor)])


def ends_where_it_began(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your run ends at the rate that it began with. One cycle ends lower: the first rate over `final_div_factor`."""
    start, top, (last, _) = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, [start, top, (last, start[1])])


def falls_to_zero(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your run ends at 0. One cycle ends a little above: the first rate over `final_div_factor`."""
    start, top, (last, _) = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, [start, top, (last, 0.0)])


def starts_at_zero(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your run begins at 0, as a warm-up does. One cycle begins at the peak over `div_factor`, so that the first update
    counts."""
    _, top, end = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, [(0, 0.0), top, end])


def starts_at_the_peak(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """You begin at the peak and go down first. If your code has `1 - cos(...)`, or the two ends the other way round, that is
    why."""
    (_, start), (top, _), (last, end) = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, [(0, base_lr), (top, start)]) if t <= top else way(t, [(top, end), (last, base_lr)])


def base_lr_as_the_first_rate(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your run begins at `base_lr` and climbs above it. In this book `base_lr` is the peak, and the run begins at a part of
    it."""
    return my_one_cycle(t, base_lr * div_factor, total_steps, pct_start, div_factor, final_div_factor)


def fall_not_shifted(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your fall has been running since t = 0, so the rate jumps down from the top. Its time begins at the peak."""
    start, (top, _), (last, end) = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, [start, (top, base_lr)]) if t <= top else way(t, [(0, base_lr), (last, end)])


def fall_too_long(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Your fall takes as long as the whole run, so it is not down at the end. It has what the climb leaves."""
    start, (top, _), (last, end) = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return way(t, [start, (top, base_lr), (top + last, end)])


def whole_wave(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Half a wave is enough for each way: pi and not 2 * pi. A whole wave comes back to where it began."""
    (_, start), (top, _), (last, end) = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    a, b, x = (start, base_lr, t / top) if t <= top else (base_lr, end, (min(t, last) - top) / (last - top))
    return b + (a - b) * (1 + cos(2 * pi * x)) / 2


def goes_on_after_the_end(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """After the last update your wave rises again. torch's does so for one step, and then raises. A schedule holds its last
    value: stop the clock at the last update."""
    _, (top, _), (last, end) = corners_of(base_lr, total_steps, pct_start, div_factor, final_div_factor)
    if t <= last:
        return my_one_cycle(t, base_lr, total_steps, pct_start, div_factor, final_div_factor)
    return end + (base_lr - end) * (1 + cos(pi * (t - top) / (last - top))) / 2


def zero_after_the_end(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """After the last update your rate is 0. A schedule holds its last value."""
    return my_one_cycle(t, base_lr, total_steps, pct_start, div_factor, final_div_factor) if t < total_steps else 0.0


closed_form = Exercise(
    """**The closed form.** Write `my_one_cycle(t, base_lr, total_steps, pct_start=0.3, div_factor=25.0,
final_div_factor=1e4)`. Update 0 has `base_lr / div_factor`. The peak, `base_lr`, is at t = `pct_start * total_steps - 1`.
The last update, t = `total_steps - 1`, has the first rate over `final_div_factor`, and there the rate stays. Both ways are
half a cosine wave. (`pct_start * total_steps` is above 1. About six lines.)""",
    solution=my_one_cycle,
    why="""Both ways are the same curve between two values, `a` and `b`, and only its time differs: the climb has done `t /
top` of its way, the fall `(t - top) / (last - top)`. `(1 + cos(pi * done)) / 2` goes from 1 to 0, so `b + (a - b) * ...` goes
from a to b, upwards or downwards. `min(t, last)` stops the clock. The package says the same with a loop over corners, so that
three phases need no line of their own.""",
    cases={
        "in the run": [(t, 0.1, 20, 0.25, 10.0, 2.0) for t in range(20)] + [(t, 0.4, 10, 0.3, 4.0, 5.0) for t in range(10)],
        "after the end": [(t, 0.1, 20, 0.25, 10.0, 2.0) for t in (20, 21, 25, 40)]
        + [(t, 0.4, 10, 0.3, 4.0, 5.0) for t in (10, 13, 30)],
        "where the peak falls between two updates": [(t, 0.1, 15, 0.3, 10.0, 2.0) for t in range(16)],
        "with torch's factors": [(t, 0.1, 30) for t in (0, 4, 8, 20, 29, 31)],
    },
    mistakes=(
        straight_climb, straight_lines, straight_fall, half_up_and_half_down, the_example_s_pct_start, peak_one_late,
        end_one_late, counted_as_optax_does, peak_over_final_div_factor, ends_where_it_began, falls_to_zero, starts_at_zero,
        starts_at_the_peak, base_lr_as_the_first_rate, fall_not_shifted, fall_too_long, whole_wave,
        goes_on_after_the_end, zero_after_the_end,
    ),
    hints=(
        "Name three points: the first rate, the peak, the last rate. Which t and which rate has each?",
        "Between two points with the values a and b the curve is `b + (a - b) * (1 + cos(pi * done)) / 2`. What is `done`?",
        "In the climb `done` is `t / top`. In the fall it begins at 0 where the peak is, and ends at 1 at the last update.",
        "`if t <= top:` the climb; after it the fall, with `min(t, last)` for the time, so that the rate stays at the end.",
    ),
    by_hand=(one_cycle,),
)

# -- 2. the last update --------------------------------------------------------------------------------


def last_rate():
    return one_cycle(99, base_lr=0.1, total_steps=100)


def divided_once():
    """That is `max_lr` over `final_div_factor`. But that number divides the first rate, which is already much below the
    peak."""
    return 0.1 / 1e4


def fastai_s_end():
    """That is a hundred thousandth of the peak, where fastai's one cycle ends. torch's numbers are 25 and 1e4, one after the
    other."""
    return 0.1 / 1e5


def the_first_rate():
    """That is the rate of the first update. The last one is smaller again."""
    return 0.1 / 25


def nothing():
    """It comes close to 0 and does not get there."""
    return 0.0


def the_factor():
    """That is the part of the peak that is left. The peak here is 0.1."""
    return one_cycle(99, base_lr=1.0, total_steps=100)


def one_update_too_early():
    """That is the rate of the last update but one (and what torch leaves in the optimizer after the run, since one step past
    its end it rises again). 100 updates are t = 0, 1, ..., 99."""
    return one_cycle(98, base_lr=0.1, total_steps=100)


def from_the_optimizer():
    """You divide the rate that the optimizer was made with. OneCycleLR replaces that rate, and never looks at it."""
    return 0.01 / 25 / 1e4


last_lr = Exercise(
    """**The last update.** A run makes 100 updates with

```python
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
scheduler = OneCycleLR(optimizer, max_lr=0.1, total_steps=100)
```

and calls `scheduler.step()` after each. Which learning rate does the last update use? Guess first. Then give a number, or an
expression, to three digits or better.""",
    solution=last_rate,
    why="""The first rate is the peak over `div_factor`, 25. The last is the *first* over `final_div_factor`, ten thousand. So
it is the peak over 250 000, and 25 times smaller than who takes the peak over `final_div_factor` believes. Unlike the cosine
of CosineAnnealingLR, one cycle is at its end with the last update that it makes, t = 99, and not one later. The optimizer's
own rate plays no part.""",
    cases={"the last update": [()]},
    mistakes=(divided_once, fastai_s_end, the_first_rate, nothing, the_factor, one_update_too_early, from_the_optimizer),
    hints=(
        "The last rate is not the peak over one number. Look at the equation: which rate does `final_div_factor` divide?",
        "The first rate is `0.1 / 25`. The last is a part of that.",
        "`ll.one_cycle(t, base_lr=0.1, total_steps=100)`, with the t of the last update.",
    ),
    rel=5e-3,                                               # three digits
)

# -- 3. momentum, the other way ------------------------------------------------------------------------


def my_momentum(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    top, last = pct_start * total_steps - 1, total_steps - 1
    if t <= top:
        a, b, done = max_momentum, base_momentum, t / top
    else:
        a, b, done = base_momentum, max_momentum, (min(t, last) - top) / (last - top)
    return b + (a - b) * (1 + cos(pi * done)) / 2


def with_the_rate(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    """Your momentum is high where the learning rate is high. It goes the other way: low at the peak, high at both ends."""
    return my_momentum(t, base_momentum, max_momentum, total_steps, pct_start)


def stays_low(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    """Your momentum goes down and stays there. When the rate falls, momentum comes back up, to `max_momentum` at the last
    update."""
    return my_momentum(min(t, pct_start * total_steps - 1), max_momentum, base_momentum, total_steps, pct_start)


def straight(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    """You go along straight lines. Momentum follows the same half waves as the learning rate."""
    top, last = pct_start * total_steps - 1, total_steps - 1
    return way(t, [(0, max_momentum), (top, base_momentum), (last, max_momentum)], "linear")


def lowest_in_the_middle(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    """Your momentum is lowest in the middle of the run. It is lowest where the learning rate peaks: at `pct_start`."""
    return my_momentum(t, max_momentum, base_momentum, total_steps, 0.5)


def one_late(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    """Your momentum is one update behind: lowest at t = `pct_start * total_steps`, back at t = `total_steps`. The learning
    rate peaks and ends one update earlier."""
    return way(t, [(0, max_momentum), (pct_start * total_steps, base_momentum), (total_steps, max_momentum)])


def the_rate_upside_down(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    """You turn the learning rate's curve upside down, and it begins at 1/25 of the peak and not at 0. So your momentum begins
    below `max_momentum`. `div_factor` has no say here."""
    return max_momentum - (max_momentum - base_momentum) * my_one_cycle(t, 1.0, total_steps, pct_start)


def momentum_of_one(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    """Your momentum begins at 1. With a momentum of 1 nothing slows the weights down. The highest is `max_momentum`."""
    return my_momentum(t, 1.0, base_momentum, total_steps, pct_start)


def goes_down_to_zero(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    """At the peak your momentum is 0. The lowest is `base_momentum`."""
    return my_momentum(t, max_momentum, 0.0, total_steps, pct_start)


def lower_by_base_momentum(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    """You lower the momentum *by* `base_momentum`. It goes down *to* `base_momentum`: the wave is as high as what lies
    between the two."""
    return my_momentum(t, max_momentum, max_momentum - base_momentum, total_steps, pct_start)


def falls_after_the_end(t, max_momentum, base_momentum, total_steps, pct_start=0.3):
    """After the last update your momentum goes down again. It holds."""
    top, last = pct_start * total_steps - 1, total_steps - 1
    if t <= last:
        return my_momentum(t, max_momentum, base_momentum, total_steps, pct_start)
    return max_momentum + (base_momentum - max_momentum) * (1 + cos(pi * (t - top) / (last - top))) / 2


momentum = Exercise(
    """**Momentum, the other way.** Write `my_momentum(t, max_momentum, base_momentum, total_steps, pct_start=0.3)`, the momentum
that goes with your one cycle: `max_momentum` at t = 0, `base_momentum` where the learning rate peaks, `max_momentum` again at the
last update, and from then on. Both ways are half a cosine wave. You may call your own `my_one_cycle` or `ll.one_cycle`. (One to
six lines.)""",
    solution=my_momentum,
    why="""It is the same curve through other corners. So one line is enough when you have the learning rate: `one_cycle(t,
base_momentum, total_steps, pct_start, "cos", base_momentum / max_momentum, 1.0)`. The peak is then the lowest point, since a
`div_factor` below 1 begins above it. In the package both formulas call the same small function, `through`.""",
    cases={
        "in the run": [(t, 0.95, 0.85, 20, 0.25) for t in range(20)] + [(t, 0.9, 0.6, 10, 0.3) for t in range(10)],
        "after the end": [(t, 0.95, 0.85, 20, 0.25) for t in (20, 21, 25, 40)] + [(t, 0.9, 0.6, 10, 0.3) for t in (10, 13, 30)],
        "where the lowest point falls between two updates": [(t, 0.95, 0.85, 15) for t in range(16)],
    },
    mistakes=(
        with_the_rate, stays_low, straight, lowest_in_the_middle, one_late, the_rate_upside_down, momentum_of_one,
        goes_down_to_zero, lower_by_base_momentum, falls_after_the_end,
    ),
    hints=(
        "Three points again: t = 0, the peak of the learning rate, the last update. Which momentum has each?",
        "The times are those of `my_one_cycle`, and so is the formula between two points. Only the values at the points differ.",
        "Or ask one cycle itself: let its peak be `base_momentum`. Which `div_factor` begins higher than that?",
    ),
    by_hand=(one_cycle_momentum,),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """\
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = OneCycleLR(optimizer, max_lr=0.1,
                       epochs=30, steps_per_epoch=len(loader))
for epoch in range(30):
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
    scheduler.step()
"""


def highest_rate():
    return one_cycle(29, base_lr=0.1, total_steps=30 * 50)


def the_peak():
    """That is what was meant. But count how often this script calls `scheduler.step()`, and how many calls the plan is made
    for."""
    return 0.1


def where_it_begins():
    """That is the rate of the first epoch. The scheduler does move, once an epoch."""
    return 0.1 / 25


def one_call_too_many():
    """That rate is written when the last epoch is over, and no update uses it."""
    return one_cycle(30, base_lr=0.1, total_steps=30 * 50)


def one_call_too_few():
    """The rate is higher in the epoch after that one. Epochs are counted from 0."""
    return one_cycle(28, base_lr=0.1, total_steps=30 * 50)


def along_a_straight_line():
    """You climb along a straight line. This scheduler climbs along half a cosine wave, which is flat where it begins."""
    return one_cycle(29, base_lr=0.1, total_steps=30 * 50, anneal_strategy="linear")


def as_a_share():
    """That is the part of `max_lr` that is reached. The question is for the learning rate."""
    return one_cycle(29, base_lr=1.0, total_steps=30 * 50)


find_the_bug = Exercise(
    f"""**Find the bug.** This run learns slowly, its loss still falls when it ends, and nobody knows why. `len(loader)` is 50.

```python
{SCRIPT}```

What is the highest learning rate that any of its updates uses? Give a number, or an expression, to three digits or better.""",
    solution=highest_rate,
    why="""The plan is made for 30 * 50 calls of `scheduler.step()`, and the script makes 30. So the last epoch has t = 29 of
1500, where the climb has hardly begun. The rate never gets to a tenth of `max_lr`, and it never falls. Nothing raises an
error. The cure is one indentation: call `scheduler.step()` inside the inner loop, after `optimizer.step()`. (With
`total_steps=30` the script as it stands would make the whole cycle, in 30 stairs.) The bug stood in the solutions to a
textbook's exercises in 2026, and frameworks that step schedulers once an epoch unless told otherwise invite it. Print the
rate.""",
    cases={"the highest rate": [()]},
    mistakes=(the_peak, where_it_begins, one_call_too_many, one_call_too_few, along_a_straight_line, as_a_share),
    hints=(
        "How many updates is the plan made for? How often is `scheduler.step()` called?",
        "The rate that epoch k trains with is that of t = k. Which t has the last epoch?",
        "`ll.one_cycle(t, base_lr=0.1, total_steps=30 * 50)`, with that t: the rate only climbs.",
    ),
    rel=5e-3,
)

# -- 5. translate --------------------------------------------------------------------------------------


def as_one_cycle(warmup_steps, total_steps, start_factor, end_factor):
    return [total_steps + 1, (warmup_steps + 1) / (total_steps + 1), 1 / start_factor, start_factor / end_factor]


def rates(answer, warmup_steps, total_steps, start_factor, end_factor):
    """The learning rates of one cycle with the arguments that an answer gives, peak 0.3, up to t = total_steps."""
    steps, pct_start, div_factor, final_div_factor = answer(warmup_steps, total_steps, start_factor, end_factor)
    return [one_cycle(t, 0.3, steps, pct_start, "cos", div_factor, final_div_factor) for t in range(total_steps + 1)]


def as_they_are(warmup_steps, total_steps, start_factor, end_factor):
    """You take `total_steps` as it is, and the share `warmup_steps / total_steps`. One cycle then peaks at t = warmup_steps -
    1 and ends at t = total_steps - 1: everything comes one update early."""
    return [total_steps, warmup_steps / total_steps, 1 / start_factor, start_factor / end_factor]


def peak_one_early(warmup_steps, total_steps, start_factor, end_factor):
    """Your end is right, and your peak is one update early. It is at t = pct_start * total_steps - 1, also for the new
    total."""
    return [total_steps + 1, warmup_steps / (total_steps + 1), 1 / start_factor, start_factor / end_factor]


def ends_one_early(warmup_steps, total_steps, start_factor, end_factor):
    """Your peak is right, and your end is one update early. OneCycleLR ends at t = total_steps - 1 of *its* total_steps."""
    return [total_steps, (warmup_steps + 1) / total_steps, 1 / start_factor, start_factor / end_factor]


def share_of_the_old_total(warmup_steps, total_steps, start_factor, end_factor):
    """Your share of the climb belongs to the old total. The share that OneCycleLR gets is multiplied with its own total."""
    return [total_steps + 1, (warmup_steps + 1) / total_steps, 1 / start_factor, start_factor / end_factor]


def steps_and_not_a_share(warmup_steps, total_steps, start_factor, end_factor):
    """Your rate only climbs. `pct_start` is a share of the run between 0 and 1, despite its name, and not a number of updates
    or a percentage."""
    return [total_steps + 1, float(warmup_steps + 1), 1 / start_factor, start_factor / end_factor]


def the_end_over_the_peak(warmup_steps, total_steps, start_factor, end_factor):
    """Your end is too low. `final_div_factor` divides the first rate and not the peak."""
    return [total_steps + 1, (warmup_steps + 1) / (total_steps + 1), 1 / start_factor, 1 / end_factor]


def ends_where_the_ramp_began(warmup_steps, total_steps, start_factor, end_factor):
    """Your run ends at the rate that it began with. The end is `end_factor` of the peak."""
    return [total_steps + 1, (warmup_steps + 1) / (total_steps + 1), 1 / start_factor, 1.0]


def factors_not_turned(warmup_steps, total_steps, start_factor, end_factor):
    """You give the factors themselves. `div_factor` and `final_div_factor` divide: a tenth of the peak is a `div_factor` of
    10."""
    return [total_steps + 1, (warmup_steps + 1) / (total_steps + 1), start_factor, end_factor]


def last_one_turned(warmup_steps, total_steps, start_factor, end_factor):
    """Your last ratio stands on its head: the run should end below its first rate, and it ends above. It is the first rate
    over the last."""
    return [total_steps + 1, (warmup_steps + 1) / (total_steps + 1), 1 / start_factor, end_factor / start_factor]


def torch_s_defaults(warmup_steps, total_steps, start_factor, end_factor):
    """You keep torch's 25 and 1e4. The ends are told here: `start_factor` and `end_factor` of the peak."""
    return [total_steps + 1, (warmup_steps + 1) / (total_steps + 1), 25.0, 1e4]


translate = Exercise(
    """**Translate.** A recipe warms up from `start_factor` of the peak at t = 0 to the peak at t = `warmup_steps`, and comes down
along a cosine to `end_factor` of the peak at t = `total_steps`. You want OneCycleLR to do it, with its cosine climb in place of
the straight one. Write `as_one_cycle(warmup_steps, total_steps, start_factor, end_factor)`. It returns a list of four numbers:
OneCycleLR's own `total_steps`, `pct_start`, `div_factor` and `final_div_factor`. Both factors are above 0. (About one line.)""",
    solution=as_one_cycle,
    why="""OneCycleLR is at its peak at t = pct_start * N - 1 and at its end at t = N - 1. The end shall be at `total_steps`,
so N is one more. The peak shall be at `warmup_steps`, so the share is `warmup_steps + 1` of that N. `div_factor` is the peak
over the first rate, `final_div_factor` the first rate over the last. Then the fall is the recipe's to the last digit. The
climb has its ends in common with it, and lies up to a tenth of the peak off in between: no argument makes a straight climb
and a curved fall at once. And `cycle_momentum=False`, or the momentum moves as well.""",
    cases={
        "with a floor": [(3, 10, 0.25, 0.05), (6, 20, 0.1, 0.02), (1, 5, 0.5, 0.2)],
        "with torch's ends": [(29, 99, 0.04, 4e-6)],
    },
    mistakes=(
        as_they_are, peak_one_early, ends_one_early, share_of_the_old_total, steps_and_not_a_share, the_end_over_the_peak,
        ends_where_the_ramp_began, factors_not_turned, last_one_turned, torch_s_defaults,
    ),
    hints=(
        "When is OneCycleLR at its end, counted from t = 0? Which `total_steps` puts that at t = `total_steps` of the recipe?",
        "The peak is at t = `pct_start * N - 1`, where N is the number from hint 1. Solve for `pct_start`.",
        "`div_factor` is the peak over the first rate, and the peak is 1. `final_div_factor` is the first rate over the last.",
    ),
    play=rates,
)
