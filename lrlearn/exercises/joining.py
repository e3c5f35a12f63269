"""The exercises of the chapter on joining schedules."""
from math import cos, pi

from ..core import Schedule
from ..schedules.constant import constant
from ..schedules.cosine import cosine
from ..schedules.exponential_decay import exponential_decay
from ..schedules.joining import chained, sequential
from ..schedules.polynomial import linear
from ..schedules.step_decay import step_decay
from .exercise import Exercise

LINE = Schedule(linear, total_iters=5, start_factor=0.25, end_factor=0.75)
WAVE, FALL, FLAT = Schedule(cosine, T_max=6), Schedule(exponential_decay, gamma=0.5), Schedule(constant)

# -- 1. one after the other ----------------------------------------------------------------------------


def joined(t, base_lr, schedules, milestones):
    i = sum([m <= t for m in milestones])
    start = milestones[i - 1] if i else 0
    return schedules[i](t - start, base_lr)


def the_run_s_own_time(t, base_lr, schedules, milestones):
    """You hand on the time of the run. Each schedule counts its own updates: at its milestone it must see 0. Here the second
    one enters in the middle of its curve, or past its end."""
    return schedules[sum([m <= t for m in milestones])](t, base_lr)


def one_update_late(t, base_lr, schedules, milestones):
    """Your change comes one update late. A milestone is the first update of the next schedule, not the last of the one
    before: `<=` and not `<`. (Keras' PiecewiseConstantDecay does as you do.)"""
    i = sum([m < t for m in milestones])
    return schedules[i](t - (milestones[i - 1] if i else 0), base_lr)


def all_at_once(t, base_lr, schedules, milestones):
    """Each of yours acts on what the one before it gives. That is a chain, in which all run from the start. Only one schedule
    has its turn at a time."""
    return chained(t, base_lr, schedules)


def the_peak_forgotten(t, base_lr, schedules, milestones):
    """Your schedules do not get `base_lr`, so they run at a peak of 1. Hand it on as the second argument."""
    return joined(t, 1.0, schedules, milestones)


def counted_from_the_first_milestone(t, base_lr, schedules, milestones):
    """Your third schedule goes on counting from the first milestone. Each one starts at 0 at the milestone that it takes over
    at, the last one passed."""
    i = sum([m <= t for m in milestones])
    return schedules[i](t - (milestones[0] if i else 0), base_lr)


def durations(t, base_lr, schedules, milestones):
    """You take the milestones for durations and add them up, as ignite's ConcatScheduler takes its `durations`. Milestones
    are times, counted from the start of the run."""
    times = [sum(milestones[:k + 1]) for k in range(len(milestones))]
    return joined(t, base_lr, schedules, times)


def two_of_them_only(t, base_lr, schedules, milestones):
    """You look at the first milestone only, so the third schedule never has its turn. Count the milestones that are passed."""
    return joined(t, base_lr, schedules[:2], milestones[:1])


def the_first_at_least_once(t, base_lr, schedules, milestones):
    """Your first schedule is used at t = 0 whatever the milestones say. With a milestone of 0 it has no turn at all. (torch's
    SequentialLR began like this up to version 2.12.)"""
    return schedules[0](0, base_lr) if t == 0 else joined(t, base_lr, schedules, milestones)


one_after_the_other = Exercise(
    """**One after the other.** Write `joined(t, base_lr, schedules, milestones)`. `schedules` is a list of functions
`s(t, base_lr)`. At `milestones[0]` the second takes over from the first, at `milestones[1]` the third, and so on. Each counts
its own updates from 0 and gets `base_lr`. Milestones ascend; two may be equal, and one may be 0. (About three lines.)""",
    solution=joined,
    why="""The number of milestones at `t` or before is the index of the schedule whose turn it is. The last of them is where it
began. Counting handles equal milestones and a milestone of 0 without a special case: a schedule whose turn is over when it
begins is skipped. This is the body of the package's `sequential`.""",
    cases={
        "two schedules": [(t, 0.8, [LINE, WAVE], [3]) for t in range(12)],
        "three schedules": [(t, 0.3, [LINE, WAVE, FALL], [4, 9]) for t in range(16)],
        "with equal milestones, or one at 0": [(t, 0.8, [LINE, WAVE, FALL], m) for m in ([3, 3], [0, 4]) for t in range(8)],
    },
    mistakes=(
        the_run_s_own_time, one_update_late, all_at_once, the_peak_forgotten, counted_from_the_first_milestone, durations,
        two_of_them_only, the_first_at_least_once,
    ),
    hints=(
        "Which schedule has its turn at `t`? How many milestones are at `t` or before?",
        "`i = sum(m <= t for m in milestones)` is the index of that schedule. When did it begin?",
        "It began at `milestones[i - 1]`, or at 0 when `i` is 0. It sees the updates since then.",
    ),
    by_hand=(sequential,),
)

