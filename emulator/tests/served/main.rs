//! What both ports serve beside the tokens of IMDS itself, as bytes.

mod as_sent;
mod attested;
mod azure_ml;
mod bytes;
mod cloud;
mod embedding;
mod events;
mod keys;
mod left;
mod protocols;
mod raw;
mod resource_manager;
mod shared_stub;
mod stub_answers;
mod stub_journal;
mod stub_reads;
mod tls;
mod told;
mod vms;
