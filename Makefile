# Entraide. `make` alone lists the targets; `make demo` and `make test` are all the set-up there is.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.DEFAULT_GOAL := list
.PHONY: list compiled demo test test-postgres serve check format types imports messages requirements rules e2e bench screenshots lock clean

list:  ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  \1|/' | column -t -s '|'

$(VENV)/installed: requirements/base.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Entraide a besoin de Python 3.11 ou plus récent (PYTHON=python3.11 make …)." >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Environnement Python…"; $(PYTHON) -m venv $(VENV); }
	@echo "Bibliothèques du produit (une fois, une à deux minutes)…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/tested: $(VENV)/installed requirements/test.txt
	@echo "Bibliothèques des tests…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt -r requirements/test.txt
	@touch $@

$(VENV)/messages: $(VENV)/installed $(wildcard locale/*/*.po)
	@$(BIN)/python -m entraide.messages.compile
	@touch $@

compiled: $(VENV)/messages
	@$(BIN)/python -m compileall -q entraide tests || true  # each start would compile them again

demo: compiled  ## the demonstration network, its figures, and the office on http://127.0.0.1:8000
	@$(BIN)/entraide demo $(ARGS)

serve: compiled  ## the office alone
	@$(BIN)/entraide serve $(ARGS)

test: $(VENV)/tested compiled  ## every test, on SQLite and on PostgreSQL, with a real browser
	@$(BIN)/python -m tests.run $(ARGS)

check: format types imports  ## format, lint, types, direction of imports, migrations

format: $(VENV)/tested
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(VENV)/tested
	@$(BIN)/mypy

imports: $(VENV)/tested
	@$(BIN)/lint-imports
	@$(BIN)/python manage.py makemigrations --check --dry-run

messages: $(VENV)/messages  ## compile the French sentences

requirements: $(VENV)/tested  ## which requirements are proven, begun and unproven
	@$(BIN)/python -m pytest --requirements -q -p no:randomly

rules: $(VENV)/tested  ## the cases of every product
	@$(BIN)/python -m pytest tests/rules tests/rulebook -q

e2e: $(VENV)/tested $(VENV)/messages  ## the journeys in a real browser
	@$(BIN)/python -m pytest tests/e2e -q

bench: compiled  ## the benchmarks, beside the raw limits of this machine
	@$(BIN)/entraide bench $(ARGS)

screenshots: $(VENV)/tested $(VENV)/messages  ## make the pictures of the README again
	@$(BIN)/python -m docs.screenshots

lock:  ## resolve requirements/*.in again into *.txt with hashes
	@$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/python -m pip install --quiet uv==0.13.8
	@$(VENV)-lock/bin/uv pip compile requirements/base.in --generate-hashes --no-emit-index-url --no-header --quiet --python-version 3.11 -o requirements/base.txt
	@$(VENV)-lock/bin/uv pip compile requirements/test.in --generate-hashes --no-emit-index-url --no-header --quiet --python-version 3.11 -o requirements/test.txt

clean:  ## forget the environment (the data in var/ stays)
	@rm -rf $(VENV) $(VENV)-lock
