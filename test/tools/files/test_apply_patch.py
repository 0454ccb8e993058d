"""Patches: what a diff makes of a text, which files they reach, and how a model applies them."""

from __future__ import annotations

import asyncio
import difflib
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.testing import ScriptedClient, tool_call
from autogen_classic.tools.experimental.apply_patch import ApplyPatchTool, WorkspaceEditor
from autogen_classic.tools.experimental.apply_patch.apply_patch_tool import apply_diff

links = pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights on Windows")

LINES = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=8)
TEXTS = st.lists(LINES, min_size=1, max_size=12).map("\n".join)


def diff_of(old: Sequence[str], new: Sequence[str], context: int) -> str:
    """A diff in the form V4A between two lists of lines."""
    found = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context):
        found.append("@@")
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                found += [f" {line}" for line in old[start:end]]
            else:
                found += [f"-{line}" for line in old[start:end]]
                found += [f"+{line}" for line in new[new_start:new_end]]
    return "\n".join(found) + "\n"


# --- diffs -----------------------------------------------------------------------------------------------------------


@given(TEXTS, TEXTS)
def test_the_diff_of_two_texts_makes_the_second_of_the_first(old: str, new: str) -> None:
    if old != new:
        assert apply_diff(old, diff_of(old.split("\n"), new.split("\n"), 99)) == new


@given(st.lists(LINES.map(str.strip).filter(bool), unique=True, min_size=2, max_size=30), st.data())
def test_three_lines_around_a_change_are_enough_where_lines_differ(old: list[str], data: st.DataObject) -> None:
    new = [line for line in old if data.draw(st.booleans())]
    new.insert(data.draw(st.integers(0, len(new))), "a line that is new")
    assert apply_diff("\n".join(old), diff_of(old, new, 3)) == "\n".join(new)


@given(TEXTS)
def test_a_new_file_has_the_lines_of_its_diff(text: str) -> None:
    assert apply_diff("not used", "\n".join(f"+{line}" for line in text.split("\n")), create=True) == text


def test_the_line_after_the_signs_tells_places_apart() -> None:
    text = "def a():\n    return 1\n\ndef b():\n    return 1\n"
    changed = "def a():\n    return 1\n\ndef b():\n    return 2\n"
    assert apply_diff(text, "@@ def b():\n-    return 1\n+    return 2") == changed
    assert apply_diff(text, "@@ def b():\n def b():\n-    return 1\n+    return 2") == changed
    assert apply_diff(text, "@@ -5,1 +5,1 @@ def b():\n-    return 1\n+    return 2") == changed


def test_several_lines_after_signs_lead_inwards() -> None:
    text = "class A:\n  def f():\n    1\nclass B:\n  def f():\n    1\n"
    assert apply_diff(text, "@@ class B:\n@@   def f():\n-    1\n+    2").endswith("class B:\n  def f():\n    2\n")


def test_white_space_that_the_diff_gets_wrong_stays_as_the_file_has_it() -> None:
    assert apply_diff("\tif x:  \n\t\ty()\n", "@@\n if x:\n-y()\n+\t\tz()") == "\tif x:  \n\t\tz()\n"


def test_line_ends_stay_those_of_the_file() -> None:
    assert apply_diff("a\r\nb\r\n", "@@\n a\n-b\n+c\n+d") == "a\r\nc\r\nd\r\n"
    assert apply_diff("a\nb\n", "@@\r\n a\r\n-b\r\n+c\r\n") == "a\nc\n"


def test_lines_are_added_at_the_end_of_the_file() -> None:
    assert apply_diff("a\nb\n", "@@\n+c\n*** End of File") == "a\nb\nc\n"
    assert apply_diff("a\nx\na\n", "@@\n-a\n+b\n*** End of File") == "a\nx\nb\n"
    assert apply_diff("a\nb", "@@\n+c\n*** End of File") == "a\nb\nc"


