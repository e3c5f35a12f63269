"""Where the answers to the exercises on the inverse square root are compared."""
from itertools import product

GRIDS = {
    "peak_of_noam": [()],
    "warmup_for_a_peak": list(product((3e-4, 7e-4, 1e-3, 2e-3), (256, 512, 1000), (0.5, 1.0, 2.0))),
    "a_tenth": [()],
    "closed_form": [(t, 0.1, w, s) for w in (0, 1, 4, 10) for s in (None, 1, 7, 40) for t in (0, 1, 2, 3, 4, 5, 9, 10, 50, 9000)],
    "find_the_bug": [()],
}
