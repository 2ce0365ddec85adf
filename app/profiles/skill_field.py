"""The form field of skills: typed names, the skills they mean, and help with unknown ones."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from app import lengths, texts
from app.errors import Invalid
from app.profiles import skill_names
from app.taxonomy import skills as vocabulary
from app.taxonomy.models import Skill
from app.taxonomy.names import LONGEST_KEY, name_key
from app.taxonomy.offers import Offered
from app.taxonomy.skills import Unknown

_MOST_NAMED = 5


class SkillsField(TextAreaField):
    """Skills between commas or on lines of their own, at most `most`.

    Call `normalise(session)` before validating; then `skills` are the known ones, in their
    order, and `unknown` the others with suggestions. The macro of `macros/skills.html` shows the
    suggestions as radio buttons; what is picked there takes the place of the unknown name. It
    shows what was offered as boxes; what is ticked counts as if it had been typed at the end.
    """

    data: str

    def __init__(self, label=None, validators=None, *, most: int, **kwargs) -> None:
        super().__init__(label, validators, **kwargs)
        self.most = most
        self.skills: list[Skill] = []
        self.unknown: list[Unknown] = []
        self.offered: list[Offered] = []
        self._is_normalised = False
        self._refusal: Invalid | None = None

    def process(self, formdata, data=unset_value, extra_filters=None) -> None:
        super().process(formdata, data, extra_filters)
        if formdata is not None and len(self.data) <= lengths.SKILLS:
            self.data = skill_names.exchange(self.data, self._picks(formdata))
            ticked = formdata.getlist(f"{self.name}-offered")[: self.most]
            self.data = skill_names.extended(self.data, [one[:LONGEST_KEY] for one in ticked])

    def process_data(self, value: Any) -> None:
        """Take a text, or skills."""
        is_text = isinstance(value, str)
        self.data = value if is_text else skill_names.written(s.label for s in value or ())

    def offer(self, offered: Iterable[Offered]) -> None:
        """Ask about skills that a text names or may mean, but for those that stand here already.

        More ticks than fit would be refused, so those that are too many are left out.
        """
        typed = {name_key(name) for name in skill_names.names_in(self.data)}
        new = [one for one in offered if name_key(one.skill.label) not in typed]
        named = [one for one in new if one.is_named][: max(0, self.most - len(typed))]
        self.offered = named + [one for one in new if not one.is_named]

    def normalise(self, session: Session) -> None:
        """Find the skills that the typed names mean."""
        self._is_normalised = True
        try:
            text = texts.clean(self.data, longest=lengths.SKILLS)
            names = {name_key(name): name for name in skill_names.names_in(text)}
            if len(names) > self.most:
                raise Invalid(
                    "At most %(most)d skills fit; these are %(count)d. Keep the strongest.",
                    most=self.most,
                    count=len(names),
                )
        except Invalid as error:
            self._refusal = error
            return
        self.skills, self.unknown = vocabulary.normalise_all(session, names.values())

    def pre_validate(self, form: Any) -> None:
        """Refuse a list that does not parse, and names that are no skill's."""
        if not self._is_normalised:
            raise RuntimeError("Call normalise(session) before validating.")
        if self._refusal:
            raise StopValidation(_(self._refusal.message, **self._refusal.params))
        if self.unknown:
            named = [f"“{one.typed[:60]}”" for one in self.unknown[:_MOST_NAMED]]
            more = ["…"] if len(self.unknown) > _MOST_NAMED else []
            raise StopValidation(
                ngettext(
                    "We do not know %(names)s. Pick what you mean, or write it another way.",
                    "We do not know these: %(names)s. Pick what you mean, "
                    "or write them another way.",
                    len(self.unknown),
                    names=", ".join(named + more),
                )
            )

    def _picks(self, formdata: Any) -> dict[str, str]:
        picks = {}
        for number in range(self.most):
            typed = formdata.getlist(f"{self.name}-typed-{number}")
            instead = formdata.getlist(f"{self.name}-instead-{number}")
            if typed and instead:
                picks[name_key(typed[0])] = instead[0][:LONGEST_KEY]
        return picks
