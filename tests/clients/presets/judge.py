"""Holds what a client did to its model: the schedule that `imds-client schedule` prints of its preset."""

# A wait may be shorter than the model's by what clocks and the network take from it, and longer by what the client
# itself takes to come back: an interpreter that compiles what it has not run yet. On a busy machine a request may come
# later by as much as a sleep of the test's own was, which makes the wait before it longer and that after it shorter.
SHORTER, LONGER = (0.98, -0.05), (1.1, 1.0)


def waits(played):
    """The seconds from one request to the next; the answer between them takes milliseconds."""
    requests = played["requests"]
    return [later["at"] - sooner["at"] for sooner, later in zip(requests, requests[1:])]


def asked_again(schedule, tokens):
    """The schedule of a client that asks for so many tokens, one after the other, whatever became of the first."""
    between = {"least": 0, "most": 2}
    attempts = {end: tokens * count for end, count in schedule["attempts"].items()}
    one = schedule["waits_s"]
    return schedule | {"attempts": attempts, "waits_s": one + (tokens - 1) * ([between] + one)}


def differences(played, schedule):
    """What differs from the model, in words; empty if nothing does."""
    if not played["requests"]:
        return ["no request came"]
    seen, model = waits(played), schedule["waits_s"]
    found = [outside(n, wait, model, played["late"]) for n, wait in enumerate(seen, start=1)]
    return [each for each in found if each] or wrong_end(played, schedule)


def outside(number, wait, model, late):
    if number > len(model):
        return f"attempt {number + 1} came after {wait:.2f} s; the model has none"
    least, most = bounds(model[number - 1], late)
    if not least <= wait <= most:
        span = "{least:.2f} to {most:.2f}".format(**model[number - 1])
        return f"wait {number} was {wait:.2f} s; the model's is {span} s"
    return None


def bounds(wait, late):
    return wait["least"] * SHORTER[0] + SHORTER[1] - late, wait["most"] * LONGER[0] + LONGER[1] + late


def wrong_end(played, schedule):
    made, attempts = len(played["requests"]), schedule["attempts"]
    enough = attempts["least"] <= made <= attempts["most"] and schedule["ends"] is not None
    if enough:
        return []
    if played["exited"]:
        count = str(attempts["most"]) if schedule["ends"] else "more"
        return [f"gave up after {made} attempts; the model makes {count}"]
    # Its time was over. An attempt that was due before is missing.
    idle = played["until"] - played["requests"][-1]["at"]
    if made <= len(schedule["waits_s"]) and idle > bounds(schedule["waits_s"][made - 1], played["late"])[1]:
        return [f"attempt {made + 1} had not come after {idle:.1f} s"]
    return []
