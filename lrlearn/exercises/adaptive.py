"""The exercises of the chapter on adaptive optimizers."""
from math import sqrt

from .exercise import Exercise

# -- 1. which optimizer is this ------------------------------------------------------------------------


def their_numbers():
    return [3, 5, 1, 4, 2]


def first_moves_alone():
    """A and B are exchanged. Both begin with one rate, so the first move does not tell them apart. Look at the second: the
    gradient is the same as before. Whose sum has grown, and whose mean has not?"""
    return [5, 3, 1, 4, 2]


def sum_or_mean():
    """A and D are exchanged. One divides by the root of a sum, which after one gradient is this gradient squared. The other
    divides by the root of a mean that began at zero and holds a hundredth of it. Who makes the longer first move?"""
    return [4, 5, 1, 3, 2]


def with_or_without_momentum():
    """C and E are exchanged. After the gradient has become 0, one of them still moves. Which one remembers?"""
    return [3, 5, 2, 4, 1]


def the_start_corrected():
    """B and D are exchanged. Both divide by the root of a mean that begins at zero. One of them makes up for that start, and so
    its first move is one rate long."""
    return [3, 4, 1, 5, 2]


which = Exercise(
    """**Which optimizer is this?** One weight gets the gradients 4, 4, 0, 0. Five optimizers of PyTorch, all with the rate 0.1
and otherwise with their defaults, move it against the gradient by

| | 4 | 4 | 0 | 0 |
|---|---|---|---|---|
| A | 0.1 | 0.0707 | 0 | 0 |
| B | 0.1 | 0.1 | 0.0773 | 0.0633 |
| C | 0.4 | 0.4 | 0 | 0 |
| D | 1.0 | 0.709 | 0 | 0 |
| E | 0.4 | 0.76 | 0.684 | 0.6156 |

They are 1 SGD, 2 SGD with momentum 0.9, 3 AdaGrad, 4 RMSprop, 5 Adam. Give the list of five numbers, for A, B, C, D, E.""",
    solution=their_numbers,
    why="""Two questions are enough. *How long is the first move?* The gradient is 4, so 0.4 is the rate times the gradient: SGD
with or without momentum. 0.1 is the rate alone: AdaGrad or Adam. 1.0 is ten rates: RMSprop, whose mean holds a hundredth of the
first square. *What happens afterwards?* With AdaGrad the second of two equal gradients moves less, by the root of 2. And only
what remembers *gradients* moves when there is none: momentum, and Adam.""",
    cases={"the list": [()]},
    mistakes=(first_moves_alone, sum_or_mean, with_or_without_momentum, the_start_corrected),
    hints=(
        "Begin with the first column. Who multiplies the gradient 4 by the rate, and who only takes its sign?",
        "Who still moves when the gradient is 0?",
        "AdaGrad's sum is 16 and then 32. RMSprop's mean is 0.16 after the first gradient.",
    ),
)

# -- 2. n equal gradients --------------------------------------------------------------------------------


def rates_after(n, base_lr, g, beta2):
    return [base_lr / (abs(g) * sqrt(n)), base_lr / (abs(g) * sqrt(1 - beta2**n)), base_lr / abs(g)]


def lengths_of_the_moves(n, base_lr, g, beta2):
    """These are lengths of moves. The effective rate is what the gradient is multiplied by, so the gradient's size stays in the
    denominator."""
    return [base_lr / sqrt(n), base_lr / sqrt(1 - beta2**n), base_lr]


def no_root_at_all(n, base_lr, g, beta2):
    """You divide by sums and means of squares. All three optimizers take the root first."""
    return [base_lr / (g * g * n), base_lr / (g * g * (1 - beta2**n)), base_lr / (g * g)]


def rmsprop_corrected(n, base_lr, g, beta2):
    """Your RMSprop makes up for the start of its mean, and so it is Adam's. RMSprop does not, and begins with long moves."""
    return [base_lr / (abs(g) * sqrt(n)), base_lr / abs(g), base_lr / abs(g)]


def adam_uncorrected(n, base_lr, g, beta2):
    """Your Adam is RMSprop's. Adam divides its mean of squares by one minus `beta2 ** n`, and of equal gradients that leaves
    the square itself."""
    return [base_lr / (abs(g) * sqrt(n)), *[base_lr / (abs(g) * sqrt(1 - beta2**n))] * 2]


def one_gradient_early(n, base_lr, g, beta2):
    """You count one gradient too many. Sum and mean take in the gradient of this update before they are used, and that is all:
    at update n they hold n gradients."""
    return rates_after(n + 1, base_lr, g, beta2)


def with_a_sign(n, base_lr, g, beta2):
    """Some of your rates are negative. The root of a square has no sign: `abs(g)`."""
    return rates_after(n, base_lr, g, beta2) if g > 0 else [-rate for rate in rates_after(n, base_lr, g, beta2)]


