"""Where the answers to the exercises on scaling are compared."""
from itertools import product

SHAPES = [((n, 64), n, b) for n, b in ((128, 32), (256, 32), (96, 48))]
SHAPES += [((n, n), n, b) for n, b in ((128, 32), (512, 128), (48, 96))] + [((10, n), n, 32) for n in (128, 256)]
SHAPES += [((n,), n, 32) for n in (128, 256)] + [((10,), 128, 32)]

GRIDS = {
    "sixteen": [()],
    "build_groups": [(*shape, lr, name) for shape, lr, name in product(SHAPES, (0.01, 0.2), ("adam", "sgd"))],
    "read_check": [()],
    "law": list(product((1e3, 1e8, 1e9, 7e10), (1e4, 1e9, 2e10, 1.4e12))),
    "find_the_bug": [([0.01, 0.000625], 0.01, [1.0, 0.5, 0.0]),
                     ([0.02, 0.005, 0.08], 0.02, [0.1, 1.0, 0.3]), ([0.05], 0.1, [0.5])],
}
