"""The exercises of the chapter on large batches."""
from math import ceil, sqrt

from .exercise import Exercise

# -- 1. three factors ------------------------------------------------------------------------------------


def factors():
    return [4, 16, 64]


def the_divisor_forgotten():
    """Those are the factors of the rate you set. Adam divides by the root mean square of the gradients, and a larger batch makes
    that smaller all by itself."""
    return [1, 4, 16]


def the_variance_for_the_root():
    """You let the divisor fall like the variance, in proportion to the batch. Adam divides by the *root* of the mean square."""
    return [16, 64, 256]


def the_divisor_grows():
    """A larger batch averages the noise away, so the gradients get smaller, and a smaller divisor makes the effective rate
    higher, not lower."""
    return [1 / 4, 1, 4]


def the_rules_alone():
    """Your first number is right. The rules change the rate that stands in front; the divisor's change comes on top of it."""
    return [4, 4, 16]


def linear_first():
    """The three factors are right. The order asked for is: no rule, the root rule, the linear rule."""
    return [4, 64, 16]


adams_share = Exercise(
    """**Three factors.** Adam trains with gradients that are nearly all noise. The batch becomes 16 times as large. By which
factor does the *effective* rate grow, the rate over the divisor, when `base_lr` is left as it is? When it follows the root rule?
And the linear rule? Give a list of the three numbers.""",
    solution=factors,
    why="""The noise of a batch has a standard deviation of sigma / sqrt(B). Where it is all of the gradient, Adam's divisor is
that number, so 16 times the batch divides by a fourth of it. On top come the rule's factors, 4 and 16. So with the root rule the
effective rate grows in proportion to the batch, as SGD's does under the linear rule. Where the gradient is *not* mostly noise,
the divisor hardly changes, and none of this holds.""",
    cases={"the three": [()]},
    mistakes=(the_divisor_forgotten, the_variance_for_the_root, the_divisor_grows, the_rules_alone, linear_first),
    hints=(
        "How does the standard deviation of a mean fall with the number of values?",
        "The divisor is the size of the noise. It stands below the rate.",
        "The first factor is what the divisor does. The other two are that factor, times what the rule does.",
    ),
)

# -- 2. one update of LARS ---------------------------------------------------------------------------------


def lars_step(w, g, lr, trust=0.001, weight_decay=0.0):
    size, slope = sqrt(sum(x * x for x in w)), sqrt(sum(y * y for y in g))
    local = trust * size / (slope + weight_decay * size) if size > 0 and slope > 0 else 1.0
    return [x - lr * local * (y + weight_decay * x) for x, y in zip(w, g)]


def stuck_at_zero(w, g, lr, trust=0.001, weight_decay=0.0):
    """Weights that are all zero never leave zero: your ratio is 0 there. Biases begin so. Where the weights or the gradient have
    length 0 the ratio is set to 1."""
    size, slope = sqrt(sum(x * x for x in w)), sqrt(sum(y * y for y in g))
    local = trust * size / (slope + weight_decay * size) if slope > 0 else 1.0
    return [x - lr * local * (y + weight_decay * x) for x, y in zip(w, g)]


def the_length_of_both_together(w, g, lr, trust=0.001, weight_decay=0.0):
    """Below you have the length of `g + weight_decay * w`. optax does so. In the paper the two lengths are taken first and added
    afterwards, so that the ratio does not depend on where the gradient points."""
    d = [y + weight_decay * x for x, y in zip(w, g)]
    size, slope = sqrt(sum(x * x for x in w)), sqrt(sum(y * y for y in d))
    local = trust * size / slope if size > 0 and sum(y * y for y in g) > 0 else 1.0
    return [x - lr * local * y for x, y in zip(w, d)]


def decay_not_in_the_ratio(w, g, lr, trust=0.001, weight_decay=0.0):
    """Your ratio does not know of the weight decay, so a strong decay makes the update longer than the ratio means it to be. Add
    `weight_decay` times the length of the weights below."""
    size, slope = sqrt(sum(x * x for x in w)), sqrt(sum(y * y for y in g))
    local = trust * size / slope if size > 0 and slope > 0 else 1.0
    return [x - lr * local * (y + weight_decay * x) for x, y in zip(w, g)]


def decay_not_in_the_move(w, g, lr, trust=0.001, weight_decay=0.0):
    """The weight decay is in your ratio and not in the move: the weights go along `g + weight_decay * w`."""
    size, slope = sqrt(sum(x * x for x in w)), sqrt(sum(y * y for y in g))
    local = trust * size / (slope + weight_decay * size) if size > 0 and slope > 0 else 1.0
    return [x - lr * local * y for x, y in zip(w, g)]


