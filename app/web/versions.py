"""Two windows on one thing: a form says which version it was opened on, and an older one is
answered with both, what is saved now and what was typed, so that nobody undoes the other unseen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from wtforms import Field, HiddenField

from app.web.forms import Form, is_only_shown

FIELD = "version"
_BOTH = "+"
"""Behind the version on a page that shows both: in the other language it shows them again."""


@dataclass(frozen=True)
class Change:
    """A field in which what is saved is not what was typed."""

    id: str
    label: str
    saved: str
    typed: str


class Versioned(Form):
    """A form that changes a thing, made with `opened` from what the thing says and its version.

    `changes` are the fields that differ, where somebody else saved the thing meanwhile.
    """

    version = HiddenField()

    _now: str | None = None
    _saved: Callable[[], Form]
    _shows_both = False

    @classmethod
    def opened(cls, said: dict[str, Any], version: int) -> Self:
        """The request's form, opened on what the thing says now."""
        said = said | {"version": str(version)}
        form = cls(data=said)
        form._now = said["version"]
        form._saved = lambda: cls(formdata=None, data=said)
        form._shows_both = is_only_shown() and str(form.version.data).endswith(_BOTH)
        return form

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is saved and what was typed, field by field, where the page shows both."""
        return tuple(_changes(self._saved(), self)) if self._shows_both else ()

    @property
    def status(self) -> int:
        """409 where what was sent is not saved, and the page shows both."""
        return 409 if self.is_submitted() and self.changes else super().status

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, then whether the thing is still the one the form was opened on."""
        return super().validate(extra_validators) and not self._is_stale()

    def _is_stale(self) -> bool:
        if self._now is None or str(self.version.data).removesuffix(_BOTH) == self._now:
            return False
        self.version.data = self._now + _BOTH  # whoever sends the page that follows has seen both
        self._shows_both = True
        return bool(self.changes)


def _changes(saved: Form, typed: Form) -> Iterator[Change]:
    for old in saved:
        new = typed[old.name]
        if old.type in ("HiddenField", "CSRFTokenField", "SubmitField"):
            continue
        was, would_be = _said(old), _said(new)
        if was != would_be:
            yield Change(new.id, str(new.label.text), was, would_be)


def _said(field: Field) -> str:
    """What a field says, as a person reads it."""
    if hasattr(field, "iter_choices"):
        picked = [str(label) for _value, label, is_picked, *_ in field.iter_choices() if is_picked]
        return ", ".join(picked)
    return "\n".join(str(field._value()).split("\r\n")).strip()
