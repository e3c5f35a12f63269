"""The decision guide: from what you know about a training to its schedule, where to look for its peak, and why."""
from .. import svg
from ..core import Param, Schedule, card
from ..schedules.cosine import cosine
from ..schedules.warmup import warmup
from ..schedules.wsd import wsd
from ..svg import COLOURS, Chart

ENDS = ("open", "known", "several stops")
STARTS = ("a small network", "a transformer", "a trained network")
OPTIMIZERS = ("SGD with momentum", "AdamW")

# Where to begin a sweep of the peak: (start, optimizer) -> lowest and highest. Starting points, and no more than that.
PEAKS = {
    (STARTS[0], OPTIMIZERS[0]): (0.01, 0.3), (STARTS[0], OPTIMIZERS[1]): (3e-4, 1e-2),
    (STARTS[1], OPTIMIZERS[0]): (0.03, 1.0), (STARTS[1], OPTIMIZERS[1]): (1e-4, 1e-3),
    (STARTS[2], OPTIMIZERS[0]): (0.001, 0.03), (STARTS[2], OPTIMIZERS[1]): (1e-5, 1e-4),
}


def climb(updates, start, optimizer):
    """The updates of the warm-up: as many as Adam remembers, at most a tenth of the run; none where the start is not steep.

    >>> climb(100_000, "a transformer", "AdamW"), climb(5000, "a transformer", "AdamW"), climb(5000, "a small network", "SGD with momentum")
    (2000, 500, 0)

    Source: the rule of 2/(1 - beta2) updates for beta2 = 0.999, Ma and Yarats 2021.
    """
    steep = start == "a transformer" or optimizer == "AdamW"
    return min(2000, updates // 10) if steep else 0


def advise(end, updates, start="a small network", optimizer="AdamW"):
    """The schedule to begin with.

    end        "known", "open" or "several stops": whether the last update is fixed beforehand
    updates    how many are planned, an integer >= 10; with an open end, until the first stop
    start      "a small network", "a transformer" or "a trained network": what the first updates meet
    optimizer  "SGD with momentum" or "AdamW"

    >>> advise("known", 20_000, "a transformer", "AdamW")
    warmup(schedule=cosine(T_max=18000), warmup_steps=2000)
    >>> advise("open", 20_000, "a trained network", "SGD with momentum")
    wsd(total_steps=20000, decay_steps=4000, warmup_steps=0)

    Source: the chapter Choosing, which says what stands behind each line.
    """
    climbing = climb(updates, start, optimizer)
    if end != "known":                      # a plateau can be left at any time
        falling = updates // 5              # takes the noise away
        return Schedule(wsd, total_steps=updates, decay_steps=falling,
                        warmup_steps=climbing)
    falling = Schedule(cosine, T_max=updates - climbing)
    if not climbing:
        return falling
    return Schedule(warmup, schedule=falling, warmup_steps=climbing)


def guide(end="known", updates=10_000, start="a small network", optimizer="AdamW"):
    """The schedule that advise() gives, its numbers, and where to look for its peak.

    end        "known", "open" or "several stops"
    updates    how many are planned, an integer >= 10
    start      "a small network", "a transformer" or "a trained network"
    optimizer  "SGD with momentum" or "AdamW"

    >>> guide()
    <Chart: Warm-up 1000, then cosine over 9000. Sweep the peak from 0.0003 to 0.01.>

    Source: the chapter Choosing.
    """
    updates = int(updates)
    plan, climbing = advise(end, updates, start, optimizer), climb(updates, start, optimizer)
    fall = f"cosine over {updates - climbing}" if end == "known" else "plateau, cool-down %d" % plan.hyper["decay_steps"]
    says = f"Warm-up {climbing}, then {fall}" if climbing else f"No warm-up, {fall}"
    low, high = PEAKS[(start, optimizer)]
    sweep = "Sweep the peak from %g to %g" % (low, high)
    chart = Chart((0, 1.06 * updates), (0, 1.6), "update t", "rate / peak", alt=says + ". " + sweep + ".").title(says)
    for stop in (updates // 4, updates // 2) if end == "several stops" else ():
        branch = advise(end, stop, start, optimizer)
        away = stop - branch.hyper["decay_steps"]
        chart.line([away, stop], [branch(away), 0], "", COLOURS[1], 1.6, "5 3")
    times = sorted({(i * updates) // 200 for i in range(201)} | {min(climbing, updates)})
    chart.line(times, [plan(t) for t in times], "", COLOURS[0])
    rows = [sweep] + folded(repr(plan), (svg.SPACE[0] - 130) / 7.5)
    for place, words in enumerate(rows):
        chart.text(updates / 2, 1.5 - 0.13 * place, words)
    return chart


def folded(words, most):
    """The words in lines of at most so many letters, cut after commas."""
    lines = [""]
    for part in words.split(", "):
        joined = lines[-1] + (", " if lines[-1] else "") + part
        if len(joined) > most and lines[-1]:
            lines[-1] += ","
            lines.append(part)
        else:
            lines[-1] = joined
    return lines


card(
    guide,
    title="The decision guide",
    latex=r"W = \min\left(\tfrac{2}{1 - \beta_2},\ \tfrac{T}{10}\right)",
    paper="ma2021untuned",
    params=(
        Param("end", None, None, "known", ENDS, "whether the last update is fixed beforehand", ""),
        Param("updates", 100, 1_000_000, 10_000, "log", "how many updates are planned", ">= 10"),
        Param("start", None, None, "a small network", STARTS, "what the first updates meet", ""),
        Param("optimizer", None, None, "AdamW", OPTIMIZERS, "what makes the updates", ""),
    ),
    world=True,
)
