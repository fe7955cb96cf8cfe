"""The control API from a shell or a test: `gridbot sim send|trigger|storm` stand on this."""

from typing import Any, Self
from urllib.parse import quote

import httpx

STREAM_SECONDS = 400.0  # longer than the platform lets a group bot's stream run
EVENTS = ("subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW", "LOCATION")
UNRULY = ("drop", "duplicate", "concurrent", "delay", "reorder", "bad_signature", "stale")
OTHERS = ("confirm", "verify", "reset", "forward", "fault", "tokens")
TRIGGERS = (*EVENTS, *UNRULY, *OTHERS)


class SimulatorError(Exception):
    """The simulator cannot be reached, or refuses what was asked of it."""


class SimulatorClient:
    """`base` is where the simulator answers, with or without `/sim`."""

    def __init__(self, base: str, *, timeout: float = STREAM_SECONDS) -> None:
        self._http = httpx.Client(base_url=base.rstrip("/"), trust_env=False, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def request(self, method: str, path: str, **options: Any) -> Any:
        try:
            response = self._http.request(method, f"/api/{path}", **options)
        except httpx.HTTPError as error:
            raise SimulatorError(f"模拟器没有回应：{error}") from error
        if response.is_error:
            raise SimulatorError(f"模拟器不接受（{response.status_code}）：{response.text.strip()}")
        return response.json() if response.content else None

    def resident(self, who: str = "", **options: Any) -> str:
        """Find a resident by name or openid, or make a new one of that name; give the openid."""
        for known in self.request("GET", "residents")["items"]:
            if who and who in {known["openid"], known["name"]}:
                return str(known["openid"])
        return str(self.request("POST", "residents", json={"name": who, **options})["openid"])

    def send(self, text: str, *, who: str = "", **fields: Any) -> dict[str, Any]:
        """Write to the Official Account as `who` and give what came of it."""
        path = f"residents/{self.resident(who)}/send"
        outcome: dict[str, Any] = self.request("POST", path, json={"content": text, **fields})
        return outcome

    def member_sends(self, userid: str, text: str) -> dict[str, Any]:
        path = f"members/{quote(userid)}/send"
        outcome: dict[str, Any] = self.request("POST", path, json={"content": text})
        return outcome

    def press(self, userid: str, key: str, *, task_id: str = "") -> dict[str, Any]:
        path, body = f"members/{quote(userid)}/press", {"key": key, "task_id": task_id}
        outcome: dict[str, Any] = self.request("POST", path, json=body)
        return outcome

    def group_sends(self, target: str, userid: str, text: str) -> dict[str, Any]:
        path, body = f"groups/{quote(target)}/send", {"userid": userid, "content": text}
        outcome: dict[str, Any] = self.request("POST", path, json=body)
        return outcome

    def phone(self, kind: str, who: str) -> list[dict[str, Any]]:
        """List the bubbles on a phone: `kind` residents, members or groups."""
        found: list[dict[str, Any]] = self.request("GET", f"{kind}/{quote(who)}/messages")["items"]
        return found

    def confirm_all(self) -> int:
        """Let every owner confirm what waits for them; give how many tasks that were."""
        waiting = [
            task
            for task in self.request("GET", "tasks")["items"]
            if task["confirmed_at"] is None and not task["cancelled"]
        ]
        for task in waiting:
            self.request("POST", f"tasks/{quote(task['msgid'])}/confirm")
        return len(waiting)

    def trigger(self, name: str, *, who: str = "", **options: Any) -> Any:
        """Make something happen: an event of a resident, an unruly delivery, or one of `OTHERS`."""
        if name in EVENTS:
            path = f"residents/{self.resident(who)}/send"
            return self.request("POST", path, json={**options, "type": name})
        if name in UNRULY:
            body = {name: int(options.pop("times", 1)), **options}
            return self.request("POST", "switches", json=body)
        if name == "confirm":
            return {"confirmed": self.confirm_all()}
        paths = {
            "forward": ("clock", {"forward": options.get("seconds", 0)}),
            "fault": ("faults", options),
            "tokens": (f"tokens/{options.get('how', 'expire')}", {}),
            "verify": ("verify", {}),
            "reset": ("reset", {}),
        }
        if name not in paths:
            raise SimulatorError(f"不认识「{name}」，可用：{'、'.join(TRIGGERS)}")
        path, body = paths[name]
        return self.request("POST", path, json=body)

    def storm(self, count: int, *, at_once: int = 8, texts: list[str] | None = None) -> Any:
        """Let `count` new residents write at once; give how many were answered and how fast."""
        body = {"count": count, "at_once": at_once, "texts": texts or []}
        return self.request("POST", "storm", json=body)
