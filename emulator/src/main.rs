//! The `imds-emulator` program.

mod cli;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context;
use clap::{CommandFactory, Parser};
use imds_emulator::document::visible::visible;
use imds_emulator::{Config, Listeners, Reload, ReloadError, StartError, VERSION, base_url};
use serde::Serialize;
use tracing::warn;

use cli::arguments::{Cli, Command, ConfigCommand, Serve};
use cli::exit::{self, Failure};
use cli::start::{allow_files, runtime};
use cli::{child, exec, file, health, log, settings, signal, variables};

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| {
        let words: Vec<OsString> = std::env::args_os().collect();
        let own = |name: &OsStr| std::env::var_os(name);
        variables::with_variable(error, Cli::command(), &words, own).exit()
    });
    log::to_stderr(&cli.log, cli.log_format);
    let ended = run(cli.command);
    log::end();
    match ended {
        Ok(code) => exit::exit(code),
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.code())
        }
    }
}

fn run(command: Command) -> Result<i32, Failure> {
    let done = match command {
        Command::Exec(options) => return exec::run(&options),
        Command::Child(options) => return Ok(child::run(&options)),
        Command::Serve(options) => serve(options),
        Command::Health { endpoint, vm } => health::check(&endpoint, vm.as_deref()),
        Command::Env(env) => print(&env.text()),
        Command::Completions { shell } => completions(shell),
        Command::Config(ConfigCommand::Default) => print(Config::DEFAULTS),
        Command::Config(ConfigCommand::Schema) => print(Config::SCHEMA),
        Command::Config(ConfigCommand::Check { file }) => {
            settings::read(&file, None, &[])?;
            let name = file::name(&file);
            print(&visible(&format!("{name}: no problems\n")))
        }
    };
    done.map(|()| exit::DONE)
}

fn serve(options: Serve) -> Result<(), Failure> {
    let config = effective(&options)?;
    let rereadable = matches!(&options.vm.config, Some(file) if !file::is_stdin(file));
    let until_stdin_closes = options.until_stdin_closes;
    let advertised = options.advertise.clone();
    let has_ca_file = options.ca_file.is_some();
    let reload = rereadable.then(|| Reload::new(move || again(&options)));
    log::queue().context(log::NO_THREAD)?;
    allow_files();
    if config.resource_manager.ca_file.is_some() && !config.resource_manager.enabled {
        warn!(
            "resource_manager.ca_file: no certificate is written, since Resource Manager is not served"
        );
    }
    let runtime = runtime(PORTS + config.vms.len())?;
    runtime.block_on(serve_until_stopped(
        config,
        reload,
        until_stdin_closes,
        advertised,
        has_ca_file,
    ))?;
    runtime.shutdown_background();
    Ok(())
}

async fn serve_until_stopped(
    config: Config,
    reload: Option<Reload>,
    until_stdin_closes: bool,
    advertised: Option<String>,
    has_ca_file: bool,
) -> Result<(), Failure> {
    let shutdown = stop(until_stdin_closes)?;
    let listeners = Listeners::bind(&config).await;
    let listeners = listeners.map_err(|error| not_bound(error, has_ca_file))?;
    for (_, address) in listeners.vms() {
        warn_if_reachable(address);
    }
    warn_if_reachable(listeners.admin_address());
    if let Some(address) = listeners.resource_manager_address() {
        warn_if_reachable(address);
    }
    print(&ready_record(&config, &listeners, advertised.as_deref()))?;
    imds_emulator::serve(listeners, config, reload, shutdown).await;
    Ok(())
}

/// A certificate that cannot be written is named by the variable or the option that says where to, if one does.
fn not_bound(error: StartError, has_ca_file: bool) -> anyhow::Error {
    let is_certificate = matches!(error, StartError::Certificate { .. });
    let error = anyhow::Error::from(error);
    if is_certificate && has_ca_file {
        error.context(variables::name(CA_FILE.0, CA_FILE.1))
    } else {
        error
    }
}

