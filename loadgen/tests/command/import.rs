//! Schedules that are there already become scenarios.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{code, folder, loadgen, stderr, stdout};

fn shown(path: &Path) -> &str {
    path.to_str().expect("the tests' own folder")
}

fn json(arguments: &[&str]) -> Value {
    let output = loadgen(arguments);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).expect("JSON")
}

/// 300 daily jobs at times without an order, sixty of them at 02:00, and how many start in each minute of the day.
fn three_hundred_lines() -> (String, BTreeMap<u32, u64>) {
    let (mut lines, mut minutes) = (String::new(), BTreeMap::new());
    for line in 0..300_u32 {
        let minute = if line % 5 == 0 {
            120
        } else {
            line * 641 % 1440
        };
        let command = [
            "az login --identity",
            "python3 /opt/sync.py",
            "pwsh -File /opt/a.ps1",
        ];
        let command = command[line as usize % 3];
        writeln!(
            lines,
            "{} {} * * * {command} {line}",
            minute % 60,
            minute / 60
        )
        .expect("a line");
        *minutes.entry(minute).or_default() += 1;
    }
    (lines, minutes)
}

#[test]
fn of_300_lines_the_worst_minute_is_named_and_its_plan_has_no_refusal() {
    let folder = folder("import-300");
    let (lines, minutes) = three_hundred_lines();
    let (jobs, night, worst) = (
        folder.join("jobs"),
        folder.join("night.toml"),
        folder.join("worst.toml"),
    );
    fs::write(&jobs, lines).expect("a crontab");
    let import = import(&jobs);
    let imported = json(&[&import[..], &["--out", shown(&night)]].concat());
    let (minute, most) = minutes
        .iter()
        .max_by_key(|(_, starts)| **starts)
        .expect("jobs");
    let named = format!("2026-11-30T{:02}:{:02}:00+01:00", minute / 60, minute % 60);
    assert_eq!(imported["worst"]["begins"], named.as_str());
    assert_eq!(imported["worst"]["starts"], *most);
    assert_eq!(
        imported["worst"]["jobs"].as_array().expect("jobs").len() as u64,
        *most
    );
    assert_eq!(
        imported["worst"]["jobs"][1]["place"],
        format!("{}:6", jobs.display()).as_str()
    );
    assert_eq!(imported["starts"], 300);
    assert!(imported["worst"]["failed"].as_u64() > Some(0), "{imported}");
    let checked = loadgen(&["scenarios", "check", shown(&night)]);
    assert!(stdout(&checked).contains("OK, 300 sessions in 3 groups"));

    mended(&import, &worst, *most);
    planned(&folder, &worst, *most);
}

/// The words that import a crontab.
fn import(jobs: &Path) -> [&str; 9] {
    [
        "import",
        "crontab",
        shown(jobs),
        "--date",
        "2026-11-30",
        "--zone",
        "Europe/Berlin",
        "--format",
        "json",
    ]
}

/// The minute alone fails as it is, and a remedy is found.
fn mended(import: &[&str], worst: &Path, most: u64) {
    let alone = json(&[import, &["--out", shown(worst), "--worst", "--no-vary"]].concat());
    let nothing = alone["remedies"]["rows"].as_array().expect("rows").iter();
    let nothing = nothing
        .clone()
        .find(|row| row["remedy"] == "nothing")
        .expect("as it is");
    assert_eq!(nothing["outcome"]["sessions"], most);
    assert_eq!(nothing["outcome"]["holds"], false);
    assert!(!alone["remedies"]["recommended"].is_null());
}

/// As a schedule to install none is refused; that is read back.
fn planned(folder: &Path, worst: &Path, most: u64) {
    let plan = [
        "plan",
        "interval",
        shown(worst),
        "--quiet",
        "--no-vary",
        "--require",
        "attempts.per_token <= 1",
        "--runs",
        "300",
    ];
    let emit = [
        "--emit",
        "crontab",
        "--at",
        "02:00",
        "--command",
        "az login {n}",
        "--out",
        shown(folder),
        "--format",
        "json",
    ];
    let planned = json(&[&plan[..], &emit].concat());
    assert_eq!(planned["schedules"][0]["replayed"]["refused"], 0);

    // What was written is read back, and no session of it is refused.
    let (written, again) = (folder.join("crontab"), folder.join("again.toml"));
    let back = [
        "import",
        "crontab",
        shown(&written),
        "--date",
        "2026-11-30",
        "--format",
        "json",
        "--out",
        shown(&again),
    ];
    assert_eq!(json(&back)["starts"], most);
    let run = json(&["simulate", shown(&again), "--format", "json"]);
    assert_eq!(run["sessions"]["succeeded"], most);
    assert_eq!(run["attempts"]["total"], most, "none is sent twice");
}

