"""Messages to residents' groups (客户群): tasks that a group's owner must confirm, and their state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.platforms.api import TokenApi
from bot.platforms.errors import NEVER, PlatformRefusedError
from bot.platforms.http import Answer
from bot.platforms.texts import cut_bytes

TEXT_BYTES = 4000
MAX_PAGES = 50
NO_CUSTOMER = 41048
PREFIX = "cgi-bin/externalcontact/"


@dataclass(frozen=True, slots=True)
class CustomerGroups:
    """Nothing here is seen by residents until the owner taps 发送 in his client."""

    api: TokenApi

    def create_group_message(self, owner: str, chat_ids: list[str], text: str) -> str:
        """Make one task for groups of one owner; returns its msgid."""
        body = {
            "chat_type": "group",
            "sender": owner,
            "chat_id_list": chat_ids,
            "text": {"content": cut_bytes(text, TEXT_BYTES)},
        }
        answer = self.api.post(f"{PREFIX}add_msg_template", body)
        failed = answer.get("fail_list") or []
        if chat_ids and set(chat_ids) <= set(failed):
            raise PlatformRefusedError("no group of this owner", NO_CUSTOMER, NEVER)
        return str(answer.get("msgid", ""))

    def group_message_tasks(self, msgid: str) -> list[tuple[str, int]]:
        """(userid, status) of those who must confirm: 0 not yet, 2 sent."""
        rows = self._pages("get_groupmsg_task", {"msgid": msgid, "limit": 1000}, "task_list")
        return [(str(row.get("userid", "")), _int(row, "status")) for row in rows]

    def group_message_results(self, msgid: str, userid: str) -> list[tuple[str, int, int]]:
        """(chat_id, status, send_time): 0 unsent, 1 sent, 2 no friend, 3 the month's quota is used.

        `send_time` is in seconds since the epoch, 0 where unsent.
        """
        body = {"msgid": msgid, "userid": userid, "limit": 1000}
        rows = self._pages("get_groupmsg_send_result", body, "send_list")
        return [
            (str(row["chat_id"]), _int(row, "status"), _int(row, "send_time"))
            for row in rows
            if row.get("chat_id")
        ]

    def group_messages(self, start: datetime, end: datetime) -> list[Answer]:
        """The tasks made between two moments, at most a month apart, as the platform lists them."""
        body = {
            "chat_type": "group",
            "start_time": int(start.timestamp()),
            "end_time": int(end.timestamp()),
            "limit": 100,
        }
        return list(self._pages("get_groupmsg_list_v2", body, "group_msg_list"))

    def remind(self, msgid: str) -> None:
        """Remind the owner: three times in 24 hours for a task."""
        self.api.post(f"{PREFIX}remind_groupmsg_send", {"msgid": msgid})

    def cancel(self, msgid: str) -> None:
        self.api.post(f"{PREFIX}cancel_groupmsg_send", {"msgid": msgid})

    def _pages(self, name: str, body: Answer, listed: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        for _ in range(MAX_PAGES):
            answer = self.api.post(PREFIX + name, {**body, "cursor": cursor} if cursor else body)
            yield from (row for row in answer.get(listed) or [] if isinstance(row, dict))
            cursor = str(answer.get("next_cursor") or "")
            if not cursor:
                return


def _int(row: dict[str, Any], name: str) -> int:
    """A number that the platform sometimes sends as text."""
    value = str(row.get(name) or 0)
    return int(value) if value.isdigit() else 0
