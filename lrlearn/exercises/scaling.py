"""The exercises of the chapter on scaling the learning rate."""
from .exercise import Exercise

# -- 1. sixteen times as wide --------------------------------------------------------------------------


def sixteen_times():
    return [0.004, 0.00025, 0.00025]


def all_alike():
    """You divide the input layer's rate, too. It reads 64 pixels at every width, so its sums do not get longer."""
    return [0.00025, 0.00025, 0.00025]


def nothing_moves():
    """All rates stand still. That is the standard parametrization. What stands still under muP is the number you choose; the
    layers whose sums run over the width divide it."""
    return [0.004, 0.004, 0.004]


def by_the_root():
    """You divide by the root of 16. The root is for random terms, which partly cancel. The terms of an update all push the
    same way, so their sum grows with their number."""
    return [0.004, 0.001, 0.001]


def only_the_hidden():
    """The output layer is left out. It, too, sums over all units of the wide layer before it."""
    return [0.004, 0.00025, 0.004]


def as_under_sgd():
    """These are the multipliers of SGD. Under Adam the move of a weight does not depend on the size of its gradient, so the
    rates follow from the lengths of the sums alone."""
    return [0.064, 0.004, 0.00025]


sixteen = Exercise(
    """**Sixteen times as wide.** An MLP 64-64-64-10 is trained with Adam, and its best rate is 0.004. You make it 64-1024-1024-10
and want muP, with the narrow one as the base and no forward multiplier. Which rates do the three weight matrices get? Give the
list: input, hidden, output.""",
    solution=sixteen_times,
    why="""The width grows by k = 16. The input layer sums over 64 pixels as before and keeps its rate. The hidden and the output
layer sum over 16 times as many units, and all terms of an update push the same way: each weight must move a sixteenth as far.
The base rate 0.004, the number that you tune, is carried over as it is.""",
    cases={"the list": [()]},
    mistakes=(all_alike, nothing_moves, by_the_root, only_the_hidden, as_under_sgd),
    hints=(
        "Over how many units does each layer sum, before and after?",
        "Adam moves each weight by about the rate. If 16 times as many terms of a sum move alike, how far does the sum go?",
        "Look at the column Adam of the table, with k = 1024 / 64.",
    ),
)

# -- 2. build the groups -------------------------------------------------------------------------------


def group_rate(shape, width, base, lr, optimizer):
    k = width / base
    reads, writes = shape[-1] == width and len(shape) == 2, shape[0] == width
    if optimizer == "adam":
        return lr / k if reads else lr
    if reads:
        return lr if writes else lr / k
    return lr * k if writes else lr


def by_the_rows(shape, width, base, lr, optimizer):
    """You take the shape as (in, out). `torch.nn.Linear` stores (out, in): the last number is what the layer reads."""
    return group_rate(shape[::-1], width, base, lr, optimizer)


def biases_like_matrices(shape, width, base, lr, optimizer):
    """A bias of the hidden layer gets the rate of a matrix. Nothing is summed over a bias: it goes with the input layer."""
    return group_rate((shape[0], width) if len(shape) == 1 else shape, width, base, lr, optimizer)


def one_column(shape, width, base, lr, optimizer):
    """Your rates under SGD are Adam's. Under SGD a gradient's size changes with the width as well, and the multipliers undo
    both."""
    return group_rate(shape, width, base, lr, "adam")


def other_column(shape, width, base, lr, optimizer):
    """Your rates under Adam are SGD's. Adam divides the size of the gradient out."""
    return group_rate(shape, width, base, lr, "sgd")


def upside_down(shape, width, base, lr, optimizer):
    """You multiply where muP divides, and the other way round. `k` is the width over the base width."""
    return group_rate(shape, width, width * width / base, lr, optimizer)


def no_base(shape, width, base, lr, optimizer):
    """You divide by the width itself. At the base width every multiplier is 1, so that the rate tuned there keeps its
    meaning."""
    return group_rate(shape, width, 1, lr, optimizer)


