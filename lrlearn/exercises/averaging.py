"""The exercises of the averaging chapter."""
from math import exp, prod

from .exercise import Exercise

# -- 1. what an EMA still has of its start ---------------------------------------------------------------


def shares(decay, n):
    ramped = prod(min(decay, (1 + k) / (10 + k)) for k in range(1, n + 1))
    return [decay**n, ramped]


def what_has_gone(decay, n):
    """These are the shares of what came in later. The question is for what is still there of the copy."""
    return [1 - share for share in shares(decay, n)]


def added_up(decay, n):
    """You let the copy lose the same amount in each update. It loses a share of what is left, so the decays multiply."""
    lost = sum(1 - min(decay, (1 + k) / (10 + k)) for k in range(1, n + 1))
    return [1 - n * (1 - decay), 1 - lost]


def last_decay_to_the_power(decay, n):
    """The first number is right. In the second you took the decay of the last update for all of them. It was lower before:
    multiply the decays of all updates."""
    return [decay**n, min(decay, (1 + n) / (10 + n)) ** n]


def the_larger_decay(decay, n):
    """The first number is right. In the second the ramp never holds the decay back: of the two numbers the smaller counts."""
    return [decay**n, prod(max(decay, (1 + k) / (10 + k)) for k in range(1, n + 1))]


def one_update_too_few(decay, n):
    """You count one update too few. The first update already takes something of the copy away."""
    return shares(decay, n - 1)


still_there = Exercise(
    """**What an average still has of its start.** An EMA begins as a copy of the untrained weights and takes in the weights
after each of n updates. Write `shares(decay, n)`: the list of two numbers, the share of the average that is still this copy.
First with the same decay in each update; second with a ramp that many programs have: in update k = 1, 2, ..., n the decay is
the smaller of `decay` and `(1 + k) / (10 + k)`. (About three lines.)""",
    solution=shares,
    why="""Each update multiplies what is there by its decay, so the shares multiply. With 0.9999 and 600 updates the plain
average is still untrained weights to 94 %, and a model of them is worth nothing. With the ramp the first decays are about a
fifth, and the copy is gone after a few updates. A ramp is a warm-up of the window: at update k it is about k / 9 updates
long.""",
    cases={
        "after one update": [(0.99, 1), (0.1, 1)],
        "after a few": [(0.9, 3), (0.3, 4), (0.9999, 6)],
        "after many": [(0.9999, 60), (0.5, 12), (0.95, 200)],
    },
    mistakes=(what_has_gone, added_up, last_decay_to_the_power, the_larger_decay, one_update_too_few),
    hints=(
        "What does one update leave of the copy? And the next one of that?",
        "The shares multiply. Without a ramp all factors are the same.",
        "With the ramp, multiply `min(decay, (1 + k) / (10 + k))` for k from 1 to n, `range(1, n + 1)`.",
    ),
)

# -- 2. the falling rate in a mean -----------------------------------------------------------------------


def factors(T, n):
    return [min(1.0, (T - t) / n) for t in range(T)]


def one_update_early(T, n):
    """Your line is one update early. The last update is in the last weights, so something of it is in the mean."""
    return [min(1.0, (T - 1 - t) / n) for t in range(T)]


def one_update_late(T, n):
    """Your line is one update late. The weights before update t do not have it; only those after it count."""
    return [min(1.0, (T + 1 - t) / n) for t in range(T)]


def never_falls(T, n):
    """Your factors never fall. An update near the end is in few of the last n weights."""
    return [1.0] * T


def over_all_of_the_run(T, n):
    """You fall over the whole run. Only the last n weights are averaged: an update before them is in all of them."""
    return [(T - t) / T for t in range(T)]


def the_wrong_way_round(T, n):
    """Your factors rise at the end. The first of the last n updates is in nearly all of the averaged weights, the last one in
    the last weights only."""
    return [1.0 if t < T - n else (t + 1 - (T - n)) / n for t in range(T)]


def old_updates_lost(T, n):
    """Your early updates are gone. Every one of the last n weights contains all updates before it."""
    return [0.0 if t < T - n else (T - t) / n for t in range(T)]


