"""Whatever has a server imports doors and events only."""

from __future__ import annotations

from package_facts import MODULES, imports_of

GROUND_FLOOR = ("autogen_classic._json.walk", "autogen_classic._packages", "autogen_classic._secrets")
SERVERS = ("autogen_classic.serving",)


def test_servers_import_doors_and_events_only() -> None:
    reached = {
        f"{name} -> {target}"
        for name in MODULES
        if name.startswith(SERVERS)
        for target in imports_of(name)
        if "._" in target and target not in GROUND_FLOOR and not target.startswith(SERVERS)
    }
    # every door with lazy names has its table from there
    assert reached == {"autogen_classic.serving -> autogen_classic._core.lazy"}
