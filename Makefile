.PHONY: bench bench-counts bench-scale bench-windows constraints release size windows windows-folder

PYTHON ?= .venv/bin/python
TOURS ?= 21

bench:
	$(PYTHON) benchmarks/startup.py $(TOURS)

bench-counts:
	$(PYTHON) benchmarks/counts.py $(TOURS)

bench-scale:
	$(PYTHON) benchmarks/scale.py $(TOURS)

# what the tests on Windows run on, under Wine
windows:
	$(PYTHON) tests/windows/prepare.py

bench-windows: windows
	$(PYTHON) benchmarks/windows.py $(TOURS)
	$(PYTHON) benchmarks/windows_start.py $(TOURS)

# the folder that a Windows PC needs, and its zip: make windows-folder PYTHON_EMBED=python-3.13.2-embed-amd64.zip
windows-folder:
	$(PYTHON) packaging/windows_folder.py --python $(PYTHON_EMBED) -o dist

# all that is published of a clean tag, built twice (docs/publier-une-version.md): with PYTHON_EMBED too
release:
	$(PYTHON) packaging/release.py --python $(PYTHON_EMBED) -o dist

# the newest versions that pyproject.toml allows, with what a set-up on Windows takes besides
constraints:
	rm -rf build/constraints && python3 -m venv build/constraints
	build/constraints/bin/pip install -q '.[dev]' colorama editables tzdata virtualenv
	(echo '# The versions that are known to work, on Python 3.11 to 3.13, Linux and Windows; `make constraints` renews them.' \
		&& build/constraints/bin/pip freeze --exclude fs-triage) > build/constraints.txt
	mv build/constraints.txt constraints.txt

# what is installed to use it
size:
	rm -rf build/size && python3 -m venv --without-pip build/size
	$(PYTHON) -m pip --python build/size install -q --no-compile -c constraints.txt .
	du -sm build/size/lib/python3*/site-packages
