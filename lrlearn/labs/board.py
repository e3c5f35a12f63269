"""The trials of one study in an Optuna storage, as every worker sees them."""
import json
import os
import random
import re
import time
import warnings
from contextlib import contextmanager
from threading import Event, Thread

from ..core import plain
from ..extras import need

BEAT, STALE = 10, 60        # seconds: how often a worker tells that its trials run, and how long its silence is believed
PIECE = 20_000              # characters of a result in one attribute: MySQL keeps 65,535 bytes, quoted
TRIES = 5                   # to open a database: several workers may begin at once
WHERE = "storage: where the trials stand, must be None, a path, a database URL or an optuna storage with a heartbeat, got "


class Board:
    """The trials of one study; every worker has a Board of its own on the same storage.

    storage    None, a path, a database URL or an optuna storage, as in over
    study      the name of the trials in it
    function   what they run; its name must be the same for all workers
    arguments  a list of dicts; there is a trial for each

    Each trial tells which argument it is for. Of several for the same argument, the oldest that has not failed counts; others
    are dropped unrun. So nothing is run twice even where two workers have put up the same trial.
    """

    def __init__(self, storage, study, function, arguments):
        optuna = self.optuna = need("optuna", "tune")
        self.states = optuna.trial.TrialState
        self.name, self.changed = study, (0, time.monotonic())
        self.arms = {}                          # id of a trial that this worker has claimed -> index of its argument
        common = {"function": getattr(function, "__qualname__", repr(function)), "of": len(arguments)}
        self.says = [{"arm": arm, **common} | {name: printed(argument[name]) for name in argument}
                     for arm, argument in enumerate(arguments)]
        with quiet(optuna):
            self.storage = opened(optuna, storage)
            try:                                # names are unique, so only one worker makes the study, and puts the trials up
                self.study = optuna.create_study(storage=self.storage, study_name=study)
                self.put(range(len(arguments)))
            except optuna.exceptions.DuplicatedStudyError:
                self.study = optuna.load_study(storage=self.storage, study_name=study)

    def put(self, arms):
        """Put up a waiting trial for each of the arguments."""
        for arm in arms:
            self.study.add_trial(self.optuna.trial.create_trial(state=self.states.WAITING, user_attrs=self.says[arm]))

    def live(self):
        """index of an argument -> its trials that have not failed, oldest first; a ValueError where one is of other arguments."""
        found = {arm: [] for arm in range(len(self.says))}
        for trial in self.study.get_trials(deepcopy=False):
            arm = trial.user_attrs.get("arm")
            for name, ours in self.says[arm if arm in found else 0].items():
                if trial.user_attrs.get(name) != ours:
                    got = f"{self.name!r}, made with {name}={trial.user_attrs.get(name)}, not {ours}"
                    raise ValueError(f"study: the name of the trials in the storage, must be new for other arguments, got {got}")
            if trial.state != self.states.FAIL:
                found[arm].append(trial)
        return found

    def left(self, live):
        """How many arguments have no finished trial."""
        return sum(not any(trial.state == self.states.COMPLETE for trial in trials) for trials in live.values())

    def claims(self, live):
        """Yield the ids of waiting trials that are now this worker's, as long as it asks for more."""
        for arm, trials in live.items():
            for trial in trials:
                if trial.state == self.states.WAITING and self.move(trial._trial_id, trial is trials[0]):
                    self.arms[trial._trial_id] = arm
                    yield trial._trial_id

    def move(self, trial, counts):
        """Whether a waiting trial was made a running one, by this worker; one that does not count is dropped."""
        if counts:
            self.beat(trial)                    # first: Optuna never takes a trial without a heartbeat for stale
        return self.end(trial, self.states.RUNNING if counts else self.states.FAIL) and counts

    def end(self, trial, state, values=None):
        """Whether the trial changed its state; not when another worker was quicker."""
        try:
            return self.storage.set_trial_state_values(trial, state, values)
        except self.optuna.exceptions.UpdateFinishedTrialError:
            return False

    def keep(self, trial, result, value):
        """Store a result. If this worker was silent so long that the trial was given to another, that one's result counts."""
        try:
            text = json.dumps(result, default=plain)
        except (TypeError, ValueError) as error:
            raise TypeError(f"function: what to run, must give what JSON holds, got {printed(result)}") from error
        try:
            for n in range(0, len(text), PIECE):
                self.storage.set_trial_user_attr(trial, f"result {n // PIECE}", text[n:n + PIECE])
        except self.optuna.exceptions.UpdateFinishedTrialError:
            return
        self.end(trial, self.states.COMPLETE, [0.0 if value is None else value(result)])

    def recover(self):
        """Put up anew what a silent worker has left; also what was never put up, when nothing moves. Whether there was any."""
        with quiet(self.optuna):
            self.optuna.storages.fail_stale_trials(self.study)
        trials = self.study.get_trials(deepcopy=False)
        if len(trials) != self.changed[0]:
            self.changed = len(trials), time.monotonic()
        tried, late = {trial.user_attrs["arm"] for trial in trials}, time.monotonic() - self.changed[1] > STALE
        lost = [arm for arm, live in self.live().items() if not live and (arm in tried or late)]
        self.put(lost)
        return bool(lost)

    def results(self):
        """The results in the order of the arguments."""
        found = []
        for trials in self.live().values():
            kept = next(trial.user_attrs for trial in trials if trial.state == self.states.COMPLETE)
            pieces = sum(name.startswith("result ") for name in kept)
            found.append(json.loads("".join(kept[f"result {n}"] for n in range(pieces))))
        return found

    def beat(self, trial):
        """Tell that the trial runs."""
        if interval(self.storage):
            self.storage.record_heartbeat(trial)

    @contextmanager
    def beating(self):
        """Yield a dict of the running trials by their id; a thread tells that they run. What is left at the end is for others."""
        running, over = {}, Event()

        def beat():
            while not over.wait(interval(self.storage)):
                for trial in list(running):
                    try:
                        self.beat(trial)
                    except Exception:           # a database too busy for one beat hears the next
                        pass
            self.storage.remove_session()

        thread = Thread(target=beat, daemon=True)
        if interval(self.storage):
            thread.start()
        try:
            yield running
        finally:
            over.set()
            if interval(self.storage):
                thread.join()
            self.put([self.arms[trial] for trial in running if self.end(trial, self.states.FAIL)])


