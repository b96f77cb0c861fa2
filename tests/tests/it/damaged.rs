//! Files of Bosk's that were damaged, deleted or may not be written: everything still starts, says
//! what is wrong, and goes on with what is whole.

use std::path::{Path, PathBuf};

use bosk_core::ProblemCode;
use bosk_core::settings::Settings;
use bosk_core::transcript::EntryBody;
use bosk_core::transcript::entry::RawReason;
use bosk_runtime::journal::{DECISIONS, JOURNAL, Writer};
use bosk_runtime::process::Signal;
use bosk_runtime::{catalog, settings};
use bosk_tests::volume::Volume;
use bosk_tests::{PATIENCE, Sandbox, Session, processes, spec};

/// A session with three turns that has ended.
async fn with_history<'a>(sandbox: &'a Sandbox) -> Session<'a> {
    let spec = spec(&sandbox.repository("shop"), "!say one");
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    watched.turn("!say two").await;
    watched.turn("!say three").await;
    session.stop().await;
    session
}

/// What a transcript shows, damaged places apart.
fn shown(session: &Session<'_>) -> (Vec<EntryBody>, usize) {
    let entries = session.transcript().into_iter().map(|entry| entry.body);
    let damaged =
        |body: &EntryBody| matches!(body, EntryBody::Raw { reason: RawReason::Damaged, .. });
    let (damaged, whole): (Vec<_>, Vec<_>) = entries.partition(damaged);
    (whole, damaged.len())
}

#[tokio::test]
async fn a_bit_that_flipped_costs_one_record_and_no_neighbour() {
    let sandbox = Sandbox::new();
    let session = with_history(&sandbox).await;
    let path = session.folder().join(JOURNAL);
    let good = std::fs::read(&path).unwrap();
    let (whole, _) = shown(&session);
    // Without its last newline the last record is torn, which is another test's matter.
    for at in (0..good.len() - 1).step_by(29) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        std::fs::write(&path, &bad).unwrap();
        let (left, damaged) = shown(&session);
        // A newline that came or went makes one record two, or two one. A checksum's digit means
        // the same in either case.
        let same = bad[at].eq_ignore_ascii_case(&good[at]) && left == whole;
        assert!((1..=2).contains(&damaged) || same, "byte {at}: {damaged} damaged");
        assert!(left.len() + 2 >= whole.len(), "byte {at}");
        let mut rest = whole.iter();
        assert!(left.iter().all(|one| rest.any(|other| other == one)), "byte {at}: in order");
        std::fs::remove_file(sandbox.home().index()).unwrap_or_default();
        assert!(session.row().await.unwrap().state.is_ended(), "byte {at}");
        let mended = std::fs::read(&path).unwrap();
        assert_eq!(mended[..bad.len()], bad, "byte {at}: nothing of it was changed");
    }
}

#[tokio::test]
async fn a_torn_journal_is_mended_and_what_was_cut_off_is_kept() {
    let sandbox = Sandbox::new();
    let session = with_history(&sandbox).await;
    let path = session.folder().join(JOURNAL);
    let torn = path.with_added_extension("torn");
    let good = std::fs::read(&path).unwrap();
    for length in (0..good.len()).step_by(7) {
        std::fs::write(&path, &good[..length]).unwrap();
        let whole = good[..length].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let (_, repair) = Writer::open(&path).unwrap();
        assert_eq!(repair.torn as usize, length - whole);
        assert_eq!(std::fs::read(&path).unwrap(), good[..whole]);
        if repair.torn > 0 {
            assert_eq!(std::fs::read(&torn).unwrap(), good[whole..length]);
            std::fs::remove_file(&torn).unwrap();
        }
    }
}

/// The journal lost its end, the decisions did not: what the CLI has taken it takes once, by the
/// message's own name.
#[tokio::test]
async fn a_session_goes_on_from_a_torn_journal() {
    let sandbox = Sandbox::new();
    let session = with_history(&sandbox).await;
    let path = session.folder().join(JOURNAL);
    let good = std::fs::read(&path).unwrap();
    let ready = good.windows(9).position(|part| part == b"prepared\"").unwrap();
    for part in [3, 2] {
        std::fs::write(&path, &good[..ready + (good.len() - ready) * part / 4]).unwrap();
        sandbox.resume(&session).await.unwrap();
        let mut watched = session.follow().await;
        watched.idle().await;
        watched.turn("!say and on").await;
        assert_eq!(session.texts().last().unwrap(), "and on");
        let numbers: Vec<_> = session.journal().into_iter().map(|record| record.seq).collect();
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
        session.stop().await;
    }
}

