"""The conclusions about batches: a larger one loses at equal epochs, and growth does what decay does in fewer updates."""
from lrlearn.labs.experiments import batch_growth, large_batch
from tests.labs.experiments.verdicts import BETTER, SAME, mean, says


def test_large_batch_loses_under_every_rule_and_a_warmup_has_no_benefit():
    r = large_batch()
    rules = [f"batch 256, {rule} rule" for rule in ("root", "linear")] + ["batch 256, same rate"]
    for name in rules:
        assert r.difference(name, "batch 32", comparisons=3)[1] > 0
        gap, low, high = r.difference(f"{name}, warm-up", name, comparisons=3)
        assert gap > -0.005 and high > 0                 # never better
        assert len(r.of(name)[0].losses) == len(r.of(f"{name}, warm-up")[0].losses) == 75
    assert mean(r, "batch 32") < mean(r, rules[1]) < mean(r, rules[0]) < mean(r, rules[2]) and mean(r, rules[2]) > 0.25
    assert r.difference(rules[2], rules[0], comparisons=3)[1] > 0
    warm = r.of("batch 256, linear rule, warm-up")[0]
    assert warm.lrs[0] == 0 and max(warm.lrs) == warm.lrs[7] == 0.4 and warm.lrs[-1] < 0.01


def test_batch_growth_equals_rate_decay_in_less_than_half_the_updates():
    r = batch_growth()
    assert says(r, "constant") == {"rate decay": BETTER, "batch growth": BETTER}
    gap, low, high = r.difference("batch growth", "rate decay")
    assert low < 0 < high and abs(gap) < 0.02
    grown, decayed = (r.of(name)[0] for name in ("batch growth", "rate decay"))
    assert (len(grown.losses), len(decayed.losses)) == (708, 1617) and set(grown.lrs) == {0.05}
    assert sorted(set(decayed.lrs)) == [0.003125, 0.0125, 0.05]
    assert SAME in says(r).values()
