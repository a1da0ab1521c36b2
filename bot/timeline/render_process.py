"""The drawing process, which forks for each picture. Standard input is the socket over which `renderer` passes one
connection per picture: facts come in as JSON, a PNG goes out. It exits when the socket closes or it has been idle.
"""

import gc
import json
import os
import select
import signal
import socket

from bot.timeline import render_png
from bot.timeline.renderer import BEGUN, RENDER_TIMEOUT_S

IDLE_S = 120


def serve(control: socket.socket, idle_s: float = IDLE_S) -> None:
    """Serve requests until the socket closes or stays idle."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the forks are never waited for
    render_png.load_fonts()
    gc.freeze()
    while select.select([control], [], [], idle_s)[0]:
        message, connections, *_ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            _draw(connections[0])
        os.close(connections[0])


def _draw(connection: int) -> None:
    """Draw in the forked process, which exits afterwards even if drawing fails."""
    try:
        signal.alarm(RENDER_TIMEOUT_S)
        with socket.socket(fileno=connection) as caller, caller.makefile("rb") as facts:
            caller.sendall(BEGUN)
            caller.sendall(render_png.render_png(json.load(facts)))
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=0))
