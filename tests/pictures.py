"""When two numbers, or two pictures, of CPython and of MicroPython are the same."""
import math
import re

NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


def close(a, b):
    """Equal but for what two libraries of mathematics may round apart."""
    return math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-15)


def same_picture(a, b):
    """Equal but for the last digit of a coordinate: the two may round a tie apart."""
    pairs = zip(NUMBER.findall(a), NUMBER.findall(b), strict=True)
    return NUMBER.sub("#", a) == NUMBER.sub("#", b) and all(abs(float(x) - float(y)) <= 0.011 or close(float(x), float(y)) for x, y in pairs)
