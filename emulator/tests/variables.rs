//! Variables that stand for options of the program.

use std::process::{Command, Output};

#[test]
fn a_wrong_variable_is_named_with_its_value() {
    let told = |variable: &str, value: &str, options: &[&str]| {
        let words: Vec<&str> = ["serve"].iter().chain(options).copied().collect();
        let mut command = Command::new(env!("CARGO_BIN_EXE_imds-emulator"));
        let command = command.args(words).env(variable, value);
        let Output { status, stderr, .. } = command.output().unwrap();
        (status.code(), String::from_utf8(stderr).unwrap())
    };
    let free = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
    let (code, stderr) = told("IMDS_EMULATOR_CA_FILE", "/root.pem", &free);
    assert_eq!(code, Some(2));
    let expected =
        "IMDS_EMULATOR_CA_FILE=/root.pem (for --ca-file): there is no certificate, since";
    assert!(stderr.starts_with(expected), "{stderr}");
    let manager = ["--resource-manager-listen", "127.0.0.1:0"];
    let nowhere = "/nowhere/at/all/root.pem";
    let (code, stderr) = told(
        "IMDS_EMULATOR_CA_FILE",
        nowhere,
        &[&free[..], &manager].concat(),
    );
    assert_eq!(code, Some(3));
    let expected =
        format!("IMDS_EMULATOR_CA_FILE={nowhere} (for --ca-file): cannot write the certificate");
    assert!(stderr.starts_with(&expected), "{stderr}");
    let (code, stderr) = told("IMDS_EMULATOR_SEED", "many", &free);
    assert_eq!(code, Some(2));
    let expected = "invalid value 'many' for 'IMDS_EMULATOR_SEED (for --seed <SEED>)'";
    assert!(stderr.contains(expected), "{stderr}");
}
