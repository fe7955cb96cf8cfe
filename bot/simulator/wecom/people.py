"""WeCom's token and its members."""

from typing import Any

from bot.simulator.gateway import Answer, Call, Table, get, post
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.people import Member
from bot.simulator.parts.world import World

OK = {"errcode": 0, "errmsg": "ok"}


def token(sim: World, call: Call) -> Answer:
    app = sim.config.wecom
    if call.query.get("corpid") != app.corp_id:
        raise Refusal(40013)
    if call.query.get("corpsecret") != app.secret:
        raise Refusal(40001)
    issued = sim.tokens.wecom(sim.now())
    left = int(issued.expires_at - sim.now())
    return {**OK, "access_token": issued.value, "expires_in": left}


def _profile(member: Member) -> dict[str, Any]:
    return {
        "userid": member.userid,
        "name": member.name,
        "department": [1],
        "position": member.role,
        "status": 1 if member.active else 2,
        "main_department": 1,
    }


def read(sim: World, call: Call) -> Answer:
    member = sim.memory.members.addressed(call.query.get("userid", ""))
    if member is None:
        raise Refusal(60111)
    return {**OK, **_profile(member)}


def simple_list(sim: World, _call: Call) -> Answer:
    members = [
        {"userid": m.userid, "name": m.name, "department": [1]} for m in sim.memory.members.all()
    ]
    return {**OK, "userlist": members}


def ids(sim: World, _call: Call) -> Answer:
    users = [{"userid": m.userid, "department": 1} for m in sim.memory.members.all()]
    return {**OK, "next_cursor": "", "dept_user": users}


def by_mobile(sim: World, call: Call) -> Answer:
    mobile = str(call.need("mobile"))
    for member in sim.memory.members.all():
        if member.mobile == mobile:
            return {**OK, "userid": member.userid}
    raise Refusal(46004, "user not exist")


def departments(_sim: World, _call: Call) -> Answer:
    return {**OK, "department_id": [{"id": 1, "parentid": 0, "order": 1}]}


TABLE: Table = {
    "cgi-bin/gettoken": get(token, token=False),
    "cgi-bin/user/get": get(read),
    "cgi-bin/user/simplelist": get(simple_list),
    "cgi-bin/user/list_id": post(ids),
    "cgi-bin/user/getuserid": post(by_mobile),
    "cgi-bin/department/simplelist": get(departments),
}
