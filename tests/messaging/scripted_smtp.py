"""An SMTP server that breaks at a chosen moment, on plain sockets."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager


class ScriptedServer:
    """Accepts every command until the one it is told to break at.

    `breaks` lists, connection after connection, where the line is cut: "banner", "MAIL", "RCPT",
    "DATA", "content" (in the middle of it), "dot" (after it, before the answer), "idle" (after the
    answer), or "" for never. Replies may be overridden by command.
    """

    pipelines = False

    def __init__(self, breaks: list[str], replies: dict[str, str]) -> None:
        self._breaks = breaks
        self._replies = replies
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.connections = 0
        self.commands: list[str] = []
        self.accepted: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            at = self._breaks[min(self.connections, len(self._breaks) - 1)]
            self.connections += 1
            with client, client.makefile("rb") as lines:
                self._talk(client, lines, at)
                client.shutdown(socket.SHUT_RDWR) if at != "content" else None

    def _talk(self, client: socket.socket, lines, at: str) -> None:
        if at == "banner":
            return
        client.sendall(b"220 ready\r\n")
        for line in lines:
            command = line.decode().split()[0].upper()
            self.commands.append(line.decode().strip())
            if command == at:
                return
            usual = {"DATA": "354 go"}
            if self.pipelines:
                usual["EHLO"] = "250-ready\r\n250 PIPELINING"
            reply = self._replies.get(command, usual.get(command, "250 ok"))
            client.sendall(f"{reply}\r\n".encode())
            if command == "QUIT":
                return
            if command == "DATA" and reply.startswith("354") and not self._take(client, lines, at):
                return

    def _take(self, client: socket.socket, lines, at: str) -> bool:
        content = b""
        for line in lines:
            if at == "content":
                return False
            if line == b".\r\n":
                break
            content += line
        else:
            return False
        if at == "dot":
            return False
        reply = self._replies.get(".", "250 accepted")
        if reply.startswith("250"):
            self.accepted.append(content)
        client.sendall(f"{reply}\r\n".encode())
        return at != "idle"


@contextmanager
def scripted(*breaks: str, **replies: str) -> Generator[ScriptedServer]:
    """A server for the block; `dot=` is the reply to the content, other names are commands."""
    answers = {("." if name == "dot" else name.upper()): text for name, text in replies.items()}
    server = ScriptedServer(list(breaks) or [""], answers)
    try:
        yield server
    finally:
        server.stop()
