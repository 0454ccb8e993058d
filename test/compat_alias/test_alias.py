"""`import autogen` and `autogen_classic` are one set of modules."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from unittest import mock

import pytest

import autogen_classic
from autogen_classic.compat import AliasRefusedError, install_as_autogen, uninstall_as_autogen
from autogen_classic.version import AUTOGEN_VERSION, RELEASE

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def alias():
    install_as_autogen()
    yield
    uninstall_as_autogen()


def run_python(program: str, *search_path: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh interpreter that finds the package, after the folders of `search_path`."""
    setup = f"import sys; sys.path[:0] = {[str(folder) for folder in (*search_path, ROOT)]!r}\n"
    return subprocess.run([sys.executable, "-c", setup + program], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("path", ["", ".oai.client", ".agentchat", ".agentchat.conversable_agent", ".code_utils"])
def test_both_names_are_the_same_module(alias, path):
    assert importlib.import_module("autogen" + path) is importlib.import_module("autogen_classic" + path)


def test_the_package_alone_exposes_what_old_programs_reach_through_it(alias):
    import autogen

    modules = ("oai.client", "token_count_utils", "code_utils", "agentchat.conversable_agent", "logger", "messages")
    for path in (*modules, "Completion"):
        value = autogen
        for name in path.split("."):
            value = getattr(value, name)


def test_a_star_import_finds_every_public_name(alias):
    namespace: dict[str, object] = {}
    exec("from autogen import *", namespace)
    assert {"AssistantAgent", "GroupChat", "Cache", "config_list_from_json"} <= namespace.keys()


def test_a_name_that_does_not_exist_is_an_attribute_error(alias):
    import autogen

    with pytest.raises(AttributeError, match="no attribute 'AssistentAgent'"):
        _ = autogen.AssistentAgent


def test_a_module_that_does_not_exist_is_named_as_the_program_named_it(alias):
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'autogen\.no_such_thing'"):
        importlib.import_module("autogen.no_such_thing")


def test_isinstance_holds_across_both_names(alias):
    from autogen import ConversableAgent

    agent = autogen_classic.UserProxyAgent("user", code_execution_config=False)
    assert isinstance(agent, ConversableAgent)


def test_mock_patch_by_the_old_path_reaches_the_library(alias):
    from autogen_classic.agentchat.conversable_agent import ConversableAgent

    original = ConversableAgent.send
    with mock.patch("autogen.agentchat.conversable_agent.ConversableAgent.send") as patched:
        assert ConversableAgent.send is patched
    assert ConversableAgent.send is original


def test_mock_patch_of_a_lazy_name_is_undone(alias):
    import autogen

    original = autogen.AssistantAgent
    with mock.patch("autogen.AssistantAgent") as patched:
        assert autogen_classic.AssistantAgent is patched
    assert autogen.AssistantAgent is original


def test_a_class_pickles_by_reference_and_comes_back_as_itself(alias):
    from autogen.agentchat.chat import ChatResult

    assert pickle.loads(pickle.dumps(ChatResult)) is ChatResult


def test_a_pickle_that_names_the_old_path_is_read(alias):
    old = b"cautogen.agentchat.chat\nChatResult\n."
    assert pickle.loads(old) is autogen_classic.ChatResult


def test_reload_keeps_one_module_under_both_names(alias):
    import autogen.formatting_utils as module

    assert importlib.reload(module) is module
    assert sys.modules["autogen.formatting_utils"] is sys.modules["autogen_classic.formatting_utils"] is module


def test_the_spec_of_a_module_stays_its_own(alias):
    module = importlib.import_module("autogen.exception_utils")
    assert module.__spec__.name == "autogen_classic.exception_utils"


def test_looking_for_a_module_does_not_import_it():
    done = run_python(
        "from autogen_classic.compat import install_as_autogen as install; install()\n"
        "import importlib.util as u; print(u.find_spec('autogen.graph_utils').origin)\n"
        "print('autogen_classic.graph_utils' in sys.modules)"
    )
    assert done.stdout.splitlines() == [str(ROOT / "autogen_classic" / "graph_utils.py"), "False"]


def test_installing_twice_is_installing_once(alias):
    install_as_autogen()
    assert sum(type(finder).__name__ == "_AliasFinder" for finder in sys.meta_path) == 1


def test_after_uninstalling_the_old_name_is_gone():
    install_as_autogen()
    importlib.import_module("autogen.version")
    uninstall_as_autogen()
    assert not [name for name in sys.modules if name.partition(".")[0] == "autogen"]
    assert importlib.util.find_spec("autogen") is None


def test_many_threads_importing_at_once_get_one_module():
    done = run_python(
        "import threading\n"
        "from autogen_classic.compat import install_as_autogen\n"
        "barrier, seen = threading.Barrier(16), []\n"
        "def work(name):\n"
        "    barrier.wait()\n"
        "    install_as_autogen()\n"
        "    seen.append(__import__(name + '.agentchat.conversable_agent', fromlist=['x']).ConversableAgent)\n"
        "threads = [threading.Thread(target=work, args=(n,)) for n in ['autogen', 'autogen_classic'] * 8]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "print(len(seen), len(set(seen)))"
    )
    assert done.stdout.split() == ["16", "1"], done.stderr


def test_concurrent_installing_puts_one_finder_in_place():
    threads = [threading.Thread(target=install_as_autogen) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert sum(type(finder).__name__ == "_AliasFinder" for finder in sys.meta_path) == 1
    finally:
        uninstall_as_autogen()


# --- refusals


INSTALL = "from autogen_classic.compat import install_as_autogen\ninstall_as_autogen()\n"


def installed_autogen(folder: Path) -> Path:
    """A site-packages folder in which a distribution called pyautogen provides `autogen`."""
    site = folder / "site-packages"
    (site / "autogen").mkdir(parents=True)
    (site / "autogen" / "__init__.py").write_text("raise SystemExit('the real package was imported')\n")
    info = site / "pyautogen-0.2.35.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pyautogen\nVersion: 0.2.35\n")
    (info / "top_level.txt").write_text("autogen\n")
    return site


def test_an_installed_autogen_is_named_and_not_imported(tmp_path):
    done = run_python(INSTALL, installed_autogen(tmp_path))
    assert "AliasRefusedError: Another `autogen` is installed at" in done.stderr
    assert "python -m pip uninstall pyautogen" in done.stderr


def test_a_file_called_autogen_beside_the_program_is_named(tmp_path):
    (tmp_path / "autogen.py").write_text("")
    done = run_python(INSTALL, tmp_path)
    assert f"{tmp_path / 'autogen.py'} stands in the way" in done.stderr
    assert "Rename it" in done.stderr


def test_a_mere_folder_called_autogen_is_no_obstacle(tmp_path):
    (tmp_path / "autogen").mkdir()
    done = run_python(INSTALL + "import autogen; print(autogen.__name__)", tmp_path)
    assert done.stdout.strip() == "autogen_classic", done.stderr


def test_an_autogen_that_is_already_imported_is_named():
    stranger = importlib.util.module_from_spec(importlib.machinery.ModuleSpec("autogen", None))
    with (
        mock.patch.dict(sys.modules, autogen=stranger),
        pytest.raises(AliasRefusedError, match="has already been imported"),
    ):
        install_as_autogen()


def test_the_refusal_is_an_import_error():
    assert issubclass(AliasRefusedError, ImportError)


# --- versions and loggers


def test_the_version_is_the_one_that_old_programs_compare_with(alias):
    import autogen

    assert autogen.__version__ == autogen.version.__version__ == AUTOGEN_VERSION
    assert tuple(int(part) for part in autogen.__version__.split(".")) >= (0, 2, 28)


def test_the_release_is_the_version_of_the_distribution():
    assert f'\nversion = "{RELEASE}"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "autogen.oai.client",
        "autogen.oai.completion",
        "autogen.agentchat.chat",
        "autogen.agentchat.groupchat",
        "autogen.code_utils",
        "autogen.function_utils",
        "autogen.token_count_utils",
    ],
)
def test_loggers_bear_the_names_that_old_programs_silence(alias, name):
    assert importlib.import_module(name).logger is logging.getLogger(name)
