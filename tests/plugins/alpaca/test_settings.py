"""Which settings of an account at Alpaca are refused before anything is asked?"""

from typing import Any

import pytest
from tests.plugins.alpaca.playing import settings_for

from tradebot.core.model.secret import Secret
from tradebot.plugins.alpaca.account import check_account, check_key
from tradebot.ports import LoginRefused

ACCOUNT = {
    "account_number": "PA3FAKE00001", "status": "ACTIVE", "account_blocked": False,
    "trading_blocked": False, "trade_suspended_by_user": False,
}


def test_play_money_is_the_usual_and_has_an_address_of_its_own() -> None:
    assert settings_for().rest_url == "https://paper-api.alpaca.markets"
    assert settings_for(paper=False).socket_url == "wss://api.alpaca.markets/stream"


@pytest.mark.parametrize("changed", [
    {"url": "http://api.example.com"}, {"url": "ftp://127.0.0.1"}, {"url": "https://a@b.com"},
    {"stream_url": "ws://api.example.com/stream"}, {"stream_url": "https://127.0.0.1/stream"},
    {"key": Secret("")}, {"secret": Secret("two words")}, {"secret": Secret("l\u00f8ng")},
])
def test_nothing_goes_out_unencrypted_or_under_a_key_that_is_none(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected") as refused:
        settings_for(**changed)
    assert "two words" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]"])
def test_this_machine_may_be_asked_in_the_clear(url: str) -> None:
    assert settings_for(url=url + "/").rest_url == url


@pytest.mark.parametrize(("key", "paper"), [("AKLIVE", True), ("PKTEST", False)])
def test_a_key_for_the_other_money_is_refused_before_anybody_hears_of_it(
    key: str, paper: bool
) -> None:
    with pytest.raises(LoginRefused, match="see `paper`"):
        check_key(settings_for(key=Secret(key), paper=paper))


@pytest.mark.parametrize("changed", [
    {"account_number": "123456789"}, {"status": "ONBOARDING"}, {"trading_blocked": True},
    {"account_blocked": True}, {"trade_suspended_by_user": True}, {"trading_blocked": None},
])
def test_an_account_that_may_not_be_traded_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(LoginRefused):
        check_account(settings_for(), ACCOUNT | changed)


def test_the_account_that_is_meant_passes_and_another_does_not() -> None:
    check_account(settings_for(account="PA3FAKE00001"), ACCOUNT)
    with pytest.raises(LoginRefused, match="not PA3OTHER"):
        check_account(settings_for(account="PA3OTHER"), ACCOUNT)
