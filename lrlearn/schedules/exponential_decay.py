"""Exponential and inverse-time decay: falls without an end."""
from ..core import Param, card


def exponential_decay(t, base_lr, gamma):
    """base_lr times gamma at every step.

    t        index of the update about to be made, >= 0
    base_lr  the learning rate at t = 0, the peak
    gamma    the factor of one step, > 0; above 1 it grows, as in a learning-rate range test

    >>> [exponential_decay(t, base_lr=0.1, gamma=0.5) for t in range(4)]
    [0.1, 0.05, 0.025, 0.0125]

    Also called: geometric decay. The same family as base_lr * exp(-k * t), with k = -log(gamma); the rate halves every
    log(2) / k steps. A gamma meant for epochs of n steps is gamma ** (1 / n) for steps.
    Not to be confused with optax' and Keras' exponential decay, whose decay_rate is the factor of decay_steps steps.
    Source: common knowledge; torch.optim.lr_scheduler.ExponentialLR.
    """
    return base_lr * gamma**t


card(
    exponential_decay,
    title="Exponential decay",
    latex=r"\eta_t = \eta_{\max}\,\gamma^{\,t}",
    paper="pytorch",
    params=(Param("gamma", 0.9, 1.0, 0.97, 0.002, "the factor of one step", "> 0"),),
    names={"torch": "ExponentialLR", "optax": "exponential_decay", "keras": "ExponentialDecay"},
    seams=(
        ("optax", "decay_rate is the factor of transition_steps steps."),
        ("keras", "decay_rate is the factor of decay_steps steps."),
    ),
)


def inverse_time_decay(t, base_lr, decay_rate, decay_steps=1):
    """base_lr over 1 + decay_rate * t / decay_steps: fast at first, then ever slower.

    t            index of the update about to be made, >= 0
    base_lr      the learning rate at t = 0, the peak
    decay_rate   what decay_steps steps add to the denominator, >= 0
    decay_steps  the unit of time, an integer >= 1

    >>> [inverse_time_decay(t, base_lr=0.1, decay_rate=1.0) for t in (0, 1, 3, 9)]
    [0.1, 0.05, 0.025, 0.01]

    Also called: 1/t decay, hyperbolic decay.
    Not to be confused with inverse_sqrt, which falls with the root of time.
    Source: Robbins and Monro, A Stochastic Approximation Method, 1951; keras.optimizers.schedules.InverseTimeDecay.
    """
    return base_lr / (1 + decay_rate * t / decay_steps)


card(
    inverse_time_decay,
    title="Inverse-time decay",
    latex=r"\eta_t = \frac{\eta_{\max}}{1 + k\,t / D}",
    paper="robbins1951",
    params=(
        Param("decay_rate", 0.0, 2.0, 0.5, 0.05, "what decay_steps steps add to the denominator", ">= 0"),
        Param("decay_steps", 1, 100, 1, 1, "the unit of time in steps", ">= 1"),
    ),
    names={"keras": "InverseTimeDecay"},
)
