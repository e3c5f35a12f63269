"""The files that the page runs give MicroPython and CPython the same numbers and the same pictures."""
import json
import math
import random
import re
from functools import partial

import pytest
from pictures import close, same_picture

import lrlearn as ll
from lrlearn import Schedule, cosine
from lrlearn import figure as kernel
from lrlearn.core import SCALED
from lrlearn.live.sliders import count
from micropython.run import micropython


def draws(card, rng):
    """Hyperparameters for a formula, drawn from its card."""
    hyper = {}
    for p in card.params:
        if p.rule == "a Schedule":
            hyper[p.name] = Schedule(cosine, T_max=rng.randint(1, 200), eta_min=rng.uniform(0, 0.1))
        elif isinstance(p.default, list):
            hyper[p.name] = p.default
        elif isinstance(p.step, tuple):
            hyper[p.name] = rng.choice(p.step)
        elif p.name not in SCALED:
            hyper[p.name] = rng.randint(p.lo, p.hi) if isinstance(p.step, int) else rng.uniform(p.lo, p.hi)
    return hyper


@pytest.mark.parametrize("name", sorted(ll.CARDS))
def test_every_formula(name):
    rng = random.Random(name)
    card = ll.CARDS[name]
    cases = [(draws(card, rng), rng.uniform(0.001, 1)) for _ in range(20)]
    lines = [f"[f(t, {lr!r}, **{to_source(hyper)}) for t in range(260)]" for hyper, lr in cases]
    program = f"import json\nimport lrlearn\nfrom lrlearn import Schedule, {name} as f\nanswer = json.dumps([{', '.join(lines)}])"
    for (hyper, lr), got in zip(cases, micropython(program), strict=True):
        want = [card.formula(t, lr, **hyper) for t in range(260)]
        assert all(map(close, got, want)), (hyper, lr)


def to_source(hyper):
    def text(v):
        if isinstance(v, list):
            return f"[{', '.join(map(text, v))}]"
        return f"Schedule(lrlearn.{v.formula.__name__}, **{v.hyper!r})" if isinstance(v, Schedule) else repr(v)

    return "{" + ", ".join(f"{k!r}: {text(v)}" for k, v in hyper.items()) + "}"


def my_lr(t, base_lr, k, schedule=Schedule(cosine, T_max=50)):
    return schedule(t, base_lr) / (1 + k * math.sqrt(t))


def ball(height=2, steps=5):
    chart = ll.svg.Chart(x=(0, 10), y=(0, 4), xlabel="t", ylabel="it's \"high\" < 5", alt="a 'ball'")
    return chart.line(list(range(steps + 1)), [height / (t + 1) for t in range(steps + 1)]).dot(steps, height / (steps + 1)).hline(1, "one")


def chosen(schedule=Schedule(cosine, T_max=40)):
    return ll.svg.Chart(x=(0, 40), y=(0, 1), alt="one").line(list(range(41)), [schedule(t) for t in range(41)])


