//! The service over HTTP: callbacks, the thin site, health.

pub mod pages;
