"""Public formats, read by tools of their ecosystems. The programs are on PATH."""

import configparser
import contextlib
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
import xml.etree.ElementTree

import croniter
import crontab
import junitparser
import pandas
import prometheus_client.openmetrics.parser
import prometheus_client.parser
from haralyzer import HarParser
from hdrh.histogram import HdrHistogram

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


class Histograms(unittest.TestCase):
    """HdrHistogram's own Python reads each distribution, few lengths and many, and says the same of it."""

    def test_a_result_of_few_and_of_many(self):
        few = json.loads((played() / "result.json").read_text())
        many = json.loads((played("--count", "3000", "--no-expectations", "--client", "go-msal") / "result.json").read_text())
        self.assertGreater(many["histograms"]["attempt_latency_ms.refused"]["count"], 4096)
        for result in (few, many):
            for path, stored in result["histograms"].items():
                if stored["count"] == 0:
                    self.assertIsNone(stored["hdr_v2"])
                    continue
                histogram = HdrHistogram.decode(stored["hdr_v2"])
                self.assertEqual(histogram.get_total_count(), stored["count"], path)
                for found, expected in (
                    (histogram.get_min_value(), stored["min_ms"]),
                    (histogram.get_max_value(), stored["max_ms"]),
                ):
                    self.assertAlmostEqual(found / 1000, expected, delta=max(expected / 1000, 0.001), msg=path)
            told = result["attempt_latency_ms"]["granted"]
            histogram = HdrHistogram.decode(result["histograms"]["attempt_latency_ms.granted"]["hdr_v2"])
            for percentile, key in ((50, "p50"), (90, "p90"), (99, "p99")):
                self.assertAlmostEqual(histogram.get_value_at_percentile(percentile) / 1000, told[key], delta=told[key] / 500)


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


