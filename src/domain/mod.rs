//! Values that are right once they exist.
//!
//! Each is made by its `parse` alone, also when it is deserialised, so code that
//! holds one never checks it again. What is private prints redacted under
//! `{:?}`, and no error repeats what was typed. Nothing here waits, reads or
//! writes; time comes from a [`Clock`].

mod accent;
mod answer;
mod canonical;
mod card;
mod centre_code;
mod check_code;
mod choices;
mod client;
mod clock;
mod crest;
mod dates;
mod email;
mod ending;
mod exam;
mod home_network;
mod ids;
mod kra_pin;
mod lane;
mod language;
mod money;
mod msisdn;
mod name;
mod national_id;
mod number_plan;
mod places;
mod proof;
mod role;
mod series;
mod staff;
mod timestamp;
mod tsc_number;
mod typed;
mod user_name;
mod webhook;

pub use accent::{Accent, AccentError};
pub use answer::{Answer, AnswerError};
pub use card::CardSwap;
pub use centre_code::{CentreCode, CentreCodeError};
pub use check_code::CheckCode;
pub use choices::{DeclineReason, Gender, ProblemKind, ProblemState, Qualification};
pub use client::{ClientName, ClientNameError, Scope, ScopeError};
pub use clock::{Clock, FixedClock, SystemClock};
pub use crest::{Crest, CrestError, CrestShape, CrestStep};
pub use dates::{clock_time, long_date, short_date};
pub use email::{Email, EmailError};
pub use ending::{Ending, EndingError};
pub use exam::{Exam, ExamError};
pub use home_network::HomeNetwork;
pub use ids::{DeploymentId, IdError, MessageId, PersonId, WebhookId};
pub use kra_pin::{KraPin, KraPinError};
pub use lane::Lane;
pub use language::{Language, LanguageError};
pub use money::Kes;
pub use msisdn::{Msisdn, MsisdnError};
pub use name::{Name, NameError};
pub use national_id::{NationalId, NationalIdError};
pub use places::{County, Place};
pub use proof::{Level, Proofs};
pub use role::{Role, RoleError};
pub use series::{Series, SeriesError};
pub use staff::{Duty, JointDeed, StaffName, StaffNameError, StaffRole, StaffRoleError};
pub use timestamp::Timestamp;
pub use tsc_number::{TscNumber, TscNumberError};
pub use user_name::UserName;
pub use webhook::{EventKind, HookUrl, HookUrlError, is_public};
