/* What do held legs come to where their options end? A line with a bend at every strike. */

const OPTION = /^([A-Z.]{1,6})(\d{6})([CP])(\d{8})$/; // the options clearing house's form

/** Return [price, profit] at the bends and beyond; null where it does not end on one day. */
export function payoff(structure) {
  if (structure.is_partial) return null;
  const legs = structure.legs.map(read);
  if (legs.some((leg) => leg === null)) return null;
  const strikes = legs.flatMap((leg) => leg.strike ?? []);
  if (strikes.length === 0) return null;
  const [low, high] = [Math.min(...strikes), Math.max(...strikes)];
  const margin = Math.max(high - low, high * 0.05);
  const prices = [...new Set([low - margin, ...strikes, high + margin])].sort((a, b) => a - b);
  const cost = Number(structure.net_cost);
  return prices.map((price) => [
    price, legs.reduce((sum, leg) => sum + leg.units * worth(leg, price), -cost),
  ]);
}

function read(leg) {
  const option = OPTION.exec(leg.symbol);
  const units = Number(leg.qty) * Number(leg.multiplier);
  if (!Number.isFinite(units)) return null;
  return option === null ? { units } : {
    units, isCall: option[3] === "C", strike: Number(option[4]) / 1000,
  };
}

function worth({ strike, isCall }, price) {
  if (strike === undefined) return price;
  return Math.max(0, isCall ? price - strike : strike - price);
}
