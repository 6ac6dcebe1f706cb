//! The `latency` table.

use std::time::Duration;

use crate::document::{FriendlyDuration, Section};
use crate::model::latency::{Latency, ServiceTime};

pub(super) fn read(section: &mut Section) -> Option<Latency> {
    let token_cold = service_time(section, "token_cold");
    let token_warm = service_time(section, "token_warm");
    let other = service_time(section, "other");
    Some(Latency {
        token_cold: token_cold?,
        token_warm: token_warm?,
        other: other?,
    })
}

pub(super) fn service_time(section: &mut Section, key: &str) -> Option<ServiceTime> {
    if section.holds_table(key) {
        let mut table = section.section(key)?;
        log_normal(&mut table)
    } else {
        length(section, key).map(ServiceTime::Fixed)
    }
}

fn log_normal(section: &mut Section) -> Option<ServiceTime> {
    let p50 = length(section, "p50");
    let p99 = length(section, "p99");
    let (p50, p99) = (p50?, p99?);
    if p50.is_zero() {
        section.refuse("p50", "expected more than zero");
        return None;
    }
    if p99 < p50 {
        section.refuse("p99", "expected at least as much as p50");
        return None;
    }
    Some(ServiceTime::LogNormal { p50, p99 })
}

fn length(section: &mut Section, key: &str) -> Option<Duration> {
    let FriendlyDuration(length) = section.required(key)?;
    let possible = length <= ServiceTime::LONGEST;
    if !possible {
        section.refuse(key, "expected at most 1 hour");
    }
    possible.then_some(length)
}
