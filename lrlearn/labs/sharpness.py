"""Sharpness: how strongly the loss curves in its steepest direction, which decides which learning rates are stable."""
from collections import namedtuple

import torch

from ..core import Param, check_value
from .train import one_thread

ITERATIONS = Param("iterations", 1, 100, 50, 1, "products of the Hessian with a vector", ">= 1")
SEED = Param("seed", 0, 20, 0, 1, "the number that decides the vector to start from", ">= 0")
REACH = 1e-5                # how far to each side the gradient is taken: shorter loses digits, longer meets other curvature


class Sharpness(namedtuple("Sharpness", "value vector shift")):
    """How strongly a loss curves at most.

    value   the largest eigenvalue of the Hessian, a float
    vector  its direction, a list of tensors like the weights, of length 1 together
    shift   the lowest value seen on the way, or 0: what keeps the iteration away from negative eigenvalues
    """

    __slots__ = ()

    def __repr__(self):
        return f"Sharpness({self.value:.3g})"


@one_thread()
def sharpness(loss, weights, start=None, iterations=50, seed=0):
    """The largest eigenvalue of the loss's Hessian, and its direction, as a Sharpness.

    loss        a function of a list of tensors that gives a tensor of one number
    weights     the list of tensors where to look, in float64
    start       the Sharpness of an earlier call, to go on from: along a training run a few iterations are enough then;
                None starts from a random vector
    iterations  products of the Hessian with a vector, two gradients each, an integer >= 1
    seed        decides the random vector, an integer >= 0

    Its value is in units of loss per squared unit of weight. Gradient descent with a learning rate above 2 / value
    overshoots along the vector, by more with every update.

    Power iteration: v = H v / norm(H v), over and over, turns v towards the eigenvalue that is largest in absolute value.
    That may be a negative one. So the iteration is on H - shift I, where shift is the lowest v H v seen so far, or 0: it has
    the same directions, and the largest eigenvalue wins. H v is a difference of two gradients, at w + reach v and w - reach v,
    divided by 2 reach. The closer the second eigenvalue is, the more iterations it takes; the value is too low
    before, never too high. The loss must be smooth: next to a kink, as ReLU has them, the difference of two gradients
    measures the kink; there, let autograd differentiate twice.

    >>> import torch
    >>> def bowl(weights):
    ...     return (torch.tensor([3.0, 1.0, -5.0]) * weights[0]**2).sum() / 2
    >>> s = sharpness(bowl, [torch.zeros(3, dtype=torch.float64)])
    >>> s, s.vector[0].abs().round(decimals=3).tolist()
    (Sharpness(3), [1.0, 0.0, 0.0])

    Raises ValueError of one sentence for a wrong argument.
    Not to be confused with the largest absolute eigenvalue, here 5; nor with SAM's sharpness, a difference of losses.
    Source: J. Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability, ICLR 2021.
    """
    check_value(ITERATIONS, iterations)
    check_value(SEED, seed)
    if start is None:
        numbers = torch.Generator().manual_seed(seed)
        start = Sharpness(None, [torch.randn(w.shape, generator=numbers, dtype=w.dtype) for w in weights], 0.0)
    v, shift = unit(start.vector), start.shift
    for _ in range(iterations):
        Hv = hessian_times(loss, weights, v)
        value = dot(v, Hv)
        shift = min(shift, value)
        turned = [h - shift * a for h, a in zip(Hv, v)]
        if dot(turned, turned) == 0:        # an eigenvector of the shift itself: no direction curves more
            break
        v = unit(turned)
    return Sharpness(value, v, shift)


def hessian_times(loss, weights, v):
    """H v, H being the matrix of the loss's second derivatives."""
    above = gradient(loss, [w + REACH * a for w, a in zip(weights, v)])
    below = gradient(loss, [w - REACH * a for w, a in zip(weights, v)])
    return [(a - b) / (2 * REACH) for a, b in zip(above, below)]


def gradient(loss, weights):
    """The loss's gradient, a list of tensors like weights."""
    weights = [w.detach().requires_grad_() for w in weights]
    return torch.autograd.grad(loss(weights), weights)


def dot(v, w):
    """The scalar product of two lists of tensors."""
    return sum((a * b).sum().item() for a, b in zip(v, w))


def unit(v):
    """The vector of length 1 in the direction of v."""
    length = dot(v, v) ** 0.5
    return [a / length for a in v]
