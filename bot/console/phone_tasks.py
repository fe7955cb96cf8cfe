"""Households that are phoned or visited about an outage: who did it, with proof."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults
from bot.console import outages as pages
from bot.console.may import STAFF
from bot.parts import Parts
from handlers.errors import NotAllowedError
from handlers.outages import phoning
from handlers.outages.models import Outage, PhoneTask


def register(console: Blueprint, parts: Parts) -> None:
    @console.post("/phone-tasks/<int:task_id>")
    @only(*STAFF)
    def finish_task(task_id: int) -> ResponseReturnValue:
        who = person()
        with parts.working() as desk:
            task = desk.session.get(PhoneTask, task_id)
            if task is None:
                abort(404)
            code = desk.session.get_one(Outage, task.outage_id).outage_code
            faults.show_again(lambda: pages.page(parts, code))
            if not pages.may_finish(desk, task, who):
                raise NotAllowedError("这个任务不是派给您的。")
            phoning.finish(desk, task_id, by=who.userid, proof=request.form.get("proof", ""))
            audit.write(
                desk.session,
                actor=who.userid,
                action="phone_task",
                subject=str(task_id),
                now=desk.now,
            )
        flash("已记下，这几户算通知到了。")
        return redirect(url_for(".outage", code=code))
