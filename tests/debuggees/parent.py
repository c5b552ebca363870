"""A program that starts another one, `main.py` beside it."""

import pathlib
import subprocess
import sys

subprocess.run([sys.executable, pathlib.Path(__file__).with_name("main.py")], check=True)
