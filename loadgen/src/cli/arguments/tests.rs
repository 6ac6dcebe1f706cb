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

/// Commands below `command` whose help has no example, those with commands of their own aside, and those that only this
/// program starts.
fn without_example(command: &clap::Command, path: &str) -> Vec<String> {
    let below = command.get_subcommands();
    let below = below.flat_map(|one| without_example(one, &format!("{path} {}", one.get_name())));
    let mut found: Vec<String> = below.collect();
    let help = command.clone().render_long_help().to_string();
    let is_leaf = command.get_subcommands().next().is_none();
    if is_leaf && !command.is_hide_set() && !help.contains("Example") {
        found.push(path.to_owned());
    }
    found
}

#[test]
fn the_help_of_every_command_has_an_example() {
    assert_eq!(without_example(&Cli::command(), ""), Vec::<String>::new());
}

/// They are commands of this program, too.
#[test]
fn each_example_is_taken() {
    let mut wrong = vec![];
    for example in examples(&Cli::command()) {
        wrong.extend(documented::mistake_of(&example));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The lines of all help that show a command.
fn examples(command: &clap::Command) -> Vec<String> {
    let help = command.clone().render_long_help().to_string();
    let shown = help
        .split_once("Example")
        .map_or("", |(_, shown)| shown)
        .lines()
        .filter(|line| line.contains("imds-loadgen "));
    let own = shown.map(str::to_owned).collect::<Vec<_>>();
    let below = command.get_subcommands().flat_map(examples);
    own.into_iter().chain(below).collect()
}
