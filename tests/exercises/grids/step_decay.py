"""Where the answers to the exercises on step decay are compared."""
from itertools import product

PLANS = ([], [0], [1], [5], [2, 6], [3, 3], [0, 4, 4, 9])

GRIDS = {
    "count": [(t, 0.1, plan, gamma) for plan in PLANS for gamma in (0.1, 0.5, 1.5) for t in range(13)],
    "recipes": [()],
    "convert": list(product(([1], [3, 5], [60, 120, 160]), (1, 10, 64, 1000, 1001), (1, 4, 32, 100))),
    "to_keras": list(product((0.1, 0.4), ([1], [4], [3, 6], [2, 3, 9], [1, 2, 3, 4]), (0.1, 0.5))),
    "find_the_bug": [()],
}