class Schedules(unittest.TestCase):
    """Each form of a schedule has the starts that were found, as its own reader reads it, and none is refused.

    The jobs begin a second before midnight on Mondays and Fridays, so that most are on the days after.
    """

    JOBS = 40
    SUNDAY = datetime.datetime(2026, 11, 29)
    TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"

    @classmethod
    def setUpClass(cls):
        # Each of these means something to one of the readers. A crontab has no two backslashes: not every cron keeps both.
        cls.runs = 'printf "%s \\\\ $HOME" "{n}"; : "<a> & b"'
        cls.cron = 'printf "%s %% $HOME" "{n}"; : "<a> & b"'
        cls.folder = cls.planned("Run-{n}", "azure-automation")
        cls.lines = cls.planned(cls.cron, "crontab")
        written = cls.planned(cls.runs, "systemd", "taskscheduler", "json")
        cls.written = written
        cls.schedule = json.loads((written / "schedule.json").read_text())
        cls.offsets = [job["offset_ms"] for job in cls.schedule["jobs"]]

    @classmethod
    def planned(cls, command, *formats):
        """Plans even spacing; the folder of the schedules."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=WORK.name))
        plan = ["imds-loadgen", "plan", "interval", "--quiet", "--client", "azure-cli", "--count", str(cls.JOBS)]
        plan += ["--require", "within(60s) >= 0.98", "--no-vary", "--runs", "300", "--out", folder]
        plan += ["--at", "23:59:59", "--days", "mon,fri", "--command", command]
        plan += [word for name in formats for word in ("--emit", name)]
        subprocess.run(plan, check=True, capture_output=True)
        return folder

    def command(self, number, template=None):
        return (template or self.runs).replace("{n}", str(number))

    def held(self, starts, interval=None):
        """The starts are those that were found, and 100 simulations of them refuse nothing."""
        starts = sorted(starts)
        self.assertEqual(starts[0], self.SUNDAY + datetime.timedelta(days=1, hours=23, minutes=59, seconds=59))
        offsets = [round((start - starts[0]).total_seconds() * 1000) for start in starts]
        self.assertEqual(offsets, [interval * job for job in range(self.JOBS)] if interval else self.offsets)
        folder = pathlib.Path(tempfile.mkdtemp(dir=WORK.name))
        (folder / "starts.csv").write_text("start\n" + "".join(f"{offset / 1000}\n" for offset in offsets))
        (folder / "scenario.toml").write_text(READ_BACK)
        simulate = ["imds-loadgen", "simulate", folder / "scenario.toml", "--runs", "100", "--format", "json"]
        metrics = json.loads(subprocess.run(simulate, check=True, capture_output=True).stdout)["metrics"]
        # This client asks once: a request that is refused is a session that fails.
        self.assertEqual(metrics["attempts.total"]["max"], self.JOBS)
        self.assertEqual(metrics["sessions.success_ratio"]["min"], 1)

    def test_json(self):
        told = self.schedule["replayed"]
        self.assertEqual((told["runs"], told["refused"], told["lost"]), (100, 0, 0))
        self.assertGreater(told["lost_if_off_by_1s"], 0)
        self.assertEqual([job["command"] for job in self.schedule["jobs"]], [self.command(n + 1) for n in range(self.JOBS)])
        self.held(self.SUNDAY + datetime.timedelta(days=1 + job["days_later"]) + time_of(job["at"]) for job in self.schedule["jobs"])

    def test_crontab(self):
        """python-crontab reads the lines, croniter their times, and a shell the rest of the command."""
        lines = list(crontab.CronTab(tab=(self.lines / "crontab").read_text()))
        self.assertEqual(len(lines), self.JOBS)
        starts = []
        for number, line in enumerate(lines, 1):
            self.assertTrue(line.is_valid(), line)
            minute = croniter.croniter(str(line.slices), self.SUNDAY).get_next(datetime.datetime)
            command = line.command.replace("\\%", "%")
            self.assertTrue(command.endswith(self.command(number, self.cron)), command)
            script = 'sleep() { echo "$1" >&2; }; ' + command
            slept = subprocess.run(["/bin/sh", "-c", script], check=True, capture_output=True, text=True)
            starts.append(minute + datetime.timedelta(seconds=float(slept.stderr or 0)))
            self.assertEqual(slept.stdout, f"{number} % {os.environ['HOME']}")
        self.held(starts)

    @unittest.skipUnless(shutil.which("systemd-analyze") or os.environ.get("CI") == "true", "no systemd-analyze")
    def test_systemd(self):
        """systemd-analyze finds nothing wrong with the units, and reads their times."""
        folder = self.written / "systemd"
        timers = sorted(folder.glob("*.timer"))
        self.assertEqual(len(timers), self.JOBS)
        environment = os.environ | {"TZ": "UTC", "LC_ALL": "C"}
        verify = ["systemd-analyze", "verify", "--recursive-errors=no", *timers]
        verified = subprocess.run(verify, capture_output=True, text=True, env=environment)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        self.assertNotIn("herd-all", verified.stderr)
        starts = []
        for number, timer in enumerate(timers, 1):
            executed = units(timer.with_suffix(".service"))["Service"]["ExecStart"]
            executed = executed.removeprefix('/bin/sh -c "').removesuffix('"')
            executed = re.sub(r"\\(.)", r"\1", executed.replace("%%", "%").replace("$$", "$"))
            self.assertEqual(executed, self.command(number))
            read = units(timer)["Timer"]
            self.assertEqual(read["AccuracySec"], "1us")
            calendar = ["systemd-analyze", "calendar", "--base-time", str(self.SUNDAY), read["OnCalendar"]]
            told = subprocess.run(calendar, check=True, capture_output=True, text=True, env=environment).stdout
            told = {key.strip(): value.strip() for key, value in (line.split(":", 1) for line in told.splitlines())}
            day = told["Next elapse"].split()[1]
            starts.append(datetime.datetime.fromisoformat(day) + time_of(told["Normalized form"].split()[-1]))
        self.held(starts)

    def test_task_scheduler(self):
        """The elements and their order are those of the documented schema."""
        files = sorted((self.written / "taskscheduler").glob("*.xml"))
        self.assertEqual(len(files), self.JOBS)
        starts = []
        for number, file in enumerate(files, 1):
            task = xml.etree.ElementTree.parse(file).getroot()
            self.assertEqual((task.tag, task.get("version")), (self.TASK + "Task", "1.2"))
            (trigger,) = task.find(self.TASK + "Triggers")
            self.assertEqual(trigger.tag, self.TASK + "CalendarTrigger")
            self.assertEqual([child.tag for child in trigger], [self.TASK + "StartBoundary", self.TASK + "ScheduleByWeek"])
            week = trigger[1]
            self.assertEqual(week.findtext(self.TASK + "WeeksInterval"), "1")
            days = {day.tag.removeprefix(self.TASK) for day in week.find(self.TASK + "DaysOfWeek")}
            boundary = datetime.datetime.strptime(trigger[0].text, "%Y-%m-%dT%H:%M:%S")
            starts.append(next_on(days, self.SUNDAY) + (boundary - boundary.replace(hour=0, minute=0, second=0)))
            (program,) = task.find(self.TASK + "Actions")
            words = program.findtext(self.TASK + "Command"), program.findtext(self.TASK + "Arguments")
            self.assertEqual(words, tuple(self.command(number).split(" ", 1)))
        self.held(starts, interval=1000)

    def test_azure_automation(self):
        """A schedule and a link for each job, which is given its start; the worker fetches it in time."""
        template = json.loads((self.folder / "azure-automation.json").read_text())
        kinds = [resource["type"].rsplit("/", 1)[1] for resource in template["resources"]]
        self.assertEqual(kinds, ["schedules", "jobSchedules"] * self.JOBS)
        starts = []
        for schedule, link in zip(template["resources"][::2], template["resources"][1::2]):
            name = link["properties"]["schedule"]["name"]
            self.assertTrue(schedule["name"].endswith(f"/{name}')]"), schedule)
            self.assertIn(f"'{name}'", link["dependsOn"][0])
            started = schedule["properties"]["startTime"].split("'T")[1].split("+")[0]
            started = next_on(schedule["properties"]["advancedSchedule"]["weekDays"], self.SUNDAY) + time_of(started)
            start = started.replace(hour=0, minute=0, second=0) + time_of(link["properties"]["parameters"]["StartAt"])
            start += datetime.timedelta(days=start < started)
            # Four of the jobs each 30 seconds.
            self.assertGreaterEqual((start - started).total_seconds(), self.JOBS / 4 * 30)
            starts.append(start)
        self.held(starts)


# Starts that a schedule has, on the VM for which they were found.
READ_BACK = """
schema = 1
name = "read-back"

[imds]
profile = "azure"
latency = { token_cold = "100ms", token_warm = "100ms" }

[[sessions]]
name = "all"
arrival = { replay = { file = "starts.csv", column = "start" } }
client = "azure-cli"
script = [{ connect = {} }]
"""


def time_of(text):
    """A time of day with parts of a second, since midnight."""
    hour, minute, second = text.split(":")
    return datetime.timedelta(hours=int(hour), minutes=int(minute), seconds=float(second))


def next_on(days, date):
    """The first of these days of the week from a date on."""
    return next(day for day in (date + datetime.timedelta(days=n) for n in range(7)) if day.strftime("%A") in days)


def units(path):
    """The sections of a unit of systemd."""
    parser = configparser.RawConfigParser()
    parser.optionxform = str
    parser.read(path)
    return parser


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
