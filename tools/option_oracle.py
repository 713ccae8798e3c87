"""What does an independent library say options are worth? Writes the table the tests compare with.

    pip install QuantLib==1.44
    python tools/option_oracle.py > tests/core/options/quantlib.csv

An American option is worth what early exercise adds in the library's tree of Leisen and Reimer
(101 steps) on top of its closed formula; `limit` is what its method of Andersen, Lake and
Offengenden, precise to many digits, says of the same option. Vega and implied volatility of
American options are left empty: the library's engines do not offer them.
"""

import csv
import itertools
import sys

import QuantLib as ql  # noqa: N813

STRIKE, TREE_STEPS = 100.0, 101
FIELDS = (
    "right", "style", "spot", "days", "rate", "dividend_yield", "volatility",
    "price", "delta", "gamma", "theta", "vega", "limit",
)
TODAY, COUNT = ql.Date(2, 1, 2026), ql.Actual365Fixed()


def process(spot: float, rate: float, dividend: float, volatility: float):
    def flat(level: float):
        return ql.YieldTermStructureHandle(ql.FlatForward(TODAY, level, COUNT))

    moves = ql.BlackConstantVol(TODAY, ql.NullCalendar(), volatility, COUNT)
    return ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)), flat(dividend), flat(rate),
        ql.BlackVolTermStructureHandle(moves),
    )


def option(right: str, exercise, engine):
    payoff = ql.PlainVanillaPayoff(ql.Option.Call if right == "call" else ql.Option.Put, STRIKE)
    made = ql.VanillaOption(payoff, exercise)
    made.setPricingEngine(engine)
    return made


def row(right: str, style: str, *numbers: float) -> dict[str, object]:
    spot, days, rate, dividend, volatility = numbers
    world = process(spot, rate, dividend, volatility)
    end = TODAY + int(days)
    late, early = ql.EuropeanExercise(end), ql.AmericanExercise(TODAY, end)
    exact = option(right, late, ql.AnalyticEuropeanEngine(world))
    told = {name: getattr(exact, name)() for name in ("NPV", "delta", "gamma", "theta")}
    told |= {"vega": exact.vega() / 100, "limit": told["NPV"]}
    if style == "american":
        tree = ql.BinomialVanillaEngine(world, "lr", TREE_STEPS)
        one, other = option(right, early, tree), option(right, late, tree)
        for name in ("NPV", "delta", "gamma", "theta"):
            told[name] += getattr(one, name)() - getattr(other, name)()
        precise = ql.QdFpAmericanEngine(world, ql.QdFpAmericanEngine.highPrecisionScheme())
        told |= {"vega": "", "limit": option(right, early, precise).NPV()}
    told["theta"] /= 365
    told["price"] = told.pop("NPV")
    given = dict(zip(FIELDS[:7], (right, style, *numbers), strict=True))
    return given | told


def main() -> None:
    ql.Settings.instance().evaluationDate = TODAY
    table = csv.DictWriter(sys.stdout, FIELDS, lineterminator="\n")
    table.writeheader()
    both = (("call", "put"), ("european", "american"))
    wide = (*both, (85.0, 100.0, 110.0), (7, 45, 400), (0.01, 0.05), (0.0, 0.03), (0.15, 0.6))
    for cell in itertools.product(*wide):
        table.writerow(row(*cell))


if __name__ == "__main__":
    main()
