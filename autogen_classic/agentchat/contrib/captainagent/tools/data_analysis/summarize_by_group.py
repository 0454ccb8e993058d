"""A tool for experts; see the package above."""


def summarize_by_group(rows: list[dict[str, str]], group_by: str, value: str) -> dict[str, dict[str, float]]:
    """Group the rows of a table by one column, and add up another one.

    Args:
        rows: the rows, such as `read_table` returns them.
        group_by: the column whose values make the groups.
        value: the column with the numbers; rows in which it is empty are left out.

    Returns:
        For each group the count of its rows, and the sum, mean, minimum and maximum of the numbers.
    """
    groups: dict[str, list[float]] = {}
    for row in rows:
        if row.get(value) not in (None, ""):
            groups.setdefault(str(row[group_by]), []).append(float(row[value]))
    return {
        name: {
            "count": len(numbers),
            "sum": sum(numbers),
            "mean": sum(numbers) / len(numbers),
            "minimum": min(numbers),
            "maximum": max(numbers),
        }
        for name, numbers in groups.items()
    }
