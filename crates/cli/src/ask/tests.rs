use super::*;
use bosk_core::session::QuestionOption;
use serde_json::json;

fn ask(ask: AskKind) -> Ask {
    Ask { request_id: "r".into(), tool_use_id: "t".into(), at: 0, ask }
}

fn permission(command: &str, default_to_no: bool) -> Ask {
    ask(AskKind::Permission {
        tool: "Bash".into(),
        input: json!({"command": command}),
        description: None,
        reason: None,
        blocked_path: None,
        suggestions: vec![
            json!({"type": "addRules", "behavior": "allow", "destination": "session",
            "rules": [{"toolName": "Bash", "ruleContent": "ls *"}]}),
        ],
        default_to_no,
        interactive: false,
        agent: None,
    })
}

fn question(text: &str, multi_select: bool) -> Question {
    let option = |label: &str| QuestionOption { label: label.into(), description: String::new() };
    Question {
        question: text.into(),
        header: String::new(),
        options: vec![option("Red"), option("Blue")],
        multi_select,
    }
}

#[test]
fn a_permission_is_allowed_kept_or_denied_with_a_reason() {
    let allow = |suggestions| Next::Answer(Answer::allow(suggestions));
    let (mut asked, text) = Interview::begin(permission("ls\nrm x", false), "");
    let text = anstream::adapter::strip_str(&text).to_string();
    assert!(text.contains("    ls\n    rm x\n"), "{text}");
    assert!(text.contains("1  allow, and always allow Bash(ls *) for this session"), "{text}");
    assert!(matches!(asked.line("x"), Next::Say(_)));
    assert!(matches!(asked.line("2"), Next::Say(_)));
    assert_eq!(asked.line(" a "), allow(vec![]));
    assert_eq!(asked.line("1"), allow(vec![0]));
    assert!(matches!(asked.line("d"), Next::Say(_)));
    let denied = Answer::Deny { message: "not so".into(), interrupt: false };
    assert_eq!(asked.line("not so"), Next::Answer(denied));
}

#[test]
fn what_is_advised_against_needs_a_second_word() {
    let (mut asked, text) = Interview::begin(permission("rm -rf \u{1b}[8m/", true), "");
    assert!(text.contains("rm -rf ␛[8m/"), "{text}");
    for line in ["1", "a", "a", "y"] {
        assert!(matches!(asked.line(line), Next::Say(_)), "{line}");
    }
    assert_eq!(asked.line("yes"), Next::Answer(Answer::allow(vec![])));
}

#[test]
fn questions_are_answered_one_by_one() {
    let questions = vec![question("One?", false), question("Two?", true)];
    let (mut asked, _) = Interview::begin(ask(AskKind::Question { questions }), "");
    assert!(matches!(asked.line(""), Next::Say(_)));
    assert!(matches!(asked.line("2"), Next::Say(_)));
    let Next::Answer(Answer::Answers { answers }) = asked.line("1, 2") else { panic!("no answer") };
    assert_eq!(answers["One?"], "Blue");
    assert_eq!(answers["Two?"], "Red, Blue");
    assert_eq!(answer_to(&question("", false), "1 2").as_deref(), Some("1 2"));
    assert_eq!(answer_to(&question("", false), "none of it").as_deref(), Some("none of it"));
}

#[test]
fn a_plan_is_approved_or_sent_back() {
    let plan = ask(AskKind::Plan { plan: "# Do it".into() });
    let (mut asked, text) = Interview::begin(plan, "");
    assert!(text.contains("# Do it"));
    let mode = Some(PermissionMode::AcceptEdits);
    assert_eq!(asked.line("e"), Next::Answer(Answer::ApprovePlan { mode }));
    assert_eq!(asked.line("a"), Next::Answer(Answer::ApprovePlan { mode: None }));
}
