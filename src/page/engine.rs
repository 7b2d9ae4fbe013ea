//! The engine as the page has it: its code fetched, its worker started, heard and replaced.

pub mod code;
pub mod link;
pub mod supervisor;
