"""Eight optimizers of torch, each with an update of a few lines that is the equation. To train, take torch's: they are faster.

In every equation w is a parameter (a whole tensor), g its gradient, lr the learning rate of its param group, t the number
of this update, from 1. Operations go element by element. beyond_torch.py holds five that torch does not have.

>>> w = torch.ones(2, requires_grad=True)
>>> optimizer = SGD([w], lr=0.25)
>>> w.sum().backward(); optimizer.step(); w.tolist()
[0.75, 0.75]
"""
import torch

from ..core import Param, check_value, plain

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "RMSprop", "Readable"]

SHARE = ">= 0 and < 1"
HYPER = {param.name: param for param in (
    Param("lr", None, None, 0.001, None, "the learning rate", ">= 0"),
    Param("momentum", 0.0, 0.99, 0.9, 0.01, "the share of the last update that goes on", SHARE),
    Param("nesterov", None, None, False, (False, True), "whether the update looks one step of momentum ahead"),
    Param("weight_decay", 0.0, 0.1, 0.0, None, "how strongly weights are pulled to zero", ">= 0"),
    Param("alpha", 0.0, 0.999, 0.99, None, "the share of the old average of squares that stays", SHARE),
    Param("rho", 0.0, 0.999, 0.9, None, "the share of the old averages that stays", SHARE),
    Param("eps", None, None, 1e-8, None, "what keeps a denominator from zero", ">= 0"),
    Param("momentum_decay", 0.0, 0.01, 0.004, None, "how fast the momentum grows to its full value", ">= 0"),
    Param("trust", 0.0, 0.1, 0.001, None, "the length of an update as a share of the weights' length", "> 0"),
)}
BETAS = (Param("betas[0]", 0.0, 0.99, 0.9, None, "the share of the old average of gradients that stays", SHARE),
         Param("betas[1]", 0.0, 0.9999, 0.999, None, "the share of the old average of squares that stays", SHARE))


class Readable(torch.optim.Optimizer):
    """The loop around an equation: a subclass says in update() what one update does to one parameter.

    params  tensors, or param groups: dicts of "params" and of hyperparameters that hold for this group only
    hyper   the hyperparameters by name, checked here for every group; see the subclass

    param_groups, state_dict and hooks are torch's own, so every scheduler drives a subclass.

    >>> class SignSGD(Readable):
    ...     def update(self, parameter, gradient, state, group):
    ...         parameter -= group["lr"] * gradient.sign()
    >>> w = torch.ones(2, requires_grad=True)
    >>> optimizer = SignSGD([w], lr=0.25)
    >>> (3 * w).sum().backward(); optimizer.step(); w.tolist()
    [0.75, 0.75]

    Not to be confused with torch's classes inside: their states have other names, so a saved state does not fit across.
    Raises ValueError of one sentence for a wrong hyperparameter, RuntimeError for a sparse gradient.
    Source: torch.optim.Optimizer, whose add_param_group and step this class completes.
    """

    elementwise = True      # whether each weight moves by its own gradients alone, so that a stack of runs can move at once

    def __init__(self, params, **hyper):
        super().__init__(params, hyper)

    def add_param_group(self, param_group):
        """Take in one more param group, a dict with "params"; what it leaves out is as in the first call."""
        for name, value in {**self.defaults, **param_group}.items():
            check_hyper(name, value)
        super().add_param_group(param_group)

    def update(self, parameter, gradient, state, group):
        """Change the parameter in place; state is this parameter's own dict, and state["t"] the number of this update."""
        raise NotImplementedError(f"update: what {type(self).__name__} does to a parameter, must be defined, got nothing")

    @torch.no_grad()
    def step(self, closure=None):
        """Update every parameter that has a gradient; a closure computes loss and gradients first, and its loss returns."""
        with torch.enable_grad():
            loss = closure() if closure else None
        for group in self.param_groups:
            for parameter in group["params"]:
                gradient = parameter.grad
                if gradient is None:
                    continue
                if gradient.is_sparse:
                    raise RuntimeError(f"grad: the gradient of a parameter, must be dense, got a {gradient.layout} tensor")
                state = self.state[parameter]
                state["t"] = state.get("t", 0) + 1
                self.update(parameter, gradient, state, group)
        return loss


def check_hyper(name, value):
    """Raise a ValueError of one sentence when the value is wrong for the hyperparameter of that name."""
    if name == "betas":
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            raise ValueError(f"betas: the shares of the old averages that stay, must be two numbers, got {plain(value)!r}")
        for param, beta in zip(BETAS, value):
            check_value(param, beta)
    elif name in HYPER:
        check_value(HYPER[name], value)


