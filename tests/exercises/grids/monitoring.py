"""Where the answers to the exercises on monitoring are compared."""
from lrlearn.exercises.monitoring import GROUPS, PLAIN, Training

LAYERS = [([3.0, 4.0], [3.0, 4.5]), ([1.0, -2.0, 2.0], [1.1, -2.2, 1.8]), ([0.01, 1.0, -0.5], [0.03, 1.02, -0.49]),
          ([3.0, 4.0, 1.0], [4.0, 3.0, 1.0]), ([5.0], [5.25]), ([1.0, 2.0, 3.0, 4.0], [1.5, 2.5, 2.0, 4.5])]
PLANS = ([1.0, 0.5], [0.25, 0.5, 1.0, 0.6], [0.2, 0.9, 0.1, 0.8, 0.3])

GRIDS = {
    "six_patients": [()],
    "update_ratio": LAYERS,
    "logger": [(history, start) for history in (GROUPS, PLAIN, GROUPS[:1]) for start in (0, 7, 60)],
    "how_late": [(share, beta) for share in (0.1, 0.2, 0.5, 0.63, 0.9, 0.95, 0.99) for beta in (0.3, 0.6, 0.9, 0.95, 0.98, 0.99)],
    "find_the_bug": [(Training(lrs, plan),) for lrs in ([0.4], [0.4, 0.03], [0.1, 0.7, 0.9]) for plan in PLANS],
}
