"""race against a plain loop of torch runs on the same work, side by side. Nothing is asserted; read the table."""
import sys
import time

import torch

from lrlearn import Schedule, constant, cosine, exponential_decay, linear, multistep_decay, one_cycle, wsd
from lrlearn.labs import digits, race, train

T, PEAKS, SEEDS = 600, [0.01, 0.02, 0.05, 0.1, 0.2], 8
FAMILIES = {
    "constant": Schedule(constant),
    "step": Schedule(multistep_decay, milestones=[T // 2, 3 * T // 4]),
    "exponential": Schedule(exponential_decay, gamma=0.01 ** (1 / T)),
    "cosine": Schedule(cosine, T_max=T),
    "linear": Schedule(linear, total_iters=T, end_factor=0.0),
    "WSD": Schedule(wsd, total_steps=T, decay_steps=T // 5),
    "one cycle": Schedule(one_cycle, total_steps=T),
}
PLAIN = 14                              # runs of the plain loop that are timed; the rest would take as long each


def clock(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main():
    task, runs = digits(label_noise=0.2), len(FAMILIES) * len(PEAKS) * SEEDS
    race(task, FAMILIES, [0.1], seeds=1, steps=20)          # what happens once only
    arms = [(schedule, lr) for schedule in FAMILIES.values() for lr in PEAKS]

    def plain(first, last):
        for schedule, lr in arms[first:last]:
            train(task, schedule, lr, T)

    # Half of the plain loop before the race and half after it, so that a machine that changes its speed is fair to both.
    before = clock(lambda: plain(0, PLAIN // 2))
    took = clock(lambda: race(task, FAMILIES, PEAKS, SEEDS, T))
    after = clock(lambda: plain(PLAIN // 2, PLAIN))
    loop = (before + after) / PLAIN * runs
    print(f"{runs} runs of {T} updates on {task}\n{torch.get_num_threads()} threads, torch {torch.__version__}")
    print(f"  race             {took:6.1f} s\n  a loop of train  {loop:6.1f} s   (from {PLAIN} of {runs} runs)\n  ratio            {loop / took:6.1f}")


if __name__ == "__main__":
    sys.exit(main())