class SGD(Readable):
    """Gradient descent with momentum: v = momentum * v + g, w = w - lr * v.

    params        tensors or param groups
    lr            the learning rate, in units of w per unit of g, >= 0
    momentum      the share of the last update that goes on, >= 0 and < 1
    weight_decay  how strongly weights are pulled to zero: g becomes g + weight_decay * w, >= 0
    nesterov      whether w moves by g + momentum * v, where v would carry it next, instead of v

    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = SGD([w], lr=0.25, momentum=0.5)
    >>> for _ in range(2):
    ...     w.grad = torch.ones(1); optimizer.step(); print(w.item())
    0.75
    0.375

    Also called: heavy ball. A constant g moves w by lr / (1 - momentum) in the long run.
    Not to be confused with v = momentum * v + lr * g (Keras, and the papers on momentum), where a change of lr takes
    effect only as fast as v does; nor with averages, (1 - momentum) * g, which need a higher lr.
    For real use: torch.optim.SGD.
    Source: B. Polyak, Some Methods of Speeding Up the Convergence of Iteration Methods, 1964; I. Sutskever et al., On the
    Importance of Initialization and Momentum in Deep Learning, ICML 2013.
    """

    def __init__(self, params, lr=1e-3, *, momentum=0.0, weight_decay=0.0, nesterov=False):
        super().__init__(params, lr=lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov)

    def update(self, parameter, gradient, state, group):
        momentum = group["momentum"]
        g = gradient + group["weight_decay"] * parameter
        v = state["v"] = momentum * state.get("v", 0) + g
        parameter -= group["lr"] * (g + momentum * v if group["nesterov"] else v)


class Adagrad(Readable):
    """Each weight has its own rate, which falls with all its gradients so far: s = s + g^2, w = w - lr * g / (sqrt(s) + eps).

    params        tensors or param groups
    lr            the length of the first step, in units of w, >= 0
    eps           what keeps the denominator from zero, in units of g, >= 0
    weight_decay  how strongly weights are pulled to zero: g becomes g + weight_decay * w, >= 0

    >>> w = torch.ones(2, dtype=torch.float64, requires_grad=True)
    >>> optimizer = Adagrad([w], lr=0.1)
    >>> w.grad = torch.tensor([7.0, -0.01], dtype=torch.float64); optimizer.step(); print(w.detach().round(decimals=6).tolist())
    [0.9, 1.1]

    With a constant g, step t is lr / sqrt(t) long: a schedule of its own. torch's argument lr_decay is one more, which
    lrlearn has as inverse_time_decay.
    Not to be confused with RMSprop, whose average forgets.
    For real use: torch.optim.Adagrad.
    Source: J. Duchi et al., Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, JMLR 12, 2011.
    """

    def __init__(self, params, lr=1e-2, *, eps=1e-10, weight_decay=0.0):
        super().__init__(params, lr=lr, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, gradient, state, group):
        g = gradient + group["weight_decay"] * parameter
        s = state["s"] = state.get("s", 0) + g**2
        parameter -= group["lr"] * g / (s.sqrt() + group["eps"])


class RMSprop(Readable):
    """Divide the gradient by its recent size: s = alpha * s + (1 - alpha) * g^2, w = w - lr * g / (sqrt(s) + eps).

    params        tensors or param groups
    lr            the length of a step under a steady gradient, in units of w, >= 0
    alpha         the share of the old average that stays, >= 0 and < 1; it remembers about 1 / (1 - alpha) steps
    eps           what keeps the denominator from zero, in units of g, >= 0
    weight_decay  how strongly weights are pulled to zero: g becomes g + weight_decay * w, >= 0
    momentum      the share of the last update that goes on, as in SGD, >= 0 and < 1

    >>> w = torch.ones(1, dtype=torch.float64, requires_grad=True)
    >>> optimizer = RMSprop([w], lr=0.01, alpha=0.75)
    >>> w.grad = torch.full_like(w, 7.0); optimizer.step(); print(round(w.item(), 6))
    0.98

    The average starts at zero, so the first step is 1 / sqrt(1 - alpha) times as long: twice here, ten times by default.
    Not to be confused with Adam, which corrects that start; nor with TensorFlow's form, which has eps under the root.
    torch's argument centered, which subtracts the squared mean gradient, is left out.
    For real use: torch.optim.RMSprop.
    Source: T. Tieleman and G. Hinton, Lecture 6.5, RMSProp, Coursera, 2012.
    """

    def __init__(self, params, lr=1e-2, *, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0):
        super().__init__(params, lr=lr, alpha=alpha, eps=eps, weight_decay=weight_decay, momentum=momentum)

    def update(self, parameter, gradient, state, group):
        alpha = group["alpha"]
        g = gradient + group["weight_decay"] * parameter
        s = state["s"] = alpha * state.get("s", 0) + (1 - alpha) * g**2
        v = state["v"] = group["momentum"] * state.get("v", 0) + g / (s.sqrt() + group["eps"])
        parameter -= group["lr"] * v