equal_gradients = Exercise(
    """**Equal gradients.** One weight gets the same gradient `g`, not 0, again and again. Write `rates_after(n, base_lr, g,
beta2)`: the list of three effective rates at update n, counted from 1, for AdaGrad, RMSprop and Adam. The effective rate is
what multiplies the gradient: the learning rate over the root of sum or mean of squares, with bias correction where the
optimizer has it. `beta2` is the share of the old mean that stays (RMSprop's `alpha`). Forget `eps`. (About one line each.)""",
    solution=rates_after,
    why="""AdaGrad's sum is n g * g, so its rate falls like one over the root of n: a schedule that nobody asked for. RMSprop's
mean holds the share `1 - beta2 ** n` of g * g: it begins high, falls, and levels off after about `1 / (1 - beta2)` updates.
Adam divides by this very share, and is level from the first update on. Times `abs(g)`, these are lengths of moves, and no g is
left in them.""",
    cases={
        "at the first update": [(1, 0.1, 2.0, 0.9), (1, 0.3, 0.5, 0.99)],
        "later": [(2, 0.1, 2.0, 0.9), (5, 0.3, 0.5, 0.99), (40, 0.1, 3.0, 0.9)],
        "downhill on the other side": [(1, 0.1, -2.0, 0.9), (3, 0.2, -0.4, 0.95)],
    },
    mistakes=(lengths_of_the_moves, no_root_at_all, rmsprop_corrected, adam_uncorrected, one_gradient_early, with_a_sign),
    hints=(
        "AdaGrad's sum of n equal squares is n times the square. What is its root?",
        "RMSprop's mean begins at 0. After one gradient it holds `(1 - beta2)` of the square, after n of them `1 - beta2 ** n`.",
        "Adam divides RMSprop's mean by `1 - beta2 ** n`. What is left?",
    ),
)

# -- 3. write RMSprop ------------------------------------------------------------------------------------


def places(gradients, base_lr, alpha=0.99, eps=1e-8):
    w, s, seen = 0.0, 0.0, []
    for g in gradients:
        s = alpha * s + (1 - alpha) * g * g
        w -= base_lr * g / (sqrt(s) + eps)
        seen.append(w)
    return seen


def walk(gradients, base_lr, average, divisor):
    """RMSprop with another mean of squares, or with another divisor, a function of the mean and of the update's number."""
    w, s, seen = 0.0, 0.0, []
    for n, g in enumerate(gradients, 1):
        s = average(s, g)
        w -= base_lr * g / divisor(s, n)
        seen.append(w)
    return seen


def eps_inside_the_root(gradients, base_lr, alpha=0.99, eps=1e-8):
    """Your `eps` stands inside the root, as in Keras and in optax. PyTorch adds it after the root is taken. Inside, it counts
    by its root, which is much more."""
    return walk(gradients, base_lr, lambda s, g: alpha * s + (1 - alpha) * g * g, lambda s, n: sqrt(s + eps))


def a_sum(gradients, base_lr, alpha=0.99, eps=1e-8):
    """You add the squares up and forget none: that is AdaGrad. RMSprop keeps a share `alpha` of the old mean, and the new
    square counts `1 - alpha`."""
    return walk(gradients, base_lr, lambda s, g: s + g * g, lambda s, n: sqrt(s) + eps)


def shares_exchanged(gradients, base_lr, alpha=0.99, eps=1e-8):
    """You gave `alpha` to the new square. In PyTorch it is the share of the old mean that stays."""
    return walk(gradients, base_lr, lambda s, g: (1 - alpha) * s + alpha * g * g, lambda s, n: sqrt(s) + eps)


def start_corrected(gradients, base_lr, alpha=0.99, eps=1e-8):
    """You make up for the start of the mean, as Adam does. RMSprop does not: its first move is long."""
    return walk(gradients, base_lr, lambda s, g: alpha * s + (1 - alpha) * g * g, lambda s, n: sqrt(s / (1 - alpha**n)) + eps)


def no_root(gradients, base_lr, alpha=0.99, eps=1e-8):
    """You divide by the mean square itself. Its root has the unit of a gradient."""
    return walk(gradients, base_lr, lambda s, g: alpha * s + (1 - alpha) * g * g, lambda s, n: s + eps)


def uphill(gradients, base_lr, alpha=0.99, eps=1e-8):
    """Your weight climbs. The move is against the gradient: a minus sign."""
    return [-w for w in places(gradients, base_lr, alpha, eps)]


