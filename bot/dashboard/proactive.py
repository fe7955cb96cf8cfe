"""What to see to before anyone complains, and an area's evidence as a proposal (大修技改建议)."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import LEADING, only, person
from bot.dashboard.scope import links_of, station_of
from bot.parts import Parts
from handlers.desk import Desk
from handlers.errors import NotFoundError
from handlers.figures import hot, proactive
from handlers.figures.proactive import Evidence
from handlers.figures.totals import Span
from handlers.grid.models import Station
from handlers.guide import seasonal
from handlers.masking import mask_text
from handlers.outages.rules import KIND_WORDS

DAYS = 90
SHOWN_NUMBERS = 3
WORDS_LENGTH = 60


def register(wall: Blueprint, parts: Parts) -> None:
    @wall.get("/proactive")
    @only(*LEADING)
    def ahead() -> ResponseReturnValue:
        who = person()
        with parts.looking() as desk:
            span = _span(desk)
            stations = desk.session.scalars(sa.select(Station).order_by(Station.station_code)).all()
            rules = desk.tables.outages
            return render_template(
                "dashboard/proactive.html",
                person=who,
                stations=stations if who.is_everywhere else [],
                span=span,
                links=links_of(who, span.station_code),
                households=proactive.repeated_households(desk.session, span),
                areas=hot.repeated_areas(
                    desk.session,
                    span,
                    desk.now,
                    days=rules.repeat_days,
                    fewest=rules.repeat_warning,
                ),
                low_voltage=proactive.low_voltage(desk.session, span),
                questions=proactive.unanswered(desk.session),
                tips=seasonal.of_month(desk),
                days=rules.repeat_days,
                shown=SHOWN_NUMBERS,
            )

    @wall.get("/areas/<code>/proposal.pdf")
    @only(*LEADING)
    def proposal(code: str) -> ResponseReturnValue:
        with parts.working() as desk:
            try:
                found = proactive.evidence(desk, code, _span(desk))
            except NotFoundError:
                abort(404)
            audit.write(
                desk.session,
                actor=person().userid,
                action="area_proposal",
                subject=found.area.area_code,
                now=desk.now,
            )
            content = _pdf(
                found, f"{desk.now:%Y-%m-%d %H:%M} 生成", desk.tables.outages.repeat_days
            )
        answer = Response(content, content_type="application/pdf")
        answer.headers["Content-Disposition"] = "attachment; filename=proposal.pdf"
        return answer


def _span(desk: Desk) -> Span:
    """The last three months, of the station one may see."""
    today = desk.now.date()
    return Span(today - timedelta(days=DAYS), today, station_of(desk, person(), request.args))


def _pdf(found: Evidence, made: str, days: int) -> bytes:
    from bot.dashboard.pdf import Document  # noqa: PLC0415 - loads images and fonts

    area = found.area
    page = Document(f"改造建议 {area.name}", found.station, made)
    page.big(
        f"设备改造建议：{area.name}", f"{found.station} · {found.grid} · {area.area_code} · {made}"
    )
    page.tiles(
        [
            ("户数", str(area.households), "台区供电户数"),
            ("停电", str(area.outages), f"近{days}天，有序用电不算"),
            ("故障诉求", str(area.faults), f"近{DAYS}天"),
            ("低电压诉求", str(area.low_voltage), f"近{DAYS}天"),
        ]
    )
    page.heading("停电记录")
    page.grid(("编号", "类型", "开始", "送电", "原因"), _outages(found), (1.5, 1, 1.2, 1.2, 3))
    page.heading("各类诉求")
    page.grid(
        ("类别", "工单数"),
        [(name, str(count)) for name, count in found.requests] or [("没有", "0")],
        (3, 1),
        numbers=frozenset({1}),
    )
    page.heading("反复报修的户")
    page.grid(("地点", "事项", "次数", "工单"), _households(found), (2, 1.5, 0.8, 4))
    page.heading("低电压的话")
    page.grid(("工单", "时间", "住户怎么说"), _voltage(found), (1.6, 1.2, 5))
    page.heading("建议（由运检填写）")
    page.words("改造内容：\n\n预计投资：\n\n要求完成时间：\n\n填报人：　　　　　　审核人：")
    return bytes(page.output())


def _outages(found: Evidence) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (
            one.outage_code,
            KIND_WORDS[one.kind],
            f"{one.starts_at:%m-%d %H:%M}",
            f"{one.restored_at:%m-%d %H:%M}" if one.restored_at else "—",
            one.reason or "未填",
        )
        for one in found.outages
    ]
    return rows or [("没有", "", "", "", "")]


def _households(found: Evidence) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (one.place, one.category, str(one.times), "、".join(one.numbers))
        for one in found.households
    ]
    return rows or [("没有", "", "", "")]


def _voltage(found: Evidence) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (one.number, f"{one.created_at:%m-%d %H:%M}", mask_text(one.text)[:WORDS_LENGTH])
        for one in found.voltage
    ]
    return rows or [("没有", "", "")]
