//! Names of jobs, of characters that files and units of every system may have.

use std::collections::BTreeMap;

use crate::result::schedule::ScheduleFormat;
use crate::scenario::definition::Group;

/// The longest name of a job: a file's name has up to 255 bytes on every system, its ending included.
const LONGEST: usize = 200;

/// The longest name of a schedule of Azure Automation (documented, "Naming rules and restrictions for Azure resources").
const LONGEST_OF_AZURE: usize = 128;

/// The names of a schedule's jobs.
#[derive(Debug)]
pub(super) struct Names {
    scenario: String,
    groups: BTreeMap<String, Named>,
}

/// A group's name as it may stand in another, and how many digits the numbers of its jobs have.
#[derive(Debug)]
struct Named {
    plain: String,
    digits: usize,
}

impl Names {
    /// # Errors
    /// What was expected where two groups would have the same, or a name would be too long.
    pub(super) fn new(
        scenario: &str,
        groups: &[&Group],
        formats: &[ScheduleFormat],
    ) -> Result<Self, Vec<String>> {
        let by_group = groups.iter().map(|group| {
            let named = Named {
                plain: plain(&group.name),
                digits: group.count.to_string().len(),
            };
            (group.name.clone(), named)
        });
        let all = Self {
            scenario: plain(scenario),
            groups: by_group.collect(),
        };
        let of_azure = formats.contains(&ScheduleFormat::AzureAutomation);
        let problems = all.problems(if of_azure { LONGEST_OF_AZURE } else { LONGEST });
        if problems.is_empty() {
            Ok(all)
        } else {
            Err(problems)
        }
    }

    /// The name of a group of the schedule without what only some systems allow in names.
    pub(super) fn group(&self, name: &str) -> &str {
        &self.groups[name].plain
    }

    /// The name of a group's job.
    pub(super) fn job(&self, group: &str, number: u32) -> String {
        let Named { plain, digits } = &self.groups[group];
        format!("{}-{plain}-{number:0digits$}", self.scenario)
    }

    fn problems(&self, longest: usize) -> Vec<String> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        let mut problems = vec![];
        for (group, Named { plain, digits }) in &self.groups {
            if let Some(other) = seen.insert(plain, group) {
                problems.push(format!(
                    "names of groups that differ in their letters, digits, \"-\" and \"_\", not \"{other}\" and \
                     \"{group}\" (--emit)"
                ));
            }
            let length = self.scenario.len() + plain.len() + digits + 2;
            if length > longest {
                problems.push(format!(
                    "a job's name of {longest} characters at most, made of the scenario, the group and a number, not \
                     {length} (group \"{group}\"; --emit)"
                ));
            }
        }
        problems
    }
}

/// A name without what only some systems allow in names.
pub(super) fn plain(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let plain = name.chars().map(|c| if allowed(c) { c } else { '-' });
    plain.collect()
}
