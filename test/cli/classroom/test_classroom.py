"""``autogen-classic classroom``: what a teacher hands out, what students hand in, and how the two are compared."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from autogen_classic.cli import main
from autogen_classic.cli._classroom import check, needs
from autogen_classic.cli._classroom.handout import find_notebooks
from autogen_classic.cli._classroom.installs import requirements_told_in
from autogen_classic.cli._classroom.needs import requirements_of
from autogen_classic.compat.alias import uninstall_as_autogen

ROOT = Path(__file__).resolve().parents[3]

LESSON = """\
import os
from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.testing import ScriptedClient, tool_call

assistant = AssistantAgent("assistant", llm_config=ScriptedClient({replies}).llm_config())
user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
user.register_function({{"add": lambda x: x}})
assert "OPENAI_API_KEY" not in os.environ
user.initiate_chat(assistant, message="How much?", max_turns=2)
"""
AS_TAUGHT = '[tool_call("add", x=3), "It is 3."]'
RECORDS_ITSELF = "from autogen_classic.replay import record\nwith record('mine.json'):\n    print('recorded')"


def notebook(path: Path, *sources: str) -> Path:
    cells = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": one} for one in sources
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), encoding="utf-8")
    return path


def run_of(lesson: Path, output: Path) -> Path:
    """What a student hands in."""
    output.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "autogen_classic", "classroom", "run", str(lesson), "-o", str(output)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return output


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for a class of two lessons."""
    place = tmp_path_factory.mktemp("class")
    notebook(place / "mine" / "sums.ipynb", LESSON.format(replies=AS_TAUGHT))
    notebook(place / "mine" / "tapes.ipynb", RECORDS_ITSELF)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "sk-of-the-teacher")
        assert (
            main(["classroom", "write", str(place / "class"), "--notebooks", str(place / "mine"), "--no-wheels"]) == 0
        )
    return place / "class"


def test_a_handout_holds_what_a_class_needs(handed_out: Path) -> None:
    files = sorted(str(file.relative_to(handed_out)) for file in handed_out.rglob("*") if file.is_file())
    assert files == [
        *("README.md", "cassettes/sums.json", "check.py", "notebooks/sums.ipynb", "notebooks/tapes.ipynb"),
        *("records/sums.run.jsonl", "requirements.txt"),
    ]
    requirements = (handed_out / "requirements.txt").read_text(encoding="utf-8")
    assert requirements == "autogen-classic\nipykernel\njupyterlab\n"


