"""Turn a notification's facts into the words of its channel, from `notifier/templates/`."""

from pathlib import Path
from typing import Any

import jinja2

FOLDER = Path(__file__).parent / "templates"


class Renderer:
    """Plain-text Jinja templates, one `<kind>.<audience>.txt` each; a missing fact is an error.

    Audiences are `resident`, `staff` and `group`.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._environment = jinja2.Environment(  # nosec B701
            loader=jinja2.FileSystemLoader(folder),
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701 - chat messages are plain text, not HTML
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def text(self, kind: str, audience: str, facts: dict[str, Any]) -> str:
        """The words; raises jinja2.TemplateNotFound or jinja2.UndefinedError for our own faults."""
        return self._environment.get_template(f"{kind}.{audience}.txt").render(facts).strip()
