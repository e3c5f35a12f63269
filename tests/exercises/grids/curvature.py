"""Where the answers to the exercises on curvature and momentum are compared."""
from itertools import product

GROUPS = (((0.1, 0.9),), ((0.2, 0.0), (0.03, 0.7)), ((0.05, 0.5), (0.5, 0.95), (0.1, 0.8)))

GRIDS = {
    "two_curvatures": [()],
    "halving": list(product((0.05, 0.3, 0.7, 1.1), (0.004, 0.07, 0.31, 0.83))),
    "heavy_ball": list(product(("bowl", "steep bowl", "slope"), (-1.5, 0.5), ((0.1, 0.1, 0.1), (0.05, 0.2, 0.02), ()), (0.0, 0.5, 0.9))),
    "find_the_bug": list(product(GROUPS, (0.1, 0.5), (0.0, 0.6, 0.99))),
    "translate": list(product((0.03, 0.5), (0.0, 0.5, 0.95), ("torch", "keras", "average"), (0.0, 0.7, 0.9))),
}