write_rmsprop = Exercise(
    """**Write RMSprop.** `places(gradients, base_lr, alpha=0.99, eps=1e-8)` takes a list of gradients of one weight that begins
at 0, and returns the list of its places after each update, as PyTorch's RMSprop would have it: no momentum, the mean of squares
begins at 0. (About six lines.)""",
    solution=places,
    why="""Two lines do the work, the mean and the move. AdaGrad is the same with `s = s + g * g`. In Keras and optax the
divisor is `sqrt(s + eps)`, and a gradient that is small against the root of `eps` then moves far less than in PyTorch. Who
takes a recipe from one to the other has to know it (pytorch issue 23796); some recipes have an `eps` as large as 1 (chainer
issue 4754).""",
    cases={
        "several gradients": [([4.0, 4.0], 0.1, 0.9, 0.5), ([0.02], 0.1, 0.99, 0.01),
                              ([1.0, -2.0, 0.5, 0.0, 3.0], 0.1, 0.9, 0.1), ([0.3, 0.3, 0.3, 0.3], 0.2, 0.75, 0.05)],
        "after a silence": [([0.0, 0.0, 2.0, 1.0], 0.1, 0.8, 0.1)],
    },
    mistakes=(eps_inside_the_root, a_sum, shares_exchanged, start_corrected, no_root, uphill),
    hints=(
        "Keep two numbers, the weight and the mean of squares, both 0 at first, and go through the gradients.",
        "First the mean: `alpha` of the old one and `1 - alpha` of the new square. Then the move.",
        "The move is `base_lr * g / (sqrt(s) + eps)`, against the gradient. Note where `eps` stands.",
    ),
)

# -- 4. Adam by hand -------------------------------------------------------------------------------------


def three_moves():
    return [-0.1 * 10 / 10, -0.1 * (2.5 / 0.75) / sqrt(3.84 / 0.0784), -0.1 * (1.25 / 0.875) / sqrt(3.6864 / 0.115264)]


def stops_with_the_gradient():
    """Your weight stops when the gradient does. Adam moves by its mean of gradients, which fades and does not end at once."""
    return [-0.1, 0.0, 0.0]


def without_bias_correction():
    """You left both means as they are. They begin at 0 and are too small at first; divide them by `1 - beta1 ** n` and `1 -
    beta2 ** n`. Without it the first move is two and a half rates long."""
    return [-0.1 * 5 / 2, -0.1 * 2.5 / sqrt(3.84), -0.1 * 1.25 / sqrt(3.6864)]


def only_the_squares_corrected():
    """You made up for the start of the mean square. The mean of the gradients begins at 0, too."""
    return [-0.1 * 5 / 10, -0.1 * 2.5 / sqrt(3.84 / 0.0784), -0.1 * 1.25 / sqrt(3.6864 / 0.115264)]


def only_the_gradients_corrected():
    """You made up for the start of the mean gradient. The mean square begins at 0, too."""
    return [-0.1 * 10 / 2, -0.1 * (2.5 / 0.75) / sqrt(3.84), -0.1 * (1.25 / 0.875) / sqrt(3.6864)]


def corrected_as_at_the_first():
    """The first move is right. Later you still divide by `1 - beta1` and `1 - beta2`: the power, the number of the update, is
    missing."""
    return [-0.1, -0.1 * (2.5 / 0.5) / sqrt(3.84 / 0.04), -0.1 * (1.25 / 0.5) / sqrt(3.6864 / 0.04)]


def betas_exchanged():
    """You averaged the gradients with `beta2` and the squares with `beta1`. The first one belongs to the gradients."""
    m, v, moves = 0.0, 0.0, []
    for n, g in enumerate([10, 0, 0], 1):
        m, v = 0.96 * m + 0.04 * g, 0.5 * v + 0.5 * g * g
        moves.append(-0.1 * (m / (1 - 0.96**n)) / sqrt(v / (1 - 0.5**n)))
    return moves


adam_by_hand = Exercise(
    """**Adam by hand.** One weight gets the gradient 10, and then 0 and 0. The rate is 0.1, `betas=(0.5, 0.96)`, and `eps` may
be forgotten. Give the list of its three moves, with their signs, to four digits or as expressions.""",
    solution=three_moves,
    why="""The mean gradient is 5, 2.5, 1.25, over `1 - 0.5 ** n`: 10, 3.33, 1.43. The mean square is 4, 3.84, 3.6864, over `1 -
0.96 ** n`: 100, 49.0, 32.0. So the first move is one rate, whatever the gradient, and the others are about a half and a quarter
of it, with no gradient at all. That is momentum. The divisor falls as well, since the square fades: the effective rate of a
silent weight rises.""",
    cases={"the list": [()]},
    mistakes=(stops_with_the_gradient, without_bias_correction, only_the_squares_corrected, only_the_gradients_corrected,
              corrected_as_at_the_first, betas_exchanged),
    hints=(
        "Write two rows of three numbers first: the mean of the gradients, and the mean of their squares.",
        "The mean gradient is 0.5 * 0 + 0.5 * 10, then half of that, then half again. Over what is each divided?",
        "The divisors are `1 - 0.5 ** n` and `1 - 0.96 ** n`, with n = 1, 2, 3. The move is minus the rate times mean over root.",
    ),
    rel=6e-4,       # so that four decimals are enough
)

