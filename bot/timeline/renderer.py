"""Hands pictures to a process that draws: started for the first, ended when idle for long, killed when it hangs.

What drawing needs takes longer to load than the drawing. The process loads it once and forks for each picture:
whatever happens to one, the next is drawn by a fresh fork.
"""

import socket
import subprocess
import sys
import threading
from contextlib import closing

from bot.errors import TryLater

RENDER_TIMEOUT_S = 60
COMMAND = (sys.executable, "-m", "bot.timeline.render_process")
# The fork answers so before it draws: an answer without it came from no process.
BEGUN = b"+"
PNG_END = b"IEND\xaeB`\x82"


class Renderer:
    """Hands pictures to the process that draws."""

    def __init__(self, command: tuple[str, ...] = COMMAND, timeout_s: float = RENDER_TIMEOUT_S) -> None:
        self._command, self._timeout_s = command, timeout_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def render(self, payload: bytes) -> bytes:
        """The PNG. `TryLater` when it could not be drawn, or not in time."""
        # The process may have ended at this very moment because nothing was asked for; a new one has not.
        answer = self._ask(payload) or self._ask(payload)
        if not answer.endswith(PNG_END):
            raise TryLater("the picture could not be drawn")
        return answer.removeprefix(BEGUN)

    @property
    def process_id(self) -> int | None:
        """The process that draws, if there is one."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process. It is started again when it is needed."""
        with self._lock:
            self._end()

    def _ask(self, payload: bytes) -> bytes:
        """What the process answers; nothing when it has ended."""
        with self._lock:
            control = self._control or self._start()
        try:
            answer = self._exchange(control, payload)
        except TimeoutError as failure:
            self._discard(control)
            raise TryLater(f"the picture was not drawn within {self._timeout_s:.0f} s") from failure
        except ConnectionError:
            answer = b""
        except OSError as failure:
            raise TryLater(f"the picture could not be drawn: {failure}") from failure
        if not answer:
            self._discard(control)
        return answer

    def _exchange(self, control: socket.socket, payload: bytes) -> bytes:
        """One picture over a connection of its own, whose other end the process is handed."""
        ours, theirs = socket.socketpair()
        with closing(ours):
            ours.settimeout(self._timeout_s)
            with closing(theirs):
                socket.send_fds(control, [b"."], [theirs.fileno()])
            ours.sendall(payload)
            ours.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: ours.recv(65536), b""))

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with closing(theirs):
            # Of a session of its own: Ctrl-C does not reach it, and it ends when the bot has ended.
            self._process = subprocess.Popen(  # noqa: S603 - our own module; what people typed goes in as data
                self._command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._control = ours
        return ours

    def _discard(self, control: socket.socket) -> None:
        with self._lock:
            if self._control is control:
                self._end()

    def _end(self) -> None:
        if self._control:
            self._control.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None
