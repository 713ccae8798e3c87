"""What does an e-mail about an alert look like? One message, as plain text and as HTML."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Final

from tradebot.core.model.alert import Alert, Level
from tradebot.plugins.notifiers.wording import (
    alert_id,
    as_text,
    fitted,
    lines,
    one_line,
    told_fields,
)

_COLOURS: Final[Mapping[Level, str]] = {
    Level.INFO: "#36a64f", Level.WARNING: "#ff9900", Level.CRITICAL: "#ff0000",
}
_SUBJECT, _TEXT, _FIELDS = 200, 16_000, 100
_ROW: Final = '<tr><th align="left" valign="top">{}</th><td>{}</td></tr>'
_PAGE: Final = """\
<!doctype html>
<html><body style="font-family: sans-serif">
<div style="border-left: 6px solid {colour}; padding-left: 12px">
<p style="color: {colour}; margin: 0">{level}</p>
<h2 style="margin: 0">{title}</h2>
<p style="white-space: pre-wrap">{text}</p>
<table>{rows}</table>
<p style="color: #666666">{at}</p>
</div>
</body></html>
"""


def message(alert: Alert, sender: str, recipients: tuple[str, ...]) -> EmailMessage:
    """Write a message; its id and date are the alert's, so that a repeat is one."""
    told, level = EmailMessage(policy=SMTP), alert.level.upper()
    told["From"], told["To"] = sender, ", ".join(recipients)
    told["Subject"] = fitted(f"{level}: {one_line(alert.title)}", _SUBJECT)
    told["Date"] = format_datetime(alert.at)
    told["Message-ID"] = f"<{alert_id(alert)}@{domain(sender)}>"
    told["Auto-Submitted"] = "auto-generated"  # no absent reader's machine answers it
    if alert.level is Level.CRITICAL:
        told["Importance"] = "high"
    words = (f"{level}: {one_line(alert.title)}", as_text(alert), f"{alert.at:%F %T}Z")
    told.set_content(fitted("\n\n".join(filter(None, words)), _TEXT) + "\n")
    told.add_alternative(_html(alert), subtype="html")
    return told


def domain(address: str) -> str:
    return address.rpartition("@")[2]


def _html(alert: Alert) -> str:
    fields = told_fields(alert, _FIELDS)
    return _PAGE.format(
        colour=_COLOURS[alert.level], level=alert.level.upper(),
        title=escape(one_line(alert.title)),
        text=fitted(lines(alert.text).strip(), _TEXT, escape),
        rows="".join(_ROW.format(escape(name), escape(value)) for name, value in fields),
        at=f"{alert.at:%F %T}Z",
    )
