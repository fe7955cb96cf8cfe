"""Turn settings into concrete parts: the only place that chooses implementations."""

import httpx

from bot import media_store, nudge
from bot.conversation import group, resident, staff
from bot.conversation.engine import ConversationEngine
from bot.conversation.registry import Registry
from bot.conversation.scripts import Script
from bot.desks import Desks
from bot.parts import Parts
from bot.platforms.http import new_client
from bot.platforms.marketing import MarketingSystem
from bot.platforms.oauth import WeChatOAuth, WeComOAuth
from bot.platforms.oidc import Oidc
from bot.platforms.voice import SpeechService
from bot.platforms.wechat import WeChatClient
from bot.platforms.wecom import WeComClient
from bot.statements import StatementFetch
from bot.voice import VoiceHearing
from config import redis as redis_settings
from config import tables as business_tables
from config.ciphers import FieldCipher
from config.clock import Clock
from config.database import Database
from config.settings import Settings, SettingsError
from config.tables import Tables
from handlers.delivery_checks import DeliveryChecks
from handlers.dialogue.turn import Door
from handlers.guide import search as guide
from nlu import local, rasa
from nlu.cascade import CascadeEngine
from nlu.understanding import Engine
from notifier.channels.card_update import CardUpdate
from notifier.channels.official_account import OfficialAccount
from notifier.channels.webhook_out import WebhookOut
from notifier.channels.wecom_app import WeComApp
from notifier.channels.wecom_appchat import WeComAppchat
from notifier.channels.wecom_customer_group import WeComCustomerGroup
from notifier.channels.wecom_webhook import WeComWebhook
from notifier.delivery import Delivery
from notifier.models import Channel
from notifier.render import Renderer
from notifier.shipments import ChannelSender


def build(settings: Settings, *, clock: Clock | None = None) -> Parts:
    """Put a process together; raises the error of whatever is missing, with what to do."""
    clock = clock or Clock()
    tables = business_tables.load(settings.config_dir)
    database = open_database(settings)
    redis = redis_settings.connect(settings)
    registry = Registry(database)
    desks = Desks(
        tables, clock, registry.gazetteer, Renderer(), settings.public_url, settings.survey_delay
    )
    nlu = understanding(settings)
    guide.warm(tables.guide)
    http = new_client()
    wechat = WeChatClient.of(settings, http, redis) if settings.has("wechat") else None
    wecom = WeComClient.of(settings, http, redis) if settings.has("wecom") else None
    wake = nudge.Nudge(redis)
    scripts = {
        Door.OFFICIAL_ACCOUNT: Script(resident.answer, resident.beside),
        Door.WECOM_APP: Script(staff.answer),
        Door.AIBOT: Script(group.answer),
    }
    engine = ConversationEngine(database, desks, registry, nlu, scripts, clock, wake)
    return Parts(
        settings=settings,
        clock=clock,
        database=database,
        redis=redis,
        tables=tables,
        registry=registry,
        desks=desks,
        nlu=nlu,
        engine=engine,
        wechat=wechat,
        wecom=wecom,
        wechat_oauth=WeChatOAuth.of(settings, http) if wechat else None,
        wecom_oauth=WeComOAuth.of(settings, wecom) if wecom else None,
        oidc=Oidc.of(settings, http, clock) if settings.has("oidc") else None,
        delivery=Delivery(
            database,
            channels(settings, tables, wechat, wecom, http, clock)
            | statement_channel(settings, tables, database, desks, http)
            | voice_channel(settings, tables, database, engine, http),
            tables.channels,
            clock,
            checks=DeliveryChecks(),
        ),
        nudge=wake,
    )


def statement_channel(
    settings: Settings, tables: Tables, database: Database, desks: Desks, http: httpx.Client
) -> dict[Channel, ChannelSender]:
    """The way to the marketing system, where bills come from one."""
    rules = tables.bills
    if not rules.is_remote:
        return {}
    token = settings.bills_token.get_secret_value()
    source = MarketingSystem(http, rules.url, token, rules.timeout_seconds)
    return {Channel.MARKETING: StatementFetch(database, desks, source)}


def voice_channel(
    settings: Settings,
    tables: Tables,
    database: Database,
    engine: ConversationEngine,
    http: httpx.Client,
) -> dict[Channel, ChannelSender]:
    """The way to the speech service, where there is one."""
    if not tables.voice.is_heard:
        return {}
    service = SpeechService(http, tables.voice, settings.voice_token.get_secret_value())
    folder = media_store.folder(settings.data_dir)
    hearing = VoiceHearing(database, engine.desks, folder, service, engine.respond)
    return {Channel.RECOGNITION: hearing}


def open_database(settings: Settings) -> Database:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"GRIDBOT_DATA_DIR: {settings.data_dir} cannot be made ({error.strerror});"
            " must be a folder that this process may write to"
        ) from error
    return Database(settings.database_address, FieldCipher(settings.field_secrets))


def understanding(settings: Settings) -> Engine:
    """The engine of the settings; with Rasa, the local one stands behind it."""
    inside = local.load()
    if settings.nlu == "local":
        return inside
    server = rasa.connect(settings.rasa_url, settings.rasa_token.get_secret_value())
    return CascadeEngine(server, inside)


def channels(
    settings: Settings,
    tables: Tables,
    wechat: WeChatClient | None,
    wecom: WeComClient | None,
    http: httpx.Client,
    clock: Clock,
) -> dict[Channel, ChannelSender]:
    """Every channel that the configured platforms have."""
    limits = tables.channels.wecom
    secret = settings.secret_key.get_secret_value()
    found: dict[Channel, ChannelSender] = {Channel.WEBHOOK_OUT: WebhookOut(http, secret, clock.now)}
    if wechat is not None:
        account = tables.channels.official_account
        found[Channel.OFFICIAL_ACCOUNT] = OfficialAccount(wechat, account)
    if wecom is not None:
        found |= {
            Channel.WECOM_APP: WeComApp(wecom, limits.text_bytes),
            Channel.CARD_UPDATE: CardUpdate(wecom),
            Channel.WECOM_WEBHOOK: WeComWebhook(wecom, limits.text_bytes),
            Channel.WECOM_APPCHAT: WeComAppchat(wecom, limits.text_bytes),
            Channel.WECOM_CUSTOMER_GROUP: WeComCustomerGroup(
                wecom, limits.customer_group_text_bytes
            ),
        }
    return found
