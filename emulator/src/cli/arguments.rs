//! The command line.

pub(crate) mod exec;
pub(crate) mod vm;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use imds_emulator::Config;
use imds_emulator::config::{Protocols, check_vm_name};
use imds_emulator::environment::{self, Client, Protocol, Way};
use imds_emulator::identity::Selector;
use tracing_subscriber::EnvFilter;

use crate::cli::shell::{self, ClientSettings, ResourceManager, Shell};

use exec::{Child, Exec};
use vm::Vm;

/// A mock Azure Instance Metadata Service, with its limits and errors.
///
/// Exit codes: 0 done, 1 not healthy, 2 wrong usage or configuration, 3 could not run. Of `exec`: the command's.
#[derive(Debug, Parser)]
#[command(name = "imds-emulator", version)]
pub(crate) struct Cli {
    /// What to log on standard error: error, warn, info, debug, trace, or a filter by module.
    #[arg(long, global = true, env = "RUST_LOG", default_value = "warn", value_parser = filter)]
    #[arg(display_order = 100)]
    pub(crate) log: String,

    /// How to log: lines for people, or a JSON object a line.
    #[arg(long, global = true, value_enum, default_value = "text")]
    #[arg(env = "IMDS_EMULATOR_LOG_FORMAT", display_order = 101)]
    pub(crate) log_format: LogFormat,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve until told to stop; print one line of JSON when ready.
    Serve(Serve),
    /// Run a command with an emulator of its own, to which its clients are led; exit with its code.
    Exec(Exec),
    /// What `exec` starts on Unix: the command, with the user's limit of open files; on Linux it ends with `exec`.
    #[command(hide = true)]
    Child(Child),
    /// Print the environment variables that point clients at the emulator.
    Env(Env),
    /// Exit 0 if an emulator is running (for container health checks).
    #[command(
        after_help = "Example: imds-emulator health --endpoint http://127.0.0.1:16926 && echo it is running"
    )]
    Health {
        /// Where its administration port is: http://HOST:PORT.
        #[arg(long, default_value = "http://127.0.0.1:16926", value_parser = endpoint)]
        endpoint: String,

        /// Ask for this VM of many.
        #[arg(long, value_name = "NAME", value_parser = vm_name)]
        vm: Option<String>,
    },
    /// Show or check a configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a script that completes this command line in a shell.
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
}

const COMPLETIONS: &str = "\
Examples:
  source <(imds-emulator completions bash)
  imds-emulator completions powershell | Out-String | Invoke-Expression";

#[derive(Debug, Args)]
#[command(after_help = ENV)]
pub(crate) struct Env {
    /// For which shell.
    #[arg(long, value_enum, required_unless_present = "list")]
    pub(crate) shell: Option<Shell>,

    /// Print the values of --client with their variables, and all variables that are removed, as tables of
    /// Markdown.
    #[arg(long, exclusive = true)]
    pub(crate) list: bool,

    /// In which protocol clients are to ask.
    #[arg(long, value_enum, default_value = "imds")]
    protocol: Protocol,

    /// Lead this client, as it can be led, in place of --protocol.
    #[arg(long, value_enum, conflicts_with = "protocol")]
    client: Option<Client>,

    /// Where the emulator serves IMDS: http://HOST:PORT.
    #[arg(long, default_value = "http://127.0.0.1:16925", value_parser = endpoint)]
    endpoint: String,

    /// What clients of App Service and Azure Machine Learning show: the emulator's setting
    /// protocols.secret.
    #[arg(long, default_value = "imds-emulator", value_parser = secret)]
    secret: String,

    /// What clients of Azure Machine Learning send: the client id of the emulator's default identity.
    /// [default: that of the default configuration]
    #[arg(long, value_name = "GUID")]
    client_id: Option<uuid::Uuid>,

    /// Also what makes clients trust Resource Manager's stub: the file that `serve --ca-file` writes.
    #[arg(long, value_name = "FILE", value_parser = ResourceManager::whole_path)]
    ca_file: Option<String>,

    /// Also what leads clients to Resource Manager's stub, and where it is served: `http://HOST:PORT` or
    /// `https://HOST:PORT`. Left out, that is port 16927 of 127.0.0.1, with TLS if there is --ca-file.
    #[arg(long, value_name = "ENDPOINT", num_args = 0..=1, value_parser = any_endpoint)]
    resource_manager: Option<Vec<String>>,
}

