"""A full run skips nothing; a run of the core skips what needs a framework, says which, and nothing else."""
import ast
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.peers import from_fastai
from tests.peers.frameworks import FRAMEWORKS, TOOLBOX, alone

TESTS = Path(__file__).resolve().parents[1]


def run(tmp_path, core, text):
    """The outcomes of a test file under our conftest, and what is printed."""
    (tmp_path / "test_it.py").write_text(text)
    env = {**os.environ, "PYTHONPATH": str(TESTS), "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "LRLEARN_CORE": "1" if core else ""}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-c", os.devnull, "--rootdir", str(tmp_path), "-p", "conftest", "-p",
        "no:cacheprovider", str(tmp_path)]
    printed = subprocess.run(command, capture_output=True, text=True, env=env, cwd=tmp_path).stdout
    return printed.splitlines()[-1].partition(" in ")[0], printed


LAZY = """
import pytest
def test_one(): pytest.skip("not today")
@pytest.mark.skip(reason="not today")
def test_two(): pass
@pytest.mark.xfail
def test_three(): assert False
@pytest.mark.xfail
def test_four(): pass
"""


@pytest.mark.parametrize("core", [False, True])
def test_what_is_skipped_fails(tmp_path, core):
    assert run(tmp_path, core, LAZY)[0] == "3 failed, 1 error"
    assert run(tmp_path, core, "import pytest\npytest.importorskip('nothing_of_this_name')")[0] == "1 error"


WANTING = """
from hypothesis import given, strategies as st
def test_one(): import optax
@given(st.integers())
def test_two(n):
    from keras import optimizers
def test_three():
    try: import timm
    except ImportError: pass
def test_four(): import jax
"""


def test_the_core_does_without_the_frameworks_and_says_so(tmp_path):
    last, printed = run(tmp_path, True, WANTING)
    assert last == "1 passed, 3 skipped"
    assert printed.count("needs optax") == 2 and printed.count("needs keras") == 1


def test_with_the_frameworks_nothing_is_left_out(tmp_path):
    find_spec("lrsched")                    # make test-core skips here
    assert run(tmp_path, False, "def test_one(): import lrsched\n")[0] == "1 passed"


def test_no_test_imports_a_framework_before_it_runs():
    for path in TESTS.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            names = [alias.name for alias in node.names] if isinstance(node,
                ast.Import) else [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {*FRAMEWORKS, *TOOLBOX, "jax"}, path


def test_a_package_that_is_not_there_is_an_import_error():
    assert find_spec("nothing_of_this_name") is None
    with pytest.raises(ModuleNotFoundError, match="nothing_of_this_name"), alone("nothing_of_this_name"):
        pass


def test_fastai_leaves_no_trace():
    before = {name for name in sys.modules if name.split(".")[0] == "fastai"}
    from_fastai.schedules.__wrapped__()
    assert {name for name in sys.modules if name.split(".")[0] == "fastai"} == before
