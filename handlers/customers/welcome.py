"""The first words to someone who follows or scans, in the account's own voice."""

from handlers.customers import places
from handlers.desk import Desk
from handlers.dialogue.turn import Reply
from handlers.grid import queries as grid
from handlers.grid.models import Community

COMMUNITY_SCENE = "community_"

GREETING = (
    "您好，这里是供电服务站。打字告诉我就行，比如：\n"
    "· 3栋没电了——报修，师傅上门\n"
    "· 明天停电吗——查停电信息\n"
    "· 这个月电费多少——先绑定户号\n"
    "· 想装充电桩——办电、查进度\n"
    "电线落地、起火、有人触电：先离开现场，打 {hotline} 或 119、120。\n"
    "随时回「人工」找人，回「大字」用简短版。"
)
AGAIN = "您好，又见面了。有事直接打字告诉我；急事打 {hotline}。"
YOUR_COMMUNITY = "已记下您在{community}，停电、来电会通知您。"
YOUR_MANAGER = "您的网格经理：{name}，电话 {phone}。"
UNKNOWN_CODE = "这个码对应的小区还没登记，直接告诉我小区名就行。"
SERVICES = (
    "想办哪一项？直接打字告诉我：\n"
    "· 装充电桩\n"
    "· 装光伏\n"
    "· 新装用电、增容、三相电、临时用电\n"
    "· 换电价（峰谷、一户多人口）\n"
    "· 过户、改名、改电话\n"
    "· 销户\n"
    "· 校表、移表\n"
    "要看材料，就说「装充电桩要什么材料」。"
)


def greet(desk: Desk, openid: str, scene: str = "", *, is_new: bool = True) -> Reply:
    """What the account can do; the scene `community_<code>` says where the resident lives.

    Who follows already hears only what the scanned code changed.
    """
    hello = (GREETING if is_new else AGAIN).format(hotline=desk.tables.contacts.hotline)
    if not scene.startswith(COMMUNITY_SCENE):
        return Reply(hello)
    community = desk.session.get(Community, scene.removeprefix(COMMUNITY_SCENE))
    if community is None:
        return Reply(f"{hello}\n\n{UNKNOWN_CODE}")
    places.remember_place(desk, openid, community.community_code)
    lines = [YOUR_COMMUNITY.format(community=community.name)]
    if (manager := _manager(desk, community.community_code)) is not None:
        lines.append(manager)
    return Reply(f"{hello}\n\n" + "\n".join(lines))


def services(desk: Desk) -> Reply:
    """What can be applied for, for the menu's key 办电."""
    return Reply(SERVICES)


def _manager(desk: Desk, community_code: str) -> str | None:
    spot = grid.locate(desk.session, community_code)
    if spot is None:
        return None
    members = grid.grid_members(desk.session, spot.grid.grid_code)
    person = next((staff for duty, staff in members if duty.is_responsible), None)
    return YOUR_MANAGER.format(name=person.name, phone=person.phone) if person else None
