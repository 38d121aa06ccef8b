"""What the cloud accepts: each program is brought up, stays as it is, and is destroyed."""

from __future__ import annotations

import pytest
from live_account.place import Place
from live_account.programs import PROGRAMS
from live_account.project import Stack, book, write_program
from live_account.service_roles import make_service_roles


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.usefixtures("needs_pulumi")
def test_the_cloud_accepts_what_a_program_registers(place: Place, name: str) -> None:
    make_service_roles(place)
    directory = write_program(place, name, PROGRAMS[name])
    book(place, directory)
    stack = Stack(place, directory)
    stack.init()
    try:
        stack.up()
        stack.stays()
    finally:
        stack.destroy()
