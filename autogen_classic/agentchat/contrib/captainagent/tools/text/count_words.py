"""A tool for experts; see the package above."""


def count_words(text: str, most_common: int = 10) -> dict[str, object]:
    """Count the characters, words and sentences of a text, and find its most frequent words.

    Args:
        text: the text.
        most_common: how many of the most frequent words are listed.

    Returns:
        The numbers of characters, words, sentences and different words, and the most frequent words with their counts.
    """
    import re
    from collections import Counter

    words = re.findall("\\w+(?:['\u2019-]\\w+)*", text.lower())
    counted = Counter(words)
    return {
        "characters": len(text),
        "words": len(words),
        "sentences": sum(re.search(r"\w", part) is not None for part in re.split(r"[.!?]+", text)),
        "different_words": len(counted),
        "most_common": counted.most_common(most_common),
    }
