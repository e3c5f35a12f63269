"""The repository's address stands in _config.yml; every other mention is the same, and one command moves them all."""
import re
import subprocess
import sys
from pathlib import Path

import address
import pytest
import test_notebooks
import yaml
from checkout import copied

ROOT = Path(__file__).parents[1]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]
OURS, NEW = CONFIG["url"], "https://github.com/some-one/their.book"
SITE = "github.com"                                         # apart, so that a stray address of this file is none of its mentions
SITES = r"(github\.com|colab\.research\.google\.com/github|mybinder\.org/v2/gh)/([\w-]+)/([\w.-]*\w)"


def texts(root):
    """(file, its text) of all that git knows or may come to know."""
    for path in address.files(root):
        if path.suffix not in (".png", ".webp", ".ico", ".woff"):
            yield path, path.read_text(encoding="utf-8")


def mentions(text, ours):
    """(what a text says, what it would have to be) wherever it means the repository."""
    owner, name = address.URL.fullmatch(ours).groups()
    for found in re.finditer(SITES, text):
        site, *said = found.groups()
        if site != "github.com" or owner in said or name in said or text[:found.start()].endswith("git+https://"):
            yield "/".join(said).removesuffix(".git"), f"{owner}/{name}"
    for said in re.findall(r"(?<![\w-])([\w-]+)\.github\.io/([\w.-]*\w)", text):
        if owner in said or name in said:
            yield "/".join(said), f"{owner}/{name}"


def held(root, ours):
    """How many mentions a file of the folder has; raises when one is another address."""
    counts = {}
    for path, text in texts(root):
        found = list(mentions(text, ours))
        assert all(said == wanted for said, wanted in found), (path, found)
        counts[path.relative_to(root).as_posix()] = len(found)
    return counts


def test_every_mention_is_the_address_of_the_configuration():
    counts = held(ROOT, OURS)
    for name in ("_config.yml", "README.md", "pyproject.toml", "CITATION.cff", *(p.relative_to(ROOT).as_posix() for p in test_notebooks.NOTEBOOKS)):
        assert counts[name], name
    assert address.stands() == OURS


@pytest.mark.parametrize("stray", [
    f"https://{SITE}/another/{OURS.rsplit('/')[-1]}", OURS + "2", f"git+https://{SITE}/a/b", f"https://mybinder.org/{'v2'}/gh/a/b/main",
    f"https://colab.research.google.com/{'github'}/a/b/blob/main/book/intro.ipynb", f"https://another.{'github.io'}/{OURS.rsplit('/')[-1]}",
])
def test_a_stray_mention_is_noticed(stray):
    assert any(said != wanted for said, wanted in mentions(stray, OURS))


def test_links_to_colab_and_binder_lead_to_files_of_the_branch():
    count = 0
    for _, text in texts(ROOT):
        for branch, path in re.findall(r"colab\.research\.google\.com/github/[\w-]+/[\w.-]+/blob/([\w.-]+)/([\w./-]+)", text):
            assert branch == CONFIG["branch"] and (ROOT / path).is_file(), path
            count += 1
        for branch, path in re.findall(r"mybinder\.org/v2/gh/[\w-]+/[\w.-]+/([\w.-]+)\?urlpath=lab/tree/([\w./-]+)", text):
            assert branch == CONFIG["branch"] and (ROOT / path).is_file()
            count += 1
    assert count >= 2                                       # the README has one each


def command(root, *words):
    return subprocess.run([sys.executable, root / "book/_ext/address.py", *words], capture_output=True, text=True)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The files of this checkout, in a repository of their own."""
    root = copied(tmp_path_factory.mktemp("fork"))
    subprocess.run(["git", "init", "-q", root], check=True)
    return root


WRONG = ("", "http://github.com/a/b", "https://github.com/a", "https://github.com/a/b.git", "https://github.com/a/b/")


def test_a_wrong_address_is_one_sentence_and_changes_nothing(copy):
    before = dict(texts(copy))
    for wrong in WRONG:
        with pytest.raises(ValueError, match=re.escape(f"url: the repository's address, must be https://{SITE}/OWNER/NAME, got {wrong!r}")):
            address.move(wrong, copy)
    for words, got in (("a/b",), "'a/b'"), ((), "0"), (("a", "b"), "2"):
        done = command(copy, *words)
        assert done.returncode == 1 and re.fullmatch(rf"url: the repository's address, must be .+, got {got}\n", done.stderr)
    assert dict(texts(copy)) == before


def test_one_command_moves_every_mention_and_back(copy):
    before, old = dict(texts(copy)), held(ROOT, OURS)
    done = command(copy, NEW)
    assert done.returncode == 0 and done.stdout == f"{NEW}: {sum(map(bool, old.values()))} files changed\n", done.stderr
    after = dict(texts(copy))
    assert after.keys() == before.keys() and address.stands(copy) == NEW
    assert yaml.safe_load(after[copy / "_config.yml"])["repository"] == {**CONFIG, "url": NEW}
    moved = held(copy, NEW)
    for path, text in after.items():
        assert moved[path.relative_to(copy).as_posix()] >= old[path.relative_to(copy).as_posix()], path
        assert not any(form in text for form in address.forms(OURS)), path
        assert path.suffix != ".ipynb" or text == before[path].replace(OURS, NEW), path
    test_notebooks.stored_right(after[copy / "book" / "intro.ipynb"])
    assert (copy / ".ci/run").stat().st_mode == (ROOT / ".ci/run").stat().st_mode
    assert command(copy, OURS).returncode == 0
    here = copy / "tests" / "test_address.py"               # it names the other address, too
    assert dict(texts(copy)) | {here: ""} == before | {here: ""}


def test_a_longer_name_is_another_repository():
    for other in (f"{OURS}-extras", f"{OURS}.js", f"{OURS}2", OURS.replace("//", "//my")):
        assert address.moved(f"see {other}/tree", OURS, NEW) == f"see {other}/tree"
    for own in (f"{OURS}.", f"{OURS}.git", f"{OURS}/blob/main", f"({OURS})", f"git+{OURS}"):
        assert address.moved(own, OURS, NEW) == own.replace(OURS, NEW)
