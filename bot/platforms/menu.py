"""The Official Account's menu: three buttons of up to five, whose keys CONTRACT.md names."""

from typing import Any, Protocol

# At most 16 bytes for a button, 60 for one below it.
MENU: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("停电报修", (("报修", "REPORT"), ("停电信息", "OUTAGES"), ("进度", "PROGRESS"))),
    ("电费办电", (("电费", "BILL"), ("办电", "APPLY"), ("绑定", "BIND"))),
    ("找人帮忙", (("人工", "PERSON"), ("意见", "OPINION"))),
)


class Client(Protocol):
    def create_menu(self, buttons: list[dict[str, Any]]) -> None: ...


def buttons() -> list[dict[str, Any]]:
    """The menu as the platform takes it; every button is a click, which opens a talk."""
    return [
        {
            "name": name,
            "sub_button": [{"type": "click", "name": words, "key": key} for words, key in below],
        }
        for name, below in MENU
    ]


def push(client: Client) -> None:
    """Replace the account's menu by ours; phones show it within five minutes."""
    client.create_menu(buttons())
