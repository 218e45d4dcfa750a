"""For test_preload.c: it does nothing."""
