"""The concrete parts of a process, put together once by bot/wiring.py."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from redis import Redis

from bot.conversation.engine import ConversationEngine
from bot.conversation.registry import Registry
from bot.desks import Desks
from bot.platforms.oauth import WeChatOAuth, WeComOAuth
from bot.platforms.oidc import Oidc
from bot.platforms.wechat import WeChatClient
from bot.platforms.wecom import WeComClient
from config.clock import Clock
from config.database import Database
from config.settings import Settings
from config.tables import Tables
from handlers import reactions
from handlers.desk import Desk
from nlu.understanding import Engine
from notifier.delivery import Delivery


@dataclass(frozen=True, slots=True)
class Parts:
    """What edges work with. A platform that is not set up is None."""

    settings: Settings
    clock: Clock
    database: Database
    redis: Redis
    tables: Tables
    registry: Registry
    desks: Desks
    nlu: Engine
    engine: ConversationEngine
    wechat: WeChatClient | None
    wecom: WeComClient | None
    wechat_oauth: WeChatOAuth | None
    wecom_oauth: WeComOAuth | None
    oidc: Oidc | None
    delivery: Delivery
    nudge: Callable[[], None]

    @contextmanager
    def working(self) -> Iterator[Desk]:
        """A desk in one transaction; reactions run before its commit, the relay is woken after."""
        with self.database.scope() as session:
            desk = self.desks.at(session)
            yield desk
            reactions.settle(desk)
        self.nudge()

    @contextmanager
    def looking(self) -> Iterator[Desk]:
        """A desk to read at; nothing it changes is kept."""
        with self.database.reading() as session:
            yield self.desks.at(session)
