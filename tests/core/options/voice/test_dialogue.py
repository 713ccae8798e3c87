"""What does the desk make of each thing heard, and when does a voice approve?"""

from decimal import Decimal
from pathlib import Path

import pytest
from tools import phrases

from tradebot.core.model.intent import Channel
from tradebot.core.options.voice import dialogue
from tradebot.core.options.voice.dialogue import (
    Answered,
    ApproveOffer,
    AskDesk,
    Finished,
    Happening,
    PlainDeed,
    RejectOffer,
    Staged,
    Talk,
    TalkMode,
    Turn,
    Unheard,
    Utterance,
    at_most,
    likeness,
    read_back,
    step,
)

OFFER = Staged(
    draft_id="d1", digest="abc", trade="SPY iron condor", stake=at_most(Decimal(412))
)
READ_BACK = "Approve SPY iron condor, maximum loss four hundred twelve dollars?"
LISTENING = Talk()
CHECKING = Talk(mode=TalkMode.CHECKING, request="SPY condor two contracts")
SHOWN = Talk(mode=TalkMode.APPROVING, offer=OFFER, said=READ_BACK)
READ = Talk(mode=TalkMode.APPROVING, offer=OFFER, said=READ_BACK, read="abc")
HOSTILE = phrases.load(Path(__file__).parent.parent / "words" / "hostile.tsv")


def spoken(text: str, confidence: str = "0.9", freely: str | None = None) -> Utterance:
    return Utterance(
        text=text, channel=Channel.SPOKEN, confidence=Decimal(confidence),
        freely=text if freely is None else freely,
    )


def typed(text: str) -> Utterance:
    return Utterance(text=text, channel=Channel.TYPED)


def turned(talk: Talk, *happened: Happening) -> Turn:
    turn = Turn(talk=talk)
    for one in happened:
        turn = step(turn.talk, one)
    return turn


APPROVED = ApproveOffer(draft_id="d1", digest="abc")
REQUEST = AskDesk(text="SPY iron condor", channel=Channel.SPOKEN)


@pytest.mark.parametrize(("talk", "heard", "deed", "mode"), [
    (LISTENING, spoken("SPY iron condor"), REQUEST, TalkMode.LISTENING),
    (LISTENING, spoken("SPY iron condor", "0.3", "by iron con"), REQUEST, TalkMode.LISTENING),
    (LISTENING, spoken("SPY iron condor", "0.1"), None, TalkMode.LISTENING),
    (LISTENING, spoken("SPY condor two contracts"), None, TalkMode.CHECKING),
    (LISTENING, spoken("approve"), None, TalkMode.LISTENING),
    (LISTENING, typed("yes"), None, TalkMode.LISTENING),
    (LISTENING, Unheard.SILENCE, None, TalkMode.LISTENING),
    (LISTENING, spoken("stop"), None, TalkMode.OVER),
    (LISTENING, spoken("status"), PlainDeed.STATUS, TalkMode.LISTENING),
    (CHECKING, spoken("yes"), AskDesk(text=CHECKING.request, channel=Channel.SPOKEN),
     TalkMode.LISTENING),
    (CHECKING, spoken("no"), None, TalkMode.LISTENING),
    (CHECKING, spoken("approve"), None, TalkMode.CHECKING),
    (CHECKING, Unheard.SILENCE, None, TalkMode.LISTENING),
    (READ, spoken("approve"), APPROVED, TalkMode.LISTENING),
    (READ, spoken("approve", "0.5"), None, TalkMode.APPROVING),
    (READ, spoken("approve", freely="i would approve it"), None, TalkMode.APPROVING),
    (READ, spoken("approve", freely="of course not"), None, TalkMode.APPROVING),
    (SHOWN, spoken("approve"), None, TalkMode.APPROVING),
    (SHOWN, typed("approve"), APPROVED, TalkMode.LISTENING),
    (READ, spoken("reject"), RejectOffer(draft_id="d1"), TalkMode.LISTENING),
    (READ, spoken("yes"), None, TalkMode.APPROVING),
    (READ, spoken("status"), PlainDeed.STATUS, TalkMode.APPROVING),
    (READ, spoken("help"), None, TalkMode.APPROVING),
    (READ, spoken("kill", "0.3", "kill"), PlainDeed.KILL, TalkMode.LISTENING),
    (READ, spoken("kill", "0.9", "she came home"), None, TalkMode.APPROVING),
    (READ, Unheard.SILENCE, None, TalkMode.LISTENING),
    (READ, Unheard.NOISE, None, TalkMode.LISTENING),
    (READ, spoken("stop"), None, TalkMode.OVER),
])
def test_each_thing_heard_does_this_and_leads_there(
    talk: Talk, heard: Happening, deed: object, mode: TalkMode
) -> None:
    turn = step(talk, heard)
    assert (turn.deed, turn.talk.mode) == (deed, mode)
    assert mode is TalkMode.APPROVING or turn.talk.offer is None


