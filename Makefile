# All commands. `make` alone lists them.
# They need Python 3.11 or newer, make and git; everything else is installed into .venv.
# OPTIONS are passed to pytest, JupyterLab or Snakemake: make test OPTIONS="-k book",
# make book OPTIONS="--cores 4". DATA names your own data package: make book
# DATA=mine/datapackage.json. zip, pdf, screenshots and lab use the DATA of the last build;
# make book without DATA builds this project's own book.

SHELL := /bin/sh
VENV ?= .venv
RUN := $(VENV)/bin/python

# The first Python that is new enough. To use another: make book PYTHON=/path/to/python3
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& echo $$p && break; done)

# Added to the seeds of the studies, so that they use data that nobody saw during development.
SEED ?= $(shell git rev-parse --short=8 HEAD 2>/dev/null || echo 0)

.DEFAULT_GOAL := help
.PHONY: help set-up book last-book results zip pdf course archive screenshots test coverage studies fuzz mutate lab check compare \
	bench next lock clean

help:
	@echo "make book    build the whole book: _build/html/index.html"
	@echo "             DATA=DIR/datapackage.json  build it from your own data;"
	@echo "             OPTIONS=--strict-data  fail if one of your data sets is in no chapter"
	@echo "             zip, pdf, screenshots and lab use the last DATA; make book without DATA"
	@echo "             returns to the project's own data"
	@echo "make results compute the numbers of all sheets, without the pages: _build/results.csv"
	@echo "make zip     the pages as one file, to read without a network: _build/*.zip"
	@echo "make pdf     the chapters as one PDF: _build/*.pdf (needs Chromium)"
	@echo "make course  hand-outs of the course: notebooks, slides, formulas, a zip: _build/course"
	@echo "             CLASS=names.txt SEED_OF_COURSE=\"a secret\"  also data for each student"
	@echo "make archive your last commit and its results, for a repository with DOI: _build/archive"
	@echo "make screenshots  pictures of the pages: _build/screenshots (needs Chromium)"
	@echo "             ARGUMENTS=--all  all sheets; ARGUMENTS=3-1-debye  one page"
	@echo "make test    run the tests on all cores; OPTIONS=--studies  also the long ones"
	@echo "make coverage  run the tests, and list the statements that no test runs"
	@echo "make studies run the simulations with all replicates: _build/studies.csv"
	@echo "make fuzz    try damaged and random inputs: SECONDS=600, SEED=5, TARGETS=packages;"
	@echo "             REPEAT=1  only the inputs that failed, from _build/fuzz"
	@echo "make mutate  find small changes of the physics that no test notices: _build/mutants.csv"
	@echo "make lab     open the chapters as notebooks in JupyterLab: _build/lab"
	@echo "make check   lint, types, allowed imports, lines of code"
	@echo "make compare OLD=results.json  list the numbers that differ from an earlier build"
	@echo "make bench   measure speed, as ratios, and print it beside the budget"
	@echo "make next    build the pages without jupyter-book, with the newest Sphinx: _build/next/html"
	@echo "make lock    write requirements.lock anew from pyproject.toml"
	@echo "make clean   remove _build and caches; to remove the environment, too: rm -r $(VENV)"

set-up:
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer found; install it, or say" \
		"where it is: make book PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "error: $(PYTHON)" \
		"is not Python 3.11 or newer; name another: PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) compendium/set_up.py $(VENV)

# PWD is the folder in which make was called, also with -C; relative paths start there.
book results: set-up
	@COMPENDIUM_CALLER="$(PWD)" $(RUN) -m compendium.build --target $@ --data "$(DATA)" $(OPTIONS)

# The book of the last DATA, brought up to date.
last-book: set-up
	@COMPENDIUM_CALLER="$(PWD)" $(RUN) -m compendium.build --last --data "$(DATA)" $(OPTIONS)

zip: last-book
	@$(RUN) -m compendium.bundle

pdf: last-book
	@$(RUN) -m compendium.pdf

# Always from this project's own data; `make book course` puts the pages into the zip, too.
# The environment passes the secret on, because a shell would change quotes in it.
course: export COMPENDIUM_CLASS := $(value CLASS)
course: export COMPENDIUM_SEED_OF_COURSE := $(value SEED_OF_COURSE)
course: set-up
	@COMPENDIUM_PACKAGE= $(RUN) -m compendium.build --target course
	@COMPENDIUM_CALLER="$(PWD)" $(RUN) -m compendium.course $(OPTIONS)

# Always from this project's own data, and always of a commit.
archive: set-up
	@COMPENDIUM_PACKAGE= $(RUN) -m compendium.build
	@$(RUN) -m compendium.archive

screenshots: last-book
	@$(RUN) -m compendium.screenshots $(ARGUMENTS)

# On all cores; OPTIONS="-n 0" uses one process, which a debugger needs.
test: set-up
	@$(RUN) -m pytest -n auto --dist loadfile $(OPTIONS)

studies: set-up
	@echo "seed: $(SEED)"
	@$(RUN) -m pytest -n auto -m study --studies=full --seed $(SEED) $(OPTIONS)
	@echo "The results are in $(CURDIR)/_build/studies.csv; the next make book shows them"

# The same inputs each time, unless a SEED is given; the time decides how many.
SECONDS ?= 600
fuzz: set-up
	@PYTHONPATH=tests $(RUN) -m fuzz --seconds $(SECONDS) $(if $(REPEAT),--repeat) \
		--seed $(if $(filter file,$(origin SEED)),0,$(SEED)) $(TARGETS)

# The same sample each time, on all cores; OPTIONS="--size 50 --seed 1 --processes 1 --room pressure".
mutate: set-up
	@$(RUN) tests/mutants.py $(OPTIONS)

lab: set-up
	@COMPENDIUM_CALLER="$(PWD)" $(RUN) -m compendium.lab --data "$(DATA)" $(OPTIONS)

check: set-up
	@$(RUN) -m ruff check
	@$(RUN) -m ruff format --check
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports --no-cache --no-logo
	@$(RUN) -m compendium.size

compare: set-up
	@$(RUN) -m compendium.compare $(OLD) $(NEW) $(OPTIONS)

# Which statements the tests run: a share on the book's page "Status".
coverage: set-up
	@$(RUN) -m coverage erase
	@$(RUN) -m coverage run -m pytest -n auto --dist loadfile $(OPTIONS)
	@$(RUN) -m coverage combine --quiet
	@$(RUN) -m coverage json -o _build/coverage.json
	@$(RUN) -m coverage report --skip-covered --sort=cover

bench: set-up
	@$(RUN) -m pytest benchmarks --benchmark-enable $(OPTIONS)

# The pages of the last make book, in an environment of their own.
next: set-up
	@$(RUN) -m compendium.next_sphinx

# One version for every Python and every platform, without the package indexes of this machine.
# Newer versions: make lock UPGRADE=--upgrade
lock: set-up
	@$(RUN) -m uv pip compile pyproject.toml --output-file requirements.lock \
		--all-extras --universal --fork-strategy fewest --python-version 3.11 \
		--generate-hashes --no-header --quiet $(UPGRADE)
	@echo "requirements.lock is written anew; the next make installs it"

clean:
	@rm -rf _build .pytest_cache .mypy_cache .ruff_cache .benchmarks .hypothesis
