"""The exercises of the chapter on choosing."""
from math import ceil, floor

from .exercise import Exercise

# -- 1. what costs most --------------------------------------------------------------------------------


def order():
    return ["d2", "d4", "d3", "d1"]


def shape_first():
    """You put the shape first, as most tables do. In the race five shapes could not be told apart."""
    return ["d1", "d2", "d4", "d3"]


def fall_before_peak():
    """Never falling costs about as much as half of what a peak ten times too *low* does, and far less than one three times too
    high. What comes before it?"""
    return ["d4", "d2", "d3", "d1"]


def floor_before_fall():
    """A run that never falls ends on a floor of 100 %. Can that cost less than one of 30 %?"""
    return ["d2", "d3", "d4", "d1"]


def shape_before_floor():
    """A floor of 30 % was seen by eight seeds. Was any of the shapes?"""
    return ["d2", "d4", "d1", "d3"]


def turned_round():
    """Your list begins with what costs least."""
    return ["d1", "d3", "d4", "d2"]


what_costs_most = Exercise(
    """**What costs most?** Order the four decisions by what they cost when they are wrong, the dearest first: `d1` another
falling shape, `d2` a peak three times too high, `d3` a floor of 30 % of the peak, `d4` no fall at all. Give a list of four
words.""",
    solution=order,
    why="""0.30, 0.07, 0.03, and nothing that eight seeds can see. The order of the search follows: the peak with the schedule
that you will use, then the end, then the floor. The shape may stay as it is.""",
    cases={"the list": [()]},
    mistakes=(shape_first, fall_before_peak, floor_before_fall, shape_before_floor, turned_round),
    hints=("Read the picture of the chapter from the top.", "Which rows have an open circle?",
           "The dearest makes the run diverge when it is wrong enough."),
)

# -- 2. ten situations ---------------------------------------------------------------------------------

# What may be chosen in each situation; any word of a row is right.
ADMISSIBLE = (
    ("s1",), ("s2",), ("s2",), ("s3", "s2"), ("s1",), ("s1",), ("s4",), ("s5",), ("s1", "s5"), ("s2",),
)


def seen(answer):
    """The answer, each word that is right replaced by the first of its row."""
    return [row[0] if word in row else word for word, row in zip(words(answer), ADMISSIBLE)] + words(answer)[len(ADMISSIBLE):]


def words(answer):
    return [str(word).strip().lower() for word in answer()]


def situations():
    return ["s1", "s2", "s2", "s3", "s1", "s1", "s4", "s5", "s1", "s2"]


def cosine_everywhere():
    """A cosine needs to know its end. In how many of the ten does nobody know it?"""
    return ["s1"] * 10


def wsd_everywhere():
    """WSD is never far wrong. But somebody who knows the end, and somebody who looks for the bound of the rate or repeats a
    published run, wants something else."""
    return ["s2"] * 10


def plateau_when_unsure():
    """You take the metric wherever the end is open. Where the stops are wanted, or somebody decides when to stop, a plan with a
    cool-down can be made; no metric has to be watched for that."""
    return ["s1", "s3", "s3", "s3", "s1", "s1", "s4", "s5", "s1", "s3"]


def cosine_for_several_stops():
    """For several stops you plan several cosines, or cut one. Count what that costs; the climb and the high part could be
    shared."""
    return ["s1", "s2", "s1", "s3", "s1", "s1", "s4", "s5", "s1", "s2"]


def a_schedule_for_the_test():
    """In the range test the rate rises, by itself. A falling schedule on top of it would hide what is looked for."""
    return ["s1", "s2", "s2", "s3", "s1", "s1", "s4", "s1", "s1", "s2"]


def improved_the_recipe():
    """Somebody who repeats a published run repeats its schedule, even where another would be as good. Number 7 has cuts."""
    return ["s1", "s2", "s2", "s3", "s1", "s1", "s2", "s5", "s1", "s2"]


