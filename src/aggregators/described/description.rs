//! The language of descriptions. A key that is not here is refused, with its line.

use std::collections::BTreeMap;
use std::str::FromStr;

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::DescribedError;
use super::answer::Answer;
use super::template::{Look, OfAccount, OfNothing, OfScreen, OfSms, OfToken, Template, plain, xml};
use super::tree::Tree;
use crate::aggregators::form::FormWriter;
use crate::aggregators::{FailureReason, Network, ReportStatus};
use crate::config::{DescriptionText, position};

/// Everything that a description can say. Sections that are left out are not offered.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    pub(super) ussd: Option<UssdWords>,
    pub(super) sms_in: Option<InboundWords>,
    pub(super) report: Option<ReportWords>,
    pub(super) opt_out: Option<OptOutWords>,
    pub(super) token: Option<TokenWords>,
    pub(super) send: Option<SendWords>,
    pub(super) signature: Option<SignatureWords>,
    pub(super) acknowledge: Option<Reply<OfNothing>>,
    #[serde(default)]
    pub(super) networks: Networks,
}

/// Where the fields of a callback stand.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Read {
    Query,
    Form,
    Json,
}

/// The hops of sessions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UssdWords {
    pub(super) read: Read,
    pub(super) session: String,
    pub(super) caller: String,
    pub(super) service_code: Option<String>,
    pub(super) network: Option<String>,
    pub(super) input: String,
    pub(super) style: Style,
    /// Which hop of the session this is.
    pub(super) number: Option<String>,
    /// How a first hop is known.
    pub(super) first: Option<Sign>,
    /// How the notice is known that a session is over.
    pub(super) ended: Option<Sign>,
    pub(super) go_on: Reply<OfScreen>,
    pub(super) end: Reply<OfScreen>,
    #[serde(default = "ten")]
    pub(super) deadline_s: u64,
}

fn ten() -> u64 {
    10
}

/// What the input holds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Style {
    /// All answers so far, joined by `*`.
    Cumulative,
    /// The newest answer.
    Last,
}

/// A field that tells something by its value, or by being there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sign {
    pub(super) field: String,
    #[serde(default)]
    pub(super) is: Vec<String>,
}

/// SMS from people.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InboundWords {
    pub(super) read: Read,
    /// The list that holds them, where one callback brings many.
    pub(super) each: Option<String>,
    pub(super) id: Option<String>,
    pub(super) from: String,
    pub(super) to: Option<String>,
    pub(super) text: String,
    pub(super) link_id: Option<String>,
    pub(super) network: Option<String>,
}

/// What became of SMS.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportWords {
    pub(super) read: Read,
    pub(super) each: Option<String>,
    pub(super) id: String,
    pub(super) to: Option<String>,
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) words: BTreeMap<Fate, Vec<String>>,
    #[serde(default)]
    pub(super) reasons: BTreeMap<Reason, Vec<String>>,
}

/// People who want no more SMS.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OptOutWords {
    pub(super) read: Read,
    pub(super) sender: String,
    pub(super) caller: String,
}

/// The log-in that sends need first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenWords {
    #[serde(default)]
    pub(super) method: Method,
    pub(super) url: Template<OfAccount>,
    pub(super) basic: Option<[Template<OfAccount>; 2]>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Template<OfAccount>>,
    #[serde(default)]
    pub(super) query: BTreeMap<String, Template<OfAccount>>,
    pub(super) body: Option<Body<OfAccount>>,
    /// Where in the answer the token stands.
    pub(super) token: String,
    /// Where the seconds stand that it lasts.
    pub(super) lasts: Option<String>,
    /// How many seconds it lasts where nothing is told.
    pub(super) lasts_s: u64,
    /// The headers that show it with every send.
    pub(super) show: BTreeMap<String, Template<OfToken>>,
}

/// How an SMS is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SendWords {
    #[serde(default)]
    pub(super) method: Method,
    pub(super) url: Template<OfAccount>,
    /// User name and password of HTTP's basic authentication.
    pub(super) basic: Option<[Template<OfAccount>; 2]>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Template<OfAccount>>,
    #[serde(default)]
    pub(super) query: BTreeMap<String, Template<OfSms>>,
    pub(super) body: Option<Body<OfSms>>,
    pub(super) answer: Answer,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Method {
    Get,
    #[default]
    Post,
}

/// How callbacks are signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignatureWords {
    pub(super) scheme: Scheme,
    pub(super) header: String,
    pub(super) key: Template<OfAccount>,
}

/// The ways to sign that are known.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scheme {
    /// Base64 of HMAC-SHA1 over the public address and every field of the form, by name.
    UrlAndForm,
}

/// An answer to a callback.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "S: FromStr"))]
pub(super) struct Reply<S> {
    #[serde(default, deserialize_with = "headers")]
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Body<S>,
}

