"""The ways in which a state dict travels: each gives back what it was given."""
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
