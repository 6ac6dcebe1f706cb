//! Which files read clocks and draw entropy.

use crate::packages::SOURCES;
use crate::violation::Violation;
use crate::workspace::Workspace;

const RULE: &str = "drivers";

/// The files that lift clippy's ban on clocks and entropy: the drivers, and nothing else.
const DRIVERS: &[&str] = &[
    "client/src/broker/backend.rs",
    "client/src/broker/port.rs",
    "client/src/cli/connection.rs",
    "client/src/cache/tests.rs",
    "client/src/cli/exec.rs",
    "client/src/cli/serve.rs",
    "client/src/cli/source.rs",
    "client/src/client/operation.rs",
    "client/src/client/replays.rs",
    "client/src/client/watch.rs",
    "client/src/clock.rs",
    "client/src/pace/gate.rs",
    "client/src/shared/client.rs",
    "client/src/shared/gate.rs",
    "client/src/shared/leading.rs",
    "client/src/shared/lock.rs",
    "client/src/shared/queue.rs",
    "client/src/transport/single.rs",
    "emulator/src/serve/acceptor.rs",
    "emulator/src/serve/clock.rs",
    "emulator/src/serve/connection.rs",
    "emulator/src/serve/connections.rs",
    "emulator/src/serve/damage.rs",
    "emulator/src/serve/fleet.rs",
    "emulator/src/serve/http.rs",
    "emulator/src/serve/resource_manager/listener.rs",
    "emulator/src/serve/service.rs",
    "emulator/src/serve/service/serving.rs",
    "loadgen/src/cli/stopwatch.rs",
    "loadgen/src/command/check/process.rs",
    "loadgen/src/command/herd/runner.rs",
    "loadgen/src/command/ui/listening.rs",
    "loadgen/src/command/ui/played.rs",
    "loadgen/src/engine/live.rs",
    "loadgen/src/engine/live/session.rs",
    "loadgen/src/engine/live/watch.rs",
];

/// The mark of a file that lifts the ban.
const LIFT: &str = "clippy::disallowed_";

/// Files that lift the ban and are not listed, and those that are listed for nothing.
fn violations(workspace: &Workspace, drivers: &[&str]) -> Vec<Violation> {
    let lifts = workspace.sources(&SOURCES).filter_map(|(path, _)| {
        let mut lines = workspace.texts[path].lines();
        let line = lines.position(|line| line.contains(LIFT))?;
        Some((path, line + 1))
    });
    let lifts: Vec<_> = lifts.collect();
    let unknown = lifts.iter().filter(|(path, _)| !drivers.contains(path));
    let unknown = unknown.map(|(path, line)| {
        violation(
            path,
            *line,
            "the file lifts the ban on clocks and entropy",
            "take `now` and `rng` as parameters, or add the file to the list of drivers",
        )
    });
    let idle = drivers
        .iter()
        .filter(|driver| !lifts.iter().any(|(path, _)| path == *driver));
    let idle = idle.map(|path| {
        violation(
            path,
            1,
            "the file is listed as a driver and lifts no ban",
            "take it off the list",
        )
    });
    unknown.chain(idle).collect()
}

fn violation(file: &str, line: usize, found: &str, instead: &str) -> Violation {
    Violation {
        file: file.to_owned(),
        line,
        rule: RULE,
        found: found.to_owned(),
        instead: instead.to_owned(),
    }
}

mod tests {
    use super::{DRIVERS, violations};
    use crate::violation::{lines, none};
    use crate::workspace::Workspace;

    #[test]
    fn only_drivers_read_clocks_and_entropy() {
        none(violations(Workspace::here(), DRIVERS));
    }

    #[test]
    fn a_driver_that_is_not_listed_is_found_and_one_that_is_listed_for_nothing() {
        let workspace = Workspace::of(&[
            (
                "client/src/clock.rs",
                "#![expect(clippy::disallowed_methods, reason = \"reads\")]",
            ),
            (
                "emulator/src/model/vm.rs",
                "//! A VM.\n#![expect(clippy::disallowed_methods, reason = \"x\")]",
            ),
            ("emulator/src/serve/http.rs", "fn f() {}"),
            (
                "emulator/tests/live.rs",
                "#![expect(clippy::disallowed_methods, reason = \"waits\")]",
            ),
        ]);
        let found = violations(
            &workspace,
            &["client/src/clock.rs", "emulator/src/serve/http.rs"],
        );
        assert_eq!(
            lines(&found),
            ["emulator/src/model/vm.rs:2", "emulator/src/serve/http.rs:1"]
        );
    }
}
