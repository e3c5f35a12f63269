"""Where the answers to the exercises on choosing are compared."""
GRIDS = {
    "what_costs_most": [()],
    "pick": [()],
    "from_the_data": [(n, b, e, share) for n in (1, 10, 33, 64, 100) for b in (1, 3, 32) for e in (1, 3, 90) for share in (0.0, 0.1, 0.5)],
    "find_the_bug": [(n,) for n in (10, 99, 600, 5000, 19_999, 20_000, 20_001, 30_000)],
}
