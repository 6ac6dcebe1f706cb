//! Programs that run the command in their words, and where in their words it begins.

/// A program that runs a command.
struct Wrapper {
    name: &'static str,
    /// Its options with a value that may be the next word: letters of `-x`.
    letters: &'static str,
    /// The same of `--name`.
    names: &'static [&'static str],
    /// How many words stand between its options and the command.
    operands: usize,
}

/// By their manual pages (util-linux, coreutils, sudo, systemd).
const WRAPPERS: [Wrapper; 29] = [
    wrapper(
        "sudo",
        "ughpCTrtDRU",
        &["user", "group", "host", "prompt", "chdir", "role", "type"],
        0,
    ),
    wrapper("doas", "uC", &[], 0),
    wrapper("env", "uC", &["unset", "chdir"], 0),
    wrapper("nice", "n", &["adjustment"], 0),
    wrapper("ionice", "cnpPu", &["class", "classdata"], 0),
    wrapper("timeout", "ks", &["kill-after", "signal"], 1),
    wrapper("flock", "wE", &["timeout", "wait", "conflict-exit-code"], 1),
    wrapper("time", "fo", &["format", "output"], 0),
    wrapper("exec", "a", &[], 0),
    wrapper(
        "systemd-cat",
        "tp",
        &["identifier", "priority", "stderr-priority"],
        0,
    ),
    wrapper(
        "systemd-run",
        "pEutHM",
        &[
            "property",
            "setenv",
            "unit",
            "uid",
            "gid",
            "description",
            "slice",
        ],
        0,
    ),
    wrapper("stdbuf", "ioe", &["input", "output", "error"], 0),
    wrapper(
        "chrt",
        "TPD",
        &["sched-runtime", "sched-period", "sched-deadline"],
        1,
    ),
    wrapper("taskset", "", &[], 1),
    wrapper(
        "xargs",
        "EIaLnPsd",
        &[
            "arg-file",
            "delimiter",
            "max-args",
            "max-procs",
            "max-chars",
        ],
        0,
    ),
    wrapper("nohup", "", &[], 0),
    wrapper("chronic", "", &[], 0),
    wrapper("cronic", "", &[], 0),
    wrapper("setsid", "", &[], 0),
    wrapper("command", "", &[], 0),
    wrapper("run-one", "", &[], 0),
    wrapper("unbuffer", "", &[], 0),
    wrapper("if", "", &[], 0),
    wrapper("then", "", &[], 0),
    wrapper("elif", "", &[], 0),
    wrapper("else", "", &[], 0),
    wrapper("while", "", &[], 0),
    wrapper("until", "", &[], 0),
    wrapper("do", "", &[], 0),
];

/// The queue of this project: `imds-client exec`.
const QUEUE: Wrapper = wrapper(
    "imds-client",
    "",
    &["at-once", "name", "wait-max", "spread", "rate", "cache-dir"],
    0,
);

const fn wrapper(
    name: &'static str,
    letters: &'static str,
    names: &'static [&'static str],
    operands: usize,
) -> Wrapper {
    Wrapper {
        name,
        letters,
        names,
        operands,
    }
}

/// The words of the command that a program runs, of the words behind it; none: it runs none.
pub(super) fn wrapped<'w>(name: &str, words: &'w [String]) -> Option<&'w [String]> {
    if name == QUEUE.name {
        let (verb, rest) = words.split_first()?;
        return (verb == "exec").then(|| QUEUE.command(rest));
    }
    let wrapper = WRAPPERS.iter().find(|wrapper| wrapper.name == name)?;
    Some(wrapper.command(words))
}

impl Wrapper {
    fn command<'w>(&self, words: &'w [String]) -> &'w [String] {
        let mut at = 0;
        while let Some(option) = words.get(at).and_then(|word| word.strip_prefix('-')) {
            at += 1;
            if option == "-" {
                break;
            }
            at += usize::from(self.takes_next(option));
        }
        words.get(at + self.operands..).unwrap_or_default()
    }

    /// Whether the value of an option, told without its first dash, is the next word.
    fn takes_next(&self, option: &str) -> bool {
        if let Some(name) = option.strip_prefix('-') {
            return self.names.contains(&name);
        }
        // Letters may stand together; the first with a value takes the rest for it, if there is any.
        let valued = option.find(|letter| self.letters.contains(letter));
        valued.is_some_and(|at| at + 1 == option.len())
    }
}
