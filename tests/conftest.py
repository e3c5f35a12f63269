"""The tools of the book and the helpers of the tests are importable from every test."""
import os
import sys
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "tests"), str(ROOT)]

# A busy machine is no failure. CI sets the variable to try the same examples every time; people try new ones.
settings.register_profile("book", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("book")
