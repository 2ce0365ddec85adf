"""The languages people work in (ISO 639-1), as profiles and jobs name them."""

WORK_LANGUAGES: tuple[str, ...] = (
    *("en", "ur", "ar", "zh", "de", "es", "fr", "it", "ja", "ko", "nl"),
    *("pa", "ps", "pt", "ru", "sd", "tr", "fa", "hi", "bn", "sv", "pl"),
)
