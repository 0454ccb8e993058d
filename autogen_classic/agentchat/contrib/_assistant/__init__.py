"""The room behind `GPTAssistantAgent`: what an assistant is made of, and how its answers are written."""
