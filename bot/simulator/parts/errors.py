"""The platforms' error codes and how each platform words an error."""

import secrets

WECHAT_TEXTS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40015: "invalid button type",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40025: "invalid sub button name size",
    40029: "invalid code",
    40037: "invalid template_id",
    40125: "invalid appsecret",
    40163: "code been used",
    40164: "invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist",
    41001: "access_token missing",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45028: "has no masssend quota",
    45047: "out of response count limit",
    45065: "clientmsgid exist",
    45072: "invalid command",
    45080: "need message exchange with user in the last 30 seconds",
    45081: "already in typing status",
    46003: "menu not exist",
    46004: "user not exist",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
}
WECOM_TEXTS = {
    40001: "invalid credential",
    40003: "invalid userid",
    40013: "invalid corpid",
    40031: "invalid user list",
    40050: "invalid chatid",
    40056: "invalid agentid",
    40058: "invalid Request Parameter",
    45009: "api freq out of limit",
    48002: "api forbidden",
    60020: "not allow to access from your ip",
    60111: "invalid string value, userid not found",
    81013: "user & party & tag all invalid",
    84061: "not external contact",
    86001: "invalid chatid",
    86003: "chatid not exist",
    86008: "chat not created by this app",
    86215: "chatid is already existed",
    93000: "invalid webhook url",
}
HELP = "https://open.work.weixin.qq.com/devtool/query?e="


class Refusal(Exception):  # noqa: N818 - the platform refuses; the simulator is in no error
    """The platform says no: an errcode in an answer with HTTP status 200."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text


def refused(code: int, text: str = "", *, wecom: bool) -> dict[str, object]:
    """Word a refusal as the platform does: a rid at the one, a hint and a link at the other."""
    if not wecom:
        words = text or WECHAT_TEXTS.get(code, "unknown error")
        rid = "-".join(secrets.token_hex(4) for _ in range(3))
        return {"errcode": code, "errmsg": f"{words} rid: {rid}"}
    words = text or WECOM_TEXTS.get(code) or WECHAT_TEXTS.get(code, "unknown error")
    hint = f"hint: [{secrets.token_hex(12)}], from ip: 127.0.0.1"
    return {"errcode": code, "errmsg": f"{words}, {hint}, more info at {HELP}{code}"}
