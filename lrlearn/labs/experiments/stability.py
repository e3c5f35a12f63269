"""Which learning rates a training survives, without noise: the edge of stability, and what a warm-up rescues."""
from ...core import Schedule
from ...schedules.constant import constant
from ...schedules.warmup import warmup
from ..edge import Edge, descend

COLD = Schedule(constant)


def edge_of_stability(steps=600, seed=0):
    """Where does the sharpness go at a constant rate? An Edge: gradient descent on 500 digits at four rates.

    steps  updates in one run, an integer >= 1
    seed   decides the first weights, an integer >= 0

    Expected: the sharpness begins near 4.7. Where that is below 2 / rate it grows until it is there; where it is above, it
    falls; then it stays there, some 5 to 15 % above in these few updates, and the loss goes on falling, not at every one.
    At 0.7 the first updates overshoot and the loss climbs from 0.58 to 0.70 before it falls: a catapult. At 1.0 the run
    diverges after five updates. The border lies between: 0.8 is a catapult for eight of ten first weights, and diverges
    for two, seed 0 among them.

    At the edge a run is chaotic: another processor rounds otherwise and gives other digits later on, but the same picture.

    >>> edge_of_stability(steps=6).runs[-1]
    Descent(cold, base_lr=1: diverged after 5 updates)

    Source: J. Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability, ICLR 2021;
    A. Lewkowycz et al., The Large Learning Rate Phase of Deep Learning: the Catapult Mechanism, 2020.
    """
    return descend({"cold": COLD}, [0.2, 0.5, 0.7, 1.0], steps, seed=seed)


def warmup_rescue(steps=800, seed=0):
    """Can a warm-up save a rate that diverges? An Edge: cold, and with the first half of the updates as a warm-up.

    steps  updates in one run, an integer >= 2
    seed   decides the first weights, an integer >= 0

    "gain 2" begins with matrices twice as large, where the sharpness is near 25.

    Expected: 1.0 diverges cold and trains warm; so does 0.5 with gain 2. As the rate climbs, the sharpness follows 2 / rate
    down, 5 to 30 % above it. A warm-up does not save everything: with gain 2, 1.0 diverges all the same, near its end.

    >>> [run.name for run in warmup_rescue(steps=2).runs]
    ['cold', 'warm', 'gain 2, cold', 'gain 2, cold', 'gain 2, warm', 'gain 2, warm']

    Source: J. Gilmer et al., A Loss Curvature Perspective on Training Instability in Deep Learning, 2021;
    D. Kalra and M. Barkeshli, Why Warmup the Learning Rate, NeurIPS 2024.
    """
    warm = Schedule(warmup, schedule=COLD, warmup_steps=steps // 2)
    plain = descend({"cold": COLD, "warm": warm}, [1.0], steps, seed=seed)
    sharp = descend({"gain 2, cold": COLD, "gain 2, warm": warm}, [0.5, 1.0], steps, gain=2.0, seed=seed)
    return Edge(plain.runs + sharp.runs)
