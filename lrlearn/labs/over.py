"""One function over a list of arguments, on one machine or many: Optuna keeps the trials, Ray may run them."""
import os
import time
from contextlib import contextmanager
from itertools import islice

from ..extras import need
from .board import TRIES, Board, first_line
from .progress import counter

POLL = 0.5                  # seconds between two looks at the trials of others


def over(function, arguments, storage=None, study="over", ray=None, progress=True, value=None):
    """Call function(**argument) for each argument, here, in several processes or on a Ray cluster; return the results in order.

    function   gives what JSON holds: numbers (inf too, every digit kept), text, lists, dicts; the same wherever it runs
    arguments  a list of dicts, name -> value; each is a trial
    storage    where the trials stand: None keeps them in memory; a path is an SQLite file, which the processes of one machine
               may share; a database URL is for several machines; or an optuna storage, one in memory or with a heartbeat
    study      the name of the trials in the storage
    ray        None runs one trial at a time, here; True starts a Ray cluster on this machine; an address connects to one.
               Where Ray is connected already, that cluster is used. As many trials run at once as it has processors
    progress   whether a line tells how far it is, in a terminal or a notebook that someone watches
    value      a function of a result: the number that Optuna shows as the trial's value; without one it is 0

    Whoever makes the same call on the same storage is a worker: all share the trials, each runs once, and every worker
    returns all results. A worker that has nothing left to do waits for the others. It takes over a trial whose worker was
    silent for a minute: a killed process loses its unfinished trial to the next, and no finished one. A later call runs
    what is missing, or nothing. Trials are told apart by how their arguments print, so these must print as what they are.

    >>> over(pow, [{"base": 2, "exp": 10}, {"base": 2.0, "exp": -1}])
    [1024, 0.5]

    Range tests on many machines, one a seed:

    >>> from lrlearn.labs import digits, range_test
    >>> def suggested(seed):
    ...     return range_test(digits(), start_lr=1e-5, steps=100, seed=seed).minimum
    >>> [0.01 < lr < 0.2 for lr in over(suggested, [{"seed": seed} for seed in range(3)])]
    [True, True, True]

    Raises TypeError or ValueError, one sentence, for a wrong argument, and when the study holds other trials; what the
    function raises, after it has left its trial to the other workers.
    """
    check(function, arguments, study, ray)
    board = Board(storage, study, function, arguments)
    before = board.left(board.live())
    with engine(function, ray) as pool, counter(max(1, before), study, progress) as done, board.beating() as running:
        while left := board.left(live := board.live()):
            if left < before:
                done(before - left)
                before = left
            for trial in islice(board.claims(live), max(0, pool.slots() - len(running))):
                running[trial] = pool.start(arguments[board.arms[trial]])
            if running:
                for trial, result in pool.finished(running):
                    board.keep(trial, result, value)
                    del running[trial]
            elif not board.recover():
                time.sleep(POLL)
    return board.results()


# -- who runs the trials -----------------------------------------------------------------------------------


class Here:
    """Runs a trial in this process."""

    def __init__(self, function):
        self.function = function

    def slots(self):
        return 1

    def start(self, argument):
        return argument

    def finished(self, running):
        return [(trial, self.function(**argument)) for trial, argument in running.items()]


class Cluster:
    """Runs trials as Ray tasks, each on a processor and a thread of its own; Ray starts a task anew when its worker dies."""

    def __init__(self, ray, function):
        self.ray, self.task = ray, ray.remote(num_cpus=1)(call)
        self.function = ray.put(function)

    def slots(self):
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))

    def start(self, argument):
        return self.task.remote(self.function, argument)

    def finished(self, running):
        ready, _ = self.ray.wait(list(running.values()), timeout=POLL) if running else ([], [])
        try:
            return [(trial, self.ray.get(ref)) for trial, ref in running.items() if ref in ready]
        except self.ray.exceptions.RayTaskError as error:
            raise error.cause from None         # as the function raised it, without Ray's page of text


def call(function, argument):
    return function(**argument)


@contextmanager
def engine(function, address):
    """Yield what runs the trials; of Ray, only what is started here is shut down."""
    if address is None:
        yield Here(function)
        return
    ray = need("ray", "tune")
    ours = not ray.is_initialized()
    if ours:
        connect(ray, address)
    try:
        yield Cluster(ray, function)
    finally:
        if ours:
            ray.shutdown()


def connect(ray, address):
    """Connect to the cluster, or start one on this machine: without dashboard, usage statistics and log lines."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    where = {"address": "local", "include_dashboard": False} if address is True else {"address": address}
    for left in reversed(range(TRIES if address is True else 1)):
        try:
            return ray.init(**where, log_to_driver=False, logging_level="ERROR")
        except Exception as error:              # on a busy machine its helpers need longer than Ray waits for them
            ray.shutdown()
            if not left:
                got = f"{address!r}: {first_line(error)}"
                raise ConnectionError(f"ray: where the trials run, must be reachable, got {got}") from error


def check(function, arguments, study, ray):
    """A TypeError or ValueError of one sentence when one of them is wrong."""
    if not callable(function):
        raise TypeError(f"function: what to run, must be a function, got {function!r}")
    if not isinstance(arguments, (list, tuple)) or not arguments or not all(isinstance(each, dict) for each in arguments):
        raise ValueError(f"arguments: what to run it with, must be a list of at least one dict name -> value, got {arguments!r}")
    if not isinstance(study, str) or not study:
        raise ValueError(f"study: the name of the trials in the storage, must be a text, got {study!r}")
    if ray is not None and ray is not True and not (isinstance(ray, str) and ray):
        raise ValueError(f"ray: where the trials run, must be None, True for this machine or an address, got {ray!r}")