const ENV: &str = "\
Examples:
  eval \"$(imds-emulator env --shell bash)\"
  imds-emulator env --shell powershell --resource-manager | Out-String | Invoke-Expression";

impl Env {
    /// What is to be printed.
    pub(crate) fn text(self) -> String {
        match self.shell {
            Some(shell) => {
                let own = |name: &str| std::env::var(name).ok();
                shell::script(shell, &self.client_settings(), own)
            }
            None => environment::tables(),
        }
    }

    pub(crate) fn client_settings(self) -> ClientSettings {
        let ca_file = self.ca_file;
        let is_served = self.resource_manager.is_some() || ca_file.is_some();
        let endpoint = self.resource_manager.and_then(|mut given| given.pop());
        let endpoint =
            endpoint.unwrap_or_else(|| ResourceManager::default_endpoint(ca_file.as_deref()));
        let client_id = self.client_id.map(|id| id.to_string());
        ClientSettings {
            client_id: client_id.or_else(default_client_id),
            way: self
                .client
                .map_or(Way::Protocol(self.protocol), Way::Client),
            endpoint: self.endpoint,
            secret: self.secret,
            resource_manager: is_served.then_some(ResourceManager { endpoint, ca_file }),
        }
    }
}

fn default_client_id() -> Option<String> {
    let config = Config::default();
    let identity = config.vm.identities.select(Selector::Default).ok();
    identity.map(|identity| identity.client_id.clone())
}

/// Each option wins over its variable in the environment, that over the file, that over the default.
#[derive(Debug, Args)]
#[command(after_help = SERVE)]
pub(crate) struct Serve {
    /// Where to serve IMDS; port 0 picks a free one. [default: 127.0.0.1:16925]
    #[arg(long, value_name = "ADDRESS", env = "IMDS_EMULATOR_LISTEN", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,

    /// Where to serve administration; port 0 picks a free one. [default: 127.0.0.1:16926]
    #[arg(long, value_name = "ADDRESS", env = "IMDS_EMULATOR_ADMIN_LISTEN", value_parser = address)]
    pub(crate) admin_listen: Option<SocketAddr>,

    /// Serve a stub of Azure Resource Manager, too, and where; port 0 picks a free one. [default: none]
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "IMDS_EMULATOR_RESOURCE_MANAGER_LISTEN",
        value_parser = address
    )]
    pub(crate) resource_manager_listen: Option<SocketAddr>,

    /// Where to write the certificate that clients have to trust to ask Resource Manager with TLS. Its
    /// stub has to be served.
    #[arg(long, value_name = "FILE", env = "IMDS_EMULATOR_CA_FILE")]
    pub(crate) ca_file: Option<PathBuf>,

    /// The name or address under which clients reach this machine, for the ready record: as a rule the name of the
    /// container. [default: the address, or loopback where that is every one]
    #[arg(long, value_name = "HOST", env = "IMDS_EMULATOR_ADVERTISE", value_parser = host)]
    pub(crate) advertise: Option<String>,

    #[command(flatten)]
    pub(crate) vm: Vm,

    /// Stop when standard input ends, too: give it a pipe, and it ends with the process that holds the
    /// other side, however that ends.
    #[arg(long)]
    pub(crate) until_stdin_closes: bool,
}

const SERVE: &str = "\
Examples:
  imds-emulator serve
  imds-emulator serve --profile azure-charging --fault update
  imds-emulator serve --listen 127.0.0.1:0 --config vm.toml";

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every setting with its default and its meaning.
    #[command(after_help = "Example: imds-emulator config default >vm.toml")]
    Default,
    /// Print a JSON schema of the configuration, for editors.
    #[command(after_help = "Example: imds-emulator config schema >vm.schema.json")]
    Schema,
    /// Check a configuration file and name everything that is wrong with it.
    #[command(after_help = "Example: imds-emulator config check vm.toml")]
    Check {
        /// The file, or `-` for standard input.
        file: PathBuf,
    },
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    let expected = "expected ADDRESS:PORT such as 127.0.0.1:16925 or [::1]:0";
    text.parse().map_err(|_| expected)
}

