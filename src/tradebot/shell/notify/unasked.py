"""What tells people something though nothing happened?"""

from collections.abc import Callable, Mapping

from tradebot.ports import Calendar
from tradebot.shell.health import Health
from tradebot.shell.notify.alerts import Alerts
from tradebot.shell.notify.ping import Ping
from tradebot.shell.notify.timetable import Timetable
from tradebot.shell.supervisor import Run


def unasked(
    alerts: Alerts, health: Health, calendars: Mapping[str, Calendar], tell: Callable[[str], None],
    *, is_rehearsal: bool,
) -> dict[str, Run]:
    """Return the timetable, and the signs of life to the outside; a rehearsal gives none."""
    patient = health.patient
    timetable = Timetable(
        alerts, patient.views, health.document, calendars=calendars, clock=patient.spine.clock,
    )
    if is_rehearsal:
        return {"timetable of alerts": timetable.run}
    ping = Ping(alerts, health.document, tell)
    patient.spine.state.listeners.append(ping.on_state)
    return {"timetable of alerts": timetable.run, "signs of life": ping.run}