def as_an_ema(T, n):
    """These are the factors of an EMA with window n. The plain mean gives each of the last n weights the same share."""
    return [1 - (1 - 1 / n) ** (T - t) for t in range(T)]


disguise = Exercise(
    """**A falling rate in disguise.** A run makes T updates at a constant rate, t = 0 to T - 1, and its model is the mean of
the weights after each of the last n updates, with 1 <= n <= T. Write `factors(T, n)`: the list of T numbers, for each update t
the share of it that is in the mean. It is 1 for an update that is in all n of these weights. (About one line.)""",
    solution=factors,
    why="""Update t is in the weights after updates t, t + 1, ..., T - 1. Of these, T - t in number, at most the last n are
averaged. So the share is `min(1, (T - t) / n)`: one, and then a straight line to zero over the last n updates. That is `wsd`
with `decay_steps = n`. With n = T it is the linear decay from the first update on.""",
    cases={
        "with a short mean": [(6, 3), (8, 2)],
        "with other lengths": [(5, 1), (7, 7), (20, 12)],
    },
    mistakes=(one_update_early, one_update_late, never_falls, over_all_of_the_run, the_wrong_way_round, old_updates_lost,
              as_an_ema),
    hints=(
        "Take T = 3 and n = 2. Write down the two weights that are averaged, as the start minus updates.",
        "In how many of the last n weights is update t? An early one is in all n.",
        "Update t is in `min(n, T - t)` of them.",
    ),
)

# -- 3. schedule-free ------------------------------------------------------------------------------------


def places(start, curvature, base_lr, beta, n):
    z = x = start
    seen = []
    for k in range(1, n + 1):
        y = (1 - beta) * z + beta * x
        z = z - base_lr * curvature * y
        x = x + (z - x) / k
        seen.append(x)
    return seen


def walk(start, curvature, base_lr, beta, n, point="y", first=1, other=False, new=True, shown="x"):
    """Schedule-free in a bowl with one thing exchanged."""
    z = x = start
    seen, beta = [], 1 - beta if other else beta
    for k in range(first, n + first):
        y = (1 - beta) * z + beta * x
        before, z = z, z - base_lr * curvature * {"x": x, "y": y, "z": z}[point]
        x = x + ((z if new else before) - x) / k
        seen.append({"x": x, "z": z, "y": (1 - beta) * z + beta * x}[shown])
    return seen


def judged_at_y(start, curvature, base_lr, beta, n):
    """You return y, the place of the gradient. The model of schedule-free is the average x."""
    return walk(start, curvature, base_lr, beta, n, shown="y")


def judged_at_z(start, curvature, base_lr, beta, n):
    """You return z, which walks and never comes to rest under noise. The model of schedule-free is the average x."""
    return walk(start, curvature, base_lr, beta, n, shown="z")


def gradient_at_z(start, curvature, base_lr, beta, n):
    """You take the gradient at z. That is Polyak's average, and beta does nothing. It is taken at y."""
    return walk(start, curvature, base_lr, beta, n, point="z")


def gradient_at_x(start, curvature, base_lr, beta, n):
    """You take the gradient at the average x. It is taken at y, between z and x."""
    return walk(start, curvature, base_lr, beta, n, point="x")


def beta_the_other_way(start, curvature, base_lr, beta, n):
    """You gave `beta` to z. In y it is the share of the average x."""
    return walk(start, curvature, base_lr, beta, n, other=True)


def start_counted_in(start, curvature, base_lr, beta, n):
    """Your average counts the start as one of its places. The first c is that of a mean of one place, the first z after the
    start."""
    return walk(start, curvature, base_lr, beta, n, first=2)


def z_of_before(start, curvature, base_lr, beta, n):
    """You average the z of before the update. First z moves, then x takes in the new z."""
    return walk(start, curvature, base_lr, beta, n, new=False)


