"""Where the answers to the range-test chapter's exercises are compared."""

RAMPS = ((0.002, 2.0, 7), (0.05, 0.8, 5), (0.01, 3.0, 12), (1e-3, 1.0, 4), (0.5, 4.0, 2))
LOSSES = ([2.25, 1.5, 0.75, 0.5, 1.0, 1.75, 2.5, 9.0, 40.0], [2.0, 1.0, 4.0, 3.0, 5.0, 7.0], [3.0, 2.0, 1.0], [1.0], [1.0, 8.0],
          [0.5, 0.5, 0.5], [3.0, 1.0, 2.0, 0.5, 5.0, 0.2], [1.0, 0.5, 1.0, 2.0, 3.0, 4.5])

GRIDS = {
    "the_ramp": [(t, a, b, n) for a, b, n in RAMPS for t in range(n)],
    "smoothing": [(losses, beta) for losses in LOSSES for beta in (0.0, 0.5, 0.9, 0.98)],
    "by_hand": [()],
    "find_the_bug": [(used, lrs) for used in (0, 1, 3) for lrs in ((0.01, 0.1, 0.5, 1.0), (0.05, 1.5))],
}
