"""Where the answers to the warm-up chapter's exercises are compared."""
from itertools import product

FALLING = ([8, 6, 5, 4, 3, 2, 1, 1, 1, 1], [5, 5, 5, 5, 1, 1, 1, 1], [3, 1, 1, 1], [1, 1, 3.5], [4, 2, 2, 1, 1, 1], [1, 1])

GRIDS = {
    "first_update": [()],
    "no_lost_update": [(t, 0.1, W) for W in (0, 1, 2, 3, 10) for t in range(W + 4)],
    "the_recipe": [(t, 0.2, W, m, g) for W, m in ((0, (4,)), (3, (4, 9)), (5, (8, 8, 12))) for t in range(15) for g in (0.1, 0.5)],
    "find_the_bug": [(t, 0.1, W, W + n) for W in (0, 1, 5) for n in (1, 3, 20) for t in range(2 * (W + n))],
    "how_short": list(product(FALLING, (0.3, 0.5, 1.0, 1.5))),
}
