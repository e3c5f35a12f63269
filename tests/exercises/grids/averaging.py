"""Where the answers to the averaging chapter's exercises are compared."""
from itertools import product

RATES = ([0.1] * 3, [0.4, 0.3, 0.2, 0.1], [0.1, 0.3, 0.5, 0.2, 0.0], [0.05, 0.2, 0.1], [0.6])

GRIDS = {
    "still_there": list(product((0.1, 0.5, 0.9, 0.99, 0.9999), (1, 2, 5, 40))),
    "disguise": [(T, n) for T in (1, 2, 5, 9, 30) for n in (1, 2, 4, 9, 30) if n <= T],
    "write_schedule_free": list(product((1.0, -3.0), (0.5, 2.0), (0.1, 0.4), (0.0, 0.3, 0.9), (1, 2, 7))),
    "what_is_left": list(product(RATES, (0.1, 0.5, 0.9))),
    "find_the_bug": list(product((2.0, -1.0), (0.1, 0.4), (0.5, 0.9), (1, 2, 6), (1, 2, 9))),
}