@pytest.mark.parametrize(
    ("diff", "reason"),
    [
        ("@@\n-c\n+d", "These lines of the diff are not in the file:\n  c\nRead the file again"),
        ("@@\n-b\n+x\n@@\n-a\n+y", "not in the file after line 2"),
        ("@@ nowhere\n-a\n+b", "The line 'nowhere', which follows '@@' in the diff, is not in the file."),
        ("@@\n+c", "The diff adds lines and does not say where."),
        ("@@\n a", "The diff changes nothing"),
        ("", "The diff changes nothing"),
        ("@@ a", "Nothing follows the line '@@ a' of the diff."),
        ("@@\n-a\n*** Update File: x", "Line 3 of the diff is '*** Update File: x'"),
        ("@@\n-a\n+c\n*** End of File", "not at the end of the file:\n  a"),
    ],
)
def test_a_diff_that_does_not_fit_is_refused_with_the_reason(diff: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        apply_diff("a\nb\n", diff)


def test_a_new_file_without_its_signs_is_refused() -> None:
    with pytest.raises(ValueError, match="Line 2 of the diff is 'b', but each line of a new file must begin with"):
        apply_diff("", "+a\nb", create=True)


# --- files -----------------------------------------------------------------------------------------------------------


def test_files_are_created_changed_and_deleted(tmp_path: Path) -> None:
    editor = WorkspaceEditor(tmp_path / "work")
    file = tmp_path / "work" / "src" / "a.txt"
    created = editor.create_file({"path": "src/a.txt", "diff": "+one\n+two\n+"})
    assert created == {"status": "completed", "output": "Created src/a.txt"}
    assert file.read_bytes() == b"one\ntwo\n"
    updated = editor.update_file({"path": "src/a.txt", "diff": "@@\n one\n-two\n+drei ä"})
    assert updated == {"status": "completed", "output": "Updated src/a.txt"}
    assert file.read_text(encoding="utf-8") == "one\ndrei ä\n"
    assert editor.delete_file({"path": "src/a.txt"}) == {"status": "completed", "output": "Deleted src/a.txt"}
    assert os.listdir(file.parent) == []


def test_asynchronous_methods_do_the_same(tmp_path: Path) -> None:
    async def edit() -> list[str]:
        editor = WorkspaceEditor(tmp_path)
        return [
            (await editor.a_create_file({"path": "a", "diff": "+one"}))["output"],
            (await editor.a_update_file({"path": "a", "diff": "-one\n+two"}))["output"],
            (await editor.a_delete_file({"path": "a"}))["output"],
        ]

    assert asyncio.run(edit()) == ["Created a", "Updated a", "Deleted a"]


def test_what_goes_wrong_is_told_and_leaves_files_alone(tmp_path: Path) -> None:
    editor = WorkspaceEditor(tmp_path)
    (tmp_path / "a.txt").write_text("one\n", encoding="utf-8")
    (tmp_path / "b.bin").write_bytes(b"\xff\xfe")
    (tmp_path / "folder").mkdir()
    for step, operation, reason in (
        (editor.create_file, {"path": "a.txt", "diff": "+x"}, "There is such a file already."),
        (editor.update_file, {"path": "a.txt", "diff": "-x\n+y"}, "not in the file"),
        (editor.update_file, {"path": "none", "diff": "-x\n+y"}, "Error: File not found at path 'none'"),
        (editor.update_file, {"path": "b.bin", "diff": "-x\n+y"}, "The file is not a text in UTF-8."),
        (editor.update_file, {"path": "folder", "diff": "-x\n+y"}, "This is not a file."),
        (editor.delete_file, {"path": "folder"}, "This is not a file."),
        (editor.delete_file, {"path": "none"}, "Error: File not found at path 'none'"),
        (editor.create_file, {"path": "a.txt/b", "diff": "+x"}, "Error creating a.txt/b: "),
    ):
        result = step(operation)
        assert result["status"] == "failed"
        assert reason in result["output"]
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "b.bin", "folder"]
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "one\n"


OUTSIDE = ["/x", "../x", "a/../../x", "a/..", "C:\\x", "\\x", "..\\x", "", ".", "a\0b", None, 7]


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_path_must_stay_in_the_workspace(tmp_path: Path, path: object) -> None:
    root = tmp_path / "work"
    result = WorkspaceEditor(root).create_file({"path": path, "diff": "+x"})
    assert result["status"] == "failed"
    assert "The path must be" in result["output"]
    assert os.listdir(tmp_path) == ["work"]
    assert os.listdir(root) == []


@links
def test_symbolic_links_do_not_lead_out(tmp_path: Path) -> None:
    root, outside = tmp_path / "work", tmp_path / "outside"
    outside.mkdir()
    (outside / "a").write_text("one", encoding="utf-8")
    editor = WorkspaceEditor(root)
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "a")
    (root / "new").symlink_to(outside / "b")
    (root / "loop").symlink_to(root / "loop")
    for step, path in (
        (editor.create_file, "folder/b"),
        (editor.create_file, "new"),
        (editor.update_file, "folder/a"),
        (editor.update_file, "file"),
        (editor.update_file, "loop"),
        (editor.delete_file, "folder/a"),
    ):
        assert step({"path": path, "diff": "+x" if step == editor.create_file else "-one\n+x"})["status"] == "failed"
    assert os.listdir(outside) == ["a"]
    assert (outside / "a").read_text(encoding="utf-8") == "one"


