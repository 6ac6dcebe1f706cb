//! A sketch as a scenario's text.

use std::fmt::Write;

use imds_client::Policy;

use super::{Remedy, Sketch, Starts};

impl Sketch {
    /// The name of a row's group.
    pub(crate) fn group(row: usize) -> String {
        format!("jobs-{}", row + 1)
    }

    /// The scenario, with the remedy for the rows for which it `holds` only.
    pub(crate) fn toml(&self, holds: impl Fn(usize) -> bool) -> String {
        let mut out = self.head();
        let mut before = 0;
        for (row, jobs) in self.jobs.iter().enumerate() {
            let remedy = if holds(row) {
                self.remedy
            } else {
                Remedy::Nothing
            };
            let shared = remedy == Remedy::SharedCache;
            let client = if shared {
                Policy::DEFAULT
            } else {
                &jobs.client
            };
            let (name, client) = (Self::group(row), toml::Value::from(client));
            let (count, arrival) = (jobs.count, self.arrival(before));
            write!(
                out,
                "\n[[sessions]]\nname = \"{name}\"\ncount = {count}\narrival = {arrival}\nclient = {client}\n"
            )
            .expect("a string takes it all");
            out += &self.script(remedy);
            before += jobs.count;
        }
        out
    }

    fn head(&self) -> String {
        let Self {
            seed,
            service_ms: service,
            rate,
            concurrent,
            ..
        } = self;
        format!(
            "# Made by `imds-loadgen ui`.\nschema = 1\nname = \"ui\"\nseed = {seed}\n\n[imds]\nprofile = \"azure\"\n\
             latency = {{ token_cold = \"{service}ms\", token_warm = \"{service}ms\" }}\n\
             limits.identity = {{ rate = {{ requests = {rate} }}, concurrent = {concurrent} }}\n"
        )
    }

    /// The arrival of a row that so many jobs come before.
    fn arrival(&self, before: u32) -> String {
        match self.starts {
            Starts::Together => "{ herd = {} }".to_owned(),
            Starts::Spread { within_s } => format!("{{ herd = {{ spread = \"{within_s}s\" }} }}"),
            Starts::Even { each_ms } => {
                let at = u64::from(each_ms) * u64::from(before);
                format!("{{ every = {{ at = \"{at}ms\", interval = \"{each_ms}ms\" }} }}")
            }
        }
    }

    /// What a job does, and what it goes through.
    fn script(&self, remedy: Remedy) -> String {
        let retry = match remedy {
            Remedy::Retry { tries, delay_s } => format!(
                ", retry = {{ attempts = {tries}, delay = \"{delay_s}s\", jitter = \"{delay_s}s\" }}"
            ),
            _ => String::new(),
        };
        let through = through(remedy).map(|through| format!("through = {{ {through} }}\n"));
        let work = (self.work_s > 0).then(|| format!("work = \"{}s\"\n", self.work_s));
        let (through, work) = (through.unwrap_or_default(), work.unwrap_or_default());
        format!("{work}{through}script = [{{ connect = {{}}{retry} }}]\n")
    }
}

/// What stands between a job and IMDS.
fn through(remedy: Remedy) -> Option<String> {
    match remedy {
        Remedy::Nothing | Remedy::Retry { .. } => None,
        Remedy::Gate {
            at_once,
            per_second,
        } => Some(format!(
            "gate = {{ at_once = {at_once}, rate = \"{per_second}/s\" }}"
        )),
        Remedy::SpacedStarts { per_second } => {
            Some(format!("gate = {{ rate = \"{per_second}/s\" }}"))
        }
        Remedy::SharedCache => Some("shared_cache = {}, pace = true".to_owned()),
        Remedy::Broker => Some("broker = {}".to_owned()),
    }
}
