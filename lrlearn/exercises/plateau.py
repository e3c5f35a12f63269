"""The exercises of the chapter on schedules that answer to a metric."""
from math import inf

from ..schedules.plateau import plateau
from .exercise import Exercise

# -- 1. the trace --------------------------------------------------------------------------------------


def rates_after():
    return [0.8, 0.8, 0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.2]


def one_metric_too_early():
    """You cut at the first bad metric. So do Keras and optax with a patience of 1. PyTorch puts up with that many and cuts at the
    next."""
    return [0.8, 0.8, 0.4, 0.4, 0.2, 0.1, 0.05, 0.025, 0.025, 0.0125]


def bad_ones_added_up():
    """You count all bad metrics. Only those in a row count: a good one clears the counter."""
    return [0.8, 0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.2, 0.1]


def against_the_one_before():
    """You compare each metric with the one before it. The rule compares with the best of all so far."""
    return [0.8] * 10


def the_same_is_better():
    """One metric equals the best so far. That is not better, and what is not better is bad."""
    return [0.8, 0.8, 0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.4, 0.4]


def cut_again_at_once():
    """After a cut you cut again at the next bad metric. A cut clears the counter, so the patience begins anew."""
    return [0.8, 0.8, 0.8, 0.8, 0.8, 0.4, 0.2, 0.1, 0.1, 0.1]


trace = Exercise(
    """**Follow the rule.** An optimizer begins at a learning rate of 0.8, with
`ReduceLROnPlateau(optimizer, factor=0.5, patience=1)`. Ten validations give these losses:

```
5.0  4.0  4.2  3.9  4.1  4.0  3.9  4.5  3.8  3.9
```

Which rate does the optimizer hold after `step(loss)` of each? Give a list of ten numbers.""",
    solution=rates_after,
    why="""The third loss is bad, but the fourth is a new best and clears the counter. Then 4.1 and 4.0 are bad, both against the
best, 3.9, though one is less than the other: two in a row are more than the patience, and the rate is cut. The seventh equals the
best. That is not better, so it is bad, and with the eighth comes the second cut. The ninth is the best of all; the cuts stay.""",
    cases={"the list": [()]},
    mistakes=(one_metric_too_early, bad_ones_added_up, against_the_one_before, the_same_is_better, cut_again_at_once),
    hints=(
        "Keep three columns: the best so far, the bad metrics in a row, the rate.",
        "A metric is bad unless it is below the best of all metrics before it.",
        "With a patience of 1 the second bad metric in a row cuts, and the counter is at zero again.",
    ),
)

# -- 2. the state machine ------------------------------------------------------------------------------


class Fed:
    """A rule that is fed with metrics. Its repr is what a message shows of it.

    metrics  what is measured, in order; small is good
    lr       the learning rate at the start
    """

    def __init__(self, metrics, lr, factor, patience):
        self.metrics, self.lr, self.factor, self.patience = metrics, lr, factor, patience

    def __repr__(self):
        return f"state, metric of {self.metrics}, factor={self.factor}, patience={self.patience}"


def play_fold(answer, fed):
    """The rate after each metric."""
    state, rates = (fed.lr, inf, 0), []
    for metric in fed.metrics:
        state = answer(state, metric, fed.factor, fed.patience)
        if state is None:                   # a branch without a `return`: the check says so
            return None
        rates.append(state[0])
    return rates


def my_plateau(state, metric, factor=0.1, patience=10):
    lr, best, bad = state
    if metric < best:
        return lr, metric, 0
    if bad < patience:
        return lr, best, bad + 1
    return lr * factor, best, 0


def one_too_early(state, metric, factor=0.1, patience=10):
    """You cut one metric too early: at bad metric number `patience`, as Keras does. Asked for is more than `patience`."""
    lr, best, bad = state
    if metric < best:
        return lr, metric, 0
    return (lr, best, bad + 1) if bad + 1 < patience else (lr * factor, best, 0)


def one_too_late(state, metric, factor=0.1, patience=10):
    """You cut one metric too late. The count that includes the metric at hand is above `patience` one metric before."""
    lr, best, bad = state
    if metric < best:
        return lr, metric, 0
    return (lr, best, bad + 1) if bad <= patience else (lr * factor, best, 0)


