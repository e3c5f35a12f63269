"""The exercises of the chapter on stopping and resuming. They run on lrlearn.pytorch.scratch: no torch is needed."""
from copy import deepcopy
from math import cos, pi

from ..core import Schedule
from ..pytorch.scratch import LambdaLR, Optimizer
from ..schedules.cosine import cosine
from ..schedules.exponential_decay import exponential_decay
from .exercise import Exercise

WAVE, FALL = Schedule(cosine, T_max=12), Schedule(exponential_decay, gamma=0.7)

# -- 1. what is missing --------------------------------------------------------------------------------


def missing():
    return ["scheduler", "optimizer", "model", "generator", "loader"]


def rate_and_time_swapped():
    """Your first two are swapped. Who holds the rate of the moment, and who holds the time? What is wrong at once, and what one
    update later?"""
    return ["optimizer", "scheduler", "model", "generator", "loader"]


def noise_and_order_swapped():
    """Your last two are swapped. Which of them draws the noise inside the net, and which decides what is shown to it?"""
    return ["scheduler", "optimizer", "model", "loader", "generator"]


def the_counter_for_both_rates():
    """You take the part that counts for both wrong rates. With the count lost, the rates cannot be on the plan again."""
    return ["scheduler", "scheduler", "model", "generator", "loader"]


def memory_for_weights():
    """A lost memory of old gradients is hardly seen, and then only from the second loss on. In the third line all that was
    learnt is gone."""
    return ["scheduler", "optimizer", "optimizer", "generator", "loader"]


what_is_missing = Exercise(
    """**What is missing?** Five runs under a LambdaLR are taken up at update 500, each without one part of the checkpoint, and
held against a run that was never killed. Which part is missing in each? Give a list of five words out of `model`, `optimizer`,
`scheduler`, `generator` (the random numbers) and `loader` (the place in the data), each once.

1. The rate of update 500 is right. From 501 on the rates are those of updates 1, 2, 3, ...
2. The rate of update 500 is the peak. From 501 on all rates are right.
3. All rates are right. The first loss is that of guessing.
4. All rates are right, the batches are the same, and the first loss is a little apart. With dropout switched off it is the same.
5. All rates are right. The first loss is apart, with dropout switched off as well.""",
    solution=missing,
    why="""The optimizer holds the rate of the moment, so its loss is seen at once, and a closed form heals it at the next step.
The scheduler holds the time: the loaded rate serves one update, then the plan begins anew. Rates that are right say that both
came back; then the first loss tells the rest. Log both for the first two updates after each resume.""",
    cases={"the list": [()]},
    mistakes=(rate_and_time_swapped, noise_and_order_swapped, the_counter_for_both_rates, memory_for_weights),
    hints=(
        "Two parts decide about the rates. One of them is read at each update, the other only when the rate moves on.",
        "The rate of the moment is in the param groups. The time is in `last_epoch`. Where are these two saved?",
        "In the last two lines ask what dropout needs, and what decides which examples come next.",
    ),
)

# -- 2. save and load by hand --------------------------------------------------------------------------


def restore(groups, state, schedule):
    for group, base_lr in zip(groups, state["base_lrs"]):
        group["initial_lr"] = base_lr
        group["lr"] = schedule(state["updates"], base_lr)
    return state["updates"]


def play_on(answer, lrs, state, schedule):
    """The time, the rates of the next update, and those of the two after it, group by group."""
    groups = [{"lr": lr} for lr in lrs]
    t = answer(groups, state, schedule)
    if t is None:
        return None                                         # the check asks whether a return is missing
    later = [schedule(t + n, group["initial_lr"]) for n in (1, 2) for group in groups]
    return [t, *[group["lr"] for group in groups], *later]


def written(groups, t, rates, starts):
    for i, group in enumerate(groups):
        group.update(lr=rates[i], initial_lr=starts[i])
    return t


def one_update_again(groups, state, schedule):
    """You make the last update that is done twice. After k updates, counted from zero, the next one has the index k."""
    t, starts = state["updates"] - 1, state["base_lrs"]
    return written(groups, t, [schedule(t, b) for b in starts], starts)


