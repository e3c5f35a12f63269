"""Where the answers to the exercises of the chapter on schedules as functions are compared."""
from lrlearn import Schedule, constant, cosine, exponential_decay, inverse_sqrt, linear, step_decay
from lrlearn.exercises.schedules_are_functions import KINDS, Machine

SHAPES = [Schedule(constant), Schedule(linear, total_iters=8), Schedule(cosine, T_max=5), Schedule(cosine, T_max=9, eta_min=0.03),
          Schedule(exponential_decay, gamma=0.8), Schedule(inverse_sqrt, timescale=3)]

GRIDS = {
    "read_a_curve": [()],
    "length_of_the_way": [(s, lr, T) for s in SHAPES for lr in (0.1, 0.3) for T in (1, 2, 5, 10, 30)],
    "the_same_curve": [(t, lr, s, old, new) for s in SHAPES for lr in (0.1, 0.3)
                       for old, new in ((10, 30), (9, 4), (7, 7), (1, 5)) for t in range(new + 3)],
    "does_it_remember": [(Machine(kind), T) for kind in KINDS for T in (3, 5)] + [(s, 6) for s in SHAPES]
    + [(Schedule(step_decay, step_size=2), 6)],
    "find_the_bug": [([1],), ([4],), ([2, 5, 20],), ([6, 3],), ([3, 1, 7, 7],)],
}