def test_a_draft_is_read_back_with_what_it_may_cost() -> None:
    turn = step(LISTENING, OFFER)
    assert turn.say == READ_BACK
    assert turn.talk.mode is TalkMode.APPROVING
    assert not turn.talk.read


def test_a_voice_approves_once_the_read_back_of_that_draft_was_spoken_to_its_end() -> None:
    heard = spoken("approve")
    assert turned(LISTENING, OFFER, heard).why_not == "not read to its end"
    assert turned(LISTENING, OFFER, Finished(text="Approve SPY"), heard).deed is None
    assert turned(LISTENING, OFFER, Finished(text=READ_BACK), heard).deed == APPROVED


def test_a_read_back_counts_for_no_other_draft() -> None:
    other = Staged(draft_id="d2", digest="def", trade="SPY iron condor", stake=OFFER.stake)
    assert turned(LISTENING, OFFER, Finished(text=READ_BACK), other, spoken("approve")).deed is None


def test_a_second_doubtful_hearing_leaves_the_draft() -> None:
    doubtful = spoken("approve", "0.5")
    once = step(READ, doubtful)
    assert (once.talk.mode, once.say) == (TalkMode.APPROVING, READ_BACK)
    assert turned(READ, doubtful, spoken("approve")).deed == APPROVED
    twice = step(once.talk, doubtful)
    assert (twice.talk.mode, twice.deed) == (TalkMode.LISTENING, None)
    assert "The draft of SPY iron condor stays." in twice.say


def test_a_draft_whose_loss_is_unknown_is_approved_by_nobody_here() -> None:
    unknown = Staged(draft_id="d1", digest="abc", trade="SPY straddle", stake=None)
    read = turned(LISTENING, unknown, Finished(text=read_back(unknown))).talk
    for heard in (spoken("approve"), typed("approve")):
        assert step(read, heard).deed is None


def test_numbers_that_were_heard_are_said_again_before_anything_is_staged() -> None:
    turn = step(LISTENING, spoken("SPY iron condor risk at most five hundred dollars"))
    assert "five hundred dollars" in turn.say
    assert turn.deed is None
    assert isinstance(step(turn.talk, spoken("yes")).deed, AskDesk)


def test_repeat_says_the_last_words_again() -> None:
    told = step(READ, Answered(text="The state is TRADING.")).talk
    assert step(told, spoken("repeat")).say == READ_BACK
    assert turned(LISTENING, Answered(text="Which one?"), spoken("repeat")).say == "Which one?"


@pytest.mark.parametrize("talk", [LISTENING, CHECKING, SHOWN, READ])
@pytest.mark.parametrize("channel", list(Channel))
def test_no_words_do_more_than_ask_kill_or_tell(talk: Talk, channel: Channel) -> None:
    loose = ["clear-kill", "clear kill", "resume", "go live", "arm", "approve all", "yes approve"]
    for text in [*loose, *(text for text, _ in HOSTILE.rows)]:
        heard = Utterance(text=text, channel=channel, confidence=Decimal(1), freely=text)
        deed = step(talk, heard).deed
        assert deed is None or isinstance(deed, AskDesk), text
        assert deed is None or deed.text == text


@pytest.mark.parametrize(("one", "other", "alike"), [
    ("approve", "approve", "1"), ("approve", "", "0"), ("approve", "i approve", "0.933"),
    ("approve", "i would approve it", "0.636"), ("kill", "he'll", "0.444"), ("", "", "0"),
])
def test_likeness_counts_the_letters_in_common(one: str, other: str, alike: str) -> None:
    assert round(likeness(one, other), 3) == Decimal(alike)
    assert likeness(one, other) == likeness(other, one)


def test_the_bounds_stand_in_their_order() -> None:
    assert 0 < dialogue.HEARD < dialogue.SURE < 1
    assert 0 < dialogue.ALIKE < dialogue.VERY_ALIKE < 1
