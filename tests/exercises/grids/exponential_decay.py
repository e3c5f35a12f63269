"""Where the answers to the exercises on exponential decay are compared."""
from itertools import product

GRIDS = {
    "half_life": [()],
    "per_epoch_to_per_update": list(product((0.1, 0.5, 0.9, 0.97, 0.999), (1, 2, 5, 30, 391))),
    "closed_form": [(t, 0.1, r, n, s) for r in (0.1, 0.5, 0.97) for n in (1, 2, 7) for t in range(4 * n) for s in (False, True)],
    "find_the_bug": [()],
}
