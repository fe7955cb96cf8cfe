"""All business tables of a process, read once at start-up."""

from dataclasses import dataclass
from pathlib import Path

from config import guides
from config.arrears import ArrearsRules
from config.bills import BillRules
from config.calendars import WorkCalendar
from config.channels import Channels
from config.contacts import Contacts
from config.evidence import Evidence
from config.guides import Guide
from config.outages import OutageRules
from config.points import PointRules
from config.retention import Retention
from config.routing import Routing
from config.services import Services
from config.sla import SlaTable
from config.surveys import SurveyRules
from config.tariffs import Tariffs
from config.tips import Tips
from config.toml import TableError, read
from config.triage import Triage
from config.voice import VoiceRules


@dataclass(frozen=True, slots=True)
class Tables:
    contacts: Contacts
    channels: Channels
    routing: Routing
    surveys: SurveyRules
    outages: OutageRules
    points: PointRules
    sla: SlaTable
    calendar: WorkCalendar
    services: Services
    tariff: Tariffs
    bills: BillRules
    arrears: ArrearsRules
    retention: Retention
    evidence: Evidence
    triage: Triage
    voice: VoiceRules
    guide: Guide
    tips: Tips
    folder: Path | None = None


def load(folder: Path | None = None) -> Tables:
    """Read every table; raises TableError naming file and key."""
    tables = Tables(
        contacts=read("contacts.toml", folder, Contacts),
        channels=read("channels.toml", folder, Channels),
        routing=read("routing.toml", folder, Routing),
        surveys=read("surveys.toml", folder, SurveyRules),
        outages=read("outages.toml", folder, OutageRules),
        points=read("points.toml", folder, PointRules),
        sla=read("sla.toml", folder, SlaTable),
        calendar=read("calendar.toml", folder, WorkCalendar),
        services=read("services.toml", folder, Services),
        guide=guides.load(folder),
        tips=read("tips.toml", folder, Tips),
        tariff=read("tariff.toml", folder, Tariffs),
        bills=read("bills.toml", folder, BillRules),
        arrears=read("arrears.toml", folder, ArrearsRules),
        retention=read("retention.toml", folder, Retention),
        evidence=read("evidence.toml", folder, Evidence),
        triage=read("triage.toml", folder, Triage),
        voice=read("voice.toml", folder, VoiceRules),
        folder=folder,
    )
    _check_calendars(tables)
    _check_tips(tables)
    return tables


def _check_tips(tables: Tables) -> None:
    """The operator's own tips name pages there are; the built-in ones leave out those there are not."""
    if tables.folder is None or not (tables.folder / "tips.toml").exists():
        return
    for tip in tables.tips.tips:
        if tables.guide.page(tip.page) is None:
            raise TableError(f"tips.toml: the guide has no page {tip.page} ({tip.title})")


def _check_calendars(tables: Tables) -> None:
    named = {
        "sla.toml": tables.sla.calendars_named(),
        "services.toml": tables.services.calendars_named(),
        "arrears.toml": {tables.arrears.calendar},
    }
    for name, calendars in named.items():
        if unknown := calendars - set(tables.calendar.calendars):
            names = ", ".join(sorted(unknown))
            raise TableError(f"{name}: calendar.toml has no [calendars.{names}]")