def printed(value):
    """How a value prints in every process: a function without its place in memory."""
    return re.sub(" at 0x[0-9A-Fa-f]+", "", repr(plain(value)))


def interval(storage):
    """Seconds between two heartbeats; None for a storage without."""
    return getattr(storage, "get_heartbeat_interval", lambda: None)()


def opened(optuna, storage):
    """The optuna storage."""
    if storage is None:
        return optuna.storages.InMemoryStorage()
    if isinstance(storage, (str, os.PathLike)):
        text = os.fspath(storage)
        url = text if "://" in text else f"sqlite:///{os.path.abspath(text)}"
        storage = database(optuna, url)
    elif not isinstance(storage, optuna.storages.InMemoryStorage) and not interval(storage):
        raise ValueError(WHERE + repr(storage))
    if getattr(storage, "engine", None) is not None and storage.engine.name == "sqlite":
        event = need("sqlalchemy", "tune").event
        if not event.contains(storage.engine, "begin", lock):
            event.listen(storage.engine, "begin", lock)
    return storage


def database(optuna, url):
    """The storage behind a URL; more than one try, since of several that make the same tables at once only one gets through."""
    waits = {"connect_args": {"timeout": STALE}} if url.startswith("sqlite") else {}
    for left in reversed(range(TRIES)):
        try:
            return optuna.storages.RDBStorage(url, engine_kwargs=waits, heartbeat_interval=BEAT, grace_period=STALE)
        except Exception as error:
            if not left:
                shown = re.sub("//[^/]*@", "//", url)       # without user and password
                raise ValueError(f"{WHERE}{shown!r}: {first_line(error)}") from error
            time.sleep(random.random() / 5)


def lock(connection):
    """SQLite knows no SELECT ... FOR UPDATE, with which Optuna claims a trial: without this lock two workers get the same one."""
    connection.connection.dbapi_connection.isolation_level = None
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def quiet(optuna):
    """Without Optuna's log lines, and without its warning that heartbeats are experimental."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(level)


def first_line(error):
    """The first line of what an error says."""
    return (str(error).splitlines() or [type(error).__name__])[0]
