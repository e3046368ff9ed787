.PHONY: bench bench-scale

PYTHON ?= .venv/bin/python
TOURS ?= 21

bench:
	$(PYTHON) benchmarks/startup.py $(TOURS)

bench-scale:
	$(PYTHON) benchmarks/scale.py $(TOURS)
