//! Which channel carries a message.

use crate::config::RouteConfig;
use crate::domain::{HomeNetwork, Lane, MessageId, Msisdn};

/// The routes of the configuration, in its order.
#[derive(Debug, Clone, Default)]
pub struct Routes(Vec<RouteConfig>);

/// How a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way<'a> {
    /// Through this channel.
    pub channel: &'a str,
    /// By this route; none where no route fits.
    pub route: Option<&'a str>,
}

impl<'a> Way<'a> {
    /// Through the channel that a message would take without any route.
    #[must_use]
    pub fn home(channel: &'a str) -> Self {
        Self {
            channel,
            route: None,
        }
    }
}

impl Routes {
    /// The routes of a configuration that was checked.
    #[must_use]
    pub fn new(routes: &[RouteConfig]) -> Self {
        Self(routes.to_vec())
    }

    /// The way of a message: by the first route that fits, else through `home`. Over many
    /// messages each channel of a route gets its share.
    #[must_use]
    pub fn choose<'a>(&'a self, lane: Lane, to: &Msisdn, id: &MessageId, home: &'a str) -> Way<'a> {
        let Some(route) = self.0.iter().find(|route| fits(route, lane, to)) else {
            return Way::home(home);
        };
        Way {
            channel: share(route, id).unwrap_or(home),
            route: Some(&route.name),
        }
    }

    /// Every way from one channel to another of the same route: its name, from, to. The
    /// channel with the greatest share comes first.
    pub fn detours(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.0.iter().flat_map(|route| {
            let mut others: Vec<_> = route.channels.iter().collect();
            others.sort_by_key(|(_, share)| std::cmp::Reverse(**share));
            route.channels.keys().flat_map(move |from| {
                let others = others.clone().into_iter();
                others
                    .filter(move |(to, _)| *to != from)
                    .map(move |(to, _)| (route.name.as_str(), from.as_str(), to.as_str()))
            })
        })
    }
}

fn fits(route: &RouteConfig, lane: Lane, to: &Msisdn) -> bool {
    let starts = |prefix: &String| to.as_str().starts_with(prefix.as_str());
    (route.lanes.is_empty() || route.lanes.contains(&lane))
        && (route.networks.is_empty() || route.networks.contains(&HomeNetwork::of(to)))
        && (route.prefixes.is_empty() || route.prefixes.iter().any(starts))
}

/// The channel whose share the message falls into. The end of an id is random.
fn share<'a>(route: &'a RouteConfig, id: &MessageId) -> Option<&'a str> {
    let whole: u32 = route.channels.values().sum();
    let digits = id.as_str().get(id.as_str().len().checked_sub(8)?..)?;
    let mut left = u32::from_str_radix(digits, 16).ok()?.checked_rem(whole)?;
    for (channel, share) in &route.channels {
        match left.checked_sub(*share) {
            Some(rest) => left = rest,
            None => return Some(channel),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes {
        let route = |name: &str,
                     lanes: &[Lane],
                     networks: &[HomeNetwork],
                     prefixes: &[&str],
                     shares: &[(&str, u32)]| {
            RouteConfig {
                name: name.into(),
                lanes: lanes.to_vec(),
                networks: networks.to_vec(),
                prefixes: prefixes.iter().map(|&prefix| prefix.into()).collect(),
                channels: shares
                    .iter()
                    .map(|&(name, share)| (name.into(), share))
                    .collect(),
            }
        };
        Routes::new(&[
            route("special", &[], &[], &["25473300"], &[("c", 1)]),
            route("airtel", &[], &[HomeNetwork::Airtel], &[], &[("b", 1)]),
            route(
                "secrets",
                &[Lane::Credential],
                &[],
                &[],
                &[("a", 3), ("b", 1), ("c", 0)],
            ),
        ])
    }

    fn way(lane: Lane, number: &str) -> (Option<String>, String) {
        let (routes, to) = (routes(), Msisdn::parse(number).unwrap());
        let way = routes.choose(lane, &to, &MessageId::fresh(), "home");
        (way.route.map(str::to_owned), way.channel.to_owned())
    }

    #[test]
    fn the_first_route_that_fits_carries_a_message() {
        let by = |route: &str, channel: &str| (Some(route.to_owned()), channel.to_owned());
        assert_eq!(way(Lane::Credential, "254733000001"), by("special", "c"));
        assert_eq!(way(Lane::Credential, "254735000001"), by("airtel", "b"));
        assert_eq!(way(Lane::Bulk, "254700000001"), (None, "home".into()));
    }

    #[test]
    fn each_channel_gets_its_share_and_one_without_a_share_nothing() {
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..4000 {
            let (_, channel) = way(Lane::Credential, "254700000001");
            *counts.entry(channel).or_insert(0) += 1;
        }
        assert!((2800..3200).contains(&counts["a"]), "{counts:?}");
        assert_eq!(counts.len(), 2, "{counts:?}");
    }

    #[test]
    fn a_detour_leads_to_every_other_channel_of_the_route() {
        let routes = routes();
        let from_c: Vec<_> = routes
            .detours()
            .filter(|(_, from, _)| *from == "c")
            .collect();
        assert_eq!(from_c, [("secrets", "c", "a"), ("secrets", "c", "b")]);
    }
}