#[test]
fn jobs_whose_client_is_unknown_are_asked_for_all_at_once() {
    let folder = folder("import-unknown");
    let jobs = folder.join("jobs");
    fs::write(
        &jobs,
        "0 2 * * * /opt/run.sh\n0 3 * * * az login\n@reboot /opt/start\n1 1 * * * backup\n",
    )
    .expect("a crontab");
    let import = ["import", "crontab", shown(&jobs), "--date", "2026-11-30"];
    let output = loadgen(&import);
    let told = stderr(&output);
    assert_eq!(code(&output), 2);
    for place in [
        "jobs:1:1: expected a command that shows",
        "jobs:3:1: expected a time",
        "jobs:4:1: expected a command that",
    ] {
        assert!(told.contains(place), "{place}: {told}");
    }
    assert!(!told.contains("jobs:2"), "{told}");

    let rest = [
        "--skip",
        "/opt/start",
        "--skip",
        "backup",
        "--client",
        "run.sh=go-azidentity",
    ];
    let output = loadgen(&[&import[..], &rest].concat());
    let scenario = stdout(&output);
    assert!(
        scenario.contains("client = \"go-azidentity\""),
        "{scenario}"
    );
    assert!(
        stderr(&output)
            .starts_with("The worst minute is 2026-11-30T02:00:00+00:00: 1 session starts")
    );

    for (wrong, expected) in [
        (
            ["--skip", "nothing"],
            "a job that \"--skip nothing\" changes",
        ),
        (["--client", "run.sh=azure-clj"], "azure-clj"),
        (["--client", "run.sh"], "PATTERN=POLICY"),
        (["--zone", "Mars/Base"], "a time zone such as Europe/Berlin"),
    ] {
        let output = loadgen(&[&import[..], &rest, &wrong].concat());
        assert_eq!(code(&output), 2);
        assert!(
            stderr(&output).contains(expected),
            "{expected}: {}",
            stderr(&output)
        );
    }
}

/// Sixty timers that are due a second before a minute's end, and start up to two seconds later.
#[test]
fn the_worst_minute_of_delayed_jobs_is_that_in_which_they_start_and_it_has_all_that_may() {
    let folder = folder("import-delayed");
    let mut files = vec![];
    for number in 0..60 {
        let timer = folder.join(format!("job-{number}.timer"));
        let service = "[Service]\nExecStart=/usr/bin/az login --identity\n";
        fs::write(timer.with_extension("service"), service).expect("a service");
        let due = "[Timer]\nOnCalendar=01:59:59\nRandomizedDelaySec=2s\n";
        fs::write(&timer, due).expect("a timer");
        files.push(timer);
    }
    let (night, worst) = (folder.join("night.toml"), folder.join("worst.toml"));
    let files = files.iter().map(|file| shown(file));
    let import: Vec<&str> = ["import", "systemd-timers"]
        .into_iter()
        .chain(files)
        .collect();
    let asked = ["--date", "2026-11-30", "--seed", "7", "--format", "json"];
    let import = [&import[..], &asked].concat();
    let whole = json(&[&import[..], &["--out", shown(&night)]].concat());
    let (starts, failed) = (&whole["worst"]["starts"], &whole["worst"]["failed"]);
    assert!(
        failed.as_u64() > Some(0) && failed.as_u64() <= starts.as_u64(),
        "{whole}"
    );
    assert_eq!(whole["worst"]["jobs"].as_array().expect("jobs").len(), 60);

    // The figures are those of a simulation of what was written, and the minute alone has all that may start in it.
    let run = json(&["simulate", shown(&night), "--format", "json"]);
    assert_eq!(
        (&run["seed"], &run["sessions"]["failed"]),
        (&Value::from(7), &whole["failed"])
    );
    json(
        &[
            &import[..],
            &["--out", shown(&worst), "--worst", "--no-vary"],
        ]
        .concat(),
    );
    let alone = json(&["simulate", shown(&worst), "--format", "json"]);
    assert_eq!(alone["sessions"]["total"], 60);

    fs::create_dir(folder.join("job-3.service.d")).expect("a folder");
    let output = loadgen(&[&import[..], &["--out", shown(&night)]].concat());
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("job-3.timer:1:1: expected a unit without drop-ins"));
}