def test_a_cassette_plays_its_notebook(handed_out: Path) -> None:
    command = [sys.executable, "-m", "autogen_classic", "run", "--ignore", "model", "--replay", "cassettes/sums.json"]
    script = LESSON.format(replies="[]").replace('assert "OPENAI_API_KEY" not in os.environ', "")
    other = notebook(handed_out.parent / "other" / "sums.ipynb", script)
    run = subprocess.run([*command, str(other)], cwd=handed_out, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert "It is 3." in run.stdout


def test_a_notebook_that_fails_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lesson = notebook(tmp_path / "broken.ipynb", "1 / 0")
    assert main(["classroom", "write", str(tmp_path / "class"), "--notebooks", str(lesson), "--no-wheels"]) == 1
    assert "broken: FAILED: ZeroDivisionError: division by zero" in capsys.readouterr().out


def test_a_notebook_that_asks_a_model_is_not_told_to_set_a_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asks = "from autogen_classic import OpenAIWrapper\nOpenAIWrapper(model='gpt-4o').create(messages=[])"
    lesson = notebook(tmp_path / "asks.ipynb", asks)
    assert main(["classroom", "write", str(tmp_path / "class"), "--notebooks", str(lesson), "--no-wheels"]) == 1
    told = capsys.readouterr().out
    assert "asks: FAILED: it asks a model that needs a key, and lessons are recorded without keys. Let a Scr" in told
    assert "OPENAI_API_KEY" not in told


def test_a_lesson_that_fails_leaves_no_record_that_would_stop_the_grading(
    handed_out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = notebook(tmp_path / "broken.ipynb", "missing_name")
    assert main(["classroom", "write", str(tmp_path / "class"), "--notebooks", str(lesson), "--no-wheels"]) == 1
    assert list((tmp_path / "class" / "records").iterdir()) == []

    records = tmp_path / "records"
    shutil.copytree(handed_out / "records", records)
    (records / "tapes.run.jsonl").write_text("", encoding="utf-8")
    capsys.readouterr()
    assert main(["classroom", "grade", str(records), str(handed_out / "records")]) == 0
    told = capsys.readouterr()
    assert [line.split()[:2] for line in told.out.splitlines()[1:]] == [["records", "sums"]]
    assert re.search(r"^left out: .*tapes\.run\.jsonl", told.err)


def test_a_run_is_never_kept_over_its_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lesson = notebook(tmp_path / "sums.ipynb", "1 + 1")
    before = lesson.read_bytes()
    for option in ("-o", "--cassette"):
        assert main(["classroom", "run", str(lesson), option, str(lesson)]) == 1
        assert f"{lesson} has another part in this command, and would be written over." in capsys.readouterr().err
    assert lesson.read_bytes() == before


TALK = """\
from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.testing import ScriptedClient

def talk(turns):
    assistant = AssistantAgent("assistant", llm_config=ScriptedClient(["Yes."] * turns).llm_config())
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    user.initiate_chat(assistant, message="Well?", max_turns=turns)

"""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[bytes]:
    """A run of ``good.py`` with a cassette beside it, in the present folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("argv", "path"):
        monkeypatch.setattr(sys, name, [*getattr(sys, name)])
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    assert run_script(f"{TALK}talk(2)") == 0
    assert capsys.readouterr().err.endswith(f"The run is kept in {tmp_path / 'good.run.jsonl'}\n")
    yield Path("good.run.jsonl").read_bytes()
    uninstall_as_autogen()


def run_script(text: str) -> int:
    Path("good.py").write_text(text, encoding="utf-8")
    return main(["classroom", "run", "good.py", "--cassette", "good.json"])


def test_a_program_in_which_nothing_happens_leaves_the_run_before_as_it_was(
    kept: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cassette = Path("good.json").read_bytes()
    for text in ("x = (", "raise ValueError", "import sys; sys.exit('no')"):
        with suppress(SystemExit):
            assert run_script(text) == 1
        assert capsys.readouterr().err.endswith(
            "Nothing is kept of this run: no agent did anything in it. The run before is still kept in "
            f"{tmp_path / 'good.run.jsonl'}\n"
        )
        assert Path("good.run.jsonl").read_bytes() == kept
        assert Path("good.json").read_bytes() == cassette
    Path("good.ipynb").write_text("not JSON", encoding="utf-8")
    assert main(["classroom", "run", "good.ipynb"]) == 1
    assert Path("good.run.jsonl").read_bytes() == kept
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == [
        *("good.ipynb", "good.json", "good.py", "good.run.jsonl"),
    ]


def test_a_run_that_fails_earlier_than_the_one_before_is_kept_beside_it(
    kept: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_script(f"{TALK}talk(1)\n1 / 0") == 1
    told = capsys.readouterr().err
    assert f"The run is kept in {tmp_path / 'good.failed.jsonl'}: it failed" in told
    assert told.endswith(f"which is still kept in {tmp_path / 'good.run.jsonl'}\n")
    assert Path("good.run.jsonl").read_bytes() == kept
    assert 0 < len(Path("good.failed.jsonl").read_bytes()) < len(kept)


@pytest.mark.parametrize("text", ["talk(1)", "talk(1)\nimport sys; sys.exit(0)", "talk(3)\n1 / 0"])
def test_a_run_that_is_worth_as_much_replaces_the_one_before(
    kept: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    with suppress(SystemExit):
        run_script(TALK + text)
    assert capsys.readouterr().err.endswith(f"The run is kept in {tmp_path / 'good.run.jsonl'}\n")
    assert Path("good.run.jsonl").read_bytes() != kept
    assert [file.name for file in tmp_path.glob("*.jsonl*")] == ["good.run.jsonl"]


def number_of_a_process_that_is_gone() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_killed_run_has_left_is_kept_beside_all_others(
    kept: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = number_of_a_process_that_is_gone()
    first, second = kept.splitlines(keepends=True)[:2]
    left = [Path(f"good.run.jsonl.{gone}.partial"), Path(f"good.json.{gone}.partial")]
    left[0].write_bytes(first + second[:-5])
    left[1].write_text("{}", encoding="utf-8")
    others = [Path("good.run.jsonl.x.partial"), Path("good.run.jsonl.partial"), Path(f"other.run.jsonl.{gone}.partial")]
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True) as running:
        others.append(Path(f"good.run.jsonl.{running.pid}.partial"))
        for other in others:
            other.write_bytes(kept)
        assert run_script("raise ValueError") == 1
        told = capsys.readouterr().err
        assert f"A run that was killed had not been kept. The run is kept in {tmp_path / 'good.killed.jsonl'}\n" in told
        assert Path("good.killed.jsonl").read_bytes() == first
        assert Path("good.run.jsonl").read_bytes() == kept
        assert [file.exists() for file in left] == [False, True]  # the answers cannot be had again yet

        assert run_script(f"{TALK}talk(2)") == 0
        told = capsys.readouterr().err
        assert f"{left[1]}, which a run that was killed had left, is removed: good.json is whole.\n" in told
        assert "had not been kept" not in told
        assert not left[1].exists()
        assert [other.read_bytes() == kept for other in others] == [True] * 4
        running.communicate("\n")


def test_the_next_run_does_not_replace_one_that_was_killed(kept: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    gone = number_of_a_process_that_is_gone()
    for name, text in (("good.killed.jsonl", b"an earlier one"), (f"good.run.jsonl.{gone}.partial", kept)):
        Path(name).write_bytes(text)
    assert run_script(f"{TALK}talk(2)") == 0
    assert "good.killed2.jsonl\n" in capsys.readouterr().err
    assert Path("good.killed.jsonl").read_bytes() == b"an earlier one"
    assert Path("good.killed2.jsonl").read_bytes() == kept


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
@pytest.mark.parametrize("option", ["-o", "--cassette"])
def test_no_file_of_a_run_takes_the_place_of_a_pipe(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    notebook(Path("sums.ipynb"), "1 + 1")
    assert main(["classroom", "run", "sums.ipynb", option, "pipe"]) == 1
    assert "pipe: it is a device or a pipe. Name a new file.\n" in capsys.readouterr().err
    assert Path("pipe").is_fifo()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["pipe", "sums.ipynb"]


def test_a_run_needs_a_program_and_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["classroom", "run", "."]) == 1
    assert capsys.readouterr().err == "autogen-classic classroom: . is a folder. Name a file in it.\n"
    lesson = notebook(tmp_path / "sums.ipynb", "1 + 1")
    assert main(["classroom", "run", str(lesson), "-o", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"autogen-classic classroom: {tmp_path} is a folder. Name a file in it.\n"


def test_grades_are_never_written_over_a_run(
    handed_out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = shutil.copytree(handed_out / "records", tmp_path / "records")
    ann = shutil.copytree(records, tmp_path / "ann")
    for file in (records / "sums.run.jsonl", ann / "sums.run.jsonl"):
        before = file.read_bytes()
        assert main(["classroom", "grade", str(records), str(ann), "--json", str(file)]) == 1
        assert "would be written over. Name a new file." in capsys.readouterr().err
        assert file.read_bytes() == before
    assert main(["classroom", "grade", str(records), str(ann), "--json", str(tmp_path / "no" / "grades.json")]) == 1
    assert capsys.readouterr() == (
        "",
        f"autogen-classic classroom: There is no folder {tmp_path / 'no'}.\n",
    )


def test_what_is_no_homework_does_not_look_like_homework_that_is_missing(
    handed_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    records = tmp_path / "records"
    records.mkdir()
    for name in ("one", "two"):
        shutil.copy(handed_out / "records" / "sums.run.jsonl", records / f"{name}.run.jsonl")
    shutil.copytree(records, "students/ann")
    shutil.copy(records / "one.run.jsonl", "mine.run.jsonl")
    arguments = ["students", "nobody", "mine.run.jsonl", "students/ann/two.run.jsonl"]
    assert main(["classroom", "grade", str(records), *arguments]) == 1
    rows = [re.split(r"  +", line) for line in capsys.readouterr().out.splitlines()]
    assert [(row[0], row[1], row[-1]) for row in rows[1:]] == [
        ("students", "-", "holds folders of students; did you mean students/*?"),
        ("nobody", "-", "there is no folder nobody"),
        ("mine.run.jsonl", "-", "which lesson is it? The record has one.run.jsonl, two.run.jsonl"),
        ("two.run.jsonl", "two", "agrees"),
    ]


def test_runs_are_compared_with_the_record(
    handed_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    run_of(notebook(tmp_path / "sums.ipynb", LESSON.format(replies=AS_TAUGHT)), tmp_path / "ann" / "sums.run.jsonl")
    run_of(
        notebook(tmp_path / "sums.ipynb", LESSON.format(replies='["3.", "3!"]')), tmp_path / "bob" / "sums.run.jsonl"
    )
    (tmp_path / "cid\x1b[31m").mkdir()
    (tmp_path / "cid\x1b[31m" / "sums.run.jsonl").write_text('{"type": "message_received"}', encoding="utf-8")
    (tmp_path / "dan").mkdir()
    (tmp_path / "dan" / "sums.run.jsonl").write_bytes((handed_out / "cassettes" / "sums.json").read_bytes())
    (tmp_path / "eve").mkdir()
    students = [str(tmp_path / name) for name in ("ann", "bob", "cid\x1b[31m", "dan", "eve", "fay")]
    capsys.readouterr()

    record = handed_out / "records" / "sums.run.jsonl"
    assert main(["classroom", "grade", str(record), *students, "--json", str(tmp_path / "g.json")]) == 1
    rows = [re.split(r"  +", line) for line in capsys.readouterr().out.splitlines()]
    assert rows == [
        ["student", "lesson", "turns", "tools", "stop reasons", "cost"],
        ["ann", "sums", "4 of 4", "1 of 1", "as recorded", "$0.0000", "agrees"],
        ["bob", "sums", "4 of 4", "0 of 1", "as recorded", "$0.0000", "differs"],
        [r"cid\x1b[31m", "sums", "-", "-", "-", "-", rows[3][-1]],
        ["dan", "sums", "-", "-", "-", "-", rows[4][-1]],
        ["eve", "sums", "-", "-", "-", "-", "not handed in"],
        ["fay", "-", "-", "-", "-", "-", f"there is no folder {tmp_path / 'fay'}"],
    ]
    assert "is damaged (KeyError)" in rows[3][-1]
    assert "does not tell who spoke: hand in what `autogen-classic classroom run` writes" in rows[4][-1]
    grades = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    assert [grade["agrees"] for grade in grades] == [True, *[False] * 5]
    assert (grades[1]["stops"], grades[1]["tools"], grades[1]["all_tools"]) == (["max_turns"], 0, 1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["write", "full", "--no-wheels"], "full exists and is not empty. Name a new folder."),
        (["write", "new", "--notebooks", "empty", "--no-wheels"], "There are no notebooks in empty."),
        (["write", "new", "--notebooks", "missing", "--no-wheels"], "There is no file or folder missing."),
        (["write", "new", "--notebooks", ".", "--no-wheels"], "class. Name a folder that has some: --notebooks"),
        (["write", "new", "--wheel", "none.whl"], "There is no file none.whl."),
        (["write", "new", "--wheel", "full/file"], "is not a wheel of this library, such as autogen_classic-"),
        (["write", "new", "--python", "9.9"], "The class cannot have Python 9.9: this library needs 3.10 or later."),
        (["check", "empty"], "empty was not written by"),
        (["run", "missing.ipynb"], "There is no file missing.ipynb"),
        (["grade", "empty", "full"], "empty holds no runs"),
        (["grade", "missing", "full"], "There is no file or folder missing."),
    ],
)
def test_a_wrong_argument_gets_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    here = tmp_path / "class"
    here.mkdir()
    monkeypatch.chdir(here)
    Path("empty").mkdir()
    Path("full").mkdir()
    Path("full", "file").touch()
    assert main(["classroom", *arguments]) == 1
    assert told in capsys.readouterr().err
    assert not Path("new").exists()


# --- the machine of a student


def test_the_check_needs_nothing_but_python(handed_out: Path) -> None:
    (handed_out / "wheels").mkdir(exist_ok=True)
    bare = [sys.executable, "-I", "-S", "check.py"]
    run = subprocess.run(bare, cwd=handed_out, capture_output=True, text=True, timeout=120)
    assert run.returncode == 1
    assert re.search(
        r"^MISSING  autogen-classic +is not installed. Install it with: .*--no-index --find-links", run.stdout, re.M
    )
    assert re.search(r"^ok +Python", run.stdout)
    assert re.search(r"^ok +ports", run.stdout, re.M)
    assert run.stdout.endswith("This machine is not ready yet.\n")


def test_a_ready_machine_is_called_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / check.REQUIREMENTS).write_text("openai>=1\n# a remark\n\npytest\n", encoding="utf-8")
    assert main(["classroom", "check", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("This machine is ready.\n")


# --- notebooks and wheels


def test_the_notebooks_of_the_library_are_found_in_a_checkout() -> None:
    assert [path.name for path in find_notebooks(None)][:1] == ["01-introduction.ipynb"]


def test_a_wheel_carries_the_notebooks(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(
        ROOT / "autogen_classic", checkout / "autogen_classic", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(ROOT / "notebook", checkout / "notebook")
    for name in ("LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, checkout)
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    command = [sys.executable, "-c", build, str(tmp_path)]
    run = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    carried = {Path(name).name for name in names if name.startswith("autogen_classic/cli/_classroom/notebooks/")}
    assert carried == {path.name for path in find_notebooks(None)}


def test_requirements_come_from_what_notebooks_import(tmp_path: Path) -> None:
    lesson = notebook(
        tmp_path / "a.ipynb",
        "%load_ext autogen_classic\nimport os, autogen\nfrom opentelemetry.sdk.trace import TracerProvider",
        "import PIL.Image\n!ls",
        "this is not Python",
        "import surely_not_installed",
    )
    found = requirements_of([lesson], ["chess"])
    assert [name.lower() for name in found] == [
        *("autogen-classic", "chess", "ipykernel", "jupyterlab", "opentelemetry-sdk", "pillow", "surely_not_installed")
    ]


def test_requirements_are_read_from_what_notebooks_say_themselves(tmp_path: Path) -> None:
    lesson = notebook(
        tmp_path / "a.ipynb",
        '%pip install --quiet "pyautogen[retrievechat,lmm]~=0.2.0b4" chess>=1.10 -r more.txt  # and so on',
        "! {sys.executable} -m pip install flaml && pip uninstall numpy\nimport chess",
        "# pip install left-out\nprint('install nothing')",
    )
    content = json.loads(lesson.read_text(encoding="utf-8"))
    told = [
        'It needs `pip install -U "ag2[openai, mcp]"`, and then:\n',
        "```bash\n",
        "pip install ./here polars\n",
        "```",
    ]
    content["cells"].append({"cell_type": "markdown", "metadata": {}, "source": told})
    lesson.write_text(json.dumps(content), encoding="utf-8")
    assert requirements_of([lesson]) == [
        *("autogen-classic[lmm,mcp,openai,retrievechat]", "chess>=1.10", "flaml", "ipykernel", "jupyterlab", "polars")
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("%pip install alpha; import os", ["alpha"]),
        ("!pip install alpha&&echo done", ["alpha"]),
        ("!pip install '' alpha | tail -1", ["alpha"]),
        ("!pip install alpha>/dev/null beta", ["alpha"]),
        ("!pip install alpha> log", ["alpha"]),
        ("!pip install alpha 2>&1", ["alpha"]),
        ("!pip install alpha; echo don't", ["alpha"]),
        (
            "!pip install alpha>=2,<3 'beta[x, y]~=1' 2captcha-python",
            ["alpha>=2,<3", "beta[x, y]~=1", "2captcha-python"],
        ),
        ("!pip install alpha==$VERSION beta=={wanted} gamma==", ["alpha", "beta", "gamma"]),
        ("""!pip install "alpha; python_version<'3.11'" beta""", ["alpha; python_version<'3.11'", "beta"]),
        ("!pip install -Ur more.txt -qq -t here --log file --no-deps --root=/x alpha", ["alpha"]),
        ("%pip install alpha \\\n   beta \\\n -q", ["alpha", "beta"]),
        ("```bash\n# first\npip install alpha\n$ python3 -m pip install beta\n```\npip install no", ["alpha", "beta"]),
        (
            "See:\\\n~~~\npip install alpha\n~~~\n`pip install beta`, ``uv pip install gamma``.",
            ["alpha", "beta", "gamma"],
        ),
        ("%%bash\ncd here\npip install alpha", ["alpha"]),
    ],
)
def test_a_command_for_pip_is_read_to_its_end(text: str, told: list[str]) -> None:
    assert [match[0] for match in requirements_told_in(text)] == told


@pytest.mark.parametrize(
    "word",
    [
        *("--pre", "--index-url=https://evil.example/", "'alpha --pre'", "'alpha>=1 --pre'", "'alpha[ --pre ]'"),
        *(
            "'alpha; import os'",
            "https://evil.example/a.whl",
            "git+https://evil.example/a",
            "'a @ https://evil.example'",
        ),
        *("requirements.txt", "alpha-1.0.whl", "alpha.tar.gz", "./here", "some/where", "$HOME", "'alpha\n--pre'"),
    ],
)
def test_a_notebook_hands_nothing_but_names_to_pip(word: str) -> None:
    assert [match[0] for match in requirements_told_in(f"!pip install {word} wanted")] in (["wanted"], [])


def test_a_teacher_may_ask_for_whatever_pip_takes() -> None:
    also = ["./some-1.0.whl", "git+https://github.com/a/b", "name @ https://a.example/b.whl", "-e ./here"]
    found = requirements_of([], [*also, "langchain [all]", "2captcha-python", "pyautogen[lmm]"])
    assert found == [
        *("autogen-classic[lmm]", "2captcha-python", "ipykernel", "jupyterlab", "langchain [all]"),
        *also,
    ]


def test_cells_that_hold_no_text_are_passed_over(tmp_path: Path) -> None:
    lesson = notebook(tmp_path / "a.ipynb", "import chess", "x = '\0'", "-" * 100_000 + "1")
    content = json.loads(lesson.read_text(encoding="utf-8"))
    content["cells"] += [7, {"cell_type": "markdown", "source": 5}, {"cell_type": "markdown", "source": [None, "x"]}]
    lesson.write_text(json.dumps(content), encoding="utf-8")
    assert requirements_of([lesson]) == ["autogen-classic", "chess", "ipykernel", "jupyterlab"]


def package(folder: Path, name: str, *lines: str, files: Sequence[str] = ()) -> None:
    """Something that looks installed."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0", *lines]
    (info / "METADATA").write_text("".join(f"{line}\n" for line in metadata), encoding="utf-8")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files), encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for what looks installed."""
    monkeypatch.syspath_prepend(tmp_path / "site")
    caches = (needs._installed, needs._files_of)
    for cache in caches:
        cache.cache_clear()
    yield tmp_path / "site"
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize("installed", [1, 2])
def test_a_module_of_a_shared_folder_is_looked_up_by_its_whole_name(site: Path, tmp_path: Path, installed: int) -> None:
    for name in ["one", "two"][:installed]:
        package(site, f"google-{name}", files=[f"google/{name}/__init__.py"])
    lesson = notebook(
        tmp_path / "a.ipynb",
        "import google, google.one.parts, google.generativeai.types",
        "from google import genai\nfrom google.one import X",
    )
    assert requirements_of([lesson])[1:] == [
        *("google-genai", "google-generativeai", "google-one", "ipykernel", "jupyterlab")
    ]


def test_the_check_ends_where_extras_name_each_other(site: Path) -> None:
    package(
        site,
        "round-about",
        "Requires-Dist: Round_About[b]; extra == 'a'",
        "Requires-Dist: round-about[A]; extra == 'b'",
    )
    assert check.installed(["round-about[a]"]) == {"round-about": "1.0"}


def test_the_check_compares_extras_as_pip_does(site: Path) -> None:
    package(site, "leaf")
    package(site, "tree", "Requires-Dist: leaf>=1; extra == 'all-leaves'", "Requires-Dist: gone; (extra == 'Old.Ones')")
    assert check.installed(["tree[All_Leaves]"]) == {"tree": "1.0", "leaf": "1.0"}
    assert check.installed(["tree", "Tree [old-ones]", "tree[all.leaves]"]) == {
        "tree": "1.0",
        "gone": None,
        "leaf": "1.0",
    }


def test_the_check_looks_at_nothing_that_does_not_tell_its_name() -> None:
    lines = [
        "./some-1.0.whl",
        "some-1.0.whl",
        "git+https://a.example/b",
        "https://a.example/b.whl",
        "-e ./here",
        "# openai",
    ]
    assert check.installed([*lines, "openai @ https://a.example/openai.whl"]).keys() == {"openai"}


def test_the_check_looks_at_what_extras_bring_along() -> None:
    found = check.installed(["autogen-classic[lmm, no-such-extra]", "surely-not-installed[all]"])
    assert [*found] == ["autogen-classic", "pillow", "replicate", "surely-not-installed"]
    assert [name for name, version in found.items() if version is None] == ["surely-not-installed"]


def test_what_this_machine_lacks_is_said_before_notebooks_fail_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = notebook(tmp_path / "a.ipynb", "import surely_not_installed")
    assert main(["classroom", "write", str(tmp_path / "class"), "--notebooks", str(lesson), "--no-wheels"]) == 1
    told = capsys.readouterr().out
    assert re.search(r"This machine lacks .*surely_not_installed.*pip install -r \S+requirements.txt", told)


# --- a class at work


def test_students_who_share_a_cache_do_not_disturb_each_other() -> None:
    sys.path.insert(0, str(ROOT))
    from benchmarks.shared_cache import QUESTIONS, hold_class

    faults, requests = hold_class(students=3, at_a_time=3)
    assert faults == []
    assert QUESTIONS <= requests <= 3 * QUESTIONS