def one_update_left_out(groups, state, schedule):
    """You leave one update out. Counted from zero, the number of those done is the index of the next."""
    t, starts = state["updates"] + 1, state["base_lrs"]
    return written(groups, t, [schedule(t, b) for b in starts], starts)


def the_script_s_peak(groups, state, schedule):
    """You start from the `lr` of the script. The run was started with the rates in `state`, and somebody may have edited the
    script since."""
    t, starts = state["updates"], [group["lr"] for group in groups]
    return written(groups, t, [schedule(t, b) for b in starts], starts)


def the_decayed_rate_as_start(groups, state, schedule):
    """The next rate is right, and you note it as the start as well. From then on the schedule decays what has decayed already."""
    t = state["updates"]
    rates = [schedule(t, b) for b in state["base_lrs"]]
    return written(groups, t, rates, rates)


def the_first_group_for_all(groups, state, schedule):
    """Each group has its own start. You give all of them the first one's."""
    t, starts = state["updates"], [state["base_lrs"][0] for _ in groups]
    return written(groups, t, [schedule(t, b) for b in starts], starts)


def the_peak_for_one_update(groups, state, schedule):
    """The next update runs at the start's rate, and only those after it are on the plan. What `lr` holds is what the next
    update uses: ask the schedule for it."""
    return written(groups, state["updates"], state["base_lrs"], state["base_lrs"])


def begun_anew(groups, state, schedule):
    """Your schedule begins at 0 again. The time is in `state`."""
    return written(groups, 0, [schedule(0, b) for b in state["base_lrs"]], state["base_lrs"])


by_hand = Exercise(
    """**By hand.** A run saved `state = {"updates": k, "base_lrs": [...]}` after k updates: the rates from which its param groups
start, one for each. `groups` are the param groups of a fresh optimizer, dicts with the `"lr"` of the script. Write
`restore(groups, state, schedule)`: set in each group `"lr"`, the rate of the next update, and `"initial_lr"`, its start; return
the index of the next update. `schedule(t, base_lr)` is the schedule. (About four lines.)""",
    solution=restore,
    why="""One integer and one start for each group are all that a schedule has to save. The rate is computed from them, so it
needs no place of its own in the file, and it cannot disagree with the time. A follower cannot do this: its rate is part of the
state.""",
    cases={
        "one param group": [([0.5], {"updates": 7, "base_lrs": [0.8]}, WAVE), ([0.1], {"updates": 6, "base_lrs": [0.3]}, FALL)],
        "several param groups": [([0.5, 0.4], {"updates": 8, "base_lrs": [0.8, 0.02]}, FALL),
                                 ([0.2, 0.1, 0.7], {"updates": 9, "base_lrs": [0.1, 0.3, 0.6]}, WAVE)],
    },
    mistakes=(one_update_again, one_update_left_out, the_script_s_peak, the_decayed_rate_as_start, the_first_group_for_all,
              the_peak_for_one_update, begun_anew),
    hints=(
        "After k updates, those with the indices 0 to k - 1 are done. Which one is next?",
        "`zip(groups, state[\"base_lrs\"])` gives each group with its start.",
        "The rate of the next update is `schedule(state[\"updates\"], base_lr)`. The start is `base_lr` itself.",
    ),
    play=play_on,
)

# -- 3. extend a run -----------------------------------------------------------------------------------


def extended(t, base_lr, T, k, new_T):
    if t < k:
        return base_lr * (1 + cos(pi * t / T)) / 2
    start = base_lr * (1 + cos(pi * k / T)) / 2
    return start * (1 + cos(pi * min(t - k, new_T - k) / (new_T - k))) / 2


def the_new_plan(t, base_lr, T, k, new_T):
    """Your rate jumps up at `k`: you change the wave's length and keep the time. Begin a wave of its own at `k`."""
    return cosine(t, base_lr, T if t < k else new_T)


def from_the_peak(t, base_lr, T, k, new_T):
    """Your second wave begins at the peak. That is a restart. It has to begin at the rate that the first one has reached."""
    return cosine(t, base_lr, T) if t < k else cosine(t - k, base_lr, new_T - k)


