"""PyTorch's own schedulers."""
from importlib.metadata import version as installed


def version():
    return "torch " + installed("torch").split("+")[0]


def rates(call, steps, lr=1.0, hyper="lr"):
    """None stands for an update that the scheduler refuses."""
    from torch.optim import lr_scheduler

    return stepped(call, steps, lr, vars(lr_scheduler), hyper)


def fed(call, metrics, lr=1.0):
    """The learning rate after each of the metrics."""
    from torch.optim import lr_scheduler

    return reacting(call, metrics, lr, vars(lr_scheduler))


def made(call, lr, names):
    """An optimizer, and what the call makes of it."""
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=0.9)
    return optimizer, eval(call, {**names, "optimizer": optimizer})


def stepped(call, steps, lr, names, hyper="lr"):
    """Step what the call makes of `optimizer` after each update; transformers' schedulers are of this kind, too."""
    (optimizer, scheduler), used = made(call, lr, names), []
    for _ in range(steps):
        used.append(float(optimizer.param_groups[0][hyper]))
        optimizer.step()
        try:
            scheduler.step()
        except ValueError:                  # OneCycleLR, past its end
            break
    return used + [None] * (steps - len(used))


def reacting(call, metrics, lr, names):
    """The same for what reacts to a metric."""
    (optimizer, scheduler), used = made(call, lr, names), []
    for metric in metrics:
        scheduler.step(metric)
        used.append(float(optimizer.param_groups[0]["lr"]))
    return used
