"""Files: a watched folder, and a Google sheet that is published as CSV."""

import hashlib
import json
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx

from bot.sources.answers import checked, sent
from bot.sources.port import Page, SourceConfig, SourceRefused, TableFile
from bot.sources.published import REDIRECTS, handed_out_at, host_of

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
# A file still being written is growing.
SETTLED_AFTER_S = 10


class Folder:
    """A folder into which another system exports files; the files are left unchanged."""

    def __init__(self, config: SourceConfig, http: httpx.Client) -> None:
        self._name, self._folder = config.name, Path(str(config.options.get("folder", "")))
        self._pattern = str(config.options.get("files", "*"))

    def check(self) -> list[str]:
        """Check that the folder exists."""
        try:
            self._files()
        except SourceRefused as refused:
            return [refused.sentence]
        return []

    def files(self, cursor: str, now: datetime) -> Page[TableFile]:
        """Return the next new or changed file, oldest first; the cursor holds the state of each file read."""
        known_states: dict[str, str] = json.loads(cursor) if cursor else {}
        paths = self._files()
        read_states = {name: state for name, state in known_states.items() if name in paths}
        changed_names = [name for name, path in paths.items() if known_states.get(name) != _state(path)]
        settled_names = [
            name for name in changed_names if now.timestamp() - paths[name].stat().st_mtime >= SETTLED_AFTER_S
        ]
        if not settled_names:
            return Page((), json.dumps(read_states), now)
        name = settled_names[0]
        read_states[name] = _state(paths[name])
        file = TableFile(f"{name}:{read_states[name]}", paths[name].name, paths[name])
        return Page((file,), json.dumps(read_states), now if len(settled_names) == 1 else None)

    def _files(self) -> dict[str, Path]:
        if not self._folder.is_dir():
            raise SourceRefused(name=self._name, reason=f"there is no folder {self._folder}")
        try:
            paths = [path for path in self._folder.glob(self._pattern) if path.suffix.lower() in ENDINGS]
            # A symbolic link could lead to any file that this process may read.
            regular = [path for path in paths if path.is_file() and not path.is_symlink()]
            in_order = sorted(regular, key=lambda path: (path.stat().st_mtime, path.name))
            return {path.relative_to(self._folder).as_posix(): path for path in in_order}
        except (OSError, ValueError) as failure:
            raise SourceRefused(name=self._name, reason=f"the folder cannot be read ({failure})") from failure


def _state(path: Path) -> str:
    status = path.stat()
    return f"{status.st_mtime_ns}:{status.st_size}"


class Sheet:
    """A sheet that is published as CSV: one address, and no sign-in."""

    def __init__(self, config: SourceConfig, http: httpx.Client) -> None:
        self._name, self._http, self._url, self._folder = config.name, http, config.url, config.folder

    def check(self) -> list[str]:
        """Check that the sheet is published."""
        try:
            self._content()
        except SourceRefused as refused:
            return [refused.sentence]
        return []

    def files(self, cursor: str, now: datetime) -> Page[TableFile]:
        """Return the sheet if it has changed; the cursor is a digest of its last content."""
        content = self._content()
        digest = hashlib.sha256(content).hexdigest()
        if digest == cursor:
            return Page((), cursor, now)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._name}.csv"
        path.write_bytes(content)
        return Page((TableFile(digest, f"{self._name}.csv", path),), digest, now)

    def _content(self) -> bytes:
        response = sent(self._name, partial(self._http.get, self._url))
        if response.status_code in REDIRECTS:
            response = sent(self._name, partial(self._http.get, self._redirect(response)))
        if response.status_code != 200:
            checked(self._name, response)
        if "text/csv" not in response.headers.get("content-type", ""):
            reason = "it is no CSV; publish the sheet with File → Share → Publish to web → CSV"
            raise SourceRefused(name=self._name, reason=reason)
        return response.content

    def _redirect(self, response: httpx.Response) -> str:
        """Return the address on a host of Google's own from which Google serves a published sheet."""
        if address := handed_out_at(response):
            return address
        raise SourceRefused(name=self._name, reason=f"it leads to {host_of(response)}")
