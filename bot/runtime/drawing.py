"""Pictures are drawn by a process of their own: its memory ends with it, and nobody waits for its libraries."""

import json
import subprocess
import sys
from typing import Any

from bot.errors import TryLater

TIMEOUT_S = 60


def draw(module: str, facts: dict[str, Any]) -> bytes:
    """What a module draws of these facts, as PNG. `TryLater` when it could not be drawn in time."""
    try:
        result = subprocess.run(  # noqa: S603 - the module is named in the code
            [sys.executable, "-m", module],
            input=json.dumps(facts).encode("utf-8", "replace"),
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, OSError) as failure:
        raise TryLater(f"a picture could not be drawn: {type(failure).__name__}") from failure
    return result.stdout
