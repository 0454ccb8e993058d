"""A tool for experts; see the package above."""


def read_table(path: str, limit: int = 1000) -> list[dict[str, str]]:
    """Read a table from a CSV or TSV file whose first line names the columns.

    Args:
        path: the file; commas, semicolons or tabs stand between the columns.
        limit: how many rows are read at most.

    Returns:
        A dict for each row, with the texts of its cells by the names of their columns.
    """
    import csv
    import itertools

    with open(path, newline="", encoding="utf-8-sig") as file:
        head = file.readline()
        delimiter = max(",;\t", key=head.count)
        file.seek(0)
        return list(itertools.islice(csv.DictReader(file, delimiter=delimiter), limit))
