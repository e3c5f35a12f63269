"""Every chapter as Colab runs it: python run.py NOTEBOOK ...; prints a line for each, exits with 1 when one fails.

An environment holds what Colab ships, and no lrlearn. Each notebook gets a copy of it and a folder with nothing else in it,
and runs as it is committed, from its first cell on, which installs lrlearn and what the chapter needs from the repository's
address. git answers that address with this checkout as it lies here, uncommitted changes too. All of it is in a temporary folder.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "tests")]

import address  # noqa: E402
from checkout import copied  # noqa: E402

WIDGET = "application/vnd.jupyter.widget-view+json"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PATIENCE = 900                                          # seconds for a cell


def run(*command, **settings):
    """The command's output. Raises a RuntimeError that ends as the output does."""
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **settings)
    if done.returncode:
        raise RuntimeError("\n".join(COLOUR.sub("", done.stdout).strip().splitlines()[-30:]))
    return done.stdout


def repository(folder):
    """A repository whose one commit holds the files of this checkout."""
    copied(folder)
    git = ("git", "-C", folder, "-c", "user.name=reader", "-c", "user.email=reader@localhost")
    run(*git, "init", "-q")
    run(*git, "add", "-A", "-f")
    run(*git, "commit", "-q", "-m", "as it lies here")
    return folder


def site_packages(environment):
    return next(environment.glob("lib/python3*/site-packages"))


def image(folder):
    """The environment that Colab starts with. `google.colab` is there from the start, as in Colab's kernel; here it is empty.

    Its `output`, which JAX imports where it finds Colab, is empty as well.
    """
    run(sys.executable, "-m", "venv", folder)
    run(folder / "bin" / "python", "-m", "pip", "install", "-q", "-r", Path(__file__).with_name("requirements.txt"))
    packages = site_packages(folder)
    (packages / "google" / "colab").mkdir(parents=True, exist_ok=True)
    for name in ("__init__.py", "output.py"):
        (packages / "google" / "colab" / name).touch()
    (packages / "colab.pth").write_text("import google.colab\n")
    if list(packages.glob("lrlearn*")):
        raise RuntimeError(f"{folder}: what Colab ships, must not hold lrlearn, got it")
    return folder


def surroundings(room, source):
    """The environment variables: nothing of the caller's Python or of the book's tests, and git's answer to the address."""
    ours = ("PYTHON", "JUPYTER", "VIRTUAL_ENV", "LRLEARN", "MPL", "KERAS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{source.as_uri()}.insteadOf", "GIT_CONFIG_VALUE_0": address.stands()}
    return {**kept, **git, "PATH": f"{room / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def outputs(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def sliders(notebook):
    """How many live figures its outputs show, as it is stored."""
    return sum(str(output.get("data", {}).get("text/html", "")).startswith('<figure class="lr-') for output in outputs(notebook))


def judged(done, stored, room):
    """A few words on a notebook that ran. Raises when it is not what a reader in Colab should have."""
    for cell in done.cells:                             # a figure that cannot be shown raises, and the run goes on
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", ()):
                raise RuntimeError(output.evalue)
    if not (site_packages(room) / "lrlearn").is_dir():
        raise RuntimeError("lrlearn: must be installed by the first cell, got none")
    shown = [output.data for output in outputs(done) if "data" in output]
    widgets = [data for data in shown if WIDGET in data and data.get("text/plain", "").startswith("explore(")]
    if len(widgets) != sliders(stored) or any("text/html" in data for data in widgets):
        raise RuntimeError(f"live figures: each must be a widget and nothing else, got {len(widgets)} widgets for {sliders(stored)} figures")
    return f"{len(widgets)} with sliders" if widgets else "none with sliders"


def replaced(shipped, room):
    """What Colab ships and the first cell has changed, since a running kernel may hold the old one."""
    before, after = ({path.name.removesuffix(".dist-info") for path in site_packages(e).glob("*.dist-info")} for e in (shipped, room))
    return sorted(before - after)


def visit(path, shipped, source, room):
    """Run one notebook in a room of its own; says how it went."""
    shutil.copytree(shipped, room, symlinks=True, copy_function=os.link)         # pip writes new files, so the links stay good
    folder = room / "content"
    folder.mkdir()
    shutil.copy(path, folder)
    command = (room / "bin" / "python", "-c", "from nbclient.cli import main; main()", f"--timeout={PATIENCE}", "--inplace", path.name)
    run(*command, cwd=folder, env=surroundings(room, source))
    said = judged(nbformat.read(folder / path.name, as_version=4), nbformat.read(path, as_version=4), room)
    changed = replaced(shipped, room)
    return said + (f", replaces {', '.join(changed)}" if changed else "")


def main(paths):
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        folder, began = Path(folder), time.perf_counter()
        (folder / "repository").mkdir()
        source, shipped = repository(folder / "repository"), image(folder / "image")
        print(f"{address.stands()} is {ROOT}; what Colab ships is installed: {time.perf_counter() - began:.0f} s", flush=True)
        for i, path in enumerate(paths, 1):
            began, room = time.perf_counter(), folder / f"room-{i}"
            print(f"[{i}/{len(paths)}] {path.name} ...", end=" ", flush=True)
            try:
                said = visit(path, shipped, source, room)
                print(f"{time.perf_counter() - began:.1f} s, {said}", flush=True)
            except (RuntimeError, OSError) as error:
                failed.append(path.name)
                print(f"failed after {time.perf_counter() - began:.1f} s:\n{error}", flush=True)
            shutil.rmtree(room, ignore_errors=True)
    return f"failed: {', '.join(failed)}" if failed else 0


if __name__ == "__main__":
    sys.exit(main([Path(name).resolve() for name in sys.argv[1:]]))
