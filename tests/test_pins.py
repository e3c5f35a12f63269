"""Every package is pinned exactly, and what is installed is what is pinned."""
import importlib.metadata
import os
import re
from pathlib import Path

import pytest

from tests.peers.frameworks import FRAMEWORKS

ROOT = Path(__file__).resolve().parents[1]
PEERS = "tests/peers/requirements.txt"
LISTS = ("requirements.txt", "tests/requirements.txt", PEERS)


def pins(name):
    return [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("name", LISTS)
def test_exactly(name):
    assert pins(name) and not [line for line in pins(name) if not re.fullmatch(r"[a-z0-9.-]+==[a-z0-9.]+", line)]


def test_the_peers_have_their_own_list():
    assert set(FRAMEWORKS.values()) <= {line.split("==")[0] for line in pins(PEERS)}


@pytest.mark.parametrize("name", LISTS[:2] if os.environ.get("LRLEARN_CORE") else LISTS)
def test_installed_as_pinned(name):
    wanted = dict(line.split("==") for line in pins(name))
    found = {package: importlib.metadata.version(package).split("+")[0] for package in wanted}
    assert found == wanted


def test_no_package_twice_and_none_required_by_lrlearn_itself():
    packages = [line.split("==")[0] for name in LISTS for line in pins(name)]
    assert len(packages) == len(set(packages))
    assert not [need for need in importlib.metadata.requires("lrlearn") if "extra ==" not in need]
