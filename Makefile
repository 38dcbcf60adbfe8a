# The two commands of the README are `make run` and `make test`; each sets up what it needs in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SIZE ?= 1000000

.PHONY: run test lint format bench screenshots docs gazetteer wheel lock clean

run: $(VENV)/.run
	@$(BIN)/sitmon

test: $(VENV)/.dev
	$(BIN)/pytest -q -n 2 --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m bench --size $(SIZE) $(if $(LARGE),--large $(LARGE)) --write

screenshots: $(VENV)/.dev
	$(BIN)/python screenshots/make.py

docs: $(VENV)/.dev
	$(BIN)/python docs/make_keys.py

# The places of the world that texts name, from the GeoNames tables beside the repository.
gazetteer: $(VENV)/.dev
	$(BIN)/python -m ingest.text.make_gazetteer ../shared/data/geography

wheel: $(VENV)/.dev
	rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

# Run after a change of dependencies: every file that is installed is pinned by its hash.
lock: $(VENV)/.dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra nlp --universal --generate-hashes --no-header --no-annotate --quiet --output-file requirements/run.txt
	$(BIN)/uv pip compile pyproject.toml --extra nlp --group dev --group pictures --universal --generate-hashes --no-header --no-annotate --quiet --output-file requirements/dev.txt

# sitmon itself is linked, not copied, so that what you edit is what runs; pip compiles only what it copies.
$(VENV)/.run: requirements/run.txt requirements/build.txt pyproject.toml
	@echo "sitmon: setting up $(VENV); it takes a minute or so, and only the first time"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/run.txt --requirement requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q sitmon tui store model seed export ingest
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	touch $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
