"""runtime_logging to a database: every row of every table, but for ids and times."""

import logged_program
from autogen import runtime_logging
from autogen.logger import SqliteLogger
from logged import database_rows
from scenario import note


def main(mode):
    session_id = runtime_logging.start(config={"dbname": "logs.db"})
    note("session", session_id)
    note("enabled", runtime_logging.logging_enabled())
    note("connection", type(runtime_logging.get_connection()).__name__)
    logged_program.run()
    runtime_logging.stop()
    note("enabled afterwards", runtime_logging.logging_enabled())
    for table, rows in database_rows("logs.db").items():
        note(table, rows)
    note("version", SqliteLogger.schema_version)
