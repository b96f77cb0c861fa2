//! One prompt tried several ways: the attempts differ, are compared, and all but one are put away so that they
//! could be had back.

use std::collections::BTreeSet;

use bosk_core::SessionId;
use bosk_core::session::{Glance, Verdict};
use bosk_core::settings::Settings;
use bosk_core::variants::{Chosen, VariantGroup, VariantView};
use bosk_tests::signal::Words;
use bosk_tests::{Sandbox, Session};

use super::bosk;

fn sandbox(parallel: u32) -> Sandbox {
    let sandbox = Sandbox::new();
    let settings = Settings { parallel: Some(parallel), ..Settings::default() };
    bosk_runtime::settings::save(sandbox.home(), &settings).unwrap();
    sandbox
}

/// A prompt that does something else in each session: what it says for the ticket that the session has drawn.
fn each_its_own(sandbox: &Sandbox, deeds: &str) -> String {
    let tickets = sandbox.path("tickets");
    std::fs::create_dir(&tickets).unwrap();
    let tickets = tickets.display();
    format!(
        "Try it\n!tool n=1; until mkdir {tickets}/$n 2>/dev/null; do n=$((n+1)); done; echo $n > ticket.txt; {deeds}"
    )
}

async fn launch(sandbox: &Sandbox, args: &[&str]) -> VariantGroup {
    let (code, out, said) = bosk(sandbox, &[&["variants", "--json"], args].concat()).await;
    assert_eq!(code, 0, "{said}");
    serde_json::from_str(out.lines().next().unwrap()).unwrap()
}

async fn compare(sandbox: &Sandbox, group: &str) -> Vec<VariantView> {
    let (code, out, said) = bosk(sandbox, &["variants", "compare", "--json", group]).await;
    assert_eq!(code, 0, "{said}");
    serde_json::from_str(&out).unwrap()
}

async fn choose(sandbox: &Sandbox, group: &str, id: &SessionId) -> (i32, Chosen) {
    let args = ["variants", "choose", "--json", "--yes", group, id.as_str()];
    let (code, out, said) = bosk(sandbox, &args).await;
    assert_ne!(code, 2, "{said}");
    (code, serde_json::from_str(&out).unwrap())
}

/// Which ticket the session has drawn.
async fn ticket(session: &Session<'_>) -> u32 {
    let folder = session.row().await.unwrap().folder;
    let text = std::fs::read_to_string(format!("{folder}/ticket.txt")).unwrap();
    text.trim().parse().unwrap()
}

#[tokio::test]
async fn three_are_compared_and_one_is_chosen() {
    let sandbox = sandbox(3);
    let deeds = "echo hello >> readme.md; case $n in 2) echo more > b.txt;; 3) touch wrong;; esac";
    let prompt = each_its_own(&sandbox, deeds) + "\n!say Done.";
    let check = ["--check", "test ! -e wrong"];
    let (code, out, said) = bosk(
        &sandbox,
        &[&["variants", "3", "--json", "--model", "a,b,c"], &check[..], &[&prompt]].concat(),
    )
    .await;
    assert_eq!(code, 1, "one of them fails its check: {said}");
    let VariantGroup { group, sessions } =
        serde_json::from_str(out.lines().next().unwrap()).unwrap();

    let views = compare(&sandbox, &group).await;
    assert_eq!(
        views.iter().map(|view| &view.id).collect::<Vec<_>>(),
        sessions.iter().collect::<Vec<_>>()
    );
    let labels: Vec<_> = views.iter().map(|view| view.variant.label.as_str()).collect();
    assert_eq!(labels, ["a", "b", "c"]);
    let mut branches = BTreeSet::new();
    for view in &views {
        let session = sandbox.session(view.id.clone());
        branches.insert(session.row().await.unwrap().branch.unwrap());
        let (files, passed, ranks) = match ticket(&session).await {
            1 => (2, true, 1..=2),
            2 => (3, true, 1..=2),
            _ => (3, false, 3..=3),
        };
        let changes = view.changes.unwrap();
        assert_eq!((changes.files, changes.added > 0), (files, true));
        let verdict = &view.check.as_ref().unwrap().verdict;
        assert_eq!(*verdict == Verdict::Passed, passed);
        assert!(ranks.contains(&view.rank.unwrap()), "{view:?}");
    }
    assert_eq!(branches.len(), 3, "{branches:?}");
    let (_, table, _) = bosk(&sandbox, &["variants", "compare", &group]).await;
    assert!(table.contains("failed with exit code 1") && table.contains("+"), "{table}");

    let winner = sandbox.session(sessions[1].clone());
    let repository = sandbox.repository("shop");
    let before = winner.row().await.unwrap();
    let folder = std::path::PathBuf::from(&before.folder);
    let state = || {
        let git = |args: &[&str]| sandbox.git(&folder, args);
        (git(&["status", "--porcelain"]), git(&["rev-parse", "HEAD"]), git(&["diff"]))
    };
    let as_it_was = state();
    let (code, chosen) = choose(&sandbox, &group, &winner.id).await;
    assert_eq!((code, chosen.archived.len(), chosen.left.len()), (0, 2, 0), "{chosen:?}");
    for one in &chosen.archived {
        assert!(!sandbox.session(one.id.clone()).folder().exists());
        let snapshot = one.snapshot.as_ref().unwrap();
        let kept = sandbox.git(&repository, ["show", &format!("{snapshot}:ticket.txt")]);
        assert!(["1", "2", "3"].contains(&kept.as_str()), "what was never committed is there");
        let name = format!("refs/bosk/{}/snap/", one.id);
        let held = sandbox.git(&repository, ["for-each-ref", "--format=%(objectname)", &name]);
        assert!(held.contains(snapshot.as_str()), "and no prune takes it away");
    }
    for branch in &branches {
        sandbox.git(&repository, ["rev-parse", "--verify", "--quiet", branch]);
    }
    assert_eq!((winner.row().await.unwrap(), state()), (before, as_it_was));
    assert_eq!(compare(&sandbox, &group).await.len(), 1);
}

