"""A tool for experts; see the package above."""


def prime_factors(number: int) -> list[int]:
    """Split a whole number into its prime factors.

    Args:
        number: a whole number from 2 on.

    Returns:
        The factors in ascending order, each as often as it divides the number.

    Raises:
        ValueError: the number is below 2.
    """
    if number < 2:
        raise ValueError(f"{number} has no prime factors.")
    factors = []
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            factors.append(divisor)
            number //= divisor
        divisor += 1 if divisor == 2 else 2
    return [*factors, number] if number > 1 else factors
