"""CPU time per request, beside nginx that serves the same bytes: in turns, and medians."""

import statistics
import sys

import load
import servers

SERVER_CORE, LOAD_CORE = 0, 1


def core(number):
    return ["taskset", "-c", str(number)]


def measure(rounds, seconds, connections):
    with servers.emulator(core(SERVER_CORE)) as (emulator, address):
        servers.get(address, servers.TOKEN)  # The first one waits for the signing key.
        answer = servers.get(address, servers.TOKEN)
        with servers.nginx(answer, core(SERVER_CORE)) as (nginx, static):
            contenders = {
                "imds-emulator": (emulator.pid, address + servers.TOKEN),
                "nginx, file": (nginx.pid, static + "/file"),
                "nginx, memory": (nginx.pid, static + "/memory"),
            }
            check(answer, static)
            costs = alternate(contenders, rounds, seconds, connections)
    tell(costs, f"{rounds} rounds of {seconds} s with {connections} connections")


def check(answer, static):
    """It would be no comparison if the answers were not the same."""
    for path in ["/file", "/memory"]:
        other = servers.get(static, path)
        if expiry_free(other) != expiry_free(answer):
            sys.exit(f"nginx answers otherwise:\n{other.same()}\n{answer.same()}")
    print(f"answer of {answer.length()} bytes")


def expiry_free(answer):
    status, headers, body = answer.same()
    return status, {**headers, "connection": None}, body


def alternate(contenders, rounds, seconds, connections):
    """Microseconds of CPU time per request: for each contender, one figure a round."""
    costs = {name: [] for name in contenders}
    for _, url in contenders.values():
        load.wrk(url, 1, connections, core(LOAD_CORE))
    for number in range(1, rounds + 1):
        for name, (pid, url) in contenders.items():
            before = load.cpu_seconds(pid)
            requests = load.wrk(url, seconds, connections, core(LOAD_CORE))
            costs[name].append((load.cpu_seconds(pid) - before) / requests * 1e6)
        shown = ", ".join(f"{name} {cost[-1]:.1f}" for name, cost in costs.items())
        print(f"round {number}: {shown} µs", file=sys.stderr, flush=True)
    return costs


def tell(costs, how):
    print(f"CPU time per request, {how}:")
    ours = statistics.median(costs["imds-emulator"])
    for name, cost in costs.items():
        median = statistics.median(cost)
        print(f"  {name:14} {median:6.2f} µs (median; {min(cost):.2f} to {max(cost):.2f})  ratio {ours / median:.2f}")
