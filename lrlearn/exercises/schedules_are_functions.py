"""The exercises of the chapter on schedules as functions of time."""
import random

from ..core import Schedule
from ..schedules.constant import constant
from ..schedules.cosine import cosine
from ..schedules.polynomial import linear
from ..schedules.warmup import warmup
from .exercise import Exercise

# -- 1. read a curve -----------------------------------------------------------------------------------


def read_off():
    return [0.6, 6, 0.1, 11, 0.4, 3.7]


def counted_from_one():
    """Your two times are counted from one. The first update is t = 0."""
    return [0.6, 7, 0.1, 12, 0.4, 3.7]


def the_end_of_the_top():
    """Your second number is the last update at the peak. The climb is over at the first one."""
    return [0.6, 8, 0.1, 11, 0.4, 3.7]


def the_lowest_of_all():
    """The lowest rate stands at the start of the warm-up, and the curve leaves it. The floor is where it ends and stays."""
    return [0.6, 6, 0.0, 11, 0.4, 3.7]


def one_rate_too_many():
    """You let the run make one update too many. With the first update at t = 0, where does a run of 10 updates end?"""
    return [0.6, 6, 0.1, 11, 0.2, 3.9]


def a_mean():
    """Your last number is the mean rate. The sum is asked for."""
    return [0.6, 6, 0.1, 11, 0.4, 0.37]


def everything_printed():
    """Your last number is the sum of all that is printed. The run stops earlier."""
    return [0.6, 6, 0.1, 11, 0.4, 4.2]


read_a_curve = Exercise(
    """**Read a curve.** These are the learning rates of a schedule at t = 0, 1, 2, ... The last one goes on for ever.

```python
[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.6, 0.6, 0.4, 0.2, 0.1, 0.1, 0.1, ...]
```

Give a list of six numbers: the peak; the first t at the peak; the floor; the first t of the fall at which the floor is
reached. Then, for a run that makes 10 updates: the rate of its last update, and the sum of the rates that it uses.""",
    solution=read_off,
    why="""The peak is the highest rate, and the warm-up lasts as many updates as come before it. The floor is where the curve
ends, which here is not its lowest rate. A run of 10 updates uses t = 0 to 9, so the rate at t = 10 is set and never used. The
sum is that of ten rates; divided by 10 it is the mean rate.""",
    cases={"the list": [()]},
    mistakes=(counted_from_one, the_end_of_the_top, the_lowest_of_all, one_rate_too_many, a_mean, everything_printed),
    hints=(
        "Write t over each rate, beginning with 0.",
        "The floor is not the lowest rate, but the one at which the curve stays.",
        "A run of 10 updates ends with t = 9.",
    ),
)

# -- 2. the length of the way --------------------------------------------------------------------------


def sum_of_rates(schedule, base_lr, T):
    return sum(schedule(t, base_lr) for t in range(T))


def one_too_many(schedule, base_lr, T):
    """You add T + 1 rates. A run of T updates ends with t = T - 1."""
    return sum(schedule(t, base_lr) for t in range(T + 1))


def from_one(schedule, base_lr, T):
    """You begin at t = 1 and end at t = T. The first update is t = 0, and none is made at t = T."""
    return sum(schedule(t, base_lr) for t in range(1, T + 1))


def the_mean(schedule, base_lr, T):
    """That is the mean rate. The sum is T times as large."""
    return sum_of_rates(schedule, base_lr, T) / T


def peak_times_T(schedule, base_lr, T):
    """That is the sum for a constant rate at the peak. Ask the schedule at each update."""
    return base_lr * T


def no_base_lr(schedule, base_lr, T):
    """Your sum is that of the factors: `schedule(t)` takes the peak as 1. Hand `base_lr` on: `schedule(t, base_lr)`."""
    return sum(schedule(t) for t in range(T))


