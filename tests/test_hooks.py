"""Each hook of a commit passes what is right and stops what is wrong, run as .pre-commit-config.yaml says."""
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
[REPO] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
HOOKS = {hook["id"]: hook for hook in REPO["hooks"]}
INTRO = (ROOT / "book" / "intro.ipynb").read_text(encoding="utf-8")
HOME = "/" + "home/ada/lrlearn"
# hook -> a good file, and the bad ones: (name, text, what is said)
FILES = {
    "stored": (("n.ipynb", INTRO), [
        ("n.ipynb", json.dumps(json.loads(INTRO), indent=2), "n.ipynb: its text, must be as make outputs writes it"),
        ("n.ipynb", re.sub(r'"execution_count": 1,', '"execution_count": null,', INTRO), "n.ipynb: its cells, must be run from the first"),
        ("n.ipynb", INTRO.replace('"name": "python3"', '"name": "mine"'), "n.ipynb: its text, must be as make outputs writes it"),
    ]),
    "ruff": (("a.py", "from math import pi\n\nprint(pi)\n"), [
        ("a.py", "from math import cos, pi\n\nprint(pi)\n", "F401"), ("a.py", "print(pi)\n", "F821"), ("a.py", "print(\n", "invalid-syntax"),
    ]),
    "tidy": (("a.md", "A line.\nSee https://example.org/home/ada and data:image/png;base64,a+/opt/b.\n"), [
        ("a.md", f"It lies in {HOME}.\n", f"a.md: line 1, must name no folder of a machine, got {HOME}"),
        ("a.md", "A line.\nAnother. \n", "a.md: line 2, must end without blanks, got 1"),
        ("a.csv", "1234567,\n" * 60_000, "a.csv: its size, must be at most 500 kB, got 540 kB"),
    ]),
    "parses": (("a.toml", "a = 1\n"), [
        ("a.toml", "a = \n", "a.toml: its text, must be toml, got"), ("a.json", "{'a': 1}", "a.json: its text, must be json, got"),
        ("a.yml", "a: [1\n", "a.yml: its text, must be yml, got"), ("a.cff", "a: b: c\n", "a.cff: its text, must be cff, got"),
    ]),
}


def run(hook, folder, names):
    """A hook as pre-commit runs it, on files of another folder; this environment's Python in the place of .venv's."""
    python, *words = HOOKS[hook]["entry"].split()
    assert python == ".venv/bin/python"
    words = [str(ROOT / word) if word.endswith(".py") else word for word in words]
    return subprocess.run([sys.executable, *words, *names], cwd=folder, capture_output=True, text=True)


def test_there_are_four_and_none_is_fetched():
    assert REPO["repo"] == "local" and set(HOOKS) == set(FILES) and len(HOOKS) == 4
    assert all(hook["language"] == "system" for hook in HOOKS.values())


@pytest.mark.parametrize("hook", FILES)
def test_it_stops_what_is_wrong_and_nothing_else(hook, tmp_path):
    (name, good), bad = FILES[hook]
    assert re.search(HOOKS[hook].get("files", ""), f"book/{name}")
    (tmp_path / name).write_text(good, encoding="utf-8")
    assert run(hook, tmp_path, [name]).returncode == 0
    folders = [tmp_path / str(k) for k in range(len(bad))]
    for folder, (wrong, text, _) in zip(folders, bad):
        folder.mkdir()
        (folder / wrong).write_text(text, encoding="utf-8")
    done = run(hook, tmp_path, [name, *(f"{folder.name}/{wrong}" for folder, (wrong, _, _) in zip(folders, bad))])
    assert done.returncode == 1
    said = (done.stdout + done.stderr).splitlines()
    for k, (_, _, words) in enumerate(bad):
        assert any(f"{k}/" in line and words in line for line in said) or hook == "ruff" and words in done.stdout, (words, said)
    assert len(said) == len(bad) or hook == "ruff"
