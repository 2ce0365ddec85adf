"""Pages that take a file: the larger body they allow, and the form that gives back its text."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import IO, Any, TypeVar

from flask import Flask, Request, current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.file import FileField
from wtforms import TextAreaField, ValidationError

from app import lengths
from app.documents import files
from app.errors import DomainError, TooLarge
from app.web.database import db
from app.web.forms import Form, Plain
from app.web.limits import limit

# A larger file is read to its end, so that the page can say so and keep the pasted text, but only
# as much of it is held as is taken. Beyond this the rest is not waited for.
MOST_BODY_BYTES = 25 * 1024 * 1024
MOST_HELD_BYTES = files.MOST_FILE_BYTES + 1
MOST_FILES_AN_HOUR = 30

View = TypeVar("View", bound=Callable[..., Any])


class Bounded(BytesIO):
    """A file in memory that forgets what is beyond the largest one that is taken."""

    def write(self, data: Any) -> int:
        """Hold what fits; the rest counts as written."""
        super().write(data[: max(0, MOST_HELD_BYTES - self.tell())])
        return len(data)


class InMemory(Request):
    """A request whose files lie in memory: nothing of what is sent touches a disk."""

    def _get_file_stream(self, *_args: Any, **_kwargs: Any) -> IO[bytes]:
        return Bounded()


def takes_files(view: View) -> View:
    """Let the view be sent more than the few kilobytes that every other one takes."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def init_uploads(app: Flask) -> None:
    """Set the larger limit before anything reads the body; register before the database."""
    app.request_class = InMemory
    app.before_request(_widen)


def _widen() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    is_with_file = request.mimetype == "multipart/form-data"
    if not is_with_file or not getattr(view, "takes_files", False):
        return
    request.max_content_length = MOST_BODY_BYTES
    if (request.content_length or 0) > MOST_BODY_BYTES:
        raise TooLarge("The file is larger than 5 MB. Send a smaller one, or paste its text.")


class UploadForm(Form):
    """A file, or a text pasted instead. After a valid one, `content` is the text, and `links`
    are the addresses that words of a file are linked to, as they were found.

    Nothing is kept: the file is read, and what a page makes of its text is saved by the person.
    """

    file = FileField(_l("File"))
    text = TextAreaField(_l("Or paste the text"), [Plain(lengths.PASTED)])

    content = ""
    links: tuple[str, ...] = ()
    _refusal_status = 422

    @property
    def status(self) -> int:
        """The status of the file's own refusal, where there is one."""
        return self._refusal_status if self.is_submitted() else 200

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the text, and the file where there is one; the file goes before the text."""
        if self.file.data or self.text.data:
            # Both cost seconds: a file is parsed, and the model looks for skills in a text.
            key = f"upload:{current_user.id}"
            limit(key, most=MOST_FILES_AN_HOUR, within=timedelta(hours=1))
        if not super().validate(extra_validators):
            return False
        db.session.rollback()  # nothing is written: let go of the database while we read
        self.content = self.content or files.tidy(self.text.data)
        if not self.content:
            self.text.errors = [_("Choose a file, or paste the text here.")]
        return bool(self.content)

    def validate_file(self, field: FileField) -> None:
        """Read the file, with no lock on the database while it takes its seconds."""
        if not field.data:
            return
        try:
            db.session.rollback()
            sent = files.read(field.data.stream.read(MOST_HELD_BYTES))
            self.content, self.links = sent
        except DomainError as error:
            self._refusal_status = error.status
            raise ValidationError(_(error.message, **error.params)) from error
