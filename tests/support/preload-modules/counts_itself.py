"""Notes each time that it is loaded in the file that COUNTED names."""
import os

with open(os.environ["COUNTED"], "a") as file:
    file.write(".")
