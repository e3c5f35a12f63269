"""The exercises of the chapter on the one number."""
from .exercise import Exercise

# -- 1. two limits -------------------------------------------------------------------------------------


def best_and_limit():
    return [1 / 5, 2 / 5]


def half_the_curvature():
    """You took 2.5 for the curvature. The curvature is the second derivative of the loss, and the one half in `x * x / 2` is
    there to make it come out plain."""
    return [1 / 2.5, 2 / 2.5]


def twice_the_curvature():
    """Your curvature is 10. The loss is `2.5 * x * x`; derive it twice, and the 2 comes in once."""
    return [1 / 10, 2 / 10]


def the_other_way_round():
    """The order is the other way round: first the rate that arrives at once, then the larger one, at which the ball never settles."""
    return [2 / 5, 1 / 5]


def one_limit_for_both():
    """The two are not the same. At the first the ball is at the bottom in one update. A little above it the ball swings over,
    and still it comes down."""
    return [1 / 5, 1 / 5]


def the_curvature_itself():
    """That is the curvature, and twice it. A steeper bowl wants a smaller rate, so the curvature stands below the line."""
    return [5, 10]


limits = Exercise(
    """**Two limits.** The loss is `2.5 * x * x`, and gradient descent begins at x = 4. With which learning rate is it at the
bottom after one update? From which one on does it never come to rest? Give both, as a list of two numbers.""",
    solution=best_and_limit,
    why="""The curvature is the second derivative of the loss, here 5. One update multiplies x by `1 - lr * 5`. This factor is 0 at
`1 / 5`: one update, and the ball is down. It is -1 at `2 / 5`: the ball jumps between two places of the same height for ever,
and above that rate each jump ends higher. Where it began plays no part.""",
    cases={"the list": [()]},
    mistakes=(half_the_curvature, twice_the_curvature, the_other_way_round, one_limit_for_both, the_curvature_itself),
    hints=(
        "What does one update do to x? Write it as x times a factor.",
        "The gradient of `2.5 * x * x` is `5 * x`, so the factor is `1 - 5 * lr`.",
        "One update is enough where the factor is 0. It never settles from where the factor is -1.",
    ),
    rel=1e-6,
)

# -- 2. what does the ball do ----------------------------------------------------------------------------


def behaviours():
    return ["creeps", "swings", "arrives", "leaves", "stays", "creeps"]


def losses_fall_so_all_is_well():
    """Look at run 2 again. Its losses are those of run 1, but the sign of its weight tells another story."""
    return ["creeps", "creeps", "arrives", "leaves", "stays", "creeps"]


def a_sign_change_means_lost():
    """A weight that changes its sign has gone over the bottom. It is lost only if each place is farther away than the one before."""
    return ["creeps", "leaves", "arrives", "leaves", "stays", "creeps"]


def jumping_means_leaving():
    """In one run the weight jumps for ever, neither nearer nor farther. That has a word of its own."""
    return ["creeps", "swings", "arrives", "leaves", "leaves", "creeps"]


def swinging_and_leaving_mixed_up():
    """You have mixed up two runs that go over the bottom. Look at the distances from zero: do they shrink or grow?"""
    return ["creeps", "leaves", "arrives", "swings", "stays", "creeps"]


def slow_means_staying():
    """The last run moves at every update, only little. Print more digits, or wait longer."""
    return ["creeps", "swings", "arrives", "leaves", "stays", "stays"]


