"""Does the mock broker keep every promise of a broker?"""

from tests.conformance.harness import conformance
from tests.conformance.mock import MockBench

test_the_mock_broker = conformance(MockBench)
