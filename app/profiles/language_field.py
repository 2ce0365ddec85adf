"""The form field of languages: one tick box for each language people work in."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from app.profiles.languages import WORK_LANGUAGES
from app.web.labels import language_name

# Nearly every job asks for English and nearly everyone here speaks Urdu: they lead the list.
_FIRST = ("en", "ur")


class LanguagesField(SelectMultipleField):
    """Languages as tick boxes, named in the reader's language; `codes` are the ticked ones."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label=None, validators=None, **kwargs) -> None:
        super().__init__(
            label,
            validators,
            choices=_choices,
            invalid_choice_message=_l("Choose from the languages listed here."),
            **kwargs,
        )
        self.label.field_id = False

    @property
    def codes(self) -> tuple[str, ...]:
        """The ticked languages, each once, in the order of WORK_LANGUAGES."""
        return tuple(code for code in WORK_LANGUAGES if code in (self.data or ()))


def _choices() -> list[SelectChoice]:
    rest = sorted((language_name(code), code) for code in WORK_LANGUAGES if code not in _FIRST)
    named = [(language_name(code), code) for code in _FIRST] + rest
    return [SelectChoice(value=code, label=name) for name, code in named]
