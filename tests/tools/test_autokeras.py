"""AutoKeras: why it does not run as installed, that one number mends it, and what it searches."""
import numpy as np
import pytest

RATES = [1e-1, 1e-2, 1e-3, 1e-4, 2e-5, 1e-5]


@pytest.fixture
def autokeras(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    import autokeras
    import keras

    keras.utils.set_random_seed(0)
    return autokeras


def search(autokeras, folder):
    """A search of two trials on 200 digits, and the tuner that made it."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    classifier = autokeras.StructuredDataClassifier(max_trials=2, seed=0, overwrite=True, directory=folder)
    classifier.fit((x[:200] / 16).astype("float32"), y[:200], epochs=1, verbose=0)
    return classifier.tuner


def test_a_classification_stops_since_keras_wants_python_s_own_integer(autokeras, tmp_path):
    with pytest.raises(ValueError, match=r"Received an invalid value for `units`, expected a positive integer. Received: units=10"):
        search(autokeras, tmp_path)


@pytest.mark.filterwarnings("ignore")
def test_with_that_number_converted_it_runs_and_does_not_leave_its_first_rate(autokeras, tmp_path, monkeypatch, capfd):
    import keras

    make, kinds = keras.layers.Dense.__init__, set()

    def converted(self, units, *args, **options):
        kinds.add(type(units))
        make(self, int(units), *args, **options)

    monkeypatch.setattr(keras.layers.Dense, "__init__", converted)
    oracle = search(autokeras, tmp_path).oracle
    assert kinds == {int, np.int64}
    tried = [trial.hyperparameters.values for trial in oracle.get_best_trials(2)]
    assert [(each["optimizer"], each["learning_rate"]) for each in tried] == [("adam", 0.001)] * 2
    space = {part.name: part for part in oracle.get_space().space}
    assert sorted(space["learning_rate"].values) == sorted(RATES)
    assert set(space["optimizer"].values) == {"adam", "sgd", "adam_weight_decay"}


def test_its_adamw_decays_along_a_line_to_zero(autokeras):
    from types import SimpleNamespace

    import keras
    import keras_tuner
    from autokeras import graph

    chosen = keras_tuner.HyperParameters()
    chosen.values.update({"optimizer": "adam_weight_decay", "learning_rate": 0.01})
    search = SimpleNamespace(num_samples=320, batch_size=32, epochs=2, _get_metrics=dict, _get_loss=lambda: "mse")
    model = graph.Graph._compile_keras_model(search, chosen, keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]))
    assert type(model.optimizer).__name__ == "AdamW"
    plan = model.optimizer._learning_rate
    assert [float(plan(t)) for t in (0, 5, 10, 20, 30)] == pytest.approx([0.01, 0.0075, 0.005, 0.0, 0.0])
