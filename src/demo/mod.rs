//! What only the demo has and `serve` never: a phone in the browser.

mod network;
pub mod phone;

pub use network::Network;
