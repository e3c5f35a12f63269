# make read     install, build the book from the committed notebooks, serve it on this machine
# make test     everything that must pass; JOBS=1 for one test after the other
# make test-core  the same without the peer frameworks and the tools, whether they are installed or not; says what it leaves out
# make outputs  run every notebook and store its outputs
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
NOTEBOOKS := $(wildcard book/*.ipynb)
JOBS ?= 2
PYTEST := $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile

.PHONY: read site test test-core outputs bench clean

read: site
	$(BIN)/python book/_ext/serve.py _build/html

site: $(VENV)/reading _build/.of
	$(BIN)/jupyter-book build . -W --keep-going -n --quiet

# The notebooks run one thread each, since several run at once: no digit changes, and they do not wait for one another.
test: $(VENV)/testing
	$(PYTEST)
	LRLEARN_CHECK=1 OMP_NUM_THREADS=1 PYTHONPATH="$(CURDIR)/tests/quick" $(PYTEST) -p no:doctest -o addopts= --nbval --nbval-current-env --nbval-sanitize-with tests/nbval.cfg book

test-core: $(VENV)/core
	LRLEARN_CORE=1 $(PYTEST) -rs

outputs: $(VENV)/reading
	$(BIN)/python book/_ext/outputs.py $(NOTEBOOKS)

bench: $(VENV)/testing site
	$(BIN)/python tests/bench/schedulers.py
	$(BIN)/python tests/bench/race.py
	$(BIN)/python tests/bench/site.py

# Sphinx sees changed pages only, so a change of what makes the pages starts afresh.
_build/.of: _config.yml _toc.yml $(wildcard book/_ext/*.* book/_ext/templates/* book/_static/*)
	rm -rf _build
	mkdir _build
	touch $@

clean:
	rm -rf _build

# The environments: to read, to test the core as well, and to test all. A changed list installs anew.
$(VENV)/reading: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/core: $(VENV)/reading tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r tests/requirements.txt
	touch $@

$(VENV)/testing: $(VENV)/core tests/peers/requirements.txt tests/tools/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps -r tests/peers/requirements.txt -r tests/tools/requirements.txt
	touch $@
