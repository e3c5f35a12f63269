"""Where the answers to the exercises on recipes are compared."""
LENGTHS = [(1000, 7000, 16), (10_000, 1_000_000, 256), (375e6, 300e9, 3e6), (30, 100, 7), (8000, 16e12, 4e6)]

GRIDS = {
    "wrong_numbers": [()],
    "share": [(w, unit, n, unit, batch) for w, n, batch in LENGTHS for unit in ("tokens", "updates")]
    + [(w, "updates", n * batch, "tokens", batch) for w, n, batch in LENGTHS] + [(w, "tokens", n / batch, "updates", batch) for w, n, batch in LENGTHS],
    "go_on": [(t, base_lr, T, W, part, floor) for t in (0, 1, 5, 8, 9, 10, 11, 40, 98, 99, 100, 101, 150) for base_lr in (3e-4, 0.1)
              for T in (50, 100) for W in (0, 10) for part in (0.1, 0.5, 1.0) for floor in (0.0, 1e-5)],
    "find_the_bug": [(blr, size, accum, world) for blr in (1e-4, 1e-3) for size in (1, 64, 256) for accum in (1, 2, 8) for world in (1, 8, 64)],
}
