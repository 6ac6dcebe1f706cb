//! The parts together, in one test binary.

mod arrivals;
mod bounds;
mod broker;
mod cases;
mod clients;
mod contexts;
mod contract;
mod determinism;
mod endpoints;
mod explanations;
mod faults;
mod identities;
mod operations;
mod policies;
mod processor;
mod queue;
mod releases;
mod remedies;
mod scenario_page;
mod scenarios;
mod scripts;
mod shared_cache;
mod tables;
mod throttling;
