"""Five optimizers that torch does not have: LARS and LAMB for large batches, Lookahead, SAM and schedule-free SGD.

The letters are those of optimizers.py. norm(w) is the root of the sum of squares of a whole tensor.

>>> w = torch.ones(2, requires_grad=True)
>>> optimizer = Lookahead(SGD([w], lr=0.25), k=2, alpha=0.5)
>>> for _ in range(2):
...     optimizer.zero_grad(); w.sum().backward(); optimizer.step(); print(w.tolist())
[0.75, 0.75]
[0.75, 0.75]
"""
import torch

from ..core import Param, check_value
from .optimizers import SGD, AdamW, Readable

__all__ = ["LAMB", "LARS", "SAM", "Lookahead", "ScheduleFreeSGD"]

K = Param("k", 1, 20, 5, 1, "updates from one slow step to the next", ">= 1")
ALPHA = Param("alpha", 0.0, 1.0, 0.5, 0.05, "how far the slow weights go towards the fast ones", ">= 0 and <= 1")
RHO = Param("rho", 0.0, 0.5, 0.05, None, "how far from the weights the gradient is taken", ">= 0")


class LARS(Readable):
    """Each layer steps a share of its own length: w = w - v, v = momentum * v + lr * local * (g + weight_decay * w).

    local = trust * norm(w) / (norm(g) + weight_decay * norm(w)), and 1 for a layer whose w or g is zero.

    params        tensors or param groups; a tensor is a layer
    lr            a factor without unit, of order 1 and above, >= 0
    trust         the length of an update as a share of norm(w), > 0
    momentum      the share of the last update that goes on, >= 0 and < 1
    weight_decay  how strongly weights are pulled to zero, >= 0

    >>> w = torch.tensor([3.0, 4.0], dtype=torch.float64, requires_grad=True)
    >>> optimizer = LARS([w], lr=1.0, trust=0.1, momentum=0)
    >>> w.grad = torch.tensor([1000.0, 0.0], dtype=torch.float64); optimizer.step(); print(w.detach().round(decimals=6).tolist())
    [2.5, 4.0]

    The size of the gradient does not matter, only its direction. Biases and norm layers are often left to SGD.
    Not to be confused with LAMB, which does the same with Adam's direction; nor with forms that have lr outside v
    (timm), or norm(g + weight_decay * w) below (optax).
    For real use: timm.optim.Lars.
    Source: Y. You et al., Large Batch Training of Convolutional Networks, equation 7, arXiv 1708.03888, 2017.
    """

    elementwise = False

    def __init__(self, params, lr=1.0, *, trust=0.001, momentum=0.9, weight_decay=0.0):
        super().__init__(params, lr=lr, trust=trust, momentum=momentum, weight_decay=weight_decay)

    def update(self, parameter, gradient, state, group):
        decay, size, slope = group["weight_decay"], parameter.norm(), gradient.norm()
        local = group["trust"] * size / (slope + decay * size) if size > 0 and slope > 0 else 1.0   # 1: zeros have to leave zero
        g = gradient + decay * parameter
        v = state["v"] = group["momentum"] * state.get("v", 0) + group["lr"] * local * g
        parameter -= v


class LAMB(AdamW):
    """AdamW whose update has the length of the layer: w = w - lr * norm(w) / norm(r) * r, r = direction(g) + weight_decay * w.

    The direction is Adam's. The ratio is 1 for a layer whose w or r is zero.

    params        tensors or param groups; a tensor is a layer
    lr            the length of an update as a share of norm(w), >= 0
    betas         the shares of the old averages that stay, each >= 0 and < 1
    eps           what keeps the denominator from zero, in units of g, >= 0
    weight_decay  how strongly weights are pulled to zero, >= 0

    >>> w = torch.tensor([3.0, 4.0], dtype=torch.float64, requires_grad=True)
    >>> optimizer = LAMB([w], lr=0.1, weight_decay=0)
    >>> w.grad = torch.tensor([1000.0, 0.0], dtype=torch.float64); optimizer.step(); print(w.detach().round(decimals=6).tolist())
    [2.5, 4.0]

    The paper bounds norm(w) in the ratio; here, and in optax and timm, it is taken as it is.
    Not to be confused with AdamW, whose update is as long for a small layer as for a large one.
    For real use: timm.optim.Lamb, which also clips the gradients, and by default leaves the ratio out without weight decay.
    Source: Y. You et al., Large Batch Optimization for Deep Learning: Training BERT in 76 Minutes, ICLR 2020.
    """

    elementwise = False

    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01):
        super().__init__(params, lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, gradient, state, group):
        r = self.direction(gradient, state, group) + group["weight_decay"] * parameter
        size, length = parameter.norm(), r.norm()
        ratio = size / length if size > 0 and length > 0 else 1.0
        parameter -= group["lr"] * ratio * r


