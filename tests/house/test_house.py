"""The numbers of the house are printed by one command, and kept."""

import subprocess
import sys

from tests.house.code import ROOT


def test_every_number_of_the_house_is_kept():
    done = subprocess.run(
        [sys.executable, "-m", "tests.house"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " lines of Python outside tests" in done.stdout