def factor_times_peak(schedule, base_lr, T):
    """You multiply the factors by the peak. That fails where a hyperparameter is itself a learning rate, such as `eta_min`: it
    gets multiplied, too. Ask for `schedule(t, base_lr)`."""
    return base_lr * no_base_lr(schedule, base_lr, T)


SHAPES = (Schedule(constant), Schedule(linear, total_iters=8),
          Schedule(warmup, schedule=Schedule(cosine, T_max=6), warmup_steps=4), Schedule(cosine, T_max=5))

length_of_the_way = Exercise(
    """**The length of the way.** Write `sum_of_rates(schedule, base_lr, T)`. It returns the sum of the learning rates that a run
of T updates uses. `schedule(t, base_lr)` is the rate of update t. (About one line.)""",
    solution=sum_of_rates,
    why="""T updates are t = 0 to T - 1, which is just what `range(T)` gives. The peak goes into the schedule, and not in front of
the sum, since a floor such as `eta_min` is a rate and does not scale with the peak. In the package,
`area(schedule, T, base_lr)` is this sum over T, as a fraction of the highest rate.""",
    cases={
        "without a floor": [(s, lr, T) for s in SHAPES for lr, T in ((0.2, 9), (0.3, 7))],
        "below the peak": [(SHAPES[2], 0.3, 3)],
        "with a floor": [(Schedule(cosine, T_max=10, eta_min=0.02), 0.1, 10), (Schedule(cosine, T_max=4, eta_min=0.1), 0.4, 9)],
    },
    mistakes=(one_too_many, from_one, the_mean, peak_times_T, no_base_lr, factor_times_peak),
    hints=("Which t does a run of three updates use?", "Ask for the rate of each, and add: `sum(... for t in range(T))`."),
)

# -- 3. the same curve, stretched ----------------------------------------------------------------------


def stretched(t, base_lr, schedule, old, new):
    return schedule(t * old / new, base_lr)


def not_stretched(t, base_lr, schedule, old, new):
    """The curve keeps its old length. At the share u = t / new of the new run it has to stand where it stood at the same share
    of the old one."""
    return schedule(t, base_lr)


def the_wrong_way_round(t, base_lr, schedule, old, new):
    """Old and new have changed places: a longer run gets a shorter curve. At the end, t = new, the schedule must be asked for
    its own end, `old`."""
    return schedule(t * new / old, base_lr)


