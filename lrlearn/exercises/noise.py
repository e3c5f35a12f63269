"""The exercises of the chapter on noise."""
from .exercise import Exercise

# -- 1. the floor of a bowl ------------------------------------------------------------------------------


def floor_and_loss():
    lr, curvature, noise = 0.1, 4, 2
    square = lr * noise**2 / (curvature * (2 - lr * curvature))
    return [square, curvature * square / 2]


def half_the_curvature():
    """You took 2 for the curvature. The curvature is the second derivative of `2 * x * x`; derive twice and look."""
    return [0.1 * 4 / (2 * (2 - 0.1 * 2)), 0.1 * 4 / (2 * (2 - 0.1 * 2))]


def noise_without_its_square():
    """The noise enters by its square. 2 is the standard deviation; what adds up from update to update is the variance."""
    return [0.1 * 2 / (4 * (2 - 0.1 * 4)), 0.1 * 2 / (2 * (2 - 0.1 * 4))]


def the_rule_for_small_rates():
    """That is the floor for very small rates, `lr * noise**2 / (2 * curvature)`. Here the rate times the curvature is not
    small, so the bracket `2 - lr * curvature` is not 2."""
    return [0.1 * 4 / (2 * 4), 0.1 * 4 / 4]


def distance_instead_of_square():
    """You took the root. Asked for is the mean of `x * x` itself; the loss needs no root either."""
    return [(0.1 * 4 / (4 * (2 - 0.1 * 4))) ** 0.5, 2 * (0.1 * 4 / (4 * (2 - 0.1 * 4))) ** 0.5]


def the_same_number_twice():
    """The first number is right. The loss is `2 * x * x`, so the mean loss is not the mean square itself."""
    return [0.1 * 4 / (4 * (2 - 0.1 * 4))] * 2


def the_curvature_times_the_square():
    """The first number is right. Put the mean of `x * x` into the loss as it stands; the second derivative plays no part in
    that."""
    return [0.1 * 4 / (4 * (2 - 0.1 * 4)), 0.1 * 4 / (2 - 0.1 * 4)]


def the_other_way_round():
    """The order is the other way round: first the mean square distance, then the mean loss."""
    return [2 * 0.1 * 4 / (4 * (2 - 0.1 * 4)), 0.1 * 4 / (4 * (2 - 0.1 * 4))]


floor = Exercise(
    """**The floor.** The loss is `2 * x * x`. Gradient descent sees its slope with noise of standard deviation 2, and the
    learning rate stays at 0.1. After a long time, what is the mean of `x * x`, and what is the mean loss? Give both, as a
    list of two numbers.""",
    solution=floor_and_loss,
    why="""The curvature is 4. One update takes the mean square m to `(1 - 0.1 * 4)**2 * m + 0.1**2 * 2**2`. At rest the two
are equal, and that gives `lr * noise**2 / (curvature * (2 - lr * curvature))`. The mean loss is 2 times that, since the loss
is `2 * x * x`. For a small rate it would be near `lr * noise**2 / 4` whatever the curvature.""",
    cases={"the list": [()]},
    mistakes=(half_the_curvature, noise_without_its_square, the_rule_for_small_rates, distance_instead_of_square,
              the_same_number_twice, the_curvature_times_the_square, the_other_way_round),
    hints=(
        "What is the curvature? It is the second derivative of the loss.",
        "Write the update of the mean square: it is shrunk by `(1 - lr * curvature)**2`, and `lr**2 * noise**2` is added.",
        "At rest the mean square before and after are the same number. Solve for it. Then put it into the loss.",
    ),
    rel=1e-4,
)

# -- 2. the second moment -----------------------------------------------------------------------------------


def mean_squares(lrs, curvature, noise, start):
    square = start**2
    squares = [square]
    for lr in lrs:
        square = (1 - lr * curvature) ** 2 * square + lr**2 * noise**2
        squares.append(square)
    return squares


def follow(lrs, start, update):
    """A list of squares: the first one, and what update(square, lr) makes of it, rate by rate."""
    squares = [start]
    for lr in lrs:
        squares.append(update(squares[-1], lr))
    return squares


def the_start_is_not_squared(lrs, curvature, noise, start):
    """Your list begins with the start itself. It is a list of mean squares, so the start is squared, too."""
    return follow(lrs, start, lambda s, lr: (1 - lr * curvature) ** 2 * s + (lr * noise) ** 2)


