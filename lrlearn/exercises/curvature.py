"""The exercises of the chapter on curvature and momentum."""
from math import ceil, log

from .exercise import Exercise

# -- 1. two curvatures ---------------------------------------------------------------------------------


def limit_best_and_factor():
    largest, smallest = 12, 3
    return [2 / largest, 2 / (largest + smallest), (largest - smallest) / (largest + smallest)]


def the_numbers_in_front():
    """You took the numbers in front of the squares for the curvatures. Derive `6 * x * x` twice: the 2 of the square comes in."""
    return [2 / 6, 2 / (6 + 1.5), (6 - 1.5) / (6 + 1.5)]


def the_flat_side_sets_the_limit():
    """Your limit is that of the flat direction. At that rate the ball is long out across the steep one. All directions share one
    rate, so the strictest limit counts."""
    return [2 / 3, 2 / (12 + 3), (12 - 3) / (12 + 3)]


def the_best_rate_of_the_steep_side():
    """Your best rate brings the steep direction home at once and leaves the flat one creeping. A little more helps the flat one
    and costs the steep one something; the best is where both are equally slow."""
    return [2 / 12, 1 / 12, 1 - 3 / 12]


def one_over_the_sum():
    """Your best rate is half of what it should be. Set `1 - lr * smallest` equal to `lr * largest - 1`, and a 2 appears."""
    return [2 / 12, 1 / (12 + 3), (12 - 3) / (12 + 3)]


def the_root_of_the_condition():
    """Your share is that of the best momentum, which turns the condition number into its root. Here there is no momentum."""
    return [2 / 12, 2 / (12 + 3), (2 - 1) / (2 + 1)]


def the_share_that_is_gone():
    """Rates are right. Your share is what one update takes away; asked for is what is left."""
    return [2 / 12, 2 / (12 + 3), 1 - (12 - 3) / (12 + 3)]


def the_share_of_the_loss():
    """Rates are right. Your share is that of the loss, which is the square; asked for is the share of the distance."""
    return [2 / 12, 2 / (12 + 3), ((12 - 3) / (12 + 3)) ** 2]


two_curvatures = Exercise(
    """**Two curvatures.** The loss is `6 * x * x + 1.5 * y * y`, without momentum and without noise. From which rate on is the
ball thrown out? Which rate is best in the long run? And which share of the distance does one update leave at that best rate?
Give the three as a list, to three digits or better.""",
    solution=limit_best_and_factor,
    why="""The curvatures are the second derivatives, 12 and 3. The limit is 2 over the larger one. The best rate is where
`1 - lr * 3` and `lr * 12 - 1` are equal: 2 over the sum. Both directions then keep the same share, the difference over the sum,
which is (condition - 1) / (condition + 1).""",
    cases={"the list": [()]},
    mistakes=(the_numbers_in_front, the_flat_side_sets_the_limit, the_best_rate_of_the_steep_side, one_over_the_sum,
              the_root_of_the_condition, the_share_that_is_gone, the_share_of_the_loss),
    hints=(
        "What are the two curvatures? The curvature is the second derivative.",
        "The limit is 2 over the larger curvature. For the best rate, ask when both directions are equally slow.",
        "One update multiplies a direction by `1 - lr * curvature`. At the best rate both have the same size and opposite signs.",
    ),
    rel=1e-3,                                               # of the largest, 0.6: three digits
)

# -- 2. how long is the flat direction -------------------------------------------------------------------


def updates_to_halve(lr, curvature):
    return ceil(log(0.5) / log(1 - lr * curvature))


def of_the_loss(lr, curvature):
    """You count until the *loss* is halved. The loss goes with the square of the distance, so it halves sooner."""
    return ceil(log(0.5) / log((1 - lr * curvature) ** 2))


def not_rounded(lr, curvature):
    """There are no parts of an update. After which whole update is the distance at most half?"""
    return log(0.5) / log(1 - lr * curvature)


def rounded_down(lr, curvature):
    """One too few: after that many updates the distance is still more than half. Round up."""
    return int(log(0.5) / log(1 - lr * curvature))


