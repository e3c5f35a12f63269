"""Hyperopt: what the tuning chapter says of it, with the real package and a loss that takes no time."""
from math import e, log, log10

import numpy as np


def search(suggest, n, seed=1, low=log(1e-3), high=log(1.0)):
    """The rates that it tries, and the best of them."""
    import hyperopt

    trials = hyperopt.Trials()
    best = hyperopt.fmin(lambda lr: (log10(lr) + 1) ** 2, hyperopt.hp.loguniform("lr", low, high), suggest, n, trials=trials,
                         rstate=np.random.default_rng(seed), show_progressbar=False, verbose=False)
    return list(trials.vals["lr"]), best["lr"]


def test_its_tpe_is_a_random_search_for_twenty_trials():
    from hyperopt import rand, tpe

    model, dice = search(tpe.suggest, 30)[0], search(rand.suggest, 30)[0]
    assert model[:20] == dice[:20] and model[20] != dice[20]
    assert np.abs(np.log10(model[20:]) + 1).mean() < np.abs(np.log10(dice[20:]) + 1).mean()


def test_it_finds_the_bottom_and_repeats_itself_with_a_seed():
    from hyperopt import tpe

    lrs, best = search(tpe.suggest, 40)
    assert 0.08 < best < 0.125 and all(1e-3 <= lr <= 1 for lr in lrs)
    assert search(tpe.suggest, 40) == (lrs, best)


def test_it_wants_exponents():
    from hyperopt import rand

    lrs, _ = search(rand.suggest, 20, low=1e-3, high=1.0)
    assert all(1 < lr < e for lr in lrs), "the ends were rates, so it trains at rates above 1"
