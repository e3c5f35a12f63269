"""Schedules at work in PyTorch: ScheduleLR drives any schedule, the familiar names do what torch's do.

>>> import torch
>>> from lrlearn import Schedule, cosine
>>> from lrlearn.pytorch import ScheduleLR
>>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
>>> scheduler = ScheduleLR(optimizer, Schedule(cosine, T_max=90))
>>> scheduler.get_last_lr()
[0.1]
"""
from ..extras import need

need("torch", "torch")

from .bridge import ScheduleLR                          # noqa: E402  the line above has the better error message
from .familiar import CosineAnnealingLR                 # noqa: E402

__all__ = ["CosineAnnealingLR", "ScheduleLR"]
