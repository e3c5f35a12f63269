"""The conclusions about fine-tuning: negative transfer, and another task where the order is another."""
import torch

from lrlearn.labs import digits
from lrlearn.labs.experiments import inverted, transfer
from lrlearn.labs.experiments.transfer import SHARES, few, learn, part
from tests.labs.experiments.verdicts import SAME, WORSE, accuracy, mean, says


def test_from_scratch_beats_every_way_to_fine_tune():
    r = transfer()
    assert says(r, "from scratch") == {"full": WORSE, "discriminative": WORSE, "last layer": WORSE}
    means = [mean(r, name) for name in ("from scratch", "full", "discriminative", "last layer")]
    assert means == sorted(means) and means[0] < 0.45 and means[-1] > 0.9
    assert repr(r.task).startswith("digits 5 to 9: ") and set(r.task.y_val.tolist()) == {5, 6, 7, 8, 9}


def test_on_inverted_digits_full_fine_tuning_is_the_worst():
    r = inverted()
    order = sorted(r.names, key=lambda name: mean(r, name))
    assert order[-1] == "full" and says(r, "from scratch")["full"] == WORSE
    assert says(r, "from scratch")["gradual unfreezing"] == SAME and accuracy(r, "gradual unfreezing") > 0.7
    assert r.difference("last layer", "full", comparisons=4)[2] < 0        # in transfer it was the other way round
    assert accuracy(r, "full") < 0.6 < accuracy(r, "from scratch")


def test_the_shares_say_which_layers_learn():
    task = digits(batch_size=16)
    for way, moving in (("full", [0, 1, 2]), ("last layer", [2]), ("discriminative", [0, 1, 2])):
        weights = [w.detach().unsqueeze(0).clone().requires_grad_() for w in task.model(0)]
        before = [w.clone() for w in weights]
        learn(task, weights, [task.batches(0, 3)], 0.05, SHARES[way], 3)
        assert [i // 2 for i in (0, 2, 4) if not torch.equal(weights[i], before[i])] == moving
    gradual = [SHARES["gradual unfreezing"](u) for u in (0, 0.4, 0.9)]
    assert gradual == [(0, 0, 1), (0, 1, 1), (1, 1, 1)] and SHARES["discriminative"](0)[1] == 1 / 2.6


def test_few_examples_are_few_and_each_seed_has_its_own():
    task = part(digits(batch_size=16), 5, 10)
    seen = [{tuple(row) for x, _ in few(task, seed, 7, 30) for row in x.tolist()} for seed in (0, 0, 1)]
    assert len(seen[0]) == 7 and seen[0] == seen[1] != seen[2]
    assert seen[0] <= {tuple(row) for row in task.x.tolist()}
