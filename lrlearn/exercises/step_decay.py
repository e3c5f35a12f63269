"""The exercises of the chapter on step decay."""
from math import ceil

from ..schedules.step_decay import multistep_decay, step_decay
from .exercise import Exercise

# -- 1. a count of milestones --------------------------------------------------------------------------


def my_multistep(t, base_lr, milestones, gamma=0.1):
    passed = sum(m <= t for m in milestones)
    return base_lr * gamma**passed


def one_late(t, base_lr, milestones, gamma=0.1):
    """Your cut comes one update late. The milestone itself already has the new rate: `m <= t`, not `m < t`. (Keras'
    PiecewiseConstantDecay does it your way.)"""
    return base_lr * gamma ** sum(m < t for m in milestones)


def one_early(t, base_lr, milestones, gamma=0.1):
    """Your cut comes one update early. The update before a milestone still has the old rate. (timm's MultiStepLRScheduler does
    it your way.)"""
    return base_lr * gamma ** sum(m <= t + 1 for m in milestones)


def largest_index(t, base_lr, milestones, gamma=0.1):
    """Your exponent is the index of the last milestone passed, and indices begin at 0: the first cut does nothing. The exponent
    is how many milestones have been passed."""
    return base_lr * gamma ** max([i for i, m in enumerate(milestones) if m <= t], default=0)


def twice_counts_once(t, base_lr, milestones, gamma=0.1):
    """A milestone that stands twice cuts once with you. A set forgets how often a thing was put in. Count in the list itself."""
    return base_lr * gamma ** sum(m <= t for m in set(milestones))


def one_cut_only(t, base_lr, milestones, gamma=0.1):
    """Your rate falls once and never again. Each milestone that is passed multiplies what the ones before have left."""
    return base_lr * gamma if any(m <= t for m in milestones) else base_lr


def only_at_the_milestone(t, base_lr, milestones, gamma=0.1):
    """Your rate is low during one update and then jumps back up. A milestone that has been passed stays passed: ask `m <= t`,
    not `m == t`."""
    return base_lr * gamma ** sum(m == t for m in milestones)


def the_ones_to_come(t, base_lr, milestones, gamma=0.1):
    """You count the milestones that are still to come, so the rate begins low and climbs. Count those that have been passed."""
    return base_lr * gamma ** sum(m > t for m in milestones)


def a_product(t, base_lr, milestones, gamma=0.1):
    """You multiply by gamma times the number of milestones passed. Two cuts are gamma times gamma: a power, not a multiple."""
    passed = sum(m <= t for m in milestones)
    return base_lr * gamma * passed if passed else base_lr


def takes_away(t, base_lr, milestones, gamma=0.1):
    """You take the share `gamma` away at each cut. A cut leaves the share `gamma`: with 0.1, a tenth is left and nine tenths
    go."""
    return base_lr * (1 - gamma) ** sum(m <= t for m in milestones)


def divides(t, base_lr, milestones, gamma=0.1):
    """You divide by gamma, and the rate grows. To divide by ten is to multiply by 0.1; gamma is what you multiply by."""
    return base_lr / gamma ** sum(m <= t for m in milestones)


count = Exercise(
    """**A count of milestones.** Write `my_multistep(t, base_lr, milestones, gamma=0.1)`. It gives the learning rate of
update `t`: `base_lr`, multiplied by `gamma` at each milestone. The milestone itself already has the new rate. `milestones` is
an ascending list; one that stands twice cuts twice, and the list may be empty. (About two lines.)""",
    solution=my_multistep,
    why="""The exponent is a number of cuts, so count. `sum` adds up True as 1 and False as 0. In a list that is sorted,
`bisect_right(milestones, t)` is the same number, and torch's closed form uses it. Nothing is remembered between two
calls, so the function may be asked for any update in any order.""",
    cases={
        "with one milestone": [(t, 0.1, [30], 0.1) for t in (0, 29, 30, 31, 90)],
        "with several milestones": [(t, 0.8, [3, 6, 7], 0.3) for t in range(10)],
        "with a milestone that stands twice": [(t, 0.8, [2, 4, 4], 0.3) for t in range(7)],
        "with a milestone at 0, and with none": [(t, 0.8, [0, 3], 0.3) for t in range(5)] + [(t, 0.8, [], 0.3) for t in (0, 5)],
    },
    mistakes=(one_late, one_early, largest_index, twice_counts_once, one_cut_only, only_at_the_milestone, the_ones_to_come,
              a_product, takes_away, divides),
    hints=(
        "After no cut the rate is `base_lr`, after one `base_lr * gamma`, after two `base_lr * gamma**2`. What is the exponent?",
        "How many of the milestones are at `t` or before it? `m <= t` asks it of one.",
        "True counts as 1: `sum(m <= t for m in milestones)`.",
    ),
    by_hand=(multistep_decay, step_decay),
)

