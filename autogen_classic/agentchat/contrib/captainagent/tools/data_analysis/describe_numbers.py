"""A tool for experts; see the package above."""


def describe_numbers(numbers: list[float]) -> dict[str, float]:
    """Describe a sample of numbers by its statistics.

    Args:
        numbers: two numbers or more.

    Returns:
        The count, mean, median, sample standard deviation, minimum, maximum, and the first and third quartile.
    """
    import statistics

    lower, median, upper = statistics.quantiles(numbers, n=4, method="inclusive")
    return {
        "count": len(numbers),
        "mean": statistics.fmean(numbers),
        "median": median,
        "standard_deviation": statistics.stdev(numbers),
        "minimum": min(numbers),
        "maximum": max(numbers),
        "first_quartile": lower,
        "third_quartile": upper,
    }
