"""What there is to learn: data with a fixed split, and a small network in float64."""
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.nn.functional import cross_entropy

from ..core import Param, check_value

LABEL_NOISE = Param("label_noise", 0.0, 1.0, 0.0, 0.05, "the share of training labels replaced at random", ">= 0 and <= 1")
DRAWS = ("weights", "labels", "batches")        # what a seed decides, each with its own random numbers


def draws(seed, what):
    """The random numbers of one seed for one purpose."""
    return torch.Generator().manual_seed(len(DRAWS) * seed + DRAWS.index(what))


def mean_loss(scores, y):
    """The mean cross-entropy over the last axis of y."""
    return cross_entropy(scores.flatten(0, -2), y.flatten(), reduction="none").view(y.shape).mean(-1)


class Task:
    """Images with a fixed split, and a network of ReLU layers that learns to name them.

    name         what it is, for the repr
    train        (x, y): inputs, one a row, and their labels as integers; float64 and int64 tensors
    validation   (x, y) likewise
    sizes        the width of every layer, inputs first
    batch_size   examples in one update, drawn with replacement
    label_noise  the share of training labels replaced at random, 0 to 1; validation labels stay right

    Weights are a list [W1, b1, W2, b2, ...]. Nothing below names the first axes, so the same lines serve one run,
    W1 of (64, 64), and a stack of runs that learn at once, W1 of (runs, 64, 64).
    """

    def __init__(self, name, train, validation, sizes, batch_size=32, label_noise=0.0):
        self.name, self.sizes, self.batch_size, self.label_noise = name, sizes, batch_size, label_noise
        (self.x, self.y), (self.x_val, self.y_val) = train, validation

    def __repr__(self):
        noise = f", {100 * self.label_noise:g} % of the training labels random" if self.label_noise else ""
        shape = "-".join(str(n) for n in self.sizes)
        data = f"{len(self.x)} to learn from, {len(self.x_val)} to validate{noise}"
        return f"{self.name}: {data}; layers {shape}, batches of {self.batch_size}"

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

    def batches(self, seed, steps):
        """Yield the inputs and labels of each update."""
        labels = self.labels(seed)
        for rows in torch.randint(len(self.y), (steps, self.batch_size), generator=draws(seed, "batches")):
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


def digits(label_noise=0.0):
    """The 1797 handwritten digits that come with scikit-learn, 8 x 8 pixels each, for a network 64-64-32-10.

    label_noise  the share of training labels replaced at random, 0 to 1; with noise there is something to
                 forget at the end, and decaying the learning rate matters

    The split is the same for every seed: 60 % to learn from, 40 % to validate, each digit in its proportion.

    >>> digits(label_noise=0.2)
    digits: 1078 to learn from, 719 to validate, 20 % of the training labels random; layers 64-64-32-10, batches of 32

    Raises ValueError for a share that is none.
    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998; the weights' draw is
    He et al., Delving Deep into Rectifiers, ICCV 2015.
    """
    check_value(LABEL_NOISE, label_noise)
    x, y = load_digits(return_X_y=True)
    parts = train_test_split(x / 16, y, test_size=0.4, random_state=0, stratify=y)
    x, x_val, y, y_val = (torch.tensor(part) for part in parts)
    return Task("digits", (x, y), (x_val, y_val), (64, 64, 32, 10), label_noise=label_noise)
