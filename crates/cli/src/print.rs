//! A transcript for reading in a terminal: each change becomes text, and streamed words are printed
//! once, however they come. Not here: where changes come from, and JSON.

mod check;
mod diff;
mod ending;
mod result;
mod tool;

use std::collections::{BTreeMap, HashMap};

use bosk_core::session::Answer;
use bosk_core::transcript::fold::Change;
use bosk_core::transcript::{Entry, EntryBody, Partial, PartialKind, ToolResult};
use bosk_core::usage::ToolCost;
use serde_json::Value;

use crate::clean::{clean, exposed, one_line};
use crate::screen::{AMBER, BOLD, DIM, GREEN, RED, paint};
use crate::words::bytes;

pub(crate) use ending::killed;
pub(crate) use tool::line as tool_line;

/// Columns that one line of a tool's input may take.
const LINE: usize = 100;

/// A tool use whose result has not come.
#[derive(Debug)]
struct Call {
    name: String,
    line: String,
    indent: &'static str,
    decided: Option<Answer>,
    cost: Option<ToolCost>,
}

/// Turns changes into text. It remembers what is on the screen, so that nothing is said twice.
#[derive(Debug, Default)]
pub(crate) struct Printer {
    /// The session's folder: paths inside it are shown from there.
    pub(crate) folder: String,
    /// Text blocks that were streamed and have not come as entries, with what is on the screen.
    streamed: BTreeMap<u64, String>,
    calls: HashMap<u32, Call>,
    last_call: Option<u32>,
    /// Whether the last line on the screen is unfinished.
    open: bool,
}

impl Printer {
    /// A printer for the session that works in `folder`.
    pub(crate) fn of(folder: String) -> Self {
        Self { folder, ..Self::default() }
    }

    /// A change of the transcript.
    pub(crate) fn change(&mut self, change: &Change) -> String {
        let mut out = String::new();
        match change {
            Change::Push(entry) => self.entry(entry, &mut out),
            Change::Decided(index, answer) => {
                if let Some(call) = self.calls.get_mut(index) {
                    call.decided = Some(answer.clone());
                }
                self.close(&mut out);
                out.push_str(&decision(answer));
            }
            Change::Result(index, result) => self.result(*index, result, &mut out),
            Change::Cost(index, cost) => {
                if let Some(call) = self.calls.get_mut(index) {
                    call.cost = Some(*cost);
                }
            }
            Change::Check(_, note) => {
                self.close(&mut out);
                out.push_str(&check::note(note));
            }
            Change::Taken(_) => {}
        }
        out
    }

    /// Text while it is being written. Only Claude's own words are shown as they come.
    pub(crate) fn partials(&mut self, partials: &[Partial]) -> String {
        let mut out = String::new();
        for partial in partials {
            if partial.part != PartialKind::Text || partial.parent.is_some() {
                continue;
            }
            let from = partial.from as usize;
            let known = self.streamed.get(&partial.block).map_or(0, String::len);
            // What lies before `known` is on the screen; a gap is filled by the finished message.
            let Some(added) = known.checked_sub(from).and_then(|at| partial.text.get(at..)) else {
                continue;
            };
            if added.is_empty() {
                continue;
            }
            if known == 0 {
                self.close(&mut out);
                out.push('\n');
            }
            self.streamed.entry(partial.block).or_default().push_str(added);
            out.push_str(&exposed(added));
            self.open = !out.ends_with('\n');
        }
        out
    }

    /// Blocks that are not streamed any more and whose entry has been printed if there is one.
    pub(crate) fn done(&mut self, blocks: &[u64]) {
        for block in blocks {
            self.streamed.remove(block);
        }
    }

    /// Ends an unfinished line, so that something else can be said.
    pub(crate) fn close(&mut self, out: &mut String) {
        if std::mem::take(&mut self.open) {
            out.push('\n');
        }
    }

    fn entry(&mut self, entry: &Entry, out: &mut String) {
        let indent = if entry.parent.is_some() { "    " } else { "" };
        match &entry.body {
            EntryBody::Text { text } if indent.is_empty() => self.text(text, out),
            EntryBody::ToolUse { id: _, name, input, result, decision, cost } => {
                self.close(out);
                let line = tool::line(name, input, &self.folder);
                out.push_str(&format!("\n{indent}{}\n", tool::head(name, &line, input, indent)));
                let decided = decision.clone();
                let (name, cost) = (name.clone(), *cost);
                let call = Call { name, line, indent, decided, cost };
                self.calls.insert(entry.index, call);
                self.last_call = Some(entry.index);
                if let Some(result) = result {
                    self.result(entry.index, result, out);
                }
            }
            body => {
                let text = ending::body(body);
                if !text.is_empty() {
                    self.close(out);
                    self.last_call = None;
                    out.push_str(&indented(&text, indent));
                }
            }
        }
    }

