"""Compiled modules are kept, whatever the shell says: each worker and each bot would compile all of them again.

`make` sees to it, too; this is for `pytest` as it is typed.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
