"""Where the answers to the exercises on param groups are compared."""
from lrlearn.exercises.param_groups import DEEP, FINE, NAMES

PREFIXES = [["layer1"], ["head"], ["layer10", "layer1"], ["layer2.layer1", "layer2", "norm.weight"], ["scale"], ["model"],
            ["model.backbone", "model.head"], FINE, FINE[::-1], ["backbone", "head"]]

GRIDS = {
    "the_rate_of_a_layer": [(layer, n, b, xi) for n in (1, 2, 4, 24) for b in (0.1, 2.0) for xi in (0.4, 0.9, 1.0)
                            for layer in range(n)],
    "nobody_lost": [(name, prefixes) for name in NAMES + DEEP + ["head"] for prefixes in PREFIXES],
    "three_groups": [()],
    "frozen_or_zero": [()],
    "find_the_bug": [(lrs, lr, [0, 1, 9, 10, 19, 20, 31]) for lrs in ([0.01, 0.1], [0.3, 0.2, 0.7], [1.0]) for lr in (0.1, 1.0)],
}
