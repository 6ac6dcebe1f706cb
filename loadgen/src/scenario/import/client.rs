//! Which client of IMDS a command is, as far as its words tell.

mod words;
mod wrapper;

use self::words::commands;
use self::wrapper::wrapped;

/// What a command's program is modelled by.
pub(crate) struct Known {
    /// The programs' names, without folder and `.exe`.
    programs: &'static [&'static str],
    /// The policy, as `imds-client policies` lists it.
    policy: &'static str,
    /// What else the command has to have, if anything: one of these, in any case.
    with: &'static [&'static str],
}

/// What asks IMDS by itself. Others that start jobs in a language are asked for (assumed: a Python job of a scheduler
/// uses azure-identity, and so on; the command line alone does not show it).
const KNOWN: [Known; 14] = [
    known(&["az"], "azure-cli"),
    Known {
        programs: &["pwsh", "powershell"],
        policy: "azure-powershell",
        with: &["connect-azaccount", ".ps1"],
    },
    known(&["python"], "py-azure-identity"),
    known(&["node"], "js-azure-identity"),
    known(&["java"], "java-azure-identity"),
    known(&["dotnet"], "dotnet-azure-identity"),
    known(&["terraform", "tofu"], "hashicorp-go-azure-sdk-0.20260811"),
    known(&["kubelogin", "kubectl"], "kubelogin-0.2.15"),
    known(&["azcopy"], "go-azidentity"),
    known(&["rclone"], "rclone-1.60.1"),
    known(&["imds-client"], "proportional"),
    Known {
        programs: &["curl", "wget"],
        policy: "one-attempt",
        with: &["169.254.169.254", "/metadata/"],
    },
    known(&["gdal_translate", "gdalwarp", "ogr2ogr"], "gdal"),
    known(&["telegraf"], "telegraf"),
];

/// Programs of a script by its file's ending.
const SCRIPTS: [(&str, &str); 3] = [
    (".ps1", "azure-powershell"),
    (".py", "py-azure-identity"),
    (".jar", "java-azure-identity"),
];

/// Shells, whose option `-c` (of cmd.exe `/c`) has commands.
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "zsh", "ksh", "cmd"];

/// How deep shells within shells are looked into.
const DEEPEST: u32 = 4;

const fn known(programs: &'static [&'static str], policy: &'static str) -> Known {
    let with = &[];
    Known {
        programs,
        policy,
        with,
    }
}

/// The policy that models the first client in a command line; none: it shows none.
pub(crate) fn client(command: &str) -> Option<&'static str> {
    within(command, DEEPEST)
}

/// All programs that are known, each with its policy.
#[cfg(test)]
fn programs() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of = |known: &'static Known| known.programs.iter().map(|name| (*name, known.policy));
    KNOWN.iter().flat_map(of)
}

fn within(line: &str, deepest: u32) -> Option<&'static str> {
    commands(line)
        .iter()
        .find_map(|words| of_words(words, deepest))
}

/// The client of one simple command.
fn of_words(words: &[String], deepest: u32) -> Option<&'static str> {
    let mut words = words;
    loop {
        let (word, rest) = words.split_first()?;
        if is_assignment(word) {
            words = rest;
            continue;
        }
        let name = program(word);
        let command = wrapped(&name, rest);
        if let Some(policy) = of_program(&name, rest).filter(|_| command.is_none()) {
            return Some(policy);
        }
        if SHELLS.contains(&name.as_str()) {
            return of_shell(&name, rest, deepest);
        }
        words = command?;
        if name == "flock" && words.first().is_some_and(|word| is_commands(word)) {
            return of_shell(&name, words, deepest);
        }
    }
}

/// What a shell runs: the commands of `-c`, or a script of a known ending.
fn of_shell(name: &str, words: &[String], deepest: u32) -> Option<&'static str> {
    let Some(at) = words.iter().position(|word| is_commands(word)) else {
        let script = words.iter().find(|word| !word.starts_with('-'))?;
        return of_program(&program(script), &[]);
    };
    let (rest, inner) = (&words[at + 1..], deepest.checked_sub(1)?);
    if name == "cmd" && rest.len() > 1 {
        // Its command need not be one word.
        return of_words(rest, inner);
    }
    within(rest.first()?, inner)
}

/// Whether it is the option before commands: `-c`, also among other letters, `--command`, or `/c` of cmd.exe.
fn is_commands(word: &str) -> bool {
    let letters = word.strip_prefix('-').filter(|word| !word.starts_with('-'));
    letters.is_some_and(|letters| letters.contains('c'))
        || word == "--command"
        || word.eq_ignore_ascii_case("/c")
}

