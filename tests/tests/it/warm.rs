//! A process that stays for the next turn, and is put away when nothing needs it, with the real CLI.

use bosk_core::session::Glance;
use bosk_core::settings::Settings;
use bosk_core::wire::{Call, Subject};
use bosk_rehearsal::{Scripts, Server};
use bosk_tests::{Sandbox, spec};

fn set(sandbox: &Sandbox, minutes: Option<u32>) {
    let settings = Settings { idle_minutes: minutes, ..Settings::default() };
    bosk_runtime::settings::save(sandbox.home(), &settings).unwrap();
}

#[tokio::test]
async fn an_idle_process_is_put_away_but_not_with_a_task_in_the_background() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    set(&sandbox, None);
    let hold = "python3 -c 'import time; time.sleep(300)'";
    let input = serde_json::json!({"command": hold, "run_in_background": true});
    let mut spec = spec(&sandbox.repository("shop"), &format!("@tool Bash {input}\n@text Runs."));
    spec.allowed_tools = vec!["Bash".to_owned()];
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    watched.idle().await;
    let cli = session.notes().len();
    watched.turn("@text Still warm.").await;
    assert!(session.notes().len() > cli);
    set(&sandbox, Some(0));
    watched.look().await.unwrap();
    let tasks = watched.call(Call::About { subject: Subject::Tasks }).await.unwrap();
    let task = tasks["tasks"][0]["task_id"].as_str().unwrap().to_owned();
    assert_eq!(watched.status().summary.background, 1);
    // Measured once a second: it had its chance twice.
    for _ in 0..2 {
        let at = watched.until_usage("measured", |_| true).await.at;
        watched.until_usage("measured again", |usage| usage.at > at).await;
    }
    assert!(session.keeper().is_some(), "it has something to do");
    watched.call(Call::StopTask { task }).await.unwrap();
    let last = watched.gone().await.summary;
    assert!(last.state.is_ended(), "{:?}", last.state);
    assert_eq!(last.glance, Glance::Done, "put away, not broken off");
    // The conversation goes on when it is wanted.
    set(&sandbox, Some(60));
    sandbox.resume(&session).await.unwrap();
    session.follow().await.turn("@text Again.").await;
    assert_eq!(session.texts().last().map(String::as_str), Some("Again."));
    session.stop().await;
}
