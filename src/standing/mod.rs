//! How the service stands, all its processes together: what each says of itself, and the one
//! reading of it for `/readyz`, the board, the figures and `cp2 status`.

mod beat;
mod fitness;
mod reading;

pub use beat::{Beat, BeatSettings, FRESH};
pub use fitness::{Fitness, KeyFault, Verdict, Worker, key_faults};
pub use reading::{Standing, pace_of};
