"""Refusals: what the domain says when it will not do something, as a sentence and a status.

The sentence is the English message id; `app.web.errors` translates and shows it.
"""


class DomainError(Exception):
    """A refusal a person can read.

    `message` is an English sentence with %(name)s placeholders filled from `params`;
    `status` is the HTTP status it is answered with.
    """

    status = 400
    code = "refused"
    link = ""
    """The path of the page that the refusal speaks of, where it speaks of one."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params


class Invalid(DomainError):
    """What was given does not parse or breaks a rule about its form."""

    status = 422
    code = "invalid"


class TooLarge(Invalid):
    """More was sent than is taken."""

    status = 413
    code = "too_large"


class NotFound(DomainError):
    """There is no such thing for this viewer."""

    status = 404
    code = "not_found"


class Forbidden(DomainError):
    """The thing is visible to this viewer, the act is not theirs."""

    status = 403
    code = "forbidden"


class Conflict(DomainError):
    """The act does not fit what has already happened."""

    status = 409
    code = "conflict"


class Stale(Conflict):
    """Somebody changed the thing after it was read: it may be read and looked at again."""


class TooMany(DomainError):
    """Too many tries in too short a time."""

    status = 429
    code = "too_many"

    def __init__(self, message: str, *, retry_after_seconds: int = 60, **params: object) -> None:
        super().__init__(message, **params)
        self.retry_after_seconds = retry_after_seconds


class Busy(DomainError):
    """It cannot be done at this moment; the same act may well be taken a little later."""

    status = 503
    code = "busy"
    retry_after_seconds = 5


class InvariantBroken(RuntimeError):
    """A promise of our own is broken: ours to mend, never the user's fault."""