# -- 2. three recipes ------------------------------------------------------------------------------------


def shares():
    return [0.1 * 0.1, 0.2 * 0.2 * 0.2, 0.1**0.5]


def each_cut_from_the_peak():
    """You take each cut from the peak. A cut multiplies the rate in use, which the earlier cuts have already lowered."""
    return [0.1, 0.2, 0.1**0.5]


def the_last_share_for_gamma():
    """The first two are right. The third is not the share that is left in the end: that is reached in two cuts."""
    return [0.1 * 0.1, 0.2 * 0.2 * 0.2, 0.1]


def half_of_the_way():
    """The first two are right. The third must give a tenth when it is multiplied by itself; half of a tenth, or of the way
    down, does not do that."""
    return [0.1 * 0.1, 0.2 * 0.2 * 0.2, 0.55]


def the_second_step():
    """The first two are right. For the third you divide the wrong way round: gamma is the new rate over the old one, below 1."""
    return [0.1 * 0.1, 0.2 * 0.2 * 0.2, 10**0.5]


def one_cut_too_few():
    """Count the cuts of Wide ResNet again. The last one is at epoch 160, and the training goes on to 200."""
    return [0.1 * 0.1, 0.2 * 0.2, 0.1**0.5]


def four_cuts():
    """The end of the training is no cut. Wide ResNet has as many cuts as milestones."""
    return [0.1 * 0.1, 0.2 * 0.2 * 0.2 * 0.2, 0.1**0.5]


def added_up():
    """You add the factors up. Cuts multiply."""
    return [0.1 + 0.1, 0.2 + 0.2 + 0.2, 0.1**0.5]


recipes = Exercise(
    """**Three recipes.** ResNet on CIFAR divides its rate by 10 at updates 32,000 and 48,000 of 64,000. Wide ResNet
multiplies it by 0.2 at epochs 60, 120 and 160 of 200. DeepSeek LLM goes to 31.6 % of the peak, and later to 10 % of the peak,
in two cuts by the same gamma. Give three numbers, to three digits or better: the share of the peak that ResNet uses in the
end; the same for Wide ResNet; and DeepSeek's gamma.""",
    solution=shares,
    why="""Cuts multiply. Two cuts to a tenth leave a hundredth, three cuts to a fifth leave 1/125. Two cuts that together
leave a tenth are each the root of a tenth. So DeepSeek's two cuts together are as deep as one of ResNet's, and only its first
one is given as 31.6 %.""",
    cases={"the list": [()]},
    mistakes=(each_cut_from_the_peak, the_last_share_for_gamma, half_of_the_way, the_second_step, one_cut_too_few, four_cuts,
              added_up),
    hints=(
        "Write down the rate after each cut, beginning with a peak of 1.",
        "A cut multiplies the rate in use by gamma. How many cuts has each recipe?",
        "For DeepSeek: gamma times gamma is the share after the second cut.",
    ),
    rel=2e-3,
)

# -- 3. from epochs to updates ---------------------------------------------------------------------------


def in_updates(epochs, examples, batch_size):
    updates = ceil(examples / batch_size)
    return [epoch * updates for epoch in epochs]


def as_they_are(epochs, examples, batch_size):
    """These are epochs still. With a call after each update, the cuts come within the first epochs, and all that follows runs at
    the lowest rate."""
    return list(epochs)


def in_examples(epochs, examples, batch_size):
    """You count examples. One update takes a whole batch of them."""
    return [epoch * examples for epoch in epochs]