def upside_down(w, g, lr, trust=0.001, weight_decay=0.0):
    """Your ratio stands on its head: a long gradient gets a high rate. The length of the weights is above, that of the gradient
    below."""
    size, slope = sqrt(sum(x * x for x in w)), sqrt(sum(y * y for y in g))
    local = trust * (slope + weight_decay * size) / size if size > 0 and slope > 0 else 1.0
    return [x - lr * local * (y + weight_decay * x) for x, y in zip(w, g)]


def squares_without_a_root(w, g, lr, trust=0.001, weight_decay=0.0):
    """You take the sums of squares. A length is the root of that."""
    size, slope = sum(x * x for x in w), sum(y * y for y in g)
    local = trust * size / (slope + weight_decay * size) if size > 0 and slope > 0 else 1.0
    return [x - lr * local * (y + weight_decay * x) for x, y in zip(w, g)]


def the_length_of_the_weights_forgotten(w, g, lr, trust=0.001, weight_decay=0.0):
    """Every update of yours is as long, whatever the weights. That is a normalised gradient. LARS moves by a *share* of the
    weights' length: it belongs above."""
    size, slope = sqrt(sum(x * x for x in w)), sqrt(sum(y * y for y in g))
    local = trust / (slope + weight_decay * size) if size > 0 and slope > 0 else 1.0
    return [x - lr * local * (y + weight_decay * x) for x, y in zip(w, g)]


def a_ratio_for_each_weight(w, g, lr, trust=0.001, weight_decay=0.0):
    """You give every single weight a ratio of its own, and so only the sign of its gradient counts. In LARS the whole tensor has
    one ratio, from the lengths of all its numbers together."""
    out = []
    for x, y in zip(w, g):
        local = trust * abs(x) / (abs(y) + weight_decay * abs(x)) if x != 0 and y != 0 else 1.0
        out.append(x - lr * local * (y + weight_decay * x))
    return out


one_update = Exercise(
    """**One update of LARS.** Write `lars_step(w, g, lr, trust=0.001, weight_decay=0.0)`: the weights after one update of the
paper's LARS, without momentum. `w` and `g` are lists of numbers, one whole tensor and its gradient. Where either has length 0
the ratio, `trust` included, is 1. (About four lines.)""",
    solution=lars_step,
    why="""Two lengths, one ratio, and then SGD with weight decay at that rate. Scale the gradient by a hundred, without decay,
and nothing changes: that is the whole idea, since layers differ in the length of their gradients. The rule for zeros looks like a
detail, and is not: biases begin at zero, get a full step of `lr`, and from the second update on steps that are tiny, since
their own length is.""",
    cases={
        "without weight decay": [([3.0, 4.0], [-5.0, 12.0], 2.0, 0.1), ([1.0, -2.0, 0.5], [0.3, 0.1, -0.7], 0.5)],
        "with weight decay": [([3.0, 4.0], [-5.0, 12.0], 2.0, 0.1, 0.25), ([1.0, -2.0, 0.5], [-0.3, 0.1, 0.7], 0.5, 0.02, 0.3)],
        "where a length is 0": [([0.0, 0.0], [1.0, -2.0], 0.5, 0.1, 0.2), ([1.0, 2.0], [0.0, 0.0], 0.5, 0.1, 0.2)],
    },
    mistakes=(the_length_of_both_together, decay_not_in_the_ratio, decay_not_in_the_move, upside_down, squares_without_a_root,
              the_length_of_the_weights_forgotten, a_ratio_for_each_weight, stuck_at_zero),
    hints=(
        "Begin with the two lengths: the root of the sum of squares of `w`, and the same of `g`.",
        "The ratio is `trust` times the first length, over the second plus `weight_decay` times the first.",
        "Then each weight moves by `lr` times the ratio times `g + weight_decay * w`, downhill.",
    ),
)

# -- 3. rescale a recipe -----------------------------------------------------------------------------------


def rescale(batch, peak, warmup, total, new_batch, rule="linear"):
    k = new_batch / batch
    return [peak * (k if rule == "linear" else sqrt(k)), ceil(warmup / k), ceil(total / k)]


def the_climb_left_as_it_was(batch, peak, warmup, total, new_batch, rule="linear"):
    """Your climb has as many updates as before. Each of them now sees more examples, or fewer: the climb is a length of training,
    and at equal examples it changes as the run does."""
    return [rescale(batch, peak, warmup, total, new_batch, rule)[0], warmup, ceil(total * batch / new_batch)]


def the_run_left_as_it_was(batch, peak, warmup, total, new_batch, rule="linear"):
    """Your run has as many updates as before, so with a larger batch it sees more examples than the recipe. Asked for are as many
    examples."""
    return [*rescale(batch, peak, warmup, total, new_batch, rule)[:2], total]


