//! The real CLI against the server: what must hold for every other test with it to mean something.

use crate::cli::Cli;
use std::time::{SystemTime, UNIX_EPOCH};

use bosk_rehearsal::{Conversation, Said, Scripts, Server};
use serde_json::{Value, json};

const DEFAULTS: [&str; 2] = ["--permission-mode", "acceptEdits"];

fn allow(request: &Value) -> Option<Value> {
    Some(request["input"].clone())
}

fn said(server: &Server) -> Vec<(Conversation, Vec<Said>)> {
    server.sent().into_iter().collect()
}

fn texts(said: &[Said]) -> Vec<&str> {
    said.iter().filter(|said| said.whole).map(|said| said.text.as_str()).collect()
}

#[tokio::test]
async fn tools_run_files_change_and_a_resumed_session_goes_on_where_it_was() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let session = ["--session-id", "b1d42286-cc30-4c1e-a2f9-fc320fe98405"];
    let mut cli = Cli::start(&server, &[&DEFAULTS[..], &session].concat());
    std::fs::write(cli.work("greeting.txt"), "good morning\n").unwrap();
    let edit = json!({"file_path": "{cwd}/greeting.txt", "old_string": "morning",
                      "new_string": "evening"});
    let prompt = format!(
        "Please do this.\n@think first I look\n@text I run it.\n\
         @tool Bash {{\"command\":\"echo one-$((1+1))\"}}\n\
         @tool Read {{\"file_path\":\"{{cwd}}/greeting.txt\"}}\n\
         @text Now the edit.\n@tool Edit {edit}\n@text All done.\n@turn\n@text Later."
    );
    let turn = cli.turn(&prompt, allow).await;
    assert!(turn.tool_results().iter().any(|text| text.contains("one-2")));
    assert_eq!(std::fs::read_to_string(cli.work("greeting.txt")).unwrap(), "good evening\n");
    assert_eq!(turn.result["result"], "All done.");
    assert_eq!(turn.texts(), ["I run it.", "Now the edit.", "All done."]);
    let [(whose, first)] = &said(&server)[..] else { panic!("one conversation") };
    assert_eq!(whose.session, session[1]);
    assert_eq!(texts(first), turn.texts());

    // Another server, which knows nothing of the first, goes on with the same script.
    let folder = cli.end().await;
    server.stop().await;
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let mut cli = Cli::start_in(folder, &server, &["--resume", session[1]]);
    assert_eq!(cli.turn("And then?", allow).await.texts(), ["Later."]);
    assert!(cli.turn("And then?", allow).await.texts()[0].contains("all this rehearsal"));
}

#[tokio::test]
async fn a_rejected_sign_in_ends_the_turn_and_the_next_message_goes_on() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let mut cli = Cli::start(&server, &DEFAULTS);
    let turn = cli.turn("@error 401 0", allow).await;
    assert_eq!(turn.result["is_error"], true);
    assert_eq!(turn.result["api_error_status"], 401);
    assert_eq!(cli.turn("@text Signed in again.", allow).await.texts(), ["Signed in again."]);
}

#[tokio::test]
async fn a_limit_is_waited_out() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let mut cli = Cli::start(&server, &DEFAULTS);
    let turn = cli.turn("@error 429 2 1\n@error 529\n@text Through.", allow).await;
    assert_eq!(turn.count("system", "api_retry"), 3);
    assert_eq!(turn.texts(), ["Through."]);
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn a_cut_connection_is_tried_again() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let mut cli = Cli::start(&server, &DEFAULTS);
    let prompt =
        "@text Half a sen\n@cut\n@text tence.\n@tool Bash {\"command\":\"echo once\"}\n@text End.";
    let turn = cli.turn(prompt, allow).await;
    assert_eq!(turn.texts(), ["Half a sentence.", "End."]);
    let [(_, said)] = &said(&server)[..] else { panic!("one conversation") };
    assert_eq!((said[0].text.as_str(), said[0].whole), ("Half a sen", false));
    assert_eq!(texts(said), turn.texts());
}

