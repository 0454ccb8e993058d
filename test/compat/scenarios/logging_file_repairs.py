"""runtime_logging to a file: agents, wrappers and clients, which 0.2.40 fails to write, or writes with their keys."""

import logging

import logged_program
from autogen import runtime_logging
from logged import file_lines
from scenario import note


def main(mode):
    logging.getLogger("autogen.logger.file_logger").propagate = False  # 0.2.40 writes its lines through it
    runtime_logging.start(logger_type="file", config={"filename": "run.log"})
    logged_program.run()
    runtime_logging.stop()
    lines = [line for line in file_lines("autogen_logs/run.log") if isinstance(line, dict)]
    note("agents", [[line["agent_name"], line["agent_type"]] for line in lines if "agent_type" in line])
    note("clients", [[line["class"], "sk-test" in line["json_state"]] for line in lines if "class" in line])
    note("wrappers", [line for line in lines if list(line)[:1] == ["wrapper_id"]])
