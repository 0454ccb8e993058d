"""The rooms behind `GroupChat` and `GroupChatManager`.

``loop`` runs the rounds, ``candidates`` finds who may speak next, ``resume`` takes up an earlier chat, ``clearing``
obeys a person who asks to forget, ``names`` reads agents' names out of an answer, ``checks`` refuses what cannot
work, and ``texts`` holds what is printed and asked. How one of several candidates is chosen stands in ``speakers``.
"""
