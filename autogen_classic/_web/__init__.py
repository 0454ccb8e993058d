"""What stands between this machine and what a model, a page or a stranger chose.

``addresses`` reads addresses as texts. ``fence`` knows which of them may be reached, and ``files`` which files may be
shown. ``fetch`` gets what an address holds with limits on size, time and type, ``pictures`` gets the picture that one
of them holds, and ``errors`` has what they raise.
"""
