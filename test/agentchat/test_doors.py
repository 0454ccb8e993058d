"""What a program can see in agentchat is a path of 0.2.40 or AG2, or one of a few of our own."""

from __future__ import annotations

from pathlib import Path

import autogen_classic.agentchat

ROOM = Path(autogen_classic.agentchat.__file__).parent

# Paths of 0.2.40 and of AG2 below ``autogen.agentchat``; contrib and group have their own leaves there.
PATHS_OF_OTHERS = {
    "agent",
    "assistant_agent",
    "chat",
    "conversable_agent",
    "eligibility_policy",
    "groupchat",
    "user_proxy_agent",
    "utils",
}
LEAVES_OF_OTHERS = ("contrib", "group", "realtime", "realtime_agent", "remote")
OUR_OWN: set[str] = set()


def test_a_module_without_an_underscore_is_a_door():
    public = {
        ".".join(part for part in file.relative_to(ROOM).with_suffix("").parts if part != "__init__")
        for file in ROOM.rglob("*.py")
    }
    public = {path for path in public if path and not any(part.startswith("_") for part in path.split("."))}
    strangers = {path for path in public - PATHS_OF_OTHERS - OUR_OWN if path.split(".")[0] not in LEAVES_OF_OTHERS}
    assert strangers == set()
