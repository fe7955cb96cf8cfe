# gridbot: make help
SHELL := bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
MODEL := nlu/model/local.npz

.PHONY: help setup demo test test-rasa rasa lint bench lock clean

help: ## show this help
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(READY) $(MODEL) bot/static/vendor/.ready ## make .venv with the locked dependencies, front-end assets and the local model

$(READY): requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "gridbot needs Python 3.11 or newer with venv; install it, or say PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "this Python cannot make virtual environments; install its venv package (Debian: python3-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@

bot/static/vendor/.ready: package-lock.json bot/assets.py $(READY)
	$(BIN)/python -m bot.assets
	touch $@

$(MODEL): $(READY) $(wildcard nlu/data/*.yml) $(wildcard nlu/*.py) $(wildcard nlu/training/*.py)
	$(BIN)/gridbot nlu train
	touch $@

demo: setup ## set up, then run the whole product with a made-up city
	$(BIN)/gridbot demo

lint: $(READY) ## ruff, mypy, bandit and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit -q -r bot handlers nlu notifier config -x bot/migrations,nlu/rasa_project -ll -ii
	$(BIN)/lint-imports

test: setup lint ## set up, then lint, types, import contracts and all tests but Rasa's
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "not rasa"

test-rasa: setup ## train Rasa shortly in its own Python 3.10, serve it, and test against it
	$(BIN)/python nlu/rasa_project/manage.py setup
	$(BIN)/python nlu/rasa_project/manage.py test --short

rasa: setup ## set up Rasa, train it on all data, and serve it on loopback
	$(BIN)/python nlu/rasa_project/manage.py setup
	$(BIN)/python nlu/rasa_project/manage.py train
	$(BIN)/python nlu/rasa_project/manage.py serve

bench: setup ## the benchmarks, each a ratio within one run; writes bench/results.json
	$(BIN)/python -m bench

lock: ## lock the dependencies anew
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 requirements/dev.in -o requirements/dev.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 -c requirements/dev.txt requirements/app.in -o requirements/app.txt

clean: ## remove what setup and the demo made
	rm -rf $(VENV) .rasa-venv .werobot-venv node_modules bot/static/vendor nlu/model var
