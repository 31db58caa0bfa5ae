# Two commands do everything: `make demo` and `make test`. `make serve` is for every day.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test serve bench chaos soak pictures check lock browser rabbitmq clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/ready browser ## the example suite in five real browsers
	$(BIN)/python -m examples.demo

serve: .venv/ready browser ## the server on 127.0.0.1:8000, until Ctrl-C
	$(BIN)/proctor serve

test: .venv/ready browser rabbitmq check ## every check and every test
	$(BIN)/python -m pytest

check: .venv/ready ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready browser rabbitmq ## the benchmarks
	$(BIN)/python -m benchmarks

soak: .venv/ready browser rabbitmq ## half an hour of work, and whether anything grows
	$(BIN)/python -m tests.soak

pictures: .venv/ready browser rabbitmq ## every picture in the documents, from live systems
	$(BIN)/python -m examples.dashboard_pictures
	$(BIN)/python -m examples.operations_pictures
	$(BIN)/python -m examples.pictures

SEED ?= 1
SEEDS ?= 3
RUNS ?= 200
chaos: .venv/ready browser rabbitmq ## every fault on a real deployment; FAULT, SEED, SEEDS, RUNS, BREAK
	$(BIN)/python -m tests.chaos $(FAULT) --seed $(SEED) --seeds $(SEEDS) --runs $(RUNS) \
		$(if $(BREAK),--break $(BREAK))

.venv/ready: requirements.lock pyproject.toml
	@deploy/setup/python $(PYTHON)

browser: .venv/ready
	@deploy/setup/browser

rabbitmq:
	@deploy/setup/rabbitmq

lock: .venv/ready ## pin every dependency anew, with hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--extra dev --upgrade pyproject.toml --output-file requirements.lock

clean: ## remove what was set up and the demo's data
	rm -rf .venv .proctor