# -- 2. times and lengths ------------------------------------------------------------------------------


def plan(warmup_steps, hold_steps, total_steps):
    return [warmup_steps, warmup_steps + hold_steps, total_steps - warmup_steps - hold_steps]


def play_plan(answer, warmup_steps, hold_steps, total_steps):
    """The factor of every update, and of the one after the end, that torch's SequentialLR makes of the three numbers."""
    first, second, T_max = [float(n) for n in answer(warmup_steps, hold_steps, total_steps)]    # a tensor's numbers, too
    if T_max <= 0:
        raise ValueError("a T_max that is not above 0")
    climb = [t / warmup_steps if t < min(first, warmup_steps) else 1.0 for t in range(total_steps + 1)]
    return [(1 + cos(pi * (t - second) / T_max)) / 2 if t >= second else climb[t] for t in range(total_steps + 1)]


def lengths_for_milestones(warmup_steps, hold_steps, total_steps):
    """You give the lengths of the parts as milestones. A milestone is a time, counted from the start of the run: the second
    part is over when both lengths have passed."""
    return [warmup_steps, hold_steps, total_steps - warmup_steps - hold_steps]


def the_whole_run(warmup_steps, hold_steps, total_steps):
    """Your cosine is as long as the whole run. It begins late and has only what is left, so it stops far above the bottom.
    `milestones` are times, `T_max` is a length."""
    return [warmup_steps, warmup_steps + hold_steps, total_steps]


def the_hold_forgotten(warmup_steps, hold_steps, total_steps):
    """You take the climb off the cosine's length, but not the flat part. It begins after both."""
    return [warmup_steps, warmup_steps + hold_steps, total_steps - warmup_steps]


def one_short(warmup_steps, hold_steps, total_steps):
    """Your cosine is one update short. Its bottom belongs to t = total_steps, the time after the last update."""
    return [warmup_steps, warmup_steps + hold_steps, total_steps - warmup_steps - hold_steps - 1]


times_and_lengths = Exercise(
    """**Times and lengths.** A run of `total_steps` updates climbs for `warmup_steps`, holds its peak for `hold_steps`, and then
falls along a cosine that is at 0 at t = `total_steps`. In torch it is

```python
climb = LinearLR(optimizer, start_factor=1e-12, total_iters=warmup_steps)
hold = ConstantLR(optimizer, factor=1.0)
fall = CosineAnnealingLR(optimizer, T_max=T_max)
scheduler = SequentialLR(optimizer, [climb, hold, fall], milestones=[first, second])
```

Write `plan(warmup_steps, hold_steps, total_steps)`, which gives the list `[first, second, T_max]`. (About one line.)""",
    solution=plan,
    why="""`milestones` are times: where a part begins, counted from the start of the run. `total_iters` and `T_max` are lengths.
So the milestones are running sums of the lengths, and the last length is what is left. Both kinds are plain integers and
nothing tells them apart, which is why the slip is so common.""",
    cases={"in the same time": [(3, 4, 15), (10, 30, 100), (9, 5, 30)]},
    mistakes=(lengths_for_milestones, the_whole_run, the_hold_forgotten, one_short),
    hints=(
        "Draw the run on paper, and write the time under each joint. At which time is the flat part over?",
        "From the second joint to `total_steps`: how many updates are left for the cosine?",
    ),
    play=play_plan,
)

# -- 3. a chain by hand --------------------------------------------------------------------------------

CHAIN = """\
optimizer = SGD(model.parameters(), lr=0.8)
scheduler = ChainedScheduler([
    LinearLR(optimizer, start_factor=0.25, total_iters=4),
    StepLR(optimizer, step_size=10, gamma=0.5),
    ExponentialLR(optimizer, gamma=0.9),
])
"""


