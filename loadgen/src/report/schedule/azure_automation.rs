//! A template of Azure Resource Manager: a schedule of Azure Automation for each job, and its link to a runbook.
//!
//! A hybrid worker looks for jobs every 30 seconds and takes about four each time (documented, "Hybrid Runbook Worker
//! overview"), so the second of a start cannot be had of a schedule. Each runbook is started ahead, by as long as the worker
//! takes to fetch them all, and is given the time until which it waits. Times are in UTC.

use serde_json::{Value, json};

use super::in_short::in_short;
use crate::report;
use crate::result::schedule::{Day, Job, Schedule, TimeOfDay};

/// How often a hybrid worker looks for jobs (documented).
const POLL_MS: u64 = 30_000;

/// How many jobs it generally takes each time (documented).
const JOBS_A_POLL: u64 = 4;

const MINUTE_MS: u64 = 60_000;

/// Of both types of resources (documented).
const API_VERSION: &str = "2023-11-01";

const ACCOUNT: &str = "parameters('automationAccount')";

pub(super) fn text(schedule: &Schedule) -> String {
    let resources = schedule
        .jobs
        .iter()
        .flat_map(|job| [start(schedule, job), link(schedule, job)]);
    report::json(&json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "metadata": { "description": in_short(schedule) },
        "parameters": {
            "automationAccount": { "type": "string" },
            "hybridWorkerGroup": { "type": "string" },
            "firstDay": {
                "type": "string",
                "metadata": { "description": "the day of the first job, as 2027-01-31 (UTC); runbooks are started ahead, if need be the evening before, and Azure wants a start five minutes from now or more" }
            }
        },
        "resources": resources.collect::<Vec<Value>>()
    }))
}

/// The schedule of a job.
fn start(schedule: &Schedule, job: &Job) -> Value {
    json!({
        "type": "Microsoft.Automation/automationAccounts/schedules",
        "apiVersion": API_VERSION,
        "name": format!("[concat({ACCOUNT}, '/{}')]", job.name),
        "properties": properties(schedule, job)
    })
}

fn properties(schedule: &Schedule, job: &Job) -> Value {
    let (at, days_earlier) = started(schedule, job);
    let day = day(i64::from(job.days_later) - i64::from(days_earlier));
    let mut properties = json!({
        "startTime": format!("[concat({day}, 'T{at}+00:00')]"),
        "timeZone": "Etc/UTC",
        "interval": 1,
        "frequency": "Day"
    });
    // A week later is the same day of the week.
    if let Some(days) = schedule.weekdays(job.days_later + 7 - days_earlier) {
        let names: Vec<&str> = days.into_iter().map(Day::name).collect();
        properties["frequency"] = "Week".into();
        properties["advancedSchedule"] = json!({ "weekDays": names });
    }
    properties
}

/// The day that is so many after the first one.
fn day(later: i64) -> String {
    let first = "parameters('firstDay')";
    match later {
        0 => first.to_owned(),
        days => {
            let sign = if days < 0 { "-" } else { "" };
            let days = days.unsigned_abs();
            format!("dateTimeAdd({first}, '{sign}P{days}D', 'yyyy-MM-dd')")
        }
    }
}

/// Its link to the runbook. A link has a GUID for its name.
fn link(schedule: &Schedule, job: &Job) -> Value {
    let name = &job.name;
    json!({
        "type": "Microsoft.Automation/automationAccounts/jobSchedules",
        "apiVersion": API_VERSION,
        "name": format!("[concat({ACCOUNT}, '/', guid(resourceGroup().id, {ACCOUNT}, '{name}'))]"),
        "dependsOn": [format!(
            "[resourceId('Microsoft.Automation/automationAccounts/schedules', {ACCOUNT}, '{name}')]"
        )],
        "properties": {
            "runbook": { "name": job.command },
            "schedule": { "name": name },
            "runOn": "[parameters('hybridWorkerGroup')]",
            "parameters": {
                "StartAt": job.at,
                "RandomDelayMs": schedule.random_delay_ms.to_string()
            }
        }
    })
}

/// When its runbook is started, at a whole minute, and whether that is the day before.
fn started(schedule: &Schedule, job: &Job) -> (TimeOfDay, u32) {
    let polls =
        u64::try_from(schedule.jobs.len()).map_or(u64::MAX, |jobs| jobs.div_ceil(JOBS_A_POLL));
    let ahead = (polls + 1) * POLL_MS;
    let into_minute = u64::try_from(job.at.into_minute().as_millis()).unwrap_or_default();
    let (at, days) = job
        .at
        .minus(ahead.next_multiple_of(MINUTE_MS) + into_minute);
    (at, u32::try_from(days).unwrap_or(u32::MAX))
}