def the_factor_is_not_squared(lrs, curvature, noise, start):
    """You shrink the square by `1 - lr * curvature`. That is what happens to the weight; its square is shrunk by the square
    of it."""
    return follow(lrs, start**2, lambda s, lr: (1 - lr * curvature) * s + (lr * noise) ** 2)


def the_rate_at_the_noise_is_not_squared(lrs, curvature, noise, start):
    """You add `lr * noise**2`. The weight is moved by `lr * noise`, so what is added to its square has the rate squared,
    too."""
    return follow(lrs, start**2, lambda s, lr: (1 - lr * curvature) ** 2 * s + lr * noise**2)


def the_noise_is_not_squared(lrs, curvature, noise, start):
    """You add the noise without its square. Standard deviations do not add up; variances do."""
    return follow(lrs, start**2, lambda s, lr: (1 - lr * curvature) ** 2 * s + lr**2 * noise)


def no_noise(lrs, curvature, noise, start):
    """Without noise you are right. Each update also adds fresh noise to the square."""
    return follow(lrs, start**2, lambda s, lr: (1 - lr * curvature) ** 2 * s)


def noise_before_the_shrinking(lrs, curvature, noise, start):
    """You add the noise first and shrink it together with the rest. The noise of this update is not shrunk in this update:
    the slope was taken before it came."""
    return follow(lrs, start**2, lambda s, lr: (1 - lr * curvature) ** 2 * (s + (lr * noise) ** 2))


def noise_that_helps(lrs, curvature, noise, start):
    """You subtract the noise. Noise has no direction, and after squaring it can only add."""
    return follow(lrs, start**2, lambda s, lr: (1 - lr * curvature) ** 2 * s - (lr * noise) ** 2)


def a_mixed_term(lrs, curvature, noise, start):
    """You squared the sum of the shrunk weight and the noise, mixed term and all. The mean of the mixed term is zero: the
    noise is as often with the weight as against it."""
    return follow(lrs, start**2, lambda s, lr: (abs(1 - lr * curvature) * abs(s) ** 0.5 + lr * noise) ** 2)


def the_first_rate_for_all(lrs, curvature, noise, start):
    """You use the first rate all the time. Each update has its own rate from the list."""
    return mean_squares(lrs[:1] * len(lrs), curvature, noise, start)


def the_list_without_its_start(lrs, curvature, noise, start):
    """The list begins after the first update. The square before it belongs in front."""
    return mean_squares(lrs, curvature, noise, start)[1:]


second_moment = Exercise(
    """**The second moment.** The weight begins at `start`, in the bowl `curvature * x * x / 2`. Each gradient has
    independent noise of standard deviation `noise`. Write `mean_squares(lrs, curvature, noise, start)`: the mean of `x * x`
    at the start, and after each of the updates whose rates are in the list `lrs`. No random numbers are needed. (About five
    lines.)""",
    solution=mean_squares,
    why="""The weight becomes `(1 - lr * curvature) * x - lr * noise * e`. Square it and take the mean. The mixed term has
mean zero, because e is drawn anew and knows nothing of x. The old square is left, shrunk, and the new noise, added. These
few lines hold for every schedule, so they tell what a thousand noisy runs would do on average.""",
    cases={
        "without noise": [([0.1, 0.1, 0.1], 2.0, 0.0, 3.0), ([0.5, 0.2], 1.0, 0.0, -2.0)],
        "with noise": [([0.1, 0.1, 0.1, 0.1], 2.0, 0.5, 3.0), ([0.6, 0.6], 1.0, 2.0, 0.0)],
        "with a rate that changes": [([0.8, 0.4, 0.1, 0.05], 1.0, 1.5, 2.0), ([0.05, 0.7, 0.3], 2.0, 0.7, -1.0)],
        "without an update": [([], 2.0, 1.0, 3.0)],
    },
    mistakes=(the_start_is_not_squared, the_factor_is_not_squared, the_rate_at_the_noise_is_not_squared, the_noise_is_not_squared,
              no_noise, noise_before_the_shrinking, noise_that_helps, a_mixed_term, the_first_rate_for_all,
              the_list_without_its_start),
    hints=(
        "Begin with a list that holds `start**2`. Go through the rates and put one more square into the list each time.",
        "One update: the weight is multiplied by `1 - lr * curvature`, and noise of standard deviation `lr * noise` is added.",
        "So the mean square is multiplied by `(1 - lr * curvature)**2`, and the noise adds its variance, `(lr * noise)**2`.",
    ),
)

