"""Money: a whole number of the smallest unit, beside its currency. Floats are refused."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.errors import Invalid

# Currencies a job or a rate may be in, with their minor digits (ISO 4217). A contract is held in
# a currency the platform settles in; PKR is where the money ends, not where it is agreed.
MINOR_DIGITS = {"USD": 2, "EUR": 2, "GBP": 2}
CURRENCIES = tuple(MINOR_DIGITS)
LARGEST_MINOR = 99_999_999  # the most a card payment can carry: eight digits

# What people type with an Urdu or Arabic keyboard: their digits and their separators.
_TYPED = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.", "٬, \u00a0")


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units (cents) of one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("Money counts whole minor units.")
        if self.currency not in MINOR_DIGITS:
            raise Invalid("%(currency)s is not a currency we use.", currency=self.currency)

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise TypeError("Amounts of two currencies do not add up.")
        return Money(self.minor + other.minor, self.currency)

    @property
    def major(self) -> Decimal:
        """The amount in whole units of the currency, exact."""
        return Decimal(self.minor).scaleb(-MINOR_DIGITS[self.currency])


def parse(typed: str, currency: str) -> Money:
    """Read an amount as people type it ("1,200.50", "۱۲۰۰"); raises `Invalid` with the reason."""
    if currency not in MINOR_DIGITS:
        raise Invalid("%(currency)s is not a currency we use.", currency=currency)
    plain = typed.translate(_TYPED)
    # Decimal also reads "1e3", "NaN" and "Infinity"; nobody types a price like that on purpose.
    if not plain or not set(plain) <= set("0123456789.") or plain.count(".") > 1:
        raise Invalid("Write the amount in digits, for example 1200 or 1200.50.")
    try:
        scaled = Decimal(plain).scaleb(MINOR_DIGITS[currency])
    except InvalidOperation as error:
        raise Invalid("Write the amount in digits, for example 1200 or 1200.50.") from error
    if scaled != scaled.to_integral_value():
        raise Invalid("%(currency)s has no smaller unit than a cent.", currency=currency)
    if scaled <= 0:
        raise Invalid("The amount must be more than zero.")
    if scaled > LARGEST_MINOR:
        raise Invalid("The amount is larger than a single payment can be.")
    return Money(int(scaled), currency)
