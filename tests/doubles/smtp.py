"""A mail server on loopback that keeps what it is given: enough SMTP (RFC 5321) for smtplib."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb.startswith(b"EHLO"):
                self._say("250 hello")
            elif verb.startswith((b"MAIL", b"RSET")):
                self._say("250 fine")
            elif verb.startswith(b"RCPT"):
                refused = self.server.refuses_recipients
                self._say("550 no such mailbox" if refused else "250 fine")
            elif verb == b"DATA":
                self._say("354 go on")
                self.server.letters.append(self._read_letter())
                self._say("250 kept")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("502 unknown")

    def _read_letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    """`with MailServer() as server:` listens; `server.letters` is what came."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, refuses_recipients: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[EmailMessage] = []
        self.refuses_recipients = refuses_recipients

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "MailServer":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
