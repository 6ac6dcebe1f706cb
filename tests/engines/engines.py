"""The examples of docs/shards as they stand, played by engines. The program is on PATH."""

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
if mkdir first 2>/dev/null; then kill -9 $PPID; fi
if mkdir second 2>/dev/null; then exit 3; fi
exec {program} "$@"
"""


def run(command, folder, **variables):
    """Runs a command to its end, which has to be a good one."""
    environment = os.environ | variables
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def container(job):
    """The only container of a Job."""
    (container,) = job["spec"]["template"]["spec"]["containers"]
    return container


class Engines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = folder()
        run([*PLAY, "--out", "whole", "--report", "text,markdown,html,csv"], cls.whole)

    def same(self, folder, merge=True):
        """`cmp` is silent: merged, the shards are the undivided runs; one left out is named."""
        if merge:
            run(["imds-loadgen", "merge", *reversed(FILES), "--out", "out", "--report", "text,markdown,html,csv"], folder)
        whole = self.whole / "whole"
        for file in ["summary.json", "runs.csv"] + sorted(it.name for it in whole.iterdir() if merge):
            self.assertEqual(run(["cmp", folder / "out" / file, whole / file], folder), "")
        self.assertFalse(list((folder / "shards").glob("*.tmp")))
        left_out = ["imds-loadgen", "merge", *FILES[:3], *FILES[4:]]
        refused = subprocess.run(left_out, cwd=folder, capture_output=True, text=True)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("shard 4 of 6 is missing: runs 301 to 400 of 600, seeds 320 to 419", refused.stderr)

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
        self.same(own)

    @unittest.skipUnless(shutil.which("parallel"), "no GNU parallel")
    def test_parallel(self):
        own = folder()
        run([DOCS / "parallel.sh"], own)
        self.same(own)

    def test_dask(self):
        """Twice: on workers that live, and on workers one of which is killed and one of which has a shard that fails."""
        own = folder()
        run([sys.executable, DOCS / "dask" / "shards.py"], own, **DASK)
        self.same(own, merge=False)
        for file in (own / "shards").iterdir():
            file.unlink()
        bin = own / "bin"
        bin.mkdir()
        program = bin / "imds-loadgen"
        program.write_text(UNRELIABLE.format(program=shutil.which("imds-loadgen")))
        program.chmod(0o755)
        run([sys.executable, DOCS / "dask" / "shards.py"], own, PATH=f"{bin}:{os.environ['PATH']}", **DASK)
        self.assertTrue((own / "first").is_dir() and (own / "second").is_dir())
        self.same(own, merge=False)

    def test_slurm(self):
        """Each index with the variable that Slurm sets."""
        text = (DOCS / "slurm.sh").read_text()
        self.assertIn("#SBATCH --array=1-6\n", text)
        own = folder()
        for index in range(1, 7):
            run([DOCS / "slurm.sh"], own, SLURM_ARRAY_TASK_ID=str(index))
        self.same(own)

    def test_indexed_job(self):
        self.indexed(yaml.safe_load((DOCS / "indexed-job.yaml").read_text()))

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
        made = run([os.environ["KUBERNETES"], "template", DOCS / "chart"], DOCS)
        strict(made)
        self.indexed(yaml.safe_load(made))
        other = run([os.environ["KUBERNETES"], "template", DOCS / "chart", "runs=24", "shards=4", "resources.limits.cpu=2"], DOCS)
        job = yaml.safe_load(strict(other))
        self.assertEqual(job["spec"]["completions"], 4)
        self.assertEqual(container(job)["resources"], {"limits": {"cpu": "2"}})
        wrong = subprocess.run([os.environ["KUBERNETES"], "template", DOCS / "chart", "shards=none"], capture_output=True, text=True)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("shards", wrong.stderr)


# The cluster of one machine: two workers with a core each, and no page.
DASK = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3",
    "DASK_DISTRIBUTED__DASHBOARD__LINK": "",
    "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "60s",
}


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
