"""The exercises of the chapter on the edge of stability."""
from .exercise import Exercise

# -- 1. where does it settle ---------------------------------------------------------------------------


def where_it_settles():
    return [2 / 0.1, 2 / 0.4, 2 / 0.05, 2 / 0.001, 8]


def one_over_the_rate():
    """You divide 1 by the rate. At that curvature one update lands on the bottom. Swings grow from twice that on, and there
    the sharpness stops."""
    return [1 / 0.1, 1 / 0.4, 1 / 0.05, 1 / 0.001, 8]


def where_it_began():
    """Your sharpness never changes. That is so in a bowl. A network moves to where the loss curves otherwise, and its rate
    says how far."""
    return [8, 8, 8, 8, 8]


def only_upwards():
    """You let the sharpness grow to its limit, which is right. A run that begins above the limit and survives has come down
    to it."""
    return [2 / 0.1, 8, 2 / 0.05, 2 / 0.001, 8]


def the_first_rate_counts():
    """In run 3 you kept to the rate of the first half. Which rate is in use when the run ends?"""
    return [2 / 0.1, 2 / 0.4, 2 / 0.1, 2 / 0.001, 8]


def the_sum_counts_once_more():
    """In run 4 you multiplied the limit by the number of examples. The sum makes the loss sharper; the limit depends on the
    rate alone."""
    return [2 / 0.1, 2 / 0.4, 2 / 0.05, 100 * 2 / 0.001, 8]


def the_sharpness_of_the_mean():
    """In run 4 you give the curvature of the mean loss. Measured is the loss that is trained, and that is the sum."""
    return [2 / 0.1, 2 / 0.4, 2 / 0.05, 2 / 0.001 / 100, 8]


def a_linear_model_grows_sharp_too():
    """In run 5 the squared loss of a linear model is a bowl, and its curvature is the same at every place. There is nowhere
    to go that is sharper."""
    return [2 / 0.1, 2 / 0.4, 2 / 0.05, 2 / 0.001, 2 / 0.1]


settles = Exercise(
    """**Where does it settle?** Five runs of gradient descent on full batches, without momentum. Each is long enough, and none
is lost. Near which number is the sharpness of the trained loss at the end?

1. A network whose sharpness is 8 at the start; rate 0.1.
2. The same start; rate 0.4. The loss shoots up at first.
3. The same start; rate 0.1 for the first half, then 0.05.
4. The same network, the loss now the sum over its 100 examples and not their mean; rate 0.001.
5. A linear model with the squared loss, whose sharpness is 8 at the start; rate 0.1.

Give a list of five numbers.""",
    solution=where_it_settles,
    why="""A network goes to about 2 over the rate: from below in run 1, from above in run 2, which is a catapult. In run 3
the fall of the rate moves the limit up, and the sharpness follows. In run 4 the sum makes the start a hundred times as
sharp, but the limit is still 2 over the rate in use. Run 5 is a bowl: its curvature is the same everywhere, and the rate
cannot change it.""",
    cases={"the list": [()]},
    mistakes=(one_over_the_rate, where_it_began, only_upwards, the_first_rate_counts, the_sum_counts_once_more,
              the_sharpness_of_the_mean, a_linear_model_grows_sharp_too),
    hints=(
        "From which sharpness on do swings grow, at a given rate?",
        "In four of the runs the answer is 2 over the rate that is in use at the end.",
        "One of the five losses is a bowl. What is the second derivative of a bowl?",
    ),
    rel=1e-6,
)

# -- 2. read the runs ------------------------------------------------------------------------------------


def kinds():
    return ["edge", "below", "diverges", "catapult", "edge", "below"]


def a_loss_that_rises_is_lost():
    """A loss that climbs at first is not lost yet. Look at its end, and at whether the sharpness has come down."""
    return ["edge", "below", "diverges", "diverges", "edge", "below"]


