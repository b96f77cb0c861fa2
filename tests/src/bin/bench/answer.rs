//! From the person's answer to the tool that runs, with the real CLI: the keeper writes the decision down, tells the
//! CLI, and the CLI starts the tool.

use std::time::{SystemTime, UNIX_EPOCH};

use bosk_core::session::Answer;
use bosk_core::wire::Call;
use bosk_rehearsal::{Scripts, Server};
use bosk_tests::{Sandbox, spec};

use crate::report::Row;

/// How often it is answered; once more goes before, for what is cold.
const TIMES: usize = 15;

pub(crate) async fn measure() -> Vec<Row> {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let sandbox = Sandbox::real(&server);
    let stamp = "@tool Bash {\"command\":\"date +%s%N > stamp\"}\n@text Stamped.";
    let session = sandbox.launch(&spec(&sandbox.repository("sample"), stamp)).await.unwrap();
    let mut watched = session.follow().await;
    let mut took = Vec::new();
    for round in 0..=TIMES {
        if round > 0 {
            watched.send(stamp).await.unwrap();
        }
        let status = watched.until("asked", |status| !status.asks.is_empty()).await;
        let request_id = status.asks[0].request_id.clone();
        let begun = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        watched.call(Call::Answer { request_id, answer: Answer::allow(vec![]) }).await.unwrap();
        let folder = watched.idle().await.summary.folder.clone();
        let ran = std::fs::read_to_string(std::path::Path::new(&folder).join("stamp")).unwrap();
        let ran: u128 = ran.trim().parse().unwrap();
        #[expect(clippy::cast_precision_loss, reason = "some milliseconds")]
        let milliseconds = ran.saturating_sub(begun) as f64 / 1e6;
        if round > 0 {
            took.push(milliseconds);
        }
    }
    session.stop().await;
    vec![Row::below("answer to the tool that runs", "ms", took, 100.0)]
}