def each_update_takes_the_same(lr, curvature):
    """You let each update take the same share of the *first* distance. It takes a share of what is left, so the moves get
    shorter."""
    return ceil(0.5 / (lr * curvature))


def the_time_constant(lr, curvature):
    """`1 / (lr * curvature)` is the time in which the distance falls to about 37 %. For one half there is a logarithm in it."""
    return ceil(1 / (lr * curvature))


def without_the_curvature(lr, curvature):
    """Your answer does not depend on the curvature. A flatter direction takes longer."""
    return ceil(log(0.5) / log(1 - lr))


def without_the_rate(lr, curvature):
    """Your answer does not depend on the rate. The factor of an update is `1 - lr * curvature`."""
    return ceil(log(0.5) / log(1 - curvature))


def to_a_tenth(lr, curvature):
    """That many updates leave a tenth of the distance. Asked for is one half."""
    return ceil(log(0.1) / log(1 - lr * curvature))


halving = Exercise(
    """**How long is the flat direction?** Plain gradient descent creeps along a direction of small curvature:
`0 < lr * curvature < 1`, and the curvature is below 1, too. Write `updates_to_halve(lr, curvature)`: after how many updates is
the *distance* along it at most half of what it was? (One line with a logarithm, or a loop.)""",
    solution=updates_to_halve,
    why="""After n updates `(1 - lr * curvature) ** n` of the distance is left. That is one half at n = log(0.5) / log(1 - lr *
curvature), about 0.69 / (lr * curvature) for a flat direction. The limit ties lr to the steepest curvature, so the number is
about a third of the condition number at best: it grows in proportion to it.""",
    cases={
        "a gentle slope": [(0.5, 0.3), (0.7, 0.2), (0.3, 0.8)],
        "a flat one": [(0.1, 0.05), (0.9, 0.003), (1.8, 0.02)],
    },
    mistakes=(of_the_loss, not_rounded, rounded_down, each_update_takes_the_same, the_time_constant, without_the_curvature,
              without_the_rate, to_a_tenth),
    hints=(
        "Which share of the distance does one update leave?",
        "Two updates leave `(1 - lr * curvature) ** 2`. For which power is it at most one half?",
        "Take logarithms: n * log(1 - lr * curvature) <= log(0.5). Mind the sign when you divide, and round up.",
    ),
)

# -- 3. the heavy ball -------------------------------------------------------------------------------------

GRADIENTS = {"bowl": lambda x: x, "steep bowl": lambda x: 4 * x, "slope": lambda x: 1.0}


def roll(gradient, x, lrs, momentum):
    v, out = 0.0, [x]
    for lr in lrs:
        v = momentum * v + gradient(x)
        x = x - lr * v
        out.append(x)
    return out


def no_momentum(gradient, x, lrs, momentum):
    """This is gradient descent without momentum: nothing of an update goes on in the next. The velocity begins at 0 once,
    before the loop, and not in each update."""
    out = [x]
    for lr in lrs:
        x = x - lr * gradient(x)
        out.append(x)
    return out


def the_rate_inside(gradient, x, lrs, momentum):
    """With one rate this is right. When the rate changes, yours acts late: it has gone into the velocity, where old moves keep
    the old rate. That is Keras' form; here the rate stands outside."""
    v, out = 0.0, [x]
    for lr in lrs:
        v = momentum * v + lr * gradient(x)
        x = x - v
        out.append(x)
    return out


def an_average(gradient, x, lrs, momentum):
    """Your velocity is an average: the new gradient counts only `1 - momentum`. Here it counts whole, so that the velocity is
    a sum."""
    v, out = 0.0, [x]
    for lr in lrs:
        v = momentum * v + (1 - momentum) * gradient(x)
        x = x - lr * v
        out.append(x)
    return out


def nesterov(gradient, x, lrs, momentum):
    """This is Nesterov's momentum, which moves by the gradient plus momentum times the velocity. The heavy ball moves by the
    velocity."""
    v, out = 0.0, [x]
    for lr in lrs:
        g = gradient(x)
        v = momentum * v + g
        x = x - lr * (g + momentum * v)
        out.append(x)
    return out


