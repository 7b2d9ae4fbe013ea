//! Workers whose end is noticed, whatever caused it.

pub mod lifeline;
pub mod watched_worker;