    /// Claude's words: what was streamed of them is there already.
    fn text(&mut self, text: &str, out: &mut String) {
        self.last_call = None;
        let first = self.streamed.first_key_value();
        let begun = first.and_then(|(block, shown)| Some((*block, text.strip_prefix(&**shown)?)));
        let rest = begun.map(|(block, rest)| {
            self.streamed.remove(&block);
            rest
        });
        match rest {
            Some(rest) => out.push_str(&exposed(rest)),
            None => {
                self.close(out);
                out.push('\n');
                out.push_str(&exposed(text));
            }
        }
        if !text.ends_with('\n') {
            out.push('\n');
        }
        self.open = false;
    }

    fn result(&mut self, index: u32, result: &ToolResult, out: &mut String) {
        self.close(out);
        let call = self.calls.remove(&index);
        let indent = call.as_ref().map_or("", |call| call.indent);
        let denied = matches!(
            call.as_ref().and_then(|call| call.decided.as_ref()),
            Some(Answer::Deny { .. })
        );
        let (shape, style) = match (result.is_error, denied) {
            (_, true) => ("■", DIM),
            (true, _) => ("✕", RED),
            _ => ("✓", GREEN),
        };
        let mut lines = vec![];
        let name = call.as_ref().map_or("", |call| call.name.as_str());
        // Parallel calls' results come later: then they say whose they are.
        match &call {
            Some(call) if self.last_call != Some(index) => lines.push(paint(DIM, &call.line)),
            _ => {}
        }
        lines.extend(if denied {
            vec!["Denied".to_owned()]
        } else {
            result::lines(name, result, &self.folder)
        });
        if lines.is_empty() {
            lines.push(paint(DIM, "(no output)"));
        }
        if let Some(cost) = call.as_ref().and_then(|call| call.cost) {
            lines.push(paint(DIM, &cost_words(&cost)));
        }
        for (at, line) in lines.iter().enumerate() {
            let mark = if at == 0 { paint(style, shape) } else { " ".to_owned() };
            out.push_str(format!("{indent}  {mark} {line}").trim_end());
            out.push('\n');
        }
    }
}

/// What a tool use cost the machine.
fn cost_words(cost: &ToolCost) -> String {
    let memory = cost.peak_memory.map(|peak| format!("{}, ", bytes(peak)));
    let cpu = cost.cpu_seconds;
    // The kernel counts in hundredths of a second.
    let digits = match cpu {
        ..0.1 => 2,
        ..10.0 => 1,
        _ => 0,
    };
    let shared = if cost.shared { ", together with other tools" } else { "" };
    format!("{}{cpu:.digits$} s CPU{shared}", memory.unwrap_or_default())
}

/// What the person decided.
fn decision(answer: &Answer) -> String {
    let (shape, words) = match answer {
        Answer::Allow { input: Some(_), .. } => ("✓", "Allowed, changed by you".to_owned()),
        Answer::Allow { suggestions, .. } if suggestions.is_empty() => ("✓", "Allowed".to_owned()),
        Answer::Allow { .. } => ("✓", "Allowed, with a rule for the next time".to_owned()),
        Answer::Deny { message, .. } if message.is_empty() => ("■", "Denied".to_owned()),
        Answer::Deny { message, .. } => ("■", format!("Denied: {}", one_line(message, 200))),
        Answer::ApprovePlan { .. } => ("✓", "Plan approved".to_owned()),
        Answer::Answers { answers } => {
            let told: Vec<String> = answers.values().map(|text| one_line(text, 200)).collect();
            ("✓", format!("Answered: {}", told.join("; ")))
        }
    };
    format!("  {} {}\n", paint(AMBER, shape), paint(BOLD, &words))
}

/// Others' text, at most `most` lines of it: its beginning, and more of its end.
fn shortened(text: &str, most: usize) -> Vec<String> {
    let text = clean(text);
    let lines: Vec<&str> = text.trim_matches('\n').lines().collect();
    let fit = |line: &&str| crate::clean::cut(&line.replace('\t', "    "), 4 * LINE);
    if lines.iter().all(|line| line.trim().is_empty()) {
        return Vec::new();
    }
    if lines.len() <= most {
        return lines.iter().map(fit).collect();
    }
    let (first, last) = (most / 3, most - most / 3 - 1);
    let left_out = paint(DIM, &format!("… {} more lines …", lines.len() - first - last));
    let mut out: Vec<String> = lines[..first].iter().map(fit).collect();
    out.push(left_out);
    out.extend(lines[lines.len() - last..].iter().map(fit));
    out
}

fn indented(text: &str, indent: &str) -> String {
    if indent.is_empty() {
        return text.to_owned();
    }
    let put = |line: &str| if line == "\n" { line.to_owned() } else { format!("{indent}{line}") };
    text.split_inclusive('\n').map(put).collect()
}

/// A path from the session's folder where it lies inside.
fn short_path<'a>(path: &'a str, folder: &str) -> &'a str {
    let inside = path.strip_prefix(folder).filter(|_| !folder.is_empty());
    match inside.and_then(|rest| rest.strip_prefix(['/', '\\'])) {
        Some(rest) if !rest.is_empty() => rest,
        _ => path,
    }
}

fn text_of<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;