write_schedule_free = Exercise(
    """**Schedule-free.** The loss is `curvature * w * w / 2`, one weight, no noise. Write `places(start, curvature, base_lr,
beta, n)`: the list of the n places at which schedule-free SGD is to be judged, one after each update. z and x begin at
`start`; the rate is constant; update k counts from 1. (About seven lines.)""",
    solution=places,
    why="""Mix y, step z with the gradient at y, take the new z into the mean: three lines, and their order matters. The mean is
kept up to date by `x + (z - x) / k`. Return x. y is what the parameters hold during training, and with a beta of 0.9 it lies
so near x that a loss measured there looks right.""",
    cases={
        "after one update": [(8.0, 1.0, 0.3, 0.75, 1), (2.0, 0.5, 0.2, 0.9, 1)],
        "after a few": [(8.0, 1.0, 0.3, 0.75, 4), (2.0, 0.5, 0.2, 0.9, 5), (-1.0, 2.0, 0.3, 0.25, 6)],
        "without a mix": [(8.0, 1.0, 0.3, 0.0, 4)],
    },
    mistakes=(judged_at_y, judged_at_z, gradient_at_z, gradient_at_x, beta_the_other_way, start_counted_in, z_of_before),
    hints=(
        "Keep two numbers, z and x. y is made anew in each update from both.",
        "The gradient of this loss at y is `curvature * y`.",
        "The mean of k places from the mean of k - 1: `x + (z - x) / k`.",
    ),
)

# -- 4. what weight decay takes --------------------------------------------------------------------------


def left(lrs, weight_decay):
    peak = max(lrs)
    return [prod(1 - lr * weight_decay for lr in lrs), prod(1 - lr / peak * weight_decay for lr in lrs)]


def schedule_forgotten(lrs, weight_decay):
    """You let the decay stay at its peak. In both forms the schedule multiplies it, update by update."""
    return [(1 - max(lrs) * weight_decay) ** len(lrs), (1 - weight_decay) ** len(lrs)]


def by_the_area(lrs, weight_decay):
    """You used the area under the curve, `exp(-weight_decay * sum(lrs))`. It is a good rule of thumb, and not the product."""
    return [exp(-sum(lrs) * weight_decay), exp(-sum(lrs) / max(lrs) * weight_decay)]


def without_the_rate(lrs, weight_decay):
    """Your first number has no learning rate in it. PyTorch multiplies the decay by the rate of this update."""
    return [(1 - weight_decay) ** len(lrs), left(lrs, weight_decay)[1]]


def first_rate_for_the_peak(lrs, weight_decay):
    """The first number is right. For the second, divide by the largest rate: with a warm-up that is not the first one."""
    return [left(lrs, weight_decay)[0], prod(1 - lr / lrs[0] * weight_decay for lr in lrs)]


def both_alike(lrs, weight_decay):
    """The first number is right. In the second the peak is left out: the decay is multiplied by the rate over the peak."""
    return [left(lrs, weight_decay)[0]] * 2


what_is_left = Exercise(
    """**What weight decay leaves.** A weight has no gradient during a run with the learning rates `lrs`. Write `left(lrs,
weight_decay)`: the list of two numbers, the share of the weight that is left at the end. First with AdamW as PyTorch has it,
second with the paper's form, where the schedule multiplies the decay but the peak does not: an update takes
`lr / max(lrs) * weight_decay`. (About three lines.)""",
    solution=left,
    why="""PyTorch takes `lr * weight_decay` of the weight in each update. What stays is a product, about
`exp(-weight_decay * sum(lrs))`: the area under the curve decides. So a change of peak, length or shape changes the weight
decay of PyTorch. In the paper's form the peak falls out, and the number has another size: on the way to PyTorch it has to be
divided by the peak.""",
    cases={
        "at a constant rate": [([0.1] * 3, 0.5), ([0.5] * 2, 0.3)],
        "under a falling rate": [([0.4, 0.3, 0.2, 0.1], 0.5), ([0.2, 0.1], 0.8)],
        "with a warm-up": [([0.1, 0.3, 0.5, 0.2, 0.0], 0.6), ([0.05, 0.2, 0.1], 0.9)],
    },
    mistakes=(schedule_forgotten, by_the_area, without_the_rate, first_rate_for_the_peak, both_alike),
    hints=(
        "What does one update leave of the weight? Multiply over all updates.",
        "`math.prod` multiplies a list.",
        "The first number is the product of `1 - lr * weight_decay`.",
    ),
)

