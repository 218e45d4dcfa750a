"""For test_preload.c: it prints something."""
print("a line of its own")
