"""The public outage page, JSON and RSS as files, for the web server to show while we are down."""

from http import HTTPStatus

from bot.app import create_app
from bot.parts import Parts

FILES = {
    "/h5/outages": "outages.html",
    "/h5/outages.json": "outages.json",
    "/h5/outages.rss": "outages.rss",
}


def keep(parts: Parts) -> None:
    """Write what anybody may read now; each file is whole at any moment, and says as of when."""
    folder = parts.settings.data_dir / "public"
    folder.mkdir(exist_ok=True)
    with create_app(parts).test_client() as client:
        for path, name in FILES.items():
            answer = client.get(path, base_url=parts.settings.public_url)
            if answer.status_code == HTTPStatus.OK:
                fresh = folder / f".{name}"
                fresh.write_bytes(answer.data)
                fresh.replace(folder / name)