build_groups = Exercise(
    """**Build the groups.** Write `group_rate(shape, width, base, lr, optimizer)`: the rate of one parameter under muP, without
forward multipliers. `shape` is that of `torch.nn.Linear`: `(out, in)` for a weight, `(out,)` for a bias. `width` is the width
of the hidden layers, `base` that of the narrow model where `lr` was tuned, `optimizer` is `"adam"` or `"sgd"`. The inputs and
the outputs have other sizes than the width. (About six lines.)""",
    solution=group_rate,
    why="""Two questions of each parameter: does it *read* the wide layer, and does it *write* one? A matrix that reads it sums
over it, so Adam's rate is divided by k. Under SGD the gradient counts as well: what writes a wide layer gets gradients that
shrink like 1/k, and a multiplier k makes up for it; with both, the two cancel. One param group for each value does it in
PyTorch: `{"params": [...], "lr": group_rate(...)}`.""",
    cases={
        "Adam's matrices": [((128, 64), 128, 32, 0.01, "adam"), ((128, 128), 128, 32, 0.01, "adam"),
                            ((10, 128), 128, 32, 0.01, "adam")],
        "Adam's biases": [((128,), 128, 32, 0.01, "adam"), ((10,), 128, 32, 0.01, "adam")],
        "SGD": [((128, 64), 128, 32, 0.1, "sgd"), ((128, 128), 128, 32, 0.1, "sgd"), ((10, 128), 128, 32, 0.1, "sgd"),
                ((128,), 128, 32, 0.1, "sgd"), ((10,), 128, 32, 0.1, "sgd")],
        "another width": [((48, 48), 48, 32, 0.01, "adam"), ((48, 64), 48, 32, 0.1, "sgd"), ((10, 48), 48, 32, 0.1, "sgd")],
        "at the base": [((32, 32), 32, 32, 0.01, "adam"), ((32, 64), 32, 32, 0.1, "sgd")],
    },
    mistakes=(by_the_rows, biases_like_matrices, one_column, other_column, upside_down, no_base),
    hints=(
        "`k = width / base`. Which parameter has the width as its last number, which as its first?",
        "A bias has one number only: it writes, and it never reads.",
        "Adam: divide by `k` when it reads. SGD: times `k` when it writes, over `k` when it reads; both cancel.",
    ),
)

# -- 3. read a coordinate check --------------------------------------------------------------------------

def their_numbers():
    return [3, 1, 4, 2]


def frozen_or_right():
    """B and C are exchanged. Under muP *every* layer moves as much at each width. In one of the two, one row falls."""
    return [3, 4, 1, 2]


def growing_alike():
    """A and D are exchanged. In both something grows. In one of them the hidden layer is among what grows, in the other the
    hidden layer stands still and the output grows, more slowly than the width does."""
    return [2, 1, 4, 3]


def flat_is_standard():
    """You take the flat table for the standard parametrization. Flat is what muP is made for."""
    return [1, 3, 4, 2]


read_check = Exercise(
    """**Read a coordinate check.** Four networks 64-n-n-10 make three updates of Adam. The tables show how far the values before
each ReLU, and the outputs, have moved on average, at three widths.

| | width | first layer | second | output |
|---|---|---|---|---|
| A | 64 | 0.075 | 0.129 | 0.318 |
| | 256 | 0.062 | 0.211 | 0.790 |
| | 1024 | 0.047 | 0.575 | 2.365 |
| B | 64 | 0.075 | 0.129 | 0.318 |
| | 256 | 0.069 | 0.105 | 0.230 |
| | 1024 | 0.068 | 0.112 | 0.238 |
| C | 64 | 0.075 | 0.129 | 0.318 |
| | 256 | 0.018 | 0.064 | 0.163 |
| | 1024 | 0.004 | 0.062 | 0.160 |
| D | 64 | 0.075 | 0.129 | 0.318 |
| | 256 | 0.070 | 0.105 | 0.400 |
| | 1024 | 0.066 | 0.109 | 0.639 |

They are: 1 muP; 2 muP, but the output layer keeps the standard first weights; 3 the standard parametrization; 4 muP, but *all*
rates are divided by k. Give the list of four numbers, for A, B, C, D.""",
    solution=their_numbers,
    why="""A: the sums over the width grow, and with them the second layer's moves and the output's: the standard parametrization.
(The first layer even moves less: Adam's moves are as long, but they agree less.) B: flat, once past the base. C: nothing grows,
and the first layer freezes; its rate was divided though it reads pixels. D: the inside is flat, the output grows like the root
of the width. Its first weights are a root too large, and their sum with the *agreeing* moves of the layer below shows it.""",
    cases={"the list": [()]},
    mistakes=(frozen_or_right, growing_alike, flat_is_standard),
    hints=(
        "Read each column downwards. Which grow, which fall, which stay?",
        "The first layer reads pixels, not the wide layer. In which table does it nearly stop moving?",
        "A large first output layer does not change the rates. Which column can it change?",
    ),
)

# -- 4. a law, evaluated -----------------------------------------------------------------------------------


def step_law(N, D):
    return 1.79 * N**-0.713 * D**0.307


def in_billions(N, D):
    """You count in billions. The law was fitted with parameters and tokens counted one by one."""
    return step_law(N / 1e9, D / 1e9)


def signs_exchanged(N, D):
    """The signs of the exponents are exchanged. In this law a larger model wants a lower rate, and more tokens a higher one."""
    return 1.79 * N**0.713 * D**-0.307


def sizes_exchanged(N, D):
    """N and D are exchanged. N counts the parameters, D the tokens."""
    return step_law(D, N)


def tokens_left_out(N, D):
    """Your rate does not depend on the tokens. In this law it does; that is where it differs most from the others."""
    return 1.79 * N**-0.713


def tokens_lower_it(N, D):
    """Your rate falls when the tokens grow. The exponent of D is positive here, though other laws have it the other way."""
    return 1.79 * N**-0.713 * D**-0.307


