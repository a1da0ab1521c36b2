"""The process that draws; it forks for each picture. Standard input is the socket over which `renderer` hands it a
connection for each: facts as JSON come in, a PNG goes out. It ends when nobody can ask any more, or nobody does.
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
    """Draw what is asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a fork
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
    """In a process of its own, which ends with the picture, drawn or not."""
    try:
        signal.alarm(RENDER_TIMEOUT_S)
        with socket.socket(fileno=connection) as caller, caller.makefile("rb") as facts:
            caller.sendall(BEGUN)
            caller.sendall(render_png.render_png(json.load(facts)))
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=0))
