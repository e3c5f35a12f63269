"""CONTRIBUTING is true: the schedule that it adds works everywhere after one file and one line."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text()

USE = """
import doctest, torch
import lrlearn as ll
import lrlearn.schedules.half_life as module
from lrlearn import Schedule, half_life
from lrlearn.pytorch import ScheduleLR

assert doctest.testmod(module).attempted and not doctest.testmod(module).failed
s = Schedule(half_life, half_life_steps=3)
assert repr(s) == "half_life(half_life_steps=3)" and s(6, 0.4) == 0.1
try:
    Schedule(half_life, half_life_steps=0)
except ValueError as error:
    assert str(error) == "half_life_steps: updates in which the rate halves, must be >= 1, got 0"
assert "2^{-t/h}" in str(ll.facts(half_life)) and ll.explore(half_life).html().startswith('<figure class="lr-live"')
optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
scheduler = ScheduleLR(optimizer, s)
for _ in range(6):
    optimizer.step()
    scheduler.step()
assert scheduler.get_last_lr() == [0.1]
print("all of it")
"""


def test_the_schedule_that_the_guide_adds_works_after_one_file_and_one_line(tmp_path):
    shutil.copytree(ROOT / "lrlearn", tmp_path / "lrlearn", ignore=shutil.ignore_patterns("__pycache__"))
    [module] = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    [line] = re.findall(r'`("half_life": "half_life",)`', GUIDE)
    (tmp_path / "lrlearn" / "schedules" / "half_life.py").write_text(module)
    init = tmp_path / "lrlearn" / "__init__.py"
    init.write_text(init.read_text().replace("FAMILIES = {\n", f"FAMILIES = {{\n    {line}\n", 1))
    done = subprocess.run([sys.executable, "-c", USE], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "all of it\n", done.stderr


def test_the_floors_that_the_guide_draws_are_the_packages():
    drawn = set(re.findall(r"^  (\w+)(?:/|\.py) ", GUIDE.split("```")[1], re.M))
    rooms = {path.stem for path in (ROOT / "lrlearn").iterdir() if path.suffix in (".py", "") and path.stem not in ("__init__", "__pycache__")}
    assert rooms - {"extras"} <= drawn


def test_it_stays_a_page_of_five_parts():
    assert len(GUIDE.splitlines()) <= 80
    assert re.findall(r"^## (.+)$", GUIDE, re.M) == ["Set up", "Add a schedule", "Add a chapter", "Add an exercise", "Release"]


def test_what_it_tells_to_run_and_to_open_is_there():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"`make (\w+)", GUIDE)
    assert {"read", "test", "chapter", "outputs"} <= set(targets) and all(re.search(rf"^{target}:", makefile, re.M) for target in targets)
    paths = [path for path in re.findall(r"`((?:[\w.-]+/)*[\w.-]+(?:/|\.\w+))`", GUIDE) if "half_life" not in path]
    paths = [path for path in paths if re.search(r"/|\.(py|md|cff)$", path)]
    assert len(paths) >= 8 and not [path for path in paths if not (ROOT / path).exists()]
