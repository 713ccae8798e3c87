"""Are options dear or cheap enough for the structure?"""

from tradebot.core.gates.answers import ALLOW, Objection, Said, block
from tradebot.core.gates.look import Look
from tradebot.core.model.money import ONE
from tradebot.core.model.reason import Reason


def iv_rank(look: Look) -> Said:
    """Is the rank of implied volatility in the band that `desk.structures` has for its structure?

    It waits until somebody knows; a history too short to rank in is no rank, and blocks.
    """
    opened, rule = look.options, look.rule
    if opened is None or rule is None or rule.iv_rank_min is rule.iv_rank_max is None:
        return ALLOW
    known = look.volatility_of(opened.underlyings[0])
    if isinstance(known, Objection):
        return known
    rank, least, most = known.iv_rank, rule.iv_rank_min, rule.iv_rank_max
    if rank is None:
        return block(Reason.RISK_IV_RANK, None, least if most is None else most)
    if least is not None and not (rank >= least):
        return block(Reason.RISK_IV_RANK, rank, least)
    if not (rank <= (ONE if most is None else most)):
        return block(Reason.RISK_IV_RANK, rank, most)
    return rank, ONE if most is None else most
