"""Where the answers to the exercises of the chapter on steps are compared."""
from itertools import product

GRIDS = {
    "which_clock": [()],
    "how_many": list(product((10, 64, 96, 100, 101, 1000), (4, 8, 32), (1, 2), (1, 3, 4), (1, 2, 1.5, 0.3, 7))),
    "the_time": [(i, n, a) for n in (1, 3, 6, 8, 10) for a in (1, 2, 4, 8) for i in range(4 * n)],
    "find_the_bug": list(product((1, 2, 3), (3, 8, 9, 16, 21), (1, 2, 4), (1, 2, 4))),
}
