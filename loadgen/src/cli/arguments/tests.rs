mod documented;

use clap::CommandFactory;

use super::*;

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn a_replay_names_every_change() {
    let args = [
        "imds-loadgen",
        "simulate",
        "a.toml",
        "--client",
        "go-msal",
        "--count",
        "9",
        "--context",
        "article",
    ];
    let Command::Simulate(simulate) = Cli::parse_from(args).command else {
        panic!("simulate")
    };
    assert_eq!(
        simulate.arguments.replay("simulate", 7),
        "imds-loadgen simulate a.toml --seed 7 --client go-msal --context article --count 9"
    );
}
