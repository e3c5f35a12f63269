"""Run notebooks and store them in the one form in which they are committed: python outputs.py NOTEBOOK ...

No widgets, no times, nothing of this machine: two runs give the same bytes. Nothing is written when a cell fails.
"""
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

META = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")               # as tracebacks of a kernel have it
WIDGET = "application/vnd.jupyter.widget-"


def clean(notebook):
    """The stored form: counts 1 to n, no widget, no time, only the tags that mean something. Cell ids stay."""
    notebook.metadata, notebook.nbformat, notebook.nbformat_minor = nbformat.from_dict(META), 4, 5
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in ("tags", "mystnb")})
    for n, cell in enumerate(code, 1):
        cell.execution_count = n
        for out in cell.outputs:
            if "raises-exception" not in cell.metadata.get("tags", []) and (out.output_type == "error" or out.get("name") == "stderr"):
                raise ValueError(f"cell {n}: outputs, must be free of errors and warnings, got {out.get('evalue') or out.get('text')}")
            if "execution_count" in out:
                out.execution_count = n
            for part in (out.get("data", {}), out.get("metadata", {})):
                for mime in [m for m in part if m.startswith(WIDGET)]:
                    del part[mime]
        cell.outputs = [out for out in cell.outputs if out.get("data", True)]
    nbformat.validate(notebook)
    return notebook


def text(notebook):
    """The file's text."""
    return nbformat.writes(notebook) + "\n"


def run(path):
    """Run the notebook in its own folder and store it, whole or not at all."""
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    settings = dict(store_widget_state=False, record_timing=False, coalesce_streams=True)     # what one cell prints is one output, whenever it came
    NotebookClient(notebook, kernel_name="python3", timeout=600, resources=where, **settings).execute()
    fresh = path.with_suffix(".fresh")
    fresh.write_text(text(clean(notebook)))
    os.replace(fresh, path)


if __name__ == "__main__":
    os.environ["LRLEARN_CHECK"] = "1"               # explore then draws at both ends of every slider
    failed = []
    for i, path in enumerate(map(Path, sys.argv[1:]), 1):
        began = time.perf_counter()
        print(f"[{i}/{len(sys.argv) - 1}] {path.name} ...", end=" ", flush=True)
        try:
            run(path)
            print(f"{time.perf_counter() - began:.1f} s")
        except Exception as error:
            failed.append(path.name)
            print(f"failed: {COLOUR.sub('', str(error))}")
    sys.exit(f"not stored: {', '.join(failed)}" if failed else 0)