def only_the_rate(batch, peak, warmup, total, new_batch, rule="linear"):
    """The rate is right. But the recipe's climb and its length are given in updates, and an update has become another number of
    examples."""
    return [rescale(batch, peak, warmup, total, new_batch, rule)[0], warmup, total]


def longer_with_a_larger_batch(batch, peak, warmup, total, new_batch, rule="linear"):
    """A larger batch uses up the examples in *fewer* updates. You multiply where the updates have to be divided."""
    k = new_batch / batch
    return [peak * (k if rule == "linear" else sqrt(k)), ceil(warmup * k), ceil(total * k)]


def lower_with_a_larger_batch(batch, peak, warmup, total, new_batch, rule="linear"):
    """Your rate falls where the batch grows. Averaging more examples makes a step *more* reliable: both rules raise the rate."""
    k = new_batch / batch
    return [peak / (k if rule == "linear" else sqrt(k)), ceil(warmup / k), ceil(total / k)]


def always_linear(batch, peak, warmup, total, new_batch, rule="linear"):
    """You use the linear rule whatever is asked for. With `rule="root"` the factor is the root of the ratio."""
    return rescale(batch, peak, warmup, total, new_batch)


def the_root_for_the_updates(batch, peak, warmup, total, new_batch, rule="linear"):
    """The rule is about the rate. How many updates the examples last for is a division, under either rule."""
    k = new_batch / batch if rule == "linear" else sqrt(new_batch / batch)
    return [peak * k, ceil(warmup / k), ceil(total / k)]


def rounded_down(batch, peak, warmup, total, new_batch, rule="linear"):
    """You round down. A last, smaller batch is an update as well: round up."""
    k = new_batch / batch
    return [peak * (k if rule == "linear" else sqrt(k)), int(warmup / k), int(total / k)]


the_recipe = Exercise(
    """**Rescale a recipe.** A recipe for batches of `batch` gives a `peak`, and its `warmup` and `total` length in updates. Write
`rescale(batch, peak, warmup, total, new_batch, rule="linear")`: a list of the new peak, warm-up and length, for as many
examples, the numbers of updates rounded up. `rule` is `"linear"` or `"root"`, and `new_batch` may be smaller.""",
    solution=rescale,
    why="""One ratio does it all. The rate goes up by it, or by its root; the updates go down by it, and the climb is made of
updates like the rest. That is why a recipe is better written in examples, or epochs, than in updates: then only the rate
moves. Whether the new rate is *good* is another question. From the critical batch on, both rules ask for too much.""",
    cases={
        "the linear rule": [(256, 0.4, 50, 900, 1024), (32, 0.25, 32, 601, 96), (512, 1.6, 10, 99, 64)],
        "the root rule": [(256, 0.4, 50, 900, 1024, "root"), (32, 0.25, 31, 601, 288, "root"), (512, 1.6, 10, 99, 128, "root")],
    },
    mistakes=(the_climb_left_as_it_was, the_run_left_as_it_was, only_the_rate, longer_with_a_larger_batch,
              lower_with_a_larger_batch, always_linear, the_root_for_the_updates, rounded_down),
    hints=(
        "Begin with `k = new_batch / batch`.",
        "As many examples: batch times updates stays what it was.",
        "The climb is counted in updates, like the whole run. `math.ceil` rounds up.",
    ),
)

# -- 4. the critical batch from two runs ---------------------------------------------------------------------


def critical(batch_a, updates_a, batch_b, updates_b):
    examples = (updates_a - updates_b) / (1 / batch_a - 1 / batch_b)        # E_min
    return examples / (updates_a - examples / batch_a)


def the_fewest_examples(batch_a, updates_a, batch_b, updates_b):
    """That is E_min, the fewest examples of a run. The critical batch is E_min over S_min."""
    return (updates_a - updates_b) / (1 / batch_a - 1 / batch_b)


def the_fewest_updates(batch_a, updates_a, batch_b, updates_b):
    """That is S_min, the fewest updates of a run. The critical batch is E_min over S_min."""
    return updates_a - the_fewest_examples(batch_a, updates_a, batch_b, updates_b) / batch_a


def the_inverse(batch_a, updates_a, batch_b, updates_b):
    """You divide S_min by E_min. A batch is a number of examples for each update: the other way round."""
    return 1 / critical(batch_a, updates_a, batch_b, updates_b)


def the_larger_run_for_the_limit(batch_a, updates_a, batch_b, updates_b):
    """You take the run with the larger batch for one with exact gradients. It has noise as well; S_min lies below it. Two runs
    give two equations, for two unknowns."""
    return batch_a * (updates_a / updates_b - 1) if batch_a < batch_b else batch_b * (updates_b / updates_a - 1)


