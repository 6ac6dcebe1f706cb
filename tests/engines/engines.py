"""The examples of docs/shards as they stand, played by engines. The program is on PATH.

What the commands of the Job and of Slurm's script do by themselves is tested by loadgen/tests/command/shards.rs.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).parent.parent.parent
DOCS = ROOT / "docs" / "shards"
PLAY = ["imds-loadgen", "simulate", "herd", "--no-expectations", "--runs", "600"]
FILES = [f"shards/shard-{index}-of-6.json" for index in range(1, 7)]
# A worker that is killed while a shard is played, the first time, and a machine that has no room for one, the first time.
UNRELIABLE = """#!/bin/sh
if mkdir first 2>/dev/null; then kill -9 $PPID; exit 1; fi
if mkdir second 2>/dev/null; then exit 3; fi
exec {program} "$@"
"""

# The example on a cluster of one machine: two workers with a shard each, and no page.
CLUSTER = """
import subprocess, sys
from dask.distributed import LocalCluster

with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
    sys.exit(subprocess.run([sys.executable, sys.argv[1], cluster.scheduler_address]).returncode)
"""
DASK = [sys.executable, "-c", CLUSTER, DOCS / "dask" / "shards.py"]


def run(command, folder, **variables):
    """Runs a command to its end, which has to be a good one."""
    environment = os.environ | variables
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def container(job):
    """The only container of a Job."""
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return container


class Engines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = folder()
        run([*PLAY, "--out", "whole"], cls.whole)

    def same(self, folder):
        """`cmp` is silent: merged, the shards are the undivided runs."""
        for file in ["summary.json", "runs.csv"]:
            self.assertEqual(run(["cmp", folder / "out" / file, self.whole / "whole" / file], folder).stdout, "")
        self.assertFalse(list((folder / "shards").glob("*.tmp")))

    def merged(self, folder):
        run(["imds-loadgen", "merge", *reversed(FILES), "--out", "out"], folder)
        self.same(folder)

    def indexed(self, job):
        """What the pods of the Job run, each with its index, as the kubelet starts them."""
        self.assertEqual(job["spec"]["completionMode"], "Indexed")
        own = folder()
        shard = container(job)
        mount = shard["volumeMounts"][0]["mountPath"]
        command = [part.replace(mount, "shards") for part in shard["command"] + shard["args"]]
        variables = {variable["name"]: variable["value"] for variable in shard.get("env", [])}
        for index in reversed(range(job["spec"]["completions"])):
            run(command, own, JOB_COMPLETION_INDEX=str(index), **variables)
        self.merged(own)

    @unittest.skipUnless(shutil.which("parallel"), "no GNU parallel")
    def test_parallel(self):
        own = folder()
        run([DOCS / "parallel.sh"], own)
        self.merged(own)

    def test_dask(self):
        """Twice: on workers that live, and on workers one of which is killed and one of which has a shard that fails."""
        own = folder()
        run(DASK, own)
        self.same(own)
        for made in ["shards", "out"]:
            shutil.rmtree(own / made)
        bin = own / "bin"
        bin.mkdir()
        program = bin / "imds-loadgen"
        program.write_text(UNRELIABLE.format(program=shutil.which("imds-loadgen")))
        program.chmod(0o755)
        played = run(DASK, own, PATH=f"{bin}:{os.environ['PATH']}")
        self.assertIn("nanny - WARNING - Restarting worker", played.stderr)
        self.assertTrue((own / "first").is_dir() and (own / "second").is_dir())
        self.same(own)

    @unittest.skipUnless("KUBERNETES" in os.environ, "no Go")
    def test_kubernetes_takes_the_job(self):
        """Kubernetes' own types know each key, and a wrong one is refused."""
        job = (DOCS / "indexed-job.yaml").read_text()
        self.assertIn("imds-shards", strict(job))
        wrong = subprocess.run([os.environ["KUBERNETES"], "job"], input=job.replace("backoffLimitPerIndex", "backoffLimitPerShard"),
                               capture_output=True, text=True)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("backoffLimitPerShard", wrong.stderr)

    @unittest.skipUnless("KUBERNETES" in os.environ, "no Go")
    def test_chart(self):
        """Helm finds nothing wrong with the chart, and what it makes of it is the Job, as its values say."""
        run([os.environ["KUBERNETES"], "lint", DOCS / "chart"], DOCS)
        made = run([os.environ["KUBERNETES"], "template", DOCS / "chart"], DOCS).stdout
        strict(made)
        self.indexed(yaml.safe_load(made))
        other = run([os.environ["KUBERNETES"], "template", DOCS / "chart", "runs=24", "shards=4", "resources.limits.cpu=2"], DOCS).stdout
        job = yaml.safe_load(strict(other))
        self.assertEqual(job["spec"]["completions"], 4)
        self.assertEqual(container(job)["resources"], {"limits": {"cpu": "2"}})
        wrong = subprocess.run([os.environ["KUBERNETES"], "template", DOCS / "chart", "shards=none"], capture_output=True, text=True)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("shards", wrong.stderr)


def strict(job):
    """The Job as Kubernetes' types have it."""
    decoded = subprocess.run([os.environ["KUBERNETES"], "job"], input=job, capture_output=True, text=True)
    assert decoded.returncode == 0, decoded.stderr
    return decoded.stdout


def folder():
    return pathlib.Path(tempfile.mkdtemp(dir=WORK.name))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        WORK = type("Work", (), {"name": temporary})
        program = unittest.main(exit=False, verbosity=2)
    sys.exit(not program.result.wasSuccessful())
