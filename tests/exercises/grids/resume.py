"""Where the answers to the exercises on stopping and resuming are compared."""
from itertools import product

from lrlearn.exercises.resume import FALL, WAVE, Setting, halving, wave

STATES = [([0.5], [0.8]), ([0.1, 0.7], [0.3, 0.02]), ([0.3, 0.4, 0.2], [0.3, 0.2, 0.9])]

GRIDS = {
    "what_is_missing": [()],
    "by_hand": [(lrs, {"updates": k, "base_lrs": starts}, s) for lrs, starts in STATES for k in (0, 1, 6, 11) for s in (WAVE, FALL)],
    "extend": [(t, b, T, k, n) for b, (T, k, n) in product((0.1, 0.8), ((12, 5, 30), (20, 15, 28), (9, 1, 10))) for t in range(40)],
    "find_the_bug": [(Setting(lrs, done, f),) for lrs in ([0.8], [0.1, 0.6]) for done in (1, 2, 7, 20) for f in (halving, wave)],
}
