"""PyTorch's own schedulers."""
from importlib.metadata import version as installed


def version():
    return "torch " + installed("torch").split("+")[0]


def rates(call, steps, lr=1.0):
    """None stands for an update that the scheduler refuses."""
    from torch.optim import lr_scheduler

    return stepped(call, steps, lr, vars(lr_scheduler))


def stepped(call, steps, lr, names):
    """Step what the call makes of `optimizer` after each update; transformers' schedulers are of this kind, too."""
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=0.9)
    scheduler, used = eval(call, {**names, "optimizer": optimizer}), []
    for _ in range(steps):
        used.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        try:
            scheduler.step()
        except ValueError:                  # OneCycleLR, past its end
            break
    return used + [None] * (steps - len(used))
