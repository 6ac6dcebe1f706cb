use super::*;
use crate::config::reload::ReloadFailure;
use crate::host::server::Listeners;

async fn fleet(text: &str) -> Arc<Fleet> {
    let text = format!("listen = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'\n{text}");
    let config = Config::from_toml("c", &text).expect("right");
    let listeners = Listeners::bind(&config).await.expect("free ports");
    listeners.open(config, None).0
}

fn make(fleet: &Fleet, asked: &str) -> Result<Arc<Service>, CannotMake> {
    fleet.make(asked.parse().expect("TOML"))
}

fn names(fleet: &Fleet) -> Vec<String> {
    let all = fleet.all().into_iter();
    all.map(|vm| vm.name().to_owned()).collect()
}

#[tokio::test]
async fn a_name_is_found_for_whoever_has_none() {
    let fleet = fleet("[[vms]]\nname = 'vm-2'").await;
    make(&fleet, "").expect("made");
    make(&fleet, "").expect("made");
    assert_eq!(names(&fleet), ["default", "vm-1", "vm-2", "vm-3"]);
}

#[tokio::test]
async fn what_is_taken_is_refused_and_the_bound_kept() {
    let fleet = fleet("fleet.most = 2").await;
    let first = fleet.first().addresses().imds;
    let taken = make(&fleet, &format!("listen = '{first}'"));
    assert!(matches!(taken, Err(CannotMake::AddressTaken(address)) if address == first));
    let foreign = make(&fleet, "listen = '192.0.2.1:9'");
    assert!(matches!(foreign, Err(CannotMake::NotOurs(_))));
    make(&fleet, "name = 'a'").expect("made");
    let again = make(&fleet, "name = 'a'");
    assert!(matches!(again, Err(CannotMake::NameTaken(name)) if name == "a"));
    assert!(matches!(make(&fleet, ""), Err(CannotMake::TooMany(2))));
    assert_eq!(names(&fleet), ["default", "a"]);
    fleet.remove("a").await.expect("there");
    make(&fleet, "").expect("there is room again");
}

#[tokio::test]
async fn nothing_of_a_vm_that_was_removed_is_left() {
    let fleet = fleet("").await;
    let vm = make(&fleet, "name = 'a'").expect("made");
    let left = Arc::downgrade(&vm);
    drop(vm);
    fleet.remove("a").await.expect("there");
    assert!(left.upgrade().is_none());
}

#[tokio::test]
async fn none_is_made_once_the_fleet_is_closed() {
    let fleet = fleet("").await;
    fleet.close().await;
    assert!(matches!(make(&fleet, ""), Err(CannotMake::Closed)));
}

#[tokio::test]
async fn only_a_vm_of_the_file_can_be_read_again() {
    let text = "listen = '127.0.0.1:0'\nadmin_listen = '127.0.0.1:0'\nvms = [{ name = 'a' }]\n";
    let read = || Ok(Config::from_toml("c", text).expect("right"));
    let config = read().expect("right");
    let listeners = Listeners::bind(&config).await.expect("free ports");
    let fleet = listeners.open(config, Some(Reload::new(read))).0;
    let of_file = fleet.find("a").expect("there");
    fleet.reload(&of_file).expect("nothing has changed");
    fleet.remove("a").await.expect("there");
    let made = make(&fleet, "name = 'a'").expect("made");
    for vm in [made, of_file] {
        let refused = fleet.reload(&vm);
        assert!(matches!(refused, Err(ReloadFailure::NoSource)));
    }
}

#[tokio::test]
async fn a_vm_shows_what_it_shares_with_the_first() {
    let fleet = fleet("admin_hosts = ['imds']\nfleet.most = 7\nresource_manager.page = 3").await;
    let vm = make(&fleet, "seed = 9").expect("made");
    let [first, shown] = [fleet.first(), &vm].map(|vm| fleet.config_of(vm));
    assert_eq!((first.vm.seed, shown.vm.seed), (1, 9));
    assert_ne!(first.listen, shown.listen);
    let same = Config {
        vm: first.vm.clone(),
        listen: first.listen,
        ..shown
    };
    assert_eq!(same, first);
}
