"""What .pre-commit-config.yaml asks of the files of a commit: ``python hooks.py CHECK FILE ...``. Prints a sentence for each fault."""
import json
import re
import sys
import tomllib
from pathlib import Path

import yaml

LIMIT, NOTEBOOK_LIMIT = 500, 1500       # kB; a notebook holds its pictures
# A folder of somebody's machine. What stands before the slash keeps addresses, and pictures as text, out of it.
MACHINE = re.compile(r"(?<![\w.+/=])/(?:home|Users|root|work|tmp|opt|private)/[\w./-]+")
READERS = {".json": json.loads, ".ipynb": json.loads, ".toml": tomllib.loads, ".yml": yaml.safe_load, ".yaml": yaml.safe_load, ".cff": yaml.safe_load}


def stored(path):
    """Whether a notebook is in the one stored form, whole and run from top to bottom."""
    import nbformat                     # here, since the other checks need to be quick

    import outputs

    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        return "its cells, must be run from the first to the last (make outputs), got other counts"
    if not any(cell.outputs for cell in code):
        return "its outputs, must be there (make outputs), got none"
    if len({cell.id for cell in notebook.cells}) < len(notebook.cells):
        return "the ids of its cells, must differ, got one twice"
    try:
        clean = outputs.text(outputs.clean(notebook))
    except ValueError as error:
        return str(error)
    if clean != text:
        return "its text, must be as make outputs writes it, got a widget, a time or other metadata"


def tidy(path):
    """Whether a file is light, names no folder of a machine, and has no blanks at the ends of its lines."""
    held, limit = path.read_bytes(), NOTEBOOK_LIMIT if path.suffix == ".ipynb" else LIMIT
    if len(held) > 1000 * limit:
        return f"its size, must be at most {limit} kB, got {len(held) // 1000} kB"
    if b"\0" in held:
        return None                     # a picture or a font
    for number, line in enumerate(held.decode("utf-8").split("\n"), 1):
        if found := MACHINE.search(line):
            return f"line {number}, must name no folder of a machine, got {found[0]}"
        if line != line.rstrip():
            return f"line {number}, must end without blanks, got {len(line) - len(line.rstrip())}"


def parses(path):
    """Whether a data file can be read."""
    try:
        READERS[path.suffix](path.read_text(encoding="utf-8"))
    except (ValueError, yaml.YAMLError) as error:
        return f"its text, must be {path.suffix[1:]}, got {' '.join(str(error).split())}"


CHECKS = {"stored": stored, "tidy": tidy, "parses": parses}

if __name__ == "__main__":
    check, *names = sys.argv[1:]
    said = [f"{name}: {fault}" for name in names if (fault := CHECKS[check](Path(name)))]
    sys.exit("\n".join(said) or 0)
