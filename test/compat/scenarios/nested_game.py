"""A game whose moves are nested chats with the agent of the board, which runs the tools and ends them at a move."""

from typing import Annotated

from autogen import ConversableAgent, register_function
from scenario import llm_config, note, record, tool_calls


def main(mode):
    moves = []
    has_moved = False

    def legal_moves() -> Annotated[str, "the legal moves"]:
        return ",".join(move for move in ("e4", "e5", "d4", "Nf3") if move not in moves)

    def make_move(move: Annotated[str, "a move"]) -> Annotated[str, "what came of it"]:
        nonlocal has_moved
        if move in moves:
            raise ValueError(f"{move} is taken")
        moves.append(move)
        has_moved = True
        return f"Moved {move}."

    def a_move_was_made(message):
        nonlocal has_moved
        made, has_moved = has_moved, False
        return made

    def player(name, *replies):
        config = llm_config(*replies, name=name)
        return ConversableAgent(name, system_message=name, llm_config=config, human_input_mode="NEVER")

    def move(name, number):
        return tool_calls(("make_move", {"move": name}, f"call_{number}"))

    white = player("white", tool_calls(("legal_moves", {})), move("e4", 1), "e4", move("e4", 2), move("d4", 3), "d4")
    black = player("black", move("e5", 4), "e5", move("Nf3", 5), "Nf3")
    board = ConversableAgent(
        "board",
        llm_config=False,
        human_input_mode="NEVER",
        is_termination_msg=a_move_was_made,
        default_auto_reply="Please make a move.",
    )
    for one, other in ((white, black), (black, white)):
        register_function(legal_moves, caller=one, executor=board, description="List the legal moves.")
        register_function(make_move, caller=one, executor=board, description="Make a move.")
        one.register_nested_chats([{"sender": board, "recipient": one, "summary_method": "last_msg"}], trigger=other)
    result = black.initiate_chat(white, message="Let us play. Your move.", max_turns=2)
    note("result", result)
    note("moves", moves)
    record(board, white)
