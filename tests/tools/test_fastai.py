"""fastai's own Learner on a few points: the rates of a real fit, and of lr_find."""
import contextlib
import io

import pytest

near = pytest.approx


def learner(path, rate=0.1):
    import torch
    from fastai.callback import schedule        # noqa: F401  gives the Learner its methods
    from fastai.data.core import DataLoaders
    from fastai.data.load import DataLoader
    from fastai.learner import Learner
    from fastai.optimizer import SGD

    torch.manual_seed(0)
    points = [(torch.tensor([x / 10]), torch.tensor([3 * x / 10])) for x in range(-8, 8)]
    data = DataLoaders(DataLoader(points, bs=4), DataLoader(points, bs=4))
    return Learner(data, torch.nn.Linear(1, 1), torch.nn.MSELoss(), SGD, lr=rate, path=path)


def fitted(path, method, *args, **kwargs):
    """The rate of each update, four an epoch, and what the method returns."""
    learn = learner(path)
    with contextlib.redirect_stdout(io.StringIO()), learn.no_bar(), learn.no_logging():
        found = getattr(learn, method)(*args, **kwargs)
    return [float(lr) for lr in learn.recorder.lrs], found, learn


def test_the_recorded_rates_of_fit_one_cycle_are_the_formula_s(tmp_path):
    lrs, _, learn = fitted(tmp_path, "fit_one_cycle", 3, 0.1)
    from fastai.callback.schedule import combined_cos

    formula = combined_cos(0.25, 0.1 / 25, 0.1, 0.1 / 1e5)
    assert lrs == near([float(formula(t / 12)) for t in range(12)], rel=1e-6)
    assert (lrs[0], lrs[3]) == near((0.004, 0.1)) and lrs[-1] > 0.1 / 1e5
    assert learn.recorder.hps["lr"] == near(lrs) and learn.recorder.hps["mom"][0] == near(0.95)


def test_lr_find_ramps_to_its_end_and_puts_the_weights_back(tmp_path):
    import torch

    fresh = [p.detach().clone() for p in learner(tmp_path).model.parameters()]
    lrs, found, learn = fitted(tmp_path, "lr_find", num_it=24, show_plot=False, stop_div=False)
    assert lrs == near([1e-7 * 1e8 ** (k / 24) for k in range(24)], rel=1e-5)
    assert found._fields == ("valley",) and lrs[0] < found.valley < lrs[-1]
    assert all(torch.equal(a, b) for a, b in zip(fresh, learn.model.parameters(), strict=True))


def test_plot_sched_draws_what_the_recorder_kept(tmp_path):
    import matplotlib.pyplot as plt

    lrs, _, learn = fitted(tmp_path, "fit_one_cycle", 2, 0.1)
    learn.recorder.plot_sched()
    assert list(plt.gcf().axes[0].lines[0].get_ydata()) == near(lrs)
    plt.close("all")


def test_its_plateau_sets_the_rate_under_fit_and_is_overwritten_by_a_schedule(tmp_path):
    """fastai#4046 says that the rate is not set: it is, but a schedule writes its own at the next batch."""
    from fastai.callback.tracker import ReduceLROnPlateau

    def bad():
        return ReduceLROnPlateau(min_delta=100.0, patience=1)

    assert fitted(tmp_path, "fit", 4, 0.1, cbs=bad())[0][::4] == near([0.1, 0.1, 0.01, 0.001])
    assert fitted(tmp_path, "fit_one_cycle", 4, 0.1, cbs=bad())[0] == fitted(tmp_path, "fit_one_cycle", 4, 0.1)[0]


@pytest.mark.parametrize("method, epochs", [("fit_one_cycle", 2), ("fit_flat_cos", 4)])
def test_start_epoch_is_lost_on_the_way_in_one_method(tmp_path, method, epochs):
    """fastai 2.8.12: fit_flat_cos hands on 0."""
    seen = []
    from fastai.callback.core import Callback

    class Noting(Callback):
        def before_batch(self):
            if self.training:
                seen.append(self.epoch)

    fitted(tmp_path, method, 4, 0.1, start_epoch=2, cbs=Noting())
    assert sorted(set(seen)) == list(range(4 - epochs, 4))
