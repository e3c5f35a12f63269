"""What the pictures of several worlds share: the learning rate over time, with the zones that it passes."""
from ..core import Param, Schedule, curve
from ..schedules.constant import constant
from ..svg import COLOURS, Chart
from .dice import GRAIN
from .menu import every

RATE, BALL, GOOD, SWING = COLOURS[0], COLOURS[1], COLOURS[2], COLOURS[4]
CONSTANT = Schedule(constant)


def choice(steps):
    """The Param of a world's schedule: every schedule of the book, fitted to its run."""
    return Param("schedule", None, None, CONSTANT, every(steps), "the rate over time", "a Schedule")


def planned(schedule, updates, base_lr):
    """The learning rate of each update, cut to seven digits as the dice are, so that every Python sees the same world."""
    return [lr + GRAIN - GRAIN for lr in curve(schedule, updates, base_lr)]


def held(loss, least, most):
    """The loss, kept where a picture's logarithmic axis can show it."""
    return min(max(loss, least), most)


def rates(lrs, top, zones):
    """The learning rate of each update, over pale zones (from, to, colour, words), cut off at the top."""
    last = len(lrs) - 1
    chart = Chart((0, last), (0, top), "update t", "learning rate")
    for low, high, colour, _ in zones:
        chart.band([0, last], [low, low], [min(high, top)] * 2, colour)
    chart.line(list(range(len(lrs))), [min(lr, top) for lr in lrs], "", RATE)
    for low, high, _, words in zones:
        chart.text(0.97 * last, (low + min(high, top)) / 2 - 0.02 * top, words, "currentColor", "end")
    return chart
