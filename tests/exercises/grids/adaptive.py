"""Where the answers to the exercises on adaptive optimizers are compared."""
from itertools import product

WALKS = ([4.0], [0.02], [1.0, -2.0, 0.5, 0.0, 3.0], [0.0, 0.0, 2.0, 1.0], [0.3] * 4, [-1.0, 0.0, 5.0])

GRIDS = {
    "which": [()],
    "equal_gradients": list(product((1, 2, 5, 40), (0.1, 0.3), (2.0, -0.5, 3.0), (0.9, 0.99))),
    "write_rmsprop": list(product(WALKS, (0.1, 0.5), (0.75, 0.99), (0.01, 0.3))),
    "adam_by_hand": [()],
    "find_the_bug": list(product(WALKS, (0.1, 0.5), (0.5, 0.9), (0.75, 0.99), (0.01, 0.3))),
}
