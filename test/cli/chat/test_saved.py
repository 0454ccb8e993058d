"""A conversation on disk: for its owner alone, and whole whatever was said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autogen_classic.cli._chat.saved import Saved
from autogen_classic.cli._chat.spent import Spent
from autogen_classic.cli._chat.team_file import team_of

TEAM = {"agents": [{"name": "ann", "system_message": "You are Ann."}]}


def test_half_a_character_does_not_keep_a_conversation_from_being_saved(tmp_path: Path) -> None:
    state = {"said": "half \ud83d of \u00fc, and a whole \U0001f600"}
    saved = Saved(tmp_path / "talk")
    saved.store(team_of(TEAM, "team.yaml"), Spent(tokens=3), state)
    assert Saved(tmp_path / "talk").load()[1:] == (Spent(tokens=3), state)
    assert [file.name for file in (tmp_path / "talk").iterdir()] == ["conversation.json"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_a_saved_conversation_is_for_its_owner_alone_in_a_folder_for_everybody(tmp_path: Path) -> None:
    saved = Saved(tmp_path)
    tmp_path.chmod(0o755)
    for _ in range(2):
        saved.store(team_of(TEAM, "team.yaml"), Spent(), None)
        file = tmp_path / "conversation.json"
        assert file.stat().st_mode & 0o777 == 0o600
        file.chmod(0o644)
