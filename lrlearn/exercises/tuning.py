"""The exercises of the chapter on tuning."""
from math import exp, log, log10, sqrt

from .exercise import Exercise

# -- 1. the grid ---------------------------------------------------------------------------------------


def log_grid(lo, hi, n):
    return [lo * (hi / lo) ** (k / (n - 1)) for k in range(n)]


def equal_distances(lo, hi, n):
    """Your rates lie at equal distances. Nearly all of them are then large, and the small powers of ten stay empty. Neighbours
    shall have the same *ratio*."""
    return [lo + (hi - lo) * k / (n - 1) for k in range(n)]


def one_ratio_short(lo, hi, n):
    """Your last rate does not reach `hi`. Between `n` rates there is one ratio fewer than rates."""
    return [lo * (hi / lo) ** (k / n) for k in range(n)]


def tenfold(lo, hi, n):
    """Your rates grow tenfold, whatever `hi` and `n` are. The ratio follows from the two ends and the number of rates."""
    return [lo * 10.0**k for k in range(n)]


def begins_late(lo, hi, n):
    """Your first rate is not `lo`. Count from k = 0."""
    return [lo * (hi / lo) ** ((k + 1) / n) for k in range(n)]


def turned(lo, hi, n):
    """Your list goes down. The smallest rate comes first."""
    return [hi * (lo / hi) ** (k / (n - 1)) for k in range(n)]


def the_logarithms(lo, hi, n):
    """These are the logarithms of the rates, at equal distances. Raise them back to rates."""
    return [log10(lo) + (log10(hi) - log10(lo)) * k / (n - 1) for k in range(n)]


the_grid = Exercise(
    """**The grid.** Write `log_grid(lo, hi, n)`: a list of `n` learning rates, the first is `lo`, the last is `hi`, and the ratio
of neighbours is the same everywhere. (About one line.)""",
    solution=log_grid,
    why="""All ratios multiply to `hi / lo`, and there are `n - 1` of them, so k of them are that number to the power
`k / (n - 1)`. In logarithms the rates lie at equal distances. `numpy.geomspace(lo, hi, n)` gives the same list.""",
    cases={
        "three powers of ten": [(0.0007, 0.7, 7)],
        "other ends": [(0.01, 0.16, 5), (0.3, 0.75, 3), (0.0004, 0.5, 10)],
    },
    mistakes=(equal_distances, one_ratio_short, tenfold, begins_late, turned, the_logarithms),
    hints=(
        "From 0.01 to 1 in three rates: 0.01, 0.1, 1. Which number leads from one to the next?",
        "How many ratios lie between `n` rates?",
        "Rate k is `lo` times (hi / lo) to a power that goes from 0 to 1.",
    ),
)

# -- 2. the edge ---------------------------------------------------------------------------------------


def look(rates, losses):
    best = rates[losses.index(min(losses))]
    return (best == max(rates)) - (best == min(rates))


def by_place(rates, losses):
    """You ask where the best trial stands in the list. A list of trials need not be in the order of the rates: ask whether its
    rate is the smallest or the largest."""
    k = losses.index(min(losses))
    return (k == len(rates) - 1) - (k == 0)


def the_worst_trial(rates, losses):
    """You look at the trial with the highest loss. The one that you would take is the one with the lowest."""
    worst = rates[losses.index(max(losses))]
    return (worst == max(rates)) - (worst == min(rates))


def signs_turned(rates, losses):
    """Your sign is turned: the best rate at the upper end asks for larger rates, and that is the positive number."""
    return -look(rates, losses)


def never_an_edge(rates, losses):
    """You call every search fine. Where the best rate is the smallest or the largest that was tried, the best of all may lie
    outside."""
    return 0


def only_the_upper_end(rates, losses):
    """You look at the upper end alone. A search may also begin too high."""
    return max(0, look(rates, losses))