class Wrapper(torch.optim.Optimizer):
    """An optimizer around another one: the param groups are the same objects, so a scheduler drives both.

    inner  a torch.optim.Optimizer that makes the update

    A subclass says in step() what happens before and after it.

    >>> w = torch.ones(1, requires_grad=True)
    >>> inner = SGD([w], lr=0.25)
    >>> Wrapper(inner).param_groups[0]["lr"] = 0.5
    >>> inner.param_groups[0]["lr"]
    0.5

    Raises TypeError of one sentence for what is no optimizer.
    """

    def __init__(self, inner):
        if not isinstance(inner, torch.optim.Optimizer):
            raise TypeError(f"inner: what makes the update, must be a torch.optim.Optimizer, got {type(inner).__name__}")
        super().__init__(inner.param_groups, inner.defaults)
        self.inner, self.param_groups = inner, inner.param_groups

    def add_param_group(self, param_group):
        """Take in one more param group, here and in the inner optimizer, which checks it."""
        owner = self.inner if hasattr(self, "inner") else super()       # there is no inner one yet while __init__ runs
        owner.add_param_group(param_group)

    def parameters(self):
        """Every parameter of every group, in one list."""
        return [parameter for group in self.param_groups for parameter in group["params"]]

    def state_dict(self):
        """torch's, and the inner optimizer's under "inner"."""
        return {**super().state_dict(), "inner": self.inner.state_dict()}

    def load_state_dict(self, state_dict):
        """Go on where the saved optimizer stopped."""
        self.inner.load_state_dict(state_dict["inner"])
        super().load_state_dict(state_dict)
        self.param_groups = self.inner.param_groups         # loading has made new ones

    def __getstate__(self):                                 # for pickle; torch's forgets what a subclass adds
        own = {name: value for name, value in vars(self).items() if name in ("inner", "k", "alpha", "rho")}
        return {**super().__getstate__(), **own}


class Lookahead(Wrapper):
    """k fast steps, then a slow one: every k updates slow = slow + alpha * (w - slow), and w starts again from there.

    inner  the optimizer of the fast steps, a torch.optim.Optimizer
    k      updates from one slow step to the next, an integer >= 1
    alpha  how far the slow weights go towards the fast ones, >= 0 and <= 1; 1 leaves the inner optimizer as it is

    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = Lookahead(SGD([w], lr=0.25), k=3, alpha=0.5)
    >>> for _ in range(3):
    ...     w.grad = torch.ones(1); optimizer.step(); print(w.item())
    0.75
    0.5
    0.625

    The inner optimizer keeps its averages over a slow step. The weights to evaluate are those right after a slow step.
    Not to be confused with an average of weights that training does not see (EMA, SWA); the rate does not adapt either.
    For real use: timm.optim.Lookahead.
    Raises TypeError or ValueError of one sentence for a wrong argument.
    Source: M. Zhang et al., Lookahead Optimizer: k Steps Forward, 1 Step Back, NeurIPS 2019.
    """

    def __init__(self, inner, k=5, alpha=0.5):
        check_value(K, k)
        check_value(ALPHA, alpha)
        super().__init__(inner)
        self.k, self.alpha = k, alpha

    @torch.no_grad()
    def step(self, closure=None):
        """One fast step; the k-th is followed by the slow one. Returns what the inner optimizer returns."""
        for w in self.parameters():
            if w not in self.state:
                self.state[w] = {"slow": w.clone(), "t": 0}
        loss = self.inner.step(closure)
        for w in self.parameters():
            state = self.state[w]
            state["t"] += 1
            if state["t"] % self.k == 0:
                state["slow"] += self.alpha * (w - state["slow"])
                w.copy_(state["slow"])
        return loss