#[tokio::test]
async fn permissions_and_questions_are_asked() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let mut cli = Cli::start(&server, &[]);
    let question = json!({"questions": [{"question": "Which colour?", "header": "Colour",
        "multiSelect": false, "options": [{"label": "Red", "description": "warm"},
                                          {"label": "Blue", "description": "cold"}]}]});
    let prompt = format!(
        "@tool Bash {{\"command\":\"touch made\"}}\n@turn\n@tool AskUserQuestion {question}\n@text Thanks."
    );
    let answer = |request: &Value| {
        let mut input = request["input"].clone();
        if request["tool_name"] == "AskUserQuestion" {
            input["answers"] = json!({"Which colour?": "Blue"});
        }
        Some(input)
    };
    let turn = cli.turn(&prompt, answer).await;
    let asked: Vec<_> = turn.asked.iter().map(|request| &request["tool_name"]).collect();
    assert_eq!(asked, ["Bash", "AskUserQuestion"]);
    assert!(cli.work("made").exists());
    assert!(turn.tool_results()[1].contains("Blue"), "{:?}", turn.tool_results());
    assert_eq!(turn.texts(), ["Thanks."]);
}

#[tokio::test]
async fn a_subagent_has_a_conversation_of_its_own() {
    let scripts = Scripts::parse(
        r#"
        [[scripts.lead.turns]]
        [[scripts.lead.turns.steps]]
        agent = "Count the files."
        description = "Count files"
        [[scripts.lead.turns.steps.turns]]
        [[scripts.lead.turns.steps.turns.steps]]
        tool = "Bash"
        input = { command = "echo counted-$((3+4))" }
        [[scripts.lead.turns.steps.turns]]
        [[scripts.lead.turns.steps.turns.steps]]
        text = "There are seven."
        [[scripts.lead.turns]]
        [[scripts.lead.turns.steps]]
        when = "There are seven."
        text = "Seven, says the subagent."
        "#,
    )
    .unwrap();
    let server = Server::start(scripts).await.unwrap();
    let mut cli = Cli::start(&server, &DEFAULTS);
    let turn = cli.turn("How many files?", allow).await;
    assert_eq!(turn.texts(), ["Seven, says the subagent."]);
    assert!(turn.all_texts().contains(&"There are seven."));
    let said = said(&server);
    assert_eq!(said.len(), 2);
    assert_eq!(said.iter().filter(|(whose, _)| whose.agent.is_some()).count(), 1);
}

#[tokio::test]
async fn a_usage_limit_ends_the_turn_and_tells_when_it_is_over() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let mut cli = Cli::start(&server, &DEFAULTS);
    let turn = cli.turn("@script usage-limit", allow).await;
    assert_eq!(turn.result["is_error"], true);
    assert_eq!(turn.result["api_error"], "usage_limit_reached");
    let limits = turn.lines.iter().find(|line| line["type"] == "rate_limit_event").unwrap();
    let window = &limits["rate_limit_info"]["unifiedWindows"]["five_hour"];
    assert_eq!((&window["status"], &window["utilization"]), (&json!("rejected"), &json!(1)));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let resets = window["resetsAt"].as_u64().unwrap();
    assert!((now + 3540..=now + 3600).contains(&resets), "{resets} at {now}");
    let turn = cli.turn("Go on.", allow).await;
    assert_eq!(turn.texts(), ["The limit is over, and I go on where I was."]);
}

#[tokio::test]
async fn eight_megabytes_arrive_whole_and_the_script_goes_on() {
    let server = Server::start(Scripts::builtin()).await.unwrap();
    let mut cli = Cli::start(&server, &DEFAULTS);
    let turn = cli.turn("@bytes 8000000\n@turn\n@text Still here.", allow).await;
    let texts = turn.texts();
    let [(_, said)] = &said(&server)[..] else { panic!("one conversation") };
    assert_eq!((texts.len(), said[0].bytes), (1, 8_000_000));
    assert!(texts[0] == said[0].text, "what was said and what was printed differ");
    assert_eq!(cli.turn("And?", allow).await.texts(), ["Still here."]);
}
