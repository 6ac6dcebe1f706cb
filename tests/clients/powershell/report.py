"""What was checked, and the tables that come of it."""


class Report:
    """Counts of what passed, failed and was skipped; tables; attempts to be kept as a recording."""

    def __init__(self, out=print):
        self.out = out
        self.passed = self.failed = self.skipped = 0
        self.recording = {"tokens": [], "faults": []}

    def check(self, what, met, seen):
        """A figure that does not depend on the machine, held to what was measured."""
        if met:
            self.passed += 1
        else:
            self.failed += 1
            self.out(f"FAILED   {what}: {seen}")
        return met

    def skip(self, what, why):
        """Something that could not be tried here. It never counts as passed."""
        self.skipped += 1
        self.out(f"SKIPPED  {what}: {why}")

    def heading(self, title):
        self.out(f"\n== {title}")

    def table(self, header, rows):
        """A table as the documents have it."""
        rows = [[str(cell) for cell in row] for row in rows]
        if not rows:
            return
        widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]

        def line(cells):
            padded = (cell.ljust(width) for cell, width in zip(cells, widths))
            return "| " + " | ".join(padded) + " |"

        self.out(line(header))
        self.out("|" + "|".join("-" * (width + 2) for width in widths) + "|")
        for row in rows:
            self.out(line(row))

    def counts(self):
        """The last lines, in the words of the other clients' runners."""
        return f"# pass {self.passed}\n# fail {self.failed}\n# skipped {self.skipped}"


def seconds(milliseconds):
    return "-" if milliseconds is None else f"{milliseconds / 1000:.1f} s"
