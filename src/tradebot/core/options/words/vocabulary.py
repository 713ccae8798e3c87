"""Which words does the desk know, and what does each of them say?

A row is a meaning and the phrases that have it, without hyphens; plurals go without saying. Those
that people say come first: a few of each may be spoken, all of them typed. The
longest phrase that fits wins, so an idiom ("call me", "bear in mind") keeps its words from being
taken for orders: the desk asks what is meant. A word that stands nowhere here is asked about, too.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tradebot.core.model.intent import Side
from tradebot.core.model.strategy_type import Outlook, StrategyType
from tradebot.core.options.request import DeskAction, RiskLevel

S = StrategyType
_PUT_SPREADS: Final = (S.PUT_CREDIT_SPREAD, S.PUT_DEBIT_SPREAD)
_CALL_SPREADS: Final = (S.CALL_CREDIT_SPREAD, S.CALL_DEBIT_SPREAD)
_SPREADS: Final = _PUT_SPREADS + _CALL_SPREADS

STRATEGIES: Final[Mapping[tuple[StrategyType, ...], str]] = {
    (S.LONG_CALL, S.COVERED_CALL): "call|call option",
    (S.LONG_PUT, S.CASH_SECURED_PUT): "put|put option",
    _PUT_SPREADS: "put spread|put vertical|put vertical spread|vertical put spread",
    _CALL_SPREADS: "call spread|call vertical|call vertical spread|vertical call spread",
    _SPREADS: "spread|vertical|vertical spread",
    (S.PUT_CREDIT_SPREAD, S.CALL_CREDIT_SPREAD): "credit spread|credit vertical",
    (S.PUT_DEBIT_SPREAD, S.CALL_DEBIT_SPREAD): "debit spread|debit vertical",
    (S.PUT_CREDIT_SPREAD,): "put credit spread|bull put spread|bull put|credit put spread"
        "|put credit|pcs",
    (S.CALL_CREDIT_SPREAD,): "call credit spread|bear call spread|bear call"
        "|credit call spread|call credit|ccs",
    (S.PUT_DEBIT_SPREAD,): "put debit spread|bear put spread|bear put|debit put spread|put debit"
        "|pds",
    (S.CALL_DEBIT_SPREAD,): "call debit spread|bull call spread|bull call"
        "|debit call spread|call debit|cds",
    (S.IRON_CONDOR,): "iron condor|condor|ic",
    (S.IRON_BUTTERFLY,): "iron butterfly|iron fly",
    (S.BUTTERFLY,): "butterfly|butterfly spread|fly|call butterfly|put butterfly"
        "|call fly|put fly",
    (S.LONG_STRADDLE,): "straddle",
    (S.LONG_STRANGLE,): "strangle",
    (S.CALENDAR,): "calendar|calendar spread|call calendar|put calendar|call calendar spread"
        "|put calendar spread|time spread|horizontal spread",
    (S.DIAGONAL,): "diagonal|diagonal spread|call diagonal|put diagonal|call diagonal spread"
        "|put diagonal spread|poor man's covered call|pmcc",
    (S.COVERED_CALL,): "covered call|buy write",
    (S.CASH_SECURED_PUT,): "cash secured put|secured put|csp",
    (S.PROTECTIVE_PUT,): "protective put|married put",
    (S.PROTECTIVE_PUT, S.COLLAR): "hedge|insurance",
    (S.COLLAR,): "collar|protective collar",
}
OUTLOOKS: Final = {
    Outlook.BULLISH: "bullish|rising|going up|bull|up|upside|upward|higher|rise|rally|rallying"
        "|climb|climbing|gain|grow|recover|rebound|bounce|go up|move up|moving up|bull market",
    Outlook.BEARISH: "bearish|falling|going down|bear|down|downside|downward|lower|fall|drop"
        "|dropping|decline|declining|sink|crash|sell off|selloff|tank|go down|move down"
        "|bear market",
    Outlook.NEUTRAL: "neutral|market neutral|flat|delta neutral|unchanged|nowhere"
        "|non directional|nondirectional|directionless",
    Outlook.RANGE: "range bound|trading range|choppy|range|ranging|rangebound|sideway",
    Outlook.VOLATILE: "volatile|big move|high volatility|volatility|vol|high vol"
        "|higher volatility|higher vol|rising volatility|rising vol|volatility up|vol up"
        "|more volatile|large move|big swing|swing|explode|breakout|either way|either direction"
        "|vol expansion",
    Outlook.CALM: "calm|quiet|low volatility|low vol|lower volatility|lower vol"
        "|falling volatility|falling vol|volatility down|vol down|less volatile|vol crush"
        "|volatility crush|stable|boring",
}
RISK_LEVELS: Final = {
    RiskLevel.LOW: "low risk|conservative|cautious|lower risk|lowest risk|little risk"
        "|minimal risk|small risk|risk low|risk is low|conservatively|cautiously|safe|safely"
        "|defensive|risk averse",
    RiskLevel.MEDIUM: "medium risk|moderate risk|balanced|normal risk|average risk|risk medium"
        "|risk moderate|moderate|moderately risky",
    RiskLevel.HIGH: "high risk|aggressive|speculative|higher risk|risk high|risk is high"
        "|aggressively|risky",
}
ACTIONS: Final = {
    DeskAction.OPEN: "open|initiate|enter|establish|opening|to open",
    DeskAction.CLOSE: "close|exit|unwind|close out|closing|exiting|get out of|get me out of"
        "|take off|liquidate|buy back|buy to close|sell to close|flatten",
    DeskAction.ROLL: "roll|roll out|roll over|roll forward|rolling",
}
SIDES: Final = {
    Side.BUY: "buy|buying|long|purchase|debit|for a debit|go long|buy to open",
    Side.SELL: "sell|selling|short|shorting|write|writing|credit|for a credit|go short"
        "|sell to open",
}


class Role(StrEnum):
    """What a phrase does that fills no field of a request."""

    FILLER = "filler"
    DENIAL = "denial"
    EITHER = "either"  # carries a denial on: "not bullish or bearish"
    IDIOM = "idiom"  # known, and known not to be about a structure
    UNCLEAR = "unclear"  # opens or closes, and only the person knows which
    PAUSE = "pause"


ROLES: Final = {
    Role.FILLER: "a|an|the|this|that|it|its|my|our|your|i|i'm|i'd|i'll|i've|im|me|we|us|you|he"
        "|they|is|are|am|be|been|being|was|will|would|could|can|should|might|may|do|does|have|has"
        "|had|get|got|let|please|thanks|hi|hello|hey|ok|okay|so|just|now|want|wanna|like|need"
        "|look|looking|think|thinking|feel|feeling|believe|expect|expecting|seems|see|say|guess"
        "|give|show|find|make|build|create|construct|set up|setup|try|place|suggest|recommend"
        "|propose|pick|choose|use|using|take|trade|trading|position|strategy|structure"
        "|play|idea|bet|option|order|something|some|with|of|on|in|for|at|to|by|from|as|about"
        "|around|into|and|but|also|plus|very|pretty|quite|really|bit|fairly|more|stay|staying"
        "|remain|remaining|keep|keeping|go|going|goes|gonna|market|stock|share|price|underlying"
        "|ticker|symbol|index|etf|fund|out|away|from now|dated|expiry|expiration|expiring|expires"
        "|exp|ending|there|here|kind of|sort of|new|good|what|which|coming|per trade"
        "|defined risk|limited risk|view|outlook|bias|each|per side|short strike|short leg|still"
        "|then|mildly|slightly|somewhat|moderately|strongly|over|during|within|move|moving|=|@|~",
    Role.DENIAL: "not|no|never|don't|dont|do not|isn't|aren't|won't|wouldn't|shouldn't|doesn't"
        "|can't|cannot|without|neither|avoid|avoiding|except|instead of|rather than|other than"
        "|anything but|nothing",
    Role.EITHER: "or|nor",
    Role.IDIOM: "call me|call us|call him|call her|call it|call off|call back|call up|on call"
        "|roll call|margin call|conference call|earnings call|put off|put away|put up|put down"
        "|put it|put me|put us|put all|put my|bear in mind|bear with|at the close|the close"
        "|market close|by the close|close to|close enough|closing price|open interest|the open"
        "|market open|at the open|up to|up front|made up|back up|follow up|long term|short term"
        "|long run|long time|on the fly|spread the|spread my|bid ask spread|bid ask|calendar year"
        "|calendar day|shut down|slow down|down payment|hedge fund|write down|write off|fall back"
        "|drop it|swing trade|swing trading|no matter|price range|in the open|exit strategy",
    Role.UNCLEAR: "sell my|sell our|buy my|sell off my",
}
# Words that are tickers, too: written small they are words.
TICKERS_TOO: Final = (
    "all|any|are|back|ball|bar|beat|best|big|bill|bold|boom|brother|car|cars|cash|cat|cost|dash"
    "|day|deal|doc|dog|ear|east|eat|edit|ever|fast|find|flow|food|fun|fund|gap|gate|gold|good"
    "|grab|grow|hack|has|he|heat|home|hope|hot|ice|it|job|key|kids|kind|lake|land|life|live|lot"
    "|love|low|main|man|max|me|mind|next|nice|now|nose|old|one|open|out|pay|peak|penny|play|pool"
    "|post|pump|quick|rail|rare|re|real|rent|ride|rock|run|safe|sail|save|sea|see|she|sky|snow|so"
    "|solo|spot|stay|still|sun|tap|tech|tell|then|top|true|turn|two|u|ultra|up|usa|use|very|vet"
    "|wait|walk|wash|way|we|well|wish|wolf|work|x|you"
)
# What is read through a slip of one letter; an outlook is not, it costs more to mistake.
SPELLED: Final = (
    "butterfly|calendar|collar|condor|covered|credit|debit|diagonal|iron|protective|secured|spread"
    "|straddle|strangle|vertical"
)
