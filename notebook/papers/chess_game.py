"""Conversational chess: two agents play, and a board that knows the rules is the only way to move.

A player talks to the board in a chat of its own, where it calls tools: it asks which moves are legal, and makes one. An
illegal move is an error that the player reads and corrects; the opponent hears only of the move that was made. A script
plays both models. Needs ``pip install chess``.

The application is that of *AutoGen: Enabling Next-Gen LLM Applications via Multi-Agent Conversation* (Wu et al., 2023).
"""

from typing import Annotated

import chess

from autogen_classic import ConversableAgent, register_function
from autogen_classic.testing import ScriptedClient, tool_call

board = chess.Board()


def legal_moves() -> str:
    """The moves that the player may make now, in the notation of UCI."""
    return ", ".join(move.uci() for move in board.legal_moves)


def make_move(move: Annotated[str, "A move in the notation of UCI, such as e2e4."]) -> str:
    """Make a move."""
    chosen = chess.Move.from_uci(move)
    if chosen not in board.legal_moves:
        raise ValueError(f"{move} is not legal here. Ask for the legal moves.")
    said = board.san(chosen)
    board.push(chosen)
    return f"{said} was played."


white_model = ScriptedClient(
    [
        tool_call("make_move", move="f2f3"),
        "I have moved my pawn to f3.",
        tool_call("make_move", move="g2g5"),  # a pawn does not go that far
        tool_call("legal_moves"),
        tool_call("make_move", move="g2g4"),
        "My pawn is on g4.",
    ]
)
black_model = ScriptedClient(
    [
        tool_call("make_move", move="e7e5"),
        "I take the centre.",
        tool_call("make_move", move="d8h4"),
        "Checkmate. Good game!",
    ]
)


def player(color: chess.Color, model: ScriptedClient) -> ConversableAgent:
    """A player who moves through a chat with the board, which ends when the player has moved and says so."""
    name = chess.COLOR_NAMES[color]
    one = ConversableAgent(
        name,
        system_message=f"You play chess with the {name} pieces. Make your move, then tell your opponent of it.",
        llm_config=model.llm_config(),
        human_input_mode="NEVER",
        is_termination_msg=lambda message: "Good game" in (message["content"] or ""),
    )
    table = ConversableAgent(
        "board",
        llm_config=False,
        human_input_mode="NEVER",
        default_auto_reply="It is your turn: make a move.",
        is_termination_msg=lambda message: board.turn != color and not message.get("tool_calls"),
    )
    for tool in (legal_moves, make_move):
        register_function(tool, caller=one, executor=table, description=str(tool.__doc__))
    one.register_nested_chats(
        trigger=lambda sender: sender is not table,
        chat_queue=[{"sender": table, "recipient": one, "summary_method": "last_msg", "silent": True}],
    )
    return one


white, black = player(chess.WHITE, white_model), player(chess.BLACK, black_model)
result = black.initiate_chat(white, message="Let us play chess. You begin.", max_turns=3)

print(board)
print("Result:", board.result())
