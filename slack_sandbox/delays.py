"""Requests that a `delay` fault holds back, until its seconds are over or they are released."""

import asyncio
from contextlib import suppress

from slack_sandbox.workspace import Workspace


class Delays:
    """The requests that are held back now."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._held: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}

    @property
    def held(self) -> int:
        """How many are held back."""
        return len(self._held)

    async def hold(self, seconds: float) -> None:
        """Wait for so many real seconds, or until somebody releases all."""
        released = asyncio.Event()
        self._held[released] = asyncio.get_running_loop()
        self._workspace.touch("delay")
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(released.wait(), seconds)
        finally:
            del self._held[released]

    def release(self) -> None:
        """Carry all of them out now; from any thread."""
        for released, loop in list(self._held.items()):
            loop.call_soon_threadsafe(released.set)
