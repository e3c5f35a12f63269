"""The exercises of the chapter on watching a training."""
from math import ceil, log

from .exercise import Exercise

# -- 1. six patients -----------------------------------------------------------------------------------

WORDS = ("too low", "plan over early", "never falls", "stepped per epoch", "optimizer replaced", "inputs not scaled", "bad batch", "restarts")


def diagnoses():
    return ["inputs not scaled", "stepped per epoch", "bad batch", "optimizer replaced", "plan over early", "never falls"]


def a_floor_for_all_three():
    """Three patients go sideways in the same way, but their rates differ. Look at the two lower lines of each."""
    return ["inputs not scaled", "never falls", "bad batch", "never falls", "plan over early", "never falls"]


def the_rate_blamed_for_the_data():
    """The first loss is far above the logarithm of 10, before any update is made. No rate has done anything by then."""
    return ["too low", "stepped per epoch", "bad batch", "optimizer replaced", "plan over early", "never falls"]


def a_jump_taken_for_a_plan():
    """One high loss, and a rate that is level there: the plan did not jump. What else comes anew with each update?"""
    return ["inputs not scaled", "stepped per epoch", "restarts", "optimizer replaced", "plan over early", "never falls"]


def standing_still_taken_for_slow():
    """Patient E does not move at all. One whose rate is small but not zero still falls."""
    return ["inputs not scaled", "stepped per epoch", "bad batch", "optimizer replaced", "too low", "never falls"]


def two_logs_exchanged():
    """You looked at one rate line each for B and D. In one of them the two rates part; in the other both move together."""
    return ["inputs not scaled", "optimizer replaced", "bad batch", "stepped per epoch", "plan over early", "never falls"]


six_patients = Exercise(
    """**Six patients.** Six trainings of ten classes, 320 updates each, five epochs. What was logged: the loss of the batch,
smoothed; the rate that the scheduler told; the rate in the optimizer that stepped.

```
                    0     40     120    200    240    319
A  loss           15.4    3.0    2.3    2.3    2.3    2.3
   scheduler      0.080  0.077  0.055  0.025  0.012  0.000
   optimizer      0.080  0.077  0.055  0.025  0.012  0.000
B  loss            2.3    0.6    0.6    0.3    0.2    0.3
   scheduler      0.08000 0.08000 0.08000 0.07999 0.07998 0.07997
   optimizer      0.08000 0.08000 0.08000 0.07999 0.07998 0.07997
C  loss            2.3    0.6    0.4    1.7    0.1    0.1
   scheduler      0.080  0.077  0.055  0.025  0.012  0.000
   optimizer      0.080  0.077  0.055  0.025  0.012  0.000
D  loss            2.3    0.6    0.5    0.4    0.4    0.1
   scheduler      0.080  0.077  0.055  0.025  0.012  0.000
   optimizer      0.080  0.080  0.080  0.080  0.080  0.080
E  loss            2.3    1.1    1.1    1.0    1.1    1.0
   scheduler      0.080  0.000  0.000  0.000  0.000  0.000
   optimizer      0.080  0.000  0.000  0.000  0.000  0.000
F  loss            2.3    0.6    0.6    0.2    0.4    0.4
   scheduler      0.080  0.080  0.080  0.080  0.080  0.080
   optimizer      0.080  0.080  0.080  0.080  0.080  0.080
```

Give a list of six diagnoses, in the order A to F, each one of: `"too low"`, `"plan over early"`, `"never falls"`,
`"stepped per epoch"`, `"optimizer replaced"`, `"inputs not scaled"`, `"bad batch"`, `"restarts"`.""",
    solution=diagnoses,
    why="""A begins at 15, where guessing costs 2.3: the data, before any rate. C has one high value on a smooth plan, and heals.
E stands still because its rate is zero. B, D and F have one picture, a floor of a rate that does not come down, and three causes;
only the rates tell them apart. D needs both: the scheduler tells a falling rate, the optimizer uses another.""",
    cases={"the list": [()]},
    mistakes=(a_floor_for_all_three, the_rate_blamed_for_the_data, a_jump_taken_for_a_plan, standing_still_taken_for_slow,
              two_logs_exchanged),
    hints=(
        "Compare the first loss with the logarithm of the number of classes. Then compare the two rates of each patient.",
        "A rate in stairs, one for each pass over the data, and a rate that is exactly level are two faults.",
        "Whose scheduler tells something that the optimizer does not do?",
    ),
)

# -- 2. update and weight ------------------------------------------------------------------------------


def ratio(before, after):
    moved = sum((b - a) ** 2 for a, b in zip(before, after)) ** 0.5
    return moved / sum(a * a for a in before) ** 0.5


def squares_without_a_root(before, after):
    """A norm is the root of the sum of squares. Without the roots your ratio is squared, and 0.001 looks like a millionth."""
    return ratio(before, after) ** 2


def the_other_way_round(before, after):
    """You divide the weights by the update. The update belongs above the line."""
    return 1 / ratio(before, after)


def mean_of_the_ratios(before, after):
    """You divide weight by weight and then take the mean. A single weight near zero, such as a fresh bias, blows that up: take the
    norms first."""
    return sum(abs((b - a) / a) for a, b in zip(before, after)) / len(before)


