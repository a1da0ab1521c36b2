"""Hands pictures to a drawing process: started on first use, ended after idling, killed if it hangs.

Loading the drawing libraries takes longer than drawing. The process loads them once and forks for each picture,
so a failure affects only one picture.
"""

import socket
import subprocess
import sys
import threading
from contextlib import closing

from bot.errors import TryLater

RENDER_TIMEOUT_S = 60
COMMAND = (sys.executable, "-m", "bot.timeline.render_process")
# The fork sends this before it draws; without it, no process has answered.
BEGUN = b"+"
PNG_END = b"IEND\xaeB`\x82"


class Renderer:
    """Client of the drawing process."""

    def __init__(self, command: tuple[str, ...] = COMMAND, timeout_s: float = RENDER_TIMEOUT_S) -> None:
        self._command, self._timeout_s = command, timeout_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def render(self, payload: bytes) -> bytes:
        """Return the PNG. Raises `TryLater` if it could not be drawn, or not in time."""
        # The process may just have exited because it was idle; the retry starts a new one.
        answer = self._request_picture(payload) or self._request_picture(payload)
        if not answer.endswith(PNG_END):
            raise TryLater("the picture could not be drawn")
        return answer.removeprefix(BEGUN)

    @property
    def process_id(self) -> int | None:
        """The id of the drawing process, if it is running."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process. It is started again when needed."""
        with self._lock:
            self._end()

    def _request_picture(self, payload: bytes) -> bytes:
        """Return the process's answer; empty if it has ended."""
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
        """Request one picture over a new connection, passing its other end to the process."""
        own_end, other_end = socket.socketpair()
        with closing(own_end):
            own_end.settimeout(self._timeout_s)
            with closing(other_end):
                socket.send_fds(control, [b"."], [other_end.fileno()])
            own_end.sendall(payload)
            own_end.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: own_end.recv(65536), b""))

    def _start(self) -> socket.socket:
        own_end, other_end = socket.socketpair()
        with closing(other_end):
            # In its own session, so Ctrl-C does not reach it; it exits once the bot has ended.
            self._process = subprocess.Popen(  # noqa: S603 - our own module; user input is passed as data
                self._command,
                stdin=other_end.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._control = own_end
        return own_end

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
