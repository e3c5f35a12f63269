"""The wheel of lrlearn: whole, nothing else, and true in an environment that holds nothing but Python."""
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from checkout import copied

import lrlearn

ROOT = Path(__file__).parents[1]
# What needs nothing but Python: its examples run in the empty environment.
ALONE = ("core", "bridges", "extras", "figure", "natives", "peers", "recipes", "schedules", "show", "svg", "worlds")
RUN = """
import doctest, importlib, pkgutil, sys
import lrlearn
alone = sys.argv[1].split()
names = ["lrlearn"] + [m.name for m in pkgutil.walk_packages(lrlearn.__path__, "lrlearn.") if m.name.split(".")[1] in alone]
ran = {name: doctest.testmod(importlib.import_module(name)) for name in names}
print(lrlearn.__file__, lrlearn.__version__, len(ran), sum(r.attempted for r in ran.values()), sum(r.failed for r in ran.values()))
print(sorted({name.split(".")[1] for name, r in ran.items() if r.attempted and "." in name}), "failed:", [name for name, r in ran.items() if r.failed])
"""


def command(*words, **options):
    """Run a program that has to succeed, and return what it prints."""
    done = subprocess.run(words, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from what git knows or may come to know, and from nothing else."""
    work = tmp_path_factory.mktemp("wheel")
    copied(work / "source", lambda name: name.startswith("lrlearn/") or "/" not in name)
    command(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-w", work, work / "source")
    [path] = work.glob("*.whl")
    return path


def test_it_holds_every_file_of_the_package_and_nothing_else(wheel):
    held = {name for name in zipfile.ZipFile(wheel).namelist()}
    info = f"lrlearn-{lrlearn.__version__}.dist-info/"
    ours = {path.relative_to(ROOT).as_posix() for kind in ("*.py", "*.json") for path in (ROOT / "lrlearn").rglob(kind)}
    assert len(ours) > 100 and {name for name in held if not name.startswith(info)} == ours
    assert info + "licenses/LICENSE" in held
    assert wheel.name == f"lrlearn-{lrlearn.__version__}-py3-none-any.whl"


def test_its_metadata_needs_nothing(wheel):
    metadata = zipfile.ZipFile(wheel).read(f"lrlearn-{lrlearn.__version__}.dist-info/METADATA").decode()
    needs = re.findall(r"^Requires-Dist: (.+)$", metadata, re.M)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert needs and all("extra ==" in need for need in needs)
    assert set(re.findall(r"^Provides-Extra: (.+)$", metadata, re.M)) == set(extras)


def test_its_examples_hold_in_an_empty_environment(wheel, tmp_path):
    command(sys.executable, "-m", "venv", "--without-pip", tmp_path / "empty")
    python = tmp_path / "empty" / "bin" / "python"
    place = command(python, "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    command(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps", "--no-compile", wheel)
    assert {path.name.split("-")[0] for path in Path(place).iterdir()} == {"lrlearn"}
    counts, rooms = command(python, "-I", "-c", RUN, " ".join(ALONE), cwd=tmp_path).splitlines()[-2:]
    where, version, modules, attempted, failed = counts.rsplit(" ", 4)
    assert Path(where).is_relative_to(place) and version == lrlearn.__version__
    assert int(modules) > 40 and int(attempted) > 80 and failed == "0", rooms
    assert {"core", "schedules", "natives", "worlds", "svg", "figure", "peers", "recipes"} <= set(re.findall(r"'(\w+)'", rooms))
