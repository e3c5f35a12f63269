"""Times of the schedulers beside torch's, and how far each is from 50 digits; printed. Nothing is asserted; read the tables.

Every ratio is torch's time over ours, so above 1 ours is faster. Rounds of the two alternate, and a row shows the ratio of
the medians: a busy machine slows both.
"""
import math
import statistics
import subprocess
import sys
import time
import warnings

import torch
from torch.optim import lr_scheduler as theirs

import lrlearn
from lrlearn import Schedule, cosine, curve
from lrlearn import pytorch as ours

ROUNDS, STEPS, GROUPS = 25, 400, (1, 100)

# name -> how a program makes it, from the module that it imports and its optimizer
KINDS = {
    "LambdaLR": lambda m, o: m.LambdaLR(o, lambda t: 1 / (1 + t)),
    "MultiplicativeLR": lambda m, o: m.MultiplicativeLR(o, lambda t: 0.999),
    "StepLR": lambda m, o: m.StepLR(o, 30),
    "MultiStepLR": lambda m, o: m.MultiStepLR(o, [100, 200, 300]),
    "ConstantLR": lambda m, o: m.ConstantLR(o, total_iters=100),
    "LinearLR": lambda m, o: m.LinearLR(o, total_iters=10**6),
    "ExponentialLR": lambda m, o: m.ExponentialLR(o, 0.999),
    "PolynomialLR": lambda m, o: m.PolynomialLR(o, 10**6, 2.0),
    "CosineAnnealingLR": lambda m, o: m.CosineAnnealingLR(o, 10**6, 1e-5),
    "CosineAnnealingWarmRestarts": lambda m, o: m.CosineAnnealingWarmRestarts(o, 100, 2),
    "CyclicLR": lambda m, o: m.CyclicLR(o, 0.01, 0.1, 100),
    "OneCycleLR": lambda m, o: m.OneCycleLR(o, 0.1, 10**6),
    "SequentialLR": lambda m, o: m.SequentialLR(o, [m.LinearLR(o), m.CosineAnnealingLR(o, 10**6)], [5]),
    "ChainedScheduler": lambda m, o: m.ChainedScheduler([m.LinearLR(o), m.CosineAnnealingLR(o, 10**6)]),
    "ReduceLROnPlateau": lambda m, o: m.ReduceLROnPlateau(o),
}


def optimizer(groups):
    lrs = [0.1 / (i + 1) for i in range(groups)]
    return torch.optim.SGD([{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in lrs], lr=0.1, momentum=0.9)


def microseconds(name, module, groups):
    """Processor time of one step() in a new run, one update made first so that nothing warns."""
    o = optimizer(groups)
    scheduler = KINDS[name](module, o)
    o.step()
    metric = (1.0,) if name == "ReduceLROnPlateau" else ()
    steps = STEPS if groups == 1 else STEPS // 10
    began = time.process_time_ns()
    for _ in range(steps):
        scheduler.step(*metric)
    return (time.process_time_ns() - began) / steps / 1000


def beside(name, groups):
    """Medians of torch's and our time for one step(), in turns."""
    pairs = [(microseconds(name, theirs, groups), microseconds(name, ours, groups)) for _ in range(ROUNDS)]
    return [statistics.median(times) for times in zip(*pairs)]


def steps():
    print("step(), microseconds of processor time: torch, ours, and how many times faster ours is")
    print(f"  {'':28}" + "".join(f"{f'{n} param groups' if n > 1 else '1 param group':>30}" for n in GROUPS))
    ratios = {n: [] for n in GROUPS}
    for name in KINDS:
        row = ""
        for n in GROUPS:
            torchs, mine = beside(name, n)
            ratios[n].append(torchs / mine)
            row += f"{torchs:12.2f}{mine:9.2f}{torchs / mine:8.2f}x"
        print(f"  {name:28}{row}", flush=True)
    means = "".join(f"{math.exp(statistics.fmean(map(math.log, ratios[n]))):29.2f}x" for n in GROUPS)
    print(f"  {'geometric mean':28}{means}")


def imports():
    def seconds(statement):
        program = f"import time; began = time.process_time(); {statement}; print(time.process_time() - began)"
        return statistics.median(float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)
                                 for _ in range(5))

    torchs, mine = seconds("import torch"), seconds("import lrlearn")
    print(f"\nimport torch {torchs:.2f} s, import lrlearn {mine:.4f} s: 1/{torchs / mine:.0f}")


def million():
    """A curve of a million steps: our list, torch's scheduler stepped alone, and with the optimizer as torch asks for."""
    n, times = 10**6, {}

    def stepped(with_optimizer):
        o = optimizer(1)
        scheduler, rates = theirs.CosineAnnealingLR(o, n), []
        for _ in range(n):
            rates.append(o.param_groups[0]["lr"])
            if with_optimizer:
                o.step()
            scheduler.step()

    for name, run in {"ours": lambda: curve(Schedule(cosine, T_max=n), n, 0.1),
                      "scheduler.step()": lambda: stepped(False),
                      "optimizer.step(); scheduler.step()": lambda: stepped(True)}.items():
        began = time.process_time()
        run()
        times[name] = time.process_time() - began
    print("\na cosine of a million steps: curve() " + f"{times['ours']:.2f} s" + "".join(
        f"; torch's {name} {seconds:.2f} s, {seconds / times['ours']:.1f}x" for name, seconds in times.items() if name != "ours"))


def main():
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    print(f"lrlearn {lrlearn.__version__}, torch {torch.__version__}\n")
    steps()
    imports()
    million()


if __name__ == "__main__":
    main()
