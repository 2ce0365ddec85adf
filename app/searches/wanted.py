"""What a search asks for: the typed words and the filters, and how an address carries them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from app import money
from app.jobs.models import PayKind
from app.money import Money
from app.parks.models import Area
from app.profiles.models import Availability
from app.searches.models import Kind


@dataclass(frozen=True)
class Wanted:
    """The words and filters of one search; what is empty or None asks for nothing."""

    kind: Kind
    words: str = ""
    language: str = ""
    pay: Money | None = None
    """An hour: the most a freelancer may ask, or the least a job must pay."""
    park: str = ""
    """The park's address (slug)."""
    area: Area | None = None
    availability: Availability | None = None
    seen: bool = False
    """Only people whom their park has seen in person."""
    pay_kind: PayKind | None = None

    @property
    def asked(self) -> dict[str, str]:
        """The words and filters by the names of the form's fields, those that ask something."""
        pay = {"rate": f"{self.pay.major:f}", "currency": self.pay.currency} if self.pay else {}
        plain = {
            "words": self.words,
            "language": self.language,
            "park": self.park,
            "area": self.area,
            "availability": self.availability,
            "seen": "y" if self.seen else "",
            "pay_kind": self.pay_kind,
        }
        return {name: str(value) for name, value in plain.items() if value} | pay

    @property
    def filters_in_use(self) -> int:
        """How many filters ask for something; an amount and its currency are one."""
        return len(self.asked.keys() - {"words", "currency"})

    @property
    def is_filtered(self) -> bool:
        """Whether more than words is asked for."""
        return bool(self.filters_in_use)

    @classmethod
    def of(cls, kind: Kind, asked: Mapping[str, str]) -> Self:
        """Read what `asked` gave back; raises ValueError or `Invalid` for what no form let by."""
        pay, area, free = asked.get("rate"), asked.get("area"), asked.get("availability")
        return cls(
            kind=kind,
            words=asked.get("words", ""),
            language=asked.get("language", ""),
            pay=money.parse(pay, asked.get("currency", "USD")) if pay else None,
            park=asked.get("park", ""),
            area=Area(area) if area else None,
            availability=Availability(free) if free else None,
            seen=bool(asked.get("seen")),
            pay_kind=PayKind(asked["pay_kind"]) if asked.get("pay_kind") else None,
        )
