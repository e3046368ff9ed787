"""`fs-triage` in a console of Wine, which says that it knows escape sequences and spoils some: none are sent to it.

Nor is WMI asked, of which Wine 8 dies: pyperclip has `platform` ask.
"""

import platform
import runpy
import sys

import prompt_toolkit.input.win32
import prompt_toolkit.output.windows10


def knows_none(*_: object) -> bool:
    return False


setattr(prompt_toolkit.input.win32, "_is_win_vt100_input_enabled", knows_none)  # noqa: B010
setattr(prompt_toolkit.output.windows10, "is_win_vt100_enabled", knows_none)  # noqa: B010
setattr(platform, "_wmi", None)  # noqa: B010
sys.argv[0] = "fs-triage"
runpy.run_module("fs_triage", run_name="__main__")
