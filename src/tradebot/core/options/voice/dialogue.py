"""What does the desk answer to a voice, and when may a voice approve? No sound, no waiting.

A voice approves a draft only by a word that was surely heard, and after the read-back of that very
draft was spoken to its end. Silence, noise and a second doubtful hearing leave the draft where it
is. Killing needs no such care; nothing that is said here loosens anything.
"""

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from tradebot.core.model.fact import fact
from tradebot.core.model.intent import Channel
from tradebot.core.model.money import ZERO
from tradebot.core.options.voice.numbers import dollars
from tradebot.core.options.voice.sentences import CONTROLS
from tradebot.core.options.words.tokens import tokens

# How well a sentence must explain the sound, and how like it must be to what was heard freely:
# a request is read back in numbers or as a draft, an answer acts at once. tools/voice_bench.py
# measures what these let through.
HEARD: Final = Decimal("0.22")
ALIKE: Final = Decimal("0.40")
SURE: Final = Decimal("0.60")
VERY_ALIKE: Final = Decimal("0.75")
_DOUBTS_MAX: Final = 2
_ANSWERS: Final = frozenset({"approve", "reject", "yes", "no", *CONTROLS})


class TalkMode(StrEnum):
    LISTENING = "listening"
    CHECKING = "checking"  # were the numbers of a request heard rightly?
    APPROVING = "approving"
    OVER = "over"


class Unheard(StrEnum):
    """What came where words were waited for."""

    SILENCE = "silence"
    NOISE = "noise"


@fact
class Utterance:
    """Words; of spoken ones how sure they are, and what was heard when anything was possible."""

    text: str
    channel: Channel
    confidence: Decimal = ZERO
    freely: str = ""


@fact
class Finished:
    """A text was spoken to its end."""

    text: str


@fact
class Staged:
    """A staged draft; `stake` is what it may cost, None where nobody could tell."""

    draft_id: str
    digest: str
    trade: str
    stake: str | None


@fact
class Answered:
    """What the daemon answered, in words."""

    text: str


@fact
class AskDesk:
    text: str
    channel: Channel


@fact
class ApproveOffer:
    draft_id: str
    digest: str


@fact
class RejectOffer:
    draft_id: str


class PlainDeed(StrEnum):
    """What needs no draft and no words."""

    KILL = "kill"
    STATUS = "status"


Happening: TypeAlias = Utterance | Unheard | Finished | Staged | Answered
Deed: TypeAlias = AskDesk | ApproveOffer | RejectOffer | PlainDeed


@fact
class Talk:
    """Where the dialogue stands; `read` is the digest of the draft that was read to its end."""

    mode: TalkMode = TalkMode.LISTENING
    request: str = ""
    offer: Staged | None = None
    read: str = ""
    said: str = ""
    doubts: int = 0


@fact
class Turn:
    """What follows: words to say, something to do, and why what was heard was not accepted."""

    talk: Talk
    say: str = ""
    deed: Deed | None = None
    why_not: str = ""


def read_back(offer: Staged) -> str:
    return f"Approve {offer.trade}, {offer.stake or 'at an unknown loss'}?"


def at_most(max_loss: Decimal) -> str:
    return f"maximum loss {dollars(max_loss)}"


def likeness(one: str, other: str) -> Decimal:
    """Tell from 0 to 1 how many letters two texts have in common, in the same order."""
    one, other = one.replace(" ", ""), other.replace(" ", "")
    row = [0] * (len(other) + 1)
    for letter in one:
        before = row
        row = [0]
        for at, its in enumerate(other):
            row.append(before[at] + 1 if its == letter else max(row[at], before[at + 1]))
    return Decimal(2 * row[-1]) / max(1, len(one) + len(other))


def step(talk: Talk, happened: Happening) -> Turn:
    """Go on by one happening."""
    match happened:
        case Utterance():
            return _heard(talk, happened)
        case Unheard():
            if talk.mode is TalkMode.LISTENING:
                return Turn(talk=talk, why_not=happened.value)
            return _defer(talk, happened.value)
        case Finished():
            return Turn(talk=_was_read(talk, happened.text))
        case Staged():
            return _say(Talk(mode=TalkMode.APPROVING, offer=happened), read_back(happened))
        case Answered():
            return _say(talk, happened.text)
    assert_never(happened)