pick = Exercise(
    """**Ten situations.** Which schedule? Give a list of ten words out of `s1` a cosine or a line to zero, `s2` a plateau with a
cool-down, `s3` reduce on plateau, `s4` the published steps, `s5` a rate that does not fall. Where two are as good, either is
right.

1. A vision model, 90 epochs, no more and no less.
2. A language model; the money may end any day, and then the model must be usable.
3. The same model is wanted after 10, 20 and 40 billion tokens.
4. Nobody watches, nobody knows the length, a validation loss is measured each hour, and the job stops by itself.
5. Fine-tuning for three epochs with AdamW.
6. A sweep of the peak for number 1.
7. The ResNet of 2016 shall be reproduced as it was published.
8. A range test, 200 updates.
9. Fine-tuning on 300 examples without noise; the loss is still falling when time is over.
10. Pre-training that will go on next month with more data of the same kind.""",
    solution=situations,
    why="""A known end takes a cosine or a line (1, 5), and a sweep takes what the run will take (6). An open end, several stops
and a run that goes on take WSD (2, 3, 10). A metric decides where nobody else can (4), and a plateau with a cool-down would do
there, too. A reproduction takes what was published (7). A range test has its own ramp (8), and where noise is small next to the
way that is left, a falling rate gains little (9).""",
    cases={"the list": [()]},
    mistakes=(cosine_everywhere, wsd_everywhere, plateau_when_unsure, cosine_for_several_stops, a_schedule_for_the_test,
              improved_the_recipe),
    hints=("First ask of each: is the end known?", "Where the end is open: can somebody decide to stop, or only a number?",
           "Two of the ten are no trainings of your own: one is a test, one is a reproduction."),
    play=lambda answer, *case: seen(answer),
)

# -- 3. the numbers ------------------------------------------------------------------------------------


def numbers(samples, batch_size, epochs, share):
    total = epochs * ceil(samples / batch_size)
    warm = min(2000, floor(share * total))
    return [total, warm, total - warm]


def counts_epochs(samples, batch_size, epochs, share):
    """You count in epochs. The scheduler is stepped once an update, so all three are updates."""
    warm = min(2000, floor(share * epochs))
    return [epochs, warm, epochs - warm]