def a_loss_that_climbs_will_land():
    """You expect every climb to end well. In one run the loss and the sharpness both grow with every update, until nothing is
    left."""
    return ["edge", "below", "catapult", "catapult", "edge", "below"]


def all_that_grows_arrives():
    """In some runs the sharpness grows and grows and is still far from 2 over the rate when the run ends. Divide 2 by each
    rate."""
    return ["edge", "edge", "diverges", "catapult", "edge", "edge"]


def a_calm_loss_is_far_away():
    """One run has a loss that falls at nearly all the updates shown, and a sharpness as high as its rate allows. Compare the
    sharpness, not the loss."""
    return ["edge", "below", "diverges", "catapult", "below", "below"]


def a_jagged_loss_was_thrown():
    """In the first run the loss goes up late and a little, and it began with a sharpness under its limit. Being thrown needs
    a start above it."""
    return ["catapult", "below", "diverges", "catapult", "edge", "below"]


TIMES = (0, 1, 2, 5, 20, 60, 120)       # the updates shown
RUNS = ((0.3, 3.0), (0.1, 3.0), (0.5, 5.0), (0.4, 4.0), (0.2, 4.0), (0.2, 2.0))        # rate and start in worlds.sharpen

read_the_runs = Exercise(
    """**Read the runs.** Six runs of the small network, each at a constant rate: loss and sharpness before these updates.

```
run  rate  update        0      1      2      5     20     60    120
1    0.3   loss       1.58   1.01   0.29   0.09   0.03   0.08   0.08
           sharpness   5.0    3.8    5.5    5.5    6.9    6.8    6.7
2    0.1   loss       1.58   0.26   0.03   0.02   0.02   0.01   0.01
           sharpness   5.0    6.7    8.1    8.2    8.5    9.2   10.2
3    0.5   loss       4.93  44.95  51.39   1520      -      -      -
           sharpness   7.9    8.0    8.3   30.0      -      -      -
4    0.4   loss       3.08  10.97   1.29   0.14   0.11   0.05   0.07
           sharpness   6.4    5.2    3.7    2.1    2.3    5.2    3.9
5    0.2   loss       3.08   1.95   0.98   0.43   0.05   0.06   0.05
           sharpness   6.4    5.6    6.9    7.1    9.6    9.8    9.8
6    0.2   loss       0.51   0.09   0.07   0.07   0.06   0.04   0.02
           sharpness   3.9    3.9    3.7    3.7    4.4    6.1    8.5
```

Give a list of six words, each one of `below` (never reaches 2 / rate), `edge` (starts under 2 / rate, ends at it), `catapult`
(starts above it, and lands), `diverges`.""",
    solution=kinds,
    why="""2 over the rate is 6.7, 20, 4, 5, 10 and 10. Runs 1 and 5 begin under it and end at it. Runs 2 and 6 are still
under it at the end; longer runs might meet it. Runs 3 and 4 begin above it: their losses climb at once. In run 4 the
sharpness falls under the limit and the loss comes down. In run 3 both grow together. The loss alone does not tell run 3
from run 4 after one update; the sharpness does soon after.""",
    cases={"the list": [()]},
    mistakes=(a_loss_that_rises_is_lost, a_loss_that_climbs_will_land, all_that_grows_arrives, a_calm_loss_is_far_away,
              a_jagged_loss_was_thrown),
    hints=(
        "Write 2 / rate beside each run, and compare it with the first sharpness and the last.",
        "Two runs begin above their limit. What does the sharpness of each do next?",
    ),
)

# -- 3. power iteration ------------------------------------------------------------------------------------


class Matrix:
    """A symmetric matrix that one can only multiply with: times(v) is the product, a list."""

    def __init__(self, *rows):
        self.rows = rows

    def __call__(self, v):
        return [sum(a * b for a, b in zip(row, v)) for row in self.rows]

    def __repr__(self):
        return f"the matrix {self.rows}"


