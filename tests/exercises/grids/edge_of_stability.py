"""Where the answers to the exercises on the edge of stability are compared."""
from lrlearn.exercises.edge_of_stability import DEEP, FLAT, HILL, PLUS, SADDLE, THREE, TILTED, TWO

STARTS = {2: [(1.0, 0.3), (0.5, 2.0)], 3: [(1.0, 1.0, 1.0), (0.3, -1.0, 0.8)]}


def starts(*matrices):
    return [(matrix, v) for matrix in matrices for v in STARTS[len(matrix.rows)]]


GRIDS = {
    "settles": [()],
    "read_the_runs": [()],
    "power_iteration": [(matrix, v, n) for matrix, v in starts(TWO, THREE, FLAT) for n in (1, 2, 5, 60)],
    "find_the_bug": [(matrix, v, 200) for matrix, v in starts(PLUS, TWO, SADDLE, TILTED, DEEP, HILL)],
}