class Adadelta(Readable):
    """The last steps' size over the last gradients' size: d = g * sqrt(u + eps) / sqrt(s + eps), w = w - lr * d.

    params        tensors or param groups
    lr            a factor without unit, >= 0; 1 is the paper's form, which has no learning rate
    rho           the share of the old averages that stays, >= 0 and < 1; s averages g^2, u averages d^2
    eps           what gets the first steps going, >= 0; sqrt(eps) sets their length
    weight_decay  how strongly weights are pulled to zero: g becomes g + weight_decay * w, >= 0

    >>> w = torch.ones(1, dtype=torch.float64, requires_grad=True)
    >>> optimizer = Adadelta([w], rho=0.75)
    >>> w.grad = torch.full_like(w, 7.0); optimizer.step(); print(round(w.item(), 6))
    0.998

    Steps have the unit of w whatever the unit of g is.
    Not to be confused with Adagrad, whose sum never forgets. Here u is the average before this step, s the one after it.
    For real use: torch.optim.Adadelta.
    Source: M. Zeiler, ADADELTA: An Adaptive Learning Rate Method, arXiv 1212.5701, 2012.
    """

    def __init__(self, params, lr=1.0, *, rho=0.9, eps=1e-6, weight_decay=0.0):
        super().__init__(params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, gradient, state, group):
        rho, eps = group["rho"], group["eps"]
        g = gradient + group["weight_decay"] * parameter
        s = state["s"] = rho * state.get("s", 0) + (1 - rho) * g**2
        u = state.get("u", 0 * s)
        d = (u + eps).sqrt() / (s + eps).sqrt() * g
        state["u"] = rho * u + (1 - rho) * d**2
        parameter -= group["lr"] * d


class Adam(Readable):
    """The mean gradient over its root mean square: w = w - lr * m_hat / (sqrt(v_hat) + eps).

    m = beta1 * m + (1 - beta1) * g and v = beta2 * v + (1 - beta2) * g^2 start at zero; m_hat = m / (1 - beta1^t) and
    v_hat = v / (1 - beta2^t) make up for that.

    params        tensors or param groups
    lr            the length of a step under a steady gradient, in units of w, >= 0
    betas         beta1 and beta2, the shares of the old averages that stay, each >= 0 and < 1
    eps           what keeps the denominator from zero, in units of g, >= 0
    weight_decay  g becomes g + weight_decay * w, >= 0

    >>> w = torch.ones(2, dtype=torch.float64, requires_grad=True)
    >>> optimizer = Adam([w], lr=0.1)
    >>> w.grad = torch.tensor([7.0, -0.01], dtype=torch.float64); optimizer.step(); print(w.detach().round(decimals=6).tolist())
    [0.9, 1.1]

    The first step is lr * sign(g): the reason for warmup that this formula shows.
    Not to be confused with AdamW, where the weight decay stays out of the averages.
    For real use: torch.optim.Adam, which also has amsgrad.
    Source: D. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, ICLR 2015.
    """

    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def direction(self, g, state, group):
        """m_hat / (sqrt(v_hat) + eps), what AdamW and LAMB build on."""
        t, (beta1, beta2) = state["t"], group["betas"]
        m = state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        return m_hat / (v_hat.sqrt() + group["eps"])

    def update(self, parameter, gradient, state, group):
        g = gradient + group["weight_decay"] * parameter
        parameter -= group["lr"] * self.direction(g, state, group)


