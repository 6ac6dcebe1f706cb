use jiff::tz::TimeZone;

use super::*;
use crate::scenario::import::{Window, source};

fn window(zone: &str, date: &str, days: i64) -> Window {
    let zone = TimeZone::get(zone).expect("a zone");
    Window::new(zone, date.parse().expect("a date"), days).expect("days")
}

/// A task that runs `az`, with these triggers.
fn task(triggers: &str) -> String {
    format!(
        "<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\n<Triggers>\n{triggers}\n</Triggers>\n\
         <Actions><Exec><Command>az</Command></Exec></Actions></Task>"
    )
}

fn calendar(start: &str, rest: &str) -> String {
    task(&format!(
        "<CalendarTrigger><StartBoundary>{start}</StartBoundary>{rest}</CalendarTrigger>"
    ))
}

/// When the only job starts, in UTC, from the month on and without seconds of zero.
fn starts(text: &str, window: &Window) -> Vec<String> {
    let read = read(&source("t"), text);
    assert_eq!(read.mistakes, [], "{text}");
    assert_eq!(read.found.len(), 1, "{text}");
    let starts = read.found[0].starts(window).into_iter();
    starts
        .map(|start| start.to_string()[5..16].to_owned())
        .collect()
}

fn told(text: &str) -> Vec<String> {
    let mistakes = read(&source("t"), text).mistakes;
    mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn days_are_those_of_each_schedule() {
    let week = window("UTC", "2026-11-30", 7);
    let days = |rest: &str| -> Vec<String> {
        let starts = starts(&calendar("2026-11-17T02:00:00", rest), &week);
        assert!(starts.iter().all(|start| start.ends_with("T02:00")));
        starts.iter().map(|start| start[..5].to_owned()).collect()
    };
    let all = [
        "11-30", "12-01", "12-02", "12-03", "12-04", "12-05", "12-06",
    ];
    assert_eq!(days("<ScheduleByDay/>"), all);
    // From a Tuesday on: the 17th, the 20th, and so on.
    let third = "<ScheduleByDay><DaysInterval>3</DaysInterval></ScheduleByDay>";
    assert_eq!(days(third), ["12-02", "12-05"]);
    let list = "<DaysOfWeek><Monday/><Saturday /><Sunday></Sunday></DaysOfWeek>";
    assert_eq!(
        days(&format!("<ScheduleByWeek>{list}</ScheduleByWeek>")),
        ["11-30", "12-05", "12-06"]
    );
    // Of the weeks from Sundays 15th, 29th and 13th on.
    let other = format!("<ScheduleByWeek><WeeksInterval>2</WeeksInterval>{list}</ScheduleByWeek>");
    assert_eq!(days(&other), ["11-30", "12-05"]);
    let month = |list: &str, months: &str| {
        format!("<ScheduleByMonth><DaysOfMonth>{list}</DaysOfMonth>{months}</ScheduleByMonth>")
    };
    let december = "<Months><December/></Months>";
    let list = "<Day>1</Day><Day>31</Day><Day>Last</Day><Day>5</Day>";
    assert_eq!(days(&month(list, "")), ["11-30", "12-01", "12-05"]);
    assert_eq!(days(&month(list, december)), ["12-01", "12-05"]);
    let week_of_month = |weeks: &str| {
        format!(
            "<ScheduleByMonthDayOfWeek><Weeks>{weeks}</Weeks><DaysOfWeek><Monday/><Friday/></DaysOfWeek></ScheduleByMonthDayOfWeek>"
        )
    };
    assert_eq!(days(&week_of_month("<Week>Last</Week>")), ["11-30"]);
    assert_eq!(days(&week_of_month("<Week>1</Week>")), ["12-04"]);
    assert_eq!(
        days(&week_of_month("<Week>2</Week><Week>4</Week>")),
        [""; 0]
    );
}

#[test]
fn boundaries_limit_and_have_offsets() {
    let week = window("Europe/Berlin", "2026-11-30", 7);
    let daily = |start: &str, end: &str| {
        let end = format!("<EndBoundary>{end}</EndBoundary><ScheduleByDay/>");
        starts(&calendar(start, &end), &week)
    };
    assert_eq!(
        daily("2026-12-01T02:00:00", "2026-12-03T02:00:00"),
        ["12-01T01:00", "12-02T01:00"]
    );
    assert_eq!(
        daily("2026-12-01T02:00:00Z", "2026-12-03T02:00:01Z"),
        ["12-01T02:00", "12-02T02:00", "12-03T02:00"]
    );
    assert_eq!(
        daily("2026-12-01T02:00:00.5-08:00", "2026-12-03T02:00:00Z"),
        ["12-01T10:00", "12-02T10:00"]
    );
    let once = "<TimeTrigger><StartBoundary>2026-12-05T23:30:00</StartBoundary></TimeTrigger>";
    assert_eq!(starts(&task(once), &week), ["12-05T22:30"]);
    let past = once.replace("2026", "2025");
    assert_eq!(starts(&task(&past), &week), [""; 0]);
    let zone = |start: &str| {
        let read = read(&source("t"), &calendar(start, "<ScheduleByDay/>"));
        read.found[0].zone.clone()
    };
    assert_eq!(zone("2026-12-01T02:00:00Z"), Some(TimeZone::UTC));
    assert_eq!(zone("2026-12-01T02:00:00"), None);
}

#[test]
fn a_repetition_lasts_for_its_length_or_until_the_task_is_due_again() {
    let day = window("UTC", "2026-12-05", 1);
    let repeated = |start: &str, pattern: &str, rest: &str| {
        let pattern = format!("<Repetition>{pattern}</Repetition>{rest}");
        starts(&calendar(start, &pattern), &day)
    };
    let (half, daily) = ("<Interval>PT30M</Interval>", "<ScheduleByDay/>");
    let hours =
        format!("{half}<Duration>PT2H</Duration><StopAtDurationEnd>true</StopAtDurationEnd>");
    assert_eq!(
        repeated("2026-12-01T02:00:00", &hours, daily),
        ["12-05T02:00", "12-05T02:30", "12-05T03:00", "12-05T03:30"]
    );
    // Those of the day before are until the task is due again.
    let odd = "<Interval>PT7H</Interval>";
    assert_eq!(
        repeated("2026-12-01T02:00:00", odd, daily),
        ["12-05T02:00", "12-05T09:00", "12-05T16:00", "12-05T23:00"]
    );
    assert_eq!(
        repeated("2026-12-01T23:00:00", &hours, daily),
        ["12-05T00:00", "12-05T00:30", "12-05T23:00", "12-05T23:30"]
    );
    // Due on the first day of the month, and each ten hours until the next one's.
    let monthly = "<ScheduleByMonth><DaysOfMonth><Day>1</Day></DaysOfMonth></ScheduleByMonth>";
    assert_eq!(
        repeated(
            "2026-01-01T01:00:00",
            "<Interval>PT10H</Interval><Duration>P99999999DT23H59M59S</Duration>",
            monthly
        ),
        ["12-05T05:00", "12-05T15:00"]
    );
    let forever = "<TimeTrigger><StartBoundary>2020-01-01T00:05:00Z</StartBoundary>\
                   <Repetition><Interval>PT12H</Interval></Repetition></TimeTrigger>";
    assert_eq!(starts(&task(forever), &day), ["12-05T00:05", "12-05T12:05"]);
}

#[test]
fn clocks_that_are_changed_put_a_start_later_and_show_it_once() {
    let berlin = |date: &str, rest: &str| {
        let text = calendar("2026-01-01T02:30:00", &format!("{rest}<ScheduleByDay/>"));
        starts(&text, &window("Europe/Berlin", date, 1))
    };
    assert_eq!(berlin("2026-03-29", ""), ["03-29T01:30"]);
    assert_eq!(berlin("2026-10-25", ""), ["10-25T00:30"]);
    let hourly = "<Repetition><Interval>PT1H</Interval><Duration>P1D</Duration></Repetition>";
    assert_eq!(berlin("2026-03-29", hourly).len(), 23);
    assert_eq!(berlin("2026-10-25", hourly).len(), 25);
}

#[test]
fn triggers_at_one_instant_start_a_task_once_and_those_of_other_delays_are_jobs_of_their_own() {
    let trigger = |hour: u32, delay: &str| {
        format!(
            "<CalendarTrigger><StartBoundary>2026-01-01T0{hour}:00:00</StartBoundary>{delay}<ScheduleByDay/></CalendarTrigger>\n"
        )
    };
    let delay = "<RandomDelay>PT30S</RandomDelay>";
    let triggers = [
        trigger(2, ""),
        trigger(2, ""),
        trigger(3, ""),
        trigger(2, delay),
    ];
    let read = read(&source("t"), &task(&triggers.concat()));
    let day = window("UTC", "2026-11-30", 1);
    let found: Vec<_> = read
        .found
        .iter()
        .map(|job| (job.starts(&day).len(), job.delay.as_secs(), job.place.line))
        .collect();
    assert_eq!(found, [(2, 0, 3), (1, 30, 6)]);
}

#[test]
fn what_starts_at_no_time_of_a_calendar_or_is_switched_off_is_named() {
    let off = calendar(
        "2026-01-01T02:00:00",
        "<Enabled>false</Enabled><ScheduleByDay/>",
    );
    let events = task("<BootTrigger/>\n<LogonTrigger><Repetition/></LogonTrigger>\n<BootTrigger/>");
    let idle = calendar("2026-01-01T02:00:00", "<ScheduleByDay/>").replace(
        "<Actions>",
        "<Settings><Enabled>0</Enabled></Settings><Actions>",
    );
    let file = format!(
        "<?xml version=\"1.0\"?>\n<Tasks>\n{off}\n{events}\n{idle}\n{}\n</Tasks>",
        task("")
    );
    let read = read(&source("t"), &file);
    assert_eq!(read.mistakes, []);
    assert!(read.found.is_empty());
    assert_eq!(
        read.notes,
        [
            "t: not in the scenario: BootTrigger, which starts a task at no time of a calendar (lines 10, 12)",
            "t: not in the scenario: LogonTrigger, which starts a task at no time of a calendar (line 11)",
            "t: not in the scenario: tasks without a trigger, which start on demand alone (line 20)",
            "t: not in the scenario: what is switched off (Enabled is false, lines 5, 15)",
        ]
    );
}

#[test]
fn commands_and_names_are_those_of_the_task() {
    let text = calendar("2026-01-01T02:00:00", "<ScheduleByDay/>");
    let with = |actions: &str| text.replace("<Exec><Command>az</Command></Exec>", actions);
    let job = |text: &str| read(&source("t"), text).found.swap_remove(0);
    let exec = with(
        "<Exec><Command>C:\\Program Files\\pwsh.exe</Command><Arguments>-c &quot;a &amp;&#38; <![CDATA[<b>]]>&quot;</Arguments>\
         <WorkingDirectory>C:\\</WorkingDirectory></Exec><ComHandler><ClassId>{0}</ClassId></ComHandler>",
    );
    assert_eq!(
        job(&exec).command,
        "\"C:\\Program Files\\pwsh.exe\" -c \"a && <b>\"; ComHandler"
    );
    assert_eq!(job(&text).name, None);
    let listed = format!("<Tasks><!-- \\Night\\Sync -->{text}</Tasks>");
    assert_eq!(job(&listed).name.as_deref(), Some("\\Night\\Sync"));
    let named = text.replace(
        "<Actions>",
        "<RegistrationInfo><URI>\\A</URI></RegistrationInfo><Actions>",
    );
    assert_eq!(job(&named).name.as_deref(), Some("\\A"));
    // Several documents in one file, as `schtasks /query /xml` prints them.
    let document = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n{text}\r\n\r\n");
    assert_eq!(read(&source("t"), &document.repeat(3)).found.len(), 3);
}

#[test]
fn every_mistake_is_told_with_its_line_and_column() {
    let text = "<Tasks>
<Task><Triggers>
  <CalendarTrigger><StartBoundary>soon</StartBoundary><Enabled>yes</Enabled>
    <ScheduleByWeek><WeeksInterval>53</WeeksInterval><DaysOfWeek><Mon/></DaysOfWeek></ScheduleByWeek></CalendarTrigger>
  <TimeTrigger><RandomDelay>30s</RandomDelay><ScheduleByDay/></TimeTrigger>
  <CalendarTrigger><StartBoundary>2026-01-01T02:00:00</StartBoundary><StartBoundary>2026-01-01T02:00:00</StartBoundary></CalendarTrigger>
  <CalendarTrigger><StartBoundary>2026-01-01T02:00:00[UTC]</StartBoundary><Repetition><Interval>PT30S</Interval></Repetition>
    <ScheduleByMonth><DaysOfMonth><Day>32</Day></DaysOfMonth><Months><May/><Mai/></Months></ScheduleByMonth></CalendarTrigger>
</Triggers><Actions><Exec/></Actions></Task>
<Task/>
<Job/>
</Tasks>";
    let told = told(text);
    let begins = [
        "t:9:21: expected Command in Exec",
        "t:3:55: expected true or false in Enabled, found \"yes\"",
        "t:4:21: expected a whole number from 1 to 52 in WeeksInterval, found \"53\"",
        "t:4:66: expected one of Sunday, ",
        "t:3:20: expected a date and time such as ",
        "t:5:46: expected one of Enabled, StartBoundary, ",
        "t:5:3: expected StartBoundary in TimeTrigger",
        "t:5:16: expected a length of time up to P31D, such as PT30S, in RandomDelay, found \"30s\"",
        "t:6:70: expected StartBoundary once in CalendarTrigger",
        "t:6:3: expected ScheduleByDay, ScheduleByWeek, ",
        "t:8:35: expected a Day from 1 to 31 or Last in DaysOfMonth, found Day \"32\"",
        "t:8:76: expected one of January, ",
        "t:7:20: expected a date and time such as ",
        "t:7:87: expected a length of time from PT1M to P31D in Interval, found \"PT30S\"",
        "t:10:1: expected Actions with an action in Task",
        "t:11:1: expected <Task> or <Tasks>, found <Job>",
    ];
    assert_eq!(told.len(), begins.len(), "{told:#?}");
    for (told, begins) in told.iter().zip(begins) {
        assert!(told.starts_with(begins), "{told} is not {begins}");
    }
}

#[test]
fn what_is_no_xml_is_told_where_it_is_and_no_entity_grows() {
    for (text, expected) in [
        ("", "t:1:1: expected a task (<Task>), found none"),
        ("<Tasks/>", "t:1:1: expected a task (<Task>), found none"),
        (
            "0 2 * * * az",
            "t:1:1: expected XML, found text outside of a task",
        ),
        (
            "<Tasks>\n <Task>\n",
            "t:3:1: expected the end of <Task>, found that of the file",
        ),
        (
            "<Tasks>\n",
            "t:2:1: expected the end of <Tasks>, found that of the file",
        ),
        ("<Tasks>\n <Task>\n  </Tusk>", "t:3:3: expected XML: "),
        ("<Task>\n<A", "t:2:1: expected XML: "),
        (
            "<!DOCTYPE a [<!ENTITY b \"c\">]>\n<Task/>",
            "t:1:1: expected XML without a DOCTYPE",
        ),
        (
            "<Task>\u{e4}&b;</Task>",
            "t:1:8: expected &amp;, &lt; or another character of XML, found &b;",
        ),
    ] {
        let told = told(text);
        assert!(told[0].starts_with(expected), "{text}: {told:?}");
        assert_eq!(told.len(), 1, "{told:?}");
    }
    let deep = "<a>".repeat(1_000_000);
    assert!(told(&deep)[0].contains("elements at most in a task, 100 deep"));
    let many = format!("<Task>{}</Task>", "<a/>".repeat(100_000));
    assert!(told(&many)[0].contains("expected 100000 elements at most"));
}
