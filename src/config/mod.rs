//! The configuration: one TOML file, each key overridden by the environment, checked
//! once at start. Each section stands in its own file; a room is given its own
//! section and reads nothing else.
//!
//! Reading is in two steps, as in any parser: what was said (`source`), then what
//! it means ([`Config`]).

mod api;
mod campaign;
mod channel;
mod channel_check;
mod check;
mod crest;
mod description;
mod explain;
mod operator;
mod place;
mod policy;
mod retention;
mod route;
mod sections;
mod sim_swap;
mod smpp;
mod source;
mod telemetry;

pub use api::Api;
pub use campaign::Campaigns;
pub use channel::{ChannelConfig, ChannelKind, ScreenSeptets, SendEndpoint};
pub use crest::CrestFileError;
pub use description::DescriptionText;
pub use explain::{Setting, explain};
pub use operator::Operator;
pub(crate) use place::position;
pub use policy::{Demands, Policy};
pub use retention::{Retention, days};
pub use route::RouteConfig;
pub use sections::{
    Config, Council, Database, Exposure, Keys, LogFormat, Logging, Menus, Outbox, Server,
};
pub use sim_swap::{SimSwapCheck, SimSwapPolicy, Untold};
pub use smpp::{IdForm, LongMessages, SmppAlphabet, SmppConfig};
pub use source::{ConfigError, SAMPLE, load, parse};
pub use telemetry::Telemetry;