law = Exercise(
    """**A law, evaluated.** Step Law says: the best rate is 1.79 N^(-0.713) D^0.307, for a model of N parameters trained on D
tokens, with batches of 0.58 D^0.571 tokens. Write `step_law(N, D)`, the rate. (One line.) Then try it: ten times the parameters
and ten times the tokens, does the rate rise or fall? And how many more updates are made?""",
    solution=step_law,
    why="""For a billion parameters and twenty billion tokens it gives about 0.001; the batches have 440,000 tokens, and there are
45,000 updates. With both sizes ten times as large the rate falls by 10 ** -0.406, to 0.39 of it, and there are 2.7 times as
many updates. The rise with D is for batches that grow with D. Who keeps the batch fixed is outside the law.""",
    cases={
        "the rate": [(1e9, 2e10), (1e8, 2e9)],
        "more tokens for one model": [(1e9, 1e11), (1e9, 1e10)],
        "other sizes": [(6e7, 1e9), (7e9, 1.4e11)],
    },
    mistakes=(in_billions, signs_exchanged, sizes_exchanged, tokens_left_out, tokens_lower_it),
    hints=("A power is `**` in Python, and a negative exponent may stand there as it is.",
           "Two sizes come in. Which of them lowers the rate, which raises it?",
           "`1.79 * N ** -0.713`, and one more factor."),
)

# -- 5. find the bug ---------------------------------------------------------------------------------------


def rates_as_found(initial, start_lr, factors):
    groups, seen = [{"lr": lr} for lr in initial], []
    for factor in factors:
        new_lr = start_lr * factor
        for group in groups:
            if "width_mult" in group:
                group["lr"] = new_lr / group["width_mult"]
            else:
                group["lr"] = new_lr
        seen += [group["lr"] for group in groups]
    return seen


def rates(initial, start_lr, factors):
    seen = []
    for factor in factors:
        new_lr = start_lr * factor
        seen += [new_lr * lr / start_lr for lr in initial]
    return seen


def remembers_the_last(initial, start_lr, factors):
    """Each update multiplies the rate that the last one left, so the factors pile up. Every factor belongs to the rate that
    the group had in the beginning."""
    lrs, seen = list(initial), []
    for factor in factors:
        lrs = [lr * factor for lr in lrs]
        seen += lrs
    return seen


def only_the_first(initial, start_lr, factors):
    """Only the first group follows the schedule. The others stay where they began."""
    return [lr * factor if i == 0 else lr for factor in factors for i, lr in enumerate(initial)]


def shares_added(initial, start_lr, factors):
    """You add what sets a group apart. It is a share, not an amount: at a tenth of the rate the difference is a tenth, too."""
    return [start_lr * factor + lr - start_lr for factor in factors for lr in initial]


def divided_again(initial, start_lr, factors):
    """The group's share is applied twice: the rate it began with holds it already."""
    return [lr * lr / start_lr * factor for factor in factors for lr in initial]


def never_scheduled(initial, start_lr, factors):
    """The groups keep their shares now, and the schedule is gone. Both have to act."""
    return [lr for _ in factors for lr in initial]


find_the_bug = Exercise(
    """**Find the bug.** An optimizer has been made with muP's groups; `initial` holds the rate of each, such as
`[0.01, 0.000625]`. The training loop then sets all rates at every update: `start_lr`, the rate of a group whose multiplier is 1,
times the schedule's factor. No error is raised, and yet from the first update on this is not muP. Mend `rates(initial,
start_lr, factors)`: one list, the rates of all groups at the first update, then at the second, and so on. The code stands in
the next cell.""",
    solution=rates,
    why="""The loop asks each group for `"width_mult"`. Nobody has put it there: the library had divided the group's `lr` and kept
no note. So the `else` runs, and it writes one rate over all groups. The code stood in GPT-NeoX (pull request 1061 names the
cause); the README of the muP library warns of loops that write `lr`. PyTorch's `LambdaLR` is safe, since it multiplies each
group's own first rate, `initial_lr`. Print the rates of all groups after the first step of a scheduler: one line finds this.""",
    cases={
        "one update": [([0.01, 0.000625], 0.01, [1.0]), ([0.02, 0.02], 0.02, [0.5])],
        "a warm-up and a fall": [([0.01, 0.0025, 0.04], 0.01, [0.25, 0.5, 1.0, 0.5, 0.0])],
        "other groups": [([0.003, 0.1], 0.1, [1.0, 0.7, 0.1]), ([0.05], 0.1, [1.0, 0.5])],
    },
    mistakes=(remembers_the_last, only_the_first, shares_added, divided_again, never_scheduled),
    hints=(
        "Print the rates of two groups before and after the first update.",
        "Which of the two branches runs? Who has written `width_mult`?",
        "Each group knows its first rate. Multiply that one by the factor.",
    ),
    stub=rates_as_found,
)
