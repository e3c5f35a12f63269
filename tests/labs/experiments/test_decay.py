"""The conclusions about decay: families, horizons, floors, cool-downs, and runs of any length."""
from lrlearn.labs import Race
from lrlearn.labs.experiments import anytime, cooldowns, families, floors, horizon
from tests.labs.experiments.verdicts import BETTER, SAME, WORSE, mean, says


def test_families_every_decay_beats_none_and_no_decay_beats_another():
    r = families()
    assert isinstance(r, Race) and len(r.names) == 7 and len(r.seeds) == 8 and len(r.peaks("cosine")) == 3
    decays = [name for name in r.names if name != "constant"]
    assert says(r, "constant") == dict.fromkeys(decays, BETTER)
    best = min(decays, key=lambda name: mean(r, name))
    assert says(r) == dict.fromkeys([name for name in decays if name != best], SAME) | {"constant": WORSE}
    assert all(0.30 < mean(r, name) < 0.35 for name in decays) and 0.36 < mean(r, "constant") < 0.40


def test_horizon_a_quarter_too_long_is_nothing_and_half_is_worse():
    r = horizon()
    wanted = {"1.1 T": SAME, "1.25 T": SAME, "1.5 T": WORSE, "2 T": WORSE, "4 T": WORSE}
    assert says(r, "1 T") == wanted
    means = [mean(r, name) for name in r.names]
    assert means[2:] == sorted(means[2:]) and means[-1] - means[0] > 0.08


def test_floors_a_tenth_of_the_peak_is_nothing_and_a_third_is_worse():
    r = floors()
    assert says(r, "0 %") == {"1 %": SAME, "10 %": SAME, "30 %": WORSE}
    # A floor is what it says: the rate of the last update but for the last bit of the cosine.
    assert [round(r.of(name)[0].lrs[-1], 4) for name in r.names] == [0.0, 0.001, 0.01, 0.03]


def test_cooldowns_from_a_tenth_on_all_are_alike():
    r = cooldowns()
    assert set(says(r).values()) == {SAME} and len(r.names) == 8
    means = {name: mean(r, name) for name in r.names}
    long_enough = [means[f"{shape} {share} %"] for shape in ("linear", "1-sqrt") for share in (10, 20, 40)]
    assert max(long_enough) - min(long_enough) < 0.01 < min(means["linear 5 %"], means["1-sqrt 5 %"]) - min(long_enough)
    ahead = {share: means[f"linear {share} %"] - means[f"1-sqrt {share} %"] for share in (5, 10, 20, 40)}
    assert min(ahead[5], ahead[10]) > 0.004 > max(abs(ahead[20]), abs(ahead[40]))


def test_anytime_one_plateau_serves_every_length():
    r = anytime()
    for T in (200, 400, 800):
        gap, low, high = r.difference(f"WSD {T}", f"cosine {T}", comparisons=3)
        assert low < 0 < high and abs(gap) < 0.01
        assert mean(r, f"constant {T}") > max(mean(r, f"WSD {T}"), mean(r, f"cosine {T}")) + 0.03
    assert r.difference("constant 800", "WSD 800", comparisons=3)[1] > 0
    # The plateau is the same run at every length, until the first cool-down.
    one, other = (r.of(f"WSD {T}")[3] for T in (200, 800))
    assert one.losses[:161] == other.losses[:161] and one.lrs[161] < other.lrs[161]
