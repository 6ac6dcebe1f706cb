//! Clients that mean harm, against the built program: others go on being answered, and its memory stays
//! bounded.

#[path = "robust/abuse.rs"]
mod abuse;
#[path = "robust/program.rs"]
mod program;

use std::io::Write;
use std::time::Duration;

use program::Program;

/// More than twice what the program takes here, and a fraction of what it is sent.
const MEMORY: u64 = 160 << 20;

#[test]
fn two_thousand_idle_and_trickling_connections_keep_no_client_out() {
    let program = Program::start("");
    let crowd = abuse::crowd(&program, 2000);
    assert!(crowd.len() >= 500, "{} connections", crowd.len());
    for _ in 0..20 {
        assert_eq!(program.token(), 200);
    }
    program.assert_memory_below(MEMORY);
}

#[cfg(unix)]
#[test]
fn idle_connections_of_the_administration_port_leave_imds_its_files() {
    let program = Program::start_with_files(128);
    let connections = (0..150).map(|_| program::connect(program.admin).unwrap());
    let _idle: Vec<_> = connections.collect();
    for _ in 0..20 {
        assert_eq!(program.token(), 200);
    }
}

#[cfg(unix)]
#[test]
fn silent_connections_and_bodies_that_never_come_leave_the_administration_port_its_seats() {
    let program = Program::start_with_files(128);
    for sent in [
        "",
        "POST /vms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n",
    ] {
        let crowd = (0..100).map(|_| {
            let mut stream = program::connect(program.admin).unwrap();
            stream.write_all(sent.as_bytes()).unwrap();
            stream
        });
        let _crowd: Vec<_> = crowd.collect();
        assert!(program.admin("/tally").contains("identity"));
    }
}

#[cfg(unix)]
#[test]
fn vms_leave_open_files_for_their_clients() {
    let program = Program::start_with_files(128);
    let made = (0..128).take_while(|_| program.make_vm() == 201).count();
    assert_eq!(made, 63, "with the first VM half of the files");
    for _ in 0..20 {
        assert_eq!(program.token(), 200);
        assert!(program.admin("/tally").contains("identity"));
    }
}

#[cfg(unix)]
#[test]
fn without_room_for_connections_it_ends_with_a_sentence_and_is_not_ready() {
    let script =
        "ulimit -n 20 && exec \"$0\" serve --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0";
    let output = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_imds-emulator")])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stdout, b"");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("more open files are needed"), "{told}");
}

#[test]
fn no_malformed_request_stops_it_and_each_is_answered_or_closed() {
    let program = Program::start("");
    for request in abuse::malformed() {
        abuse::send(&program, &request);
    }
    assert_eq!(program.token(), 200);
    program.assert_memory_below(MEMORY);
}

#[test]
fn a_body_of_gigabytes_is_not_kept() {
    let program = Program::start("");
    for head in abuse::ENDLESS_BODIES {
        abuse::stream(&program, head, 256 << 20);
        program.assert_memory_below(MEMORY);
    }
    assert_eq!(program.token(), 200);
}

#[test]
fn a_journal_past_its_bound_forgets_the_oldest() {
    let program = Program::start("journal.entries = 100\n");
    let long = "x".repeat(4000);
    abuse::pipeline(&program, &format!("/metadata/{long}?{long}={long}"), 5000);
    assert_eq!(program.token(), 200);
    let journal = program.admin("/journal");
    let journal: serde_json::Value = serde_json::from_str(&journal).unwrap();
    assert_eq!(journal["next"], 5003);
    assert_eq!(journal["entries"].as_array().unwrap().len(), 100);
    program.assert_memory_below(MEMORY);
}

#[cfg(unix)]
#[test]
fn a_log_that_is_not_read_stops_neither_answers_nor_the_end() {
    let program = Program::start_with_unread_log();
    for _ in 0..3000 {
        assert_eq!(program.token(), 200);
    }
    assert!(program.admin("/tally").contains("identity"));
    program.assert_memory_below(MEMORY);
    assert_eq!(program.stop(Duration::from_secs(10)), Some(0));
}

#[test]
fn a_client_that_reads_no_answer_is_not_written_to_without_end() {
    let program = Program::start("");
    abuse::deaf(&program, 20_000, Duration::from_secs(5));
    assert_eq!(program.token(), 200);
    program.assert_memory_below(MEMORY);
}
