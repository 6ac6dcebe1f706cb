"""Plays 600 runs in six shards on the workers of a Dask cluster: python shards.py [ADDRESS OF A SCHEDULER]"""

import subprocess
import sys

from dask.distributed import Client, progress

SHARDS = 6


def play(index):
    command = ["imds-loadgen", "simulate", "herd", "--no-expectations", "--runs", "600"]
    subprocess.run([*command, "--shard", f"{index}/{SHARDS}", "--out", "shards"], check=True, stdout=subprocess.DEVNULL)
    return f"shards/shard-{index}-of-{SHARDS}.json"


if __name__ == "__main__":
    with Client(*sys.argv[1:]) as client:
        # A shard is the same each time it is played, but is played again if it is asked for again.
        shards = client.map(play, range(1, SHARDS + 1), retries=3, pure=False)
        progress(shards)
        files = client.gather(shards)
    sys.exit(subprocess.run(["imds-loadgen", "merge", *files, "--out", "out"]).returncode)