def drops_the_rest(samples, batch_size, epochs, share):
    """Your total leaves out the last batch of each epoch, the one that is not full. Here it makes an update, too."""
    total = epochs * (samples // batch_size)
    warm = min(2000, floor(share * total))
    return [total, warm, total - warm]


def rounds_once(samples, batch_size, epochs, share):
    """You round once, at the end. A batch never reaches over the end of an epoch, so each epoch rounds for itself."""
    total = ceil(epochs * samples / batch_size)
    warm = min(2000, floor(share * total))
    return [total, warm, total - warm]


def the_whole_for_the_fall(samples, batch_size, epochs, share):
    """Your fall is as long as the run. It begins after the climb, so it would end that much too late."""
    total, warm, _ = numbers(samples, batch_size, epochs, share)
    return [total, warm, total]


def a_share_without_a_bound(samples, batch_size, epochs, share):
    """Your climb is a share of the run however long it is. The start is as steep whatever follows: stop at 2000."""
    total = epochs * ceil(samples / batch_size)
    return [total, floor(share * total), total - floor(share * total)]


def always_two_thousand(samples, batch_size, epochs, share):
    """Your climb has 2000 updates in a run of any length. In a short one that is most of it, or more than all."""
    total = epochs * ceil(samples / batch_size)
    return [total, 2000, total - 2000]


from_the_data = Exercise(
    """**The numbers.** Write `numbers(samples, batch_size, epochs, share)`: the list `[total, warm, T_max]` for a warm-up
followed by a cosine. The last batch of an epoch may be smaller and makes an update, too. The warm-up takes `share` of all
updates, rounded down, and at most 2000. The cosine ends with the run. (Three lines.)""",
    solution=numbers,
    why="""An epoch has `ceil(samples / batch_size)` updates, and the run has `epochs` times as many. The cosine begins when the
climb is over, so it gets what is left.""",
    cases={
        "short runs": [(1000, 32, 3, 0.1), (100, 8, 10, 0.1), (10, 3, 5, 0.25), (64, 64, 7, 0.5)],
        "long runs": [(1000, 4, 90, 0.1), (5000, 128, 200, 0.3), (20_001, 2, 1, 0.3)],
        "without a climb": [(1000, 32, 3, 0.0), (33, 32, 4, 0.0)],
    },
    mistakes=(counts_epochs, drops_the_rest, rounds_once, the_whole_for_the_fall, a_share_without_a_bound, always_two_thousand),
    hints=("How many batches does one epoch have, when the last one is smaller?", "Round up within the epoch, then multiply.",
           "`min(2000, ...)` bounds the climb; the cosine gets the rest of the run."),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """\
max_iters, warmup_iters, lr_decay_iters = 600_000, 2000, 600_000
learning_rate, min_lr = 6e-4, 6e-5
max_iters = 5000                        # from the command line

def get_lr(it):
    if it < warmup_iters:
        return learning_rate * (it + 1) / (warmup_iters + 1)
    if it > lr_decay_iters:
        return min_lr
    ratio = (it - warmup_iters) / (lr_decay_iters - warmup_iters)
    return min_lr + (learning_rate - min_lr) * (1 + math.cos(math.pi * ratio)) / 2
"""


def settings(max_iters):
    return [min(2000, max_iters // 10), max_iters]


def as_it_stands(max_iters):
    """These are the numbers of the long run, as they stand. When the short run stops, the rate has fallen by less
    than a thousandth of the peak."""
    warmup_iters, lr_decay_iters = 2000, 600_000
    return [warmup_iters, lr_decay_iters]


def only_the_end(max_iters):
    """The fall ends with the run now. But look at the climb of a short run: how much of it is left for the fall?"""
    return [2000, max_iters]


def only_the_climb(max_iters):
    """The climb is short now. But the fall is still planned for another run, so this one ends near its peak."""
    return [min(2000, max_iters // 10), 600_000]


def end_without_the_climb(max_iters):
    """In this function the end of the fall is counted from the start of the run, climb included. Yours comes too early."""
    warm = min(2000, max_iters // 10)
    return [warm, max_iters - warm]


def end_after_the_run(max_iters):
    """In this function the end of the fall is counted from the start of the run, climb included. Yours comes after the run."""
    warm = min(2000, max_iters // 10)
    return [warm, max_iters + warm]


def a_tenth_always(max_iters):
    """Your climb has no bound: a run of a million updates would climb for a hundred thousand."""
    return [max_iters // 10, max_iters]


def in_proportion(max_iters):
    """You keep the proportions of the long run. A share of a third of a percent leaves a short run hardly a climb."""
    return [2000 * max_iters // 600_000, max_iters]


find_the_bug = Exercise(
    f"""**Find the bug.** A well-known small trainer of language models has its schedule as a function of the update, with
defaults for a run of 600 000. Somebody tries it for 5000 updates.

```python
{SCRIPT}```

The loss curve ends high and noisy. Write `settings(max_iters)`: the list `[warmup_iters, lr_decay_iters]` that should be set
together with `max_iters`: a climb of a tenth of the run, rounded down, and of at most 2000; a fall that ends with the run.""",
    solution=settings,
    why="""The horizon is part of the schedule. Whoever changes the length changes three numbers, and the trainer's own small
configurations do set the decay to the length. Its `get_lr` counts from the start of the run, climb included, where PyTorch's
`CosineAnnealingLR` behind a warm-up would get the rest.""",
    cases={"runs of other lengths": [(5000,), (600,), (99,), (19_999,), (20_000,), (30_000,)]},
    mistakes=(as_it_stands, only_the_end, only_the_climb, end_without_the_climb, end_after_the_run, a_tenth_always, in_proportion),
    hints=("Which rate does `get_lr` give at update 4999?", "Two defaults belong to a run of 600 000. Which?",
           "Read how `ratio` is computed: from where is `lr_decay_iters` counted?"),
)
