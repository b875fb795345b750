"""Runs the commands of a shell script in forked processes, which start faster than new ones."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.nursery import nursery

_LONGEST_WISH = 100_000
_HANDLES = 3

ASKING = """
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as asked:
    asked.connect(sys.argv[1])
    wish = {"arguments": sys.argv[2:], "folder": os.getcwd(), "environment": dict(os.environ)}
    socket.send_fds(asked, [json.dumps(wish).encode()], [0, 1, 2])
    sys.exit(int(asked.recv(10)))
"""
"""The program that a script runs instead of `python -m workbench`; it imports only the standard library."""


@contextmanager
def lending(place: Path) -> Iterator[None]:
    """Serve requests to run the workbench on a socket."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place))
        door.listen()
        threading.Thread(target=_lend, args=(door,), daemon=True).start()
        yield
        # Nothing else wakes the waiting process.
        door.shutdown(socket.SHUT_RDWR)


def _lend(door: socket.socket) -> None:
    while True:
        try:
            asking, _address = door.accept()
        except OSError:
            return
        with asking:
            message, handles, _flags, _sender = socket.recv_fds(asking, _LONGEST_WISH, _HANDLES)
            wish = json.loads(message)
            child = nursery().start("workbench", wish.pop("arguments"), dict(enumerate(handles)), **wish)
            for handle in handles:
                os.close(handle)
            asking.send(str(child.wait(60)).encode())
