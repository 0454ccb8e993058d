"""A tool for experts; see the package above."""


def fit_line(x: list[float], y: list[float]) -> dict[str, float]:
    """Fit a straight line to points by least squares.

    Args:
        x: the first coordinate of each point.
        y: the second coordinate of each point.

    Returns:
        The slope and the intercept of the line, and the coefficient of determination (r_squared).
    """
    import statistics

    slope, intercept = statistics.linear_regression(x, y)
    is_level = min(y) == max(y)
    return {
        "slope": slope,
        "intercept": intercept,
        "r_squared": 1.0 if is_level else statistics.correlation(x, y) ** 2,
    }
