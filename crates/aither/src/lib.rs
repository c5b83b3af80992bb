#![doc = include_str!("../README.md")]

mod cli;
mod command;
mod console;
mod context;
mod exit;
mod failure;
mod flow_observer;
mod help;
mod limit;
mod log;
mod settings;
mod signals;
mod time_text;

pub use cli::run;
