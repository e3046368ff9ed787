"""fs-triage: which démarche is done on the spot, which goes to which exact contact."""

import os

__version__ = "0.2.0"
PACKAGE = os.path.dirname(os.path.abspath(__file__))
"""The folder of the program."""
