"""No process of the program leaves a core dump, which would hold personal data."""

import pytest

from tests.fork_server import fork_server

_PROGRAM = """
import sys
from workbench.__main__ import main
sys.argv = ["workbench", "doctor", "--help"]
main()
"""

_DEMO = """
import sys
from workbench.services.demo import __main__ as demo, building
building.build = lambda *_arguments: None
demo._end_with_parent = lambda: None
sys.argv = ["demo", "w.db", "2026-11-24T10:00:00+08:00", ".", "en", ""]
demo.main()
"""

_TOLD = """
import resource
resource.setrlimit(resource.RLIMIT_CORE, (4096, 8192))
try:
    {}
finally:
    print("core limit", resource.getrlimit(resource.RLIMIT_CORE), flush=True)
"""


@pytest.mark.parametrize("script", [_PROGRAM, _DEMO], ids=["program", "demo"])
def test_a_process_leaves_no_core_dump(script: str) -> None:
    child = fork_server().start_piped(_TOLD.format(script.strip().replace("\n", "\n    ")))

    assert "core limit (0, 0)" in child.communicate()[0]
