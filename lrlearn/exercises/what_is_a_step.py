"""The exercises of the chapter on steps: which clock, how many updates, and a script whose rate never comes down."""
from math import ceil, floor

from ..worlds.calculator import total_steps, updates_per_epoch
from .exercise import Exercise

# -- 1. which clock --------------------------------------------------------------------------------


def clocks():
    return ["on time", "early", "late", "on time", "late", "early", "on time"]


def only_the_plan():
    """You compared T_max with the number of updates, and left out how often `step()` is called. Both count: a plan of 100
    calls is over after 100 calls, whatever is between two of them."""
    return ["on time", "on time", "late", "early", "on time", "early", "on time"]


def a_batch_is_an_update():
    """You count every batch as an update. The weights move once for a group of batches, so an epoch of 80 batches has a
    quarter as many updates."""
    return ["early", "early", "on time", "on time", "late", "early", "early"]


def processes_forgotten():
    """The last two have two processes, which share the batches, and a prepared scheduler, which Accelerate calls once for
    each process at every update. Count the updates of one process, then the calls."""
    return ["on time", "early", "late", "on time", "late", "on time", "late"]


def epochs_are_too_coarse():
    """A stairway of five treads is no fault of the clock: unit of the plan and unit of the calls agree, and the end of the
    plan is the end of the training."""
    return ["on time", "early", "late", "late", "late", "early", "on time"]


which_clock = Exercise(
    """**Which clock?** A loader has 80 batches, `accumulate = 4`, 5 epochs: every fourth batch ends in an update. The schedule
is `CosineAnnealingLR(optimizer, T_max)`. When does it arrive at its bottom, seen from the end of the training: `"early"`,
`"late"` or `"on time"`? Give a list of seven words.

1. `scheduler.step()` after each update, `T_max=100`
2. after each batch, `T_max=100`
3. after each update, `T_max=400`
4. after each epoch, `T_max=5`
5. after each epoch, `T_max=100`
6. two processes under Accelerate, loader and scheduler prepared, after each update, `T_max=50`
7. the same with `T_max=100`""",
    solution=clocks,
    why="""The run makes 5 * 80 / 4 = 100 updates. Divide the calls that are made by the calls that are planned: 100/100, 400/100,
100/400, 5/5, 5/100. Above 1 the bottom comes before the end, below 1 the training ends first. With two processes each has 40
batches an epoch, so 10 updates, 50 in all. Accelerate makes two calls at each: 100 calls, against plans of 50 and 100.""",
    cases={"the seven": [()]},
    mistakes=(only_the_plan, a_batch_is_an_update, processes_forgotten, epochs_are_too_coarse),
    hints=(
        "How often do the weights move in the whole training?",
        "For each line write down two numbers: how often `step()` is called in the training, and `T_max`.",
        "Two processes share the 80 batches. A prepared scheduler is called once for each process at every update.",
    ),
)

# -- 2. how many updates ---------------------------------------------------------------------------


def total(samples, batch_size, devices, accumulate, epochs):
    passes = ceil(samples / (batch_size * devices))
    return ceil(epochs * ceil(passes / accumulate))


def rounded_once_only(samples, batch_size, devices, accumulate, epochs):
    """Your number of passes is rounded, your number of updates is not: half an update cannot be made. This is the formula
    that is often written down. What is left over at the end of an epoch makes an update of its own, so round there."""
    return ceil(samples / (batch_size * devices)) / accumulate * epochs


def not_rounded(samples, batch_size, devices, accumulate, epochs):
    """Nothing is rounded in your formula. A batch that is not full is a batch, and a group that is not full is an update."""
    return samples / (batch_size * devices) / accumulate * epochs


def rounded_at_the_end(samples, batch_size, devices, accumulate, epochs):
    """You round once, at the end of the run. But a batch and a group of batches do not reach over the end of an epoch: what
    is left over makes an update of its own in every epoch."""
    return ceil(epochs * samples / (batch_size * devices * accumulate))


