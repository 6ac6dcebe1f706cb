"""Public formats, read by tools of their ecosystems. The programs are on PATH."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

import junitparser
import pandas
import prometheus_client.openmetrics.parser
import prometheus_client.parser
from haralyzer import HarParser

ROOT = pathlib.Path(__file__).parent.parent.parent
SCENARIO = ROOT / "scenarios" / "scheduled-jobs.toml"
TOKEN = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net%2F"
# As Prometheus 3 asks.
SCRAPE = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)


def played(*options):
    """Simulates the scenario into a folder; the folder."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=WORK.name))
    command = ["imds-loadgen", "simulate", SCENARIO, "--out", folder, *options]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def get(url, **headers):
    """Status, type and body of an answer. No proxy is asked, whatever the environment says."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


@contextlib.contextmanager
def ending(process):
    """Ends a process that was started here."""
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@contextlib.contextmanager
def emulator():
    """An emulator that was asked for three tokens: one granted, one granted again, one refused."""
    command = ["imds-emulator", "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    with started, ending(started) as process:
        ready = json.loads(process.stdout.readline())
        statuses = [get(ready["imds"] + TOKEN, Metadata="true")[0] for _ in range(2)]
        statuses.append(get(ready["imds"] + TOKEN)[0])
        assert statuses == [200, 200, 400], statuses
        yield ready


class Csv(unittest.TestCase):
    """pandas reads each table in a line, with numbers as numbers."""

    def test_tables_of_a_run(self):
        folder = played("--report", "csv")
        result = json.loads((folder / "result.json").read_text())
        sessions = pandas.read_csv(folder / "sessions.csv")
        attempts = pandas.read_csv(folder / "attempts.csv")
        timeline = pandas.read_csv(folder / "timeline.csv")
        self.assertEqual(len(sessions), result["sessions"]["total"])
        self.assertEqual((sessions.outcome == "succeeded").sum(), result["sessions"]["succeeded"])
        self.assertEqual(sessions.attempts.sum(), result["attempts"]["total"])
        self.assertEqual(len(attempts), result["attempts"]["total"])
        self.assertEqual(timeline.sent.sum(), result["attempts"]["total"])
        self.assertEqual(sessions.ended_ms.dtype.kind, "f")

    def test_runs(self):
        runs = pandas.read_csv(played("--runs", "7") / "runs.csv")
        self.assertEqual(list(runs.seed), list(range(20, 27)))
        self.assertEqual(runs["makespan_ms"].dtype.kind, "f")
        self.assertTrue((runs["time_to_token_ms.max"] == float("inf")).all(), "a job fails in each run")


class JUnit(unittest.TestCase):
    """junitparser, as CI's viewers do, takes suites, cases, times and failures."""

    def test_cases_of_a_run(self):
        folder = played("--report", "junit")
        suites = list(junitparser.JUnitXml.fromfile(str(folder / "junit.xml")))
        cases = [case for suite in suites for case in suite]
        self.assertEqual(sum(suite.tests for suite in suites), len(cases))
        self.assertTrue(cases)
        self.assertTrue(all(suite.timestamp for suite in suites))
        self.assertTrue(all(suite.time is not None for suite in suites))
        self.assertEqual(sum(suite.failures for suite in suites), 0)

    def test_an_expectation_that_is_not_met_is_a_failure(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=WORK.name))
        text = SCENARIO.read_text().split("[expect]")[0]
        wrong = folder / "wrong.toml"
        wrong.write_text(text + '[expect]\n"makespan_ms" = "< 1"\n')
        command = ["imds-loadgen", "simulate", wrong, "--out", folder, "--report", "junit"]
        done = subprocess.run(command, capture_output=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        cases = [case for suite in junitparser.JUnitXml.fromfile(str(folder / "junit.xml")) for case in suite]
        failed = [case for case in cases if any(isinstance(it, junitparser.Failure) for it in case.result)]
        self.assertEqual(len(failed), 1)
        self.assertIn("makespan_ms", failed[0].name)


class Metrics(unittest.TestCase):
    """The strict parser of OpenMetrics for what Prometheus asks for, and that of the older text format."""

    def test_scrapes(self):
        with emulator() as ready:
            for accept in (SCRAPE, "text/plain;version=0.0.4", "*/*"):
                status, kind, text = get(ready["admin"] + "/metrics", Accept=accept)
                self.assertEqual(status, 200)
                is_open = kind.startswith("application/openmetrics-text")
                parser = prometheus_client.openmetrics.parser if is_open else prometheus_client.parser
                families = list(parser.text_string_to_metric_families(text))
                samples = [sample for family in families for sample in family.samples]
                asked = [it for it in samples if it.name.endswith("_total") and "request" in it.name]
                self.assertGreaterEqual(sum(sample.value for sample in asked), 3, kind)


class Har(unittest.TestCase):
    """haralyzer reads the journal's archive, and mitmproxy sends its requests again."""

    def test_entries(self):
        with emulator() as ready:
            parser = HarParser(archive(ready))
        entries = parser.har_data["entries"]
        self.assertEqual([entry["response"]["status"] for entry in entries], [200, 200, 400])
        self.assertEqual(parser.har_data["version"], "1.2")

    def test_played_again(self):
        file = pathlib.Path(WORK.name) / "journal.har"
        with emulator() as ready:
            file.write_text(json.dumps(archive(ready)))
            before = journal(ready)
            command = ["mitmdump", "--quiet", "--no-server", "--set", f"confdir={WORK.name}"]
            command += ["--set", "client_replay_concurrency=1", "--client-replay", file]
            subprocess.run(command, check=True, timeout=60)
            after = journal(ready)
        self.assertEqual(len(before), 3)
        self.assertEqual(after, before + before)


def archive(ready):
    """The journal as an HTTP archive."""
    status, _, text = get(ready["admin"] + "/journal.har")
    assert status == 200, text
    return json.loads(text)


def journal(ready):
    """What was asked and answered, in order."""
    _, _, text = get(ready["admin"] + "/journal")
    return [(entry["sent"]["target"], entry["outcome"]["status"]) for entry in json.loads(text)["entries"]]


if __name__ == "__main__":
    os.environ.pop("IMDS_EMULATOR_CONFIG", None)
    with tempfile.TemporaryDirectory() as folder:
        WORK = type("Work", (), {"name": folder})
        program = unittest.main(exit=False, verbosity=2)
    sys.exit(not program.result.wasSuccessful())
