"""Can a URL be read in only one way, and is what points inside refused before anything is asked?"""

import pytest

from tradebot.outward.line import HttpLine
from tradebot.outward.target import Reach, Target, target

HERE = Reach(allow_private=True, allow_plain=True)


@pytest.mark.parametrize(("url", "named"), [
    ("https://hooks.slack.com/services/T0/B0/x", ("https", "hooks.slack.com", 443)),
    ("HTTPS://Hooks.Example:8443", ("https", "hooks.example", 8443)),
    ("https://hooks.example?key=a%20b&to=@all", ("https", "hooks.example", 443)),
    ("http://127.0.0.1:8080/x", ("http", "127.0.0.1", 8080)),
    ("http://[::1]/", ("http", "::1", 80)), ("https://xn--bcher-kva.example/", (
        "https", "xn--bcher-kva.example", 443)),
    ("https://1password.example/", ("https", "1password.example", 443)),
])
def test_an_ordinary_url_is_read(url: str, named: tuple[str, str, int]) -> None:
    assert target(url) == Target(scheme=named[0], host=named[1], port=named[2])


@pytest.mark.fault(107)
@pytest.mark.parametrize("url", [
    "https://127.1/", "https://127.0.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.0.0.1/", "https://0x7f.1/", "https://017700000001/", "https://0177.0.0.1/",
    "https://127.0.0.01/", "https://0/", "https://127.0.0.1./", "https://localhost./",
    "https://user@hooks.example/", "https://user:hush@hooks.example/",
    "https://hooks.example@127.0.0.1/",
    "https://hooks.example\\@127.0.0.1/", "https://hooks.example#@127.0.0.1/",
    "https://hooks.example\t@127.0.0.1/", "https://hooks.example%00.127.0.0.1/",
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://127\u30020\u30020\u30021/", "https://\u2460.example/",
    "https://[::1%25eth0]/", "https://[127.0.0.1]/", "https://[::1", "https://::1/", "https:///x",
    "https://", "https:hooks.example", "//hooks.example/", "hooks.example", "",
    " https://h.example",
    "https://h.example/\r\nHost: x", "https://h.example:/", "https://h.example:0/",
    "https://h.example:65536/", "https://h.example:+80/", "https://-h.example/",
    "https://h..example/",
    "file:///etc/passwd", "ftp://h.example/", "gopher://h.example/", "data:,x", "javascript:x",
    "http+unix://%2Frun%2Fx.sock/", f"https://{'a' * 64}.example/", f"https://{'a.' * 130}example/",
])
def test_a_url_that_could_be_read_in_two_ways_is_refused(url: str) -> None:
    """However far the line may go: nobody needs such a form."""
    with pytest.raises(ValueError, match=r"expected|[Pp]ort|IP") as caught:
        HttpLine(url, HERE)
    assert "hush" not in str(caught.value)


@pytest.mark.fault(107)
@pytest.mark.parametrize("url", [
    "https://127.0.0.1/", "https://10.1.2.3:8443/", "https://169.254.169.254/latest/meta-data",
    "https://0.0.0.0/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:0:0:1]/", "https://[::]/", "https://[fe80::1]/", "https://[2002:7f00:1::]/",
    "https://[64:ff9b::10.0.0.1]/",
])
def test_an_address_inside_is_refused_unless_it_is_allowed(url: str) -> None:
    with pytest.raises(ValueError, match="open Internet"):
        HttpLine(url, Reach())
    assert HttpLine(url, Reach(allow_private=True))


@pytest.mark.parametrize("url", ["https://1.1.1.1/", "https://[2606:4700:4700::1111]/"])
def test_an_address_outside_is_taken(url: str) -> None:
    assert HttpLine(url, Reach())


def test_plain_words_and_other_hosts_are_each_a_decision() -> None:
    with pytest.raises(ValueError, match="expected https"):
        HttpLine("http://hooks.example/", Reach())
    slack = Reach(hosts=("hooks.slack.com",))
    assert HttpLine("https://HOOKS.slack.com/x", slack)
    for url in ("https://hooks.slack.com.example/", "https://xhooks.slack.com/"):
        with pytest.raises(ValueError, match=r"expected a URL of hooks\.slack\.com"):
            HttpLine(url, slack)