def passes_rounded_then_the_end(samples, batch_size, devices, accumulate, epochs):
    """You round the passes of an epoch, and then the updates of the whole run. The groups of batches begin anew in each
    epoch, so the updates are rounded in each epoch as well."""
    return ceil(epochs * ceil(samples / (batch_size * devices)) / accumulate)


def left_over_batches_dropped(samples, batch_size, devices, accumulate, epochs):
    """You round the updates of an epoch down. Older versions of transformers did, and then ran past the end of the plan. A
    group that is not full makes an update, too."""
    return ceil(epochs * max(ceil(samples / (batch_size * devices)) // accumulate, 1))


def left_over_examples_dropped(samples, batch_size, devices, accumulate, epochs):
    """You round the passes down. That is right when `drop_last` is set; here the last batch may be smaller."""
    return ceil(epochs * ceil(floor(samples / (batch_size * devices)) / accumulate))


def devices_forgotten(samples, batch_size, devices, accumulate, epochs):
    """The devices work at the same time and share the examples: one pass takes `batch_size` of them on each device."""
    return total(samples, batch_size, 1, accumulate, epochs)


def every_pass_counted(samples, batch_size, devices, accumulate, epochs):
    """You count passes. An update is made after `accumulate` of them."""
    return total(samples, batch_size, devices, 1, epochs)


def accumulation_upside_down(samples, batch_size, devices, accumulate, epochs):
    """You multiply by `accumulate`. Gathering the gradients of several passes makes the updates fewer."""
    return ceil(epochs * ceil(samples / (batch_size * devices)) * accumulate)


def whole_epochs_only(samples, batch_size, devices, accumulate, epochs):
    """You round the epochs up. A run of 1.5 epochs stops in the middle of the second."""
    return ceil(epochs) * total(samples, batch_size, devices, accumulate, 1)


def rounded_down_at_the_end(samples, batch_size, devices, accumulate, epochs):
    """Your last rounding goes down. A part of an epoch that ends between two updates is rounded up to the next."""
    return floor(epochs * total(samples, batch_size, devices, accumulate, 1))


how_many = Exercise(
    """**How many updates?** Write `total(samples, batch_size, devices, accumulate, epochs)`, the number that transformers'
`Trainer` gives its schedule: `devices` work at the same time, each on `batch_size` examples; an update follows after
`accumulate` such passes; the last batch may be smaller; what is left over at the end of an epoch makes an update of its own;
`epochs` may be a fraction, and is rounded up to a whole update. (Two or three lines.)""",
    solution=total,
    why="""Three things are rounded, and each rounding belongs to something that cannot be cut: a batch, an update of an epoch,
an update of the run. The first two may be done in one, `ceil(samples / (batch_size * devices * accumulate))`, since rounding up
twice in a row is rounding up once. The third cannot, since the epochs stand between.""",
    cases={
        "where nothing is left over": [(96, 8, 2, 3, 2), (960, 8, 4, 5, 3), (64, 4, 1, 2, 1)],
        "with something left over": [(100, 8, 1, 3, 2), (97, 8, 2, 3, 2), (10, 8, 1, 4, 3), (101, 8, 2, 3, 7),
                                     (1000, 16, 2, 5, 3), (83, 4, 2, 5, 10)],
        "with a part of an epoch": [(100, 8, 1, 3, 1.5), (1000, 16, 2, 5, 0.3), (101, 32, 1, 4, 2.5)],
    },
    mistakes=(
        rounded_once_only, not_rounded, rounded_at_the_end, passes_rounded_then_the_end, left_over_batches_dropped,
        left_over_examples_dropped, devices_forgotten, every_pass_counted, accumulation_upside_down, whole_epochs_only,
        rounded_down_at_the_end,
    ),
    hints=(
        "Go from the inside: how many passes has one epoch, how many updates, and the whole run?",
        "At each of the three stages ask whether a rest is lost or makes one more.",
        "`ceil` three times: of the passes, of the updates of an epoch, and of those of the run.",
    ),
    by_hand=(total_steps, updates_per_epoch),
)

# -- 3. the time of a batch ------------------------------------------------------------------------


def time_of(i, batches_per_epoch, accumulate):
    epoch, place = divmod(i, batches_per_epoch)
    return epoch * ceil(batches_per_epoch / accumulate) + place // accumulate


def the_batch_s_own_number(i, batches_per_epoch, accumulate):
    """That is the number of the batch. Several batches end in one update and share its time."""
    return i


def the_epoch_s_number(i, batches_per_epoch, accumulate):
    """That is the number of the epoch. The clock of the schedule counts updates, and an epoch has several."""
    return i // batches_per_epoch


def groups_over_the_end(i, batches_per_epoch, accumulate):
    """Your groups reach over the end of an epoch. The loop makes an update with what is left over there, and the next epoch
    begins a new group; so your time falls behind by up to one update an epoch."""
    return i // accumulate


def begins_anew(i, batches_per_epoch, accumulate):
    """Your time begins anew in each epoch. The updates of the epochs before it count as well."""
    return i % batches_per_epoch // accumulate


def rest_not_counted(i, batches_per_epoch, accumulate):
    """Your epochs have no update for what is left over. So the first group of an epoch has the time of the last one of the
    epoch before."""
    epoch, place = divmod(i, batches_per_epoch)
    return epoch * (batches_per_epoch // accumulate) + place // accumulate


def one_too_many(i, batches_per_epoch, accumulate):
    """That is the number of updates made when the batch is through with its group. The update about to be made has the
    number of those before it, and the first is 0."""
    return time_of(i, batches_per_epoch, accumulate) + 1


def updates_times_accumulate(i, batches_per_epoch, accumulate):
    """You count the first batch of each group, not the groups."""
    return i // accumulate * accumulate


the_time = Exercise(
    """**The time of a batch.** A run goes over its loader again and again, and accumulates: an update after every
`accumulate` batches, and one more at the end of each epoch when some are left over. Write
`time_of(i, batches_per_epoch, accumulate)`: at which t does the schedule stand for batch `i`, counted from 0 over the whole
run? (t is the index of the update that the batch ends in. Two lines.)""",
    solution=time_of,
    why="""`divmod` gives the finished epochs and the place in this one. A finished epoch has made `ceil(batches_per_epoch /
accumulate)` updates, and in this epoch `place // accumulate` groups are full. With this one function you can log the right rate
for every batch, or find the place in the data from t.""",
    cases={
        "in the first epoch": [(i, 10, 4) for i in range(10)] + [(i, 6, 1) for i in range(6)],
        "from the second epoch on": [(i, 10, 4) for i in (10, 11, 14, 19, 20, 25, 39, 95)] + [(i, 3, 8) for i in range(3, 9)]
        + [(i, 8, 4) for i in (8, 12, 31)] + [(i, 9, 4) for i in (9, 13, 18, 26)],
    },
    mistakes=(
        the_batch_s_own_number, the_epoch_s_number, groups_over_the_end, begins_anew, rest_not_counted, one_too_many,
        updates_times_accumulate,
    ),
    hints=(
        "Take 10 batches an epoch and `accumulate = 4`. Write down the groups of the first two epochs.",
        "How many updates has a finished epoch made? How many groups of this epoch are full?",
        "`epoch, place = divmod(i, batches_per_epoch)`.",
    ),
)

# -- 4. find the bug -----------------------------------------------------------------------------------

SCRIPT = """\
updates = epochs * ceil(len(loader) / accumulate)
scheduler = get_scheduler("linear", optimizer, num_warmup_steps=0,
                          num_training_steps=updates * accumulate)
model, optimizer, loader, scheduler = accelerator.prepare(
    model, optimizer, loader, scheduler)
for epoch in range(epochs):
    for x, y in loader:
        with accelerator.accumulate(model):
            accelerator.backward(loss_fn(model(x), y))
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
"""


def training_steps(epochs, batches, accumulate, processes):
    each = ceil(ceil(batches / processes) / accumulate)
    return epochs * each * processes


def the_script_as_it_stands(epochs, batches, accumulate, processes):
    """That is the script as it stands. A prepared scheduler does not move while gradients are gathered, so a plan in batches
    is too long by `accumulate`: the rate has hardly fallen when the training ends."""
    return epochs * ceil(batches / accumulate) * accumulate


def every_batch(epochs, batches, accumulate, processes):
    """You count every batch. `accelerator.accumulate` holds the optimizer and the prepared scheduler back until a group of
    batches is full, so the calls in between do nothing."""
    return epochs * batches


def one_call_for_each_update(epochs, batches, accumulate, processes):
    """These are the updates, and each is made once, by all processes together. But at each of them a prepared scheduler
    moves once for every process, so your rate is at 0 before the end when there is more than one."""
    return epochs * ceil(ceil(batches / processes) / accumulate)


def loader_not_shared_out(epochs, batches, accumulate, processes):
    """You multiply by the processes, but you count the updates as if each process had all the batches. `prepare` shares
    them out, so the run has fewer updates."""
    return epochs * ceil(batches / accumulate) * processes


def shared_and_rounded_down(epochs, batches, accumulate, processes):
    """You round down what each process gets, or what is left over in a group. Accelerate gives every process equally many
    batches, some twice if need be, and the rest of an epoch makes an update of its own."""
    return epochs * max(batches // processes // accumulate, 1) * processes


def processes_not_rounded(epochs, batches, accumulate, processes):
    """This is nearly it: the processes cancel where nothing is left over. But where the batches cannot be shared out equally,
    the rounding has to be done for one process, before the multiplication."""
    return epochs * ceil(batches / accumulate)


def one_epoch_only(epochs, batches, accumulate, processes):
    """That is one epoch. The plan covers all of them."""
    return ceil(ceil(batches / processes) / accumulate) * processes


find_the_bug = Exercise(
    f"""**Find the bug.** This is the pattern of public training scripts, shortened. The number of batches, `len(loader)`, is
read before `prepare`. In a run of one process with `accumulate=4` the rate fell by a quarter, and then the training
was over.

```python
{SCRIPT}```

Write `training_steps(epochs, batches, accumulate, processes)`: what `num_training_steps` has to be, so that the rate comes to 0
just when the training ends. `batches` is `len(loader)` before `prepare`.""",
    solution=training_steps,
    why="""`prepare` changes two things. The loader: each process gets its share of the batches, rounded up. The scheduler: its
`step()` does nothing while gradients are gathered, and at an update it moves once for each process. So count the updates of one
process, and multiply by the processes. The factor of the script is that of diffusers issue 4387, the processes are
those of issue 3954.""",
    cases={
        "one process": [(1, 8, 1, 1), (3, 8, 4, 1), (2, 10, 4, 1), (5, 7, 2, 1)],
        "two processes": [(1, 8, 1, 2), (1, 8, 2, 2), (3, 16, 4, 2), (2, 40, 5, 2)],
        "processes that do not share equally": [(2, 9, 2, 2), (1, 10, 3, 4), (3, 21, 4, 8), (2, 3, 4, 2)],
    },
    mistakes=(
        the_script_as_it_stands, every_batch, one_call_for_each_update, loader_not_shared_out, shared_and_rounded_down,
        processes_not_rounded, one_epoch_only,
    ),
    hints=(
        "How often does the prepared scheduler move in one epoch, with one process and `accumulate=4`?",
        "`prepare` shares the batches out. How many updates does one process make in an epoch?",
        "At each update the scheduler moves `processes` times.",
    ),
)
