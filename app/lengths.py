"""How long what is kept may be, in characters: forms and columns read it here, so they agree.

What is put together from several of these (a letter's subject, say) has a column without a bound.
"""

NAME = 120
"""Of a person, a park, a company, who runs a park."""
TITLE = 120
"""Of a job, a milestone, past work; the headline of a profile."""
CAPTION = 80
"""What somebody calls a thing for their own use: a saved search, a job in a file."""
PLACE = 80
SLUG = 80
LINE = 300
"""A sentence or two on one line."""
LINK = 300
PATH = 200
"""On this site, made by us."""
ADDRESS = 254
"""Of e-mail: the longest that mail servers carry (RFC 5321)."""

ABOUT = 4000
"""What a park or a person says of themselves."""
DESCRIPTION = 8000
LETTER = 5000
QUESTIONS = 2000
MESSAGE = 1000
PASTED = 16_000

WORDS = 200
"""What is looked for."""
NUMBER = 40
"""As it is typed, with blanks and signs."""
SKILL = 200
SKILLS = 6000
"""All of a list, as it is typed."""

PASSWORD = 200
KEY = 300
"""What must be told apart or counted (see `texts.key`): an address of e-mail fits behind a word."""
DIGEST = 64
BROWSER = 200
NETWORK_ADDRESS = 64