TWO = Matrix((2.0, 1.0), (1.0, 3.0))
THREE = Matrix((5.0, 2.0, 0.0), (2.0, 3.0, 1.0), (0.0, 1.0, 1.0))
FLAT = Matrix((0.3, 0.1), (0.1, 0.2))


def largest(times, v, iterations):
    for _ in range(iterations):
        Hv = times(v)
        length = sum(h * h for h in Hv) ** 0.5
        v = [h / length for h in Hv]
    return sum(a * h for a, h in zip(v, times(v)))


def never_scaled(times, v, iterations):
    """Your vector is not brought to length 1, so each product stretches the number that you give, too."""
    for _ in range(iterations):
        v = times(v)
    return sum(a * h for a, h in zip(v, times(v)))


def scaled_by_the_sum(times, v, iterations):
    """You divide by the sum of the entries. The length of a vector is the root of the sum of their squares."""
    for _ in range(iterations):
        Hv = times(v)
        v = [h / sum(Hv) for h in Hv]
    return sum(a * h for a, h in zip(v, times(v)))


def without_the_root(times, v, iterations):
    """You divide by the square of the length. Take its root, and the vector has length 1."""
    for _ in range(iterations):
        Hv = times(v)
        v = [h / sum(a * a for a in Hv) for h in Hv]
    return sum(a * h for a, h in zip(v, times(v)))


def always_from_the_start(times, v, iterations):
    """Each of your products begins with the first vector again, so it turns only once. Multiply the vector of the last
    iteration."""
    return largest(times, v, 1)


def the_limit(times, v, iterations):
    """That is the rate at which training becomes unstable. Asked for is the eigenvalue below the 2."""
    return 2 / largest(times, v, iterations)


def the_length(times, v, iterations):
    """You give the length of Hv. Here it comes to the same in the end, but a length has no sign, and a Hessian has negative
    eigenvalues, too. Give v times Hv."""
    for _ in range(iterations):
        Hv = times(v)
        length = sum(h * h for h in Hv) ** 0.5
        v = [h / length for h in Hv]
    return sum(h * h for h in times(v)) ** 0.5


def one_iteration_too_few(times, v, iterations):
    """Nearly: your vector has turned one time fewer than asked."""
    return largest(times, v, iterations - 1)


power_iteration = Exercise(
    """**Power iteration.** You cannot see the Hessian; you have a function `times`: `times(v)` is the product of the Hessian with
the list `v`, a list. Write `largest(times, v, iterations)`: replace `v` by its product with the Hessian, scaled to length 1,
`iterations` times. Then give `v` times `times(v)`, the sum of the products of their entries. All eigenvalues are positive
here. (About five lines.)""",
    solution=largest,
    why="""Each product stretches every part of the vector by its own eigenvalue. The part with the largest one grows most,
and after scaling little else is left. With length 1, `v` times `Hv` is the curvature along v. It is never above the
largest eigenvalue, so it rises to it.""",
    cases={
        "after many iterations": [(TWO, (1.0, 0.0), 40), (THREE, (1.0, 1.0, 1.0), 60), (FLAT, (1.0, -0.5), 60)],
        "after a few": [(TWO, (1.0, 0.0), 2), (THREE, (0.0, 0.0, 1.0), 3), (FLAT, (1.0, 0.5), 2)],
    },
    mistakes=(never_scaled, scaled_by_the_sum, without_the_root, always_from_the_start, the_limit, the_length,
              one_iteration_too_few),
    hints=(
        "One iteration has three lines: multiply, find the length, divide every entry by it.",
        "The length of `Hv` is `sum(h * h for h in Hv) ** 0.5`.",
        "After the loop multiply once more, and add up the products of the entries of `v` and `times(v)`.",
    ),
    play=lambda answer, times, v, iterations: answer(times, list(v), iterations),
)

# -- 4. find the bug ------------------------------------------------------------------------------------------

SCRIPT = """def sharpness(times, v, iterations):
    for _ in range(iterations):
        Hv = times(v)
        length = sum(h * h for h in Hv) ** 0.5
        v = [h / length for h in Hv]
    return length
"""

