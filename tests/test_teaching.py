"""What the page for teachers tells them to run, runs."""
import json
import re
from importlib import import_module
from pathlib import Path

BOOK = Path(__file__).parents[1] / "book"
TEXT = (BOOK / "teaching.md").read_text(encoding="utf-8")


def test_the_script_prints_who_is_where(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("answers").mkdir()
    wave = "from math import cos, pi\n\ndef closed_form(t, base_lr, T_max, eta_min=0.0):\n    return eta_min + (base_lr - eta_min) * (1 + cos({} * min(t, T_max) / T_max)) / 2\n"
    for name, answer in {"ada": wave.format("pi"), "bo": wave.format("2 * pi"), "cy": ""}.items():
        Path("answers", f"{name}.py").write_text(answer)
    script, = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    exec(compile(script, "teaching.md", "exec"), {})
    head, ada, bo, cy = capsys.readouterr().out.splitlines()
    assert head.split() == ["who", "closed_form", "recursion"]
    assert re.fullmatch(r"ada +right +not started yet", ada)
    assert re.fullmatch(r"bo +not yet: .+ +not started yet", bo)
    assert re.fullmatch(r"cy +not started yet +not started yet", cy)


def test_the_plans_name_exercises_that_are_there():
    for line in re.findall(r"^\| \d \|.*\|$", TEXT.split("## Twelve weeks")[0], re.M):
        cells = line.split("|")
        chapters = re.findall(r"\((\w+)\.ipynb\)", cells[2])
        for name in re.findall(r"\*(\w+)\*", cells[4]):
            assert any(hasattr(import_module(f"lrlearn.exercises.{chapter}"), name) for chapter in chapters), name


def test_twelve_weeks_and_the_exam_reach_every_chapter():
    plan = json.loads((BOOK.parent / "tests" / "coverage.json").read_text(encoding="utf-8"))["chapters"]
    chapters = set(plan[1:plan.index("cheatsheet")])
    weeks, exam = TEXT.split("## Twelve weeks")[1].split("## The checkers")[0], TEXT.split("## Exam questions")[1]
    assert set(re.findall(r"\((\w+)\.ipynb\)", weeks)) == chapters
    assert chapters - set(re.findall(r"\((\w+)\.ipynb\)", exam)) <= {"step_decay", "inverse_sqrt", "cyclic", "inside_pytorch", "averaging", "recipes", "choosing"}
