"""Pictures of conversations and groups: diagrams, and pages of messages.

What models, tools and people said is hostile text: it is escaped here, and pictures in it are checked before they are
shown. Nothing in this room reads a file or knows an agent.
"""