the_edge = Exercise(
    """**The edge.** Write `look(rates, losses)` for a search that is over: `losses[k]` belongs to `rates[k]`, in the order in
which the trials ran. Return 1 when the best rate is the largest that was tried (search further up), -1 when it is the
smallest (further down), and 0 when it lies between. (Two lines.)""",
    solution=look,
    why="""A minimum at the end of a range is no minimum: the loss may go on falling outside. Random searches store their trials
in the order of the draw, so the place in the list says nothing; the rate does. (Python counts True as 1, so the difference of the
two questions is the answer.)""",
    cases={
        "in order": [([0.01, 0.1, 1.0], [0.5, 0.4, 2.3]), ([0.01, 0.1, 1.0], [0.3, 0.4, 2.3]), ([0.01, 0.1, 1.0], [0.5, 0.4, 0.3])],
        "as they were drawn": [([0.1, 1.0, 0.01], [0.3, 0.4, 0.5]), ([0.1, 1.0, 0.01], [0.5, 0.3, 2.3]),
                               ([0.3, 0.02, 0.05, 0.1], [0.9, 0.4, 0.5, 0.6])],
    },
    mistakes=(by_place, the_worst_trial, signs_turned, never_an_edge, only_the_upper_end),
    hints=(
        "First find the rate of the trial with the lowest loss.",
        "Compare this rate with `max(rates)` and with `min(rates)`.",
    ),
)

# -- 3. seeds, paired ----------------------------------------------------------------------------------


def paired(a, b, t):
    gaps = [x - y for x, y in zip(a, b)]
    n = len(gaps)
    mean = sum(gaps) / n
    half = t * sqrt(sum((gap - mean) ** 2 for gap in gaps) / (n - 1) / n)
    return [mean, mean - half, mean + half]


def interval(mean, half):
    return [mean, mean - half, mean + half]


def variance(numbers, less=1):
    mean = sum(numbers) / len(numbers)
    return sum((x - mean) ** 2 for x in numbers) / (len(numbers) - less)


def not_paired(a, b, t):
    """Your interval does not know that seeds are shared: it adds the spread of both lists. What a lucky seed gives to both drops
    out only when you subtract seed by seed, first."""
    return interval(sum(a) / len(a) - sum(b) / len(b), t * sqrt((variance(a) + variance(b)) / len(a)))


def a_band(a, b, t):
    """Your interval is as wide as the spread of single differences. It is about the *mean* of them, which is known better: divide
    the variance by the number of seeds."""
    gaps = [x - y for x, y in zip(a, b)]
    return interval(sum(gaps) / len(gaps), t * sqrt(variance(gaps)))


def divided_by_n(a, b, t):
    """Your standard deviation divides by the number of seeds. One number is used up by the mean: divide by one less."""
    gaps = [x - y for x, y in zip(a, b)]
    return interval(sum(gaps) / len(gaps), t * sqrt(variance(gaps, 0) / len(gaps)))


def without_t(a, b, t):
    """Your half width is one standard error. The factor `t` makes it an interval of 95 %."""
    return paired(a, b, 1.0)


def turned_round(a, b, t):
    """Your difference has the other sign: it is `a` minus `b`."""
    return paired(b, a, t)


def the_mean_alone(a, b, t):
    """Your mean is right, and alone. Give three numbers: the mean and the two ends of its interval."""
    return paired(a, b, t)[:1]


