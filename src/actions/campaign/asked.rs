//! A campaign as somebody asks for it, and what there is to choose from.

use crate::domain::{County, Role, Series};
use crate::store::campaigns::{Class, Selection};
use crate::store::deployments::State;

use super::plan::{Plan, PlanError};

/// The most SMS that one text may take.
pub const MOST_SEGMENTS: usize = 3;

/// What somebody asked for, in their words.
#[derive(Debug, Default)]
pub struct Asked {
    /// What it is about.
    pub name: String,
    /// What it says in English, with placeholders.
    pub text_en: String,
    /// The same in Kiswahili.
    pub text_sw: String,
    /// To people with work for this series; blank is any.
    pub series: String,
    /// To people with work in these roles, by code or name.
    pub roles: Vec<String>,
    /// To people of these counties.
    pub counties: Vec<String>,
    /// To people whose work has come so far.
    pub state: Option<State>,
    /// Whether it is promotion.
    pub promotion: bool,
    /// The most SMS that one text may take.
    pub segments: usize,
    /// The most messages a minute to one county.
    pub county_pace: Option<usize>,
    /// Through which channel; blank is the first.
    pub channel: String,
}

impl Asked {
    /// The plan, or a line for each thing that names nothing.
    pub fn plan<'a>(self, channels: impl IntoIterator<Item = &'a str>) -> Result<Plan, PlanError> {
        let mut faults = Vec::new();
        let chosen = self.chosen(&mut faults);
        let channel = channels
            .into_iter()
            .find(|name| self.channel.is_empty() || *name == self.channel);
        if channel.is_none() {
            faults.push(format!(
                "channel {}: there is none of that name",
                self.channel
            ));
        }
        if !(1..=MOST_SEGMENTS).contains(&self.segments) {
            faults.push(format!(
                "segments: between 1 and {MOST_SEGMENTS} SMS a text"
            ));
        }
        let (Some(channel), true) = (channel, faults.is_empty()) else {
            return Err(PlanError::Wrong(faults));
        };
        Ok(Plan {
            name: self.name,
            class: if self.promotion {
                Class::Promotion
            } else {
                Class::News
            },
            text_en: self.text_en,
            text_sw: self.text_sw,
            segments: self.segments,
            chosen,
            county_pace: self.county_pace,
            channel: channel.to_owned(),
        })
    }

    /// Whom it goes to; what names nothing is left out and noted.
    fn chosen(&self, faults: &mut Vec<String>) -> Selection {
        let mut chosen = Selection {
            state: self.state,
            ..Selection::default()
        };
        if !self.series.trim().is_empty() {
            match Series::parse(&self.series) {
                Ok(series) => chosen.series = Some(series),
                Err(fault) => faults.push(format!("series {}: {fault}", self.series)),
            }
        }
        for code in &self.roles {
            match Role::parse(code) {
                Ok(role) => chosen.roles.push(role),
                Err(fault) => faults.push(format!("role {code}: {fault}")),
            }
        }
        for name in &self.counties {
            match County::named(name) {
                Some(county) => chosen.counties.push(county.name.to_owned()),
                None => faults.push(format!("county {name}: it is none of the 47 counties")),
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_names_nothing_is_said_at_once() {
        let asked = Asked {
            series: "KCSE".to_owned(),
            roles: vec!["inv".to_owned(), "TEACHER".to_owned()],
            counties: vec!["nairobi".to_owned(), "Atlantis".to_owned()],
            segments: 4,
            channel: "gsm".to_owned(),
            ..Asked::default()
        };
        let Err(PlanError::Wrong(faults)) = asked.plan(["at"]) else {
            panic!("it is taken");
        };
        let about: Vec<_> = faults.iter().map(|line| line.split(':').next()).collect();
        let wrong = [
            "series KCSE",
            "role TEACHER",
            "county Atlantis",
            "channel gsm",
            "segments",
        ];
        assert_eq!(about, wrong.map(Some));
    }

    #[test]
    fn the_first_channel_sends_where_none_is_named() {
        let asked = || Asked {
            segments: 1,
            ..Asked::default()
        };
        assert_eq!(asked().plan(["at", "sdp"]).unwrap().channel, "at");
        assert!(asked().plan([]).is_err());
    }
}
