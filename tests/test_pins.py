"""Every package is pinned exactly, and what is installed is what is pinned."""
import importlib.metadata
import os
import re
from pathlib import Path

import pytest

from tests.peers.frameworks import FRAMEWORKS, TOOLBOX

ROOT = Path(__file__).resolve().parents[1]
PEERS, TOOLS = "tests/peers/requirements.txt", "tests/tools/requirements.txt"
LISTS = ("requirements.txt", "tests/requirements.txt", PEERS, TOOLS)


def pins(name):
    return [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("name", LISTS)
def test_exactly(name):
    assert pins(name) and not [line for line in pins(name) if not re.fullmatch(r"[a-z0-9.-]+==[a-z0-9.]+", line)]


@pytest.mark.parametrize("packages, name", [(FRAMEWORKS, PEERS), (TOOLBOX, TOOLS)])
def test_peers_and_tools_have_their_own_lists(packages, name):
    assert set(packages.values()) <= {line.split("==")[0] for line in pins(name)}


@pytest.mark.parametrize("name", LISTS[:2] if os.environ.get("LRLEARN_CORE") else LISTS)
def test_installed_as_pinned(name):
    wanted = dict(line.split("==") for line in pins(name))
    found = {package: importlib.metadata.version(package).split("+")[0] for package in wanted}
    assert found == wanted


def test_no_package_twice_and_none_required_by_lrlearn_itself():
    packages = [line.split("==")[0] for name in LISTS for line in pins(name)]
    assert len(packages) == len(set(packages))
    assert not [need for need in importlib.metadata.requires("lrlearn") if "extra ==" not in need]
