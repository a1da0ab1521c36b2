"""Requests held back by a `delay` fault, until its seconds are over or they are released."""

import asyncio
from contextlib import suppress

from slack_sandbox.workspace import Workspace


class Delays:
    """The requests currently held back."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._held: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    @property
    def held(self) -> int:
        """The number of requests held back."""
        return len(self._held)

    async def hold(self, seconds: float) -> None:
        """Wait for this many real seconds, or until all are released."""
        released = asyncio.Event()
        self._held[released] = asyncio.get_running_loop()
        self._workspace.touch("delay")
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(released.wait(), seconds)
        finally:
            del self._held[released]

    def release(self) -> None:
        """Release all held requests now; callable from any thread."""
        for released, loop in list(self._held.items()):
            loop.call_soon_threadsafe(released.set)
