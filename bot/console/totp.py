"""The second factor: show a secret as a picture, prove that it works, keep it."""

import io
import re

import pyotp
import qrcode
import qrcode.image.svg
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults, me
from bot.console.may import STAFF
from bot.parts import Parts
from handlers.errors import DomainError
from handlers.grid.models import Staff

ISSUER = "供电服务控制台"
SECRET = re.compile(r"[A-Z2-7]{32}")


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/me/totp")
    @only(*STAFF)
    def totp() -> ResponseReturnValue:
        return _page(pyotp.random_base32())

    @console.post("/me/totp")
    @only(*STAFF)
    def keep_totp() -> ResponseReturnValue:
        """Keep the secret once a code of it and the password were right."""
        secret = request.form.get("secret", "")
        if not SECRET.fullmatch(secret):
            secret = pyotp.random_base32()
        faults.show_again(lambda: _page(secret))
        if not pyotp.TOTP(secret).verify(request.form.get("code", "").strip(), valid_window=1):
            raise DomainError("验证码不对，请看手机上现在的 6 位数字。", field="code")
        me.prove(parts)
        _set(parts, secret)
        flash("两步验证已开通，下次登录要填验证码。")
        return redirect(url_for(".me"))

    @console.post("/me/totp/remove")
    @only(*STAFF)
    def remove_totp() -> ResponseReturnValue:
        faults.show_again(lambda: me.page(parts))
        me.prove(parts)
        _set(parts, None)
        flash("两步验证已关闭。")
        return redirect(url_for(".me"))


def _set(parts: Parts, secret: str | None) -> None:
    who = person().userid
    with parts.working() as desk:
        desk.session.get_one(Staff, who).totp_secret = secret
        action = "totp_set" if secret else "totp_removed"
        audit.write(desk.session, actor=who, action=action, subject=who, now=desk.now)


def _page(secret: str) -> str:
    address = pyotp.TOTP(secret).provisioning_uri(name=person().userid, issuer_name=ISSUER)
    picture = io.BytesIO()
    code = qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, box_size=8)
    code.save(picture)
    svg = picture.getvalue().decode().partition("?>")[2]
    return render_template("console/totp.html", secret=secret, picture=Markup(svg))  # noqa: S704 - drawn here  # nosec B704