fn endpoint(text: &str) -> Result<String, &'static str> {
    bare(text, "http").ok_or("expected http://HOST:PORT")
}

/// A name or an address without a port; one of version 6 in brackets.
fn host(text: &str) -> Result<String, &'static str> {
    let read = bare(&format!("http://{text}"), "http");
    let is_host = |url: &String| url.strip_prefix("http://") == Some(text) && !has_port(text);
    read.filter(is_host)
        .map(|_| text.to_owned())
        .ok_or("expected a name or an address such as imds, 10.0.0.4 or [fd00::4]")
}

fn has_port(text: &str) -> bool {
    let authority: Option<http::uri::Authority> = text.parse().ok();
    authority.is_none_or(|authority| authority.port().is_some())
}

fn any_endpoint(text: &str) -> Result<String, &'static str> {
    let found = bare(text, "http").or_else(|| bare(text, "https"));
    found.ok_or("expected http://HOST:PORT or https://HOST:PORT")
}

/// Only scheme, host and port, and no characters that a shell could take for more than that.
fn bare(text: &str, scheme: &str) -> Option<String> {
    let uri: http::Uri = text.parse().ok()?;
    let is_bare = uri.path() == "/" && uri.query().is_none() && uri.scheme_str() == Some(scheme);
    let authority = uri
        .authority()
        .filter(|authority| is_bare && is_plain(authority))?;
    Some(format!("{scheme}://{authority}"))
}

/// A name or an address, and a port if there is one; no user, no password.
fn is_plain(authority: &http::uri::Authority) -> bool {
    let host = authority.host();
    let is_address = || {
        host.trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok()
    };
    let is_name = || {
        host.chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
    };
    let rest = authority.as_str().strip_prefix(host);
    let port_fits = |rest: &str| rest.is_empty() || authority.port_u16().is_some();
    (is_name() || is_address()) && rest.is_some_and(port_fits)
}

fn filter(text: &str) -> Result<String, String> {
    let read = EnvFilter::try_new(text).map_err(|error| error.to_string());
    read.map(|_| text.to_owned())
}

/// As the configuration has it, so that no shell can take it for more than it is.
fn secret(text: &str) -> Result<String, &'static str> {
    Protocols::is_secret(text)
        .then(|| text.to_owned())
        .ok_or("expected letters, digits, `-` and `_`")
}

fn vm_name(text: &str) -> Result<String, &'static str> {
    check_vm_name(text).map(|()| text.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn an_endpoint_is_a_scheme_a_host_and_a_port() {
        assert_eq!(endpoint("http://[::1]:1/"), Ok("http://[::1]:1".to_owned()));
        assert_eq!(endpoint("http://h-1.x"), Ok("http://h-1.x".to_owned()));
        for text in [
            "127.0.0.1:1",
            "https://h:1",
            "http://h/'",
            "http://h?x",
            "",
            "http://x';id;'",
            "http://$x:1",
            "http://u:p@h:1",
            "http://h:",
            "http://h:99999",
        ] {
            assert!(endpoint(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_host_has_no_port() {
        for text in ["imds", "10.0.0.4", "[fd00::4]"] {
            assert_eq!(host(text), Ok(text.to_owned()));
        }
        for text in ["", "imds:1", "http://imds", "imds/", "a b", "[::1]:1"] {
            assert!(host(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// Commands below `command` whose help has no example, those with commands of their own aside, and
    /// hidden ones, which users do not start.
    fn without_example(command: &clap::Command, path: &str) -> Vec<String> {
        let below = command.get_subcommands().filter(|one| !one.is_hide_set());
        let below =
            below.flat_map(|one| without_example(one, &format!("{path} {}", one.get_name())));
        let mut found: Vec<String> = below.collect();
        let help = command.clone().render_long_help().to_string();
        let is_leaf = command.get_subcommands().next().is_none();
        if is_leaf && !help.contains("Example") {
            found.push(path.to_owned());
        }
        found
    }

    #[test]
    fn the_help_of_every_command_has_an_example() {
        assert_eq!(without_example(&Cli::command(), ""), Vec::<String>::new());
    }
}