def the_last_batch_dropped(epochs, examples, batch_size):
    """`//` forgets the last batch of an epoch, which is smaller than the others and is an update all the same. The loader
    here keeps it, so your cuts come too early, by as many updates as epochs have passed."""
    return [epoch * (examples // batch_size) for epoch in epochs]


def one_batch_too_many(epochs, examples, batch_size):
    """You add one batch for what is left over. Where the batches come out even, nothing is left over."""
    return [epoch * (examples // batch_size + 1) for epoch in epochs]


def rounded_to_the_nearest(epochs, examples, batch_size):
    """`round` goes to the nearest whole number, and drops a last batch that is less than half full. However small it is, it is
    an update: round up."""
    return [epoch * round(examples / batch_size) for epoch in epochs]


def rounded_at_the_end(epochs, examples, batch_size):
    """You round once for all epochs, as though what is left over at the end of an epoch waited for the next. Each epoch ends
    with a batch of its own: round up within the epoch, then multiply."""
    return [ceil(epoch * examples / batch_size) for epoch in epochs]


def not_rounded(epochs, examples, batch_size):
    """There are no fractions of an update. The last batch of an epoch may be smaller, but it is one update: round up."""
    return [epoch * examples / batch_size for epoch in epochs]


def one_update_later(epochs, examples, batch_size):
    """Your cuts come one update after the epoch has begun. The first update of the epoch already has the new rate, and
    updates are counted from 0."""
    return [update + 1 for update in in_updates(epochs, examples, batch_size)]


def one_update_earlier(epochs, examples, batch_size):
    """Your cuts come at the last update of the epoch before. Updates are counted from 0: after one epoch of n updates, the
    next one is t = n."""
    return [update - 1 for update in in_updates(epochs, examples, batch_size)]


def distances(epochs, examples, batch_size):
    """You give the distances from one cut to the next. `milestones` wants the updates themselves, all counted from the start."""
    found = in_updates(epochs, examples, batch_size)
    return [a - b for a, b in zip(found, [0] + found)]


convert = Exercise(
    """**From epochs to updates.** A recipe calls `scheduler.step()` once an epoch and has `milestones=epochs`. You call it
after every update. Write `in_updates(epochs, examples, batch_size)`: the list of milestones with which every update has the
same rate as before. An epoch goes through all `examples`; its last batch may be smaller than the others. (About two lines.)""",
    solution=in_updates,
    why="""An epoch has as many updates as batches, the last one included: `ceil(examples / batch_size)`, which is
`len(loader)` in PyTorch unless `drop_last=True`. Epoch e begins at update e times that. The two programs then use the same
rates, update by update.""",
    cases={
        "where the batches come out even": [([30, 60, 80], 1000, 100), ([1, 2], 64, 32)],
        "where a batch is left over": [([3, 5], 10, 4), ([2, 7], 50, 16), ([2, 3], 9, 4), ([4, 6], 11, 4)],
        "with one batch an epoch": [([4, 9], 10, 32), ([1], 32, 32)],
    },
    mistakes=(as_they_are, in_examples, the_last_batch_dropped, one_batch_too_many, rounded_to_the_nearest, rounded_at_the_end,
              not_rounded, one_update_later, one_update_earlier, distances),
    hints=(
        "How many updates has one epoch of 10 examples in batches of 4?",
        "Epoch 0 begins at update 0. At which update begins epoch 1? And epoch e?",
        "`ceil(examples / batch_size)` updates an epoch; every milestone is multiplied by it.",
    ),
)

# -- 4. hand it to Keras ---------------------------------------------------------------------------------


def for_keras(base_lr, milestones, gamma):
    boundaries = [m - 1 for m in milestones]
    values = [base_lr * gamma**k for k in range(len(milestones) + 1)]
    return boundaries, values


def the_same_milestones(base_lr, milestones, gamma):
    """Each of your cuts comes one update late. At a boundary itself Keras still uses the old rate."""
    return list(milestones), for_keras(base_lr, milestones, gamma)[1]


def the_wrong_side(base_lr, milestones, gamma):
    """Your cuts come two updates late. Keras cuts after the boundary, so the boundary has to come before the milestone."""
    return [m + 1 for m in milestones], for_keras(base_lr, milestones, gamma)[1]


def two_before(base_lr, milestones, gamma):
    """Your cuts come one update early. Keras cuts right after the boundary, not two updates after."""
    return [m - 2 for m in milestones], for_keras(base_lr, milestones, gamma)[1]


def factors(base_lr, milestones, gamma):
    """Your values are factors. Keras takes the rates themselves, so `base_lr` belongs into each of them."""
    return for_keras(1.0, milestones, gamma)


def each_from_the_peak(base_lr, milestones, gamma):
    """After the first cut your rate never changes. Each cut multiplies what the one before has left."""
    return for_keras(base_lr, milestones, gamma)[0], [base_lr] + [base_lr * gamma] * len(milestones)


def one_cut_in_advance(base_lr, milestones, gamma):
    """Your first value has a cut in it already. Before the first boundary the rate is `base_lr`."""
    return for_keras(base_lr * gamma, milestones, gamma)


def upside_down(base_lr, milestones, gamma):
    """Your rates climb. The first value is the one before the first boundary, and that is the largest."""
    boundaries, values = for_keras(base_lr, milestones, gamma)
    return boundaries, values[::-1]


def play_keras(answer, base_lr, milestones, gamma):
    """The rates of the first updates by Keras' rule: values[i], where i is the first boundary that t does not exceed."""
    boundaries, values = answer(base_lr, list(milestones), gamma)
    if len(values) != len(boundaries) + 1:
        raise ValueError(f"Keras wants one value more than boundaries, got {len(boundaries)} boundaries and {len(values)} values")
    return [values[sum(b < t for b in boundaries)] for t in range(max(milestones) + 3)]


to_keras = Exercise(
    """**Hand it to Keras.** `PiecewiseConstantDecay(boundaries, values)` uses `values[0]` as long as the update is at most
`boundaries[0]`, then `values[1]` as long as it is at most `boundaries[1]`, and so on; the last value holds for ever. Write
`for_keras(base_lr, milestones, gamma)`, which returns `boundaries, values` such that Keras uses the rates of
`multistep_decay`. The milestones are all different and at least 1. (About three lines.)""",
    solution=for_keras,
    why="""Two things differ. Keras takes rates, not factors, and one more of them than cuts. And Keras keeps the old rate at
the boundary itself, where torch, optax and this book cut. So each boundary is the last update of the old rate: the milestone
less one.""",
    cases={
        "with one milestone": [(0.1, [4], 0.1), (0.3, [1], 0.5)],
        "with several milestones": [(0.1, [3, 6], 0.1), (0.4, [2, 3, 9], 0.5)],
    },
    mistakes=(the_same_milestones, the_wrong_side, two_before, factors, each_from_the_peak, one_cut_in_advance, upside_down),
    hints=(
        "Write down the updates 0 to 5 and their rates for one milestone at 3. Which is the last update with the old rate?",
        "That last update is the boundary.",
        "The values are the rates after 0, 1, 2, ... cuts: `base_lr * gamma**k`. How many are there?",
    ),
    play=play_keras,
)

# -- 5. find the bug -------------------------------------------------------------------------------------

SCRIPT = """class Stairs:
    def __init__(self, milestones, gamma, base_lr):
        self.milestones, self.gamma, self.lr = milestones, gamma, base_lr

    def __call__(self, epoch):
        if epoch in self.milestones:
            self.lr = self.lr * self.gamma
        return self.lr

stairs = Stairs([15, 25], gamma=0.5, base_lr=0.4)
plot([stairs(epoch) for epoch in range(30)])

optimizer = SGD(model.parameters(), lr=0.3)
for epoch in range(30):
    train_one_epoch(model, optimizer)
    optimizer.param_groups[0]["lr"] = stairs(epoch)
"""


def rates_used():
    lr, kept, used = 0.3, 0.4 * 0.5 * 0.5, []           # the optimizer's rate, and what the plot has left in stairs
    for epoch in range(30):
        used.append(lr)
        if epoch == 15 or epoch == 25:
            kept = kept * 0.5
        lr = kept
    return [used[0], used[1], used[15], used[16], used[29]]


def as_plotted():
    """These are the rates of the plot. But the plot has called `stairs` thirty times, and each call may change it."""
    return [0.4, 0.4, 0.2, 0.2, 0.1]


def only_late():
    """You have seen that the rate is set after the epoch. Now look at what the plot has done to `stairs` before the training
    begins."""
    return [0.3, 0.4, 0.4, 0.2, 0.1]


def only_changed():
    """You have seen that the plot changes `stairs`. Now look at where in the loop the rate is set: which epoch uses it?"""
    return [0.1, 0.1, 0.05, 0.05, 0.025]


def on_time_but_for_the_first():
    """Epoch 0 is right. But the rate that `stairs(15)` gives is set after epoch 15, so that epoch does not use it."""
    return [0.3, 0.1, 0.05, 0.05, 0.025]


def no_more_cuts():
    """The plot has made both cuts, true. But `15` and `25` still stand in the list, and the training comes by them again."""
    return [0.3, 0.1, 0.1, 0.1, 0.1]


def the_first_rate_forgotten():
    """All but the first are right. Before epoch 0 nobody has written a rate into the optimizer, so it uses its own."""
    return [0.1, 0.1, 0.1, 0.05, 0.025]


def one_cut_by_the_plot():
    """The plot passes both milestones, so it makes two cuts, not one."""
    return [0.3, 0.2, 0.2, 0.1, 0.05]


find_the_bug = Exercise(
    f"""**Find the bug.** Several programs have been written like this one. The plot looks right.

```python
{SCRIPT}```

Which learning rate do epochs 0, 1, 15, 16 and 29 of the training really use? Give a list of five numbers. (Then find both
bugs.)""",
    solution=rates_used,
    why="""Two bugs. `stairs` changes itself when it is called, and the plot calls it: when the training begins, both cuts
have been made, and they are made again. And the rate is set after the epoch that it is meant for, so epoch 0 runs at the
optimizer's own rate and each cut comes one epoch late. A function of the epoch alone, such as `my_multistep`, has nothing to
change; and the line that sets the rate belongs before `train_one_epoch`.""",
    cases={"the list": [()]},
    mistakes=(as_plotted, only_late, only_changed, on_time_but_for_the_first, no_more_cuts, the_first_rate_forgotten,
              one_cut_by_the_plot),
    hints=(
        "What is `stairs.lr` when the plot is done?",
        "Which rate is in the optimizer while epoch 0 trains? And while epoch 1 trains?",
        "`stairs(15)` cuts once more, and its rate is first used by epoch 16.",
    ),
    rel=1e-6,
)
