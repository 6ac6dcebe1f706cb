//! `imds-client exec` with real processes, which check how many run at once.
#![cfg(all(feature = "cli", unix))]
#![expect(
    clippy::disallowed_methods,
    reason = "processes of their own go on in real time"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A folder for the queue, and one for the files of the commands.
struct Machine {
    temporary: TempDir,
}

impl Machine {
    fn new() -> Self {
        let temporary = TempDir::new().expect("a folder");
        Self { temporary }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    /// The program with these options; what follows is the command.
    fn exec(&self, options: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imds-client"));
        command.arg("exec").args(options);
        command.arg("--cache-dir").arg(self.path("cache"));
        command.current_dir(self.temporary.path());
        command
    }

    /// The program with these options, and a script of `sh` as its command.
    fn shell(&self, options: &[&str], script: &str) -> Command {
        let mut command = self.exec(options);
        command.args(["--", "sh", "-c", script]);
        command
    }

    /// A process that runs, until its standard input is closed or it is killed.
    fn holder(&self, options: &[&str]) -> (Child, ChildStdin) {
        let mut command = self.shell(options, "echo runs; exec cat");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        assert_eq!(line(&mut output), "runs\n");
        let input = child.stdin.take().expect("its input");
        (child, input)
    }

    /// A process that has written that it waits in the queue.
    fn waiter(&self, options: &[&str], script: &str) -> (Child, String) {
        let mut command = self.shell(&[options, &["--verbose"]].concat(), script);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("it runs");
        let mut told = BufReader::new(child.stderr.take().expect("its stderr"));
        let place = line(&mut told);
        child.stderr = Some(told.into_inner());
        (child, place)
    }
}

fn line(output: &mut impl BufRead) -> String {
    let mut line = String::new();
    output.read_line(&mut line).expect("a line");
    line
}

fn output(command: &mut Command) -> Output {
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

fn signal(name: &str, child: &Child) {
    let sent = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(sent.expect("kill runs").success());
}

/// Records how many run, including itself.
const COUNT: &str =
    "touch running/$$; ls running | wc -l >> counts; ls running | wc -l >> counts; rm running/$$";

#[test]
fn of_twenty_processes_no_more_than_three_run_at_once() {
    let machine = Machine::new();
    fs::create_dir(machine.path("running")).expect("a folder");
    let herd: Vec<Child> = (0..20)
        .map(|_| {
            machine
                .shell(&["--at-once", "3"], COUNT)
                .spawn()
                .expect("it runs")
        })
        .collect();
    for mut child in herd {
        assert!(child.wait().expect("it ends").success());
    }
    let counts = fs::read_to_string(machine.path("counts")).expect("what they noted");
    let counts: Vec<u32> = counts
        .lines()
        .map(|line| line.trim().parse().expect("a number"))
        .collect();
    assert_eq!(counts.len(), 40);
    assert!(counts.iter().all(|count| *count <= 3), "{counts:?}");
}

#[test]
fn as_many_run_at_once_as_may() {
    let machine = Machine::new();
    let holders: Vec<_> = (0..3)
        .map(|_| machine.holder(&["--at-once", "3"]))
        .collect();
    for (mut child, input) in holders {
        drop(input);
        assert!(child.wait().expect("it ends").success());
    }
}

#[test]
fn commands_start_in_the_order_they_came() {
    let machine = Machine::new();
    let (mut holder, input) = machine.holder(&["--at-once", "1"]);
    let waiters: Vec<Child> = (1..=8)
        .map(|index| {
            let script = format!("echo {index} >> order");
            let (child, place) = machine.waiter(&["--at-once", "1"], &script);
            assert_eq!(
                place,
                format!("imds-client: line imds: {index} before it, 1 at once\n")
            );
            child
        })
        .collect();
    drop(input);
    assert!(holder.wait().expect("it ends").success());
    for mut child in waiters {
        assert!(child.wait().expect("it ends").success());
    }
    let order = fs::read_to_string(machine.path("order")).expect("what they noted");
    assert_eq!(order, "1\n2\n3\n4\n5\n6\n7\n8\n");
}

#[test]
fn a_process_that_is_killed_leaves_the_queue_whether_it_runs_or_waits() {
    let machine = Machine::new();
    let (mut holder, _input) = machine.holder(&["--at-once", "1"]);
    let (mut waiter, _) = machine.waiter(&["--at-once", "1"], "exit 9");
    let (last, place) = machine.waiter(&["--at-once", "1"], "exit 7");
    assert!(place.contains(" 2 before it"), "{place}");
    for child in [&mut waiter, &mut holder] {
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
    }
    let output = last.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(7));
    assert!(text(&output.stderr).contains("its turn after"));
}

#[test]
fn a_command_at_one_at_once_runs_alone_among_others() {
    let machine = Machine::new();
    let (mut holder, input) = machine.holder(&["--at-once", "5"]);
    let (alone, _) = machine.waiter(&["--at-once", "1"], "test ! -e after; touch alone");
    let (after, _) = machine.waiter(&["--at-once", "5"], "touch after; test -e alone");
    drop(input);
    assert!(holder.wait().expect("it ends").success());
    for child in [alone, after] {
        assert_eq!(
            child.wait_with_output().expect("it ends").status.code(),
            Some(0)
        );
    }
}

#[test]
fn lines_of_different_names_do_not_wait_for_each_other() {
    let machine = Machine::new();
    let (mut holder, input) = machine.holder(&["--at-once", "1"]);
    let other = ["--at-once", "1", "--name", "other"];
    assert_eq!(
        output(&mut machine.shell(&other, "exit 0")).status.code(),
        Some(0)
    );
    drop(input);
    assert!(holder.wait().expect("it ends").success());
}

#[test]
fn what_a_command_leaves_running_keeps_its_place() {
    let machine = Machine::new();
    let script = "exec 3<&0; cat <&3 >left & exit 0";
    let mut leaving = machine.shell(&["--at-once", "1"], script);
    let mut leaver = leaving.stdin(Stdio::piped()).spawn().expect("it runs");
    let input = leaver.stdin.take().expect("its input");
    assert!(leaver.wait().expect("it ends").success());
    let impatient = ["--at-once", "1", "--wait-max", "50ms"];
    assert_eq!(
        output(&mut machine.shell(&impatient, "exit 0"))
            .status
            .code(),
        Some(124)
    );
    drop(input);
    assert_eq!(
        output(&mut machine.shell(&["--at-once", "1"], "exit 0"))
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn waiting_too_long_exits_with_124_and_starts_nothing() {
    let machine = Machine::new();
    let (mut holder, input) = machine.holder(&["--at-once", "1"]);
    let impatient = ["--at-once", "1", "--wait-max", "50ms"];
    let output = output(&mut machine.shell(&impatient, "touch started"));
    assert_eq!(output.status.code(), Some(124));
    assert_eq!(
        text(&output.stderr),
        "imds-client: waited too long in line imds: did not start\n"
    );
    assert!(!machine.path("started").exists());
    drop(input);
    assert!(holder.wait().expect("it ends").success());
}

#[test]
fn the_commands_exit_code_and_streams_are_its_own() {
    let machine = Machine::new();
    let mut command = machine.shell(&["--at-once", "1"], "cat; echo told >&2; exit 42");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(b"given").expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(42));
    assert_eq!(
        (text(&output.stdout), text(&output.stderr)),
        ("given", "told\n")
    );
}

#[test]
fn signals_reach_the_command_and_what_ends_by_one_is_seen_to() {
    let machine = Machine::new();
    let mut trapping = machine.shell(
        &["--at-once", "1"],
        "trap 'exit 7' TERM; echo runs; while :; do sleep 0.01; done",
    );
    let mut child = trapping.stdout(Stdio::piped()).spawn().expect("it runs");
    let mut told = BufReader::new(child.stdout.take().expect("its output"));
    assert_eq!(line(&mut told), "runs\n");
    signal("-TERM", &child);
    assert_eq!(child.wait().expect("it ends").code(), Some(7));
    let (mut child, _input) = machine.holder(&["--at-once", "1"]);
    signal("-TERM", &child);
    assert_eq!(child.wait().expect("it ends").signal(), Some(15));
}

#[test]
fn what_cannot_be_run_exits_as_shells_do() {
    let machine = Machine::new();
    let plain = machine.path("plain");
    fs::write(&plain, "no program").expect("a file");
    for (program, code) in [
        ("no-such-command", 127),
        (plain.to_str().expect("text"), 126),
    ] {
        let output = output(machine.exec(&["--at-once", "1"]).args(["--", program]));
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        let told = format!("imds-client: cannot run {program}: ");
        assert!(
            text(&output.stderr).starts_with(&told),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn wrong_usage_exits_with_2_and_starts_nothing() {
    let machine = Machine::new();
    for options in [
        &["touch", "started"][..],
        &["--at-once", "0", "touch", "started"],
        &["--at-once", "1"],
        &["--at-once", "1", "--rate", "many", "touch", "started"],
        &["--at-once", "1", "--wait-max", "0s", "touch", "started"],
        &["--at-once", "1", "--name", "", "touch", "started"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imds-client"));
        command
            .arg("exec")
            .args(options)
            .current_dir(machine.temporary.path());
        assert_eq!(output(&mut command).status.code(), Some(2), "{options:?}");
    }
    assert!(!machine.path("started").exists());
}

#[test]
fn a_command_without_a_limit_is_refused_with_both_that_there_are() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-client"));
    let refused = output(command.args(["exec", "--", "true"]));
    assert_eq!(refused.status.code(), Some(2));
    let message = text(&refused.stderr);
    assert!(
        message.contains("  <--at-once <N>|--rate <N/s>>\n"),
        "{message}"
    );
}

#[test]
fn without_a_line_it_starts_nothing() {
    let machine = Machine::new();
    fs::create_dir(machine.path("cache")).expect("a folder");
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(machine.path("cache"), open).expect("it is ours");
    let output = output(&mut machine.shell(&["--at-once", "1"], "touch started"));
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("is open to other users"));
    assert!(!machine.path("started").exists());
}

#[test]
fn starts_are_as_far_apart_as_the_rate_says() {
    let machine = Machine::new();
    let began = Instant::now();
    let options = ["--at-once", "9", "--rate", "20/s"];
    let herd: Vec<Child> = (0..6)
        .map(|_| machine.shell(&options, "exit 0").spawn().expect("it runs"))
        .collect();
    for mut child in herd {
        assert!(child.wait().expect("it ends").success());
    }
    let least = Duration::from_millis(5 * 50);
    assert!(began.elapsed() >= least, "{:?}", began.elapsed());
}

/// Ten-minute jobs would take two hours at five places; what IMDS limits is how they start.
#[test]
fn a_rate_alone_spaces_the_starts_and_holds_no_place() {
    let machine = Machine::new();
    let options = ["--rate", "20/s"];
    let began = Instant::now();
    let running: Vec<_> = (0..4).map(|_| machine.holder(&options)).collect();
    let least = Duration::from_millis(3 * 50);
    assert!(began.elapsed() >= least, "{:?}", began.elapsed());
    let (alone, place) = machine.waiter(&["--at-once", "1"], "exit 7");
    assert_eq!(place, "imds-client: line imds: 0 before it, 1 at once\n");
    assert_eq!(
        alone.wait_with_output().expect("it ends").status.code(),
        Some(7)
    );
    for (mut child, input) in running {
        drop(input);
        assert!(child.wait().expect("it ends").success());
    }
}

#[test]
fn a_part_of_the_spread_is_waited_for_before_lining_up() {
    let machine = Machine::new();
    let options = ["--at-once", "1", "--spread", "1ms", "--verbose"];
    let output = output(&mut machine.shell(&options, "exit 0"));
    let told: Vec<&str> = text(&output.stderr).lines().collect();
    assert_eq!(
        told[0].rsplit_once(" s ").map(|(_, rest)| rest),
        Some("of its spread")
    );
    assert_eq!(told[1], "imds-client: line imds: 0 before it, 1 at once");
}
