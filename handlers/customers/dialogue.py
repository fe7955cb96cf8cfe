"""What is said about account numbers: finding, binding, unbinding, a code for the family."""

import re
from typing import Any

from handlers.customers import places, service
from handlers.customers import profile as checks
from handlers.customers.models import Customer
from handlers.customers.service import WrongProofError
from handlers.desk import Desk
from handlers.dialogue.answers import bare, is_skip, is_yes
from handlers.dialogue.form import Answers, Field, Form, RefusedError
from handlers.dialogue.turn import Choice, Door, Reply, Turn
from handlers.errors import DomainError
from handlers.grid import queries as grid
from handlers.masking import mask_number

ASK_ACCOUNT = "请发户号（10位或13位数字，电费单、缴费短信上有）。不知道户号，回「查户号」。"
ASK_PROOF = (
    "请再发登记的户主全名，或登记的完整手机号；家里人给了授权码就发授权码。\n"
    "核对上就绑定，只用来给您查电费、发停电通知和办事，随时回「解绑」删掉。"
)
BAD_ACCOUNT = "户号是10位或13位数字，请看看是不是少了一位。"
BAD_PROOF = "请只发户主全名，或完整的11位手机号。想不起来回「取消」：可以请户主给授权码，或带身份证到营业厅绑。"
TRY_AGAIN = "{why}\n请再发一次户主全名或完整手机号；户号发错了，回「改户号」。"
BOUND = "绑好了：户号{account}（{place}）。\n以后说「这个月电费多少」就能查，这里停电会提前告诉您。"
BOUND_PHONE = "登记电话尾号{tail}还在用吗？换了就回「改联系电话」。"
BOUND_MANY = "您一共绑了{count}个户号。"
BOUND_ALREADY = "户号{account}已经绑在您的微信上了，不用再绑。"
HAS_BOUND = "您已绑定：\n{lines}\n再绑一个就发户号；要解绑回「解绑」；给家人绑，回「绑定授权码」。"
LIST_BOUND = "您已绑定：\n{lines}\n再绑一个回「绑定户号」，不用了回「解绑」。"
NONE_BOUND = "您还没有绑定户号。要绑定，回「绑定户号」。"
ASK_UNBIND = "要解绑户号{account}（{place}）吗？解绑后这里不再提供它的电费和停电通知。"
ASK_UNBIND_WHICH = "要解绑哪一个户号？"
UNBOUND = "已解绑：{accounts}。要再用，回「绑定户号」。"
KEPT = "好的，没有解绑。"
CODE = (
    "授权码：{code}（户号{account}）。\n"
    "发给要绑定的家人，24小时内有效，只能用一次。家人在公众号回「绑定户号」，先发户号，再发授权码。"
)
PRIVATE = "户号是个人信息，请到公众号里私聊办理，别发在群里。"
YOUR_ACCOUNTS = "您绑定的户号：\n{lines}"
WHERE_FOUND = (
    "户号在这几处能找到：\n"
    "· 电费单、缴费短信、电子发票上的「户号」\n"
    "· 网上国网App首页，或微信、支付宝的生活缴费记录\n"
    "· 都没有：户主带身份证到营业厅查，或打 {hotline}\n"
)
HOW_TO_FIND_NOW = WHERE_FOUND + "找到了直接发给我；先不绑，回「取消」。"
HOW_TO_FIND = WHERE_FOUND + (
    "为了保护隐私，没绑定的户号这里不能直接报给您。找到后回「绑定户号」，以后随时能看。"
)
HALL = "您附近的营业厅：{name}，{address}，{hours}，电话 {phone}。"
REAL_NAME = (
    "实名认证要填户主的姓名和证件号，和登记的一字不差才行。"
    "户主换了人，先回「过户」；名字登记错了，回「改名」，改好再认证。"
)

# With one of these a message answers, though 「户主张建国」 alone reads like a change of holder.
ANSWERED_BY = ["account_number", "person", "phone"]
HOW = re.compile(
    r"查户号|(?:户号|编号).{0,4}(?:在哪|哪里|哪儿|是多少|是什么)|(?:怎么|哪里|在哪|不知道|不清楚|忘|没有).{0,6}户号"
    r"|^(?:我?(?:也)?(?:不知道|不清楚|不记得|忘了|没有|找不到))[了啊呀呢]?$"
)
UNBIND = re.compile(r"解绑|解除绑定|取消绑定|解除户号|删.{0,4}户号|不(?:要|想)绑|别绑")
FAMILY_CODE = re.compile(r"授权码|绑定码|同意码|(?:孩子|儿子|女儿|家人|家里人|老公|老婆).{0,6}绑")
LISTING = re.compile(
    r"绑了(?:哪|几|什么)|(?:哪些|几个|什么)户号|已绑定|绑定的户号|绑定了吗|绑上了吗"
)
REAL_NAME_WORDS = re.compile(r"实名|认证")
ACCOUNT = re.compile(r"\d{10}|\d{13}")
NAME_LEAD = re.compile(
    r"^(?:我?(?:是|叫)|户主(?:名|姓名)?(?:是|叫)?|姓名(?:是)?|名字(?:是|叫)?|登记的?是)"
)
PROOF = re.compile(r"[\w·•()（）\-—]{2,40}")
TALK = re.compile(
    r"吗|呢|怎么|什么|为啥|多少|哪|请问|不知道|不记得|忘了|啥|个月|一个人|电费|户主叫"
)
HAN = re.compile(r"[\u4e00-\u9fff·]+")
NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
NO_NAME = re.compile(r"[绑户号码帮我再个的是请电]|[交缴]费|发票|一下|余额|账单|多少|查询")
ALL, KEEP = "all", "keep"
BIND_FORM, UNBIND_FORM = "bind_account", "unbind_account"


