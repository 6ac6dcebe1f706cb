//! Values that come from the environment: the error of one names its variable.

use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, Error};

/// The error of a command line of these words, in which the option is named by its variable if its value comes from there.
pub(super) fn with_variable(
    mut error: Error,
    mut program: Command,
    words: &[OsString],
    is_set: impl Fn(&OsStr) -> bool,
) -> Error {
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let shown = shown.clone();
    program.build();
    let argument = argument(&program, &shown);
    let option = argument.and_then(|it| Some((it.get_long()?, it.get_env()?)));
    let Some((option, variable)) = option else {
        return error;
    };
    if is_set(variable) && !is_given(option, words) {
        let name = format!("{} (for {shown})", variable.display());
        error.insert(ContextKind::InvalidArg, ContextValue::String(name));
    }
    error
}

/// An option that is given wins over its variable. What follows `--` is another program's.
fn is_given(option: &str, words: &[OsString]) -> bool {
    let mut own = words.iter().take_while(|word| *word != "--");
    own.any(|word| {
        let word = word.to_str().and_then(|word| word.strip_prefix("--"));
        let rest = word.and_then(|word| word.strip_prefix(option));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })
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
    use crate::cli::Arguments;

    /// What is said of a wrong endpoint, if these are the words of the command line.
    fn told(words: &[&str], is_set: bool) -> String {
        let wrong = ["imds-client", "token", "--endpoint", "ftp://x"];
        let error = Arguments::try_parse_from(wrong).expect_err("no endpoint");
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        with_variable(error, Arguments::command(), &words, |_| is_set).to_string()
    }

    #[test]
    fn the_error_of_a_value_names_where_the_value_is_from() {
        let variable = "'AZURE_POD_IDENTITY_AUTHORITY_HOST (for --endpoint <ENDPOINT>)'";
        for words in [&["token"][..], &["token", "--", "--endpoint", "ftp://x"]] {
            assert!(told(words, true).contains(variable), "{words:?}");
        }
        let option = "'ftp://x' for '--endpoint <ENDPOINT>'";
        for words in [
            &["token", "--endpoint", "ftp://x"][..],
            &["token", "--endpoint=ftp://x"],
        ] {
            assert!(told(words, true).contains(option), "{words:?}");
        }
        assert!(told(&["token"], false).contains(option));
    }
}
