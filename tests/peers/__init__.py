"""The peers: real frameworks, each run by one small adapter, and what they answer to the same intents.

An adapter has version(), and rates(call, steps, lr=1.0): the learning rates of updates 0 to steps - 1 when the call, a
text as a user would write it, makes the schedule. Adapters import their framework on first use.

intents.py holds what they are asked for; `python -m tests.peers` computes it anew and writes lrlearn/peers.json.
"""
from .intents import INTENTS

STEPS, DIGITS = 15, 6


def computed(name):
    """What the frameworks answer now, in the form of the file."""
    intent, rows = INTENTS[name]
    return {
        "intent": intent,
        "rows": {row: {"call": call, "version": adapter.version(), "rates": adapter.rates(call, STEPS)}
                 for row, (adapter, call) in rows.items()},
    }
