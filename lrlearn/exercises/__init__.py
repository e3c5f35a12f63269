"""Exercises that check themselves, one module a chapter: ``from lrlearn.exercises import cosine as ex``."""
from .exercise import Exercise, Outcome
