//! A scenario of the load generator. Each error has its place; the VM of a scenario that is right is a configuration that the
//! emulator reads.
#![no_main]

use std::cell::RefCell;

use imds_emulator::Config;
use imds_fuzz::documents::{moved, place};
use imds_fuzz::program::{Files, Ran, loadgen};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static FILES: RefCell<Option<Files>> = const { RefCell::new(None) };
}

fuzz_target!(|text: &str| {
    FILES.with_borrow_mut(|files| {
        let files = files.get_or_insert_with(Files::new);
        let ran = on(files, text, "check");
        match ran.code {
            0 => is_a_vm(&on(files, text, "config")),
            2 => has_a_place(files, text, &ran),
            code => panic!("exit code {code}: {ran:?}"),
        }
        if let Some(moved) = moved(text) {
            assert_eq!(
                on(files, &moved, "check").code,
                ran.code,
                "a comment changes what is read"
            );
        }
    });
});

fn on(files: &Files, text: &str, command: &str) -> Ran {
    let path = files.put("scenario.toml", text);
    loadgen(&["scenarios", command, path.to_str().expect("a path of text")])
}

fn is_a_vm(ran: &Ran) {
    assert_eq!(ran.code, 0, "{ran:?}");
    if let Err(problems) = Config::from_toml("vm.toml", &ran.stdout) {
        panic!("{problems}\n{}", ran.stdout);
    }
}

/// Its first line; a message may hold line ends.
fn has_a_place(files: &Files, text: &str, ran: &Ran) {
    let name = files.folder().join("scenario.toml").display().to_string();
    let told = ran.stderr.strip_prefix("error: ").unwrap_or(&ran.stderr);
    let _place = place(&name, text, told.lines().next().unwrap_or_default());
}