# -- 3. the rate for a wanted floor ----------------------------------------------------------------------------


def rate_for(square, curvature, noise):
    return 2 * curvature * square / (noise**2 + curvature**2 * square)


def for_small_rates_only(square, curvature, noise):
    """That is right for very small rates, where `2 - lr * curvature` is nearly 2. Keep the bracket and solve for the rate:
    it stands on both sides, but only to the first power."""
    return 2 * curvature * square / noise**2


def a_wrong_sign(square, curvature, noise):
    """A sign went wrong on the way: the rate that stands in the bracket comes to the other side with plus."""
    return 2 * curvature * square / abs(noise**2 - curvature**2 * square)


def the_noise_as_it_is(square, curvature, noise):
    """`noise` is the standard deviation. The floor is made by its square."""
    return 2 * curvature * square / (noise + curvature**2 * square)


def for_the_mean_loss(square, curvature, noise):
    """You took `square` for the mean loss. It is the mean of `x * x`; the loss is that times half the curvature."""
    return rate_for(2 * square / curvature, curvature, noise)


def for_the_distance(square, curvature, noise):
    """You squared `square` once more. It is the mean of `x * x` already."""
    return rate_for(square**2, curvature, noise)


def the_floor_of_that_rate(square, curvature, noise):
    """You took `square` for the rate and give its floor. The way is the other one: the floor is given, the rate is asked
    for."""
    return square * noise**2 / (curvature * abs(2 - square * curvature))


def the_two_forgotten(square, curvature, noise):
    """A factor of 2 is lost: the bracket is `2 - lr * curvature`."""
    return rate_for(square, curvature, noise) / 2


def the_curvature_once(square, curvature, noise):
    """Nearly. Multiply the bracket out again: the curvature before it meets the curvature in it."""
    return 2 * curvature * square / (noise**2 + curvature * square)


wanted_floor = Exercise(
    """**The rate for a floor.** You want the mean of `x * x` to end at `square`, in the bowl `curvature * x * x / 2` with
    noise of standard deviation `noise` in each gradient. Write `rate_for(square, curvature, noise)`: the constant rate that
    ends there. (One line.)""",
    solution=rate_for,
    why="""From `square * curvature * (2 - lr * curvature) = lr * noise**2` collect what holds the rate. For a small `square`
the rate is in proportion to it. For a large one it comes near `2 / curvature`, where the floor has no bound: every floor has
its rate.""",
    cases={
        "low floors": [(0.01, 1.0, 1.0), (0.02, 4.0, 0.5), (0.005, 0.5, 2.0)],
        "high floors": [(3.0, 1.0, 1.0), (1.5, 4.0, 2.0), (20.0, 0.5, 1.5)],
    },
    mistakes=(for_small_rates_only, a_wrong_sign, the_noise_as_it_is, for_the_mean_loss, for_the_distance, the_floor_of_that_rate,
              the_two_forgotten, the_curvature_once),
    hints=(
        "The floor is `lr * noise**2 / (curvature * (2 - lr * curvature))`. Set it to `square`.",
        "Multiply both sides with the lower part, and bring every term with the rate to one side.",
        "`lr * (noise**2 + curvature**2 * square)` stands on one side. What on the other?",
    ),
)

# -- 4. when to drop ---------------------------------------------------------------------------------------------


def loss_at_the_end(lrs, curvatures=(1.0, 0.1), noise=1.0, start=4.0):
    """The mean loss after the last update, over all directions."""
    return sum(c * mean_squares(lrs, c, noise, start)[-1] / 2 for c in curvatures)


def plan(high, low, k, updates):
    """k updates with the high rate, then the low one."""
    return [high] * k + [low] * (updates - k)


def search(high, low, updates, **other):
    """The best k where something is taken otherwise."""
    return min(range(updates + 1), key=lambda k: loss_at_the_end(plan(high, low, k, updates), **other))


def best_drop(high, low, updates):
    return min(range(updates + 1), key=lambda k: loss_at_the_end([high] * k + [low] * (updates - k)))


def updates_after_the_drop(high, low, updates):
    """You count the updates after the drop. Asked for is how many come before it."""
    return updates - best_drop(high, low, updates)