def uphill(gradient, x, lrs, momentum):
    """Your ball rolls uphill: the gradient points up, so the velocity is subtracted."""
    v, out = 0.0, [x]
    for lr in lrs:
        v = momentum * v + gradient(x)
        x = x + lr * v
        out.append(x)
    return out


def the_old_velocity_moves(gradient, x, lrs, momentum):
    """You move first and renew the velocity afterwards, so each gradient acts one update late."""
    v, out = 0.0, [x]
    for lr in lrs:
        x, v = x - lr * v, momentum * v + gradient(x)
        out.append(x)
    return out


def one_rate_for_all(gradient, x, lrs, momentum):
    """You use the first rate for all updates. `lrs` holds one for each."""
    return roll(gradient, x, [lrs[0]] * len(lrs), momentum)


def the_start_is_missing(gradient, x, lrs, momentum):
    """The list begins with the place where the ball begins, before any update."""
    return roll(gradient, x, lrs, momentum)[1:]


def play_roll(answer, name, x, lrs, momentum):
    return answer(GRADIENTS[name], x, list(lrs), momentum)


heavy_ball = Exercise(
    """**The heavy ball.** Write `roll(gradient, x, lrs, momentum)`, which starts at the number `x` at rest and makes one
update for each rate in the list `lrs`. `gradient(x)` gives the slope. The velocity is a sum, momentum times itself plus the
gradient, and the rate stands outside, as in torch. Return the list of all places, `x` first. (About five lines.)""",
    solution=roll,
    why="""Two lines in a loop: renew the velocity, then move by the rate times it. It remembers gradients and not moves, so a
new rate acts on all of it at once.""",
    cases={
        "without momentum": [("bowl", 2.0, (0.1, 0.1, 0.1), 0.0)],
        "one rate": [("bowl", 2.0, (0.1,) * 4, 0.5), ("steep bowl", -1.0, (0.2,) * 5, 0.9), ("slope", 0.5, (0.1,) * 4, 0.8)],
        "a rate that changes": [("slope", 0.0, (0.2, 0.2, 0.02, 0.02), 0.9),
                                ("steep bowl", 1.5, (0.05, 0.1, 0.2, 0.1, 0.01), 0.5)],
    },
    mistakes=(no_momentum, the_rate_inside, an_average, nesterov, uphill, the_old_velocity_moves, one_rate_for_all,
              the_start_is_missing),
    hints=(
        "Keep a velocity beside `x`. It begins at 0.",
        "In each update: `v = momentum * v + gradient(x)`. Where does the rate come in?",
        "Then `x = x - lr * v`, and append it to a list that began with the first `x`.",
    ),
    play=play_roll,
)

# -- 4. find the bug ------------------------------------------------------------------------------------------

SCRIPT = """for t in range(600):
    if t == 400:                            # time to settle: a tenth of the rate, and a calmer gradient
        for group in optimizer.param_groups:
            group["lr"] *= 0.1
            group["momentum"] = 0.99        # was 0.9
    optimizer.zero_grad()
    loss().backward()
    optimizer.step()
"""


class Held:
    """As much of a torch optimizer as this exercise needs: param groups with a rate and a momentum."""

    def __init__(self, groups):
        self.param_groups = [{"lr": lr, "momentum": momentum} for lr, momentum in groups]


def settle(optimizer, factor, momentum):
    for group in optimizer.param_groups:
        group["lr"] *= factor * (1 - momentum) / (1 - group["momentum"])
        group["momentum"] = momentum


def only_the_rate(optimizer, factor, momentum):
    """This is the script's own mistake. What counts is the rate over 1 - momentum. Yours changes the momentum as well, and that
    multiplies the effect of the rate once more. If you did correct the rate: was the old momentum still there when you read
    it?"""
    for group in optimizer.param_groups:
        group["lr"] *= factor
        group["momentum"] = momentum


