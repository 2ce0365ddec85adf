"""Why a move does not happen; the sentence is for the person at the command line."""


class CannotMove(RuntimeError):
    """The move was refused or found a fault; the message says which and what to do."""
