//! The lines that go into the CLI. Each is one JSON object and ends with a newline; one line that is
//! not JSON ends the CLI, so they are made here and nowhere else.

use serde_json::{Value, json};

use crate::journal::Message;
use crate::launch::{Effort, LaunchSpec, PermissionMode};
use crate::session::{Answer, Ask, AskKind};

/// A message of the person.
#[must_use]
pub fn user(message: &Message) -> Vec<u8> {
    let content = if message.images.is_empty() {
        Value::from(message.text.as_str())
    } else {
        let images = message.images.iter().map(|image| {
            json!({"type": "image", "source": {
                "type": "base64", "media_type": image.media_type, "data": image.data}})
        });
        let text =
            (!message.text.is_empty()).then(|| json!({"type": "text", "text": message.text}));
        images.chain(text).collect()
    };
    line(&json!({
        "type": "user",
        "message": {"role": "user", "content": content},
        "parent_tool_use_id": null,
        "session_id": "",
        "uuid": message.uuid,
    }))
}

/// A request of Bosk's own: `{"subtype": …}` and what belongs to it.
#[must_use]
pub fn request(request_id: &str, request: &Value) -> Vec<u8> {
    line(&json!({"type": "control_request", "request_id": request_id, "request": request}))
}

/// The greeting; its answer lists commands, models and the account. `trusted` is the repository
/// whose settings the person has agreed to, as its main work tree's folder: the CLI then obeys the
/// permissions that it brings.
#[must_use]
pub fn initialize(trusted: Option<&str>) -> Value {
    let mut greeting = json!({"subtype": "initialize", "hooks": null});
    if let Some(folder) = trusted {
        greeting["workspaceTrust"] = json!({"accepted": true, "directory": folder});
    }
    greeting
}

/// Gives a spare process its session; its answer holds what the answer to a greeting does. Model and
/// effort are requests of their own, to be sent right after it.
#[must_use]
pub fn claim(folder: &str, spec: &LaunchSpec, trusted: Option<&str>) -> Value {
    let mut claim = json!({
        "subtype": "claim_session",
        "cwd": folder,
        "permission_mode": spec.permission_mode.as_str(),
        "include_initialize": true,
    });
    if let Some(text) = &spec.append_system_prompt {
        claim["append_system_prompt"] = json!(text);
    }
    if let Some(folder) = trusted {
        claim["workspace_trust"] = json!({"accepted": true, "directory": folder});
    }
    claim
}

/// Changes how hard the model thinks.
#[must_use]
pub fn set_effort(effort: Effort) -> Value {
    json!({"subtype": "apply_flag_settings", "settings": {"effortLevel": effort.as_str()}})
}

/// Ends the running turn.
#[must_use]
pub fn interrupt() -> Value {
    json!({"subtype": "interrupt"})
}

/// Takes a message back that the CLI has not taken yet.
#[must_use]
pub fn cancel_message(uuid: &str) -> Value {
    json!({"subtype": "cancel_async_message", "message_uuid": uuid})
}

/// Changes what Claude may do without asking.
#[must_use]
pub fn set_permission_mode(mode: PermissionMode) -> Value {
    json!({"subtype": "set_permission_mode", "mode": mode.as_str()})
}

/// Changes the model.
#[must_use]
pub fn set_model(model: &str) -> Value {
    json!({"subtype": "set_model", "model": model})
}

/// What the CLI is asked about itself; nothing where it has told already.
#[must_use]
pub fn about(subject: crate::wire::Subject) -> Option<Value> {
    use crate::wire::Subject;
    let subtype = match subject {
        Subject::Context => "get_context_usage",
        Subject::Servers => "mcp_status",
        Subject::Tasks => return None,
        Subject::Rules => "list_permission_rules",
    };
    Some(json!({"subtype": subtype}))
}

/// Ends a task in the background, or a subagent.
#[must_use]
pub fn stop_task(task: &str) -> Value {
    json!({"subtype": "stop_task", "task_id": task})
}

