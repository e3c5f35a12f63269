"""The small curve beside each chapter on the contents page, drawn from the package's own functions: no picture is stored.

A chapter on a formula shows that formula's example. The others show what their first figure is about.
"""
from math import log, sqrt

from lrlearn import CARDS, Schedule, constant, cosine, curve, linear, one_cycle, sequential, step_decay, warmup, wsd
from lrlearn.show import example
from lrlearn.worlds import descend, roll, settle, shake, sharpen

WIDTH, HEIGHT = 72, 36
SAME = {"cyclic": "cosine_restarts", "joining": "sequential"}          # chapter -> the formula that it shows
HALF = Schedule(cosine, T_max=60)
WARM = Schedule(warmup, schedule=Schedule(cosine, T_max=50), warmup_steps=10)


def formula(name):
    schedule, steps = example(CARDS[name])
    return curve(schedule, steps + 1)


def smooth(values, keep=0.85):
    out = values[:1]
    for value in values[1:]:
        out.append(keep * out[-1] + (1 - keep) * value)
    return out


# Chapter -> its lines, the first one bold; each a list of heights, evenly spaced.
LINES = {
    "one_number": lambda: [descend([1.75] * 18)],
    "curvature": lambda: [[y for _, y in roll([0.6] * 40, 0.8)], [x / 3 for x, _ in roll([0.6] * 40, 0.8)]],
    "noise": lambda: [shake([0.5] * 80), [0] * 2],
    "edge_of_stability": lambda: [[sharpness for sharpness, _ in sharpen([0.4] * 160)]],
    "schedules_are_functions": lambda: [curve(each, 61) for each in (HALF, Schedule(linear, total_iters=60), Schedule(step_decay, step_size=20, gamma=0.4))],
    "plateau": lambda: [[1.0] * 22 + [0.5] * 14 + [0.25] * 10 + [0.125] * 14, [0.9 * loss**0.25 for loss in map(sum, settle([0.3] * 60))]],
    "inside_pytorch": lambda: [[HALF(30 - abs(30 - t % 60), 1.0) for t in range(0, 150)]],
    "what_is_a_step": lambda: [[WARM(t - t % 6) for t in range(61)], curve(WARM, 61)],
    "resume": lambda: [[HALF(t if t < 25 else t - 25) for t in range(61)], curve(HALF, 61)],
    "param_groups": lambda: [curve(WARM, 61), [0.4 * lr for lr in curve(WARM, 61)], [0.15 * lr for lr in curve(WARM, 61)]],
    "seams": lambda: [curve(WARM, 61), [WARM(t + 6) for t in range(61)]],
    "range_test": lambda: [[2.2 - 1.4 * (t / 44) ** 1.5 if t < 44 else 0.8 + 0.12 * (t - 44) ** 1.8 for t in range(54)]],
    "adaptive": lambda: [[1 / sqrt(1 + t) for t in range(60)], [0.5] * 2],
    "averaging": lambda: [smooth(shake([0.5] * 80, start=2.0)), shake([0.5] * 80, start=2.0)],
    "large_batches": lambda: [[2.0**k / (1 + 2.0**k / 64) for k in range(1, 10)], [5 * k for k in range(1, 10)]],
    "recipes": lambda: [curve(each, 61) for each in (Schedule(wsd, total_steps=60, decay_steps=12, warmup_steps=5), WARM, Schedule(one_cycle, total_steps=60))],
    "scaling": lambda: [[(k + a) ** 2 + 1.2 * a for k in range(-6, 7)] for a in (1, 3, 5)],
    "tuning": lambda: [[(log(t) - 3) ** 2 for t in range(3, 90)]],
    "monitoring": lambda: [[2.0 * 0.95**t + (1.6 if t == 31 else 0.8 if t == 32 else 0) for t in range(61)]],
    "choosing": lambda: [curve(Schedule(sequential, schedules=[WARM, Schedule(constant)], milestones=[99]), 61), curve(HALF, 61), [1.0] * 2],
}


def lines(chapter):
    """The lines of a chapter, or none where neither a formula nor a drawing bears its name."""
    name = SAME.get(chapter, chapter)
    return [formula(name)] if name in CARDS else LINES[chapter]() if chapter in LINES else []


def svg(chapter):
    """The lines as SVG in the colour of the words around them."""
    drawn, found = [], lines(chapter)
    low, high = min(map(min, found), default=0), max(map(max, found), default=1)
    for i, heights in reversed(list(enumerate(found))):
        points = " ".join(f"{2 + (WIDTH - 4) * t / (len(heights) - 1):.1f},{3 + (HEIGHT - 6) * (high - y) / (high - low):.1f}" for t, y in enumerate(heights))
        drawn.append(f'<polyline points="{points}"' + ' class="lr-pale"' * bool(i) + "/>")
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true">{"".join(drawn)}</svg>'
