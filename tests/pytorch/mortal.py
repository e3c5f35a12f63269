"""Train a small model under each kind of scheduler, once straight through and once in processes that are killed.

`python -m tests.pytorch.mortal` imports torch once and forks a process for every life, since importing takes seconds. A
life goes on from the last checkpoint. It ends by SIGKILL: from its own hand in the middle of a step, or from the parent's
while the checkpoint is half written. The answer is JSON: kind -> what the lives came to, and how they ended.
"""
import gc
import json
import os
import random
import signal
import tempfile
from pathlib import Path

import torch
from torch.optim import lr_scheduler as theirs

import lrlearn.pytorch as lp
from lrlearn import Schedule, cosine, warmup

STEPS, EVERY = 40, 3                                    # updates of a run, and between two checkpoints
ENDINGS = ("before the update", "after the update", "while writing")


class Halving:
    """A factor with a memory: an object that can be called, whose attributes belong to the state."""

    def __init__(self):
        self.asked = 0

    def __call__(self, t):
        self.asked += 1
        return 0.5 ** (t // 7) + 0.01 * self.asked


def chain(o):
    return lp.ChainedScheduler([lp.LinearLR(o, 0.2, total_iters=9), lp.CosineAnnealingLR(o, 25, eta_min=0.001), lp.StepLR(o, 10)])


def sequence(o):
    parts = [lp.LinearLR(o, 0.1, total_iters=6), lp.CyclicLR(o, 0.01, 0.05, 3), lp.ExponentialLR(o, 0.9)]
    return lp.SequentialLR(o, parts, [6, 20])


def deep(o):
    inner = lp.SequentialLR(o, [chain(o), lp.CosineAnnealingWarmRestarts(o, 4)], [11])
    return lp.SequentialLR(o, [inner, lp.ChainedScheduler([lp.ExponentialLR(o, 0.95), lp.MultiStepLR(o, [3, 3, 8], 0.5)])], [23])


WARM = Schedule(warmup, schedule=Schedule(cosine, T_max=30), warmup_steps=8)

# kind -> the scheduler that it puts on the optimizer o
KINDS = {
    "StepLR": lambda o: lp.StepLR(o, 7, 0.5),
    "MultiStepLR": lambda o: lp.MultiStepLR(o, [5, 5, 21], 0.6),
    "ConstantLR": lambda o: lp.ConstantLR(o, 0.3, 17),
    "LinearLR": lambda o: lp.LinearLR(o, total_iters=33),
    "ExponentialLR": lambda o: lp.ExponentialLR(o, 0.93),
    "PolynomialLR": lambda o: lp.PolynomialLR(o, 36, 2.0),
    "CosineAnnealingLR": lambda o: lp.CosineAnnealingLR(o, 15, 0.001),
    "CosineAnnealingWarmRestarts": lambda o: lp.CosineAnnealingWarmRestarts(o, 5, 2, 0.001),
    "CyclicLR": lambda o: lp.CyclicLR(o, 0.005, 0.05, 4, 7, mode="exp_range", gamma=0.97),
    "OneCycleLR": lambda o: lp.OneCycleLR(o, 0.1, STEPS),
    "LambdaLR": lambda o: lp.LambdaLR(o, [lambda t: 0.95 ** t, Halving()]),
    "MultiplicativeLR": lambda o: lp.MultiplicativeLR(o, lambda t: 1 - 1 / (t + 5)),
    "ScheduleLR": lambda o: lp.ScheduleLR(o, WARM, momentum=lambda t, m0: m0 * (1 - 0.01 * (t % 9))),
    "ReduceLROnPlateau": lambda o: lp.ReduceLROnPlateau(o, factor=0.7, patience=1, cooldown=2, threshold=0.05),
    "chain": chain,
    "sequence": sequence,
    "sequence of sequences of chains": deep,
    "ours and torch's": lambda o: lp.SequentialLR(o, [theirs.LinearLR(o), lp.StepLR(o, 5), theirs.StepLR(o, 5)], [6, 20]),
}
OPTIMIZERS = {
    "SGD": lambda groups: torch.optim.SGD(groups, lr=0.05, momentum=0.9, weight_decay=1e-3),
    "AdamW": lambda groups: torch.optim.AdamW(groups, lr=torch.tensor(0.01)),
}


def classes(scheduler):
    """The classes that are at work in a scheduler."""
    return {type(scheduler)}.union(*map(classes, getattr(scheduler, "_schedulers", [])))


class Training:
    """A model, its optimizer and scheduler, and the rates that were used so far."""

    def __init__(self, kind, which):
        first, last = torch.nn.Linear(6, 8), torch.nn.Linear(8, 1)
        self.model = torch.nn.Sequential(first, torch.nn.Tanh(), torch.nn.Dropout(0.2), last)
        rate = torch.tensor(0.02) if which == "AdamW" else 0.1
        self.optimizer = OPTIMIZERS[which]([{"params": first.parameters()}, {"params": last.parameters(), "lr": rate}])
        self.scheduler, self.rates = KINDS[kind](self.optimizer), []

    def state(self):
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(),
                "scheduler": self.scheduler.state_dict(), "rates": self.rates}

    def load(self, saved, order):
        for name in order:
            getattr(self, name).load_state_dict(saved[name])
        self.rates = saved["rates"]

    def step(self, die):
        inputs = torch.randn(16, 6)
        loss = (self.model(inputs) - inputs.sum(1, keepdim=True).sin()).square().mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.rates.append(self.in_use())
        die("before the update")
        self.optimizer.step()
        die("after the update")
        self.scheduler.step(*[loss.item()] if isinstance(self.scheduler, theirs.ReduceLROnPlateau) else [])

    def in_use(self):
        """Rate and momentum of each param group."""
        return [[float(group["lr"]), group["betas"][0] if "betas" in group else group["momentum"]]
                for group in self.optimizer.param_groups]


