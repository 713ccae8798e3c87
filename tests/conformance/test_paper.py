"""Does the paper broker keep every promise of a broker?"""

from tests.conformance.harness import conformance
from tests.conformance.paper import PaperBench

test_the_paper_broker = conformance(PaperBench)
