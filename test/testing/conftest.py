from autogen_classic.testing.pytest_plugin import (  # noqa: F401 - fixtures of the plugin, used by name
    mock_openai_server,
    no_model_requests,
    scripted_client,
    scripted_person,
)
