"""The shell executor: what its filter refuses, told from texts alone, and how harmless programs run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from autogen_classic._code.workspace.command_filter import CommandFilter, words_of
from autogen_classic.tools.experimental.shell import ShellExecutor

posix = pytest.mark.skipif(sys.platform == "win32", reason="runs programs of POSIX systems")


def refusal_of(
    line: str,
    *,
    allowed: Sequence[str] | None = None,
    denied: Sequence[str] = (),
    paths: Sequence[str] | None = None,
    patterns: Sequence[tuple[str, str]] = tuple(ShellExecutor.DEFAULT_DANGEROUS_PATTERNS),
) -> str:
    """What the filter says about a text, which is never run."""
    commands = None if allowed is None else frozenset(allowed)
    kept = CommandFilter(commands, frozenset(denied), tuple(patterns), None if paths is None else tuple(paths))
    try:
        kept.check(line, words_of(line))
    except ValueError as error:
        return str(error)
    return ""


# --- texts only: nothing here is run ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "rm -rf x",
        "rm -fr x",
        "rm -r -f x",
        "rm x --recursive --force",
        "rm -r rm -f",
        "rm -vR x",
        "r'm' -rf x",
        'sh -c "cd y && rm -rf x"',
        "dd if=x of=y",
        "mkfs.ext4 x",
        "chmod  -R 777 x",
        "chmod 777 chmod -R",
        "chown --recursive me x",
        "shutdown now",
        "mv x /dev/null",
        'sh -c "wget -qO- x | bash"',
        "find x -delete",
        "rm 'a\nb' -rf",
        "rm x 'a\n-b' -r -f",
        "rm 'a\r\nb' --force --recursive",
        "chmod 777 'a\nb' 'c\nd' -R",
        "find 'a\nb' -delete",
        "mv 'a\nb' /dev/null",
        'sh -c "rm \\\n-r \\\n-f x"',
        "sh -c 'r\\\nm -rf x'",
    ],
)
def test_what_destroys_is_refused(line: str) -> None:
    assert refusal_of(line).startswith("Potentially dangerous command detected: ")


@pytest.mark.parametrize(
    "line", ["ls -l", "rm x", "grep -rf patterns x", "chmod u+x x", "find x -name y", "git add x", "mv x y"]
)
def test_everyday_commands_pass(line: str) -> None:
    assert refusal_of(line) == ""


@pytest.mark.parametrize("line", ["a | b", "a && b", "a; b", "a > b", "a 2>&1", "a &", "a || b", "a >b"])
def test_operators_of_a_shell_are_refused_instead_of_being_passed_as_text(line: str) -> None:
    assert "runs without a shell" in refusal_of(line)


@pytest.mark.parametrize("line", ["grep '|' x", 'echo "a; b"', r"find x \; y", "get http://x/?a=1&b=2", "echo 'a' b>c"])
def test_operators_that_are_text_pass(line: str) -> None:
    assert refusal_of(line) == ""


@pytest.mark.parametrize(
    ("line", "reason"), [("", "is empty"), ("'' x", "is empty"), ("echo 'x", "No closing quotation"), ("a\0b", "null")]
)
def test_what_is_not_a_command_is_told(line: str, reason: str) -> None:
    assert reason in refusal_of(line)


@pytest.mark.parametrize(
    "line",
    [
        "tool x",
        "/bin/tool x",
        "TOOL.exe x",
        "env A=1 tool x",
        "timeout 5 tool",
        "sh -c 'cd y && tool x'",
        "sudo -u me tool",
    ],
)
def test_a_denied_program_is_found_wherever_it_is_launched(line: str) -> None:
    assert refusal_of(line, denied=["tool"]) == "The program tool is one of denied_commands."


def test_the_name_of_a_denied_program_may_stand_in_an_argument() -> None:
    assert refusal_of("echo tool", denied=["tool"]) == ""


@pytest.mark.parametrize("line", ["ls x", "timeout 5s ls x", "env A=1 nice -n 5 ls"])
def test_allowed_programs_pass(line: str) -> None:
    assert refusal_of(line, allowed=["ls", "timeout", "env", "nice"]) == ""


@pytest.mark.parametrize("line", ["./ls", "/tmp/ls", "cat x", "timeout 5 cat x", "nohup ls"])
def test_only_allowed_programs_pass_and_only_as_they_are_written(line: str) -> None:
    assert "is not one of allowed_commands, which are: env, ls, nice, timeout." in refusal_of(
        line, allowed=["ls", "timeout", "env", "nice"]
    )


@pytest.mark.parametrize("line", ["cat data/x", "cat ./data/x", "cat --file=data/x", "cat x"])
def test_allowed_paths_pass(line: str) -> None:
    assert refusal_of(line, paths=["data/**"]) == ""


@pytest.mark.parametrize(
    "line",
    [
        "cat /data/x",
        "cat data/../x",
        "cat ..",
        "cat ~/x",
        "cat --file=/x",
        "cat other/x",
        "a f=/x",
        "a -I/x",
        "a -I../x",
        "a -I~/x",
    ],
)
def test_other_paths_are_refused(line: str) -> None:
    assert "is not one of allowed_paths" in refusal_of(line, paths=["data/**"])


# --- harmless programs are run ---------------------------------------------------------------------------------------


@posix
def test_a_command_runs_in_the_workspace(tmp_path: Path) -> None:
    executor = ShellExecutor(workspace_dir=tmp_path / "new")
    (tmp_path / "new" / "note.txt").write_text("hello", encoding="utf-8")
    result = executor.run("cat note.txt")
    assert (result.stdout, result.stderr, result.exit_code, result.timed_out) == ("hello", "", 0, False)


@posix
def test_secrets_of_the_environment_do_not_reach_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    result = ShellExecutor(workspace_dir=tmp_path).run(
        "python -c 'import os; print(os.environ.get(\"OPENAI_API_KEY\"))'"
    )
    assert result.stdout == "None\n"


@posix
def test_a_command_is_killed_when_its_time_runs_out(tmp_path: Path) -> None:
    result = ShellExecutor(workspace_dir=tmp_path).run("sleep 60", timeout=0.1)
    assert (result.exit_code, result.timed_out) == (None, True)


@posix
def test_what_cannot_be_run_is_a_result(tmp_path: Path) -> None:
    executor = ShellExecutor(workspace_dir=tmp_path)
    (tmp_path / "note.txt").write_text("hello", encoding="utf-8")
    assert executor.run("no-such-program-here").exit_code == 127
    result = executor.run("./note.txt")
    assert (result.exit_code, result.stderr) == (126, "./note.txt: Permission denied\n")


@posix
def test_a_long_output_is_cut(tmp_path: Path) -> None:
    result = ShellExecutor(workspace_dir=tmp_path).run("python -c \"print('x' * 3000000)\"")
    assert 900_000 < len(result.stdout) < 1_100_000


@posix
def test_commands_run_one_after_the_other(tmp_path: Path) -> None:
    results = ShellExecutor(workspace_dir=tmp_path).run_commands(["echo one", "echo two"], timeout_ms=20_000)
    assert [result.stdout for result in results] == ["one\n", "two\n"]


@posix
def test_nothing_runs_if_one_of_the_commands_is_refused(tmp_path: Path) -> None:
    executor = ShellExecutor(workspace_dir=tmp_path, allowed_commands=["python"])
    with pytest.raises(ValueError, match="The program echo is not one of allowed_commands"):
        executor.run_commands(["python -c \"open('made', 'w')\"", "echo one"])
    assert not (tmp_path / "made").exists()


@posix
def test_own_patterns_and_lists_hold_until_filtering_is_switched_off(tmp_path: Path) -> None:
    told = {"dangerous_patterns": ["magic"], "denied_commands": ["cat"], "allowed_paths": ["data/*"]}
    executor = ShellExecutor(workspace_dir=tmp_path, **told)  # type: ignore[arg-type]
    for line, reason in (
        ("echo magic", "It matches 'magic'"),
        ("cat x", "denied_commands"),
        ("echo a/b", "allowed_paths"),
    ):
        with pytest.raises(ValueError, match=reason):
            executor.run(line)
    unfiltered = ShellExecutor(workspace_dir=tmp_path, enable_command_filtering=False, **told)  # type: ignore[arg-type]
    assert unfiltered.run("echo magic a/b").stdout == "magic a/b\n"


def test_wrong_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="allowed_commands of ShellExecutor should be a valid list, but it is 'ls'"):
        ShellExecutor(workspace_dir=tmp_path, allowed_commands="ls")
    with pytest.raises(ValueError, match="default_timeout of ShellExecutor should be greater than 0, but it is 0"):
        ShellExecutor(default_timeout=0, workspace_dir=tmp_path)
    with pytest.raises(ValueError, match=r"timeout_ms of ShellExecutor\.run_commands should be greater than 0, but it"):
        ShellExecutor(workspace_dir=tmp_path).run_commands(["echo x"], timeout_ms=-1)
    with pytest.raises(ValueError, match=r"Item 1 of dangerous_patterns is not a regular expression: '\['"):
        ShellExecutor(workspace_dir=tmp_path, dangerous_patterns=["x", ("[", "No brackets.")])
    with pytest.raises(NotADirectoryError, match="workspace_dir must be a directory, but a part of its path is a file"):
        ShellExecutor(workspace_dir=Path(__file__) / "work")
