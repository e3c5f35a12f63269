"""Where the answers to the exercises on noise are compared."""
from itertools import product

RATES = ([], [0.3], [0.1, 0.5, 0.2], [0.7, 0.7, 0.05, 0.3])

GRIDS = {
    "floor": [()],
    "second_moment": list(product(RATES, (0.5, 2.0), (0.0, 1.3), (-2.0, 0.5))),
    "wanted_floor": list(product((0.01, 0.3, 5.0), (0.25, 1.0, 3.0), (0.5, 1.0, 2.0))),
    "when_to_drop": [(0.5, 0.05, 39), (1.5, 0.1, 32), (0.4, 0.02, 50), (0.4, 0.02, 20), (0.8, 0.1, 25), (1.0, 0.05, 12)],
    "find_the_bug": [()],
}