def by_the_new_weights(before, after):
    """You divide by the weights after the update. What is asked for is how far the old ones were moved."""
    return ratio(after, before)


update_ratio = Exercise(
    """**How far did it move?** Write `ratio(before, after)`: the length of an update as a share of the length of the weights before
it. Both arguments are lists of numbers, the weights of one layer. Length means the Euclidean norm. (Two lines.)""",
    solution=ratio,
    why="""Norms first, then the ratio. The update is the difference of the weights, so it holds whatever the optimizer did: momentum,
Adam's scaling, weight decay, clipping. From the gradient and the rate alone you would get it right for plain SGD only.""",
    cases={"each pair": [([3.0, 4.0], [3.0, 4.5]), ([1.0, -2.0, 2.0], [1.1, -2.2, 1.8]), ([0.01, 1.0, -0.5], [0.03, 1.02, -0.49]),
                         ([3.0, 4.0, 1.0], [4.0, 3.0, 1.0])]},
    mistakes=(squares_without_a_root, the_other_way_round, mean_of_the_ratios, by_the_new_weights),
    hints=(
        "What is the update, in terms of `before` and `after`?",
        "The norm of a list is the root of the sum of its squares.",
        "`sum((b - a) ** 2 for a, b in zip(before, after)) ** 0.5` is the length of the update.",
    ),
)

# -- 3. a logger ---------------------------------------------------------------------------------------


def play_record(answer, history, start):
    """Let a callback write down some updates, and read the log: each key with what stands under it."""
    entries = {}
    for t, groups in enumerate(history, start):
        answer(entries, t, [dict(group) for group in groups])
    return [part for key in sorted(entries) for part in (key, *[number for pair in entries[key] for number in pair])]


def record(entries, t, groups):
    for k, group in enumerate(groups):
        key = f"lr/{group.get('name', k)}"
        entries.setdefault(key, []).append((t, group["lr"]))


def the_first_group_alone(entries, t, groups):
    """You write down group 0. Often that is the group with the smallest rate, and the others stay in the dark."""
    record(entries, t, groups[:1])


def where_it_began(entries, t, groups):
    """You write down `initial_lr`, where each group began. The rate at hand is `lr`."""
    record(entries, t, [dict(group, lr=group["initial_lr"]) for group in groups])


def names_not_used(entries, t, groups):
    """You number all groups. Where a group has a `name`, its key should say it: numbers change when a group is added."""
    record(entries, t, [dict(group, name=k) for k, group in enumerate(groups)])


def counted_from_the_log(entries, t, groups):
    """You count the entries instead of taking t. A run that was resumed has a new log, and its curve begins at 0 again."""
    record(entries, max([len(pairs) for pairs in entries.values()], default=0), groups)


def only_the_last_update(entries, t, groups):
    """You write over the entry before. Append, so that the curve is kept."""
    for k, group in enumerate(groups):
        entries[f"lr/{group.get('name', k)}"] = [(t, group["lr"])]


GROUPS = [[{"name": "body", "lr": lr, "initial_lr": 0.4}, {"lr": 10 * lr, "initial_lr": 3.0}] for lr in (0.2, 0.15, 0.05)]
PLAIN = [[{"lr": lr, "initial_lr": 0.9}] for lr in (0.6, 0.5)]

logger = Exercise(
    """**A logger.** Write `record(entries, t, groups)`. It is called before `optimizer.step()` of update `t`, with the optimizer's
`param_groups`, and writes each group's rate into the dict `entries`: under the key `lr/` and the group's `name`, or its number, from 0,
where it has no name, a list of `(t, rate)`, one more each call. It returns nothing. (About three lines.)""",
    solution=record,
    why="""`setdefault` makes the list at the first call, also for a group that is added later. The update's number comes from the
training, so that a resumed run goes on where it stopped; the name comes from the group, since numbers shift when groups are added.""",
    cases={"one group": [(PLAIN, 0)], "two groups": [(GROUPS, 0)], "a resumed run": [(GROUPS, 60)]},
    mistakes=(the_first_group_alone, where_it_began, names_not_used, counted_from_the_log, only_the_last_update),
    hints=(
        "Go through the groups with their numbers: `for k, group in enumerate(groups)`.",
        "`group.get('name', k)` is the name where there is one, else the number.",
        "`entries.setdefault(key, [])` is the list under the key, a new one the first time.",
    ),
    play=play_record,
)

# -- 4. how late ---------------------------------------------------------------------------------------


def updates_until(share, beta):
    return ceil(log(1 - share) / log(beta))


def the_other_share(share, beta):
    """You ask when the smoothed loss has `1 - share` of the jump. That much is missing when `share` is done."""
    return ceil(log(share) / log(beta))


def a_straight_line(share, beta):
    """You let each update add an equal part. Each adds a part of what is still missing."""
    return ceil(share / (1 - beta))


def one_too_many(share, beta):
    """You are one late. The first loss after the jump counts at once."""
    return updates_until(share, beta) + 1


