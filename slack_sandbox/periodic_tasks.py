"""Periodic tasks: scheduled messages, late requests, saving the workspace."""

import asyncio
import time
from pathlib import Path

from slack_sandbox import persistence, posting
from slack_sandbox.late_requests import LateRequests
from slack_sandbox.model import Json
from slack_sandbox.workspace import Workspace

_EVERY_S = 1.0
# Saving a workspace with hundreds of channels takes long enough to slow down whatever is measured with it.
_SHARE_OF_TIME = 0.03


class PeriodicTasks:
    """Runs every second; saves only after a change, and a large workspace less often."""

    def __init__(
        self, workspace: Workspace, late_requests: LateRequests, data: Path | None, identity: Json
    ) -> None:
        self._workspace = workspace
        self._late_requests = late_requests
        self._data = data
        self._identity = identity
        self._saved_version = -1
        self._save_at = 0.0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            self.post_due()
            self._late_requests.carry_out_due()
            if time.monotonic() >= self._save_at:
                await asyncio.to_thread(self.save)

    def post_due(self) -> None:
        """Post the messages scheduled for now or earlier."""
        workspace = self._workspace
        with workspace.lock:
            now = workspace.clock.now()
            due = [key for key, later in workspace.scheduled.items() if later["post_at"] <= now]
            for key in due:
                later = workspace.scheduled.pop(key)
                channel = workspace.channels.get(later.pop("channel"))
                later.pop("post_at")
                if channel is not None and not channel.is_archived:
                    posting.post(workspace, channel, posting.compose(workspace, channel, workspace.bot, **later))

    def save(self) -> None:
        if self._data is None or self._workspace.version == self._saved_version:
            return
        began_at = time.monotonic()
        self._saved_version = self._workspace.version
        persistence.save(self._data, persistence.dumps(self._workspace, self._identity))
        ended_at = time.monotonic()
        self._save_at = ended_at + (ended_at - began_at) / _SHARE_OF_TIME
        self._workspace.touch("saved")