def counter_not_cleared_by_a_cut(state, metric, factor=0.1, patience=10):
    """After the first cut each bad metric cuts again. A cut clears the counter, so that the smaller rate gets its chance."""
    lr, best, bad = state
    if metric < best:
        return lr, metric, 0
    return (lr, best, bad + 1) if bad < patience else (lr * factor, best, bad)


def counter_not_cleared_by_a_good_one(state, metric, factor=0.1, patience=10):
    """You add up all bad metrics. They have to be in a row: a new best clears the counter."""
    lr, best, bad = state
    if metric < best:
        return lr, metric, bad
    return my_plateau(state, metric, factor, patience)


def the_last_for_the_best(state, metric, factor=0.1, patience=10):
    """You compare with the metric before. Keep the best of all: a metric may fall for a while and still be above it."""
    lr, _, bad = my_plateau(state, metric, factor, patience)
    return lr, metric, bad


def equal_is_better(state, metric, factor=0.1, patience=10):
    """A metric that equals the best counts as better, so one that stands still for ever never cuts. Less is asked for: `<`."""
    lr, best, bad = state
    return (lr, metric, 0) if metric <= best else my_plateau(state, metric, factor, patience)


def best_forgotten(state, metric, factor=0.1, patience=10):
    """After a cut you begin with a new best. The best stays, so the smaller rate has to beat what the larger one reached."""
    lr, best, bad = my_plateau(state, metric, factor, patience)
    return lr, (best if lr == state[0] else inf), bad


def a_gain_too_small(state, metric, factor=0.1, patience=10):
    """You ask for a gain above a threshold, as PyTorch does unless told otherwise. Here every metric below the best is good."""
    return my_plateau(state, metric, factor, patience) if metric < state[1] * (1 - 1e-4) else my_plateau(
        state, inf, factor, patience)


UP_AND_DOWN = [3.0, 2.0, 2.5, 2.2, 1.5, 1.6, 1.55, 1.52, 1.52, 1.5, 1.4, 1.6, 1.4, 1.7, 1.6, 1.5, 1.45]

machine = Exercise(
    """**The state machine.** Write `my_plateau(state, metric, factor=0.1, patience=10)`. The state is `(lr, best, bad)`: the
learning rate, the smallest metric so far, the bad metrics in a row. Give the state after one more metric. A metric below the best
is good. Any other is bad, and more than `patience` bad ones in a row cut the rate. Training begins with `(lr, inf, 0)`. (About
six lines.)""",
    solution=my_plateau,
    why="""Three cases, each with its own state. A good metric is the new best and clears the counter. A bad one is counted while
the count before it is below the patience. Otherwise the rate is cut and the counter is clear again, but the best stays. Beyond
this, the package's `plateau` has a threshold, a direction, a cooldown and a smallest rate.""",
    cases={
        "one plateau": [(Fed([3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0], 0.8, 0.5, 2),),
                        (Fed([4.0, 3.0, 3.5, 3.2, 3.1, 3.05, 3.02], 0.8, 0.5, 1),)],
        "up and down": [(Fed(UP_AND_DOWN, 0.3, 0.1, n),) for n in (1, 2, 3)],
        "without patience": [(Fed([3.0, 3.0, 2.0, 2.5, 1.0, 1.0], 1.0, 0.2, 0),)],
        "where the gains are tiny": [(Fed([1.0, 0.99998, 0.99996, 0.99994, 0.99992], 0.8, 0.5, 1),)],
    },
    mistakes=(one_too_early, one_too_late, counter_not_cleared_by_a_cut, counter_not_cleared_by_a_good_one, the_last_for_the_best,
              equal_is_better, best_forgotten, a_gain_too_small),
    hints=(
        "Unpack the state: `lr, best, bad = state`. Which three things can happen?",
        "A good metric: the same rate, a new best, no bad ones. What is the state after a bad one that is put up with?",
        "A bad metric is put up with while `bad < patience`. Otherwise the rate is cut, and `bad` is zero.",
    ),
    play=play_fold,
)

# -- 3. how early --------------------------------------------------------------------------------------


def earliest(cuts, patience, cooldown=0):
    return 1 + cuts * (patience + 1) + (cuts - 1) * cooldown


