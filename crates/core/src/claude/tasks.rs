//! What a session runs in the background: commands and subagents. The CLI tells whenever that changes, and how far
//! subagents are. (Its request `background_tasks` answers nothing; measured on 2.1.330.)

use serde_json::{Value, json};

use super::message::{BackgroundTask, Message};

/// Those that run now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tasks(Vec<BackgroundTask>);

impl Tasks {
    /// Takes a message of the CLI's. Whether it changes anything.
    pub fn take(&mut self, message: &Message) -> bool {
        match message {
            Message::Tasks(all) => {
                let mut now = all.tasks.clone();
                for task in &mut now {
                    // How far it was is not said again.
                    if let Some(before) = self.0.iter().find(|one| one.task_id == task.task_id) {
                        task.usage = task.usage.take().or_else(|| before.usage.clone());
                        task.last_tool_name =
                            task.last_tool_name.take().or_else(|| before.last_tool_name.clone());
                    }
                }
                self.0 = now;
                true
            }
            Message::TaskProgress(progress) => {
                let known = self.0.iter_mut().find(|one| one.task_id == progress.task_id);
                known.is_some_and(|task| {
                    task.usage.clone_from(&progress.usage);
                    task.last_tool_name.clone_from(&progress.last_tool_name);
                    true
                })
            }
            _ => false,
        }
    }

    /// They have gone with their process.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// As a client is told of them, in the CLI's own words.
    #[must_use]
    pub fn told(&self) -> Value {
        let tasks = self.0.iter().map(|task| {
            let usage = task.usage.as_ref().map(|usage| {
                json!({
                    "total_tokens": usage.total_tokens,
                    "tool_uses": usage.tool_uses,
                    "duration_ms": usage.duration_ms,
                })
            });
            json!({
                "task_id": task.task_id,
                "task_type": task.task_type,
                "description": task.description,
                "last_tool_name": task.last_tool_name,
                "status": "running",
                "usage": usage,
            })
        });
        json!({ "tasks": tasks.collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claude::message::parse;

    #[test]
    fn they_are_those_that_were_told_last_with_how_far_they_are() {
        let mut tasks = Tasks::default();
        let mut take = |line: &str| {
            let changed = tasks.take(&parse(line.as_bytes()).unwrap());
            (changed, tasks.count(), tasks.told()["tasks"][0]["usage"]["total_tokens"].clone())
        };
        let both = r#"{"type":"system","subtype":"background_tasks_changed","tasks":[{"task_id":"a","task_type":"local_agent","description":"look"},{"task_id":"b","task_type":"local_bash"}]}"#;
        assert_eq!(take(both), (true, 2, Value::Null));
        let progress = r#"{"type":"system","subtype":"task_progress","task_id":"a","usage":{"total_tokens":5506,"tool_uses":1,"duration_ms":364},"last_tool_name":"Bash"}"#;
        assert_eq!(take(progress), (true, 2, json!(5506)));
        assert!(!take(&progress.replace("\"a\"", "\"z\"")).0);
        let one =
            r#"{"type":"system","subtype":"background_tasks_changed","tasks":[{"task_id":"a"}]}"#;
        assert_eq!(take(one), (true, 1, json!(5506)));
        assert_eq!(
            take(r#"{"type":"system","subtype":"background_tasks_changed","tasks":[]}"#).1,
            0
        );
        assert!(!take(r#"{"type":"keep_alive"}"#).0);
    }
}
