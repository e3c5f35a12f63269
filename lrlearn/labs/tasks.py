"""What there is to learn: data with a fixed split, and a small network in float64."""
import random
from functools import cache

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.nn.functional import cross_entropy

from ..core import Param, check_value, kept
from ..extras import need

LABEL_NOISE = Param("label_noise", 0.0, 1.0, 0.0, 0.05, "the share of training labels replaced at random", ">= 0 and <= 1")
BATCH_SIZE = Param("batch_size", 1, 256, 32, 1, "examples in one update, or a list of them", ">= 1")
DRAWS = ("weights", "labels", "batches")        # what a seed decides, each with its own random numbers


def draws(seed, what):
    """The random numbers of one seed for one purpose."""
    return torch.Generator().manual_seed(len(DRAWS) * int(seed) + DRAWS.index(what))      # torch takes no integer of numpy


def mean_loss(scores, y):
    """The mean cross-entropy over the last axis of y."""
    return cross_entropy(scores.flatten(0, -2), y.flatten(), reduction="none").view(y.shape).mean(-1)


class Task:
    """Examples with a fixed split, and a network of ReLU layers that learns to name them.

    name         what it is, for the repr
    train        (x, y): inputs, one a row, and their labels as integers; float64 and int64 tensors
    validation   (x, y) likewise
    sizes        the width of every layer, inputs first
    batch_size   examples in one update, drawn with replacement, an integer >= 1; or a list of integers, the examples
                 of each update in turn, of which the last one holds
    label_noise  the share of training labels replaced at random, 0 to 1; validation labels stay right

    Weights are a list [W1, b1, W2, b2, ...]. Nothing below names the first axes, so the same lines serve one run,
    W1 of (64, 64), and a stack of runs that learn at once, W1 of (runs, 64, 64).

    Raises ValueError of one sentence for a batch_size or a label_noise that is none.
    """

    def __init__(self, name, train, validation, sizes, batch_size=32, label_noise=0.0):
        check_value(LABEL_NOISE, label_noise)
        batch_size = kept(batch_size)
        if batch_size == []:
            raise ValueError("batch_size: examples in one update, or a list of them, must be at least one, got []")
        for size in batch_size if isinstance(batch_size, list) else [batch_size]:
            check_value(BATCH_SIZE, size)
        self.name, self.sizes, self.batch_size, self.label_noise = name, sizes, batch_size, label_noise
        (self.x, self.y), (self.x_val, self.y_val) = train, validation

    def __repr__(self):
        noise = f", {100 * self.label_noise:g} % of the training labels random" if self.label_noise else ""
        shape = "-".join(str(n) for n in self.sizes)
        data = f"{len(self.x)} to learn from, {len(self.x_val)} to validate{noise}"
        sizes = self.batch_size if isinstance(self.batch_size, list) else [self.batch_size]
        return f"{self.name}: {data}; layers {shape}, batches of {', '.join(map(str, dict.fromkeys(sizes)))}"

    def model(self, seed):
        """The first weights: He's normal draw, zeros for the biases."""
        numbers, weights = draws(seed, "weights"), []
        for n, m in zip(self.sizes, self.sizes[1:]):
            weights.append(torch.randn(n, m, generator=numbers, dtype=torch.float64) * (2 / n) ** 0.5)
            weights.append(torch.zeros(1, m, dtype=torch.float64))
        return [w.requires_grad_() for w in weights]

    def labels(self, seed):
        """The training labels, label_noise of them replaced by a random one (by chance the same)."""
        numbers = draws(seed, "labels")
        replace = torch.rand(len(self.y), generator=numbers, dtype=torch.float64) < self.label_noise
        return torch.where(replace, torch.randint(self.sizes[-1], (len(self.y),), generator=numbers), self.y)

    def batch_sizes(self, steps):
        """How many examples each update sees, a list."""
        sizes = self.batch_size if isinstance(self.batch_size, list) else [self.batch_size]
        return [sizes[min(t, len(sizes) - 1)] for t in range(steps)]

    def batches(self, seed, steps):
        """Yield the inputs and labels of each update."""
        labels, sizes = self.labels(seed), self.batch_sizes(steps)
        for rows in torch.randint(len(self.y), (sum(sizes),), generator=draws(seed, "batches")).split(sizes):
            yield self.x[rows], labels[rows]

    def outputs(self, weights, x):
        """One score per class; relu(x W + b) in every layer but the last."""
        for W, b in zip(weights[:-2:2], weights[1:-2:2]):
            x = torch.relu(x @ W + b)
        return x @ weights[-2] + weights[-1]

    def loss(self, weights, x, y):
        """The mean cross-entropy of a batch, in nats; one number per run of a stack."""
        return mean_loss(self.outputs(weights, x), y)

    def evaluate(self, weights):
        """(loss, accuracy) on the validation data; one number each per run of a stack."""
        with torch.no_grad():
            scores = self.outputs(weights, self.x_val)
            y = self.y_val.expand(scores.shape[:-1])
            return mean_loss(scores, y), (scores.argmax(-1) == y).double().mean(-1)