def bind_account(turn: Turn, desk: Desk) -> Reply:
    """Bind, unbind, list, or give a code for the family: what the words ask for."""
    if turn.inbound.door != Door.OFFICIAL_ACCOUNT or turn.inbound.chat_id:
        return turn.finish(PRIVATE)
    words = turn.inbound.text if not turn.is_fresh else turn.text
    name = (turn.memory.get("form") or {}).get("name") if not turn.is_fresh else ""
    if name == UNBIND_FORM or UNBIND.search(words):
        return _unbind(turn, desk)
    if FAMILY_CODE.search(words) and (mine := service.bound(desk, turn.user_id)):
        return turn.finish(_family_code(turn, desk, mine))
    if turn.is_fresh and LISTING.search(words):
        return turn.finish(_listing(turn, desk))
    return _bind(turn, desk)


def find_account(turn: Turn, desk: Desk) -> Reply:
    """A resident's own numbers if they are bound; else where to find them."""
    lines = [REAL_NAME] if REAL_NAME_WORDS.search(turn.text) else []
    is_private = turn.inbound.door == Door.OFFICIAL_ACCOUNT and not turn.inbound.chat_id
    mine = service.bound(desk, turn.user_id) if is_private else []
    if mine and not lines:
        listed = "\n".join(f"· {one.account_number} {places.home_text(desk, one)}" for one in mine)
        return turn.finish(YOUR_ACCOUNTS.format(lines=listed))
    if not lines:
        lines.append(HOW_TO_FIND.format(hotline=desk.tables.contacts.hotline))
    if is_private and (hall := _hall(turn, desk)):
        lines.append(hall)
    return turn.finish("\n".join(lines))


def _bind(turn: Turn, desk: Desk) -> Reply:
    if service.is_locked(desk, turn.user_id):
        return turn.finish(service.locked_words(desk))
    form = Form(
        BIND_FORM,
        (
            Field(
                "account", ASK_ACCOUNT, name="户号", entity="account_number", parse=_read_account
            ),
            Field("proof", ASK_PROOF, parse=read_proof, read=_find_proof),
        ),
    )
    if _asks_how(turn):
        if turn.is_fresh:
            form.advance(turn)
        return _how_to_find(turn, desk)
    _take_other_account(turn)
    result = form.advance(turn)
    turn.memory["form"]["answered_by"] = ANSWERED_BY
    known = turn.memory["form"]["answers"].get("account")
    mine = service.bound(desk, turn.user_id)
    if known and any(one.account_number == known for one in mine):
        return turn.finish(BOUND_ALREADY.format(account=mask_number(known)))
    if isinstance(result, Reply):
        is_opening = turn.is_fresh and mine and not known
        return _after_listing(desk, mine, result) if is_opening else result
    return _try(turn, desk, result)


def _asks_how(turn: Turn) -> bool:
    """Whether the number is not known; once it is there, 「不记得」 is about the name."""
    if not HOW.search(turn.inbound.text) or turn.value("account_number"):
        return False
    return turn.is_fresh or not turn.memory["form"].get("answers", {}).get("account")


def _take_other_account(turn: Turn) -> None:
    """Another number in the middle of the proof is the one meant."""
    number = turn.value("account_number")
    answers = (turn.memory.get("form") or {}).get("answers", {})
    if not turn.is_fresh and number and answers.get("account"):
        answers["account"] = number


def _how_to_find(turn: Turn, desk: Desk) -> Reply:
    """Someone who was asked for the number and does not know it; the question stays open."""
    turn.memory["form"]["asking"] = "account"
    return Reply(HOW_TO_FIND_NOW.format(hotline=desk.tables.contacts.hotline), is_final=False)


def _after_listing(desk: Desk, mine: list[Customer], asked: Reply) -> Reply:
    return Reply(HAS_BOUND.format(lines=_lines(desk, mine)), asked.choices, is_final=False)


def _try(turn: Turn, desk: Desk, answers: Answers) -> Reply:
    """Check the proof; a wrong one is asked again until the openid is locked."""
    proof = answers.pop("proof")
    try:
        customer = service.prove(desk, turn.user_id, answers["account"], proof)
        service.bind(desk, turn.user_id, customer).checked_at = desk.now
    except WrongProofError as error:
        if error.is_locked:
            return turn.finish(error.message)
        turn.memory["form"]["asking"] = "proof"
        return Reply(TRY_AGAIN.format(why=error.message), is_final=False)
    except DomainError as error:
        return turn.finish(error.message)
    return turn.finish(_success(turn, desk, customer, proof))


