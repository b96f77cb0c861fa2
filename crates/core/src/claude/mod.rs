//! What the `claude` CLI is told and what it says, as measured on version 2.1.330 (stream-json over
//! standard input and output). [`args`] its command line, [`input`] what goes in, [`envelope`] the
//! quick look at a line, [`message`] the whole of it, [`content`] what messages are made of. Not here: finding, starting or reading it.

pub mod args;
pub mod content;
pub mod envelope;
pub mod input;
pub mod message;
pub mod tasks;