def the_momentum_stays(optimizer, factor, momentum):
    """The rate is right for the old momentum, and the old momentum is still there. Set it in every group."""
    for group in optimizer.param_groups:
        group["lr"] *= factor


def the_old_momentum_is_left_out(optimizer, factor, momentum):
    """You allow for the new momentum, but not for the old one, which had its effect, too."""
    for group in optimizer.param_groups:
        group["lr"] *= factor * (1 - momentum)
        group["momentum"] = momentum


def upside_down(optimizer, factor, momentum):
    """The correction is upside down. A higher momentum makes a rate act more strongly, so the rate must get smaller."""
    for group in optimizer.param_groups:
        group["lr"] *= factor * (1 - group["momentum"]) / (1 - momentum)
        group["momentum"] = momentum


def only_the_first_group(optimizer, factor, momentum):
    """Only the first group has changed. An optimizer may have several."""
    group = optimizer.param_groups[0]
    group["lr"] *= factor * (1 - momentum) / (1 - group["momentum"])
    group["momentum"] = momentum


def one_old_momentum_for_all(optimizer, factor, momentum):
    """You take the old momentum from the first group for all of them. Each group has its own."""
    old = optimizer.param_groups[0]["momentum"]
    for group in optimizer.param_groups:
        group["lr"] *= factor * (1 - momentum) / (1 - old)
        group["momentum"] = momentum


def without_the_factor(optimizer, factor, momentum):
    """What the groups act like is now the same as before. It was to be multiplied by `factor`."""
    for group in optimizer.param_groups:
        group["lr"] *= (1 - momentum) / (1 - group["momentum"])
        group["momentum"] = momentum


def play_settle(answer, groups, factor, momentum):
    """The rate and the momentum of every group after the call."""
    optimizer = Held(groups)
    answer(optimizer, factor, momentum)
    return [value for group in optimizer.param_groups for value in (group["lr"], group["momentum"])]


find_the_bug = Exercise(
    f"""**Find the bug.** The gradient is noisy, so this run was to settle at update 400: a tenth of the rate, and more
momentum for a calmer gradient. The loss does not go down. It hangs where it was.

```python
{SCRIPT}```

Write `settle(optimizer, factor, momentum)` for an optimizer in torch's form: it gives every param group the new momentum, and
a rate with which the group acts, in the long run, like `factor` times what it acted like before.
(About three lines. A message names the groups by their rate and momentum, and counts t over rate, momentum, rate, momentum
of all groups.)""",
    solution=settle,
    why="""A group acts like its rate over 1 - momentum. From 0.9 to 0.99 this is divided by a number ten times smaller, which
takes back the whole drop: 0.1 / 0.1 is 1, and 0.01 / 0.01 is 1. So the new rate is the old one times `factor`, times the new
1 - momentum, over the old. The old momentum must be read before it is written over.""",
    cases={
        "one group": [(((0.1, 0.9),), 0.1, 0.95), (((0.2, 0.5),), 0.3, 0.8), (((0.1, 0.9),), 0.5, 0.6)],
        "several groups": [(((0.1, 0.9), (0.02, 0.9)), 0.1, 0.8), (((0.1, 0.5), (0.04, 0.75), (0.3, 0.95)), 0.2, 0.9)],
        "without momentum before, or after": [(((0.3, 0.0), (0.05, 0.6)), 0.5, 0.9), (((0.02, 0.8),), 0.4, 0.0)],
    },
    mistakes=(only_the_rate, the_momentum_stays, the_old_momentum_is_left_out, upside_down,
              only_the_first_group, one_old_momentum_for_all, without_the_factor),
    hints=(
        "What does a rate of 0.1 act like with momentum 0.9? And 0.01 with momentum 0.99?",
        "Old: lr / (1 - old momentum). New: new lr / (1 - momentum). The second shall be `factor` times the first.",
        "Solve for the new lr. Use the group's own momentum before you write the new one over it.",
    ),
    play=play_settle,
)

