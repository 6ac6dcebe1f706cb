//! Each form, with what means something to its reader.

use super::*;
use crate::result::schedule::Day;
use crate::result::schedule::{Job, Replayed, SCHEMA, TimeOfDay};

fn time(text: &str) -> TimeOfDay {
    text.parse().expect("a time of day")
}

fn job(number: u32, at: &str, days_later: u32, command: &str) -> Job {
    Job {
        name: format!("night-cli-{number}"),
        group: "cli".to_owned(),
        number,
        offset_ms: 0,
        at: time(at),
        days_later,
        command: Some(command.to_owned()),
    }
}

/// Two jobs, the second one past midnight.
fn schedule(format: ScheduleFormat, days: &[Day], command: &str) -> Schedule {
    Schedule {
        schema: SCHEMA,
        scenario: "night".to_owned(),
        format,
        at: time("23:59:58"),
        days: days.to_vec(),
        interval_ms: Some(2500),
        random_delay_ms: 0,
        safe: false,
        jobs: vec![
            job(1, "23:59:58", 0, command),
            job(2, "00:00:00.500", 1, command),
        ],
        replayed: Replayed {
            runs: 100,
            seed: 1,
            refused: 0,
            lost: 0.0,
            lost_if_off_by_1s: None,
        },
    }
}

fn random(format: ScheduleFormat) -> Schedule {
    let mut schedule = schedule(format, &Day::ALL, "run");
    schedule.interval_ms = None;
    schedule.random_delay_ms = 4000;
    schedule.jobs.truncate(1);
    schedule
}

fn file(schedule: &Schedule, name: &str) -> String {
    let written = written(schedule).files.into_iter();
    let mut named = written.filter(|(file, _)| file == name);
    named.next().expect("a file of this name").1
}

const SUNDAY_AND_MONDAY: [Day; 2] = [Day::Mon, Day::Sun];

#[test]
fn a_line_of_a_crontab_sleeps_until_its_second_and_percents_are_escaped() {
    let schedule = schedule(
        ScheduleFormat::Crontab,
        &SUNDAY_AND_MONDAY,
        "date +%F && run",
    );
    let text = file(&schedule, "crontab");
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(
        lines,
        [
            r"59 23 * * 1,0 sleep 58.000; date +\%F && run",
            r"0 0 * * 1,2 sleep 0.500; date +\%F && run",
        ]
    );
}

#[test]
fn a_scenario_whose_name_has_two_lines_adds_none_to_a_crontab() {
    let mut schedule = schedule(ScheduleFormat::Crontab, &Day::ALL, "run");
    schedule.scenario = "night\n* * * * * other".to_owned();
    let text = file(&schedule, "crontab");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(lines.count(), 2, "{text}");
}

#[test]
fn a_timer_is_as_accurate_as_can_be_and_its_command_reaches_the_shell_as_it_is() {
    let schedule = schedule(
        ScheduleFormat::Systemd,
        &SUNDAY_AND_MONDAY,
        r#"echo "50 %" \ $HOME"#,
    );
    let timer = file(&schedule, "night-cli-2.timer");
    assert!(
        timer.contains("OnCalendar=Mon,Tue *-*-* 00:00:00.500\nAccuracySec=1us\n"),
        "{timer}"
    );
    let service = file(&schedule, "night-cli-2.service");
    let expected = r#"ExecStart=/bin/sh -c "echo \"50 %%\" \\ $$HOME""#;
    assert!(service.contains(expected), "{service}");
}

#[test]
fn a_task_is_of_a_program_and_its_arguments_in_ascii() {
    let schedule = schedule(
        ScheduleFormat::TaskScheduler,
        &SUNDAY_AND_MONDAY,
        r#""C:\Program Files\r & d.exe" --name <ä>"#,
    );
    let task = file(&schedule, "night-cli-1.xml");
    for expected in [
        "<StartBoundary>2024-01-01T23:59:58</StartBoundary>",
        "<DaysOfWeek><Monday /><Sunday /></DaysOfWeek>",
        r"<Command>C:\Program Files\r &amp; d.exe</Command>",
        "<Arguments>--name &lt;&#228;&gt;</Arguments>",
    ] {
        assert!(task.contains(expected), "{task}");
    }
}

#[test]
fn a_runbook_is_started_ahead_on_the_day_on_which_that_is_and_told_its_start() {
    let schedule = schedule(ScheduleFormat::AzureAutomation, &SUNDAY_AND_MONDAY, "Run");
    let template: serde_json::Value =
        serde_json::from_str(&file(&schedule, "azure-automation.json")).expect("JSON");
    let (second, link) = (&template["resources"][2], &template["resources"][3]);
    let start = &second["properties"]["startTime"];
    assert_eq!(
        *start,
        "[concat(parameters('firstDay'), 'T23:59:00+00:00')]"
    );
    // Past midnight it is Monday and Tuesday, and a minute ahead of that Sunday and Monday.
    let days = &second["properties"]["advancedSchedule"]["weekDays"];
    assert_eq!(*days, serde_json::json!(["Monday", "Sunday"]));
    assert_eq!(link["properties"]["parameters"]["StartAt"], "00:00:00.500");
    assert_eq!(link["properties"]["runbook"]["name"], "Run");
}

#[test]
fn a_random_delay_is_that_of_each_scheduler() {
    let crontab = file(&random(ScheduleFormat::Crontab), "crontab");
    assert!(
        crontab.contains("$(shuf -n 1 -i 58000-62000 | awk"),
        "{crontab}"
    );
    let timer = file(&random(ScheduleFormat::Systemd), "night-cli-1.timer");
    assert!(timer.contains("\nRandomizedDelaySec=4000ms\n"), "{timer}");
    let task = file(&random(ScheduleFormat::TaskScheduler), "night-cli-1.xml");
    assert!(task.contains("<RandomDelay>PT4S</RandomDelay>"), "{task}");
    assert!(task.contains("<DaysInterval>1</DaysInterval>"), "{task}");
}