#[tokio::test]
async fn what_runs_is_stopped_and_what_waits_is_taken_out() {
    let sandbox = sandbox(2);
    let mut words = Words::at(sandbox.path("words"));
    let drawn = format!("echo $n > {}", words.path().display());
    let prompt = each_its_own(&sandbox, &drawn) + "\n!hold";
    let launched = launch(&sandbox, &["3", "--detach", &prompt]).await;
    words.next().await;
    words.next().await;
    // The third has no room.
    let waiting = &launched.sessions[2];
    let running = [0, 1].map(|at| sandbox.session(launched.sessions[at].clone()));
    let views = compare(&sandbox, &launched.group).await;
    assert_eq!((views.len(), views[2].glance), (3, Glance::Queued));
    assert!(views.iter().all(|view| view.rank.is_none()), "{views:?}");
    let labels: Vec<_> = views.iter().map(|view| view.variant.label.as_str()).collect();
    assert_eq!(labels, ["1", "2", "3"]);

    let keeper = running[1].keeper().unwrap();
    let (code, chosen) = choose(&sandbox, &launched.group, &running[1].id).await;
    assert_eq!((code, chosen.left.len()), (0, 0), "{chosen:?}");
    let put_away = |id: &SessionId| chosen.archived.iter().find(|one| one.id == *id).unwrap();
    assert_eq!(put_away(waiting).snapshot, None);
    let snapshot = put_away(&running[0].id).snapshot.clone().unwrap();
    let kept = format!("{snapshot}:ticket.txt");
    sandbox.git(&sandbox.repository("shop"), ["show", &kept]);
    assert_eq!(bosk_tests::processes::with_cookie(&running[0].id), []);
    assert!(keeper.is_alive(), "the chosen one works on");
    running[1].stop().await;
    crate::queue::wait(&sandbox, &[running[1].id.clone()]).await;
    assert_eq!(bosk(&sandbox, &["queue", "--json"]).await.1.trim(), "[]");
}

#[tokio::test]
async fn one_that_no_snapshot_holds_stays_as_it_is() {
    let sandbox = sandbox(2);
    let inner = "test $n = 2 || git init -q inner && git -C inner commit -q --allow-empty -m x";
    let prompt = each_its_own(&sandbox, inner) + "\n!say Done.";
    let launched = launch(&sandbox, &["2", &prompt]).await;
    let [first, second] = [0, 1].map(|at| sandbox.session(launched.sessions[at].clone()));
    let (plain, nested) = match ticket(&first).await {
        2 => (first, second),
        _ => (second, first),
    };
    let before = nested.row().await.unwrap();
    let (code, chosen) = choose(&sandbox, &launched.group, &plain.id).await;
    assert_eq!((code, chosen.archived.len()), (1, 0));
    assert!(chosen.left[0].problem.message.contains("`inner`"), "{chosen:?}");
    assert_eq!(chosen.left[0].id, nested.id);
    assert!(std::path::Path::new(&before.folder).join("inner/.git").exists());
    assert!(nested.row().await.is_ok());

    let (code, _, said) =
        bosk(&sandbox, &["variants", "choose", "-y", "none", plain.id.as_str()]).await;
    assert!(code == 2 && said.contains("no variants `none`"), "{said}");
    let (code, _, said) = bosk(&sandbox, &["variants", "2", "--model", "a,b,c", "x"]).await;
    assert!(code == 2 && said.contains("3 ways"), "{said}");
    let (code, _, _) = bosk(&sandbox, &["variants", "choose", "none"]).await;
    assert_eq!(code, 2);
}
