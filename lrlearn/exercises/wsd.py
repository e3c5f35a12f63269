"""The exercises of the chapter on warm-up, stable, decay."""
from math import cos, pi, sqrt

from ..schedules.wsd import wsd
from .exercise import Exercise

# -- 1. the closed form --------------------------------------------------------------------------------


def my_wsd(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    left = min(1, max(0, total_steps - t) / decay_steps)
    return eta_min + (base_lr - eta_min) * left


def ends_too_late(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """Your cool-down begins at `total_steps`, when the run is over. It ends there, so it begins `decay_steps` earlier."""
    return my_wsd(t, base_lr, total_steps + decay_steps, decay_steps, warmup_steps, eta_min)


def begins_at_decay_steps(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """Your cool-down begins at t = decay_steps. But `decay_steps` is how long it takes, and the end is fixed: at
    `total_steps`."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    left = max(0, total_steps - t) / max(1, total_steps - decay_steps)
    return eta_min + (base_lr - eta_min) * min(1, left)


def counted_from_the_start(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """Where the cool-down begins, your rate jumps down to a line that has been falling since t = 0. The cool-down has its own
    time, and it begins at the peak."""
    if t < total_steps - decay_steps:
        return my_wsd(t, base_lr, total_steps, decay_steps, warmup_steps, eta_min)
    return eta_min + (base_lr - eta_min) * max(0, total_steps - t) / total_steps


def no_plateau(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """Your rate falls from the beginning on. That is the limiting case, straight to zero. WSD stays at the peak until
    `decay_steps` before the end."""
    return my_wsd(t, base_lr, total_steps, total_steps - warmup_steps, warmup_steps, eta_min)


def one_step_short(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """Your curve is one step ahead: its bottom belongs to t = total_steps, not to the update before."""
    return my_wsd(t, base_lr, total_steps - 1, decay_steps, warmup_steps, eta_min)


def along_a_cosine(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """Your cool-down is half a cosine wave, as in transformers unless one says otherwise. Here it is a straight line."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    left = min(1, max(0, total_steps - t) / decay_steps)
    return eta_min + (base_lr - eta_min) * (1 - cos(pi * left)) / 2


def along_a_root(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """Your cool-down is one minus a square root, as in timm unless one says otherwise. Here it is a straight line."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    left = min(1, max(0, total_steps - t) / decay_steps)
    return eta_min + (base_lr - eta_min) * (1 - sqrt(1 - left))


def no_warm_up(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """Nothing of yours depends on `warmup_steps`. The rate has to climb from 0 first."""
    return my_wsd(t, base_lr, total_steps, decay_steps, 0, eta_min)


def one_step_ahead(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """Your climb is one step ahead, so that the first update moves. That is a real convention. The climb asked for is 0 at
    t = 0 and at the peak at t = warmup_steps."""
    return my_wsd(t + (t < warmup_steps), base_lr, total_steps, decay_steps, warmup_steps, eta_min)


def no_floor(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """Nothing of yours depends on `eta_min`. The cool-down has to end there, not at zero."""
    return my_wsd(t, base_lr, total_steps, decay_steps, warmup_steps)


def cut_off_at_the_floor(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """`max` cuts the line off where it meets the floor, and the rest is flat. Aim at the floor, so that the line is there
    only at t = total_steps."""
    return my_wsd(t, base_lr, total_steps, decay_steps, warmup_steps) if t < warmup_steps else max(
        eta_min, my_wsd(t, base_lr, total_steps, decay_steps, warmup_steps))


def floor_added_on_top(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """The curve stands on the floor, so the floor lifts the plateau as well. Its height is `base_lr - eta_min`."""
    return my_wsd(t, base_lr, total_steps, decay_steps, warmup_steps) + eta_min * (t >= warmup_steps)


def not_held(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """After `total_steps` your line goes on, below the floor and below zero. A negative rate walks uphill. Stop the clock."""
    if t < warmup_steps:
        return base_lr * t / warmup_steps
    return eta_min + (base_lr - eta_min) * min(1, (total_steps - t) / decay_steps)


def falls_to_zero(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0):
    """After `total_steps` your rate is 0. A schedule holds its last value, and that is the floor."""
    return my_wsd(t, base_lr, total_steps, decay_steps, warmup_steps, eta_min) if t <= total_steps else 0.0


closed_form = Exercise(
    """**The closed form.** Write `my_wsd(t, base_lr, total_steps, decay_steps, warmup_steps=0, eta_min=0.0)`: a straight line
from 0 at t = 0 to `base_lr` at t = `warmup_steps`, then `base_lr`, and at the end a straight line down to `eta_min`. It takes
`decay_steps`, is at the bottom at t = `total_steps`, and stays there. (About four lines.)""",
    solution=my_wsd,
    why="""`total_steps - t` steps are left until the bottom. Divided by `decay_steps` this is the share of the cool-down that is
left. `min` with 1 makes the plateau, and `max` with 0 holds the floor. So plateau, cool-down and end are one line, and nothing
before the cool-down depends on `total_steps`. Asking `t < warmup_steps` first keeps `warmup_steps=0` from dividing by zero.""",
    cases={
        "without a warm-up": [(t, 0.1, 100, 20) for t in (0, 10, 20, 21, 50, 79, 80, 81, 90, 99)]
        + [(t, 0.3, 10, 4) for t in range(10)],
        "with a warm-up": [(t, 0.1, 100, 20, 10) for t in (0, 1, 5, 9, 10, 50, 80, 85, 95, 99)]
        + [(t, 0.3, 10, 6, 4) for t in range(10)],
        "with a floor": [(t, 0.1, 100, 20, 10, 0.02) for t in (0, 5, 10, 50, 80, 85, 90, 95, 98, 99)],
        "from total_steps on": [(t, 0.1, 100, 20, 10, f) for f in (0.0, 0.02) for t in (100, 101, 120, 250)]
        + [(t, 0.2, 1, 1) for t in (0, 1, 2)],
    },
    mistakes=(
        ends_too_late, begins_at_decay_steps, counted_from_the_start, no_plateau, one_step_short, along_a_cosine, along_a_root,
        no_warm_up, one_step_ahead, no_floor, cut_off_at_the_floor, floor_added_on_top,
        not_held, falls_to_zero,
    ),
    hints=(
        "How many steps are left at t until the bottom? And which share of the cool-down is that?",
        "`(total_steps - t) / decay_steps` is 1 where the cool-down begins, and 0 at its end. What is it before, and after?",
        "Keep this share between 0 and 1 with `min` and `max`. It scales what lies between floor and peak.",
        "The climb comes first: `if t < warmup_steps`, with `base_lr * t / warmup_steps`.",
    ),
    by_hand=(wsd,),
)

# -- 2. stop soon --------------------------------------------------------------------------------------


def cool_for(done, share):
    return done * share / (1 - share)


def share_of_what_is_done(done, share):
    """That is the share of what has been done, and not of the whole run, which is longer by the cool-down itself."""
    return done * share


def whole_run(done, share):
    """That is how long the whole run gets. The cool-down is what is added to `done`."""
    return done / (1 - share)


def of_both(done, share):
    """Your fraction has one plus the share below the line. The plateau is one *minus* the share of the run."""
    return done * share / (1 + share)


def turned_over(done, share):
    """Your fraction stands on its head: a small share makes a long cool-down. Which part of the run is the plateau?"""
    return done * (1 - share) / share


def over_the_share(done, share):
    """You take what has been done for the cool-down. It is the plateau, one minus the share of the run."""
    return done / share


stop_soon = Exercise(
    """**Stop soon.** A run has made `done` updates at its plateau when you decide to stop. The cool-down begins at once, and
shall be `share` of the whole run, cool-down included. Write `cool_for(done, share)`, the number of updates of the cool-down.
(One line. Do not round.)""",
    solution=cool_for,
    why="""The plateau, `done`, is the part 1 - share of the run, so the run will have done / (1 - share) updates, and the
cool-down has share of these. For a fifth that is a quarter of what has been done. This is all the planning that WSD asks for,
and it is done at the end.""",
    cases={"the length of the cool-down": [
        (8000, 0.2), (9000, 0.1), (1000, 0.5), (600, 0.25), (500, 0.4), (10_000, 0.05), (777, 0.3), (90, 0.6)]},
    mistakes=(
        share_of_what_is_done, whole_run, of_both, turned_over, over_the_share,
    ),
    hints=(
        "Which part of the whole run has been made when the cool-down begins?",
        "Call the cool-down D. Then D is to be `share` times `done + D`. Solve for D.",
        "D times (1 - share) is `done * share`.",
    ),
)

# -- 3. what branches cost -----------------------------------------------------------------------------


def branched(lengths, decay_steps):
    return max(lengths) + decay_steps * (len(lengths) - 1)


def one_run_each(lengths, decay_steps):
    """That is what one run for each length costs, each from the beginning. The plateau is made once for all."""
    return sum(lengths)


def main_line_to_the_end(lengths, decay_steps):
    """Your main line goes on to the last stop. It is not needed after the last branch has left it."""
    return max(lengths) + decay_steps * len(lengths)


def branches_alone(lengths, decay_steps):
    """Those are the branches alone. They hang on a main line, which has to be made as well."""
    return decay_steps * len(lengths)


def longest_alone(lengths, decay_steps):
    """That pays for the longest of them. Each other length has a cool-down of its own."""
    return max(lengths)


def saved(lengths, decay_steps):
    """That is what is saved. The question is what is spent."""
    return sum(lengths) - branched(lengths, decay_steps)


def branch_from_branch(lengths, decay_steps):
    """You take the cool-downs of all but the last as part of the way to the next. A branch is a leaf: the main line goes on
    from where the branch left it."""
    return max(lengths) - decay_steps * (len(lengths) - 1)


saving = Exercise(
    """**What branches cost.** From one main line you want a cooled model at each of `lengths`, a list of different numbers of
updates. Each cool-down has `decay_steps` updates and ends at its length. Write `branched(lengths, decay_steps)`, the number of
updates that have to be made in all. (One line.)""",
    solution=branched,
    why="""The main line is needed until the last branch leaves it, `max(lengths) - decay_steps`. Each length adds `decay_steps`.
Main line and last branch are together the longest run, so the other lengths cost one cool-down each and nothing else: an
evaluation of a long run at one more length is as cheap as its cool-down.""",
    cases={
        "updates in all": [([100, 200, 400], 20), ([400, 100], 50), ([1000], 100), ([10, 20, 30, 40, 50], 5), ([300, 500], 300),
                           ([64, 32, 16, 128], 8)],
    },
    mistakes=(
        one_run_each, main_line_to_the_end, branches_alone, longest_alone, saved,         branch_from_branch,
    ),
    hints=(
        "Draw the main line, and the branches for two lengths. Which updates are made once, and which for each length?",
        "Where does the last branch leave the main line? Nothing after that is needed of the main line.",
        "`max(lengths) - decay_steps` for the main line, and `decay_steps` for each length.",
    ),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """\
def factor(step, warmup_steps, stable_steps, decay_steps):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    if step < warmup_steps + stable_steps:
        return 1.0
    done = step + 1 - warmup_steps - stable_steps
    return 1 - done / decay_steps

scheduler = LambdaLR(optimizer, lambda step: factor(step, 200, 700, 100))
for step in range(1000):
    train_step(optimizer)
    scheduler.step()
"""


def factor(step, warmup_steps, stable_steps, decay_steps):
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    left = warmup_steps + stable_steps + decay_steps - step
    return min(1, max(0, left) / decay_steps)


def as_it_stands(step, warmup_steps, stable_steps, decay_steps):
    """That is the script's own fall. Its last update has the factor 0, so it changes nothing."""
    if step < warmup_steps + stable_steps:
        return factor(step, warmup_steps, stable_steps, decay_steps)
    return 1 - (step + 1 - warmup_steps - stable_steps) / decay_steps


def divided_by_one_more(step, warmup_steps, stable_steps, decay_steps):
    """You divide by one more, so that the last update moves. Then the fall is not in steps of 1 / decay_steps. (torchtitan did
    so for a time.)"""
    if step < warmup_steps + stable_steps:
        return factor(step, warmup_steps, stable_steps, decay_steps)
    return max(0.0, 1 - (step + 1 - warmup_steps - stable_steps) / (decay_steps + 1))


def goes_below_zero(step, warmup_steps, stable_steps, decay_steps):
    """After the end your factor is negative, and a negative rate walks uphill. From the end on it is 0."""
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return min(1, (warmup_steps + stable_steps + decay_steps - step) / decay_steps)


def never_at_zero(step, warmup_steps, stable_steps, decay_steps):
    """You hold the factor of the last update. From the end on it is 0."""
    return factor(min(step, warmup_steps + stable_steps + decay_steps - 1), warmup_steps, stable_steps, decay_steps)


def above_the_peak(step, warmup_steps, stable_steps, decay_steps):
    """Your factor is above 1 before the fall. The plateau is cut off at 1."""
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return max(0, warmup_steps + stable_steps + decay_steps - step) / decay_steps


def climb_from_zero(step, warmup_steps, stable_steps, decay_steps):
    """You have shifted the warm-up, too, and now the first update changes nothing. The climb was right as it stood."""
    if step < warmup_steps:
        return step / warmup_steps
    return factor(step, warmup_steps, stable_steps, decay_steps)


def one_step_too_late(step, warmup_steps, stable_steps, decay_steps):
    """Your fall is one step late now: the last update is to have 1 / decay_steps, and yours has twice that."""
    return factor(step, warmup_steps, stable_steps + 1, decay_steps)


find_the_bug = Exercise(
    f"""**Find the bug.** The last update of this run does nothing: the weights before and after it are equal, bit by bit.

```python
{SCRIPT}```

Write `factor(step, warmup_steps, stable_steps, decay_steps)` so that each update of the fall is 1 / decay_steps lower than the
one before, that the last update still has 1 / decay_steps, and that the factor is 0 from then on. The warm-up is right.""",
    solution=factor,
    why="""`step + 1` is right in the climb: the first update moves. In the fall the same `+ 1` makes the last update useless.
Without it, the fall begins one step later. torchtitan's scheduler had both, divided by `decay_steps + 1` for a time, and then
made the plateau one step longer: [pull request 1284](https://github.com/pytorch/torchtitan/pull/1284). With a cool-down of 100
steps it hardly matters; with 5 it matters much. Counting what is *left* is easier to get right than what is done.""",
    cases={
        "in the run": [(step, 2, 5, 3) for step in range(10)] + [(step, 0, 4, 4) for step in range(8)]
        + [(step, 200, 700, 100) for step in (0, 100, 199, 200, 899, 900, 901, 950, 998, 999)],
        "after the run": [(step, 2, 5, 3) for step in (10, 11, 14)] + [(step, 0, 4, 4) for step in (8, 9, 20)],
    },
    mistakes=(
        as_it_stands, divided_by_one_more, one_step_too_late, above_the_peak, climb_from_zero,
        goes_below_zero, never_at_zero,
    ),
    hints=(
        "Which factor has the last update, step 999? And the first one of the fall?",
        "How many steps are left until the end? Divide them by `decay_steps`.",
        "What is left is `warmup_steps + stable_steps + decay_steps - step`. Keep the quotient between 0 and 1.",
    ),
)