WORLDS = ("bowl", "valley", "noise_floor", "noisy_valley", "double_well", "sharpness", "steps")
FIGURES = {
    "cosine": lambda: ll.explore(ll.cosine),
    "several": lambda: ll.explore(ll.cosine, Schedule(ll.constant), ll.warmup, base_lr=(0.01, 1.0)),
    "equal ends": lambda: ll.explore(*[Schedule(cosine, T_max=n, eta_min=0.01) for n in (90, 30, 60, 20, 70)], t_end=100),
    "log axes": lambda: ll.explore(ll.warmup, log="xy", t_end=5000, base_lr=[0.1, 0.01]),
    "a reader's own": lambda: ll.explore(my_lr, k=(0.0, 10.0)),
    "a choice of schedules": lambda: ll.explore(chosen, schedule=[Schedule(cosine, T_max=40), Schedule(ll.constant)]),
    "a picture": lambda: ll.explore(ball, height=(0.5, 4.0), steps=(1, 10)),
    "named choices": lambda: ll.explore(ball, height={"low": 1, "high": 3.5}, steps={"few": 2, "many": 9}),
    **{name: partial(lambda name: ll.explore(getattr(ll.worlds, name)), name) for name in WORLDS},
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_kind_of_figure(name):
    shown = FIGURES[name]().figure
    rng = random.Random(name)
    places = [[rng.randrange(count(s)) for s in shown.spec["sliders"]] for _ in range(12)]
    program = f"""import json
from lrlearn import figure
figure.define("a", {json.dumps(shown.spec)!r})
answer = json.dumps([[figure.draw("a", json.dumps(p), 640, 320), figure.curve("a", json.dumps(p)) if {"curves" in shown.spec} else "[]"] for p in {places!r}])
"""
    for place, (picture, numbers) in zip(places, micropython(program), strict=True):
        values = shown.values(place)
        if "curves" in shown.spec:
            for got, want in zip(json.loads(numbers), shown.numbers(values), strict=True):
                assert all(map(close, got, want)), values
        assert same_picture(picture, shown.picture(values)), values


def test_dice_fall_alike():
    program = "import json\nfrom lrlearn.worlds import normals, uniforms\nanswer = json.dumps([uniforms(2000, 3), normals(2000, 5)])"
    uniform, normal = micropython(program)
    assert uniform == ll.worlds.uniforms(2000, 3)                  # whole numbers divided, to the last bit
    assert all(map(close, normal, ll.worlds.normals(2000, 5)))


def test_simulations_give_the_same_numbers():
    calls = ["[list(p) for p in worlds.roll(lrs, 0.9, 50.0)]", "worlds.descend(lrs, 0.5, noise=0.5)", "[list(m) for m in worlds.moments(lrs, 0.5)]",
             "worlds.shake(lrs, 1.5)", "worlds.wander(lrs, 2.0, -0.2)", "[list(s) for s in worlds.sharpen(lrs)]",
             "[worlds.total_steps(n, 8, 2, 3, 1.1) for n in range(1, 200)]", "worlds.floor_of(0.3)"]
    program = "import json\nfrom lrlearn import worlds, curve\nlrs = curve(worlds.every(200)['wsd'], 200, 0.3)\nanswer = json.dumps([" + ", ".join(calls) + "])"
    lrs = ll.curve(ll.worlds.every(200)["wsd"], 200, 0.3)
    for call, got in zip(calls, micropython(program), strict=True):
        want = eval(call, {"worlds": ll.worlds, "lrs": lrs})
        assert flat(got) == pytest.approx(flat(want), rel=1e-9, abs=1e-12), call


def flat(numbers):
    if isinstance(numbers, list):
        return [x for n in numbers for x in flat(n)]
    return [numbers]


def test_the_menu_has_the_same_schedules():
    program = """import json
from lrlearn.worlds import every
menu = every(60)
answer = json.dumps([list(menu), [[s(t, 0.3) for t in range(0, 61, 7)] for s in menu.values()], menu[3](40) == menu["step_decay"](40), repr(menu["cosine"])])"""
    menu = ll.worlds.every(60)
    names, numbers, same, cosine_ = micropython(program)
    assert names == list(menu) and same and cosine_ == "cosine(T_max=60)"
    for got, schedule in zip(numbers, menu.values(), strict=True):
        assert all(map(close, got, [schedule(t, 0.3) for t in range(0, 61, 7)])), schedule


def test_errors_read_alike():
    want = []
    for hyper in ({"T_max": 0}, {"T_max": 2.5}, {"T_max": "a"}, {"T_max": 3, "eta_min": float("nan")}, {"T_max": 3, "eta_min": -1}):
        with pytest.raises(ValueError) as caught:
            Schedule(cosine, **hyper)
        want.append(str(caught.value))
    program = """import json
from lrlearn import Schedule, cosine
answer = []
for hyper in ({"T_max": 0}, {"T_max": 2.5}, {"T_max": "a"}, {"T_max": 3, "eta_min": float("nan")}, {"T_max": 3, "eta_min": -1}):
    try:
        Schedule(cosine, **hyper)
    except ValueError as error:
        answer.append(str(error))
answer = json.dumps(answer)"""
    assert micropython(program) == want


def test_a_failing_formula_is_one_sentence_in_both():
    spec = ll.explore(my_lr, k=(0, 10)).figure.spec
    spec = {**spec, "source": "def my_lr(t, base_lr, k, schedule):\n    return base_lr / (k - 3)\nfrom lrlearn import Schedule, cosine\n"}
    program = f"import json\nfrom lrlearn import figure\nfigure.define('a', {json.dumps(spec)!r})\nanswer = json.dumps([figure.draw('a', '[3]', 640, 320), figure.draw('a', '[4]', 640, 320)])"
    failed, fine = micropython(program)
    assert re.fullmatch(r"No picture at k=3: ZeroDivisionError: .*\.", failed) and fine.startswith("<svg")
    kernel.define("a", json.dumps(spec))
    assert re.fullmatch(r"No picture at k=3: ZeroDivisionError: .*\.", kernel.draw("a", "[3]", 640, 320))
    kernel.svg.SPACE[:] = 640, 320


def test_a_file_outside_the_subset_is_noticed():
    with pytest.raises(AssertionError, match="SyntaxError"):
        micropython("import lrlearn.bad", **{"lrlearn/bad.py": "def f(a, /): return [*a, 1]\n"})


def test_calls_menu_and_numbers_to_be_read_are_the_same():
    spec = ll.explore(cosine, ll.warmup, ll.wsd, base_lr=(0.01, 1.0)).figure.spec
    rng = random.Random(4)
    places = [[rng.randrange(count(s)) for s in spec["sliders"]] for _ in range(6)]
    lines = [f"[figure.call('a', {json.dumps(place)!r}, name) for name in FRAMEWORKS]" for place in places]
    beside = [None, "linear", "noam", places[0], "one_cycle", "cosine_restarts"]
    lines += [f"[figure.draw('a', {json.dumps(place)!r}, 640, 320, {json.dumps(also)!r}), figure.read('a', 200 + {i} * 50, 150)]" for i, (place, also) in enumerate(zip(places, beside))]
    program = f"""import json
from lrlearn import figure
from lrlearn.natives import FRAMEWORKS
figure.define("a", {json.dumps(spec)!r})
answer = json.dumps([figure.menu(), {', '.join(lines)}])"""
    kernel.define("a", json.dumps(spec))
    got, want = micropython(program), eval(f"[figure.menu(), {', '.join(lines)}]", {"figure": kernel, "FRAMEWORKS": ll.natives.FRAMEWORKS})
    kernel.svg.SPACE[:] = 640, 320
    assert got[:7] == want[:7]
    for mine, theirs in zip(got[7:], want[7:], strict=True):
        assert "circle" in theirs[1] and all(map(same_picture, mine, theirs))