how_late = Exercise(
    """**How late is the picture?** The loss stood still for a long time. From some update on it is higher, and stays there. The chart
shows `smooth = beta * smooth + (1 - beta) * loss`. Write `updates_until(share, beta)`: how many losses of the new height it takes until
the smoothed loss has made at least `share` of the jump, both numbers between 0 and 1. (One line.)""",
    solution=updates_until,
    why="""After n losses a part `beta ** n` of the jump is missing. It has to be at most `1 - share`. With beta 0.9, half the jump is
seen after 7 updates; with 0.99 after 69. A smooth picture is a late picture. So look at the raw losses, too, when something happens.""",
    cases={"half of it": [(0.5, 0.9), (0.5, 0.99), (0.5, 0.6)], "another share": [(0.9, 0.9), (0.95, 0.98), (0.2, 0.95)]},
    mistakes=(the_other_share, a_straight_line, one_too_many),
    hints=(
        "What part of the jump is missing after one loss, and after two?",
        "After n losses `beta ** n` is missing. Which n makes that small enough?",
        "A logarithm finds n; `ceil` makes it whole.",
    ),
)

# -- 5. find the bug -----------------------------------------------------------------------------------


class Training:
    """An optimizer and its scheduler in one. lrs: where each group begins; plan: the factor of each update."""

    def __init__(self, lrs, plan):
        self.base, self.plan, self.t, self.used = lrs, plan, 0, []
        self.param_groups = [{"lr": lr * plan[0], "initial_lr": lr} for lr in lrs]

    def __repr__(self):
        return f"optimizer of {self.base}, scheduler of {self.plan}"

    def step_optimizer(self):
        self.used += [group["lr"] for group in self.param_groups]

    def step_scheduler(self):
        self.t += 1
        for group, lr in zip(self.param_groups, self.base):
            group["lr"] = lr * self.plan[min(self.t, len(self.plan) - 1)]

    def get_last_lr(self):
        return [group["lr"] for group in self.param_groups]


class Part:
    """The training, seen as the optimizer or as the scheduler."""

    def __init__(self, training, step):
        self.training, self.step = training, step
        self.get_last_lr = training.get_last_lr

    @property
    def param_groups(self):
        return self.training.param_groups


def play_logged(answer, training):
    """The log, and then the rates that the updates used: a logger must not change the training."""
    optimizer, scheduler = Part(training, training.step_optimizer), Part(training, training.step_scheduler)
    entries = answer(optimizer, scheduler, len(training.plan))
    return None if entries is None else [*entries, "used", *training.used]


def as_found(optimizer, scheduler, T):
    logged = []
    for t in range(T):
        optimizer.step()
        scheduler.step()
        logged.append(scheduler.get_last_lr()[0])
    return logged


def logged(optimizer, scheduler, T):
    entries = []
    for t in range(T):
        entries += scheduler.get_last_lr()
        optimizer.step()
        scheduler.step()
    return entries


def still_one_late(optimizer, scheduler, T):
    """Each entry is the rate of the next update: you read after the scheduler has stepped. Read before."""
    entries = []
    for t in range(T):
        optimizer.step()
        scheduler.step()
        entries += scheduler.get_last_lr()
    return entries


def still_the_first_group(optimizer, scheduler, T):
    """The time is right now, but only the first group is written down."""
    entries = []
    for t in range(T):
        entries.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return entries


def the_training_changed(optimizer, scheduler, T):
    """The log is what the updates use, but you let the scheduler step first, so that the training itself is one update ahead."""
    entries = []
    for t in range(T):
        scheduler.step()
        entries += scheduler.get_last_lr()
        optimizer.step()
    return entries


find_the_bug = Exercise(
    """**Find the bug.** In a well-known trainer the logged rate did not fit the training. Reduced to its heart:

```python
def logged(optimizer, scheduler, T):
    logged = []
    for t in range(T):
        optimizer.step()
        scheduler.step()
        logged.append(scheduler.get_last_lr()[0])
    return logged
```

Mend `logged(optimizer, scheduler, T)`: give one list with the rates that update 0 uses, one for each group in their order, then those
of update 1, and so on. The training must stay as it is.""",
    solution=logged,
    why="""There are two faults. The rate is read after the scheduler has stepped, so each entry is the rate of the *next* update. On a
slow curve nobody sees it; at a restart or at the end of a warm-up it is the difference between almost nothing and the peak. And `[0]` is
the first group only. transformers had the first fault until 2025 (issue 35942), mmengine the second (issue 482).""",
    cases={"one group": [(Training([0.4], [0.25, 0.5, 1.0, 0.6]),)],
           "two groups": [(Training([0.4, 0.03], [1.0, 0.75, 0.5, 0.25, 1.0]),), (Training([0.1, 0.7, 0.9], [0.5, 1.0, 0.2]),)]},
    mistakes=(still_one_late, still_the_first_group, the_training_changed),
    hints=(
        "Which update uses the rate that `get_last_lr()` gives right after `scheduler.step()`?",
        "Read the rates before both steps, and leave the order of the steps.",
        "`get_last_lr()` is a list. What does `[0]` leave out?",
    ),
    play=play_logged,
    stub=as_found,
)