class Run:
    """One training for each of the optimizers, side by side, and the random generator, which is torch's own."""

    def __init__(self, kind):
        torch.manual_seed(7)
        self.trainings = {which: Training(kind, which) for which in OPTIMIZERS}

    @property
    def t(self):
        return len(self.trainings["AdamW"].rates)

    def load(self, path, order=("model", "optimizer", "scheduler")):
        saved = torch.load(path, weights_only=True)
        for which, training in self.trainings.items():
            training.load(saved[which], order)
        torch.set_rng_state(saved["random"])

    def step(self, die=lambda place: None):
        for training in self.trainings.values():
            training.step(die)

    def save(self, path, bell=None):
        """Write the checkpoint whole or not at all; with a bell, half of it."""
        states = {which: training.state() for which, training in self.trainings.items()}
        draft = path.with_suffix(".draft")
        with open(draft, "wb") as file:
            torch.save({**states, "random": torch.get_rng_state()}, HalfWritten(file, bell) if bell else file)
        os.replace(draft, path)

    def end(self):
        """Rates and weights, bit by bit."""
        return {which: {"rates": [*training.rates, training.in_use()],
                        "weights": [p.detach().numpy().tobytes().hex() for p in training.model.parameters()]}
                for which, training in self.trainings.items()}


class HalfWritten:
    """A file that is never finished: after some bytes it tells the parent, and waits for its end."""

    def __init__(self, file, bell):
        self.file, self.bell, self.left = file, bell, 700

    def write(self, data):
        self.left -= self.file.write(bytes(data)[: max(self.left, 0)])
        self.file.flush()
        if self.left <= 0:
            os.write(self.bell, b"!")
            signal.pause()
        return len(data)

    def flush(self):
        self.file.flush()


def life(kind, path, ending, when, bell):
    """Go on from the checkpoint until the end comes, at update `when` or soon after, or the run is through."""
    run, places = Run(kind), random.Random(when)
    if path.exists():
        run.load(path)

    def die(place):
        if place == ending and run.t >= when and places.random() < 0.5:     # now in the one training, now in the other
            os.kill(os.getpid(), signal.SIGKILL)

    while run.t < STEPS:
        run.step(die)
        if run.t % EVERY == 0:
            run.save(path, bell if ending == "while writing" and run.t >= when else None)
    path.with_suffix(".end").write_text(json.dumps(run.end()))


def forked(function, *arguments):
    """Run it in a process of its own, kill that when it rings the bell, and say how it ended."""
    watch, bell = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            function(*arguments, bell)
            code = 0
        finally:
            os._exit(code)
    os.close(bell)
    if os.read(watch, 1):                   # nothing comes when the child ends without ringing
        os.kill(child, signal.SIGKILL)
    os.close(watch)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def lives(kind, endings):
    """Deaths at random updates, one after the other, and a last life to the end."""
    chance, codes, drafts = random.Random(kind), [], 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.pt"
        for ending, when in zip(endings, sorted(chance.sample(range(EVERY + 1, STEPS - 2 * EVERY), len(endings)))):
            codes.append(forked(life, kind, path, ending, when))
            torch.load(path, weights_only=True)             # whole, whenever the end came
            drafts += path.with_suffix(".draft").exists()
        codes.append(forked(life, kind, path, None, 0))
        return {"runs": json.loads(path.with_suffix(".end").read_text()), "codes": codes, "drafts": drafts}


def warm():
    """Let torch import now what it imports when an optimizer steps for the first time, so that no child has to."""
    for training in Run("StepLR").trainings.values():
        for p in training.model.parameters():
            p.grad = torch.zeros_like(p)
        training.optimizer.step()
        training.optimizer.zero_grad()
    gc.freeze()                             # what is shared with the children stays shared


def main():
    torch.set_num_threads(1)
    warm()
    answer = {}
    for number, kind in enumerate(KINDS):
        endings = ENDINGS[number % 3:] + ENDINGS[: number % 3]           # each kind of end comes first somewhere
        answer[kind] = {"straight": lives(kind, []), "killed": lives(kind, endings)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
