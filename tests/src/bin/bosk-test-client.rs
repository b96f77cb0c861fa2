//! A client of Bosk's in a process of its own, so that a test can give it an environment and kill
//! it. Questions come as JSON on standard input, answers go as JSON to standard output.
//!
//! `plan` and `launch` read a spec, or a list of them; `ready` and `spare` say `ready` first, and
//! launch one after the other, `spare` in a process that was started for it; `trust` agrees to what a spec's
//! repository brings; `resume ID` starts a session again;
//! `expect` has a process wait for the next launch, and says which is listed whenever that changes;
//! `follow ID…` follows sessions until it is killed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test program")]

use std::collections::BTreeSet;

use bosk_core::SessionId;
use bosk_core::launch::LaunchSpec;
use bosk_core::wire::Call;
use bosk_runtime::client::{self, Connection};
use bosk_runtime::fleet::{Expected, Fleet};
use bosk_runtime::home::Home;
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let home = Home::find().unwrap();
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args[0].as_str() {
        "plan" => {
            let plan = client::plan(&home, &asked::<LaunchSpec>()).await;
            println!("{}", serde_json::to_string(&plan).unwrap());
        }
        "launch" => launch(&home).await,
        "ready" => launch_each(&home, None).await,
        "spare" => {
            let mut spare = client::Spare::start(&home, false).unwrap().unwrap();
            spare.parked().await.unwrap();
            launch_each(&home, Some(spare)).await;
        }
        "trust" => {
            let spec = asked::<LaunchSpec>();
            let report = client::launch::trust_report(&home, &spec).await.unwrap();
            let agreed = client::launch::accept_trust(&home, &spec, &report.fingerprint).await;
            println!("{}", serde_json::to_string(&agreed).unwrap());
        }
        "resume" => {
            asked::<()>();
            let resumed = client::resume(&home, &SessionId::parse(&args[1]).unwrap()).await;
            println!("{}", serde_json::to_string(&resumed).unwrap());
        }
        "expect" => expect(home).await,
        "follow" => follow(&home, &args[1..]).await,
        other => panic!("{other}"),
    }
}

fn asked<T: serde::de::DeserializeOwned>() -> T {
    serde_json::from_reader(std::io::stdin().lock()).unwrap()
}

async fn launch_each(home: &Home, mut spare: Option<client::Spare>) {
    println!("ready");
    let specs = serde_json::Deserializer::from_reader(std::io::stdin().lock()).into_iter();
    for spec in specs {
        let launched = client::launch_with(home, spec.unwrap(), &mut spare).await;
        println!("{}", serde_json::to_string(&launched.map(|one| one.id)).unwrap());
    }
}

async fn expect(home: Home) {
    let (fleet, expected) = (Fleet::open(home).unwrap(), Expected::default());
    let mut listed = expected.listed();
    expected.expect(&fleet, false).await;
    while listed.changed().await.is_ok() {
        let pid = *listed.borrow_and_update();
        println!("{}", pid.unwrap_or_default());
    }
}

async fn launch(home: &Home) {
    let specs: Vec<LaunchSpec> = asked();
    let mut launches = JoinSet::new();
    for (at, spec) in specs.into_iter().enumerate() {
        let home = home.clone();
        launches.spawn(async move { (at, client::launch(&home, spec).await) });
    }
    let mut launched = launches.join_all().await;
    launched.sort_by_key(|(at, _)| *at);
    let ids: Vec<_> = launched.into_iter().map(|(_, one)| one.map(|one| one.id)).collect();
    println!("{}", serde_json::to_string(&ids).unwrap());
}

async fn follow(home: &Home, ids: &[String]) {
    let (told, mut streamed) = tokio::sync::mpsc::unbounded_channel();
    for text in ids {
        let connection = Connection::open(home, &SessionId::parse(text).unwrap()).await.unwrap();
        connection.call(Call::Watch { partials: true, usage: false }).await.unwrap();
        let (told, text) = (told.clone(), text.clone());
        tokio::spawn(async move {
            while let Some(news) = connection.news().await {
                if news.partials.iter().any(|partial| !partial.text.is_empty()) {
                    told.send(text.clone()).unwrap();
                }
            }
        });
    }
    let mut missing: BTreeSet<String> = ids.iter().cloned().collect();
    while let Some(one) = streamed.recv().await {
        if missing.remove(&one) && missing.is_empty() {
            println!("all");
        }
    }
}
