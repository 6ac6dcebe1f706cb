"""Schedules that `imds-loadgen import` reads, beside readers of their ecosystems. The programs are on PATH."""

import contextlib
import datetime
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest
import zoneinfo

import croniter


class Imports(unittest.TestCase):
    """`import` reads crontabs as croniter does, and calendars as systemd-analyze does.

    Each line or timer has a random delay of its own length, by which its group is known; delays are not in the starts.
    """

    # Fields with what they have of hours outside of those in which clocks are changed: there, croniter has rules of its own.
    FIELDS = {"minute": (0, 59), "hour": (4, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 7)}
    # The weeks of a year, and those in which clocks are changed.
    ZONES = {13: "Europe/Berlin", 43: "Europe/Berlin", 10: "America/New_York", 44: "America/New_York", 40: "Australia/Sydney", 14: "Australia/Sydney"}
    LINES = 8
    # Of systemd.time(7), for days on which clocks are changed and for others; hours are not those of the change but where the
    # clock is put forward over it, or shows it twice.
    CALENDARS = (
        "Sat,Mon-Wed,Sun 10:00", "Mon..Fri 22:30", "Sat..Sun *-*-* 00:00:00", "*-*-7 0:0:0", "*-10-25,26 1:00", "10-15..28 9:17:05",
        "*-*~01 11:12:13", "*-*~05..07 08:00", "Sun *-*~07/1 03:00", "*-*-1/3 6,18:30", "*:0/20", "1..4,20/2:15", "02:30", "*:30:10", "hourly",
        "daily", "weekly", "monthly", "quarterly", "yearly", "2026-*-* 5:00", "2027-*-* 5:00", "26-10-25 12:00", "Tue 4/4:05/25",
        "Sun 2026-10-25 02:00/10", "*-*-* 23:59:59", "05:40 UTC", "05:40 Asia/Tokyo", "Thu,Fri 2026-*-1..30/2 11:12:13",
    )

    def setUp(self):
        self.work = tempfile.TemporaryDirectory()
        self.addCleanup(self.work.cleanup)

    def imported(self, form, files, date, zone, days):
        """The starts of each group by the length of its delay, in seconds since 1970."""
        command = ["imds-loadgen", "import", form, *files, "--date", str(date), "--days", str(days), "--zone", zone]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        begin = datetime.datetime.combine(date, datetime.time(), zoneinfo.ZoneInfo(zone)).timestamp()
        starts = {}
        for group in tomllib.loads(done.stdout)["sessions"]:
            delay = int(group["name"].removeprefix("azure-cli-within-").removesuffix("s"))
            arrival = group["arrival"]
            if "herd" in arrival:
                seconds = [float(arrival["herd"]["at"].removesuffix("s"))] * group["count"]
            else:
                seconds = arrival["replay"]["starts"]
            starts[delay] = [begin + second for second in seconds]
        return starts

    @classmethod
    def field(cls, chance, name):
        """A field of a crontab at random; an hour has no star."""
        least, most = cls.FIELDS[name]

        def part():
            # croniter reads a range of one, such as 16-16/4, as more.
            first, last = sorted(chance.sample(range(least, most + 1), k=2))
            step = chance.randint(1, 9)
            return chance.choice([str(first), str(first), f"{first}-{last}", f"{first}-{last}/{step}"])

        star = [] if name == "hour" else ["*", "*", f"*/{chance.randint(2, 20)}"]
        if name == "minute":
            star = star[2:]
        return chance.choice([*star, ",".join(part() for _ in range(chance.randint(1, 3)))])

    def test_crontabs_of_a_year(self):
        """Lines at random, others in each week of 2026: each start is one of croniter, and the other way around."""
        chance = random.Random(7)
        compared = 0
        for week in range(52):
            zone = self.ZONES.get(week + 1, "UTC")
            date = datetime.date(2026, 1, 1) + datetime.timedelta(weeks=week)
            lines = [" ".join(self.field(chance, name) for name in self.FIELDS) for _ in range(self.LINES)]
            lines.append("0 12 * * *")
            file = pathlib.Path(self.work.name) / "jobs"
            told = [f"{line} sleep $((RANDOM \\% {number})); az login" for number, line in enumerate(lines, 2)]
            file.write_text("\n".join(["SHELL=/bin/bash", *told, ""]))
            starts = self.imported("crontab", [file], date, zone, 7)
            for number, line in enumerate(lines, 2):
                expected = croned(line, date, zone)
                self.assertEqual(starts.get(number, []), expected, f"{line} from {date} on in {zone}")
                compared += len(expected)
        self.assertGreater(compared, 10_000)

    @unittest.skipUnless(shutil.which("systemd-analyze") or os.environ.get("CI") == "true", "no systemd-analyze")
    def test_calendars(self):
        folder = pathlib.Path(self.work.name)
        files = []
        for number, calendar in enumerate(self.CALENDARS, 2):
            files.append(folder / f"{number}.timer")
            files[-1].write_text(f"[Timer]\nOnCalendar={calendar}\nRandomizedDelaySec={number}s\nUnit=az.service\n")
        (folder / "az.service").write_text("[Service]\nExecStart=/usr/bin/az login\n")
        # A week before the clock is put forward, one before it is put back, and one about the end of a year.
        for date in (datetime.date(2026, 3, 24), datetime.date(2026, 10, 20), datetime.date(2026, 12, 29)):
            starts = self.imported("systemd-timers", files, date, "Europe/Berlin", 7)
            for number, calendar in enumerate(self.CALENDARS, 2):
                expected = analyzed(calendar, date, "Europe/Berlin", 7)
                self.assertEqual(starts.get(number, []), expected, f"{calendar} from {date} on")


def croned(line, date, zone):
    """The starts of a line in a week, by croniter with the rule of days that cron has."""
    zone = zoneinfo.ZoneInfo(zone)
    begin = datetime.datetime.combine(date, datetime.time(), zone)
    end = datetime.datetime.combine(date + datetime.timedelta(days=7), datetime.time(), zone)
    begin -= datetime.timedelta(seconds=1)
    found = []
    with contextlib.suppress(croniter.CroniterBadDateError):
        for start in croniter.croniter(line, begin, ret_type=float, implement_cron_bug=True):
            if start >= end.timestamp():
                break
            found.append(start)
    return found


def analyzed(calendar, date, zone, days):
    """The starts of a calendar, by systemd-analyze."""
    end = datetime.datetime.combine(date + datetime.timedelta(days=days), datetime.time(), zoneinfo.ZoneInfo(zone)).timestamp()
    before = f"{date - datetime.timedelta(days=1)} 23:59:59"
    command = ["systemd-analyze", "calendar", "--iterations", "700", "--base-time", before, calendar]
    environment = os.environ | {"TZ": zone, "LC_ALL": "C"}
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    found = []
    for day, time in re.findall(r"\(in UTC\): \w+ (\S+) (\S+) UTC", told):
        start = datetime.datetime.fromisoformat(f"{day}T{time}+00:00").timestamp()
        if start < end:
            found.append(start)
    return found


if __name__ == "__main__":
    unittest.main(verbosity=2)
