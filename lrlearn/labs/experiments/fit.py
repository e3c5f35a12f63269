"""A training loop for what race cannot do: other weights to begin with, a rate for each layer, snapshots on the way."""
import torch

from ..train import finish


def stack(things):
    """Tensors of several runs as one, the runs on the first axis; a list of lists becomes a list of stacks."""
    return [torch.stack(parts).detach().requires_grad_() for parts in zip(*things)]


def fit(task, optimizer, weights, rates, batches):
    """Train a stack of runs in place, and return their losses, run by run.

    task       a Task; its loss is used
    optimizer  a torch.optim.Optimizer of the weights
    weights    a list of tensors with the runs on their first axis
    rates      for each update a list, the learning rate of each of the optimizer's param groups
    batches    an iterator that gives for each update one (x, y) a run; it is not read further than the rates go
    """
    losses = []
    for lrs, batch in zip(rates, batches):
        for group, lr in zip(optimizer.param_groups, lrs):
            group["lr"] = lr
        x, y = (torch.stack(part) for part in zip(*batch))
        loss = task.loss(weights, x, y)
        losses.append(loss.detach())
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
    return torch.stack(losses, -1).tolist()


def runs_of(task, name, base_lr, seeds, losses, lrs, ends):
    """The Run of each seed; ends are (losses, accuracies) on the validation data, one number a seed."""
    ends = (numbers.tolist() for numbers in ends)
    return [finish(task, name, base_lr, seed, each, lrs, *end) for seed, each, *end in zip(seeds, losses, *ends)]
