"""Where the answers to the one-cycle chapter's exercises are compared."""

SHARES = ((20, 0.25), (10, 0.3), (15, 0.3), (8, 0.5), (4, 0.75))

GRIDS = {
    "closed_form": [(t, 0.1, n, p, d, f) for n, p in SHARES for d, f in ((25.0, 1e4), (4.0, 5.0)) for t in range(2 * n)],
    "last_lr": [()],
    "momentum": [(t, high, low, n, p) for n, p in SHARES for high, low in ((0.95, 0.85), (0.9, 0.5)) for t in range(2 * n)],
    "find_the_bug": [()],
    "translate": [(w, n, s, e) for w, n in ((1, 5), (3, 10), (6, 20)) for s, e in ((0.25, 0.05), (0.04, 0.001), (0.5, 0.4))],
}
