"""The page of what to see to, and an area's proposal as a PDF."""

import io
from collections.abc import Callable

from flask.testing import FlaskClient
from pypdf import PdfReader

from bot import chores
from bot.parts import Parts
from handlers.guide.models import UnansweredQuestion
from tests.bot.console.conftest import open_ticket

AsPerson = Callable[[str], FlaskClient]


def test_the_page_lists_households_areas_questions_and_tips(
    parts: Parts, as_person: AsPerson, numbers: list[str]
) -> None:
    again = open_ticket(parts, openid="openid-1", building="1", keeps_apart=True)
    open_ticket(parts, category="power_quality", openid="openid-v", building="2")
    with parts.working() as desk:
        desk.session.add(
            UnansweredQuestion(masked_text="电表能自己换吗", asked_at=desk.now, count=4)
        )
    chores.count_figures(parts)
    page = as_person("command").get("/dashboard/proactive").text
    assert f"/console/tickets/{again}" in page
    assert "/dashboard/areas/TQ0001/proposal.pdf" in page
    assert "电表能自己换吗（4 次）" in page
    assert "电热毯" in page
    assert again not in as_person("qiu").get("/dashboard/proactive?station=CD").text
    assert as_person("zhou").get("/dashboard/proactive").status_code == 403


def test_a_proposal_is_a_pdf_with_the_evidence_of_ones_own_area(
    parts: Parts, as_person: AsPerson, numbers: list[str]
) -> None:
    answer = as_person("hu").get("/dashboard/areas/TQ0001/proposal.pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    for words in ("设备改造建议", "棉纺一厂宿舍#1公变", "停电报修", "建议（由运检填写）"):
        assert words in text
    assert as_person("qiu").get("/dashboard/areas/TQ0001/proposal.pdf").status_code == 404
    assert as_person("hu").get("/dashboard/areas/nowhere/proposal.pdf").status_code == 404
