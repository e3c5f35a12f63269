"""Small worlds in which a learning rate acts: pure simulations and their pictures, here and on the published page.

>>> import lrlearn as ll
>>> ll.explore(ll.worlds.bowl, noise=0.0)
explore(bowl): base_lr 0.02 to 3, curvature 0.25 to 2, schedule constant to clipped
"""

# A world comes on first use: name -> the file that holds it.
HOMES = {
    "bowl": "descent", "descend": "descent",
    "valley": "momentum", "roll": "momentum",
    "noise_floor": "noise", "moments": "noise", "floor_of": "noise", "shake": "noise",
    "noisy_valley": "river", "settle": "river", "parts": "river", "told": "river",
    "landing": "target",
    "double_well": "wells", "wander": "wells",
    "sharpness": "edge", "sharpen": "edge",
    "steps": "calculator", "total_steps": "calculator", "updates_per_epoch": "calculator", "warmup_updates": "calculator",
    "guide": "advice", "advise": "advice", "climb": "advice",
    "every": "menu",
    "normals": "dice", "uniforms": "dice",
}


def __getattr__(name):
    if name in HOMES:
        return getattr(_load(HOMES[name]), name)
    if name in HOMES.values():
        return _load(name)
    raise AttributeError(f"lrlearn.worlds has no {name!r}")


def _load(file):
    return __import__("lrlearn.worlds." + file, None, None, ("__name__",))


def __dir__():
    return sorted(list(globals()) + list(HOMES))