# -- 5. find the bug -------------------------------------------------------------------------------------


def trained_and_averaged(start, base_lr, decay, n, every):
    w = average = start
    for _ in range(n):
        w = w - base_lr * w                 # the loss is w * w / 2
        average = decay * average + (1 - decay) * w
    return [w, average]


def as_found(start, base_lr, decay, n, every):
    w, average = start, 0.0
    for t in range(1, n + 1):
        average = decay * average + (1 - decay) * w
        w = w - base_lr * w                 # the loss is w * w / 2
        if t % every == 0:
            w = average                     # the weights to judge
            # print(w * w / 2)
    return [w, average]


def mended(start, base_lr, decay, n, every, zero=False, before=False, restored=True, corrected=False):
    """As found, with some of the bugs left in."""
    w, average = start, 0.0 if zero else start
    for t in range(1, n + 1):
        average = decay * average + (1 - decay) * w if before else average
        w = w - base_lr * w
        average = average if before else decay * average + (1 - decay) * w
        w = w if restored or t % every else average
    return [w, average / (1 - decay**n) if corrected else average]


def begins_at_zero(start, base_lr, decay, n, every):
    """The training is right. But your average begins at zero, and so it is too near zero for a long time: a model of such
    weights is not trained well, it is small."""
    return mended(start, base_lr, decay, n, every, zero=True)


def not_restored(start, base_lr, decay, n, every):
    """After each look the training goes on from the average. To judge it is to put it in, look, and put the weights back."""
    return mended(start, base_lr, decay, n, every, restored=False)


def one_step_behind(start, base_lr, decay, n, every):
    """Your average takes in the weight of before the update, so it is one update behind."""
    return mended(start, base_lr, decay, n, every, before=True)


def corrected_from_zero(start, base_lr, decay, n, every):
    """Your average begins at zero and is divided by what it has seen. That is a good average, too, but not the one asked for:
    it should begin as a copy of the first weight."""
    return mended(start, base_lr, decay, n, every, zero=True, corrected=True)


def only_restored(start, base_lr, decay, n, every):
    """Two bugs are left, both in the average: where does it begin, and which weight does it take in?"""
    return mended(start, base_lr, decay, n, every, zero=True, before=True)


find_the_bug = Exercise(
    """**Find the bug.** The function trains one weight and keeps an EMA beside it. Every `every` updates somebody looks at the
loss of the average. Two runs that differ only in `every` should be the same run, and they are not. Mend
`trained_and_averaged(start, base_lr, decay, n, every)`: it returns the weight and its average after n updates. The average
should begin as a copy of the first weight and take in the weight *after* each update. There are three bugs. The code stands in
the next cell.""",
    solution=trained_and_averaged,
    why="""The average began at zero; it took in the weight of before the update; and after a look the weight *stayed* the
average. The last one is from real code: a class for an EMA has a method that puts the average in and one that puts the weights
back, and the second was not called (Open-Sora-Plan, issue 186; schnetpack, pull request 785, there after a resume). Nothing
stops: the training has become a kind of Lookahead whose k is how often somebody looks. The same slip with schedule-free is an
`eval()` without a `train()`, and there the next step is refused.""",
    cases={
        "before anybody looks": [(2.0, 0.1, 0.5, 1, 9), (1.0, 0.25, 0.75, 3, 9)],
        "with looks on the way": [(2.0, 0.1, 0.5, 4, 2), (1.0, 0.25, 0.75, 6, 1), (-3.0, 1.5, 0.25, 5, 3)],
    },
    mistakes=(begins_at_zero, not_restored, one_step_behind, corrected_from_zero, only_restored),
    hints=(
        "Run it with `every=1` and with `every=1000`. What differs, and which line makes it differ?",
        "Nothing that is done with the average may change w.",
        "The loop needs two lines: the update, then the average.",
    ),
    stub=as_found,
)