def too_long(t, base_lr, T, k, new_T):
    """Your second wave is as long as the whole new run, so it is not down at `new_T`. It has what is left of the run."""
    return extended(t, base_lr, T, k, new_T + k)


def rises_again(t, base_lr, T, k, new_T):
    """After the new end your rate climbs: the cosine goes on. Stop the clock there."""
    return extended(t, base_lr, T, k, new_T) if t <= new_T else extended(2 * new_T - t, base_lr, T, k, new_T)


def a_straight_line(t, base_lr, T, k, new_T):
    """No jump, and down in time. But from `k` on yours is a straight line, and half a wave is asked for."""
    start, share = cosine(k, base_lr, T), min(1, (t - k) / (new_T - k))
    return cosine(t, base_lr, T) if t < k else start * (1 - share)


def the_rest_stretched(t, base_lr, T, k, new_T):
    """You stretch the rest of the old wave. That is a bridge without a jump, too, but not the one asked for: yours starts steep,
    and a wave of its own starts flat."""
    return cosine(t if t < k else k + (t - k) * (T - k) / (new_T - k), base_lr, T)


extend = Exercise(
    """**Extend a run.** A run follows half a cosine wave from `base_lr` at 0 to zero at `T`. At update `k`, before that end, it
is decided to go on until `new_T`. Write `extended(t, base_lr, T, k, new_T)`, the rate of each update: up to `k` as planned; from
there half a wave from the rate of that moment down to zero at `new_T`; zero after it. (About four lines.)""",
    solution=extended,
    why="""A cosine knows its end from the start, so a new end cannot be put in without a trace. With `T` exchanged for `new_T`
the rate jumps up. The bridge begins where the old plan stands. It has less area than the plan for `new_T` would have had: the
run was decaying for an end that did not come.""",
    cases={
        "before k": [(t, 0.8, 12, 5, 30) for t in range(5)] + [(t, 0.3, 20, 15, 28) for t in range(15)],
        "from k to the new end": [(t, 0.8, 12, 5, 30) for t in range(5, 31)] + [(t, 0.3, 20, 15, 28) for t in range(15, 29)],
        "after it": [(t, 0.8, 12, 5, 30) for t in (31, 35, 44)] + [(t, 0.3, 20, 15, 28) for t in (29, 31, 36)],
    },
    mistakes=(the_new_plan, from_the_peak, too_long, rises_again, a_straight_line, the_rest_stretched),
    hints=(
        "Two parts: `t < k`, and the rest. Which rate does the first part have at `k`?",
        "The second part is a cosine of its own: its peak is that rate, and its time is `t - k`.",
        "Its length is `new_T - k`, and `min(t - k, new_T - k)` stops its clock.",
    ),
)

# -- 4. find the bug -----------------------------------------------------------------------------------


class Saving(Optimizer):
    """An optimizer with a state: what its param groups hold."""

    def state_dict(self):
        return {"param_groups": deepcopy(self.param_groups)}

    def load_state_dict(self, state):
        for group, held in zip(self.param_groups, state["param_groups"]):
            group.update(deepcopy(held))


class Setting:
    """A run from the rates lrs, killed after `done` epochs; LambdaLR multiplies by factor(epoch). A message shows its repr."""

    def __init__(self, lrs, done, factor):
        self.lrs, self.done, self.factor = lrs, done, factor

    def __repr__(self):
        return f"a run with lr={self.lrs}, killed after {self.done} epochs"


