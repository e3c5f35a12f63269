# make read     install, build the book from the committed notebooks, serve it on this machine
# make test     everything that must pass; JOBS=1 for one test after the other
# make test-core  the same without the peer frameworks and the tools, whether they are installed or not; says what it leaves out
# make outputs  run every notebook and store its outputs
# make pdf      print the book into _build/the-learning-rate.pdf
# make colab    run every notebook as Colab does, from its first cell, in an environment without lrlearn
# make address url=https://github.com/me/fork   move the book to another address: every file that names it follows
# make chapter name=rex   draft a chapter on a formula of lrlearn, with its exercises and their tests
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
NOTEBOOKS := $(wildcard book/*.ipynb)
JOBS ?= 2
# The pip that comes with Python 3.11 needs twice as long. Python compiles what it imports when it does, and keeps it whatever the
# machine has set, since hundreds of processes import it again; to compile all of it takes a minute.
unexport PYTHONDONTWRITEBYTECODE
PIP := pip==26.3
INSTALL := pip install --quiet --disable-pip-version-check --no-compile
PYTEST := $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile

.PHONY: read site test test-core outputs chapter colab address bench pdf clean

read: site
	$(BIN)/python book/_ext/serve.py _build/html

site: $(VENV)/reading _build/.of
	PYTHONPATH="$(CURDIR)/tests/quick" $(BIN)/jupyter-book build . -W --keep-going -n --quiet

# Chromium prints it, as the tests have it.
pdf: $(VENV)/core site
	$(BIN)/python book/_ext/pdf.py _build/html _build/the-learning-rate.pdf

# One thread each, since several run at once: no digit changes, and they do not wait for one another. The print of the whole
# book takes minutes, so the weekly run looks at it.
test: $(VENV)/testing site
	LRLEARN_SITE=_build/html OMP_NUM_THREADS=1 PYTHONPATH="$(CURDIR)/tests/quick" $(PYTEST) --no-loadscope-reorder --durations=15 --ignore tests/site/test_print.py
	LRLEARN_CHECK=1 OMP_NUM_THREADS=1 PYTHONPATH="$(CURDIR)/tests/quick" $(PYTEST) -p no:doctest -o addopts= --nbval --nbval-current-env --nbval-sanitize-with tests/nbval.cfg book

test-core: $(VENV)/core
	LRLEARN_CORE=1 $(PYTEST) -rs

outputs: $(VENV)/reading
	$(BIN)/python book/_ext/outputs.py $(NOTEBOOKS)

chapter: $(VENV)/reading
	$(BIN)/python book/_ext/chapter.py $(name)

colab: $(VENV)/reading
	$(BIN)/python tests/colab/run.py $(NOTEBOOKS)

address:
	@$(PYTHON) book/_ext/address.py $(url)

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

# The environments: to read, to test the core as well, and to test all. A changed list installs anew. Every list is whole and
# none has a package of another, so that two can be installed at once (make -j2).
$(VENV)/empty:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m $(INSTALL) $(PIP)
	touch $@

$(VENV)/reading: $(VENV)/empty requirements.txt pyproject.toml
	$(BIN)/python -m $(INSTALL) -r requirements.txt
	$(BIN)/python -m $(INSTALL) -q --no-deps --editable .
	touch $@

$(VENV)/core: $(VENV)/reading tests/requirements.txt
	$(BIN)/python -m $(INSTALL) --no-deps -r tests/requirements.txt
	touch $@

$(VENV)/tools: $(VENV)/empty tests/peers/requirements.txt tests/tools/requirements.txt
	$(BIN)/python -m $(INSTALL) --no-deps -r tests/peers/requirements.txt -r tests/tools/requirements.txt
	touch $@

$(VENV)/testing: $(VENV)/core $(VENV)/tools
	touch $@
