"""Runs the test cases of a Python file and prints TAP, which Meson counts test by test."""
import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.number = 0

    def line(self, verdict, test, note=""):
        self.number += 1
        print(f"{verdict} {self.number} - {test.id().split('.', 1)[-1]}{note}", flush=True)

    def explain(self, error):
        for line in "".join(traceback.format_exception(*error)).splitlines():
            print(f"# {line}")

    def addSuccess(self, test):
        self.line("ok", test)

    def addError(self, test, error):
        super().addError(test, error)
        self.line("not ok", test)
        self.explain(error)

    addFailure = addError

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.line("not ok", subtest)
            self.explain(error)

    def addSkip(self, test, reason):
        self.line("ok", test, f" # SKIP {reason}")


def main():
    """To be called at the end of the file that has the test cases."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = TapResult()
    suite.run(result)
    print(f"1..{result.number}")
    sys.exit(not result.wasSuccessful())