/// Connects an MCP server anew.
#[must_use]
pub fn reconnect(server: &str) -> Value {
    json!({"subtype": "mcp_reconnect", "serverName": server})
}

/// Files whose name is like `query`.
#[must_use]
pub fn file_suggestions(query: &str) -> Value {
    json!({"subtype": "file_suggestions", "query": query})
}

/// The person's answer to a request of the CLI's. `input` is the tool's input as it was asked about.
#[must_use]
pub fn answer(ask: &Ask, input: &Value, answer: &Answer) -> Vec<u8> {
    let response = match answer {
        Answer::Allow { suggestions, input: changed } => {
            let chosen: Vec<&Value> = match &ask.ask {
                AskKind::Permission { suggestions: offered, .. } => {
                    suggestions.iter().filter_map(|at| offered.get(*at as usize)).collect()
                }
                AskKind::Question { .. } | AskKind::Plan { .. } => Vec::new(),
            };
            let input = changed.as_deref().unwrap_or(input);
            let mut response = json!({"behavior": "allow", "updatedInput": input});
            if !chosen.is_empty() {
                response["updatedPermissions"] = json!(chosen);
            }
            response
        }
        Answer::Deny { message, interrupt } => {
            json!({"behavior": "deny", "message": message, "interrupt": interrupt})
        }
        Answer::Answers { answers } => {
            let mut updated = input.clone();
            updated["answers"] = json!(answers);
            json!({"behavior": "allow", "updatedInput": updated})
        }
        Answer::ApprovePlan { mode } => {
            let mut response = json!({"behavior": "allow", "updatedInput": input});
            if let Some(mode) = mode {
                response["updatedPermissions"] =
                    json!([{"type": "setMode", "mode": mode.as_str(), "destination": "session"}]);
            }
            response
        }
    };
    line(&json!({"type": "control_response", "response": {
        "subtype": "success", "request_id": ask.request_id, "response": response}}))
}

/// The answer to a request that Bosk does not know: the CLI goes on without it.
#[must_use]
pub fn refuse(request_id: &str, subtype: &str) -> Vec<u8> {
    line(&json!({"type": "control_response", "response": {
        "subtype": "error", "request_id": request_id,
        "error": format!("Bosk does not answer `{subtype}` requests.")}}))
}

fn line(value: &Value) -> Vec<u8> {
    let mut bytes = value.to_string().into_bytes();
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_makes_one_json_line(text in any::<String>(), uuid in any::<String>()) {
            let bytes = user(&Message { uuid, text: text.clone(), images: vec![] });
            prop_assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 1);
            let back: Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(back["message"]["content"].as_str(), Some(text.as_str()));
        }
    }

    fn ask() -> Ask {
        Ask {
            request_id: "r1".into(),
            tool_use_id: "t1".into(),
            at: 0,
            ask: AskKind::Permission {
                tool: "Bash".into(),
                input: json!({"command": "ls"}),
                description: None,
                reason: None,
                blocked_path: None,
                suggestions: vec![json!({"type": "a"}), json!({"type": "b"})],
                default_to_no: false,
                interactive: false,
                agent: None,
            },
        }
    }

    fn answered(given: &Answer) -> Value {
        let bytes = answer(&ask(), &json!({"command": "ls"}), given);
        serde_json::from_slice::<Value>(&bytes).unwrap()["response"]["response"].clone()
    }

    #[test]
    fn allows_once_or_with_the_chosen_rule() {
        let once = answered(&Answer::allow(vec![]));
        assert_eq!(once, json!({"behavior": "allow", "updatedInput": {"command": "ls"}}));
        let ruled = answered(&Answer::allow(vec![1, 7]));
        assert_eq!(ruled["updatedPermissions"], json!([{"type": "b"}]));
    }

    #[test]
    fn answers_questions_beside_their_input() {
        let answers = [("Colour?".to_owned(), "Blue".to_owned())].into();
        let given = answered(&Answer::Answers { answers });
        assert_eq!(given["updatedInput"], json!({"command": "ls", "answers": {"Colour?": "Blue"}}));
    }
}