def halving(epoch):
    return 0.5 ** (epoch // 2)


def wave(epoch):
    return 0.1 + 0.9 * (1 + cos(pi * epoch / 30)) / 2


def drive(optimizer, scheduler, epochs):
    """The rates of the epochs, group by group."""
    used = []
    for _ in range(epochs):
        used += [group["lr"] for group in optimizer.param_groups]
        optimizer.step()
        scheduler.step()
    return used


def play_session(answer, setting):
    """The rates of four epochs after the kill."""
    optimizer = Saving([1.0], lr=list(setting.lrs))
    drive(optimizer, LambdaLR(optimizer, setting.factor), setting.done)
    saved = {"epoch": setting.done - 1, "optimizer": optimizer.state_dict()}
    optimizer = Saving([1.0], lr=list(setting.lrs))
    return drive(optimizer, answer(optimizer, saved, setting.factor), 4)


def as_found(optimizer, saved, factor):
    start_epoch = saved["epoch"] + 1
    optimizer.load_state_dict(saved["optimizer"])
    scheduler = LambdaLR(optimizer, factor)
    scheduler.last_epoch = start_epoch - 1
    return scheduler


def taken_up(optimizer, saved, factor):
    start_epoch = saved["epoch"] + 1
    optimizer.load_state_dict(saved["optimizer"])
    return LambdaLR(optimizer, factor, last_epoch=start_epoch - 1)


def the_peak_once_more(optimizer, saved, factor):
    """The first epoch of the new session still runs at the peak: a constructor makes a step and writes a rate over the loaded
    one. Everything after it is right."""
    scheduler = as_found(optimizer, saved, factor)
    scheduler.last_epoch += 1
    return scheduler


def one_epoch_late(optimizer, saved, factor):
    """The peak is gone, and the first rate is right. But it is used for two epochs, and all that follows is one epoch late:
    `last_epoch` is the index of the epoch to come, not of the one that is done. (Later versions of this script do the same.)"""
    scheduler = LambdaLR(optimizer, factor)
    optimizer.load_state_dict(saved["optimizer"])
    scheduler.last_epoch = saved["epoch"]
    return scheduler


def the_time_forgotten(optimizer, saved, factor):
    """The first rate is right, and then the schedule begins anew. The scheduler has to be told the time."""
    scheduler = LambdaLR(optimizer, factor)
    optimizer.load_state_dict(saved["optimizer"])
    return scheduler


def begun_at_the_peak(optimizer, saved, factor):
    """The whole schedule begins anew, at the peak. The scheduler has to be told the time."""
    optimizer.load_state_dict(saved["optimizer"])
    return LambdaLR(optimizer, factor)


def decayed_twice(optimizer, saved, factor):
    """You note the decayed rate as the start, so LambdaLR decays it once more. The true start is loaded: leave it alone."""
    optimizer.load_state_dict(saved["optimizer"])
    for group in optimizer.param_groups:
        group["initial_lr"] = group["lr"]
    return LambdaLR(optimizer, factor, last_epoch=saved["epoch"])


def one_epoch_early(optimizer, saved, factor):
    """You are one epoch ahead. The argument `last_epoch` is the index of the last epoch that is done."""
    optimizer.load_state_dict(saved["optimizer"])
    return LambdaLR(optimizer, factor, last_epoch=saved["epoch"] + 1)


find_the_bug = Exercise(
    """**Find the bug.** So a much-used training script for object detection takes up a run, with the names shortened (the report
is [yolov5 292](https://github.com/ultralytics/yolov5/issues/292)). The file holds the optimizer's state and the index of the last
epoch that is done. The scheduler's state is not saved. Two things are wrong with the rates. Repair
`taken_up(optimizer, saved, factor)`, so that the epochs to come have the rates of a run that was never killed.""",
    solution=taken_up,
    why="""First, the scheduler is made after the optimizer is loaded, and its constructor writes the peak over the loaded rate:
one epoch at the peak. Second, the attribute `last_epoch` is the index of the epoch to come; with one less, each later rate comes
an epoch late. As an argument `last_epoch` means the last epoch done, since the constructor makes a step. Two more ways are right:
make the scheduler, load the optimizer, and set the attribute to `start_epoch`; or save the scheduler's state, too.""",
    cases={
        "one param group": [(Setting([0.8], 5, halving),), (Setting([0.3], 12, wave),)],
        "several param groups": [(Setting([0.8, 0.02], 3, halving),), (Setting([0.1, 0.6, 0.3], 20, wave),)],
    },
    mistakes=(the_peak_once_more, one_epoch_late, the_time_forgotten, begun_at_the_peak, decayed_twice, one_epoch_early),
    hints=(
        "Write down the rate in the param group after each line. Which line undoes what the one before it did?",
        "Which epoch does `last_epoch` name when the constructor is through, at the start of a run: the last one, or the next?",
        "LambdaLR takes `last_epoch` as an argument. On a loaded optimizer it does both at once.",
    ),
    play=play_session,
    stub=as_found,
)
