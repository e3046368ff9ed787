"""fs-triage: which démarche is done on the spot, which goes to which exact contact."""

__version__ = "0.1.0"
