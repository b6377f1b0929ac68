SHELL := /bin/bash
# `make run` is all that a fresh machine with Python 3.11 needs; `make test` is what CI runs.
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run install check test soak format migration

help:
	@echo "make run      install what is needed and start socialapp"
	@echo "make test     everything that has to hold before a change is merged"
	@echo "make check    the quick part of it: format, ruff, mypy, lint-imports"
	@echo "make soak     10,000 posts while workers and Redis are killed; some four minutes each"
	@echo "make format   write the code the way ruff wants it"
	@echo "make migration m=\"what changes\"   draft a migration from the tables"

run: install
	@exec $(BIN)/socialapp run

install:
	@tools/install

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: install
	@tools/test-machine
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# It ends by itself, and fails when a post was lost or doubled.
soak: install
	$(BIN)/python -m benchmarks.soak --database sqlite
	$(BIN)/python -m benchmarks.soak --database postgresql

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Against a SQLite file that has every migration so far; read the draft before it is committed.
migration: install
	@test -n "$(m)" || { echo 'Say what changes: make migration m="channels have a colour"'; exit 2; }
	@rm -f .bundle/draft.db* && mkdir -p .bundle
	@export DATABASE_URL=sqlite:///$(CURDIR)/.bundle/draft.db; \
	$(BIN)/alembic upgrade head && \
	$(BIN)/alembic revision --autogenerate -m "$(m)" \
	    --rev-id "$$(printf %04d $$(( 10#$$(ls alembic/versions | grep -oE '^[0-9]+' | tail -1) + 1 )))"
	@$(BIN)/ruff format -q alembic
