"""Does one link let one browser in, and does status say where?"""

from pathlib import Path

from tests.cli.asked import Out, told
from tests.shell.api.over_tcp import listening
from tests.tiny_daemon import TinyDaemon, served


def test_the_link_holds_a_code_that_opens_one_login_and_no_token(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    with listening(daemon, tmp_path) as place:
        code, said, _ = told(capsys, tmp_path, "dashboard")
        link = said.split()[0]
        assert (code, link.partition("#code=")[0]) == (0, f"{place.origin}/login")
        assert place.token not in said
        body = {"code": link.partition("#code=")[2]}
        assert place.ask("POST", "/api/v1/session", body).document["name"] == "dashboard"
        assert place.ask("POST", "/api/v1/session", body).status == 401


def test_without_the_port_there_is_no_link_but_a_reason(
    daemon: TinyDaemon, tmp_path: Path, capsys: Out
) -> None:
    with served(daemon, tmp_path):
        code, _, trouble = told(capsys, tmp_path, "dashboard")
    assert (code, "not served over TCP" in trouble) == (6, True)
