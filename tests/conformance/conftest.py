"""What holds for every test here? Nobody outside this machine is spoken to."""

from tests.fakes.loopback import nobody_outside as nobody_outside
from tests.fakes.loopback import nothing_unread as nothing_unread
