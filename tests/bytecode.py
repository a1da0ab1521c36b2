"""Compiled modules are kept, whatever the shell's settings; otherwise each worker and bot would compile them again.

`make` sees to it, too; this is for `pytest` typed directly.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
