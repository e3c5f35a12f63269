"""Whether, how far, how long and for how many updates the learning rate should fall: digits with a fifth of the labels random."""
from ...core import Schedule
from ...schedules.constant import constant
from ...schedules.cosine import cosine
from ...schedules.exponential_decay import exponential_decay
from ...schedules.one_cycle import one_cycle
from ...schedules.polynomial import linear
from ...schedules.step_decay import multistep_decay
from ...schedules.wsd import wsd
from ..race import race
from ..results import Race
from ..tasks import digits

NOISE = 0.2                 # with labels to forget, decay matters


def families(seeds=8, steps=600, base_lrs=(0.02, 0.06, 0.2)):
    """Which family of schedules is best, each at its own best peak? A Race.

    seeds     how many seeds, or a list of them
    steps     updates in one run, an integer >= 1
    base_lrs  the peaks to try, a list of numbers >= 0

    Expected: every schedule that decays beats the constant rate clearly, 0.31 to 0.34 against 0.38 nats. Between those that
    decay there is no difference beyond seed noise, so that "X beats Y" after one run is folklore.

    >>> families(seeds=2, steps=20, base_lrs=[0.1]).names
    ['constant', 'step', 'exponential', 'cosine', 'linear', 'WSD', 'one cycle']

    Source: measured here; comparisons at one peak for all measure mostly which peak suits whom.
    """
    schedules = {
        "constant": Schedule(constant),
        "step": Schedule(multistep_decay, milestones=[steps // 2, 3 * steps // 4]),
        "exponential": Schedule(exponential_decay, gamma=0.01 ** (1 / steps)),
        "cosine": Schedule(cosine, T_max=steps),
        "linear": Schedule(linear, total_iters=steps),
        "WSD": Schedule(wsd, total_steps=steps, decay_steps=steps // 5, decay_type="1-sqrt"),
        "one cycle": Schedule(one_cycle, total_steps=steps),
    }
    return race(digits(NOISE), schedules, list(base_lrs), seeds, steps)


def horizon(seeds=8, steps=600):
    """What does a cosine cost that was planned for longer than the run lasts? A Race of horizons, in run lengths.

    seeds  how many seeds, or a list of them
    steps  updates in one run, an integer >= 1

    Expected: up to 1.25 run lengths nothing beyond seed noise; 1.5, 2 and 4 cost more and more, up to 0.12 nats.

    >>> horizon(seeds=2, steps=20).names
    ['1 T', '1.1 T', '1.25 T', '1.5 T', '2 T', '4 T']

    Source: J. Hoffmann et al., Training Compute-Optimal Large Language Models, 2022, where 25 % too long hurts.
    """
    planned = {f"{h:g} T": Schedule(cosine, T_max=round(h * steps)) for h in (1, 1.1, 1.25, 1.5, 2, 4)}
    return race(digits(NOISE), planned, [0.1], seeds, steps)


def floors(seeds=8, steps=600):
    """How low should a cosine end? A Race of floors, in shares of the peak.

    seeds  how many seeds, or a list of them
    steps  updates in one run, an integer >= 1

    Expected: a floor of 1 % or of 10 % of the peak makes no difference beyond seed noise; 30 % is worse than 0.

    >>> floors(seeds=2, steps=20).names
    ['0 %', '1 %', '10 %', '30 %']

    Source: measured here; the 10 % of many recipes goes back to J. Hoffmann et al., 2022.
    """
    ends = {f"{100 * share:g} %": Schedule(cosine, T_max=steps, eta_min=0.1 * share) for share in (0, 0.01, 0.1, 0.3)}
    return race(digits(NOISE), ends, [0.1], seeds, steps)


def cooldowns(seeds=8, steps=600):
    """How long should WSD cool down, and in which shape? A Race of shapes and shares of the run.

    seeds  how many seeds, or a list of them
    steps  updates in one run, an integer >= 20

    Expected: 10 to 40 % are alike, 0.32 nats, and 5 % is short, 0.33 to 0.34. At 5 and 10 % the shape 1 - sqrt is ahead of
    the straight line by 0.01 nats, from 20 % on it is not. All this is within what eight seeds can call noise.

    >>> cooldowns(seeds=2, steps=20).names[:4]
    ['linear 5 %', '1-sqrt 5 %', 'linear 10 %', '1-sqrt 10 %']

    Source: A. Hägele et al., Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations, NeurIPS 2024.
    """
    ends = {f"{shape} {100 * share:g} %": Schedule(wsd, total_steps=steps, decay_steps=round(share * steps), decay_type=shape)
            for share in (0.05, 0.1, 0.2, 0.4) for shape in ("linear", "1-sqrt")}
    return race(digits(NOISE), ends, [0.05], seeds, steps)


def anytime(seeds=8, steps=(200, 400, 800)):
    """Can one run that never decays serve every length? A Race: WSD, cosine and a constant rate at each length.

    seeds  how many seeds, or a list of them
    steps  the lengths, a list of integers >= 5

    The peaks are 0.1 for the cosine and 0.05 for the others. WSD's plateau is the same run at every length; only its last
    fifth is its own. So three lengths cost 640 + 40 + 80 + 160 = 920 updates, and three cosines 1400.

    Expected: at every length WSD and a cosine planned for that length are alike, and both are below the constant rate.

    >>> anytime(seeds=2, steps=[10, 20]).names
    ['cosine 10', 'WSD 10', 'constant 10', 'cosine 20', 'WSD 20', 'constant 20']

    Source: A. Hägele et al., NeurIPS 2024.
    """
    task, runs = digits(NOISE), []
    for T in steps:
        plateau = Schedule(wsd, total_steps=T, decay_steps=T // 5, decay_type="1-sqrt")
        runs += race(task, {f"cosine {T}": Schedule(cosine, T_max=T)}, [0.1], seeds, T).runs
        runs += race(task, {f"WSD {T}": plateau, f"constant {T}": Schedule(constant)}, [0.05], seeds, T).runs
    return Race(task, runs)