read_the_trace = Exercise(
    """**What does the ball do?** Six runs in the bowl, each from 8. These are the weights before the first four updates:

```
1    8    6      4.5    3.375
2    8   -6      4.5   -3.375
3    8    0      0      0
4    8  -10     12.5  -15.625
5    8   -8      8     -8
6    8    7.96   7.92   7.88
```

Give a list of six words, each one of `creeps`, `arrives`, `swings`, `stays`, `leaves`.""",
    solution=behaviours,
    why="""Each weight is the one before it times the same factor `1 - lr * curvature`: 0.75, -0.75, 0, -1.25, -1, 0.995. Between 0
and 1 the ball creeps; at 0 it arrives; between 0 and -1 it swings over and comes down; at -1 it stays at its height; below
-1 it leaves. Runs 1 and 2 have the same losses at each update. The losses alone do not tell a rate too small from one nearly too large.""",
    cases={"the list": [()]},
    mistakes=(losses_fall_so_all_is_well, a_sign_change_means_lost, jumping_means_leaving, swinging_and_leaving_mixed_up,
              slow_means_staying),
    hints=(
        "Divide each weight by the one before it. In each run that is one number.",
        "The number is `1 - lr * curvature`. Its sign tells whether the ball goes over the bottom, its size whether it comes nearer.",
    ),
)

# -- 3. gradient descent -----------------------------------------------------------------------------------

GRADIENTS = {"bowl": lambda x: 3 * x, "steep bowl": lambda x: 8 * (x - 1), "quartic": lambda x: x**3}


def descend(gradient, x, lr, steps):
    places = [x]
    for _ in range(steps):
        x = x - lr * gradient(x)
        places.append(x)
    return places


def uphill(gradient, x, lr, steps):
    """Your weight climbs. The gradient points uphill, and descent goes against it: minus, not plus."""
    places = [x]
    for _ in range(steps):
        x = x + lr * gradient(x)
        places.append(x)
    return places


def without_the_start(gradient, x, lr, steps):
    """The list begins after the first update. The place before it belongs in front: `steps` updates have `steps + 1` places."""
    return descend(gradient, x, lr, steps)[1:]


def one_update_too_few(gradient, x, lr, steps):
    """Your list ends one place too early. It holds the start and a place after each of the `steps` updates."""
    return descend(gradient, x, lr, steps)[:-1]


def the_gradient_of_the_start(gradient, x, lr, steps):
    """You ask for the gradient once, at the start. Each update asks for it where the weight is now."""
    return [x - k * lr * gradient(x) for k in range(steps + 1)]


def only_the_sign(gradient, x, lr, steps):
    """Each of your updates has the length `lr`, whatever the slope. The length is `lr` times the gradient: near the bottom
    the slope fades, and the updates with it. (Steps by the sign alone exist, and are called sign descent.)"""
    places = [x]
    for _ in range(steps):
        slope = gradient(x)
        x = x - lr * ((slope > 0) - (slope < 0))
        places.append(x)
    return places


def a_share_of_the_weight(gradient, x, lr, steps):
    """Your update shrinks the weight itself and does not look at the gradient. It finds zero and nothing else."""
    return [x * (1 - lr) ** k for k in range(steps + 1)]


def without_the_rate(gradient, x, lr, steps):
    """Your update subtracts the whole gradient. The learning rate scales it: `lr * gradient(x)`."""
    return descend(gradient, x, 1.0, steps)


def play_descent(answer, name, x, lr, steps):
    return answer(GRADIENTS[name], x, lr, steps)


descent = Exercise(
    """**Gradient descent.** Write `descend(gradient, x, lr, steps)`. `gradient` is a function: `gradient(x)` is the slope of the
loss at x. Give the list of all places: the start `x`, and the place after each of the `steps` updates. (About five lines.)""",
    solution=descend,
    why="""`x = x - lr * gradient(x)` is all there is. Every optimizer of deep learning is this line with more memory. Each update
asks for the slope anew, where the weight is now.""",
    cases={
        "in a bowl": [("bowl", 2.0, 0.1, 5), ("bowl", -1.0, 0.5, 3), ("steep bowl", 2.0, 0.2, 4)],
        "in other landscapes": [("quartic", 1.0, 0.1, 6), ("quartic", -2.0, 0.05, 4)],
        "without an update": [("bowl", 2.0, 0.1, 0)],
    },
    mistakes=(uphill, without_the_start, one_update_too_few, the_gradient_of_the_start, only_the_sign, a_share_of_the_weight,
              without_the_rate),
    hints=(
        "Begin with a list that holds the start. How many places has it at the end?",
        "In the loop: `x = x - lr * gradient(x)`, then put x into the list.",
    ),
    play=play_descent,
)

