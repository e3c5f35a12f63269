"""Where the answers to the exercises on seams are compared."""
from itertools import product

GRIDS = {
    "recognise": [()],
    "one_intent": [(T, W) for T in (8, 10, 30, 100) for W in (0, 1, 3, 6)],
    "floor_units": list(product((0.1, 0.5, 3.0), (0.0, 0.001, 0.04))),
    "find_the_bug": [(m, n) for m in ([30, 60], [1], [2, 5, 9]) for n in (1, 4, 50)],
}
