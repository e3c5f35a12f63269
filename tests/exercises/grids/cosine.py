"""Where the answers to the cosine chapter's exercises are compared."""
from itertools import product

GRIDS = {
    "closed_form": [(t, 0.1, T, floor) for T in (1, 2, 7, 40) for t in range(3 * T) for floor in (0.0, 0.02)],
    "last_lr": [()],
    "with_warmup": [(t, 0.1, W, W + n) for W in (0, 1, 5) for n in (1, 3, 20) for t in range(2 * (W + n))],
    "find_the_bug": list(product((1, 2, 5, 12), (1, 2, 7, 50), (1, 2, 3, 8))),
    "recursion": [(lr, t, T, f) for T in (1, 2, 7, 40) for t in range(T) for lr in (0.03, 0.2) for f in (0.0, 0.02)],
}
