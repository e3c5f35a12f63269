"""Write lrlearn/peers.json and lrlearn/agreement.json anew: python -m tests.peers, from the top of the repository."""
import json
import os
import re
from pathlib import Path

import lrlearn

from . import DIGITS, INTENTS, agreement, computed


def shorter(rate):
    """Six digits, so that processors agree; no minus before a zero."""
    return None if rate is None else round(rate, DIGITS) + 0.0


def write(path):
    """What the frameworks answer to the intents. The rates of a row stand on one line."""
    found = {name: computed(name) for name in INTENTS}
    for intent in found.values():
        for row in intent["rows"].values():
            row["rates"] = [shorter(rate) for rate in row["rates"]]
    put(path, re.sub(r"\[[^][]*]", lambda rates: "[" + " ".join(rates[0][1:-1].split()) + "]", json.dumps(found, indent=1)))


def write_agreement(path):
    """How close each formula and class is to its peers, one row a line."""
    rows = [json.dumps(agreement.entry(row, agreement.within(agreement.difference(row)))) for row in agreement.ROWS]
    put(path, "[\n" + ",\n".join(rows) + "\n]")


def put(path, text):
    """The whole file or none: written beside, then put in place."""
    beside = path.with_suffix(".new")
    beside.write_text(text + "\n")
    os.replace(beside, path)


if __name__ == "__main__":
    write(Path(lrlearn.__file__).with_name("peers.json"))
    write_agreement(Path(lrlearn.__file__).with_name("agreement.json"))
