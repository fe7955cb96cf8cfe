"""The one family of errors a person is told about."""


class DomainError(Exception):
    """The request cannot be done; the text is for the person who asked, in plain Chinese."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFoundError(DomainError):
    """What was asked for does not exist, or not for this person."""


class StateConflictError(DomainError):
    """The state of the thing forbids the step (HTTP 409)."""


class NotAllowedError(DomainError):
    """The person lacks the right to it (HTTP 403)."""
