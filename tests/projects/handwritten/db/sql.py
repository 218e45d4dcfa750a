"""What several revisions have in common."""
import sys
import time


def say(*words):
    print("[db]", *words, flush=True)


class Chapter:
    """Tells what is being done, and how long it took."""

    def __init__(self, title):
        self.title = title

    def __enter__(self):
        self.begin = time.time()
        say(self.title, "...")

    def __exit__(self, kind, value, trace):
        end = "FAILED" if kind else "done"
        say(self.title, end, "after %.0f ms" % ((time.time() - self.begin) * 1000))
        sys.stdout.flush()
