"""Imports go down only, and `import lrlearn` loads nothing heavier than math."""
import ast
import subprocess
import sys
from pathlib import Path

import pytest

import lrlearn

PACKAGE = Path(__file__).parents[1] / "lrlearn"

# room -> the rooms and outside packages that it may import; a room is a file or folder of the package.
FLOORS = {
    "core": set(),
    "extras": set(),
    "schedules": {"core"},
    "svg": set(),
    "figure": {"core", "svg", "worlds", "natives"},
    "worlds": {"core", "schedules", "svg"},
    "peers": set(),
    "recipes": {"core", "schedules"},
    "natives": {"core", "schedules"},
    "bridges": {"core", "extras", "natives", "jax", "keras"},
    "show": {"core", "svg"},
    "pytorch": {"core", "schedules", "extras", "torch"},
    "plots": {"core", "extras", "svg", "matplotlib", "matplotlib_inline", "numpy", "IPython"},
    "labs": {"core", "schedules", "show", "extras", "svg", "plots", "pytorch", "torch", "numpy", "sklearn", "scipy", "matplotlib", "IPython"},
    "live": {"core", "extras", "svg", "figure", "ipywidgets"},
    "exercises": {"core", "show", "schedules", "worlds", "extras", "svg", "figure", "live", "plots", "pytorch", "torch"},
    "__init__": {"core", "schedules"},
}
# What the page runs: of the standard library, only this exists in MicroPython as we use it.
PAGE, PAGE_MAY = {"core", "schedules", "svg", "figure", "worlds", "natives", "__init__"}, {"math", "json"}
FILES = sorted(PACKAGE.rglob("*.py"))


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path):
    """The rooms and outside packages that a file imports, at its top or anywhere in it."""
    parts = ("lrlearn", *path.relative_to(PACKAGE).with_suffix("").parts)
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(parts[: len(parts) - node.level]) if node.level else ""
            module = ".".join(p for p in (package, node.module) if p)
            found |= {f"lrlearn.{home(alias.name)}" for alias in node.names} if module == "lrlearn" else {module}
    rooms = {name.split(".")[1] if name.startswith("lrlearn.") else name.split(".")[0] for name in found if name != "lrlearn"}
    return rooms - {room(path)} - (PAGE_MAY if room(path) in PAGE else sys.stdlib_module_names)


def home(name):
    """The room of a public name that `from lrlearn import name` gives."""
    module = getattr(getattr(lrlearn, name), "__module__", f"lrlearn.{name}")
    return module.split(".")[1]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down_only(path):
    above = imported(path) - FLOORS[room(path)]
    assert not above, f"{path.relative_to(PACKAGE)} imports {above}, which its floor does not allow"


def test_every_room_has_a_floor():
    assert {room(path) for path in FILES} <= set(FLOORS)


def test_import_lrlearn_loads_math_and_nothing_heavier():
    code = "import sys; before = set(sys.modules); import lrlearn; print(sorted({m.split('.')[0] for m in set(sys.modules) - before}))"
    loaded = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); {code}"], capture_output=True, text=True, check=True)
    assert set(ast.literal_eval(loaded.stdout)) <= {"lrlearn", "math"}


@pytest.mark.parametrize("use, package, extra", [
    ("ll.plot", "matplotlib", "plots"),
    ("ll.pytorch.ScheduleLR", "torch", "torch"),
    ("ll.labs", "sklearn", "labs"),
    ("ll.explore(ll.cosine).widget()", "ipywidgets", "live"),
])
def test_a_missing_extra_is_one_sentence(use, package, extra):
    code = f"import sys; sys.modules[{package!r}] = None; sys.path.insert(0, {str(PACKAGE.parent)!r}); import lrlearn as ll; {use}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: this part of lrlearn needs {package}, which is not installed: pip install 'lrlearn[{extra}]'")