def rates():
    return [0.8 * 0.625 * 0.9**2, 0.8 * 0.5 * 0.9**12]


def lowest_of_the_three():
    """You take the lowest of the three. In a chain each multiplies what the others left."""
    return [0.8 * 0.625, 0.8 * 0.9**12]


def the_last_one_alone():
    """That is the last scheduler alone. It would be so if it set the rate, as LambdaLR does. These three follow: each
    multiplies what it finds."""
    return [0.8 * 0.9**2, 0.8 * 0.9**12]


def after_the_climb():
    """You let the decay begin when the climb is over. That is a sequence. In a chain all begin at once."""
    return [0.8 * 0.625, 0.8 * 0.5 * 0.9**8]


def one_update_ahead():
    """You are one update ahead: the first update is t = 0, and there each of the three is at its start."""
    return [0.8 * 0.8125 * 0.9**3, 0.8 * 0.5 * 0.9**13]


def the_factors_alone():
    """Those are the products of the factors. The optimizer's rate is 0.8."""
    return [0.625 * 0.9**2, 0.5 * 0.9**12]


a_chain_by_hand = Exercise(
    f"""**A chain by hand.** Which rates do the updates t = 2 and t = 12 use?

```python
{CHAIN}```

`scheduler.step()` is called after each update. Give a list of two numbers, or expressions, to three digits or better.""",
    solution=rates,
    why="""The three are factors that multiply: the line, the stairs, the exponential. At t = 2 the line is half-way from 0.25
to 1, no cut has come, and the exponential has two steps behind it. At t = 12 the line is over, one cut has come, and the
exponential has twelve. The order of the three in the list does not matter.""",
    cases={"the two rates": [()]},
    mistakes=(lowest_of_the_three, the_last_one_alone, after_the_climb, one_update_ahead, the_factors_alone),
    hints=(
        "Write down the factor of each scheduler at t = 2, then at t = 12. `LinearLR` holds after `total_iters` steps.",
        "Multiply the three factors, and the optimizer's `lr`.",
    ),
    rel=5e-3,
)

# -- 4. make them meet ---------------------------------------------------------------------------------


def meet(t, base_lr, first, second, milestone):
    if t < milestone:
        return first(t, base_lr)
    scale = first(milestone, base_lr) / second(0, base_lr)
    return scale * second(t - milestone, base_lr)


def the_jump_stays(t, base_lr, first, second, milestone):
    """That is the plain join, and it jumps. `second` has to begin where `first` is at the milestone: scale it."""
    return joined(t, base_lr, [first, second], [milestone])


def the_peak_replaced(t, base_lr, first, second, milestone):
    """You give the rate at the joint to `second` as its peak. That is right when it begins at its peak. This one begins
    lower, so it takes a ratio: what it should begin at, over what it does begin at."""
    return first(t, base_lr) if t < milestone else second(t - milestone, first(milestone, base_lr))


def the_rate_used_last(t, base_lr, first, second, milestone):
    """You begin at the rate that `first` used last, that of t = milestone - 1. So two updates have the same rate, and the
    curve has a small step. Begin at what `first` is heading for: its value at t = milestone."""
    if t < milestone:
        return first(t, base_lr)
    return first(milestone - 1, base_lr) / second(0, base_lr) * second(t - milestone, base_lr)


def shifted_instead(t, base_lr, first, second, milestone):
    """You add the same number to all of `second`. There is no jump, but its end moves as well: a fall to zero ends above or
    below it. Scale it, and zero stays zero."""
    if t < milestone:
        return first(t, base_lr)
    return second(t - milestone, base_lr) + first(milestone, base_lr) - second(0, base_lr)