def _success(turn: Turn, desk: Desk, customer: Customer, proof: str) -> str:
    profile = places.profile_of(desk, customer)
    lines = [BOUND.format(account=profile.account, place=profile.place)]
    if (count := len(service.bound(desk, turn.user_id))) > 1:
        lines.append(BOUND_MANY.format(count=count))
    if profile.phone_tail and not proof.isdigit():
        lines.append(BOUND_PHONE.format(tail=profile.phone_tail))
        turn.memory[checks.KEY] = customer.id
    return "\n".join(lines)


def _read_account(text: str) -> str:
    number = re.sub(r"[\s\-—]", "", text)
    if not ACCOUNT.fullmatch(number):
        raise RefusedError(BAD_ACCOUNT)
    return number


def read_proof(text: str) -> str:
    """A name, a phone or a code as it was sent; a sentence is no proof and costs no try."""
    said = NAME_LEAD.sub("", bare(text))
    if not PROOF.fullmatch(said) or TALK.search(said) or is_skip(said) or is_yes(said):
        raise RefusedError(BAD_PROOF)
    return said


def _find_proof(turn: Turn, answers: Answers) -> str | None:
    del answers
    return proof_beside(turn)


def proof_beside(turn: Turn) -> str | None:
    """A phone or a name, also where it stands beside the number: 「绑3600… 刘小勇」."""
    named = turn.value("phone") or turn.value("person")
    if named or turn.value("account_number") is None:
        return named
    words = [NAME_LEAD.sub("", word) for word in HAN.findall(turn.inbound.text)]
    names = [word for word in words if NAME.fullmatch(word) and not NO_NAME.search(word)]
    return names[-1] if len(names) == 1 else None


def _unbind(turn: Turn, desk: Desk) -> Reply:
    mine = service.bound(desk, turn.user_id)
    if not mine:
        return turn.finish(NONE_BOUND)
    if not turn.is_fresh and turn.memory["form"].get("name") != UNBIND_FORM:
        turn.memory.pop("form")
    choices = _unbind_choices(desk, mine)
    ask = ASK_UNBIND_WHICH
    if len(mine) == 1:
        profile = places.profile_of(desk, mine[0])
        ask = ASK_UNBIND.format(account=profile.account, place=profile.place)

    def named(now: Turn, answers: Answers) -> Any:
        number = now.value("account_number")
        return next((str(one.id) for one in mine if one.account_number == number), None)

    result = Form(UNBIND_FORM, (Field("which", ask, choices=choices, read=named),)).advance(turn)
    if isinstance(result, Reply):
        return result
    chosen = [one for one in mine if result["which"] in {str(one.id), ALL}]
    for one in chosen:
        service.unbind(desk, turn.user_id, one.id)
    if not chosen:
        return turn.finish(KEPT)
    accounts = "、".join(mask_number(one.account_number) or "" for one in chosen)
    return turn.finish(UNBOUND.format(accounts=accounts))


def _unbind_choices(desk: Desk, mine: list[Customer]) -> tuple[Choice, ...]:
    keep = Choice("不解绑", KEEP, ("不", "不用", "不要", "不了", "算了"))
    if len(mine) == 1:
        yes = ("是", "是的", "好", "好的", "要", "对", "确认", "确定", "嗯")
        return Choice("解绑", str(mine[0].id), yes), keep
    each = tuple(
        Choice(
            f"{mask_number(one.account_number)}（{places.home_text(desk, one)}）",
            str(one.id),
            (one.account_number, one.account_tail),
        )
        for one in mine
    )
    return *each, Choice("都解绑", ALL, ("全部", "全都", "都解")), keep


def _family_code(turn: Turn, desk: Desk, mine: list[Customer]) -> str:
    number = turn.value("account_number")
    one = next((one for one in mine if one.account_number == number), mine[0])
    code, _ = service.consent_code(desk, turn.user_id, one.id)
    return CODE.format(code=code, account=mask_number(one.account_number))


def _listing(turn: Turn, desk: Desk) -> str:
    mine = service.bound(desk, turn.user_id)
    return LIST_BOUND.format(lines=_lines(desk, mine)) if mine else NONE_BOUND


def _lines(desk: Desk, mine: list[Customer]) -> str:
    return "\n".join(
        f"· {mask_number(one.account_number)} {places.home_text(desk, one)}" for one in mine
    )


def _hall(turn: Turn, desk: Desk) -> str | None:
    where = places.known_place(desk, turn.user_id)
    spot = (
        grid.locate(desk.session, where.community_code) if where and where.community_code else None
    )
    if spot is None:
        return None
    station = spot.station
    return HALL.format(
        name=station.name, address=station.address, hours=station.hall_hours, phone=station.phone
    )
