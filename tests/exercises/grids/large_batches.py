"""Where the answers to the exercises on large batches are compared."""
from itertools import product

TENSORS = (([3.0, 4.0], [0.0, 12.0]), ([1.0, -2.0, 0.5], [-0.3, 0.1, 0.7]), ([0.0, 0.0], [1.0, -2.0]), ([2.0, 1.0], [0.0, 0.0]),
           ([5.0], [2.0]))

GRIDS = {
    "adams_share": [()],
    "one_update": [(w, g, lr, trust, decay) for (w, g), lr, trust, decay in product(TENSORS, (0.0, 0.7), (0.1, 1.5), (0.0, 0.3))],
    "the_recipe": [(b, 0.1, w, t, n, rule) for b, n in ((32, 32), (32, 256), (256, 96)) for w, t in ((0, 100), (7, 123))
                   for rule in ("linear", "root")],
    "two_runs": [(2, 900.0, 16, 200.0), (16, 200.0, 2, 900.0), (5, 44.0, 50, 17.0)],
    "find_the_bug": list(product((0.1, 0.4), (64, 1000), (1, 2, 8), (1, 3))),
}
