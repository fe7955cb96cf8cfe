"""Scenario 4: outages through the API and the console, and who hears of them, how and when."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.console import Console
from tests.support.product import MORNING, Product, Resident, eventually
from tests.support.systems import OtherSystem, key_for

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def api(product: Product) -> OtherSystem:
    return key_for(product, "dispatch")


def outage(kind: str, *areas: str, **more: Any) -> dict[str, Any]:
    starts = {"planned": MORNING + timedelta(days=9), "temporary": MORNING + timedelta(days=2)}
    begins = starts.get(kind, MORNING - timedelta(minutes=10))
    body = {
        "kind": kind,
        "area_codes": list(areas),
        "starts_at": begins.isoformat(),
        "ends_at": (begins + 4 * HOUR).isoformat(),
        "reason": "更换配电变压器",
        "slot_reason": "上班时段居民多不在家",
    }
    return body | more


def bound_resident(product: Product, account: str, name: str) -> Resident:
    resident = product.resident(event=True)
    resident.says("绑定户号").says(account).says(name).bot_says("绑好了")
    return resident


def group(product: Product, target: str) -> list[str]:
    return [str(bubble) for bubble in product.simulator.phone("groups", target)]


def shows(product: Product, target: str, *words: str) -> None:
    def found() -> bool:
        return any(all(word in text for word in words) for text in group(product, target))

    eventually(found, f"{words} in the group {target}")


def group_of(product: Product, name: str) -> str:
    groups = product.simulator.request("GET", "groups")["items"]
    return next(row["target"] for row in groups if row["name"].startswith(name))


def confirm(product: Product, target: str) -> None:
    """The owner taps 发送 on the task that waits for the group."""
    eventually(product.simulator.confirm_all, f"a task for {target}")


def test_a_planned_outage_is_previewed_published_changed_and_cancelled(
    product: Product, api: OtherSystem
):
    shi = bound_resident(product, "3699988993", "石宇航")
    draft = api.post("outages", outage("planned", "TQ0002"), status=201)
    code = draft["outage_code"]
    assert (draft["state"], draft["coverage"]["households"]) == ("draft", 221)
    assert draft["coverage"]["told"] > 0
    assert group(product, group_of(product, "棉纺一厂宿舍用电")) == []
    api.post(f"outages/{code}/publish", {"by": "chenjing"})
    shi.hears("停电", "棉纺一厂宿舍", "更换配电变压器")
    customers, liaison = (
        group_of(product, "棉纺一厂宿舍用电"),
        group_of(product, "棉纺网格社区物业"),
    )
    shows(product, liaison, "棉纺一厂宿舍", "更换配电变压器")
    waiting = eventually(
        lambda: api.get(f"outages/{code}")["coverage"]["deliveries"].get("awaiting_owner"),
        "the group waits for its owner",
    )
    assert waiting == 1
    assert not group(product, customers)
    confirm(product, customers)
    shows(product, customers, "棉纺一厂宿舍", "更换配电变压器")
    later = (MORNING + timedelta(days=9) + 6 * HOUR).isoformat()
    api.post(f"outages/{code}/change", {"ends_at": later, "by": "chenjing"})
    shi.hears("停电有变")
    shows(product, liaison, "停电有变")
    api.post(f"outages/{code}/cancel", {"by": "chenjing"})
    shi.hears("取消，照常供电")
    shows(product, liaison, "停电取消")
    assert api.get(f"outages/{code}")["state"] == "cancelled"


def test_what_is_missing_is_named(api: OtherSystem):
    soon = MORNING + timedelta(days=3)
    late = outage("planned", "TQ0006") | {
        "starts_at": soon.isoformat(),
        "ends_at": (soon + HOUR).isoformat(),
    }
    assert "late_reason" in str(api.post("outages", late, status=422))
    api.post("outages", late | {"late_reason": "变压器突然过热"}, status=201)
    assert "area_codes" in str(api.post("outages", outage("fault", "TQ9999"), status=422))


def test_a_fault_is_told_at_once_asked_about_without_a_ticket_and_its_end_is_told(
    product: Product, api: OtherSystem
):
    body = outage("fault", "TQ0006", reason="电缆被挖断")
    code = api.post("outages", body, status=201)["outage_code"]
    api.post(f"outages/{code}/publish")
    shows(product, group_of(product, "棉纺网格社区物业"), "印染厂宿舍", "电缆被挖断")
    asking = product.resident()
    asking.says("怎么没电了").says("印染厂宿舍")
    if "几栋" in asking.last:
        asking.says("1栋")
    asking.bot_says("电缆被挖断", "来电")
    assert not product.tickets(openid=asking.openid)
    reporting = product.resident()
    reporting.says("印染厂宿舍2栋停电了").bot_says("电缆被挖断", "来电了我马上告诉您")
    assert not product.tickets(openid=reporting.openid)
    api.post(f"outages/{code}/restore")
    for resident in (asking, reporting):
        resident.hears("已恢复供电", "您家来电了吗")
    asking.says("来电了，谢谢").bot_says("知道您家来电了")
    reporting.says("还没来电").bot_says("还是印染厂宿舍2栋吗").says("是").bot_says("单号")
    assert product.ticket_of(reporting).category == "outage"


def test_a_temporary_outage_from_the_console(product: Product):
    duty = Console(product, "chenjing")
    begins = MORNING + timedelta(days=2)
    form = {
        "kind": "temporary",
        "area_codes": "TQ0008",
        "starts_at": f"{begins:%Y-%m-%dT%H:%M}",
        "ends_at": f"{begins + 2 * HOUR:%Y-%m-%dT%H:%M}",
        "reason": "更换接户线",
        "slot_reason": "影响户数少",
    }
    page = duty.post("/console/outages/new", form)
    assert "已登记为草稿" in page.text
    assert "发布" in page.text
    page = duty.post(f"{page.url.path}/publish", {})
    assert "更换接户线" in page.text
    assert "已发布" in page.text
    duty.close()


def test_staff_publish_a_fault_in_words(product: Product):
    manager = product.manager("chenjing")
    manager.says("停电 故障 TQ0040 16:30 电缆烧坏").bot_says("TD2026", "电缆烧坏")
    code = next(word for word in manager.last.split() if word.startswith("TD2026"))
    manager.says(f"停电 送电 {code}").bot_says(code, "已送电")
    product.manager("wanxuemei").says("停电 故障 TQ0041 16:30 电缆烧坏").bot_says("这项操作要")