/// Ready at the first stop signal, or, where that is wanted, when standard input ends.
fn stop(until_stdin_closes: bool) -> Result<impl Future<Output = ()>, Failure> {
    let signal = signal::shutdown().context("cannot listen for signals")?;
    let closed = until_stdin_closes.then(signal::stdin_closed).transpose();
    let closed = closed.context("cannot read standard input")?;
    Ok(async move {
        match closed {
            Some(closed) => tokio::select! { () = signal => {} () = closed => {} },
            None => signal.await,
        }
    })
}

/// The only line on standard output: every port is bound. It has addresses that a client on this machine can use.
#[derive(Serialize)]
struct ReadyRecord<'a> {
    event: &'static str,
    imds: String,
    admin: String,
    /// Where each VM's IMDS is, the first's among them.
    vms: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_manager: Option<String>,
    profile: &'a str,
    seed: u64,
    version: &'static str,
}

fn ready_record(config: &Config, listeners: &Listeners, advertised: Option<&str>) -> String {
    let url = |address: SocketAddr| match advertised {
        Some(host) => format!("http://{host}:{}", address.port()),
        None => base_url(address),
    };
    let vms = listeners.vms();
    let record = ReadyRecord {
        event: "ready",
        imds: url(listeners.imds_address()),
        admin: url(listeners.admin_address()),
        vms: vms.map(|(name, at)| (name, url(at))).collect(),
        resource_manager: listeners.resource_manager_address().map(url),
        profile: &config.vm.profile,
        seed: config.vm.seed,
        version: VERSION,
    };
    let line = serde_json::to_string(&record).expect("text is always JSON");
    line + "\n"
}

fn warn_if_reachable(address: SocketAddr) {
    if !address.ip().is_loopback() {
        warn!(%address, "others can reach this address: it is not a loopback address");
    }
}

/// Beside those of further VMs: IMDS, the administration port, Resource Manager.
const PORTS: usize = 3;

/// Where the certificate is to be written, as an option and as a variable.
const CA_FILE: (&str, &str) = ("--ca-file", "IMDS_EMULATOR_CA_FILE");

const NO_CERTIFICATE: &str = "there is no certificate, since Resource Manager is not served: add \
    --resource-manager-listen ADDRESS";

const STDIN_TWICE: &str = "--until-stdin-closes: standard input is the configuration already: \
    give --config a file";

/// Flag, environment, file, default: the first that says something wins.
fn effective(options: &Serve) -> Result<Config, Failure> {
    let from_stdin = options.vm.config.as_deref().is_some_and(file::is_stdin);
    if options.until_stdin_closes && from_stdin {
        return Err(Failure::Usage(STDIN_TWICE.to_owned()));
    }
    let mut config = options.vm.config(&[])?;
    config.listen = options.listen.unwrap_or(config.listen);
    config.admin_listen = options.admin_listen.unwrap_or(config.admin_listen);
    if let Some(address) = options.resource_manager_listen {
        config.resource_manager.enabled = true;
        config.resource_manager.listen = address;
    }
    if let Some(file) = &options.ca_file {
        if !config.resource_manager.enabled {
            let name = variables::name(CA_FILE.0, CA_FILE.1);
            return Err(Failure::Usage(format!("{name}: {NO_CERTIFICATE}")));
        }
        config.resource_manager.ca_file = Some(file.clone());
    }
    match config.clash() {
        Some(clash) => Err(Failure::Usage(clash.to_string())),
        None => Ok(config),
    }
}

/// The configuration as it would be at a start now.
fn again(options: &Serve) -> Result<Config, ReloadError> {
    effective(options).map_err(|failure| match failure {
        Failure::Configuration(problems) => ReloadError::Wrong(problems),
        other => ReloadError::Unreadable(other.to_string()),
    })
}

fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "imds-emulator", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// A program gets a result as it is, and a terminal without what would control it.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let text = if out.is_terminal() {
        visible(text)
    } else {
        Cow::Borrowed(text)
    };
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    Ok(written.context("cannot write to standard output")?)
}
