"""What the tests of the formulas share: how close is close, and which numbers are drawn."""
from hypothesis import strategies as st

CLOSE, FLOAT32, EXACT = 1e-11, 1e-6, 3e-16              # of base_lr: their recursions, float32, 50 digits
rates = st.floats(1e-5, 10.0)
shares = st.just(0.0) | st.floats(1e-3, 1.0)            # a floor as a fraction of base_lr
horizons = st.integers(1, 60)


def near(ours, theirs, close):
    return len(ours) == len(theirs) and all(abs(a - b) <= close for a, b in zip(ours, theirs))
