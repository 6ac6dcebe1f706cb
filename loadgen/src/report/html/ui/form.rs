//! The form: each setting as a number beside a slider.

use imds_client::policy::Product;
use maud::{Markup, html};

use crate::scenario::sketch::{Jobs, MOST_JOBS, MOST_ROWS, Remedy, Sketch, Starts};

/// A number of the form.
struct Number<'n> {
    /// Its field.
    name: &'n str,
    label: &'n str,
    value: u32,
    least: u32,
    most: u32,
    /// How far the slider goes.
    slides_to: u32,
    /// Whether it has an effect.
    on: bool,
}

impl Number<'_> {
    /// The slider has no name, so that the field is sent once.
    fn render(&self) -> Markup {
        let slid = self.value.min(self.slides_to);
        html! {
            div.setting hidden[!self.on] data-for=(self.name) {
                span aria-hidden="true" { (self.label) }
                input type="range" aria-label={ (self.label) ", slider" } min=(self.least) max=(self.slides_to) value=(slid)
                    disabled[!self.on];
                input type="number" aria-label=(self.label) name=(self.name) min=(self.least) max=(self.most)
                    value=(self.value) required disabled[!self.on];
            }
        }
    }
}

/// Everything that can be set.
pub(super) fn form(sketch: &Sketch, products: &[Product]) -> Markup {
    html! {
        form #settings action="/" method="get" {
            (jobs(sketch, products))
            (starts(sketch))
            (limits(sketch))
            (remedies(sketch))
            fieldset {
                legend { "Chance" }
                (always("seed", "seed", sketch.seed, (0, u32::MAX, 100)))
            }
            button type="submit" { "Play" }
        }
    }
}

/// A number that has always an effect, from the least to the most, on a slider up to the last.
fn always(
    name: &str,
    label: &str,
    value: u32,
    (least, most, slides_to): (u32, u32, u32),
) -> Markup {
    Number {
        name,
        label,
        value,
        least,
        most,
        slides_to,
        on: true,
    }
    .render()
}

fn jobs(sketch: &Sketch, products: &[Product]) -> Markup {
    html! {
        fieldset #jobs data-most=(MOST_ROWS) {
            legend { "Jobs" }
            @for (row, jobs) in sketch.jobs.iter().enumerate() { (row_of(row, jobs, products)) }
            button #add type="button" hidden { "Add jobs of another client" }
            (always("work_s", "seconds of work once a job has its token", sketch.work_s, (0, 3600, 600)))
        }
    }
}

fn row_of(row: usize, jobs: &Jobs, products: &[Product]) -> Markup {
    let known = products
        .iter()
        .flat_map(names)
        .any(|name| name == jobs.client);
    html! {
        div.row role="group" aria-label=(Sketch::group(row)) {
            label {
                span { "client" }
                select name="client" {
                    @if !known { option value=(jobs.client) selected { (jobs.client) } }
                    @for product in products {
                        optgroup label=(product.title) {
                            @for name in names(product) {
                                option value=(name) selected[name == jobs.client] { (name) }
                            }
                        }
                    }
                }
            }
            (always("count", "jobs", jobs.count, (1, MOST_JOBS, 200)))
            button.remove type="button" hidden { "Remove" }
        }
    }
}

/// All names by which a product's policies are known.
fn names(product: &Product) -> Vec<&str> {
    let policies = product.policies.iter();
    let of_each = policies.flat_map(|policy| {
        let clients = policy.clients.iter().map(|client| &client.name);
        policy.also.iter().chain([&policy.name]).chain(clients)
    });
    of_each.map(String::as_str).collect()
}

fn starts(sketch: &Sketch) -> Markup {
    let (within, each) = match sketch.starts {
        Starts::Together => (None, None),
        Starts::Spread { within_s } => (Some(within_s), None),
        Starts::Even { each_ms } => (None, Some(each_ms)),
    };
    html! {
        fieldset {
            legend { "They start" }
            (choice("starts", "together", "all at once", sketch.starts.name()))
            (choice("starts", "spread", "at random within a time", sketch.starts.name()))
            (optional("within_s", "seconds", within, 5, (3600, 300)))
            (choice("starts", "even", "one after the other", sketch.starts.name()))
            (optional("each_ms", "milliseconds apart", each, 100, (60_000, 2000)))
        }
    }
}

fn limits(sketch: &Sketch) -> Markup {
    html! {
        fieldset {
            legend { "IMDS" }
            (always("service_ms", "milliseconds for a token", sketch.service_ms, (1, 10_000, 2000)))
            (always("rate", "requests a second (documented: 20)", sketch.rate, (1, 1000, 100)))
            (always("concurrent", "requests at once (documented: 5)", sketch.concurrent, (1, 1000, 50)))
        }
    }
}

fn remedies(sketch: &Sketch) -> Markup {
    let (mut at_once, mut per_second, mut tries, mut delay) = (None, None, None, None);
    match sketch.remedy {
        Remedy::Nothing | Remedy::SharedCache | Remedy::Broker => {}
        Remedy::Gate {
            at_once: places,
            per_second: rate,
        } => (at_once, per_second) = (Some(places), Some(rate)),
        Remedy::SpacedStarts { per_second: rate } => per_second = Some(rate),
        Remedy::Retry {
            tries: number,
            delay_s,
        } => (tries, delay) = (Some(number), Some(delay_s)),
    }
    let one = |value: &str, label: &str| choice("remedy", value, label, sketch.remedy.name());
    html! {
        fieldset {
            legend { "Remedy" }
            (one("nothing", "none"))
            (one("gate", "gate: imds-client exec --at-once --rate"))
            (one("spaced_starts", "gate that only spaces starts: imds-client exec --rate"))
            (optional("at_once", "jobs at once", at_once, 5, (100, 50)))
            (optional("per_second", "starts a second", per_second, 19, (100, 50)))
            (one("shared_cache", "shared cache: imds-client token --shared-cache --pace"))
            (one("broker", "broker: imds-client serve"))
            (one("retry", "retry around the call"))
            (optional("tries", "tries", tries, 5, (20, 20)))
            (optional("delay_s", "seconds apart, and up to as long again", delay, 5, (600, 60)))
        }
    }
}

fn choice(name: &str, value: &str, label: &str, chosen: &str) -> Markup {
    html! {
        label.choice {
            input type="radio" name=(name) value=(value) checked[value == chosen];
            span { (label) }
        }
    }
}

/// A number that has an effect if it has a value; it begins with the usual one.
fn optional(
    name: &str,
    label: &str,
    value: Option<u32>,
    usual: u32,
    (most, slides_to): (u32, u32),
) -> Markup {
    Number {
        name,
        label,
        value: value.unwrap_or(usual),
        least: if name == "tries" { 2 } else { 1 },
        most,
        slides_to,
        on: value.is_some(),
    }
    .render()
}