# -- 5. translate ------------------------------------------------------------------------------------------------


def torch_lr(lr, momentum, form, new_momentum):
    acts_like = lr if form == "average" else lr / (1 - momentum)
    return acts_like * (1 - new_momentum)


def averages_are_sums(lr, momentum, form, new_momentum):
    """You treat an average like a sum. With `v = momentum * v + (1 - momentum) * g` a steady gradient gives v = g, so the rate
    acts like itself."""
    return lr / (1 - momentum) * (1 - new_momentum)


def sums_are_averages(lr, momentum, form, new_momentum):
    """You treat every form as an average. torch's and Keras' velocities are sums and grow to 1 / (1 - momentum) times the
    gradient."""
    return lr * (1 - new_momentum)


def keras_is_an_average(lr, momentum, form, new_momentum):
    """You take Keras' velocity for an average. The rate is inside, but nothing is weighted by 1 - momentum: at a constant rate
    Keras and torch walk the same path."""
    acts_like = lr / (1 - momentum) if form == "torch" else lr
    return acts_like * (1 - new_momentum)


def the_new_momentum_is_left_out(lr, momentum, form, new_momentum):
    """This is what the recipe acts like. In torch, with the new momentum, a smaller rate acts like that."""
    return lr if form == "average" else lr / (1 - momentum)


def divided_once_more(lr, momentum, form, new_momentum):
    """You divide by 1 - new momentum. torch multiplies the effect of the rate by that already, so the rate has to make up for
    it."""
    acts_like = lr if form == "average" else lr / (1 - momentum)
    return acts_like / (1 - new_momentum)


def the_other_way(lr, momentum, form, new_momentum):
    """Old and new are exchanged: a higher new momentum needs a lower rate."""
    return lr / (1 if form == "average" else 1 - new_momentum) * (1 - momentum)


def the_same_number(lr, momentum, form, new_momentum):
    """You keep the number. It would mean the same only if form and momentum stayed the same."""
    return lr


def averages_the_wrong_way(lr, momentum, form, new_momentum):
    """For the average you multiply by 1 - momentum once too often. Under a steady gradient its velocity is the gradient
    itself."""
    acts_like = lr * (1 - momentum) if form == "average" else lr / (1 - momentum)
    return acts_like * (1 - new_momentum)


translate = Exercise(
    """**Translate.** A recipe gives `lr` and `momentum`, and `form` says how its optimizer makes the velocity:

- `"torch"`: v = momentum * v + g, and the weights move by lr * v;
- `"keras"`: v = momentum * v + lr * g, and the weights move by v;
- `"average"`: v = momentum * v + (1 - momentum) * g, and the weights move by lr * v.

You use `torch.optim.SGD` with `new_momentum`. Write `torch_lr(lr, momentum, form, new_momentum)`: the rate with which it
goes as fast as the recipe in the long run. (About two lines.)""",
    solution=torch_lr,
    why="""First ask what the recipe acts like: the rate itself for an average, the rate over 1 - momentum for both sums. Then
ask which rate acts like that in torch with the new momentum: multiply by 1 - new momentum.""",
    cases={
        "from torch": [(0.1, 0.9, "torch", 0.95), (0.2, 0.0, "torch", 0.8), (0.03, 0.75, "torch", 0.0)],
        "from Keras": [(0.1, 0.9, "keras", 0.9), (0.02, 0.5, "keras", 0.95)],
        "from an average": [(0.5, 0.9, "average", 0.9), (0.1, 0.8, "average", 0.5), (0.3, 0.95, "average", 0.0)],
    },
    mistakes=(averages_are_sums, sums_are_averages, keras_is_an_average, the_new_momentum_is_left_out, divided_once_more,
              the_other_way, the_same_number, averages_the_wrong_way),
    hints=(
        "Feed each form a gradient of 1 for ever. How far does an update move in the end?",
        "For both sums it moves by lr / (1 - momentum), for the average by lr.",
        "In torch, with the new momentum, a rate r moves by r / (1 - new_momentum). Set the two equal.",
    ),
)
