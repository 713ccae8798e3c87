"""What do people call a ticker, when they do not call it by its letters?"""

from typing import Final

# A name that is also a plain word of a request (target, gap, block) is left out on purpose.
COMPANIES: Final = {
    "AAPL": "apple", "ABBV": "abbvie", "ABNB": "airbnb", "ADBE": "adobe",
    "AMAT": "applied materials", "AMD": "advanced micro devices", "AMGN": "amgen",
    "AMZN": "amazon", "AVGO": "broadcom", "AXP": "american express|amex", "BA": "boeing",
    "BABA": "alibaba", "BAC": "bank of america|bofa", "BRK.B": "berkshire|berkshire hathaway",
    "C": "citigroup|citibank", "CAT": "caterpillar", "COIN": "coinbase", "COST": "costco",
    "CRM": "salesforce", "CSCO": "cisco", "CVX": "chevron",
    "DAL": "delta air lines|delta airlines", "DIA": "dow jones", "DIS": "disney|walt disney",
    "EEM": "emerging markets", "EFA": "eafe", "F": "ford", "FDX": "fedex",
    "GE": "general electric", "GLD": "gold", "GM": "general motors", "GOOGL": "google|alphabet",
    "GS": "goldman|goldman sachs", "HD": "home depot", "IBM": "international business machines",
    "INTC": "intel", "IWM": "russell|russell 2000", "JNJ": "johnson & johnson|johnson and johnson",
    "JPM": "jpmorgan|jp morgan|jpmorgan chase", "KO": "coca cola|coke", "LLY": "eli lilly|lilly",
    "LMT": "lockheed|lockheed martin", "MA": "mastercard", "MCD": "mcdonald's",
    "META": "facebook|meta platforms", "MRK": "merck", "MSFT": "microsoft",
    "MSTR": "microstrategy", "NFLX": "netflix", "NKE": "nike", "NVDA": "nvidia", "ORCL": "oracle",
    "PEP": "pepsi|pepsico", "PFE": "pfizer", "PG": "procter & gamble|procter and gamble",
    "PLTR": "palantir", "PYPL": "paypal", "QCOM": "qualcomm", "QQQ": "nasdaq|nasdaq 100",
    "SBUX": "starbucks", "SHOP": "shopify", "SLV": "silver", "SPY": "s&p|s&p 500|spider",
    "T": "at&t", "TLT": "treasuries", "TSLA": "tesla", "UBER": "uber",
    "UNH": "unitedhealth|united health", "UPS": "united parcel", "USO": "crude oil", "V": "visa",
    "VZ": "verizon", "WFC": "wells fargo", "WMT": "walmart", "XLE": "energy sector",
    "XLF": "financial sector", "XLK": "technology sector", "XOM": "exxon|exxon mobil",
}
