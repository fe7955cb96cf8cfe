"""Why a message could not be sent, in the words delivery decides by."""


class ChannelError(Exception):
    """A platform or another system did not take a message.

    `permanent`: trying again cannot help. `code`: the platform's errcode. `retry_after`: seconds
    the platform wants us to wait. `window_closed`: the customer-service window is over or used up.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        code: int | None = None,
        retry_after: int | None = None,
        window_closed: bool = False,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.code = code
        self.retry_after = retry_after
        self.window_closed = window_closed
