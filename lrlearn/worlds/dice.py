"""Random numbers that are the same in every Python: MicroPython's generator is another one than CPython's."""
from math import cos, log, pi, sin, sqrt

GRAIN = 2.0**30                         # x + GRAIN - GRAIN is x to seven digits after the point, without the last bits
THROWN = {}                             # (how many, seed) -> the numbers, since a slider asks for the same ones again


def uniforms(n, seed=1):
    """n numbers, evenly spread over [0, 1), by Wichmann and Hill's generator.

    n     how many, an integer >= 0
    seed  which ones, an integer from 0 to 30000

    >>> [round(u, 6) for u in uniforms(3)]
    [0.05075, 0.672796, 0.164226]

    Not to be confused with Python's random, whose numbers differ from MicroPython's. No product here exceeds
    30 bits, which MicroPython multiplies quickly.
    Source: Wichmann and Hill, Algorithm AS 183, Applied Statistics 31, 1982.
    """
    a, b, c, out = seed + 1, seed + 2, seed + 3, []
    for _ in range(n):
        a, b, c = 171 * a % 30269, 172 * b % 30307, 170 * c % 30323
        out.append((a / 30269 + b / 30307 + c / 30323) % 1)
    return out


def normals(n, seed=1):
    """n numbers of the normal distribution, mean 0 and variance 1, by Box and Muller's method.

    n     how many, an integer >= 0
    seed  which ones, an integer from 0 to 30000

    >>> [round(z, 6) for z in normals(3)]
    [-0.150492, -0.285513, -0.240819]

    They are cut to seven digits, since two libraries of mathematics differ in the last bits, which a chaotic world would show.
    Also called: Gaussian noise.
    Source: Box and Muller, Annals of Mathematical Statistics 29, 1958.
    """
    if (n, seed) not in THROWN:
        out, even = [], uniforms(n + n % 2, seed)
        for u, v in zip(even[::2], even[1::2]):
            r = sqrt(-2 * log(1 - u))                       # 1 - u is never 0
            out += [r * cos(2 * pi * v) + GRAIN - GRAIN, r * sin(2 * pi * v) + GRAIN - GRAIN]
        THROWN[n, seed] = out[:n]
    return THROWN[n, seed]
