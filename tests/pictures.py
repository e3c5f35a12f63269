"""When two numbers, or two pictures, of CPython and of MicroPython are the same."""
import math
import re

NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
TAG = re.compile(r"<(?!svg [^>]*aria-label)[^>]*>")         # where coordinates stand; the picture's name is words


def close(a, b):
    """Equal but for what two libraries of mathematics may round apart."""
    return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-15)


def next_to(a, b):
    """Two coordinates, as texts, that are equal but for one in the last digit after the point: the two may round a tie apart."""
    digits = len(a.partition(".")[2])
    return a == b or (digits and abs(float(a) - float(b)) <= 1.1 * 10.0**-digits)


def same_picture(a, b):
    """Equal but for the last digit of a coordinate, and of a number in the words."""
    if a == b:                          # nearly always, and quicker told than digit by digit
        return True
    if NUMBER.sub("#", a) != NUMBER.sub("#", b):
        return False
    drawn = all(map(next_to, *(NUMBER.findall(" ".join(TAG.findall(text))) for text in (a, b))))
    said = zip(*(map(float, NUMBER.findall(TAG.sub(" ", text))) for text in (a, b)))
    return drawn and all(abs(x - y) <= 0.011 or close(x, y) for x, y in said)
