# Watchfloor. `make run` starts it, `make test` tests it; both first create the environment if it is missing.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# The tests start many processes, each of which would otherwise compile every module again.
unexport PYTHONDONTWRITEBYTECODE

# The tools of `make sbom` and `make audit`, kept apart from the bot's own dependencies.
TOOLS := .venv-tools/.ready

.PHONY: run test check bench soak pictures sbom audit lock clean

run: $(READY)
	@exec $(BIN)/watchfloor run

test: $(READY)
	@exec $(BIN)/pytest

check: $(READY)
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest

bench: $(READY)
	@exec $(BIN)/python -m bench

# More examples of each property, then random incidents amid kills, stops and faults, on both databases:
# `make soak MINUTES=30 SEED=7`, and `make soak ARGS="--database sqlite --without 'Slack late'"`.
soak: $(READY)
	@$(BIN)/pytest -m hypothesis --hypothesis-profile thorough $(if $(SEED),--hypothesis-seed $(SEED))
	@$(BIN)/python -m tests.soak.fuzz $(if $(SEED),--seed $(SEED))
	@exec $(BIN)/python -m tests.soak $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) $(ARGS)

# The pictures of README.md and docs/: the played story, figures and a ledger, provoked troubles, and the doctor's output for
# each source. They need Chromium.
pictures: $(READY)
	@$(BIN)/python -m tests.pictures
	@$(BIN)/python -m tests.figure_pictures
	@$(BIN)/python -m tests.trouble_pictures
	@exec $(BIN)/python -m tests.sources.pictures

# The bot's dependencies, as CycloneDX: build/sbom.json.
sbom: $(TOOLS)
	@mkdir -p build
	@.venv-tools/bin/cyclonedx-py requirements requirements.lock --output-format JSON --output-file build/sbom.json
	@echo "build/sbom.json lists what the bot is made of."

# Compares the dependencies with the published vulnerabilities; that database is on the Internet.
audit: $(TOOLS)
	@.ci/audit

# Pins every dependency of pyproject.toml with the hashes of its files.
lock: $(READY)
	@$(BIN)/pip-compile --quiet --all-extras --allow-unsafe --generate-hashes --strip-extras --no-emit-find-links \
		--no-emit-index-url --no-emit-options --no-emit-trusted-host --output-file=requirements.lock pyproject.toml
	@$(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras --no-emit-find-links \
		--no-emit-index-url --no-emit-options --no-emit-trusted-host --output-file=requirements-tools.lock \
		requirements-tools.in

# Removes everything that can be made again. The bot's data, in data/, stays.
clean:
	@rm -rf .venv .venv-tools build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find bot slack_sandbox tests -name __pycache__ -prune -exec rm -rf {} +

$(TOOLS): requirements-tools.lock
	@$(PYTHON) -m venv .venv-tools
	@.venv-tools/bin/pip install -qq --disable-pip-version-check --require-hashes -r requirements-tools.lock
	@touch $@

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Watchfloor needs Python 3.11 or newer. Name one: make run PYTHON=python3.11"; exit 1; }
	@echo "Installing into .venv (once) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q -j 0 bot slack_sandbox tests
	@touch $@