def the_sum_on_the_way(high, low, updates):
    """You make the loss small on the way, all updates together. Only the end counts: what happens before it costs nothing."""
    def on_the_way(k):
        return sum(c * m / 2 for c in (1.0, 0.1) for m in mean_squares(plan(high, low, k, updates), c, 1.0, 4.0))

    return min(range(updates + 1), key=on_the_way)


def without_the_noise(high, low, updates):
    """You left out the noise, and without it the high rate is best to the end. The noise is what the low rate is for."""
    return search(high, low, updates, noise=0.0)


def only_the_noise(high, low, updates):
    """You left out the start: as if the ball began at the bottom, and only noise were to be lowered. It begins away from it."""
    return search(high, low, updates, start=0.0)


def the_start_is_not_squared_here(high, low, updates):
    """You took the start for the mean square at the start. `mean_squares` wants the start and squares it itself."""
    return search(high, low, updates, start=4.0**0.5)


def only_the_steep_direction(high, low, updates):
    """You looked at the steep direction alone. It arrives soon and wants an early drop; the flat one has still way to go."""
    return search(high, low, updates, curvatures=(1.0,))


def only_the_flat_direction(high, low, updates):
    """You looked at the flat direction alone. The noise across the valley counts as well."""
    return search(high, low, updates, curvatures=(0.1,))


def squares_instead_of_the_loss(high, low, updates):
    """You added the mean squares of the two weights. In the loss each has its curvature as a weight, so the steep one counts
    more."""
    both = lambda lrs: sum(mean_squares(lrs, c, 1.0, 4.0)[-1] for c in (1.0, 0.1))
    return min(range(updates + 1), key=lambda k: both(plan(high, low, k, updates)))


def low_then_high(high, low, updates):
    """You begin with the low rate and end with the high one. First `high`, then `low`."""
    return min(range(updates + 1), key=lambda k: loss_at_the_end(plan(low, high, k, updates)))


def one_update_late(high, low, updates):
    """One update too late. `k` is how many updates have the high rate: the first low one is number `k`, counted from 0."""
    return best_drop(high, low, updates) + 1


def one_update_early(high, low, updates):
    """One update too early. `k` is how many updates have the high rate: `[high] * k + [low] * (updates - k)`."""
    return best_drop(high, low, updates) - 1


when_to_drop = Exercise(
    """**When to drop.** A valley has two weights that do not know of each other: one of curvature 1, across, and one of
    curvature 0.1, along. Both begin at 4, each gradient has independent noise of standard deviation 1, and the loss is the
    sum of `curvature * x * x / 2` over the two. There are `updates` updates. The first k have the rate `high`, the others
    the rate `low`. Write `best_drop(high, low, updates)`: the k, from 0 to `updates`, that makes the mean loss after the
    last update smallest. Your `mean_squares` from *The second moment* does most of the work. (About four lines.)""",
    solution=best_drop,
    why="""Try every k and keep the best. The loss at the end is `sum(c * mean_squares(lrs, c, 1.0, 4.0)[-1] / 2 for c in
(1.0, 0.1))`. The high rate goes along the valley, the low one lets the noise across it die down. With `high` 0.5 and `low`
0.05 the best k is 16 of 20 updates, 25 of 40, 37 of 80, and 39 of 120 or more: a longer run drops later, up to the point
where the way is done. Dropping as soon as it pays is too early, since the loss on the way does not count.""",
    cases={
        "with time to drop": [(0.5, 0.05, 39), (1.5, 0.1, 32), (0.4, 0.02, 50)],
        "too short to drop": [(0.4, 0.02, 20)],
    },
    mistakes=(updates_after_the_drop, the_sum_on_the_way, without_the_noise, only_the_noise, the_start_is_not_squared_here,
              only_the_steep_direction, only_the_flat_direction, squares_instead_of_the_loss, low_then_high, one_update_late,
              one_update_early),
    hints=(
        "For a given k the list of rates is `[high] * k + [low] * (updates - k)`. What is the mean loss at its end?",
        "There are only `updates + 1` possible k. A computer can try them all.",
        "`min(range(updates + 1), key=...)` gives the k whose key is smallest; the key is the mean loss at the end.",
    ),
)

# -- 5. find the bug -------------------------------------------------------------------------------------------------