make_them_meet = Exercise(
    """**Make them meet.** Write `meet(t, base_lr, first, second, milestone)`. Before `milestone` it is `first(t, base_lr)`. From
`milestone` on it is `second`, which counts its own updates, scaled so that at t = `milestone` the rate is the one that `first`
would have there. `second` does not begin at 0. (About four lines.)""",
    solution=meet,
    why="""A scale is what a schedule bears without changing its shape: zero stays zero, and equal ratios stay equal. The
scale is what it should begin at over what it does begin at. At the milestone `first` is asked for a rate that no update
uses any more: the one it is heading for. That makes the curve continuous.""",
    cases={
        "where the second begins at its peak": [(t, 0.8, LINE, WAVE, 3) for t in range(10)],
        "where the second begins lower": [(t, 0.8, first, LINE, m) for first, m in ((FALL, 1), (WAVE, 4)) for t in range(9)],
        "where nothing has to be scaled": [(t, 0.3, FLAT, WAVE, 4) for t in range(9)],
    },
    mistakes=(the_jump_stays, the_peak_replaced, the_rate_used_last, shifted_instead),
    hints=(
        "At the milestone, where is `first`? Where does `second` begin, if nobody scales it?",
        "`first(milestone, base_lr)` over `second(0, base_lr)` is the scale.",
        "The scale multiplies every rate of `second`, and `second` sees `t - milestone`.",
    ),
)

# -- 5. find the bug -----------------------------------------------------------------------------------

SCRIPT = """\
warm = LambdaLR(optimizer, lambda t: min(1.0, (t + 1) / warmup_steps))
drop = StepLR(optimizer, step_size=step_size, gamma=gamma)
scheduler = ChainedScheduler([warm, drop])
"""


def factor(t, warmup_steps, step_size, gamma):
    return min(1.0, (t + 1) / warmup_steps) * gamma ** (t // step_size)


def as_it_stands(t, warmup_steps, step_size, gamma):
    """That is what the script does. `LambdaLR` writes the rate anew at each step, and so wipes out what `StepLR` left: each
    cut lasts one update. In a product every cut that has been made stays."""
    return min(1.0, (t + 1) / warmup_steps) * (gamma if t and t % step_size == 0 else 1)


def the_cuts_lost(t, warmup_steps, step_size, gamma):
    """There are no cuts. (The script does this when the two change places in its list: then the last word is always
    `LambdaLR`'s.)"""
    return min(1.0, (t + 1) / warmup_steps)


def counted_from_the_climb(t, warmup_steps, step_size, gamma):
    """You count the cuts from the end of the climb. That is a sequence. In a chain both count from the start of the run."""
    return min(1.0, (t + 1) / warmup_steps) * gamma ** (max(0, t - warmup_steps) // step_size)


def the_first_update_lost(t, warmup_steps, step_size, gamma):
    """Your climb begins at 0, and the first update moves nothing. The script's climb counts from 1."""
    return min(1.0, t / warmup_steps) * gamma ** (t // step_size)


def the_lower_of_the_two(t, warmup_steps, step_size, gamma):
    """You take the lower of the two. When a cut comes during the climb, both should count: multiply."""
    return min(1.0, (t + 1) / warmup_steps, gamma ** (t // step_size))


find_the_bug = Exercise(
    f"""**Find the bug.** This run was meant to climb to its peak in `warmup_steps` updates, and to be cut to `gamma` times its
rate every `step_size` updates, both counted from the start.

```python
{SCRIPT}```

The log shows the climb. After it the rate stays at the peak until the run ends; only one update in `step_size` has a lower
one. Write `factor(t, warmup_steps, step_size, gamma)`, with which `LambdaLR(optimizer, ...)` alone does what was meant. (About
one line.)""",
    solution=factor,
    why="""A chain multiplies schedulers that follow: each takes the rate that it finds. `LambdaLR` is a closed form. At
every step it writes base rate times lambda, and what `StepLR` did one step earlier is gone. One function that is the whole
product cannot be undone by another. The script is rebuilt after public code; other scripts chain a lambda's
climb with `CosineAnnealingLR`, which then hardly decays. `LinearLR` in the lambda's place mends it as well, since it follows.""",
    cases={
        "in a short run": [(t, 4, 10, 0.5) for t in range(35)] + [(t, 3, 5, 0.1) for t in range(16)],
        "with a climb longer than a stair": [(t, 12, 5, 0.5) for t in range(20)],
    },
    mistakes=(as_it_stands, the_cuts_lost, counted_from_the_climb, the_first_update_lost, the_lower_of_the_two),
    hints=(
        "What does `LambdaLR` do with the rate that it finds in the optimizer? And `StepLR`?",
        "`LambdaLR` does not look at it. So both have to stand in one function: which two factors, and how do they go together?",
        "The first factor stands in the script. The second is `gamma` to the number of cuts so far.",
    ),
    by_hand=(step_decay,),
)
