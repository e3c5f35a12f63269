"""Where the answers to the exercises on the one number are compared."""
from itertools import product

GRIDS = {
    "limits": [()],
    "read_the_trace": [()],
    "descent": list(product(("bowl", "steep bowl", "quartic"), (-1.5, 0.5, 2.0), (0.05, 0.2), (0, 1, 4))),
    "how_steep": [(b, a, lr) for b in (-2.0, 0.5, 3.0) for a in (-1.2, 0.3, 2.5) for lr in (0.02, 0.5)],
    "find_the_bug": list(product(((0.1,), (0.2, 0.03), (0.05, 0.5, 0.1)), (0.1, 0.5), (0.0, 0.02), (1, 3))),
}
