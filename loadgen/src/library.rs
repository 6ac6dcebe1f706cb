//! The scenarios that come with the program, so that they can be played from anywhere by their names.

/// A scenario of the library.
#[derive(Clone, Copy, Debug)]
pub struct Story {
    /// Its name, as `run` and `simulate` take it.
    pub name: &'static str,
    /// Its text, a TOML file with comments.
    pub text: &'static str,
}

/// All of them, in the order of their names. The suite holds the list to the folder.
pub const STORIES: [Story; 5] = [
    Story {
        name: "better-retry",
        text: include_str!("../../scenarios/better-retry.toml"),
    },
    Story {
        name: "herd",
        text: include_str!("../../scenarios/herd.toml"),
    },
    Story {
        name: "retries-in-step",
        text: include_str!("../../scenarios/retries-in-step.toml"),
    },
    Story {
        name: "scheduled-jobs",
        text: include_str!("../../scenarios/scheduled-jobs.toml"),
    },
    Story {
        name: "spread-jobs",
        text: include_str!("../../scenarios/spread-jobs.toml"),
    },
];

/// The story of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Story> {
    STORIES.iter().find(|story| story.name == name)
}

/// Their names, for whoever asked for another.
#[must_use]
pub fn names() -> String {
    let names: Vec<&str> = STORIES.iter().map(|story| story.name).collect();
    names.join(", ")
}

/// A line for each: its name, and what it is about.
#[must_use]
pub fn list() -> String {
    let width = STORIES.iter().map(|story| story.name.len()).max();
    let width = width.unwrap_or_default();
    let line = |story: &Story| format!("{:width$}  {}\n", story.name, story.about());
    STORIES.iter().map(line).collect()
}

impl Story {
    /// What it is about: its first comment, up to what it shows.
    #[must_use]
    pub fn about(&self) -> String {
        let comment = self.text.lines().map_while(|line| line.strip_prefix("# "));
        let about: Vec<&str> = comment
            .take_while(|line| !line.starts_with("Shows:"))
            .collect();
        about.join(" ")
    }
}
