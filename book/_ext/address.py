"""Move the book to another address, as for a fork: python address.py https://github.com/OWNER/NAME

The address stands in _config.yml (repository.url). Every other file that names it follows: the notebooks' first cells, the
package's metadata, the README's links. All files are written or, when the new address is wrong, none.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
URL = re.compile(r"https://github\.com/([A-Za-z0-9-]+)/([\w.-]*\w)")
LINE = re.compile(r"^repository:\n(?:  .*\n)*?  url: (\S+)$", re.M)


def stands(root=ROOT):
    """The address of the repository."""
    return LINE.search((root / "_config.yml").read_text(encoding="utf-8"))[1]


def files(root=ROOT):
    """Every file that is tracked by git, or may come to be."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"], check=True, capture_output=True, text=True)
    return [root / name for name in listed.stdout.split("\0") if name and (root / name).is_file()]


def forms(url):
    """How an address is written: on GitHub, in Colab's and Binder's links, and as the published book's own."""
    owner, name = URL.fullmatch(url).groups()
    sites = ("github.com", "colab.research.google.com/github", "mybinder.org/v2/gh")
    return [*(f"{site}/{owner}/{name}" for site in sites), f"{owner}.github.io/{name}"]


def moved(text, old, new):
    """The text with each form of the old address replaced; a longer name that begins alike is another repository."""
    for before, after in zip(forms(old), forms(new)):
        text = re.sub(rf"(?<![\w.-]){re.escape(before)}(?![\w-]|\.(?!git\b)\w)", lambda _: after, text)
    return text


def move(new, root=ROOT):
    """Replace the address everywhere; returns the files that changed."""
    if not URL.fullmatch(new) or new.endswith(".git"):
        raise ValueError(f"url: the repository's address, must be https://github.com/OWNER/NAME, got {new!r}")
    old, fresh = stands(root), {}
    for path in files(root):
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:                          # a picture
            continue
        changed = moved(text, old, new)
        if changed != text:
            fresh[path] = path.with_name(path.name + ".fresh")
            fresh[path].write_bytes(changed.encode())
            fresh[path].chmod(path.stat().st_mode)
    for path, written in fresh.items():
        os.replace(written, path)
    return list(fresh)


if __name__ == "__main__":
    try:
        [url] = sys.argv[1:]
        changed = move(url)
    except ValueError as error:
        sys.exit(str(error) if len(sys.argv) == 2 else f"url: the repository's address, must be one, got {len(sys.argv) - 1}")
    print(f"{url}: {len(changed)} files changed")
