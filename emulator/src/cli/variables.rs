//! Values that come from the environment: errors name their variables.

use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command};

/// The variable that stands for this option, with its value; none: it is not set, or the option is given in `words`,
/// those of the command line.
fn of_option(
    option: &str,
    variable: &OsStr,
    words: &[OsString],
    own: impl Fn(&OsStr) -> Option<OsString>,
) -> Option<OsString> {
    let is_it = |word: &OsString| {
        let rest = word.to_str().and_then(|word| word.strip_prefix(option));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    let mut words = words.iter().take_while(|word| *word != "--");
    own(variable).filter(|_| !words.any(is_it))
}

/// How an error names an option of this program: with its variable, where its value comes from there.
pub(crate) fn name(option: &str, variable: &str) -> String {
    let words: Vec<OsString> = std::env::args_os().collect();
    let found = of_option(option, OsStr::new(variable), &words, |name| {
        std::env::var_os(name)
    });
    found.map_or_else(
        || option.to_owned(),
        |value| named(variable, &value, option),
    )
}

/// A variable with its value, and the option that it stands for.
pub(crate) fn named(variable: &str, value: &OsStr, option: &str) -> String {
    format!("{variable}={} (for {option})", value.display())
}

/// The error of a command line, in which the option is named by its variable if its value comes from there.
pub(crate) fn with_variable(
    mut error: clap::Error,
    mut program: Command,
    words: &[OsString],
    own: impl Fn(&OsStr) -> Option<OsString>,
) -> clap::Error {
    let shown = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(shown)) => shown.clone(),
        _ => return error,
    };
    program.build();
    let argument = argument(&program, &shown);
    let option = argument.and_then(|it| Some((format!("--{}", it.get_long()?), it.get_env()?)));
    let Some((option, variable)) = option else {
        return error;
    };
    if of_option(&option, variable, words, own).is_some() {
        let name = format!("{} (for {shown})", variable.display());
        error.insert(ContextKind::InvalidArg, ContextValue::String(name));
    }
    error
}

/// The argument with a variable that is shown so, of the program or of one of its subcommands.
fn argument<'c>(program: &'c Command, shown: &str) -> Option<&'c Arg> {
    let mut own = program.get_arguments();
    let found = own.find(|argument| argument.get_env().is_some() && argument.to_string() == shown);
    let mut below = program.get_subcommands();
    found.or_else(|| below.find_map(|command| self::argument(command, shown)))
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::cli::arguments::Cli;

    #[test]
    fn an_option_that_is_given_wins_over_its_variable() {
        let own = |_: &OsStr| Some(OsString::from("x"));
        let from = |words: &[&str]| {
            let words: Vec<OsString> = words.iter().map(OsString::from).collect();
            of_option("--ca-file", OsStr::new("CA"), &words, own).is_some()
        };
        assert!(from(&["serve"]));
        assert!(from(&["exec", "--", "--ca-file", "x"]));
        assert!(from(&["serve", "--ca-files"]));
        assert!(!from(&["serve", "--ca-file", "x"]));
        assert!(!from(&["serve", "--ca-file=x"]));
        let unset = of_option("--ca-file", OsStr::new("CA"), &[], |_| None);
        assert_eq!(unset, None);
    }

    #[test]
    fn the_error_of_a_value_names_where_the_value_is_from() {
        let told = |from_variable: bool| {
            let words = ["imds-emulator", "serve", "--listen", "nowhere"];
            let error = Cli::try_parse_from(words).expect_err("it is no address");
            let words = words.map(OsString::from);
            let given = if from_variable { &words[..2] } else { &words };
            let own = |name: &OsStr| (name == "IMDS_EMULATOR_LISTEN").then(|| "nowhere".into());
            with_variable(error, Cli::command(), given, own).to_string()
        };
        let expected = "invalid value 'nowhere' for 'IMDS_EMULATOR_LISTEN (for --listen <ADDRESS>)': expected ADDRESS:PORT";
        assert!(told(true).contains(expected), "{}", told(true));
        let given = "invalid value 'nowhere' for '--listen <ADDRESS>': expected ADDRESS:PORT";
        assert!(told(false).contains(given), "{}", told(false));
    }
}
