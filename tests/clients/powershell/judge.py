"""Compares attempts with what was measured for a release. No processes and no clock."""

# What this machine may add to a wait, besides the measured jitter: a busy processor, 100 s of a time-out.
SLACK_MS = 600
SLACK_PART = 0.02


def attempts(expected, seen, connected):
    """What differs, in words, or nothing.

    `expected` has `attempts`, `waits` in seconds as [least, most], and `connected`; with `then`, more
    requests may follow. `seen` has a [milliseconds since the first, status] each.
    """
    count = expected["attempts"]
    problems = []
    if len(seen) < count or (len(seen) > count and not expected.get("then")):
        problems.append(f"{len(seen)} attempts, not {count}")
    if connected != expected["connected"]:
        problems.append("connected" if connected else "not connected")
    for number, (least, most) in enumerate(expected["waits"], start=1):
        if number < len(seen):
            wait = seen[number][0] - seen[number - 1][0]
            longest = most * 1000 * (1 + SLACK_PART) + SLACK_MS
            if not least * 1000 - 20 <= wait <= longest:
                problems.append(f"wait {number} of {wait / 1000:.2f} s, not {least} to {most} s")
    return "; ".join(problems)


def waits(seen):
    """The waits between attempts, in seconds, as a table has them."""
    gaps = [after[0] - before[0] for before, after in zip(seen, seen[1:])]
    return " ".join(f"{gap / 1000:.1f}" for gap in gaps) or "-"


def says(errors, words):
    """Whether one of the errors has these words."""
    return any(words in error for error in errors)
