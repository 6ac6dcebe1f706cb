//! The part of the result on real processes in the place of sessions.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::result::spread::Spread;

/// The processes of a herd of real commands. What a foreign process thinks or waits for is not known: only its
/// start, its end, and what it asked.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CommandsResult {
    /// The program and its arguments, as they were given.
    pub command: Vec<String>,
    /// The protocol in which it was to ask.
    pub protocol: String,
    /// From the first intended start to the last end; null: none has ended.
    pub all_ended_ms: Option<f64>,
    /// How many requests the emulator kept no more when the run ended: if any, every count of requests and tokens is at
    /// least so many, and no expectation can be decided.
    #[serde(default)]
    pub requests_forgotten: u64,
    /// The processes, by number.
    pub processes: Vec<ProcessResult>,
    /// What each cmdlet asked of Resource Manager, in the order of their first requests.
    pub cmdlets: Vec<CmdletResult>,
    /// What the simulation says of the same herd; null: no model was named.
    pub simulated: Option<SimulatedHerd>,
}

/// One process. Instants count from the run's start.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ProcessResult {
    /// Its number, from 0: the session's.
    pub process: u32,
    /// When it was to start.
    pub intended_ms: f64,
    /// When it started; null: it did not.
    pub started_ms: Option<f64>,
    /// From its start to its end; null: it was ended with the run.
    pub took_ms: Option<f64>,
    /// The exit code, if it ended by itself.
    pub exit_code: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    /// Whether it was ended because the time was over.
    pub timed_out: bool,
    /// Bytes of what it printed that are not in the files of its output: they have the first and the last MiB of each
    /// stream.
    pub output_left_out_bytes: u64,
    /// When its first token was given; null: it got none.
    pub first_token_ms: Option<f64>,
    /// When its last token was given.
    pub last_token_ms: Option<f64>,
    /// Its requests for tokens.
    pub token_requests: u64,
    /// Tokens that it got.
    pub tokens: u64,
    /// Requests for tokens that were refused with 429.
    pub refused: u64,
    /// Other requests to IMDS.
    pub metadata_requests: u64,
    /// Requests to Resource Manager.
    pub resource_manager_requests: u64,
}

/// What one cmdlet asked of Resource Manager.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CmdletResult {
    /// Its name, of the header `CommandName`; null: requests that name none.
    pub cmdlet: Option<String>,
    /// Tokens that it got for Resource Manager: those granted last before its request with a token of the
    /// same identity.
    pub tokens: u64,
    /// Requests for these that failed before.
    pub failed_token_requests: u64,
    /// Requests to Resource Manager.
    pub requests: u64,
    /// These by HTTP status; `none` where there was no answer.
    pub by_status: BTreeMap<String, u64>,
    /// The client ids of the tokens that they bore.
    pub identities: BTreeSet<String>,
}

/// The same herd in virtual time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SimulatedHerd {
    /// The model of the client.
    pub client: String,
    /// How many runs, with the seed, the seed + 1 and so on.
    pub runs: u32,
    /// The figures of both.
    pub figures: Vec<BesideFigure>,
}

/// One figure, real and simulated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct BesideFigure {
    /// Its path in this document.
    pub path: String,
    /// Of the real processes; null: never.
    pub real: Option<f64>,
    /// Of sessions that begin when the processes were to start.
    pub as_planned: SimulatedFigure,
    /// Of sessions that begin when the processes first asked; null: it counts from the start of a process, or
    /// none asked.
    pub as_asked: Option<SimulatedFigure>,
}

/// One figure of simulated runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SimulatedFigure {
    /// Its spread over the runs.
    pub spread: Spread,
    /// Whether the real one lies between the least and the greatest of the runs.
    pub within: bool,
}