@links
def test_a_link_within_the_workspace_stays_and_its_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one", encoding="utf-8")
    (tmp_path / "a").chmod(0o640)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert WorkspaceEditor(tmp_path).update_file({"path": "link", "diff": "-one\n+two"})["status"] == "completed"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a").read_text(encoding="utf-8") == "two"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_patterns_say_which_paths_are_allowed(tmp_path: Path) -> None:
    editor = WorkspaceEditor(tmp_path, ["src/**", "*.md"])
    for path, status in (
        ("src/a/b.py", "completed"),
        ("docs/a.md", "completed"),
        ("a.py", "failed"),
        ("srcs", "failed"),
    ):
        assert editor.create_file({"path": path, "diff": "+x"})["status"] == status
    with pytest.raises(TypeError, match="allowed_paths of WorkspaceEditor should be a valid list"):
        WorkspaceEditor(tmp_path, "src/**")


# --- the tool --------------------------------------------------------------------------------------------------------

CREATE = {"type": "create_file", "path": "a.txt", "diff": "+one"}


def test_the_tool_answers_as_the_service_wants_it(tmp_path: Path) -> None:
    tool = ApplyPatchTool(workspace_dir=tmp_path)
    assert tool.name == "apply_patch_tool"
    assert tool(call_id="c1", operation=CREATE) == {
        "type": "apply_patch_call_output",
        "call_id": "c1",
        "status": "completed",
        "output": "Created a.txt",
    }
    assert tool(operation={"type": "rename", "path": "a.txt"})["output"] == (
        "Invalid operation type: rename. Must be one of create_file, delete_file, update_file."
    )


def test_an_operation_waits_for_approval(tmp_path: Path) -> None:
    answers: list[Any] = [{"approve": False}, None, "yes", {"approve": True}]
    asked = []

    def ask(context: dict[str, Any], operation: dict[str, Any]) -> Any:
        asked.append(operation)
        return answers.pop(0)

    tool = ApplyPatchTool(workspace_dir=tmp_path, needs_approval=True, on_approval=ask)
    for _ in range(3):
        assert tool(operation=CREATE)["output"] == "Operation rejected by user"
    assert os.listdir(tmp_path) == []
    assert tool(operation=CREATE)["status"] == "completed"
    assert asked == [CREATE] * 4


def test_nobody_to_ask_and_nowhere_to_work_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs_approval=True needs on_approval"):
        ApplyPatchTool(workspace_dir=tmp_path, needs_approval=True)
    with pytest.raises(ValueError, match="needs a workspace_dir"):
        ApplyPatchTool()


def test_asynchronous_patches_use_the_editor_that_is_given(tmp_path: Path) -> None:
    class Editor(WorkspaceEditor):
        async def a_create_file(self, operation: dict[str, Any]) -> dict[str, Any]:
            return {"status": "completed", "output": f"asynchronously {operation['path']}"}

    async def ask(context: dict[str, Any], operation: dict[str, Any]) -> bool:
        return bool(operation["path"] != "b.txt")

    tool = ApplyPatchTool(editor=Editor(tmp_path), async_patches=True, needs_approval=True, on_approval=ask)
    assert asyncio.run(tool(operation=CREATE))["output"] == "asynchronously a.txt"
    assert asyncio.run(tool(operation={**CREATE, "path": "b.txt"}))["output"] == "Operation rejected by user"


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("async_patches", [False, True])
def test_a_model_applies_patches_in_a_chat(tmp_path: Path, way: str, async_patches: bool) -> None:
    model = ScriptedClient(
        [
            tool_call("apply_patch_tool", operation=CREATE),
            tool_call("apply_patch_tool", operation={**CREATE, "type": "update_file", "diff": "-nine\n+two"}),
            tool_call("apply_patch_tool", operation={**CREATE, "type": "update_file", "diff": "-one\n+two"}),
            "TERMINATE",
        ]
    )
    assistant = AssistantAgent("assistant", llm_config=model.llm_config())
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    tool = ApplyPatchTool(workspace_dir=tmp_path, async_patches=async_patches)
    tool.register_for_llm(assistant)
    tool.register_for_execution(user)
    if way == "sync":
        chat = user.initiate_chat(assistant, message="Write a.txt.", max_turns=4)
    else:
        chat = asyncio.run(user.a_initiate_chat(assistant, message="Write a.txt.", max_turns=4))
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "two"
    told = " ".join(str(message["content"]) for message in chat.chat_history)
    assert "These lines of the diff are not in the file" in told
