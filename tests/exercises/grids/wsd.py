"""Where the answers to the exercises on warm-up, stable, decay are compared."""
RUNS = [(W, S, D) for W in (0, 1, 2, 5) for S in (0, 1, 4) for D in (1, 2, 7)]
LENGTHS = ([7], [20, 10], [100, 200, 400], [30, 10, 20, 50], [9, 8, 7, 6, 5])

GRIDS = {
    "closed_form": [(t, 0.1, W + S + D, D, W, f) for W, S, D in RUNS for t in range(2 * (W + S + D) + 2) for f in (0.0, 0.02)],
    "stop_soon": [(t, share) for t in (1, 10, 777, 8000) for share in (0.05, 0.1, 0.2, 0.3, 0.5, 0.75)],
    "saving": [(list(lengths), D) for lengths in LENGTHS for D in (1, 2, 5)],
    "find_the_bug": [(step, W, S, D) for W, S, D in RUNS for step in range(2 * (W + S + D) + 2)],
}
