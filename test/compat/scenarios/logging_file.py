"""runtime_logging to a file: the lines that 0.2.40 gets right."""

import logging

import logged_program
from autogen import runtime_logging
from logged import file_lines
from scenario import note


def main(mode):
    logging.getLogger("autogen.logger.file_logger").propagate = False  # 0.2.40 writes its lines through it
    session_id = runtime_logging.start(logger_type="file", config={"filename": "run.log"})
    note("session", session_id)
    note("connection", runtime_logging.get_connection())
    logged_program.run()
    runtime_logging.stop()
    lines = file_lines("autogen_logs/run.log")
    note("first line", lines[0])
    for kind, field in (("event", "event_name"), ("completion", "invocation_id"), ("function", "input_args")):
        note(kind, [line for line in lines if field in line and isinstance(line, dict)])
