"""A mail server on loopback that keeps what it is given: enough SMTP (RFC 5321) for smtplib."""

import socketserver
import threading
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        if self.server.silent:
            self.rfile.read()
            return
        self._say("220 ready")
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb.startswith(b"EHLO"):
                self._say(self.server.answers.get("EHLO", "250 hello"))
            elif verb.startswith((b"MAIL", b"RSET", b"RCPT")):
                self._say(self.server.answers.get(verb[:4].decode(), "250 fine"))
            elif verb == b"DATA":
                self._say("354 go on")
                letter = self._read_letter()
                if (answer := self.server.answers.get("DATA", "250 kept"))[0] == "2":
                    self.server.letters.append(letter)
                self._say(answer)
            elif verb == b"QUIT":
                self._say(self.server.answers.get("QUIT", "221 bye"))
                return
            else:
                self._say("502 unknown")

    def _read_letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        self.server.raw.append(b"".join(lines))
        return message_from_bytes(self.server.raw[-1], policy=policy.default)

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    """`with MailServer() as server:` listens; `server.letters` is what came."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, answers: Mapping[str, str] | None = None, silent: bool = False) -> None:
        """`answers` are given to a verb in place of "250 fine"; a silent one says nothing."""
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        """The letters as they came over the line."""
        self.answers = answers or {}
        self.silent = silent

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "MailServer":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