def the_first_metric_forgotten(cuts, patience, cooldown=0):
    """You are one metric too early. The first metric is never bad, since there is no best before it. (Counted from 0, your number
    would be right; count from 1.)"""
    return earliest(cuts, patience, cooldown) - 1


def patience_without_the_next(cuts, patience, cooldown=0):
    """You let `patience` bad metrics cut, as Keras does. PyTorch puts up with them and cuts at the next."""
    return 1 + cuts * patience + (cuts - 1) * cooldown


def a_cooldown_too_many(cuts, patience, cooldown=0):
    """A cooldown follows each cut. The one after the last cut delays nothing that is asked for."""
    return 1 + cuts * (patience + 1) + cuts * cooldown


def no_cooldown(cuts, patience, cooldown=0):
    """Nothing of yours depends on `cooldown`. After a cut that many metrics are not counted."""
    return 1 + cuts * (patience + 1)


def cooldown_at_the_same_time(cuts, patience, cooldown=0):
    """You let patience and cooldown run at the same time. The count of bad metrics begins when the cooldown is over."""
    return 1 + patience + 1 + (cuts - 1) * max(patience + 1, cooldown)


def a_new_first_metric(cuts, patience, cooldown=0):
    """You give each cut a first metric that is good. The best stays after a cut, so the next metric can be bad at once."""
    return cuts * (patience + 2) + (cuts - 1) * cooldown


how_early = Exercise(
    """**How early?** Nothing ever gets better. Write `earliest(cuts, patience, cooldown=0)`: the number of the metric, counted
from 1, at which PyTorch's rule makes cut number `cuts`. With it you can tell before a run how many cuts fit into it. (About one
line.)""",
    solution=earliest,
    why="""The first metric is the best. Then each cut needs `patience + 1` bad metrics, and between two cuts `cooldown` more pass
uncounted. With the default patience of 10, three cuts need at least 34 validations: in a run of 30 epochs the second cut comes
at the earliest in epoch 23, and there is no third.""",
    cases={
        "without a cooldown": [(1, 2), (1, 10), (2, 0), (2, 2), (3, 10), (5, 1)],
        "with a cooldown": [(1, 3, 4), (2, 2, 1), (2, 1, 5), (3, 4, 2), (4, 0, 3)],
    },
    mistakes=(the_first_metric_forgotten, patience_without_the_next, a_cooldown_too_many, no_cooldown,
              cooldown_at_the_same_time, a_new_first_metric),
    hints=(
        "Write down what happens to `[1.0] * 8` with a patience of 2.",
        "The first metric is the best. How many bad ones does the first cut need?",
        "How many cooldowns lie between the first cut and the last?",
    ),
)

# -- 4. from Keras -------------------------------------------------------------------------------------


def torch_arguments(patience, min_delta, cooldown):
    return [max(patience - 1, 0), min_delta, max(cooldown - 1, 0)]


def all_as_they_are(patience, min_delta, cooldown):
    """Only the threshold can stay. Keras cuts at bad metric number `patience`, PyTorch one later; and in Keras the last metric of
    the cooldown already counts."""
    return [patience, min_delta, cooldown]


def patience_as_it_is(patience, min_delta, cooldown):
    """The patience cannot stay: Keras cuts at bad metric number `patience`, PyTorch one later."""
    return [patience, min_delta, max(cooldown - 1, 0)]


def cooldown_as_it_is(patience, min_delta, cooldown):
    """The cooldown cannot stay: in Keras its last metric already counts, in PyTorch none does."""
    return [max(patience - 1, 0), min_delta, cooldown]


def below_nothing(patience, min_delta, cooldown):
    """One of your numbers is negative. Keras' patience of 0 acts like 1, and its cooldown of 0 like 1."""
    return [patience - 1, min_delta, cooldown - 1]


