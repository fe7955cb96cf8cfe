"""What the platforms' errcodes mean for the message that met them."""

from collections.abc import Mapping
from dataclasses import dataclass

from notifier.errors import ChannelError

MINUTE, HOUR = 60, 3600
# 不合法或过期的 access_token: another token is asked for before anybody is told.
STALE = frozenset({40001, 40014, 42001})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a refusal; `is_alarm`: our settings at the platform need a person."""

    permanent: bool = False
    retry_after: int | None = None
    window_closed: bool = False
    is_alarm: bool = False


AGAIN = Outcome()
NEVER = Outcome(permanent=True)
IN_A_MINUTE = Outcome(retry_after=MINUTE)
NEXT_HOUR = Outcome(retry_after=HOUR)
WINDOW = Outcome(permanent=True, window_closed=True)
# The message itself is good: it waits until the settings are.
ALARM = Outcome(retry_after=10 * MINUTE, is_alarm=True)

Outcomes = Mapping[int, Outcome]

# 全局返回码 of the Official Account; 45009 there is the day's quota, 45011 the minute's.
WECHAT: Outcomes = {
    **dict.fromkeys((40001, 40002, 40013, 40014, 40125, 40164, 41001, 42001), ALARM),
    **dict.fromkeys((48001, 48004, 48006, 48008, 61004, 89503, 89506, 89507), ALARM),
    **dict.fromkeys((40003, 40004, 40007, 40008, 40029, 40037, 40163, 41030, 42003), NEVER),
    **dict.fromkeys((43004, 43005, 43019, 43101, 44002, 44003, 44004, 46003, 46004), NEVER),
    **dict.fromkeys((47001, 47003, 50002, 50005, 70000), NEVER),
    **dict.fromkeys(range(40015, 40029), NEVER),  # buttons of a menu
    **dict.fromkeys(range(45001, 45009), NEVER),  # sizes
    **dict.fromkeys((45015, 45047, 48002), WINDOW),
    45009: NEXT_HOUR,
    45011: IN_A_MINUTE,
}

# 全局错误码 of WeCom; a minute block of 45009 lasts 60 seconds (访问频率限制).
WECOM: Outcomes = {
    **dict.fromkeys((40001, 40013, 40014, 40056, 41001, 41004, 42001, 48002), ALARM),
    **dict.fromkeys((50001, 60011, 60020, 84074, 301002), ALARM),
    **dict.fromkeys((40003, 40004, 40006, 40007, 40008, 40029, 40031, 40032, 40050), NEVER),
    **dict.fromkeys((40058, 41047, 41048, 41051, 41063, 43004, 44004, 45002, 45008, 46004), NEVER),
    **dict.fromkeys((50002, 60111, 81013, 82001, 84061, 86001, 86003, 86008), NEVER),
    **dict.fromkeys((93000, 93004, 93008), NEVER),  # the webhook is gone
    45009: IN_A_MINUTE,
    45033: Outcome(retry_after=5),
}


class PlatformRefusedError(ChannelError):
    """The platform understood the call and said no."""

    def __init__(self, message: str, code: int, outcome: Outcome = AGAIN) -> None:
        super().__init__(
            f"{code}: {message}",
            permanent=outcome.permanent,
            code=code,
            retry_after=outcome.retry_after,
            window_closed=outcome.window_closed,
        )
        self.refused_code = code
        self.is_alarm = outcome.is_alarm


class PlatformUnreachableError(ChannelError):
    """No answer that can be understood: it may or may not have done what was asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=False)
