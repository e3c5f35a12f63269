"""Runs a program under MicroPython, as the published page does."""
import json
import subprocess
from pathlib import Path

import live_figures
import npm


def printed(program, **files):
    """Run the program under MicroPython beside the page's files and return the lines that it prints; the last is its `answer`."""
    engine = npm.install() / "@micropython/micropython-webassembly-pyscript/micropython.mjs"
    job = json.dumps({"files": {**json.loads(live_figures.py_json())["files"], **files}, "program": program})
    command = [npm.NODE, Path(__file__).with_name("run.mjs"), engine.as_uri()]
    done = subprocess.run(command, input=job, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")


def micropython(program, **files):
    """The program's `answer`, read from JSON."""
    return json.loads(printed(program, **files)[-1])
