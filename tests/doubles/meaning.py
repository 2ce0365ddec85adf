"""A matcher that finds what a test says in any text, and what a page asks to be confirmed."""

from app.web.database import db


class Meaning:
    """Every text means the skills of these keys, each with the words."""

    def __init__(self, *meant: tuple[str, str]) -> None:
        self._meant = meant

    def skills_meant(self, text: str) -> list[tuple[str, str]]:
        """The model takes its time, so nobody may hold the database meanwhile."""
        assert not db.session().in_transaction()
        return list(self._meant)


def offered(page) -> dict[str, bool]:
    """The labels of the skills a page asks about, and whether each has its tick."""
    boxes = page.soup.select("[name=skills-offered]")
    return {box["value"]: box.has_attr("checked") for box in boxes}