def both_runs_for_the_limits(batch_a, updates_a, batch_b, updates_b):
    """You take the examples of the smaller batch's run for E_min, and the updates of the larger one's for S_min. Both runs are
    above their limits. Two runs give two equations, for two unknowns."""
    small, large = sorted([(batch_a, updates_a), (batch_b, updates_b)])
    return small[0] * small[1] / large[1]


two_runs = Exercise(
    """**The critical batch from two runs.** Two runs reach the same loss, each with a rate that is best for its batch: one with
batches of `batch_a` in `updates_a` updates, the other with `batch_b` in `updates_b`. Take S = S_min (1 + B_crit / B) as given.
Write `critical(batch_a, updates_a, batch_b, updates_b)`, the critical batch.""",
    solution=critical,
    why="""Write the equation as S = S_min + E_min / B. It is a straight line over 1 / B: E_min is its slope, S_min its height
where 1 / B is 0, and the critical batch is the first over the second. From two points it is exact, and as wrong as they are: with
measured runs take more batches and fit a line.""",
    cases={
        "two runs": [(1, 1100.0, 10, 200.0), (8, 1350.0, 64, 300.0), (32, 500.0, 128, 200.0)],
        "the larger batch first": [(64, 300.0, 8, 1350.0), (1000, 30.0, 20, 90.0)],
    },
    mistakes=(the_fewest_examples, the_fewest_updates, the_inverse, the_larger_run_for_the_limit, both_runs_for_the_limits),
    hints=(
        "Multiply out: S = S_min + S_min * B_crit / B. Over 1 / B that is a straight line.",
        "The slope of the line is E_min = S_min * B_crit. Two points give a slope.",
        "With E_min at hand, S_min is `updates_a - E_min / batch_a`.",
    ),
)

# -- 5. find the bug ------------------------------------------------------------------------------------------


def as_found(base_lr, total_batch, devices, accumulate):
    batch = total_batch * devices
    return base_lr * batch / 256


def rate_for(base_lr, total_batch, devices, accumulate):
    return base_lr * total_batch * accumulate / 256


def accumulation_forgotten(base_lr, total_batch, devices, accumulate):
    """The devices are counted once now. But an update is made of `accumulate` passes, and each brings `total_batch` examples."""
    return base_lr * total_batch / 256


def devices_still_counted_twice(base_lr, total_batch, devices, accumulate):
    """The devices are counted twice: `total_batch` is what all of them see together, and you multiply by them once more."""
    return base_lr * total_batch * devices * accumulate / 256


def the_batch_of_one_device(base_lr, total_batch, devices, accumulate):
    """You scale for the batch of one device. The gradients of all devices are averaged into one update, and its batch is what
    they see together."""
    return base_lr * total_batch / devices * accumulate / 256


def divided_by_the_passes(base_lr, total_batch, devices, accumulate):
    """You divide by the passes. Dividing the *loss* by them makes a mean; the batch of the update gets larger by it."""
    return base_lr * total_batch / accumulate / 256


def the_root_rule(base_lr, total_batch, devices, accumulate):
    """Your rate grows with the root of the batch. The script means the linear rule."""
    return base_lr * sqrt(total_batch * accumulate / 256)


find_the_bug = Exercise(
    """**Find the bug.** Two scripts that train on ImageNet are much copied. In one, from NVIDIA's apex, `batch_size` is that of
*one* device, and the rate is `lr * batch_size * world_size / 256`. In the other, PyTorch's own example, `--batch-size` is the
total of all devices of a machine. Somebody took the first one's line into the second, and later added gradient accumulation.
Mend `rate_for(base_lr, total_batch, devices, accumulate)` by the linear rule: `total_batch` is what all devices see in one pass,
and an update averages over `accumulate` passes. The code stands in the next cell.""",
    solution=rate_for,
    why="""One line is right in one script and wrong in the other, since a word, *batch size*, means two things. On one device
nobody sees it: `devices` is 1. On eight the peak is eight times too high. And accumulation was forgotten, which makes the rate
too low; with as many passes as devices the two mistakes cancel, and the script looks right. Print the batch of one *update*,
once, and scale from that.""",
    cases={
        "one device, one pass": [(0.1, 256, 1, 1), (0.1, 1024, 1, 1)],
        "several devices": [(0.1, 1024, 8, 1), (0.02, 96, 3, 1)],
        "accumulation": [(0.1, 1024, 8, 4), (0.02, 96, 3, 5), (0.1, 512, 1, 2)],
    },
    mistakes=(accumulation_forgotten, devices_still_counted_twice, the_batch_of_one_device, divided_by_the_passes, the_root_rule),
    hints=(
        "Count the examples of one update on eight devices, with `total_batch` 1024 and one pass.",
        "Which of the three numbers, `total_batch`, `devices`, `accumulate`, does that count not need?",
        "The rate is `base_lr` times the batch of an update over 256.",
    ),
    stub=as_found,
)
