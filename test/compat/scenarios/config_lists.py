"""config_list_from_json, filter_config, get_config_list, from_models, from_dotenv and the default Azure settings."""

import json

import autogen
from scenario import note, raises, set_environment

ENTRIES = [
    {"model": "gpt-4", "api_key": "sk-1", "tags": ["a", "b"]},
    {"model": "gpt-3.5-turbo", "api_key": "sk-2", "base_url": "http://x/v1", "tags": ["c"]},
    {"model": "other", "api_key": "sk-3", "api_type": "azure", "api_version": "v"},
]


def main(mode):
    with open("OAI_CONFIG_LIST", "w") as file:
        json.dump(ENTRIES, file)
    note("file", autogen.config_list_from_json("OAI_CONFIG_LIST"))
    note("filtered", autogen.config_list_from_json("OAI_CONFIG_LIST", filter_dict={"model": ["gpt-4", "other"]}))
    note("by tags", autogen.config_list_from_json("OAI_CONFIG_LIST", filter_dict={"tags": ["b", "c"]}))
    set_environment(FROM_ENV=json.dumps(ENTRIES[:1]), FILE_IN_ENV="OAI_CONFIG_LIST")
    note("environment", autogen.config_list_from_json("FROM_ENV"))
    note("file named in the environment", len(autogen.config_list_from_json("FILE_IN_ENV")))
    with raises("missing"):
        autogen.config_list_from_json("NOT_THERE")
    with raises("missing with location"):
        autogen.config_list_from_json("NOT_THERE", file_location="folder")
    for name, text in {
        "comment": '[{"model": "m"} // c\n]',
        "comma": '[{"model": "m"},]',
        "empty": "",
        "list": "[]",
        "dict": '{"model": "m"}',
    }.items():
        with open(name, "w") as file:
            file.write(text)
        with raises(f"file with {name}"):
            note(name, autogen.config_list_from_json(name))
    note("filter_config", autogen.filter_config(ENTRIES, {"model": ["gpt-4"]}))
    note("filter by two", autogen.filter_config(ENTRIES, {"model": ["gpt-4", "other"], "api_type": ["azure"]}))
    note("filter with None", autogen.filter_config(ENTRIES, {"api_type": ["azure", None]}))
    note("filter none", autogen.filter_config(ENTRIES, None))
    with raises("exclude"):
        note("excluded", autogen.filter_config(ENTRIES, {"model": ["gpt-4"]}, exclude=True))
    note(
        "get_config_list",
        autogen.get_config_list(["k1", "k2"], base_urls=["u1", "u2"], api_type="openai", api_version="v"),
    )
    with raises("of unequal length"):
        autogen.get_config_list(["k1", "k2"], base_urls=["u1"])
    set_environment(OPENAI_API_KEY="sk-env", AZURE_OPENAI_API_KEY="az-key", AZURE_OPENAI_API_BASE="https://a.example")
    note("from models", autogen.config_list_from_models(model_list=["gpt-4", "gpt-3.5-turbo"]))
    note("gpt-4 and 3.5", autogen.config_list_gpt4_gpt35())
    note("openai and azure", autogen.config_list_openai_aoai())
    with open(".env", "w") as file:
        file.write("KEY_A=sk-a\nKEY_B=sk-b\n")
    note(
        "dotenv",
        autogen.config_list_from_dotenv(
            ".env", {"gpt-4": "KEY_A", "m": {"api_key_env_var": "KEY_B", "base_url": "http://b"}, "gone": "KEY_C"}
        ),
    )
    note("get_key", [autogen.oai.openai_utils.get_key({"model": "m", "temperature": 1, "api_key": "secret"})])
