"""What stands between this machine and addresses that a model or a page chose.

``fence`` knows which addresses may be reached, ``fetch`` gets one of them with limits on size, time and type,
``pictures`` gets the picture that one of them holds, and ``errors`` has what they raise.
"""
