"""The world of the cases: identities, subscriptions, limits, and the steps that scripts are made of."""

JOBS = "5a1f0c9e-0000-4000-8000-000000000001"
NIGHT = "5a1f0c9e-0000-4000-8000-000000000002"
# Signs in only to warm a process up, so that no token of JOBS is in its memory.
WARM = "5a1f0c9e-0000-4000-8000-000000000003"
NAMES = {JOBS: "jobs", NIGHT: "night", WARM: "warm"}

FIRST = "00000000-0000-4000-8000-00000000000a"
PRODUCTION = "00000000-0000-4000-8000-00000000000b"
RESOURCES = 5

# What the measured figures were measured with.
LATENCIES = 'latency = { token_cold = "100ms", token_warm = "20ms" }'
UNLIMITED = 'profile = "unlimited"\n'


def configuration(head="", tail=""):
    """A configuration of the emulator: keys of its top, and tables."""
    identities = "".join(
        f'[[identities]]\nname = "{name}"\nclient_id = "{client_id}"\n' for client_id, name in NAMES.items()
    )
    subscriptions = "".join(
        f'[[resource_manager.subscriptions]]\nid = "{id}"\nname = "{name}"\ngenerated_resources = {RESOURCES}\n'
        for id, name in ((FIRST, "first"), (PRODUCTION, "production"))
    )
    manager = '[resource_manager]\nenabled = true\nlisten = "127.0.0.1:0"\nlatency = "50ms"\n'
    return f"{head}{LATENCIES}\n{manager}{identities}{subscriptions}{tail}"


def fault(effect, more=""):
    """A table of a fault that strikes requests for tokens."""
    return f'[[faults]]\npath = "/metadata/identity"\n{more}effect = {effect}\n'


REFUSED_JOBS = fault("{ status = 429 }", 'identity = "jobs"\n')


def step(name, **more):
    return {"do": name} | {key: value for key, value in more.items() if value is not None}


IMPORT = step("import")
GET = step("get")
WHO = step("who")


def connect(account=JOBS, scope=None):
    return step("connect", account=account, scope=scope)


def set_context(subscription=PRODUCTION, scope=None):
    return step("set", subscription=subscription, scope=scope)


def article(scope=None, account=JOBS, subscription=PRODUCTION):
    """The article's three commands."""
    return [connect(account, scope), set_context(subscription, scope), GET]