PLUS = Matrix((4.0, 1.0, 0.0), (1.0, 2.0, 0.5), (0.0, 0.5, 1.0))
SADDLE = Matrix((3.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -6.0))
TILTED = Matrix((1.0, 2.0), (2.0, -3.0))
DEEP = Matrix((2.0, 0.5, 0.0), (0.5, -7.0, 0.0), (0.0, 0.0, -5.0))
HILL = Matrix((-2.0, 0.5), (0.5, -4.0))


def sharpness(times, v, iterations):
    def strongest(shift):
        w = v
        for _ in range(iterations):
            w = [h - shift * a for h, a in zip(times(w), w)]
            length = sum(a * a for a in w) ** 0.5
            w = [a / length for a in w]
        return sum(a * h for a, h in zip(w, times(w)))

    value = strongest(0)
    return value if value > 0 else strongest(value)


def the_length_has_no_sign(times, v, iterations):
    """That is what the script gives. A length is never negative, so a direction that curves down strongly passes for one that
    curves up."""
    return abs(largest(times, v, iterations))


def the_largest_in_size(times, v, iterations):
    """The sign is right now, and the eigenvalue is still the largest in size. Asked for is the largest: any positive one is
    above any negative one."""
    return largest(times, v, iterations)


def nothing_curves_up(times, v, iterations):
    """You give zero where a negative eigenvalue is found. There may be others: move all of them up, and look again."""
    return max(largest(times, v, iterations), 0.0)


def the_shift_left_in(times, v, iterations):
    """You moved all eigenvalues up to make them positive, which works. Move the result back down by as much."""
    value = largest(times, v, iterations)
    return value if value > 0 else sharpness(times, v, iterations) - value


def always_moved(times, v, iterations):
    """You move the eigenvalues by the one you found even if it is positive. It then becomes zero, and the iteration finds the
    lowest instead."""
    value = largest(times, v, iterations)
    return largest(lambda w: [h - value * a for h, a in zip(times(w), w)], v, iterations) + value


find_the_bug = Exercise(
    f"""**Find the bug.** This function is to measure sharpness.

```python
{SCRIPT}```

For one small network it says 6, so a rate of 0.5 should overshoot. But in a run at 0.5 nothing does. Somebody works out the
eigenvalues by hand: 3, 1 and -6.

Write `sharpness(times, v, iterations)`, which gives the largest eigenvalue, also where a negative one is larger in size.
`times(v)` is the product of the Hessian with the list `v`; `iterations` is more than enough to find an eigenvalue. (About
ten lines.)""",
    solution=sharpness,
    why="""Power iteration turns to the eigenvalue of the largest size, and a length has no sign. Where v times Hv comes out
negative, subtract it from the diagonal: `Hv - value * v` has the same directions and eigenvalues that are all moved up,
so none is negative any more, and the largest is the largest in size. The value itself is taken from v times Hv, which
needs no moving back.""",
    cases={
        "where all eigenvalues are positive": [(PLUS, (1.0, 1.0, 1.0), 200), (TWO, (1.0, 0.0), 200)],
        "where one is negative": [(SADDLE, (1.0, 1.0, 1.0), 200), (TILTED, (1.0, 0.5), 200)],
        "where several are negative": [(DEEP, (1.0, 1.0, 1.0), 200), (HILL, (1.0, 0.5), 200)],
    },
    mistakes=(the_length_has_no_sign, the_largest_in_size, nothing_curves_up, the_shift_left_in, always_moved),
    hints=(
        "Which eigenvalue does the script find, and what does a length do to its sign?",
        "Run it twice. If the first value, v times Hv, is negative, use `Hv - value * v` in place of `Hv` in the second run.",
        "All eigenvalues are then moved up by the size of the negative one. Which is now the largest in size?",
    ),
    play=lambda answer, times, v, iterations: answer(times, list(v), iterations),
    rel=1e-7,
)
