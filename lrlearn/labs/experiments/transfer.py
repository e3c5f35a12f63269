"""Fine-tuning: what is learnt elsewhere, and which layers go on learning."""
import torch

from ...core import Schedule
from ...schedules.polynomial import linear
from ..race import listed
from ..results import Race
from ..tasks import Task, digits
from ..train import one_thread
from .fit import fit, runs_of, stack

DOWN = 1 / 2.6              # from one layer to the one below, in ULMFiT
SHARES = {                  # how -> at a fraction u of the run, what multiplies the rate of each of the three layers
    "from scratch": lambda u: (1, 1, 1),
    "full": lambda u: (1, 1, 1),
    "discriminative": lambda u: (DOWN**2, DOWN, 1),
    "gradual unfreezing": lambda u: (u >= 2 / 3, u >= 1 / 3, 1),
    "last layer": lambda u: (0, 0, 1),
}


def transfer(seeds=20, examples=40, steps=150):
    """Does it help to know 0 to 4 when 5 to 9 are learnt from few examples? A Race of ways to fine-tune.

    seeds     how many seeds, or a list of them
    examples  how many digits from 5 to 9 there are to learn from, an integer >= 1
    steps     updates with them, an integer >= 1, after twice as many with 0 to 4

    For 5 to 9 the last layer is new. Both times the rate falls from 0.05 on a straight line to zero; batches have 16.

    Expected, and it is a negative result: starting from scratch beats every way to fine-tune, 0.40 nats. The less of the
    network goes on learning, the worse: full, 0.53, then discriminative rates, 0.67, then the last layer alone, 1.03. This
    is negative transfer.

    >>> transfer(seeds=2, steps=6).names
    ['from scratch', 'full', 'discriminative', 'last layer']

    Source: measured here; discriminative rates are from J. Howard and S. Ruder, ULMFiT, ACL 2018.
    """
    all_digits = digits(batch_size=16)
    known, new = part(all_digits, 0, 5), part(all_digits, 5, 10)
    ways = ("from scratch", "full", "discriminative", "last layer")
    return Race(new, tuned(known, new, ways, listed(seeds), examples, steps, [0.05], new_head=True))


def inverted(seeds=10, examples=50, steps=150):
    """The same when black and white are swapped: which way to fine-tune is best, at its own best rate? A Race.

    seeds     how many seeds, or a list of them
    examples  how many inverted digits there are to learn from, an integer >= 1
    steps     updates with them, an integer >= 1, after twice as many with all digits as they are

    The last layer is kept. The rates 0.02 and 0.05 are tried for each way.

    Expected: full fine-tuning is the worst, 0.51 right, and starting from scratch is better, 0.73. Now the order of the
    others is turned round: the last layer alone has 0.71, and gradual unfreezing, 0.76, cannot be told from scratch.
    Which way is best depends on the task.

    >>> inverted(seeds=2, steps=6).names
    ['from scratch', 'full', 'discriminative', 'gradual unfreezing', 'last layer']

    Source: measured here; gradual unfreezing is from J. Howard and S. Ruder, ULMFiT, ACL 2018.
    """
    known = digits(batch_size=16)
    new = Task("inverted digits", (1 - known.x, known.y), (1 - known.x_val, known.y_val), known.sizes, 16)
    return Race(new, tuned(known, new, SHARES, listed(seeds), examples, steps, [0.02, 0.05], new_head=False))


def part(task, first, end):
    """The digits from first to end - 1 of a task; the network keeps ten outputs."""
    train, validation = ((x[(y >= first) & (y < end)], y[(y >= first) & (y < end)])
                         for x, y in ((task.x, task.y), (task.x_val, task.y_val)))
    return Task(f"digits {first} to {end - 1}", train, validation, task.sizes, task.batch_size)


@one_thread()
def tuned(known, new, ways, seeds, examples, steps, base_lrs, new_head):
    """The Runs of each way to learn the new task at each rate, from scratch or after the known one."""
    scratch = stack([new.model(seed) for seed in seeds])
    learnt = stack([known.model(seed) for seed in seeds])
    learn(known, learnt, [known.batches(seed, 2 * steps) for seed in seeds], 0.05, SHARES["full"], 2 * steps)
    head = stack([new.model(1000 + seed) for seed in seeds])[-2:]
    runs = []
    for way in ways:
        for base_lr in base_lrs:
            start = scratch if way == "from scratch" else learnt[:-2] + head if new_head else learnt
            weights = [w.detach().clone().requires_grad_() for w in start]
            losses, lrs = learn(new, weights, [few(new, seed, examples, steps) for seed in seeds], base_lr, SHARES[way], steps)
            runs += runs_of(new, way, base_lr, seeds, losses, lrs, new.evaluate(weights))
    return runs


def learn(task, weights, batches, base_lr, shares, steps):
    """(losses, lrs) of a stack whose layers have shares of a rate that falls on a straight line."""
    optimizer = torch.optim.SGD([{"params": weights[i:i + 2]} for i in (0, 2, 4)], momentum=0.9)
    schedule = Schedule(linear, total_iters=steps)
    lrs = [schedule(t, base_lr) for t in range(steps)]
    return fit(task, optimizer, weights, [[lr * s for s in shares(t / steps)] for t, lr in enumerate(lrs)], zip(*batches)), lrs


def few(task, seed, examples, steps):
    """The batches of a task of which there are only a few examples, drawn by the seed."""
    rows = torch.randperm(len(task.y), generator=torch.Generator().manual_seed(seed))[:examples]
    less = Task(task.name, (task.x[rows], task.y[rows]), (task.x_val, task.y_val), task.sizes, task.batch_size)
    return less.batches(seed, steps)
