"""A tool for experts; see the package above."""


def compare_texts(before: str, after: str) -> dict[str, object]:
    """Compare two versions of a text line by line.

    Args:
        before: the first version.
        after: the second version.

    Returns:
        How similar they are, from 0 to 1, and the lines that differ as a unified diff.
    """
    import difflib

    old, new = before.splitlines(), after.splitlines()
    return {
        "similarity": difflib.SequenceMatcher(None, before, after).ratio(),
        "difference": "\n".join(difflib.unified_diff(old, new, "before", "after", lineterm="")),
    }
