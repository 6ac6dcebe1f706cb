"""The scenario `herd` as a model in SimPy: the same limits, service times and retries."""

import collections

import simpy

RATE, WINDOW, AT_ONCE = 20, 1.0, 5  # profile azure: 20 in any second, 5 at once
SERVICE = 0.1
WAITS = (0.0, 1.6, 3.2, 6.4, 12.8)  # py-azure-identity: five retries, the first at once


class Imds:
    """Admits or refuses; a refused request is not counted."""

    def __init__(self):
        self.in_service = 0
        self.admitted = collections.deque(maxlen=RATE)

    def arrive(self, now):
        full = len(self.admitted) == RATE and now < self.admitted[0] + WINDOW
        if full or self.in_service >= AT_ONCE:
            return False
        self.in_service += 1
        self.admitted.append(now)
        return True


class Herd:
    """So many sessions that start at once."""

    def __init__(self, sessions):
        self.env = simpy.Environment()
        self.imds = Imds()
        self.attempts = 0
        self.times_to_token = []
        for _ in range(sessions):
            self.env.process(self.session())

    def run(self):
        self.env.run()
        return self.attempts, len(self.times_to_token), max(self.times_to_token)

    def session(self):
        env, imds = self.env, self.imds
        start = env.now
        self.attempts += 1
        admitted = imds.arrive(start)
        for wait in WAITS:
            if admitted:
                break
            if wait:
                yield env.timeout(wait)
            self.attempts += 1
            admitted = imds.arrive(env.now)
        if admitted:
            yield env.timeout(SERVICE)
            imds.in_service -= 1
            self.times_to_token.append(env.now - start)
