"""The site, built from the committed notebooks; a server for it."""
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "tests")]


def run_build(source, out):
    """Build a book as it is published: every warning is an error. No program is on the path, so no Node either."""
    nothing = out / "nothing"
    nothing.mkdir(parents=True)
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [jupyter_book, "build", source, "--path-output", out, "-W", "--keep-going", "-n"]
    alone = {**os.environ, "PATH": str(nothing), "PYTHONPATH": str(ROOT / "tests" / "quick")}
    return subprocess.run(command, env=alone, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture(scope="session")
def build():
    """build(source, out) -> the finished process, its output in stdout; the pages are in out/_build/html."""
    return run_build


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the built site: LRLEARN_SITE, which `make test` has just built, or one of our own."""
    if "LRLEARN_SITE" in os.environ:
        return ROOT / os.environ["LRLEARN_SITE"]
    out = tmp_path_factory.mktemp("site")
    done = run_build(ROOT, out)
    if done.returncode:
        lines = done.stdout.splitlines()
        complaints = [line for line in lines if "WARNING" in line or "ERROR" in line] or lines[-20:]
        pytest.fail("the site does not build:\n" + "\n".join(complaints), pytrace=False)
    return out / "_build" / "html"


@pytest.fixture(scope="session")
def server(site):
    """The address of the site on the server that `make read` starts, without a slash at its end."""
    import serve

    with serve.serve(site) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