class SAM(Wrapper):
    """Step with the gradient from uphill: w = inner step from w with the gradient at w + rho * g / norm(g).

    inner  the optimizer that makes the step, a torch.optim.Optimizer
    rho    how far from the weights the gradient is taken, in units of w, >= 0; 0 leaves the inner optimizer as it is

    norm(g) is that of all gradients together. An update costs two gradients, so step needs a closure that computes them.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = SAM(SGD([w], lr=0.5), rho=0.5)
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (w**2 / 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure).item(), w.item(), w.grad.item()
    (0.5, 0.25, 1.5)

    Not to be confused with Nesterov's momentum, which looks downhill; nor with an adaptive rate, which it is not.
    For real use: the package pytorch_optimizer; torch and timm have no class of it.
    Raises TypeError or ValueError of one sentence for a wrong argument.
    Source: P. Foret et al., Sharpness-Aware Minimization for Efficiently Improving Generalization, ICLR 2021.
    """

    def __init__(self, inner, rho=0.05):
        check_value(RHO, rho)
        super().__init__(inner)
        self.rho = rho

    @torch.no_grad()
    def step(self, closure=None):
        """One update; closure clears the gradients, computes loss and gradients, and returns the loss, which step returns."""
        if not callable(closure):
            raise TypeError(f"closure: what computes loss and gradients, must be a function, got {closure!r}")
        with torch.enable_grad():
            loss = closure()
        climbers = [w for w in self.parameters() if w.grad is not None]
        norm = sum((w.grad**2).sum() for w in climbers) ** 0.5
        before = [w.clone() for w in climbers]
        for w in climbers:
            w += self.rho * w.grad / norm if norm > 0 else 0
        with torch.enable_grad():
            closure()
        for w, start in zip(climbers, before):
            w.copy_(start)
        self.inner.step()
        return loss


class ScheduleFreeSGD(Readable):
    """SGD with an average in place of a decay: z = z - lr * g, x = (1 - c) * x + c * z, y = (1 - momentum) * z + momentum * x.

    y is where the gradient is taken, and what the parameters hold during training. x, an average of z, is the result:
    eval() puts it into the parameters, train() puts y back. c = h^2 / (sum of h^2 so far), h being the largest lr so far:
    1 / t for a constant lr; the first steps of a warmup weigh less.

    params        tensors or param groups
    lr            the learning rate, >= 0; constant after a warmup, and higher than with a decay
    momentum      the share of x in y, >= 0 and < 1
    weight_decay  how strongly weights are pulled to zero: g becomes g + weight_decay * y, >= 0

    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = ScheduleFreeSGD([w], lr=0.25, momentum=0.5)
    >>> for _ in range(2):
    ...     w.grad = torch.ones(1); optimizer.step(); print(w.item())
    0.75
    0.5625
    >>> optimizer.eval(); w.item()
    0.625

    Not to be confused with SGD's momentum: nothing goes on from the last update. Nor with Polyak's average, momentum = 0,
    where the gradient is taken at z. The largest lr so far is the authors' program; for an lr that falls, lr^2 / (sum of lr^2)
    is another average.
    For real use: the package schedulefree, which also has AdamW and a warmup of its own.
    Raises ValueError of one sentence for a wrong hyperparameter, RuntimeError for a step in evaluation mode.
    Source: A. Defazio et al., The Road Less Scheduled, NeurIPS 2024; github.com/facebookresearch/schedule_free.
    """

    elementwise = False

    def __init__(self, params, lr=1.0, *, momentum=0.9, weight_decay=0.0):
        super().__init__(params, lr=lr, momentum=momentum, weight_decay=weight_decay)

    def add_param_group(self, param_group):
        super().add_param_group(param_group)
        self.param_groups[-1].setdefault("training", True)      # in the group, so that a saved state knows where it is

    def update(self, parameter, gradient, state, group):
        if not group["training"]:
            raise RuntimeError("step: one update, must be made in training mode, got evaluation mode: call train() first")
        z, x, lr = state.get("z", parameter.clone()), state.get("x", parameter.clone()), float(group["lr"])
        highest = state["highest"] = max(state.get("highest", 0.0), lr)
        total = state["total"] = state.get("total", 0.0) + highest**2
        c = highest**2 / total if total else 0.0
        z = state["z"] = z - lr * (gradient + group["weight_decay"] * parameter)
        x = state["x"] = (1 - c) * x + c * z
        parameter.copy_((1 - group["momentum"]) * z + group["momentum"] * x)

    def eval(self):
        """Put the average x into the parameters, to evaluate or save them."""
        self.put(False, lambda z, x, momentum: x)

    def train(self):
        """Put y into the parameters, to go on training."""
        self.put(True, lambda z, x, momentum: (1 - momentum) * z + momentum * x)

    @torch.no_grad()
    def put(self, training, point):
        """Go to the mode, and to the point of z, x and momentum, where a parameter has been updated at all."""
        for group in self.param_groups:
            group["training"] = training
            for parameter in group["params"]:
                state = self.state.get(parameter, {})
                if "z" in state:
                    parameter.copy_(point(state["z"], state["x"], group["momentum"]))