/// The policy of a program with these words behind it.
fn of_program(name: &str, words: &[String]) -> Option<&'static str> {
    let has = |with: &&str| {
        let mut lower = words.iter().map(|word| word.to_ascii_lowercase());
        lower.any(|word| word.contains(*with))
    };
    let meant = |known: &&Known| {
        let named = known.programs.iter().any(|program| is_of(name, program));
        named && (known.with.is_empty() || known.with.iter().any(has))
    };
    let known = KNOWN.iter().find(meant).map(|known| known.policy);
    let script = SCRIPTS.iter().find(|(ending, _)| name.ends_with(ending));
    known.or_else(|| script.map(|(_, policy)| *policy))
}

/// `python3.11` is a `python`.
fn is_of(name: &str, program: &str) -> bool {
    let version = name.strip_prefix(program);
    let digits = |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || c == '.');
    version.is_some_and(|rest| rest.is_empty() || (program == "python" && digits(rest)))
}

/// The name of a program in lower case, without its folder and the endings of Windows.
fn program(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let name = name.to_ascii_lowercase();
    let endings = [".exe", ".cmd", ".bat"];
    let bare = endings.iter().find_map(|ending| name.strip_suffix(ending));
    bare.unwrap_or(&name).to_owned()
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name);
    name.is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use imds_client::policy::resolve;

    use super::*;

    #[test]
    fn each_policy_is_one_that_is_there() {
        let scripts = SCRIPTS.iter().map(|(_, policy)| *policy);
        for policy in programs().map(|(_, policy)| policy).chain(scripts) {
            assert!(resolve(policy).is_ok(), "{policy}");
        }
    }

    #[test]
    fn the_client_is_that_of_the_program_that_runs() {
        for (command, expected) in [
            ("az login --identity", "azure-cli"),
            ("/usr/bin/az vm list >/dev/null 2>&1", "azure-cli"),
            ("cd /opt/az && A=1 ./sync.py --all", "py-azure-identity"),
            ("/opt/venv/bin/python3.11 -m jobs.sync", "py-azure-identity"),
            (
                "flock -n /tmp/lock timeout 10m az account show",
                "azure-cli",
            ),
            ("bash -lc 'sleep 5; az account show | jq .'", "azure-cli"),
            (
                "/bin/sh -c \"sh -c 'terraform plan'\"",
                "hashicorp-go-azure-sdk-0.20260811",
            ),
            ("pwsh -File /opt/jobs/night.ps1", "azure-powershell"),
            (
                "pwsh -c 'Connect-AzAccount -Identity; Get-AzVM'",
                "azure-powershell",
            ),
            (
                r#""C:\Program Files\PowerShell\7\pwsh.exe" -File C:\jobs\a.ps1"#,
                "azure-powershell",
            ),
            (r"C:\jobs\az.cmd login --identity", "azure-cli"),
            (
                "imds-client exec --at-once 5 -- az login --identity",
                "azure-cli",
            ),
            ("imds-client token --pace", "proportional"),
            ("imds-client exec --rate 4/s az login", "azure-cli"),
            (
                "sudo -nu svc env A=1 nice -n 10 ionice -c2 az login",
                "azure-cli",
            ),
            ("flock -w 5 /tmp/az.lock -c 'az login; date'", "azure-cli"),
            (
                "timeout -k 5 --signal KILL 10m python3 a.py",
                "py-azure-identity",
            ),
            ("systemd-run --user -p A=b -- az login", "azure-cli"),
            ("chrt -b 0 taskset -c 1 xargs -rn 1 az", "azure-cli"),
            (r"cmd.exe /c C:\jobs\a.py now", "py-azure-identity"),
            (
                "curl -H Metadata:true http://169.254.169.254/metadata/instance",
                "one-attempt",
            ),
            ("T=$(az account get-access-token) run", "azure-cli"),
            ("if true; then az login --identity; fi", "azure-cli"),
        ] {
            assert_eq!(client(command), Some(expected), "{command}");
        }
    }

    #[test]
    fn wrappers_and_shells_around_each_other_are_looked_through_once() {
        let deep = "sudo ".repeat(100_000) + "A=1 ".repeat(100_000).as_str();
        assert_eq!(client(&format!("{deep}az login")), Some("azure-cli"));
        assert_eq!(client(&format!("{deep}unknown")), None);
    }

    #[test]
    fn what_shows_no_client_is_of_none() {
        for command in [
            "",
            "/opt/az/run.sh",
            "echo az login",
            "run --with python",
            "curl https://example.com",
            "pwsh -c Get-Date",
            "bash /opt/jobs/run.sh az",
            "'unclosed az",
            "sudo systemctl restart telegraf",
            "sudo echo az",
            "nice tar czf x /usr/share/java",
            "timeout az echo",
            "curl https://example.com; echo /metadata/",
        ] {
            assert_eq!(client(command), None, "{command}");
        }
    }
}
