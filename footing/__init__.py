import os
import signal
import sys

INTERRUPTED = 130
"""Exit code after Ctrl-C, as of a shell."""

if os.path.basename(sys.argv[0]) == "footing":  # noqa: PTH119  pathlib would be the slowest of these imports
    # At once and silently, while the command is still importing as well: nothing that is cut short here is kept.
    # A run of the engine has a handler of its own, and who imports this as a library keeps theirs.
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
