"""Does the adapter for Interactive Brokers keep every promise of a broker?"""

from tests.conformance.harness import conformance
from tests.conformance.ibkr import IbkrBench

test_interactive_brokers = conformance(IbkrBench)
