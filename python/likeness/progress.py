"""Progress of a command on stderr: a bar by tqdm on a terminal, otherwise a line now and then."""

import sys
import time

# Number of seconds between two lines.
PAUSE = 30


class Progress:
    """Progress towards `total` units, or towards an unknown end."""

    def __init__(self, total, done, unit):
        self.total, self.done, self.unit, self.bar = total, done, unit, None
        self.said = time.monotonic()
        try:
            from tqdm import tqdm

            if sys.stderr.isatty():
                self.bar = tqdm(total=total, initial=done, unit=unit)
        except ImportError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.bar is not None:
            self.bar.close()

    def advance(self, count, note=""):
        self.done += count
        if self.bar is not None:
            self.bar.update(count)
            self.bar.set_postfix_str(note, refresh=False)
        elif time.monotonic() - self.said > PAUSE:
            self.said = time.monotonic()
            end = f" of {self.total}" if self.total else ""
            print(f"{self.unit} {self.done}{end} {note}".rstrip(), file=sys.stderr)
