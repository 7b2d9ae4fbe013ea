//! Workers that are missed once they are gone, whatever ended them.

pub mod background;
pub mod lifeline;
pub mod watched_worker;
