"""Real updates, and the ways in which a state dict travels: each way gives back what it was given."""
import copy
import io
import pickle

import torch


def through_torch(state):
    buffer = io.BytesIO()
    torch.save(state, buffer)
    buffer.seek(0)
    return torch.load(buffer, weights_only=True)


WAYS = {"pickle": lambda state: pickle.loads(pickle.dumps(state)), "deepcopy": copy.deepcopy, "torch": through_torch}


def trained(optimizer, scheduler, steps, look):
    """What look() sees after each of steps real updates."""
    trace = []
    for _ in range(steps):
        for group in optimizer.param_groups:
            for p in group["params"]:
                p.grad = torch.cos(p.detach() + len(trace))
        optimizer.step()
        scheduler.step()
        trace.append(look())
    return trace
