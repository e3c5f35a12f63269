"""Write lrlearn/peers.json anew: python -m tests.peers, from the top of the repository."""
import json
import os
import re
from pathlib import Path

import lrlearn

from . import DIGITS, INTENTS, computed


def shorter(rate):
    """Six digits, so that processors agree; no minus before a zero."""
    return None if rate is None else round(rate, DIGITS) + 0.0


def write(path):
    """The whole file or none: written beside, then put in place. The rates of a row stand on one line."""
    found = {name: computed(name) for name in INTENTS}
    for intent in found.values():
        for row in intent["rows"].values():
            row["rates"] = [shorter(rate) for rate in row["rates"]]
    text = re.sub(r"\[[^][]*]", lambda rates: "[" + " ".join(rates[0][1:-1].split()) + "]", json.dumps(found, indent=1))
    beside = path.with_suffix(".new")
    beside.write_text(text + "\n")
    os.replace(beside, path)


if __name__ == "__main__":
    write(Path(lrlearn.__file__).with_name("peers.json"))
