# SPDX-License-Identifier: GPL-2.0-or-later
"""The Test Anything Protocol, as far as our own checks speak it."""


class Tap:
    """Prints a line for each check; close() prints how many there were."""

    def __init__(self):
        self.count = 0

    def _line(self, word, name, rest=''):
        self.count += 1
        print(f'{word} {self.count} - {name}{rest}', flush=True)

    def check(self, good, name, details=''):
        """One check; details are shown if it is not good."""
        self._line('ok' if good else 'not ok', name)
        if not good:
            for line in str(details).splitlines():
                print('#', line)

    def skip(self, name, reason):
        """A check that cannot be made here, and why."""
        self._line('ok', name, f' # SKIP {reason}')

    def close(self):
        """Call it last."""
        print(f'1..{self.count}')
