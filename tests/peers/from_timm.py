"""The schedulers of timm, stepped as its training script does it: step(t + 1) after update t."""
import sys
from functools import cache
from importlib import import_module
from importlib.metadata import version as installed
from importlib.util import find_spec
from types import ModuleType


def version():
    return "timm " + installed("timm")


@cache
def schedulers():
    """timm.scheduler alone: the rest of timm needs a torchvision that the tests do without."""
    def ours():
        return [name for name in sys.modules if name.split(".")[0] == "timm"]

    kept = {name: sys.modules.pop(name) for name in ours()}
    stub = ModuleType("timm")
    stub.__path__ = list(find_spec("timm").submodule_search_locations)
    sys.modules["timm"] = stub
    try:
        return vars(import_module("timm.scheduler"))
    finally:                                # as if nothing had been imported
        for name in ours():
            del sys.modules[name]
        sys.modules.update(kept)


def rates(call, steps, lr=1.0):
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler, used = eval(call, {**schedulers(), "optimizer": optimizer}), []
    for t in range(steps):
        used.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step(t + 1)
    return used