# -- 5. find the bug -------------------------------------------------------------------------------------


def adam_as_found(gradients, base_lr, beta1=0.9, beta2=0.95, eps=1e-8):
    w, m, v, step, places = 0.0, 0.0, 0.0, 0, []
    for g in gradients:
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = m / (1 - beta1 ** (step + 1))
        v_hat = v / (1 - beta2 ** (step + 1))
        w -= base_lr * m_hat / (v_hat**0.5 + eps)
        places.append(w)
    return places


def adam(gradients, base_lr, beta1=0.9, beta2=0.95, eps=1e-8):
    w, m, v, step, places = 0.0, 0.0, 0.0, 0, []
    for g in gradients:
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        step += 1
        m_hat = m / (1 - beta1**step)
        v_hat = v / (1 - beta2**step)
        w -= base_lr * m_hat / (v_hat**0.5 + eps)
        places.append(w)
    return places


def mended(gradients, base_lr, beta1, beta2, eps, one, two, rate=1.0):
    """Adam with its two corrections as functions of the update's number, from 1."""
    w, m, v, places = 0.0, 0.0, 0.0, []
    for n, g in enumerate(gradients, 1):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        w -= base_lr * rate * m / one(n) / ((v / two(n)) ** 0.5 + eps)
        places.append(w)
    return places


def no_correction_left(gradients, base_lr, beta1=0.9, beta2=0.95, eps=1e-8):
    """Now nothing makes up for the start of the means. Later moves have the right length, but the first ones do not: keep both
    corrections, and let them fade."""
    return mended(gradients, base_lr, beta1, beta2, eps, lambda n: 1, lambda n: 1)


def counted_twice(gradients, base_lr, beta1=0.9, beta2=0.95, eps=1e-8):
    """Your count is one ahead. You count before the corrections, and they still add 1."""
    return mended(gradients, base_lr, beta1, beta2, eps, lambda n: 1 - beta1 ** (n + 1), lambda n: 1 - beta2 ** (n + 1))


def a_smaller_rate(gradients, base_lr, beta1=0.9, beta2=0.95, eps=1e-8):
    """You made the rate smaller to make up for the long moves. That mends the later ones and spoils the first. Look for the
    number that should change from update to update and does not."""
    return mended(gradients, base_lr, beta1, beta2, eps, lambda n: 1 - beta1, lambda n: 1 - beta2,
                  (1 - beta1) / (1 - beta2) ** 0.5)


def only_the_gradient_mended(gradients, base_lr, beta1=0.9, beta2=0.95, eps=1e-8):
    """The correction of the mean gradient fades now. That of the mean square still does not."""
    return mended(gradients, base_lr, beta1, beta2, eps, lambda n: 1 - beta1**n, lambda n: 1 - beta2)


find_the_bug = Exercise(
    """**Find the bug.** This Adam is for one weight, and its first move is right. Under a steady gradient its later moves grow
to 2.2 times the learning rate, and stay there. Adam's should be as long as the rate. Mend `adam(gradients, base_lr, beta1=0.9,
beta2=0.95, eps=1e-8)`: it returns the place of the weight, which begins at 0, after each update. The code stands in the next
cell.""",
    solution=adam,
    why="""`step` is never counted, so every update is corrected as if it were the first: the mean gradient is divided by 0.1,
and the root of the mean square by the root of 0.05, for ever. A steady gradient then moves the weight by sqrt(0.05) / 0.1 =
2.236 rates. The bug stood in an optimizer of OLMo-core, which trains language models (pull requests 309 and 317). The old
behaviour stays behind a flag, `step_increment_bugfix=False`, for scripts that were tuned with it. Two lessons. The rate in a
recipe is a number for *that* optimizer. And a test with a steady gradient, three lines long, finds what a loss curve does not
show.""",
    cases={
        "at the first update": [([2.0], 0.1), ([-0.5], 0.3, 0.8, 0.99, 0.1)],
        "under a steady gradient": [([1.0] * 12, 0.1), ([0.2] * 6, 0.3, 0.8, 0.99, 0.1)],
        "with other gradients": [([1.0, -2.0, 0.0, 0.0, 3.0], 0.1, 0.5, 0.9, 0.01)],
    },
    mistakes=(no_correction_left, counted_twice, a_smaller_rate, only_the_gradient_mended),
    hints=(
        "Print the two divisors, `1 - beta1 ** (step + 1)` and its twin, for the first three updates.",
        "`step` should be the number of updates made so far. Where does it change?",
        "Count once in each turn of the loop, and look at whether the corrections add 1 a second time.",
    ),
    stub=adam_as_found,
)