/// What a message says, and in which form.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", bound(deserialize = "S: FromStr"))]
pub(super) enum Body<S> {
    Text(Template<S>),
    Xml(Template<S>),
    Json(Tree<S>),
    Form(BTreeMap<String, Template<S>>),
}

impl<S> Body<S> {
    pub(super) fn kind(&self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Text(_) => "text/plain; charset=utf-8",
            Self::Xml(_) => "application/xml; charset=utf-8",
            Self::Json(_) => "application/json",
            Self::Form(_) => "application/x-www-form-urlencoded",
        })
    }

    /// Every placeholder in it.
    pub(super) fn slots(&self) -> Vec<&S> {
        match self {
            Self::Text(template) | Self::Xml(template) => template.slots().collect(),
            Self::Json(tree) => tree.slots(),
            Self::Form(fields) => fields.values().flat_map(Template::slots).collect(),
        }
    }

    /// The bytes.
    pub(super) fn write(&self, look: Look<'_, S>) -> Bytes {
        let written = match self {
            Self::Text(template) => bytes(&template.write(look, plain)),
            Self::Xml(template) => bytes(&template.write(look, xml)),
            Self::Json(tree) => {
                let value = tree.fill(look).unwrap_or_default();
                Zeroizing::new(value.to_string().into_bytes())
            }
            Self::Form(fields) => form(fields, look),
        };
        Bytes::from_owner(written)
    }
}

fn bytes(text: &Zeroizing<String>) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

/// Fields as a form or a query writes them; one without a value is left out.
pub(super) fn form<S>(
    fields: &BTreeMap<String, Template<S>>,
    look: Look<'_, S>,
) -> Zeroizing<Vec<u8>> {
    let mut form = FormWriter::new();
    for (name, value) in fields {
        if let Some(value) = value.fill(look) {
            form = form.field(name, &value);
        }
    }
    form.finish()
}

impl<S> Reply<S> {
    pub(super) fn write(&self, look: Look<'_, S>) -> Response<Bytes> {
        let mut response = Response::new(self.body.write(look));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.body.kind());
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        response
    }
}

fn headers<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(HeaderName, HeaderValue)>, D::Error> {
    let said = BTreeMap::<String, String>::deserialize(deserializer)?;
    let read = |(name, value): (String, String)| Some((name.parse().ok()?, value.parse().ok()?));
    said.into_iter()
        .map(|header| {
            read(header).ok_or_else(|| serde::de::Error::custom("no header can say this"))
        })
        .collect()
}

/// The aggregator's own names of networks.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Networks {
    safaricom: Vec<String>,
    airtel: Vec<String>,
    telkom: Vec<String>,
    equitel: Vec<String>,
}

impl Networks {
    pub(super) fn named(&self, said: &str) -> Network {
        let known = [
            (&self.safaricom, Network::Safaricom),
            (&self.airtel, Network::Airtel),
            (&self.telkom, Network::Telkom),
            (&self.equitel, Network::Equitel),
        ];
        let named = known.into_iter().find(|(names, _)| is_one_of(said, names));
        named.map_or_else(|| Network::from_code(said), |(_, network)| network)
    }
}

/// Words are compared without regard to case: their spelling is not steady.
pub(super) fn is_one_of(said: &str, words: &[String]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(said))
}

/// What stands for a word, in a table of lists of words.
pub(super) fn meaning<M: Copy>(said: &str, table: &BTreeMap<M, Vec<String>>) -> Option<M> {
    let found = table.iter().find(|(_, words)| is_one_of(said, words));
    found.map(|(meaning, _)| *meaning)
}

/// Where a message can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fate {
    InTransit,
    Delivered,
    Failed,
}

impl From<Fate> for ReportStatus {
    fn from(fate: Fate) -> Self {
        match fate {
            Fate::InTransit => Self::InTransit,
            Fate::Delivered => Self::Delivered,
            Fate::Failed => Self::Failed,
        }
    }
}

/// Why a message can have failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reason {
    NoCredit,
    Inactive,
    Blocked,
    Suspended,
    WrongNetwork,
    NoSuchLine,
    Absent,
    Expired,
    Undelivered,
}

impl From<Reason> for FailureReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::NoCredit => Self::NoCredit,
            Reason::Inactive => Self::Inactive,
            Reason::Blocked => Self::Blocked,
            Reason::Suspended => Self::Suspended,
            Reason::WrongNetwork => Self::WrongNetwork,
            Reason::NoSuchLine => Self::NoSuchLine,
            Reason::Absent => Self::Absent,
            Reason::Expired => Self::Expired,
            Reason::Undelivered => Self::Undelivered,
        }
    }
}

impl Description {
    pub(super) fn read(text: &DescriptionText) -> Result<Self, DescribedError> {
        toml::from_str(&text.text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let (line, column) = position(&text.text, start);
            DescribedError::Wrong {
                file: text.file.clone(),
                line,
                column,
                message: error.message().replace('\n', "; "),
            }
        })
    }
}