def _was_read(talk: Talk, text: str) -> Talk:
    if talk.offer is None or text != read_back(talk.offer):
        return talk
    return replace(talk, read=talk.offer.digest)


def _say(talk: Talk, text: str, deed: Deed | None = None, why_not: str = "") -> Turn:
    return Turn(talk=replace(talk, said=text), say=text, deed=deed, why_not=why_not)


def _heard(talk: Talk, said: Utterance) -> Turn:
    words = said.text.lower().strip(" .!?")
    if said.channel is Channel.SPOKEN and not _was_heard(words, said):
        return _doubt(talk, "too unlike what was heard")
    match words, talk.mode:
        case "", _:
            return Turn(talk=talk, why_not="no words")
        case "kill", _:
            return _say(Talk(), "Killing.", PlainDeed.KILL)
        case "stop", _:
            return _say(Talk(mode=TalkMode.OVER), "Goodbye." + _what_stays(talk))
        case "status", _:
            return Turn(talk=talk, deed=PlainDeed.STATUS)
        case "help", _:
            return _say(talk, _HELP[talk.mode])
        case "repeat", _:
            again = read_back(talk.offer) if talk.offer else talk.said
            return _say(talk, again or _HELP[talk.mode])
        case "approve", TalkMode.APPROVING:
            return _approve(talk, said)
        case "reject", TalkMode.APPROVING if talk.offer:
            return _say(Talk(), "Rejected.", RejectOffer(draft_id=talk.offer.draft_id))
        case "yes", TalkMode.CHECKING:
            return _ask(talk.request, Channel.SPOKEN)
        case "no" | "reject", TalkMode.CHECKING:
            return _say(Talk(), "Then say it again.")
        case "approve" | "reject" | "yes" | "no", _:
            return _say(talk, "That answers no question of mine.", why_not="no such question")
        case _:
            return _request(said)


def _was_heard(words: str, said: Utterance) -> bool:
    is_like = words not in _ANSWERS or likeness(words, said.freely) >= ALIKE
    return said.confidence >= HEARD and is_like


def _request(said: Utterance) -> Turn:
    """Pass it on; numbers that were heard are first said again."""
    has_numbers = any(token.number is not None or token.parts for token in tokens(said.text))
    if said.channel is Channel.TYPED or not has_numbers:
        return _ask(said.text, said.channel)
    checking = Talk(mode=TalkMode.CHECKING, request=said.text)
    return _say(checking, f"I heard: {said.text}. Yes or no?")


def _ask(text: str, channel: Channel) -> Turn:
    return Turn(talk=Talk(), deed=AskDesk(text=text, channel=channel))


def _approve(talk: Talk, said: Utterance) -> Turn:
    offer = talk.offer
    assert offer is not None
    if offer.stake is None:
        return _say(Talk(), f"Its loss is unknown.{_what_stays(talk)}", why_not="unknown loss")
    if said.channel is Channel.SPOKEN:
        if talk.read != offer.digest:
            return _say(talk, read_back(offer), why_not="not read to its end")
        is_sure = said.confidence >= SURE and likeness("approve", said.freely) >= VERY_ALIKE
        if not is_sure:
            return _doubt(talk, "not surely heard")
    return _say(Talk(), "Approved.", ApproveOffer(draft_id=offer.draft_id, digest=offer.digest))


def _doubt(talk: Talk, why_not: str) -> Turn:
    """Ask once to say it again; the second time all stays as it is."""
    doubts = talk.doubts + 1
    if talk.mode is not TalkMode.LISTENING and doubts >= _DOUBTS_MAX:
        return _defer(talk, why_not)
    again = read_back(talk.offer) if talk.offer else "Please say that again."
    return _say(replace(talk, doubts=doubts), again, why_not=why_not)


def _defer(talk: Talk, why_not: str) -> Turn:
    return _say(Talk(), f"I leave it.{_what_stays(talk)}", why_not=why_not)


def _what_stays(talk: Talk) -> str:
    return f" The draft of {talk.offer.trade} stays." if talk.offer else ""


_ALWAYS: Final = "Or: repeat, status, kill, stop."
_HELP: Final = {
    TalkMode.LISTENING: f"Say what to trade: open an iron condor on SPY, low risk. {_ALWAYS}",
    TalkMode.CHECKING: f"Say yes or no. {_ALWAYS}",
    TalkMode.APPROVING: f"Say approve or reject. {_ALWAYS}",
    TalkMode.OVER: "",
}
