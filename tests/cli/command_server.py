"""Runs the commands of a shell script in forked processes, which start faster than new ones."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fork_server import fork_server

_LONGEST_REQUEST = 100_000
_HANDLES = 3

CLIENT = """
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    request = {"arguments": sys.argv[2:], "folder": os.getcwd(), "environment": dict(os.environ)}
    socket.send_fds(connection, [json.dumps(request).encode()], [0, 1, 2])
    sys.exit(int(connection.recv(10)))
"""
"""The program that a script runs instead of `python -m workbench`; it imports only the standard library."""


@contextmanager
def command_server(path: Path) -> Iterator[None]:
    """Serve requests to run the workbench on a socket at this path."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield
        # Nothing else wakes the waiting process.
        server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket) -> None:
    while True:
        try:
            client, _address = server.accept()
        except OSError:
            return
        with client:
            message, handles, _flags, _sender = socket.recv_fds(client, _LONGEST_REQUEST, _HANDLES)
            request = json.loads(message)
            child = fork_server().start("workbench", request.pop("arguments"), dict(enumerate(handles)), **request)
            for handle in handles:
                os.close(handle)
            client.send(str(child.wait(60)).encode())
