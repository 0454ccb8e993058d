"""A tool for experts; see the package above."""


def solve_linear_system(coefficients: list[list[float]], constants: list[float]) -> list[float]:
    """Solve a system of linear equations exactly.

    Args:
        coefficients: a row of numbers for each equation, with one for each unknown.
        constants: the right side of each equation.

    Returns:
        The value of each unknown.

    Raises:
        ValueError: there are not as many equations as unknowns, or the system has no single solution.
    """
    from fractions import Fraction

    size = len(constants)
    if len(coefficients) != size or any(len(row) != size for row in coefficients):
        raise ValueError(f"{size} equations need {size} rows of {size} coefficients.")
    rows = [
        [Fraction(number) for number in [*row, constant]] for row, constant in zip(coefficients, constants, strict=True)
    ]
    for column in range(size):
        pivot = next((place for place in range(column, size) if rows[place][column]), None)
        if pivot is None:
            raise ValueError("The system has no single solution.")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [number / rows[column][column] for number in rows[column]]
        for place in range(size):
            if place != column:
                factor = rows[place][column]
                rows[place] = [one - factor * other for one, other in zip(rows[place], rows[column], strict=True)]
    return [float(row[-1]) for row in rows]