seeds_paired = Exercise(
    """**Seeds, paired.** Rates A and B ran with the same seeds: `a[k]` and `b[k]` are their losses with seed k. Write
`paired(a, b, t)`. It returns `[mean, low, high]`: the mean of the differences `a[k] - b[k]`, and the ends of its interval, `t`
standard errors to either side. The standard error of a mean of n numbers is their standard deviation (divide by n - 1), over the
square root of n. (`t` is Student's number for 95 %, about 2.4 for eight seeds. About five lines.)""",
    solution=paired,
    why="""The differences come first. A seed that is good for both rates makes both losses low, and drops out of the
difference. Then it is the interval for the mean of one list of numbers. Zero inside does not show that the rates are equal: it says
that these seeds do not tell. `scipy.stats.ttest_rel` gives the same interval.""",
    cases={
        "three seeds": [([0.5, 0.75, 0.25], [0.375, 0.75, 0.125], 4.3)],
        "more seeds": [([0.31, 0.42, 0.35, 0.40], [0.36, 0.44, 0.41, 0.43], 3.18), ([0.9, 0.4, 0.7, 0.55, 0.6], [0.5, 0.45, 0.4, 0.7, 0.3], 2.78)],
    },
    mistakes=(not_paired, a_band, divided_by_n, without_t, turned_round, the_mean_alone),
    hints=(
        "Make the list of the differences first, and forget `a` and `b`.",
        "The variance is the sum of the squared distances from the mean, over n - 1.",
        "The half width is `t` times the root of variance / n.",
    ),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """from hyperopt import hp


def space(lo, hi):
    return hp.loguniform("lr", lo, hi)


lr = space(1e-4, 1e-1)
"""


def draw(lo, hi, u):
    low, high = log(lo), log(hi)
    return exp(low + u * (high - low))


def as_found(lo, hi, u):
    """These are the rates of the script. All are above 1, where nothing trains. Hyperopt raises e to a number between the two
    that it is given, so they have to be logarithms."""
    return exp(lo + u * (hi - lo))


def no_logarithm_at_all(lo, hi, u):
    """You draw evenly in the rate itself, as `hp.uniform` does. Nine of ten trials then fall into the highest power of ten."""
    return lo + u * (hi - lo)


def powers_of_ten(lo, hi, u):
    """You give logarithms to base ten. Hyperopt raises e, and not ten, so the rates come out far too large."""
    low, high = log10(lo), log10(hi)
    return exp(low + u * (high - low))


def ends_turned(lo, hi, u):
    """Your u = 0 is the upper end. The lower one comes first; Hyperopt stops with an error when they are turned."""
    return draw(hi, lo, u)


def still_a_logarithm(lo, hi, u):
    """That is the logarithm of the rate. Hyperopt raises e to it, and so should you."""
    return log(lo) + u * (log(hi) - log(lo))


find_the_bug = Exercise(
    f"""**Find the bug.** With this space every trial is as bad as guessing. (A tutorial of Ray Tune had the same mistake until
2022, pull request 28131.)

```python
{SCRIPT}```

`hp.loguniform("lr", low, high)` draws a number evenly between `low` and `high`, and raises e to it. Write `draw(lo, hi, u)`: the
rate of the *repaired* space, where u, from 0 to 1, says how far between its ends the even number lies. So u = 0 gives `lo`
and u = 1 gives `hi`. (Two lines.)""",
    solution=draw,
    why="""Hyperopt wants exponents: `hp.loguniform("lr", log(lo), log(hi))`. As found, the script draws between e to the power
0.0001 and e to the power 0.1, so between 1 and 1.11. Optuna's `suggest_float("lr", lo, hi, log=True)`, Ray's
`tune.loguniform(lo, hi)` and ConfigSpace's `Float("lr", (lo, hi), log=True)` take the rates themselves. Print the
first ten rates of every search.""",
    cases={
        "the script's ends": [(1e-4, 1e-1, u) for u in (0.0, 0.25, 0.5, 1.0)],
        "other ends": [(0.003, 0.7, 0.3), (0.02, 2.0, 0.8)],
    },
    mistakes=(as_found, no_logarithm_at_all, powers_of_ten, ends_turned, still_a_logarithm),
    hints=(
        "Which two numbers does e have to be raised to, to get `lo` and `hi`?",
        "The even number is `low + u * (high - low)`.",
        "`math.log` is the natural logarithm, `math.exp` undoes it.",
    ),
)
