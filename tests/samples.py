"""Files of real floors that may not be published with the code: they lie beside the checkout, if anywhere."""

import os
from pathlib import Path

import pytest

FOLDERS = (Path("../shared/data"), Path("../../shared/data"))


def sample(name: str) -> Path:
    """Return that file, or skip the test if it is missing; in CI it never is."""
    for folder in FOLDERS:
        if (folder / name).exists():
            return folder / name
    is_missing = pytest.fail if os.environ.get("CI") else pytest.skip
    return is_missing("Some samples of real floors are not published: tests that read them are left out.")