def whole_steps(t, base_lr, schedule, old, new):
    """You round the time down, and the curve gets steps. The formulas of this book take a fraction of a step as well."""
    return schedule(t * old // new, base_lr)


def one_step_short(t, base_lr, schedule, old, new):
    """You bring together the two last updates. The two ends are asked for: t = new of the new run and t = old of the old one."""
    return schedule(t * (old - 1) / (new - 1), base_lr)


def the_share_itself(t, base_lr, schedule, old, new):
    """You hand on the share, a number between 0 and 1. The schedule wants a time of its own, in updates of the old run."""
    return schedule(t / new, base_lr)


def same_area(t, base_lr, schedule, old, new):
    """You scale the rate as well, so that the sum of the rates stays. That is another wish. Here the rates stay, and the way
    grows with the run."""
    return schedule(t * old / new, base_lr) * old / new


def peak_in_front(t, base_lr, schedule, old, new):
    """You multiply by the peak. A floor such as `eta_min` is a learning rate, and gets multiplied, too. Hand `base_lr` on to the
    schedule."""
    return base_lr * schedule(t * old / new)


PLANS = ((0.1, Schedule(cosine, T_max=100), 100, 300), (0.3, Schedule(linear, total_iters=20), 20, 7),
         (0.2, Schedule(warmup, schedule=Schedule(cosine, T_max=8), warmup_steps=2), 10, 25))
FLOORED = ((0.1, Schedule(cosine, T_max=40, eta_min=0.02), 40, 100), (0.3, Schedule(cosine, T_max=9, eta_min=0.05), 9, 4))

the_same_curve = Exercise(
    """**The same curve, stretched.** A schedule was laid out for `old` updates. Your run makes `new` updates, more or fewer.
Write `stretched(t, base_lr, schedule, old, new)`, the rate of update t of your run: at each share t / new of the way, the one
that the schedule has at the same share of its own. `schedule(t, base_lr)` takes fractions of a step, too. (About one line.)""",
    solution=stretched,
    why="""The share of the way is u = t / new. In the old run the same share is at time u * old. It stretches everything, the
warm-up included. Who wants the warm-up to keep its number of updates has to make the schedule anew.""",
    cases={
        "without a floor": [(t, *plan) for plan in PLANS for t in range(0, plan[-1] + 3, max(1, plan[-1] // 12))],
        "with a floor": [(t, *plan) for plan in FLOORED for t in range(0, plan[-1] + 3, max(1, plan[-1] // 9))],
    },
    mistakes=(not_stretched, the_wrong_way_round, whole_steps, one_step_short, the_share_itself, same_area, peak_in_front),
    hints=(
        "Half-way through your run, which time of the old run do you want?",
        "The share of the way is u = t / new. The same share of the old run is at u * old.",
        "Do not round, and hand `base_lr` on to the schedule.",
    ),
)

# -- 4. is it a function of time? ------------------------------------------------------------------------


class Machine:
    """Something that gives a rate when asked f(t), by a rule(self, t) of one of the KINDS."""

    def __init__(self, kind):
        self.kind, self.lr, self.calls, self.last, self.known, self.dice = kind, 0.4, 0, None, {}, random.Random(0)

    def __repr__(self):
        return f"<f that {self.kind}>"

    def __call__(self, t):
        self.calls, last, self.last = self.calls + 1, self.last, t
        self.lr = KINDS[self.kind](self, t, last)
        return self.lr


KINDS = {
    "halves at each call": lambda self, t, last: self.lr / 2,
    "halves whenever t = 2 is asked": lambda self, t, last: self.lr / (2 if t == 2 else 1),
    "begins anew at t = 0, and halves at every other call": lambda self, t, last: 0.4 if t == 0 else self.lr / 2,
    "halves when t is another than before": lambda self, t, last: self.lr / (2 if t != last else 1),
    "reads a list of five rates in a circle": lambda self, t, last: 0.4 / (1 + (self.calls - 1) % 5),
    "throws dice": lambda self, t, last: 0.4 * self.dice.random(),
    "begins anew at t = 0, and halves when t is another than before":
        lambda self, t, last: 0.4 if t == 0 else self.lr / (2 if t != last else 1),
    "keeps a table of what it has computed": lambda self, t, last: self.known.setdefault(t, 0.4 / (1 + t)),
}


def depends_on_t_alone(f, T):
    forwards = [f(t) for t in range(T)]
    backwards = [f(t) for t in reversed(range(T))]
    return forwards == backwards[::-1]


def two_calls_in_a_row(f, T):
    """You ask twice in a row. A machine that moves on when t changes gives the same answer twice, and still remembers. Ask
    in two different orders."""
    return all([f(t) == f(t) for t in range(T)])


def forwards_twice(f, T):
    """You ask twice in the same order. Some machines begin anew with each pass, and then the two passes agree. Ask in two
    different orders."""
    return [f(t) for t in range(T)] == [f(t) for t in range(T)]


def not_turned_round(f, T):
    """You hold the first update against the last one. Both lists must be in the order of t: turn the second one round."""
    return [f(t) for t in range(T)] == [f(t) for t in reversed(range(T))]


def as_a_bag(f, T):
    """You compare the rates without their times. The same rates in another order are another schedule."""
    return sorted([f(t) for t in range(T)]) == sorted([f(t) for t in reversed(range(T))])


def the_opposite(f, T):
    """You say the opposite: the answer is True for what depends on t alone, and False for what remembers."""
    return not depends_on_t_alone(f, T)


does_it_remember = Exercise(
    """**Does it remember?** Somebody hands you `f`; `f(t)` gives a learning rate. Write `depends_on_t_alone(f, T)`. It returns
True when `f` gives each of the times 0 to T - 1 one rate, whatever was asked before, and False when a memory or chance shows.
You may call `f` as often as you like, and you get a fresh one each time. (About three lines.)""",
    solution=depends_on_t_alone,
    why="""A function of time cannot know in which order it is asked. So ask forwards and backwards, and put both answers in the
order of t. What counts its calls, follows its last rate or throws dice gives itself away. A table of known results is a memory as
well, but one that cannot be seen, so it does no harm. No test of this kind is a proof: a machine may behave for T updates and
change its mind later. `check` does the same with your formulas in all chapters.""",
    cases={"for each f": [(Machine(kind), 5) for kind in KINDS] + [(s, 6) for s in SHAPES[1:3]]},
    mistakes=(two_calls_in_a_row, forwards_twice, not_turned_round, as_a_bag, the_opposite),
    hints=(
        "A memory shows when the same t is asked after something else has been asked.",
        "Ask for all times twice, in two different orders.",
        "Forwards into one list, backwards into another. Turn one of them round, then compare.",
    ),
)

# -- 5. find the bug -------------------------------------------------------------------------------------


def as_found(lengths):
    functions = []
    for n in lengths:
        functions.append(lambda t: min(1.0, (t + 1) / n))
    return functions


def factors(lengths):
    functions = []
    for n in lengths:
        functions.append(lambda t, n=n: min(1.0, (t + 1) / n))
    return functions


def last_one_for_all(lengths):
    """All groups still climb as the last one does. A lambda looks its names up when it is called, and then the loop is over; a
    list comprehension is a loop as well. Give each lambda its own: a default argument, or a function that makes the function."""
    return [lambda t: min(1.0, (t + 1) / n) for n in lengths]


def first_one_for_all(lengths):
    """All groups climb as the first one does. Each needs its own length."""
    return [lambda t: min(1.0, (t + 1) / lengths[0]) for _ in lengths]


def starts_at_zero(lengths):
    """Your first factor is zero, so the first update moves nothing. The code as found counts from t + 1, and that was right."""
    return [lambda t, n=n: min(1.0, t / n) for n in lengths]


def climbs_on(lengths):
    """Your factor climbs on after the warm-up. `min` held it, and that was right."""
    return [lambda t, n=n: (t + 1) / n for n in lengths]


def another_order(lengths):
    """The order is turned round. The first function belongs to the first group."""
    return factors(lengths)[::-1]


find_the_bug = Exercise(
    """**Find the bug.** Each param group is to have its own warm-up: group i climbs for `lengths[i]` updates. The code
runs, and all groups climb for 20.

```python
def factors(lengths):
    functions = []
    for n in lengths:
        functions.append(lambda t: min(1.0, (t + 1) / n))
    return functions

scheduler = LambdaLR(optimizer, factors([2, 5, 20]))
```

Mend `factors(lengths)`. It returns a list of functions, one for each param group, and each gives the factor of update t.""",
    solution=factors,
    why="""A lambda holds the name `n`, and not its value. It looks the name up when it is called, and by then the loop has left
the last value there. So these functions share a memory, the variable of the loop. A default argument is worked out when the
lambda is made: `n=n` keeps the value of that moment. A function that makes the function, `functools.partial`, or a `Schedule`,
which holds its hyperparameters, do the same. The list of frequent questions in Python's documentation has this one.""",
    cases={"one param group": [([4],), ([1],)], "several param groups": [([2, 5, 20],), ([6, 3],)]},
    mistakes=(last_one_for_all, first_one_for_all, starts_at_zero, climbs_on, another_order),
    hints=(
        "Call all the functions at t = 1. Which n do you see?",
        "When does a lambda look up `n`: when it is made, or when it is called?",
        "A default argument is worked out when the lambda is made.",
    ),
    play=lambda answer, lengths: [function(t) for function in answer(lengths) for t in (0, 1, 2, 5, 30)],
    stub=as_found,
)
