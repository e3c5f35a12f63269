"""The tools of the book and the helpers of the tests are importable from every test."""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "tests"), str(ROOT)]