class AdamW(Adam):
    """Adam with the weight decay beside it: w = w - lr * (direction(g) + weight_decay * w), direction being Adam's.

    params        tensors or param groups
    lr            the length of a step under a steady gradient, in units of w, >= 0; it scales the decay, too
    betas         the shares of the old averages that stay, each >= 0 and < 1
    eps           what keeps the denominator from zero, in units of g, >= 0
    weight_decay  a weight without gradient loses the share lr * weight_decay in one step, >= 0

    >>> w = torch.ones(1, requires_grad=True)
    >>> optimizer = AdamW([w], lr=0.5, weight_decay=0.5)
    >>> w.grad = torch.zeros(1); optimizer.step(); w.item()
    0.75

    Not to be confused with Adam, which divides the pull by the gradient's size, so that all weights feel about the same one;
    nor with the paper's form, where the schedule scales the decay but lr does not.
    For real use: torch.optim.AdamW.
    Source: I. Loshchilov and F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019.
    """

    def __init__(self, params, lr=1e-3, *, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__(params, lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, gradient, state, group):
        parameter -= group["lr"] * (self.direction(gradient, state, group) + group["weight_decay"] * parameter)


class Adamax(Readable):
    """Adam with the largest recent gradient below: u = max(beta2 * u, |g| + eps), w = w - lr * m_hat / u.

    params        tensors or param groups
    lr            about the longest step of a weight, in units of w, >= 0
    betas         the share of the old m that stays, and by how much u falls in a step at most, each >= 0 and < 1
    eps           what keeps u from zero, in units of g, >= 0
    weight_decay  how strongly weights are pulled to zero: g becomes g + weight_decay * w, >= 0

    >>> w = torch.ones(1, dtype=torch.float64, requires_grad=True)
    >>> optimizer = Adamax([w], lr=0.1)
    >>> w.grad = torch.full_like(w, 7.0); optimizer.step(); print(round(w.item(), 6))
    0.9

    u needs no correction of its start. The paper has no eps.
    Not to be confused with Adam's amsgrad, which keeps the largest average of squares and never lets it fall.
    For real use: torch.optim.Adamax.
    Source: D. Kingma and J. Ba, Adam: A Method for Stochastic Optimization, section 7.1, ICLR 2015.
    """

    def __init__(self, params, lr=2e-3, *, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def update(self, parameter, gradient, state, group):
        t, (beta1, beta2) = state["t"], group["betas"]
        g = gradient + group["weight_decay"] * parameter
        m = state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
        u = state["u"] = torch.maximum(beta2 * state.get("u", 0 * m), g.abs() + group["eps"])
        parameter -= group["lr"] * m / (1 - beta1**t) / u


class NAdam(Readable):
    """Adam that looks one step of momentum ahead, as SGD's nesterov does; the momentum mu grows from beta1 / 2 to beta1.

    mu(t) = beta1 * (1 - 0.96^(t * momentum_decay) / 2), P = mu(1) * ... * mu(t), and, with Adam's m and v_hat,
    w = w - lr * ((1 - mu(t)) * g / (1 - P) + mu(t + 1) * m / (1 - P * mu(t + 1))) / (sqrt(v_hat) + eps).

    params          tensors or param groups
    lr              the length of a step under a steady gradient, in units of w, >= 0
    betas           the shares of the old averages that stay, each >= 0 and < 1
    eps             what keeps the denominator from zero, in units of g, >= 0
    weight_decay    how strongly weights are pulled to zero: g becomes g + weight_decay * w, >= 0
    momentum_decay  how fast mu grows to beta1, per step, >= 0; 0 leaves it at beta1 / 2

    >>> w = torch.ones(1, dtype=torch.float64, requires_grad=True)
    >>> optimizer = NAdam([w], lr=0.1, momentum_decay=0)
    >>> w.grad = torch.full_like(w, 7.0); optimizer.step(); print(round(w.item(), 6))
    0.894357

    Not to be confused with torch.optim.NAdam to the last digit: torch keeps P in the default type, usually single
    precision, also where w is double.
    For real use: torch.optim.NAdam.
    Source: T. Dozat, Incorporating Nesterov Momentum into Adam, ICLR workshop, 2016.
    """

    def __init__(self, params, lr=2e-3, *, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3):
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)

    def update(self, parameter, gradient, state, group):
        t, (beta1, beta2) = state["t"], group["betas"]
        g = gradient + group["weight_decay"] * parameter
        m = state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
        v = state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g**2
        mu, mu_next = (beta1 * (1 - 0.96 ** (s * group["momentum_decay"]) / 2) for s in (t, t + 1))
        P = state["P"] = mu * state.get("P", 1)
        ahead = (1 - mu) * g / (1 - P) + mu_next * m / (1 - P * mu_next)
        parameter -= group["lr"] * ahead / ((v / (1 - beta2**t)).sqrt() + group["eps"])
