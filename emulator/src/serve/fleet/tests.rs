use std::time::Duration;

use super::*;
use crate::host::server::Listeners;

async fn fleet(text: &str) -> Arc<Fleet> {
    let text = format!("listen = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'\n{text}");
    let config = Config::from_toml("c", &text).expect("right");
    let listeners = Listeners::bind(&config).await.expect("free ports");
    listeners.open(config, None).0
}

async fn make(fleet: &Fleet, asked: &str) -> Result<Arc<Service>, CannotMake> {
    fleet.make(asked.parse().expect("TOML")).await
}

fn names(fleet: &Fleet) -> Vec<String> {
    let all = fleet.all().into_iter();
    all.map(|vm| vm.name().to_owned()).collect()
}

#[tokio::test]
async fn a_name_is_found_for_whoever_has_none() {
    let fleet = fleet("[[vms]]\nname = 'vm-2'").await;
    make(&fleet, "").await.expect("made");
    make(&fleet, "").await.expect("made");
    assert_eq!(names(&fleet), ["default", "vm-1", "vm-2", "vm-3"]);
}

#[tokio::test]
async fn what_is_taken_is_refused_and_the_bound_kept() {
    let fleet = fleet("fleet.most = 2").await;
    let first = fleet.first().config().listen;
    let taken = make(&fleet, &format!("listen = '{first}'")).await;
    assert!(matches!(taken, Err(CannotMake::AddressTaken(address)) if address == first));
    let foreign = make(&fleet, "listen = '192.0.2.1:9'").await;
    assert!(matches!(foreign, Err(CannotMake::NotOurs(_))));
    make(&fleet, "name = 'a'").await.expect("made");
    let again = make(&fleet, "name = 'a'").await;
    assert!(matches!(again, Err(CannotMake::NameTaken(name)) if name == "a"));
    assert!(matches!(
        make(&fleet, "").await,
        Err(CannotMake::TooMany(2))
    ));
    assert_eq!(names(&fleet), ["default", "a"]);
    fleet.remove("a").await.expect("there");
    make(&fleet, "").await.expect("there is room again");
}

#[tokio::test]
async fn nothing_of_a_vm_that_was_removed_is_left() {
    let fleet = fleet("").await;
    let vm = make(&fleet, "name = 'a'").await.expect("made");
    let left = Arc::downgrade(&vm);
    drop(vm);
    fleet.remove("a").await.expect("there");
    assert!(left.upgrade().is_none());
}

#[tokio::test]
async fn none_is_made_once_the_fleet_is_closed() {
    let fleet = fleet("").await;
    fleet.close().await;
    assert!(matches!(make(&fleet, "").await, Err(CannotMake::Closed)));
}

#[tokio::test]
async fn a_vm_of_the_file_is_read_again_as_itself() {
    let read = || {
        let text = "[[vms]]\nname = 'a'\nlatency.other = '3s'\n";
        Ok(Config::from_toml("c", text).expect("right"))
    };
    let reload = Reload::new(read).of_vm("a".to_owned());
    let again = reload.read().expect("it is there");
    assert_eq!(again.latency.other.median(), Duration::from_secs(3));
    let gone = Reload::new(read).of_vm("b".to_owned()).read();
    assert!(
        gone.unwrap_err()
            .to_string()
            .contains("no VM is called `b`")
    );
}
