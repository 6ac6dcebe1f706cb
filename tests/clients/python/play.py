"""Runs one test module and ends with the counts, in the words of node's test runner."""

import logging
import sys
import unittest

# The clients log each failure that a test provokes, and asyncio each look at the tally.
logging.disable()

result = unittest.main(sys.argv[1], argv=[sys.argv[0]], exit=False, verbosity=2).result
failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
skipped = len(result.skipped)
print(f"# pass {result.testsRun - failed - skipped}")
print(f"# fail {failed}")
print(f"# skipped {skipped}")
sys.exit(not result.wasSuccessful())
