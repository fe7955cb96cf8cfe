"""What cannot be done is said on the page it was asked on, with what was typed kept."""

from collections.abc import Callable

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from handlers.errors import DomainError, NotAllowedError, NotFoundError, StateConflictError

STATUS: dict[type[DomainError], int] = {
    NotFoundError: 404,
    NotAllowedError: 403,
    StateConflictError: 409,
}
UNUSABLE, NOT_FOUND = 422, 404
WORDS = {
    401: ("请先登录", "登录已过期，请重新登录，再做一次。"),
    403: ("不能看", "您的岗位没有这一页的权限。需要的话请找站长或管理员。"),
    404: ("没有找到", "没有这条记录，或者它不在您的站里。"),
    405: ("没有找到", "没有这个地址。"),
    413: ("文件太大", "一次最多 25 MB，请换小一点的照片。"),
}
STALE = "刚才有别人也在改，没有保存。请看一眼最新情况，再提交一次。"
LAPSED = "页面放得太久，没有保存。请返回上一页刷新后再提交。"


def register(console: Blueprint) -> None:
    console.register_error_handler(DomainError, tell)
    console.register_error_handler(StaleDataError, _tell_stale)
    console.register_error_handler(CSRFError, _tell_lapsed)
    console.register_error_handler(HTTPException, _tell_plainly)


def show_again(page: Callable[[], str]) -> None:
    """The page on which a fault of this request is to be said."""
    g.again = page


def tell(fault: DomainError) -> ResponseReturnValue:
    status = next((code for kind, code in STATUS.items() if isinstance(fault, kind)), UNUSABLE)
    page = g.pop("again", None)
    if page is None:
        return _plain("没有办成", fault.message), status
    g.fault, g.typed = fault, request.form
    return page(), UNUSABLE if status == NOT_FOUND else status


def _tell_stale(_: StaleDataError) -> ResponseReturnValue:
    return tell(StateConflictError(STALE))


def _tell_lapsed(_: CSRFError) -> ResponseReturnValue:
    return _plain("没有保存", LAPSED), 400


def _tell_plainly(fault: HTTPException) -> ResponseReturnValue:
    code = fault.code or 500
    title, words = WORDS.get(code, ("没有办成", "这一步没有办成，请返回再试。"))
    return _plain(title, words), code


def _plain(title: str, words: str) -> str:
    return render_template("console/fault.html", title=title, words=words)
