"""A network of two weights that grows sharper while it learns, until the rate stops it: the edge of stability."""
from math import sqrt

from ..core import Param, card
from ..svg import Chart, Panels
from .panel import BALL, CONSTANT, RATE, choice, planned

UPDATES, FAR, MOST = 120, 1e3, 1e6
SECOND, GOAL, FEATURE, PULL = 1.0, 1.0, 4.0, 0.03       # b at the start; what a * b and a are to become; how strongly a is pulled


def sharpen(lrs, start=2.0):
    """(sharpness, loss) before each update and after the last one, for a network of two weights a and b.

    lrs    the learning rate of each update
    start  the first weight, a, at the start; the second one is 1

    One output, a * b, is to be 1, and its error e counts as ((1 + e * e) ** 0.75 - 1) / 1.5: less than the square, as
    in cross-entropy. Another output, a, is to be 4. The sharpness is the larger curvature of the loss, the
    largest eigenvalue of its second derivatives. It is about a * a, and so grows up to 16 while a is learned.
    The list ends early where the loss is lost, above 1000.

    >>> [round(s, 1) for s, loss in sharpen([0.4] * 200, start=2.0)[::40]], 2 / 0.4
    ([3.9, 6.7, 5.0, 5.3, 5.2, 5.2], 5.0)

    Source: the facts that it shows are those of Cohen et al., ICLR 2021; the network is this book's own.
    """
    a, b, out = start, SECOND, []
    for lr in list(lrs) + [0.0]:
        e = a * b - GOAL
        w = 1 + e * e
        root = sqrt(sqrt(w))                                # w ** 0.25, but the same to the last bit in every Python
        slope, bend = e / root, (1 - e * e / (2 * w)) / root        # of the first error, and its curvature
        aa, bb, ab = bend * b * b + PULL, bend * a * a, bend * a * b + slope
        loss = (root * root * root - 1) / 1.5 + PULL * (a - FEATURE) ** 2 / 2
        out.append((min((aa + bb) / 2 + sqrt((aa - bb) ** 2 / 4 + ab * ab), MOST), min(loss, MOST)))
        if loss > FAR:
            break
        a, b = a - lr * (slope * b + PULL * (a - FEATURE)), b - lr * slope * a
    return out


def sharpness(base_lr=0.4, start=2.0, schedule=CONSTANT):
    """A network of two weights grows sharper while it learns: what happens where its sharpness meets 2 / rate.

    base_lr   the learning rate at the peak, >= 0
    start     the first weight at the start, > 0: the larger, the sharper the start
    schedule  the Schedule of the rate, meant for 120 updates

    >>> sharpness(base_lr=0.4)
    <Chart: The sharpness rises to 2 / rate and hovers there.>

    Source: Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability, ICLR 2021.
    """
    lrs = planned(schedule, UPDATES, base_lr)
    both = sharpen(lrs, start)
    times, edge = list(range(len(both))), [min(2 / lr, 99.0) if lr > 0 else 99.0 for lr in lrs]
    words = verdict(both, lrs)
    left = Chart((0, UPDATES), (0, 20), "update t", "sharpness")
    left.line(list(range(0, UPDATES, 2)), edge[::2], "", RATE, 1.8, "6 4").line(times, [min(s, 99.0) for s, _ in both], "", BALL)
    level = max(edge) - min(edge) < 3
    at = UPDATES // 2 if level else min(range(4, UPDATES - 4), key=lambda t: abs(edge[t] - 11))
    left.text(at, min(edge[at] + 1, 19), "2 / rate", RATE, "middle" if level else "start" if edge[at + 1] < edge[at] else "end")
    left.dot(times[-1], min(both[-1][0], 20), BALL, 5)
    right = Chart((0, UPDATES), (1e-3, 1e2), "update t", "loss", "y")
    some = times[::2] + times[-1:]
    right.line(some, [max(both[t][1], 1e-4) for t in some], "", BALL).dot(times[-1], min(max(both[-1][1], 1e-3), 1e2), BALL, 5)
    return Panels([left, right], 0.55, words + ".").title(words)


def verdict(both, lrs):
    """What the sharpness does, in words."""
    if both[-1][1] > FAR:
        return f"Lost at update {len(both) - 1}: too sharp for this rate"
    shares = [s * lr / 2 for (s, _), lr in zip(both, lrs)]          # of the limit
    late, losses = shares[-40:], [loss for _, loss in both]
    if max(shares) < 1:
        return "The sharpness stays below 2 / rate"
    if max(late) < 1 and sum(late) < 0.88 * len(late):
        falling = lrs[-1] < max(lrs)
        does = "grows as the falling rate lets it" if falling else "is thrown below 2 / rate, and grows again"
        return "The sharpness " + does
    if all(after <= before for before, after in zip(losses, losses[1:])):
        return "The sharpness is past 2 / rate, and the swings are still too small to see"
    if max(late) - min(late) < 0.4:
        back = shares[0] > 1
        does = "is thrown below 2 / rate, and comes back to it" if back else "rises to 2 / rate and hovers there"
        return "The sharpness " + does
    return "The sharpness swings about 2 / rate"


card(
    sharpness,
    title="The edge of stability",
    latex=r"\lambda_{\max}(\nabla^2 L) \to 2 / \eta",
    paper="cohen2021eos",
    params=(
        Param("base_lr", 0.05, 1.0, 0.4, 0.01, "the learning rate at the peak", ">= 0"),
        Param("start", 1.0, 5.0, 2.0, 0.1, "the first weight: how sharp it begins", "> 0"),
        choice(UPDATES),
    ),
    world=True,
)