/// The record that says where the session works is gone: it is found again, not made anew.
#[tokio::test]
async fn a_session_finds_its_folder_again() {
    let sandbox = Sandbox::new();
    let session = with_history(&sandbox).await;
    let before = session.row().await.unwrap();
    let path = session.folder().join(JOURNAL);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(9).position(|part| part == b"prepared\"").unwrap();
    bytes[at] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    sandbox.resume(&session).await.unwrap();
    session.follow().await.turn("!say four").await;
    let after = session.stop().await;
    assert_eq!((after.folder, after.branch), (before.folder, before.branch));
}

#[tokio::test]
async fn a_damaged_decision_costs_no_other() {
    let sandbox = Sandbox::new();
    let session = with_history(&sandbox).await;
    let path = session.folder().join(DECISIONS);
    let good = std::fs::read(&path).unwrap();
    let all = session.decisions();
    for at in (0..good.len()).step_by(5) {
        let mut bad = good.clone();
        bad[at] ^= 4;
        std::fs::write(&path, &bad).unwrap();
        let left = session.decisions();
        assert!(left.len() + 2 >= all.len() && left.len() < all.len(), "byte {at}");
        assert!(left.iter().all(|one| all.contains(one)), "byte {at}");
    }
    std::fs::write(&path, &good[..good.len() - 3]).unwrap();
    sandbox.resume(&session).await.unwrap();
    session.follow().await.turn("!say four").await;
    assert_eq!(session.texts(), ["one", "two", "three", "four"]);
    session.stop().await;
}

#[tokio::test]
async fn the_index_may_be_deleted_or_damaged_at_any_time() {
    let sandbox = Sandbox::new();
    let session = with_history(&sandbox).await;
    let index = sandbox.home().index();
    let expected = session.row().await.unwrap();
    let damages: [&dyn Fn(); 4] = [
        &|| std::fs::remove_file(&index).unwrap(),
        &|| std::fs::write(&index, "no database at all, but long enough to look at").unwrap(),
        &|| std::fs::write(&index, "").unwrap(),
        &|| {
            let mut bytes = std::fs::read(&index).unwrap();
            bytes[40..].fill(0xff);
            std::fs::write(&index, bytes).unwrap();
        },
    ];
    for (number, damage) in damages.iter().enumerate() {
        damage();
        let listed = catalog::list(sandbox.home()).await.unwrap();
        let rows: Vec<_> = listed.into_iter().map(|one| one.unwrap()).collect();
        assert_eq!(rows, std::slice::from_ref(&expected), "damage {number}");
    }
}

#[tokio::test]
async fn a_damaged_record_of_a_session_is_told_and_hides_no_other() {
    let sandbox = Sandbox::new();
    let damaged = with_history(&sandbox).await;
    let whole = sandbox.launch(&spec(&sandbox.repository("shop"), "!say one")).await.unwrap();
    whole.follow().await.idle().await;
    whole.stop().await;
    let journal = std::fs::read(damaged.folder().join(JOURNAL)).unwrap();
    std::fs::write(damaged.folder().join("session.json"), "{\"id\": \"b1d4").unwrap();
    std::fs::remove_file(sandbox.home().index()).unwrap_or_default();

    let listed = catalog::list(sandbox.home()).await.unwrap();
    let (rows, problems): (Vec<_>, Vec<_>) = listed.into_iter().partition(Result::is_ok);
    assert_eq!((rows.len(), problems.len()), (1, 1));
    let (id, problem) = problems[0].clone().unwrap_err();
    assert_eq!((id, problem.code), (damaged.id.clone(), ProblemCode::FileDamaged));
    assert!(problem.hint.is_some());
    let refused = sandbox.resume(&damaged).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::FileDamaged);
    assert_eq!(std::fs::read(damaged.folder().join(JOURNAL)).unwrap(), journal);
}

fn aside(file: &Path) -> PathBuf {
    file.with_added_extension("damaged-1")
}

#[tokio::test]
async fn damaged_settings_are_kept_aside_and_told_before_anything_is_done_without_them() {
    let sandbox = Sandbox::new();
    let spec = spec(&sandbox.repository("shop"), "!say one");
    let file = sandbox.home().settings();
    std::fs::write(&file, "{\"worktrees\": \"/somewhere").unwrap();
    let problem = sandbox.launch(&spec).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::FileDamaged);
    assert_eq!(std::fs::read_to_string(aside(&file)).unwrap(), "{\"worktrees\": \"/somewhere");
    assert_eq!(settings::load(sandbox.home()), (Settings::default(), None));
    let session = sandbox.launch(&spec).await.unwrap();
    session.follow().await.idle().await;
    session.stop().await;
}

