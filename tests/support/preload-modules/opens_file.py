"""For test_preload.c: it leaves an open file."""
import os

left = os.open("/dev/null", os.O_RDONLY)
