"""Where the answers to the exercises on linear and polynomial decay are compared."""
from itertools import product

POWERS = (0.5, 1, 2, 3, 4)

GRIDS = {
    "closed_form": [(t, 0.1, n, p, f) for n in (1, 2, 7, 20) for t in range(2 * n + 2) for p in POWERS for f in (0.0, 0.02)],
    "area": list(product((0.02, 0.1, 0.3), POWERS, POWERS)),
    "defaults": [()],
    "find_the_bug": [(t, n, e) for n in (1, 2, 7, 20) for t in range(3 * n) for e in (0.0, 0.1, 0.5)],
}
