"""Where the answers to the exercises on plateau are compared."""
from lrlearn.exercises.plateau import UP_AND_DOWN, Fed

LISTS = ([3.0, 2.0] + [2.0] * 12, UP_AND_DOWN, [1.0, 2.0, 0.5, 0.5, 0.6, 0.4, 0.4, 0.4, 0.4, 0.3, 0.3, 0.3, 0.3, 0.3])
RISES = ([0.1, 0.4, 0.8, 0.9], [0.5, 0.8] + [1.0] * 12, [0.5, 0.7, 0.6, 0.65, 0.8, 0.75, 0.8, 0.7, 0.85, 0.8, 0.8, 0.8, 0.8])

GRIDS = {
    "trace": [()],
    "machine": [(Fed(metrics, 0.3, factor, n),) for metrics in LISTS for factor in (0.1, 0.5) for n in range(5)],
    "how_early": [(cuts, n, wait) for cuts in range(1, 6) for n in (0, 1, 2, 5, 10) for wait in (0, 1, 4, 9)],
    "from_keras": [(n, share, wait) for n in (0, 1, 2, 10) for share in (0.0, 1e-4, 0.5) for wait in (0, 1, 2, 7)],
    "find_the_bug": [(list(rise), 0.3, factor, n) for rise in RISES for factor in (0.1, 0.5) for n in range(4)],
}