#[test]
fn a_table_becomes_a_scenario_that_is_read_again_and_its_mistakes_are_told() {
    let folder = folder("import-table");
    let (table, written) = (folder.join("jobs.csv"), folder.join("jobs.toml"));
    fs::write(
        &table,
        "start,client,count\n02:00:04.137,azure-cli,3\n03:00:01.118,azure-cli,\n",
    )
    .expect("a table");
    let import = [
        "import",
        "csv",
        shown(&table),
        "--date",
        "2026-11-30",
        "--format",
        "json",
        "--out",
        shown(&written),
    ];
    assert_eq!(json(&import)["starts"], 4);
    let text = fs::read_to_string(&written).expect("a scenario");
    assert!(text.contains("7204.137, 7204.137, 7204.137,"), "{text}");
    fs::write(&table, "start,client,count\n#1,azure-cli,3\n").expect("a table");
    let output = loadgen(&import);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("jobs.csv:2:1: expected a time"),
        "{}",
        stderr(&output)
    );
    assert_eq!(fs::read_to_string(&written).expect("as it was"), text);
}

/// As `schtasks /query /xml ONE >tasks.xml` of a PowerShell writes it: a byte order mark, little endian, line ends of Windows.
#[test]
fn tasks_in_utf_16_are_read_and_one_is_left_out_by_its_name() {
    let folder = folder("import-tasks");
    let file = folder.join("tasks.xml");
    fs::write(&file, utf_16(&two_tasks("02:00:00"))).expect("tasks");
    let import = [
        "import",
        "taskscheduler",
        shown(&file),
        "--date",
        "2026-11-30",
        "--zone",
        "Europe/Berlin",
    ];
    let of_all = loadgen(&import);
    assert_eq!(code(&of_all), 2);
    let told = stderr(&of_all);
    let place = "tasks.xml:11:13: expected a command that shows its client, found \"defrag.exe\" \
                 of the task \"\\Microsoft\\Defrag ä\"";
    assert!(told.contains(place), "{told}");
    assert!(!told.contains("Sync"), "{told}");

    let out = folder.join("night.toml");
    let rest = [
        "--skip",
        "\\Defrag ä",
        "--format",
        "json",
        "--out",
        shown(&out),
    ];
    let imported = json(&[&import[..], &rest].concat());
    let figures = ["jobs", "skipped", "starts"].map(|key| &imported[key]);
    assert_eq!(figures, [1, 1, 1]);
    assert_eq!(imported["worst"]["begins"], "2026-11-30T02:00:00+01:00");
    assert_eq!(imported["worst"]["jobs"][0]["command"], "az.cmd login ä");
    let written = fs::read_to_string(&out).expect("a scenario");
    assert!(written.contains("client = \"azure-cli\""), "{written}");

    let unused = loadgen(&[&import[..], &rest, &["--skip", "\\Night\\Sink"]].concat());
    assert_eq!(code(&unused), 2);
    let told = stderr(&unused);
    assert!(
        told.contains("a job that \"--skip \\Night\\Sink\" changes"),
        "{told}"
    );
}

#[test]
fn mistakes_of_tasks_in_utf_16_have_their_line_and_column() {
    let file = folder("import-tasks-wrong").join("tasks.xml");
    let import = ["import", "taskscheduler", shown(&file), "--date"];
    let import = [&import[..], &["2026-11-30", "--skip", "Defrag"]].concat();
    let tasks = utf_16(&two_tasks("soon"));
    let whole = &tasks[..];
    let torn = &tasks[..tasks.len() - 1];
    for (content, wrong, expected) in [
        (whole, 2, "tasks.xml:6:5: expected a date"),
        (whole, 2, "tasks.xml:12:5: expected a date"),
        (torn, 3, "expected UTF-16 that is whole"),
    ] {
        fs::write(&file, content).expect("tasks");
        let output = loadgen(&import);
        let told = stderr(&output);
        assert!(told.contains(expected), "{expected}: {told}");
        assert_eq!(code(&output), wrong, "{told}");
    }
}

/// Two tasks that start at the same time of each day; what the second runs shows no client.
fn two_tasks(at: &str) -> String {
    let task = |name: &str, action: &str| {
        format!(
            "<!-- \\{name} -->
<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">
  <Triggers><CalendarTrigger>
    <StartBoundary>2026-01-01T{at}</StartBoundary>
    <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger></Triggers>
  <Actions><Exec>{action}</Exec></Actions></Task>
"
        )
    };
    let sync = task(
        "Night\\Sync",
        "<Command>az.cmd</Command><Arguments>login ä</Arguments>",
    );
    let defrag = task("Microsoft\\Defrag ä", "<Command>defrag.exe</Command>");
    format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<Tasks>\n{sync}{defrag}</Tasks>\n")
}

fn utf_16(text: &str) -> Vec<u8> {
    let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
