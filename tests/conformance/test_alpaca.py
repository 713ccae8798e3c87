"""Does Alpaca's adapter keep what every broker promises?"""

from tests.conformance.alpaca import AlpacaBench
from tests.conformance.harness import conformance

test_it_conforms = conformance(AlpacaBench)