from_keras = Exercise(
    """**From Keras.** A Keras training uses `ReduceLROnPlateau(monitor="val_loss", patience=patience, min_delta=min_delta,
cooldown=cooldown)`. You move it to PyTorch, with `threshold_mode="abs"`, and want the same cuts. Write
`torch_arguments(patience, min_delta, cooldown)`: the list of PyTorch's `patience`, `threshold` and `cooldown`. All of Keras'
numbers may be 0, and none of yours may be negative. (One line.)""",
    solution=torch_arguments,
    why="""Keras cuts when its counter *reaches* the patience, PyTorch when it is *above* it. Keras takes one off its cooldown
before it looks whether it is over, so the last metric of the cooldown counts. A patience of 0 is met at the first bad metric,
as 1 is. And `min_delta` is an amount: without `threshold_mode="abs"` PyTorch would read it as a part of the best.""",
    cases={
        "with patience and cooldown": [(10, 1e-4, 5), (3, 0.01, 2), (7, 0.0, 1)],
        "with a zero": [(10, 1e-4, 0), (1, 0.01, 0), (0, 1e-4, 3), (0, 0.0, 0)],
    },
    mistakes=(all_as_they_are, patience_as_it_is, cooldown_as_it_is, below_nothing),
    hints=(
        "Feed both with a flat metric and a patience of 2. At which metric does each cut?",
        "The section *Where the frameworks differ* has the table, and a line on the cooldown.",
        "What does Keras do with a patience of 0, and can PyTorch do it earlier?",
    ),
)

# -- 5. find the bug -----------------------------------------------------------------------------------


def as_found(accuracies, lr, factor, patience):
    state, rates = (lr, None, 0, 0), []
    for accuracy in accuracies:
        state = plateau(state, -accuracy, factor=factor, patience=patience)
        rates.append(state[0])
    return rates


def rates(accuracies, lr, factor, patience):
    state, used = (lr, None, 0, 0), []
    for accuracy in accuracies:
        state = plateau(state, accuracy, mode="max", factor=factor, patience=patience)
        used.append(state[0])
    return used


def still_negative(accuracies, lr, factor, patience):
    """Where the accuracy stands still your rate still does not fall. The metric is negative, and the threshold is a part of the
    best: from a negative best the goal lies on the wrong side."""
    return as_found(accuracies, lr, factor, patience)


def the_accuracy_itself(accuracies, lr, factor, patience):
    """Now the rate falls while the accuracy rises. Without a word about it, small metrics are good. An accuracy is good when it
    is large."""
    return as_found([-a for a in accuracies], lr, factor, patience)


def turned_twice(accuracies, lr, factor, patience):
    """You turned the accuracy round twice: with the minus sign and with the mode. One is enough, and only one of them works."""
    return rates([-a for a in accuracies], lr, factor, patience)


find_the_bug = Exercise(
    """**Find the bug.** This is the heart of a training script that many copy. The rate should fall when the accuracy, between 0
and 1, has not risen in more than `patience` epochs in a row. The accuracy has stood at 1.0 for fifty epochs, and the rate has not
moved.

```python
def rates(accuracies, lr, factor, patience):
    state, rates = (lr, None, 0, 0), []
    for accuracy in accuracies:
        state = plateau(state, -accuracy, factor=factor, patience=patience)
        rates.append(state[0])
    return rates
```

Mend `rates(accuracies, lr, factor, patience)`. (One line changes.)""",
    solution=rates,
    why="""The minus sign turns large into small, as it should. But the default threshold is a part of the best. From a best of -1
the goal is `-1 * (1 - 0.0001)`, a little *above* it: -1 is below that, so the same metric counts as better, each time.
`mode="max"` says what is meant. An error, `1 - accuracy`, would do as well, and so would `threshold_mode="abs"` or a threshold of
0. The script comes from a well-known toolbox for hyperspectral images, and stands in many that were built on it.""",
    cases={"every list": [
        ([0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9], 0.1, 0.1, 2),
        ([0.5, 0.8, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 0.1, 0.5, 2), ([0.6, 0.6, 0.6, 0.9, 0.9], 0.4, 0.1, 0),
        ([0.5, 0.7, 0.6, 0.65, 0.8, 0.75, 0.8, 0.7, 0.85, 0.8, 0.8], 0.3, 0.2, 1),
    ]},
    mistakes=(still_negative, the_accuracy_itself, turned_twice),
    hints=(
        "Which threshold is in force when nobody gives one, and what is it a part of?",
        "Compute the goal for a best of -1: `best * (1 - threshold)`. Is -1 below it?",
        "`plateau` has an argument that says whether large metrics are good.",
    ),
    stub=as_found,
)
