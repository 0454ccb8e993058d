"""A tool for experts; see the package above."""


def find_in_text(text: str, pattern: str, context: int = 60, limit: int = 20) -> list[dict[str, object]]:
    """Find all places in a text that match a regular expression, regardless of the case of letters.

    Args:
        text: the text.
        pattern: the regular expression.
        context: how many characters around each place are shown.
        limit: how many places are shown at most.

    Returns:
        For each place the line number, the matching text, and the text around it.
    """
    import itertools
    import re

    found = itertools.islice(re.finditer(pattern, text, re.IGNORECASE), limit)
    return [
        {
            "line": text.count("\n", 0, match.start()) + 1,
            "match": match.group(),
            "around": text[max(match.start() - context, 0) : match.end() + context],
        }
        for match in found
    ]
