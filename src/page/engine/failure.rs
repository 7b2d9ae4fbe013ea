//! Reasons why there is no engine.

use crate::protocol::MessageError;

/// Reason why an engine cannot be had; worded by `page::words`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineFailure {
    /// The server answered the request for the code with this status.
    Status(u16),
    /// The server sent no code.
    NoCode,
    /// The code could not be fetched or compiled; the browser's own words.
    NotLoaded(String),
    /// The browser could not start the worker; its own words.
    NotStarted(String),
    /// Page and engine do not understand each other.
    Message(MessageError),
    /// Engines broke down again and again.
    KeepsBreakingDown,
}