# -- 4. how steep is it -------------------------------------------------------------------------------------


def largest_rate(before, after, lr):
    curvature = (1 - after / before) / lr
    return 2 / curvature


def the_fastest(before, after, lr):
    """That is the rate that arrives in one update. Asked for is the limit above which the ball leaves: the factor is -1 there, not 0."""
    return largest_rate(before, after, lr) / 2


def the_curvature(before, after, lr):
    """That is the curvature. The limit is 2 over it."""
    return 2 / largest_rate(before, after, lr)


def the_sign_is_lost(before, after, lr):
    """You use the distances from the bottom and lose the sign, so a ball that swings over is taken for one that creeps. The
    factor is `after / before`, and it may be negative."""
    return 2 * lr / (1 - abs(after / before))


def a_difference_of_places(before, after, lr):
    """You divide the way by the rate. That is the gradient. The curvature is the gradient over the distance from the bottom,
    `before`."""
    return 2 / abs((before - after) / lr)


def the_rate_is_left_out(before, after, lr):
    """The factor `after / before` is `1 - lr * curvature`. Your answer does not use `lr`, so it is right for a rate of 1 only."""
    return 2 / (1 - after / before)


def upside_down(before, after, lr):
    """The factor of an update is new over old: `after / before`. Yours is old over new."""
    return 2 * lr / (1 - before / after)


how_steep = Exercise(
    """**How steep is it?** You do not know the bowl, only that its bottom is at 0. One update with the rate `lr` took the weight from
`before` to `after`. Write `largest_rate(before, after, lr)`: the rate at which this ball would jump for ever between two places of the same
height. (About two lines.)""",
    solution=largest_rate,
    why="""One update multiplies the distance from the bottom by `1 - lr * curvature`. So `after / before` gives the curvature, and the limit
is 2 over it. The same idea measures the curvature of a network, where nobody knows the bottom: from how the gradient
changes along a small step.""",
    cases={
        "a ball that creeps": [(4.0, 3.0, 0.1), (-2.0, -1.9, 0.01)],
        "a ball that swings": [(4.0, -1.0, 0.5), (-2.0, 1.5, 0.2), (1.0, -3.0, 0.1)],
    },
    mistakes=(the_fastest, the_curvature, the_sign_is_lost, a_difference_of_places, the_rate_is_left_out, upside_down),
    hints=(
        "Which factor takes `before` to `after`? And how is it made of the rate and the curvature?",
        "`after / before` is `1 - lr * curvature`. Solve for the curvature.",
        "The limit is where the factor is -1: the rate is 2 over the curvature.",
    ),
)

# -- 5. find the bug ------------------------------------------------------------------------------------------

SCRIPT = """for epoch in range(90):
    if epoch in (30, 60):
        optimizer.lr = 0.1 * optimizer.defaults["lr"]
        optimizer.defaults["lr"] = optimizer.lr
    for x, y in loader:
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
"""


class Held:
    """As much of a torch optimizer as a learning rate needs: param groups that hold it, and defaults for groups to come.

    Its repr is what a message shows of it.
    """

    def __init__(self, lrs):
        self.lrs, self.defaults = lrs, {"lr": lrs[0]}
        self.param_groups = [{"lr": lr} for lr in lrs]

    def __repr__(self):
        return f"an optimizer whose groups have the rates {self.lrs}"


def drop(optimizer, factor, lowest=0.0):
    for group in optimizer.param_groups:
        group["lr"] = max(lowest, group["lr"] * factor)


def an_attribute_nobody_reads(optimizer, factor, lowest=0.0):
    """No rate has changed. The rate that counts stands in each param group, under "lr", and has to be written there. Nobody reads
    an attribute `optimizer.lr` or a variable of yours, and `defaults` is read only when a param group is made."""
    optimizer.lr = max(lowest, optimizer.defaults["lr"] * factor)
    optimizer.defaults["lr"] = optimizer.lr


