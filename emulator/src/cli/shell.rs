//! What a shell must set so that clients use the emulator.

mod resource_manager;

use std::ffi::OsString;

use clap::ValueEnum;
use imds_emulator::environment::{Access, Changes, NO_PROXY, Way, own_list};

pub(crate) use resource_manager::ResourceManager;

/// A shell, or Docker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// Bash and other POSIX shells.
    Bash,
    /// PowerShell.
    Powershell,
    /// The command prompt of Windows.
    Cmd,
    /// A file for Docker's `--env-file`.
    Docker,
    /// Lines for the file `$GITHUB_ENV`: for the later steps of a job of GitHub Actions.
    GithubActions,
    /// Logging commands: for the later steps of a job of Azure Pipelines.
    AzurePipelines,
}

impl Shell {
    /// What a comment begins with; `None` where there are none.
    fn comment(self) -> Option<&'static str> {
        match self {
            Shell::Cmd => Some("rem"),
            Shell::Bash | Shell::Powershell | Shell::Docker | Shell::AzurePipelines => Some("#"),
            Shell::GithubActions => None,
        }
    }

    /// Whether names have no case: on Windows, where the command prompt runs alone, and in Azure Pipelines, which
    /// writes all in capitals.
    fn has_no_case(self) -> bool {
        matches!(self, Shell::Cmd | Shell::AzurePipelines)
    }

    /// The lists of hosts without a proxy.
    fn proxy_lists(self) -> &'static [&'static str] {
        if self.has_no_case() {
            &NO_PROXY[..1]
        } else {
            &NO_PROXY
        }
    }

    /// Whether it cannot read the environment that it changes, so that lists and what is to be removed are taken
    /// from that of this program.
    fn is_blind(self) -> bool {
        matches!(self, Shell::GithubActions | Shell::AzurePipelines)
    }

    /// Gives the list of one name to the other where that has none, before anything is added to either: programs read the
    /// other as long as this one is not set. `None` where there is one name, or the shell does not read its environment.
    fn share_lists(self) -> Option<String> {
        let [upper, lower] = NO_PROXY;
        match self {
            Shell::Bash => Some(format!(
                "export {upper}=\"${{{upper}:-${{{lower}:-}}}}\" {lower}=\"${{{lower}:-${{{upper}:-}}}}\""
            )),
            Shell::Powershell => Some(format!(
                "if (-not $env:{upper}) {{ $env:{upper} = $env:{lower} }} \
                 elseif (-not $env:{lower}) {{ $env:{lower} = $env:{upper} }}"
            )),
            Shell::Cmd | Shell::Docker | Shell::GithubActions | Shell::AzurePipelines => None,
        }
    }

    /// Adds to a list that may be there already, where the shell can. PowerShell adds nothing that is at the
    /// end already: on Windows the second name is the first one's variable, elsewhere it is another.
    fn append(self, name: &str, value: &str) -> String {
        match self {
            Shell::Bash => format!("export {name}=\"${{{name}:+${name},}}{value}\""),
            Shell::Powershell => {
                let joined =
                    format!("(@($env:{name}, '{value}') | Where-Object {{ $_ }}) -join ','");
                format!(
                    "if (-not \"$env:{name}\".EndsWith('{value}')) {{ $env:{name} = {joined} }}"
                )
            }
            Shell::Cmd => format!(
                "if defined {name} (set \"{name}=%{name}%,{value}\") else set \"{name}={value}\""
            ),
            Shell::Docker | Shell::GithubActions | Shell::AzurePipelines => self.set(name, value),
        }
    }

    fn set(self, name: &str, value: &str) -> String {
        match self {
            Shell::Bash => format!("export {name}='{value}'"),
            Shell::Powershell => format!("$env:{name} = '{value}'"),
            Shell::Cmd => format!("set \"{name}={value}\""),
            Shell::Docker | Shell::GithubActions => format!("{name}={value}"),
            Shell::AzurePipelines => format!("##vso[task.setvariable variable={name}]{value}"),
        }
    }

    /// What takes a variable away; a container has only those that it is given. Pipelines can only empty one, which
    /// clients take for the same.
    fn unset(self, name: &str) -> Option<String> {
        match self {
            Shell::Bash => Some(format!("unset {name}")),
            Shell::Powershell => Some(format!("Remove-Item Env:{name} -ErrorAction Ignore")),
            Shell::Cmd => Some(format!("set \"{name}=\"")),
            Shell::Docker => None,
            Shell::GithubActions | Shell::AzurePipelines => Some(self.set(name, "")),
        }
    }
}

/// The settings that lead a client to the emulator.
#[derive(Debug)]
pub(crate) struct ClientSettings {
    pub(crate) way: Way,
    /// `http://HOST:PORT`, without a slash at the end: some clients join it with a path.
    pub(crate) endpoint: String,
    /// The secret that App Service's clients send.
    pub(crate) secret: String,
    /// The client id of the emulator's default identity, if it has one.
    pub(crate) client_id: Option<String>,
    /// `None` if its stub is not served.
    pub(crate) resource_manager: Option<ResourceManager>,
}

impl ClientSettings {
    fn changes(&self) -> Changes {
        let access = Access {
            endpoint: &self.endpoint,
            secret: &self.secret,
            client_id: self.client_id.as_deref(),
        };
        let manager = self.resource_manager.as_ref();
        Changes::new(self.way, &access, manager.map(ResourceManager::at))
    }
}

/// The lines to be evaluated in that shell; `own` are the variables of this program.
pub(crate) fn script(
    shell: Shell,
    client: &ClientSettings,
    own: impl Fn(&str) -> Option<String>,
) -> String {
    let manager = client.resource_manager.as_ref();
    let notes = client.way.notes().iter().map(|&note| note.to_owned());
    let of_manager = manager.map_or_else(ResourceManager::absent, ResourceManager::notes);
    let notes = notes.chain(of_manager);
    let notes = notes.filter_map(|note| Some(format!("{} {note}", shell.comment()?)));
    let changes = client.changes();
    let removed = if shell.is_blind() {
        let mut removed = changes.removed_from(|name| own(name).map(OsString::from));
        removed.retain(|name| own(name).is_some());
        removed
    } else {
        changes.removed.clone()
    };
    let unset = removed.iter().filter_map(|name| shell.unset(name));
    let set = changes.set.iter();
    let set = set.filter(|(name, _)| !(shell.has_no_case() && name.contains("http_")));
    let set = set.map(|(name, value)| shell.set(name, value));
    let lists = shell.proxy_lists().iter();
    let hosts = |name: &str| {
        let kept = own_list(name, &own).filter(|_| shell.is_blind() && changes.keeps_lists);
        kept.map_or_else(
            || changes.without_proxy.clone(),
            |own| format!("{own},{}", changes.without_proxy),
        )
    };
    let proxies = lists.map(|name| {
        if changes.keeps_lists {
            shell.append(name, &hosts(name))
        } else {
            shell.set(name, &hosts(name))
        }
    });
    let shared = shell.share_lists().filter(|_| changes.keeps_lists);
    let lines = notes.chain(unset).chain(set).chain(shared).chain(proxies);
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests;
