"""Where the answers to the exercises on PyTorch's schedulers are compared."""
from lrlearn.exercises.inside_pytorch import Setting

FORMULAS = (lambda self, t, base_lr: base_lr / (1 + self.k * t), lambda self, t, base_lr: base_lr * 0.7 ** t)

GRIDS = {
    "subclass": [(Setting(lrs, 12, k=k),) for lrs in ([0.1], [0.3, 0.02]) for k in (0.0, 0.04, 3.0)],
    "wrong_order": [()],
    "a_factor": [(t, 0.1, low, T) for T in (1, 2, 7, 40) for t in range(3 * T) for low in (0.0, 0.02)],
    "find_the_bugs": [(Setting([0.3, 0.1], 30, warmup_epochs=W, max_epochs=T, eta_min=low),)
                      for W in (0, 1, 5) for T in (6, 12) for low in (0.0, 0.02)],
    "forgotten_state": [()],
    "follower": [(Setting([0.3, 0.1], 12, {at: 3.0}, stops, others, k=0.25, formula=f),)
                 for at in (1, 5) for stops, others in (((), 0), ((6,), 0), ((), 1)) for f in FORMULAS],
}
