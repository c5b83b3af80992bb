//! The contract, from outside: golden bodies, strict requests, lenient responses, and the document.

mod bodies;
mod conditions;
mod contract;
mod golden;
mod ids;
mod queries;
mod times;