SCRIPT = """optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
for epoch in range(30):
    for x, y in loader:                     # 100 batches
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
        scheduler.step()
"""

SCHEDULES = """1    0.5
2    0.5 * 0.95 ** t
3    0.5 / (1 + 0.95 * t)
4    0.5 / (1 + t) ** 2
5    0.5 / (1 + t) ** 0.5
6    0.5 / (1 + t) ** 0.75
7    0.5 * 0.1 ** (t // 1000)
8    0.5 if t < 1000 else 0.0005
"""


def conditions():
    return ["noisy", "short", "both", "short", "noisy", "both", "short", "noisy"]


def every_fall_is_enough():
    """Look at number 2 again, the one of the script. It falls, and yet it is among those that do harm: add up its rates."""
    return ["noisy", "both", "both", "both", "both", "both", "both", "noisy"]


def a_power_above_one_is_enough():
    """Number 4 falls like a power of time, but too fast: the sum of one over the squares is finite, about 1.6."""
    return ["noisy", "short", "both", "both", "noisy", "both", "short", "noisy"]


def one_over_t_is_too_fast():
    """Number 3 falls like one over t. Its rates look small, but their sum grows like the logarithm of t, without a bound."""
    return ["noisy", "short", "short", "short", "noisy", "both", "short", "noisy"]


def the_root_is_slow_enough():
    """Square number 5: it becomes one over t, whose sum has no bound. The root falls a little too slowly for the second
    condition."""
    return ["noisy", "short", "both", "short", "both", "both", "short", "noisy"]


def three_quarters_is_too_slow():
    """Square number 6: the power becomes 1.5. That is above 1, so this sum has a bound."""
    return ["noisy", "short", "both", "short", "noisy", "noisy", "short", "noisy"]


def stairs_go_on_for_ever():
    """Number 7 is a stair with steps of 1000, each a tenth as high as the one before. Add up the areas of the steps."""
    return ["noisy", "short", "both", "short", "noisy", "both", "both", "noisy"]


def the_drop_ends_the_noise():
    """Number 8 drops once and then stays where it is. A small constant rate has a low floor, but a floor it has."""
    return ["noisy", "short", "both", "short", "noisy", "both", "short", "both"]


def a_small_rate_runs_out():
    """Number 8 stays at a small rate for ever, and for ever is long enough to come anywhere. It fails for the other reason."""
    return ["noisy", "short", "both", "short", "noisy", "both", "short", "short"]


def the_two_failures_mixed_up():
    """You have the two failures the other way round. Where the sum of the rates is finite, the ball runs out of way; where
    the sum of the squares is not, the shaking has no end."""
    return ["short", "noisy", "both", "noisy", "short", "both", "noisy", "short"]


find_the_bug = Exercise(
    f"""**Find the bug.** This run learns in its first epoch and hardly at all afterwards. There is no error, and the loss is
still high.

```python
{SCRIPT}```

The rate is multiplied 100 times an epoch, and the sum of all its rates is finite. Here are eight schedules, the script's
among them:

```
{SCHEDULES}```

Which keep the two conditions of Robbins and Monro? Give a list of eight words: `both` where both hold, `short` where the sum
of the rates is finite, `noisy` where the sum of the squared rates is not.""",
    solution=conditions,
    why="""The rates of number 2 add up to `0.5 / (1 - 0.95)`, which is 10: as far as twenty updates at the first rate, and
the training is over. Of the powers of t, those above 1/2 and up to 1 keep both conditions. A stair with equal steps is an
exponential decay in jumps. A constant has a floor, be it small. The conditions are about runs without an end; a run of T
updates asks how much of the sum comes before T. The bug in the script is the unit: this gamma was meant for epochs, and
`scheduler.step()` belongs behind the inner loop.""",
    cases={"the list": [()]},
    mistakes=(every_fall_is_enough, a_power_above_one_is_enough, one_over_t_is_too_fast, the_root_is_slow_enough,
              three_quarters_is_too_slow, stairs_go_on_for_ever, the_drop_ends_the_noise, a_small_rate_runs_out, the_two_failures_mixed_up),
    hints=(
        "Add up the rates of each schedule, to a thousand and to a million updates. Which sums still grow?",
        "The sum of `1 / t**p` has a bound if p is above 1, and none if p is 1 or less. Squaring doubles p.",
        "Each factor below 1 that comes again and again makes a finite sum.",
    ),
)
