"""What tests do with a file in a process of its own: its name says how it goes wrong."""

import os
import signal
import time

from analysis.cli.findings import Outcome
from analysis.cli.processes import bound_memory
from analysis.errors import DataError, FitError
from analysis.show.findings import Status


def work(file):
    if file == "refused":
        raise DataError("refused: is empty")
    if file == "nothing":
        raise FitError("nothing: no transition")
    if file == "mistake":
        raise KeyError("x\x1b[31m")
    if file == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if file == "leaves":
        os._exit(7)
    if file == "endless":
        while True:
            time.sleep(0.01)
    if file == "greedy":
        bound_memory(1)
        return bytearray(1 << 50)
    if file == "late":
        time.sleep(0.5)
    return Outcome(file, Status.RESULT, "fine", {"file": file})
