"""A worker process for test_sweep: python sweep_worker.py folder name trial.

trial  the one, counted from 1, that it never ends; 0 for a worker that ends all; "" for one that then takes part in rounds
"""
import pickle
import sys
import time
from pathlib import Path

from lrlearn import Schedule, constant, cosine
from lrlearn.labs import digits, over, race, sweep

STUDY = {"task": digits(label_noise=0.2), "base_lrs": [0.05, 0.2, 50.0], "seeds": 2, "steps": 12,
         "schedules": {"cosine": Schedule(cosine, T_max=12), "constant": Schedule(constant)}}
NUMBERS, ROUNDS = 8, 2


def wait_for(path):
    while not path.exists():
        time.sleep(0.01)


def main(folder, name, last):
    ran = []

    def note(what):
        ran.append(what)
        with (folder / f"{name}.ran").open("a") as file:
            file.write(f"{what}\n")

    def raced(task, schedules, base_lrs, *rest, **options):
        note((*schedules, *base_lrs))
        found = race(task, schedules, base_lrs, *rest, **options)
        if len(ran) == last:                # trained, and not yet stored
            (folder / "inside").touch()
            time.sleep(1000)
        return found

    def squared(n):
        note(n)
        return n * n

    module, board, engine = [sys.modules[f"lrlearn.labs.{name}"] for name in ("sweep", "board", "over")]
    module.race, board.BEAT, board.STALE, engine.POLL = raced, 1, 5, 0.05
    (folder / f"{name}.ready").touch()
    wait_for(folder / f"{name}.go")
    found = sweep(**STUDY, storage=folder / "sweep.db")
    squares = []
    if last is None:
        for n in range(ROUNDS):             # both workers begin each round at the same moment, on a file that is not there yet
            (folder / f"{name}.{n}").touch()
            for other in "ab":
                wait_for(folder / f"{other}.{n}")
            numbers = [{"n": 100 * n + k} for k in range(NUMBERS)]
            squares.append(over(squared, numbers, folder / f"{n}.db", progress=False))
    (folder / f"{name}.found").write_bytes(pickle.dumps((found.runs, squares)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if sys.argv[3] else None)
