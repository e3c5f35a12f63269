"""Where the answers to the exercises on cycles and restarts are compared."""

CYCLES = ((10, 1), (4, 2), (2, 3), (5, 3), (1, 3), (7, 4), (3, 1))

GRIDS = {
    "by_hand": [()],
    "closed_form": [(t, 0.1, n, m, low) for n, m in CYCLES for low in (0.0, 0.03) for t in (*range(130), 604, 605, 606)],
    "a_first_cycle_that_fits": [(N, k, m) for N in (600, 601, 1000, 999) for k in (1, 2, 3, 4, 5) for m in (1, 2, 3, 4)],
    "find_the_bug": [()],
}
