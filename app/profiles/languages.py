"""The languages people work in (ISO 639-1), as profiles and jobs name them."""

import re

# The shared index keeps a bit for each, so there is room for 32; a change builds it anew.
WORK_LANGUAGES: tuple[str, ...] = (
    *("en", "ur", "ar", "zh", "de", "es", "fr", "it", "ja", "ko", "nl"),
    *("pa", "ps", "pt", "ru", "sd", "tr", "fa", "hi", "bn", "sv", "pl"),
)
_NAMES = {
    "en": "english انگریزی انگلش",
    "ur": "urdu اردو",
    "ar": "arabic عربی",
    "zh": "chinese mandarin چینی",
    "de": "german deutsch جرمن",
    "es": "spanish español ہسپانوی",
    "fr": "french français فرانسیسی",
    "it": "italian italiano اطالوی",
    "ja": "japanese جاپانی",
    "ko": "korean کوریائی",
    "nl": "dutch nederlands ڈچ",
    "pa": "punjabi panjabi پنجابی",
    "ps": "pashto pushto پشتو",
    "pt": "portuguese português پرتگالی",
    "ru": "russian روسی",
    "sd": "sindhi سندھی",
    "tr": "turkish türkçe ترکی",
    "fa": "persian farsi dari فارسی",
    "hi": "hindi ہندی",
    "bn": "bengali bangla بنگالی",
    "sv": "swedish svenska سویڈش",
    "pl": "polish polski پولش",
}
_CODES = {name: code for code, names in _NAMES.items() for name in names.split()}


def languages_in(text: str) -> tuple[str, ...]:
    """Return the languages a text names in English, Urdu or their own words, in our order."""
    named = {_CODES[word] for word in re.findall(r"[^\W\d_]+", text.casefold()) if word in _CODES}
    return tuple(code for code in WORK_LANGUAGES if code in named)
