"""make chapter: a chapter that runs and passes the tests as it is made, or one sentence and nothing at all."""
import os
import subprocess
import sys
from pathlib import Path

import chapter
import nbformat
import pytest
from checkout import copied

ROOT = Path(__file__).parents[1]
NEW = {"book/rex.ipynb", "lrlearn/exercises/rex.py", "tests/exercises/test_rex.py", "tests/exercises/grids/rex.py"}
TOLD = {"_toc.yml", "README.md", "tests/coverage.json", "book/teaching.md"}
# The tests that look at chapters. In the first two files there is a test for each chapter, so -k picks the new one's.
ASKED = ("tests/test_notebooks.py", "tests/exercises/test_every_exercise.py", "tests/exercises/test_rex.py", "tests/test_coverage.py",
         "tests/test_glossary.py", "tests/test_readme.py", "tests/test_teaching.py")
PICKED = "rex or every_exercise_has_a_grid or coverage or glossary or readme or teaching"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The checkout as git sees it, elsewhere; its lrlearn comes before the one that is installed."""
    return copied(tmp_path_factory.mktemp("copy"))


def python(folder, *words):
    """Python in the copy, with its own lrlearn, one thread."""
    names = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'tests' / 'quick'}", "OMP_NUM_THREADS": "1", "LRLEARN_CHECK": "1"}
    return subprocess.run([sys.executable, *words], cwd=folder, env=names, capture_output=True, text=True)


def held(folder):
    """path -> bytes of every file that git would see."""
    files = (path for path in folder.rglob("*") if path.is_file() and not {"__pycache__", ".pytest_cache", ".hypothesis"} & set(path.parts))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("words, sentence", [
    (["no_such_formula"], "must be one of lrlearn.CARDS, got 'no_such_formula'"),
    (["../rex"], "must be an identifier, got '../rex'"),
    (["cosine"], "must not have one yet, got 'cosine', which has lrlearn/exercises/cosine.py"),
    (["one_cycle_momentum"], "must give a learning rate, got 'one_cycle_momentum', which gives max_momentum"),
    (["constant"], "must have an example that passes half of its highest rate, got 'constant'"),
    ([], "must be given once, as in make chapter name=rex, got nothing"),
    (["rex", "knee"], "must be given once, as in make chapter name=rex, got rex knee"),
])
def test_what_cannot_be_a_chapter_is_one_sentence_and_no_file(words, sentence, monkeypatch):
    monkeypatch.setattr(Path, "write_text", None)           # whoever writes fails
    with pytest.raises(SystemExit) as ended:
        chapter.main(words)
    assert ended.value.code == f"name: the formula of the new chapter, {sentence}"


def test_a_chapter_whose_notebook_fails_leaves_nothing(copy):
    before = held(copy)
    page = copy / "book/_ext/chapter/chapter.md"
    page.write_text(page.read_text().replace("ll.explore(ll.$name)", "ll.explore(ll.no_such_name)"))
    done = python(copy, "book/_ext/chapter.py", "rex")
    page.write_bytes(before["book/_ext/chapter/chapter.md"])
    assert done.returncode == 1 and "no_such_name" in done.stderr.splitlines()[-1] and held(copy) == before


def test_the_new_chapter_passes_the_tests(copy):
    before = held(copy)
    done = python(copy, "book/_ext/chapter.py", "rex")
    assert done.returncode == 0, done.stderr
    after = held(copy)
    assert after.keys() - before.keys() == NEW and {name for name in before if before[name] != after[name]} == TOLD
    assert set(done.stdout.splitlines()[:-1]) == NEW | TOLD and "make outputs NOTEBOOKS=book/rex.ipynb" in done.stdout
    cells = nbformat.reads(after["book/rex.ipynb"].decode(), as_version=4).cells
    assert sum(cell.source.count("Draft:") for cell in cells if cell.cell_type == "markdown") >= 8
    assert str(copy) not in after["book/rex.ipynb"].decode()
    tests = python(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *ASKED, "-k", PICKED)
    assert tests.returncode == 0 and " passed" in tests.stdout, tests.stdout[-3000:]
    again = python(copy, "-m", "pytest", "-q", "-o", "addopts=", "-p", "no:doctest", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env", "book/rex.ipynb")
    assert again.returncode == 0 and " passed" in again.stdout, again.stdout[-3000:]
    ruff = python(copy, "-m", "ruff", "check", "--no-cache", *(name for name in NEW if name.endswith(".py")))
    assert ruff.returncode == 0, ruff.stdout
