//! Which channels carry which SMS.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::{HomeNetwork, Lane};

/// One `[[route]]`. The first that fits a message carries it; where none fits, a message
/// takes the channel that its person came by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteConfig {
    /// Its name in lists.
    pub name: String,
    /// The lanes it is for; all when left out.
    #[serde(default)]
    pub lanes: Vec<Lane>,
    /// The networks it is for, by who gave the number out; all when left out.
    #[serde(default)]
    pub networks: Vec<HomeNetwork>,
    /// How the numbers begin that it is for; all when left out.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Its channels, each with its share. One with a share of 0 only steps in.
    pub channels: BTreeMap<String, u32>,
}