def digits(label_noise=0.0, batch_size=32):
    """The 1797 handwritten digits that come with scikit-learn, 8 x 8 pixels each, for a network 64-64-32-10.

    label_noise  the share of training labels replaced at random, 0 to 1; with noise there is something to
                 forget at the end, and decaying the learning rate matters
    batch_size   examples in one update, an integer >= 1; or a list of integers, the examples of each update in turn,
                 of which the last one holds

    The split is the same for every seed: 60 % to learn from, 40 % to validate, each digit in its proportion.

    >>> digits(label_noise=0.2)
    digits: 1078 to learn from, 719 to validate, 20 % of the training labels random; layers 64-64-32-10, batches of 32
    >>> [len(y) for x, y in digits(batch_size=[16, 16, 64]).batches(seed=0, steps=5)]
    [16, 16, 64, 64, 64]

    Raises ValueError of one sentence for a share or a batch size that is none.
    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998; the weights' draw is
    He et al., Delving Deep into Rectifiers, ICCV 2015.
    """
    x, y = load_digits(return_X_y=True)
    parts = train_test_split(x / 16, y, test_size=0.4, random_state=0, stratify=y)
    x, x_val, y, y_val = (torch.tensor(part) for part in parts)
    return Task("digits", (x, y), (x_val, y_val), (64, 64, 32, 10), batch_size, label_noise)


def mnist1d(label_noise=0.0, batch_size=32):
    """MNIST-1D, 5000 curves of 40 points in ten classes, for a network 40-64-32-10: harder than digits, as small.

    label_noise  the share of training labels replaced at random, 0 to 1
    batch_size   examples in one update, an integer >= 1; or a list of integers, the examples of each update in turn,
                 of which the last one holds

    Each class is a curve of twelve points, padded, scaled, shifted, sheared and covered with noise. The package mnist1d
    makes the data here, in about two seconds, and only once: nothing is downloaded. 4000 are to learn from, 1000 to
    validate, the package's own split. 600 updates reach an accuracy of about one half; guessing has one tenth.

    >>> mnist1d()
    mnist1d: 4000 to learn from, 1000 to validate; layers 40-64-32-10, batches of 32

    Raises ModuleNotFoundError of one sentence without the package, ValueError for a share or a batch size that is none.
    Source: S. Greydanus and D. Kobak, Scaling Down Deep Learning with MNIST-1D, ICML 2024, arXiv 2011.14439.
    """
    x, y, x_val, y_val = curves()
    return Task("mnist1d", (x, y), (x_val, y_val), (40, 64, 32, 10), batch_size, label_noise)


@cache
def curves():
    """The data of MNIST-1D as tensors; the generator seeds Python's and numpy's random numbers, and they are put back."""
    need("mnist1d", "labs")
    data = need("mnist1d.data", "labs")
    python, numpy = random.getstate(), np.random.get_state()
    try:
        made = data.make_dataset(data.get_dataset_args())
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
    return [torch.tensor(made[part]) for part in ("x", "y", "x_test", "y_test")]
