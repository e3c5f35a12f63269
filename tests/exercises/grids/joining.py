"""Where the answers to the exercises on joining schedules are compared."""
from itertools import product

from lrlearn.exercises.joining import FALL, FLAT, LINE, WAVE

PLANS = [([LINE, WAVE], [3]), ([WAVE, LINE], [0]), ([LINE, WAVE, FALL], [4, 9]), ([FALL, LINE, WAVE], [2, 2])]

GRIDS = {
    "one_after_the_other": [(t, b, s, m) for s, m in PLANS for b in (0.1, 0.8) for t in range(14)],
    "times_and_lengths": list(product((1, 2, 7), (1, 5, 12), (30, 41))),
    "a_chain_by_hand": [()],
    "make_them_meet": [(t, b, f, s, m) for f, s in ((LINE, WAVE), (WAVE, LINE), (FALL, LINE), (FLAT, FALL)) for b in (0.1, 0.8)
                       for m in (1, 4) for t in range(12)],
    "find_the_bug": [(t, W, s, g) for W in (1, 3, 12) for s in (2, 5) for g in (0.1, 0.7) for t in range(26)],
}
