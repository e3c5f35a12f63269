"""The committed notebooks: in the one stored form, complete, with cells that a reader can take in."""
import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import outputs
import pytest

BOOK = Path(__file__).parents[1] / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
FIRST_CELL = '''try:
    import lrlearn as ll
except ImportError:
    %pip install -q "lrlearn[labs,live] @ git+https://github.com/lrlearn/lrlearn"
    import lrlearn as ll'''
# chapter -> what else its first cell looks for, and the extra that brings it
TOOLS = {
    "what_is_a_step": ("accelerate, transformers, trl", "trainers"),
    "seams": ("fastai, keras, optax, transformers", "frameworks"),
    "tuning": ("hyperopt, optuna, ray, smac", "tune"),
    "monitoring": ("mlflow, tensorboard, wandb", "track"),
}
KERAS = 'import os\n\nos.environ.setdefault("KERAS_BACKEND", "torch")\n'


def read(path):
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda p: p.name)
def path(request):
    return request.param


def stored_right(text):
    """Raise when a notebook's text is not the stored form: stripped, half run, or with something of a machine in it."""
    notebook = nbformat.reads(text, as_version=4)
    counts = [cell.execution_count for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1)), "run it: make outputs"
    assert any(cell.outputs for cell in code(notebook)), "its outputs are missing: make outputs"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert outputs.text(outputs.clean(nbformat.reads(text, as_version=4))) == text, "it holds a widget, a time or other metadata: make outputs"


def test_there_are_notebooks():
    assert {"intro.ipynb", "cosine.ipynb", "api.ipynb"} <= {p.name for p in NOTEBOOKS}


def test_stored_form(path):
    stored_right(path.read_text())


@pytest.mark.parametrize("spoil", ["strip", "no outputs", "widget", "time", "error", "stderr", "name"])
def test_the_guard_notices(spoil):
    notebook = json.loads((BOOK / "intro.ipynb").read_text())
    cell = next(c for c in notebook["cells"] if c.get("outputs"))
    if spoil == "strip":
        cell["execution_count"] = None
    elif spoil == "no outputs":
        for c in notebook["cells"]:
            c["outputs"] = [] if "outputs" in c else None
        notebook["cells"] = [{k: v for k, v in c.items() if v is not None or k == "execution_count"} for c in notebook["cells"]]
    elif spoil == "widget":
        cell["outputs"][0]["data"]["application/vnd.jupyter.widget-view+json"] = {"model_id": "1"}
    elif spoil == "time":
        cell["metadata"]["execution"] = {"iopub.status.busy": "now"}
    elif spoil == "error":
        cell["outputs"].append({"output_type": "error", "ename": "E", "evalue": "v", "traceback": []})
    elif spoil == "stderr":
        cell["outputs"].append({"output_type": "stream", "name": "stderr", "text": ["UserWarning"]})
    elif spoil == "name":
        notebook["metadata"]["kernelspec"]["name"] = "myenv"
    with pytest.raises((AssertionError, ValueError)):
        stored_right(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def test_the_first_code_cell_is_the_same_everywhere(path):
    first = code(read(path))[0]
    modules, extra = TOOLS.get(path.stem, ("", ""))
    wanted = FIRST_CELL.replace("[labs,live]", f"[labs,live,{extra}]").replace("    import", f"    import {modules}\n\n    import", 1) if extra else FIRST_CELL
    assert first.source == (KERAS if "keras" in modules else "") + wanted and first.metadata.tags == ["remove-cell"]


def test_what_only_the_first_cell_tries_is_imported_where_it_is_used(path):
    """In Colab the first cell's imports fail, it installs what is missing, and goes on."""
    first, *rest = [ast.parse(re.sub("%pip.*", "pass", cell.source)) for cell in code(read(path))]
    tried = {alias.name.split(".")[0] for node in ast.walk(first) if isinstance(node, ast.Import) for alias in node.names} - {"lrlearn", "os"}
    nodes = [node for tree in rest for node in ast.walk(tree)]
    imported = {(alias.asname or alias.name).split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert {node.id for node in nodes if isinstance(node, ast.Name)} & tried <= imported


def test_cells_are_short(path):
    for cell in code(read(path))[1:]:
        lines = cell.source.splitlines()
        assert len(lines) <= 25 and max(map(len, lines), default=0) <= 76, cell.source


def test_the_headings_are_one_tree(path):
    headings = [line for cell in read(path).cells if cell.cell_type == "markdown" for line in cell.source.splitlines() if line.startswith("#")]
    assert headings[0].startswith("# ") and [h.startswith("# ") for h in headings].count(True) == 1


def test_every_code_cell_is_python(path):
    for cell in code(read(path))[1:]:
        ast.parse(cell.source)


# -- nbval, the gate for what runs in a notebook ---------------------------------------------------

GOOD = "from lrlearn import explore\ndef my_lr(t, base_lr, k=1.0):\n    return base_lr / (1 + k * t)\nexplore(my_lr, k=(0.0, 2.0))"
CALLBACK = "e = explore(my_lr, k=(0.0, 2.0))\ne.widget().children[1].value = 1.5\ne"

# name -> what is replaced, by what, and the cell, counted from 0, at which nbval is to stop
CHANGES = {
    "the_same": ("", "", None),
    "other_numbers": ("1 + k * t", "2 + k * t", 0),                                                 # so another picture
    "end_of_a_slider": ("base_lr / (1 + k * t)", "base_lr / (1 + k * t) / (k < 2)", 0),             # fails there only
    "in_the_widget": ("base_lr / (1 + k * t)", "base_lr / (1 + k * t) / (k != 1.5)", 1),            # fails in its callback only
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """What nbval, run as `make test` runs it, says of a notebook that was stored, and then its code was changed."""
    folder = tmp_path_factory.mktemp("judged")
    path = folder / "the_same.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (GOOD, CALLBACK)]), path)
    outputs.run(path)
    text = path.read_text()
    for name, (before, after, _) in CHANGES.items():
        assert before in text
        (folder / f"{name}.ipynb").write_text(text.replace(before, after))
    command = [sys.executable, "-m", "pytest", "-q", "-o", "addopts=", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env", folder]
    said = subprocess.run(command, cwd=folder, env={**os.environ, "LRLEARN_CHECK": "1"}, capture_output=True, text=True).stdout
    assert re.search(r"\d failed, \d passed", said), said
    return said


@pytest.mark.parametrize("name", CHANGES)
def test_nbval_notices(judged, name):
    _, after, cell = CHANGES[name]
    failed = re.findall(rf"^FAILED .*{name}\.ipynb::Cell (\d)", judged, re.M)
    assert failed[:1] == ([] if cell is None else [str(cell)]), judged
    told = re.findall(rf"^_+ [^\n]*{name}\.ipynb::Cell {cell} _+$(.*?)(?=^_+ |^=+ )", judged, re.M | re.S)
    assert "k * t) / (" not in after or "ZeroDivisionError" in "".join(told), judged