def only_the_first_group(optimizer, factor, lowest=0.0):
    """Only the first group has changed. An optimizer may have several, and each holds a rate of its own."""
    group = optimizer.param_groups[0]
    group["lr"] = max(lowest, group["lr"] * factor)


def one_rate_for_all(optimizer, factor, lowest=0.0):
    """You give every group the rate of the first. Groups differ because somebody wanted them to: multiply each one's own rate."""
    lr = max(lowest, optimizer.param_groups[0]["lr"] * factor)
    for group in optimizer.param_groups:
        group["lr"] = lr


def the_factor_as_a_rate(optimizer, factor, lowest=0.0):
    """You set the rate to the factor. Asked for is the old rate times the factor."""
    for group in optimizer.param_groups:
        group["lr"] = max(lowest, factor)


def divides(optimizer, factor, lowest=0.0):
    """You divide by the factor. A drop to a tenth is a factor of 0.1: multiply."""
    for group in optimizer.param_groups:
        group["lr"] = max(lowest, group["lr"] / factor)


def from_the_first_rate(optimizer, factor, lowest=0.0):
    """The second drop starts from the very first rate again, which `defaults` still knows. It starts from the rate in use."""
    for lr, group in zip(optimizer.lrs, optimizer.param_groups):
        group["lr"] = max(lowest, lr * factor)


def no_floor(optimizer, factor, lowest=0.0):
    """Nothing of yours depends on `lowest`. No rate may fall below it."""
    for group in optimizer.param_groups:
        group["lr"] = group["lr"] * factor


def a_ceiling(optimizer, factor, lowest=0.0):
    """`min` keeps the rate from rising above `lowest`. A floor keeps it from falling below: `max`."""
    for group in optimizer.param_groups:
        group["lr"] = min(lowest, group["lr"] * factor)


def play_drop(answer, lrs, factor, lowest, times):
    """The rates of all groups after each of so many drops."""
    optimizer, out = Held(list(lrs)), []
    for _ in range(times):
        answer(optimizer, factor, lowest)
        out += [group["lr"] for group in optimizer.param_groups]
    return out




find_the_bug = Exercise(
    f"""**Find the bug.** This run was to drop its rate to a tenth at epochs 30 and 60. Nothing happens: the loss goes on as before,
and there is no error.

```python
{SCRIPT}```

Write `drop(optimizer, factor, lowest=0.0)`, which does it rightly: every update after the call uses the old rate times
`factor`, in every param group, but no rate falls below `lowest`. (About two lines.)""",
    solution=drop,
    why="""torch's optimizers keep the rate in their param groups and read it there at each step. An attribute `lr` means nothing to
them, and `defaults` is only what a new group begins with. Python lets you write both without a word. Each group has a rate of its own, so
each is multiplied.""",
    cases={
        "one group": [((0.1,), 0.1, 0.0, 1), ((0.3,), 0.5, 0.0, 1)],
        "several groups": [((0.1, 0.02), 0.1, 0.0, 1), ((0.02, 0.3, 0.1), 0.5, 0.0, 1)],
        "several drops": [((0.1, 0.02), 0.1, 0.0, 2), ((0.4, 0.1), 0.5, 0.0, 3)],
        "with a floor": [((0.1, 0.02), 0.1, 0.005, 2), ((0.1,), 0.5, 0.03, 3)],
    },
    mistakes=(an_attribute_nobody_reads, only_the_first_group, one_rate_for_all, the_factor_as_a_rate, divides, from_the_first_rate,
              no_floor, a_ceiling),
    hints=(
        "Where does the optimizer look when it makes a step? Print `optimizer.param_groups[0]`.",
        "Go through `optimizer.param_groups`; each is a dict, and its rate is `group[\"lr\"]`.",
        "The new rate is the larger of `lowest` and the old rate times the factor.",
    ),
    play=play_drop,
)