/// They are told where they are missed: in the transcript of the session that does without them.
#[tokio::test]
async fn settings_that_are_damaged_when_a_session_is_resumed_are_told_in_it() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop");
    let session = sandbox.launch(&spec(&repository, "!say one")).await.unwrap();
    session.follow().await.idle().await;
    session.stop().await;
    let file = sandbox.home().settings();
    std::fs::write(&file, "{\"claude\": \"/some").unwrap();
    sandbox.resume(&session).await.unwrap();
    session.follow().await.turn("!say two").await;
    let told = |entry: &&EntryBody| match entry {
        EntryBody::Notice { text, .. } => text.contains("settings could not be read"),
        _ => false,
    };
    let (entries, _) = shown(&session);
    assert_eq!(entries.iter().filter(told).count(), 1, "{entries:#?}");
    assert!(aside(&file).exists() && !file.exists());
    session.stop().await;
}

#[tokio::test]
async fn a_damaged_list_of_trusted_repositories_trusts_nobody() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop");
    std::fs::create_dir(repository.join(".claude")).unwrap();
    let hooks =
        r#"{"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "x"}]}]}}"#;
    std::fs::write(repository.join(".claude/settings.json"), hooks).unwrap();
    sandbox.git(&repository, ["add", "."]);
    sandbox.git(&repository, ["commit", "--quiet", "--message", "hooks"]);
    let spec = spec(&repository, "!say never");
    let file = sandbox.home().path().join("trust.json");
    std::fs::write(&file, "{\"accepted\": {").unwrap();
    assert_eq!(sandbox.launch(&spec).await.unwrap_err().code, ProblemCode::FileDamaged);
    assert_eq!(std::fs::read_to_string(aside(&file)).unwrap(), "{\"accepted\": {");
    assert_eq!(sandbox.launch(&spec).await.unwrap_err().code, ProblemCode::NotTrusted);
    assert_eq!(catalog::ids(sandbox.home()).unwrap(), []);
}

#[tokio::test]
async fn a_home_that_cannot_be_written_to_is_told() {
    let sandbox = Sandbox::new();
    let session = with_history(&sandbox).await;
    let spec = spec(&sandbox.repository("shop"), "!say never");
    let before = session.journal().len();
    {
        let _volume = Volume::read_only(sandbox.home().path());
        let problem = sandbox.launch(&spec).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::HomeUnwritable);
        assert!(problem.hint.is_some());
        assert_eq!(sandbox.resume(&session).await.unwrap_err().code, ProblemCode::HomeUnwritable);
    }
    assert_eq!(session.journal().len(), before);
    sandbox.resume(&session).await.unwrap();
    session.follow().await.turn("!say four").await;
    session.stop().await;
}

/// A file stands where a session's worktree is to be.
#[tokio::test]
async fn a_folder_for_worktrees_that_cannot_be_made_is_told() {
    let sandbox = Sandbox::new();
    std::fs::write(sandbox.home().worktrees(), "in the way").unwrap();
    let spec = spec(&sandbox.repository("shop"), "!say never");
    let session = sandbox.launch(&spec).await.unwrap();
    if let Ok(watched) = session.try_follow().await {
        watched.gone().await;
    }
    let row = session.row().await.unwrap();
    assert_eq!(row.problem.unwrap().code, ProblemCode::WorktreeFailed);
    let branches = sandbox.git(&sandbox.repository("shop"), ["branch", "--list"]);
    assert_eq!(branches, "* main", "no branch is left behind");
}

/// The session's folder was deleted while it was not running.
#[tokio::test]
async fn a_session_whose_folder_is_gone_says_so() {
    let sandbox = Sandbox::new();
    let session = with_history(&sandbox).await;
    let folder = session.row().await.unwrap().folder;
    std::fs::remove_dir_all(folder).unwrap();
    let told = match sandbox.resume(&session).await {
        Err(problem) => problem,
        Ok(()) => {
            if let Ok(watched) = session.try_follow().await {
                watched.gone().await;
            }
            session.row().await.unwrap().problem.unwrap()
        }
    };
    assert_eq!(told.code, ProblemCode::WorktreeFailed);
    assert_eq!(session.texts(), ["one", "two", "three"], "the transcript is kept");
}

/// A keeper that is killed at any moment of its start leaves a session that can be resumed.
#[tokio::test]
async fn a_keeper_killed_while_it_prepares_leaves_nothing_half_made() {
    let sandbox = Sandbox::new();
    let repository = sandbox.repository("shop");
    for _ in 0..6 {
        let session = sandbox.launch(&spec(&repository, "!say one")).await.unwrap();
        if let Some(keeper) = session.keeper() {
            keeper.signal(Signal::Kill).unwrap_or_default();
            processes::ended(&keeper, PATIENCE).await;
        }
        let row = session.row().await.unwrap();
        assert!(row.state.is_ended(), "{:?}", row.state);
        sandbox.resume(&session).await.unwrap();
        session.follow().await.idle().await;
        assert_eq!(session.texts(), ["one"]);
        session.stop().await;
    }
    sandbox.git(&repository, ["fsck", "--strict"]);
}
